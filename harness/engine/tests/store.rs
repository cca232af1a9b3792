//! The policy store: every change shows in the next decision, and nothing in between shows at all.

mod common;

use std::sync::Arc;

use assize_engine::{Place, PolicyStore, StoreError, Via};
use assize_model::{
    Account, AclGrant, AclPermission, AclTarget, DecidingType, Decision, EndpointKind, Entity, FederatedUser,
    Grantee, InputError, Issuer, PolicyType, Principal, ReportState, Request, ResourceKind,
};
use common::{A, B, context, request, session, user};

const USER: &str = "arn:aws:iam::111111111111:user/u";
const BUCKET: &str = "arn:aws:s3:::bkt";

fn policy(effect: &str, action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}}}"#
    )
}

fn for_everyone(effect: &str, action: &str) -> String {
    policy(effect, action).replace(r#""Effect""#, r#""Principal":"*","Effect""#)
}

fn get(principal: Principal) -> Request {
    request(principal, "s3:GetObject", "arn:aws:s3:::bkt/key", context(&[]))
}

/// A session of a federated user that a user issued.
fn federated(account: &str, issuer: &str) -> Principal {
    let account = Account::new("aws", account).expect("an account");
    let issuer = Issuer::User(Entity::new("/", issuer, format!("AIDA{issuer}")).expect("a user"));
    Principal::FederatedUser(FederatedUser::new(account, "f", issuer, false).expect("a session"))
}

fn decide(store: &PolicyStore, request: &Request) -> (Decision, Option<&'static str>) {
    decide_via(store, request, Via::default())
}

fn decide_via(store: &PolicyStore, request: &Request, via: Via<'_>) -> (Decision, Option<&'static str>) {
    let outcome = store.authorize(request, via).expect("a decision");
    let evaluation = store.explain(request, via).expect("an evaluation");
    assert_eq!((evaluation.decision, evaluation.deciding), (outcome.decision, outcome.deciding));
    (outcome.decision, outcome.deciding.map(DecidingType::as_str))
}

fn insert(store: &PolicyStore, id: &str, policy_type: PolicyType, text: &str) {
    store.insert(id, policy_type, false, text).unwrap_or_else(|error| panic!("{id}: {error}"));
}

#[test]
fn nothing_is_stale() {
    let store = PolicyStore::new();
    let asked = get(user(A, "u"));
    let allow = (Decision::Allow, None);
    let lacking = |policy_type| (Decision::ImplicitDeny, Some(policy_type));
    let denied = |policy_type| (Decision::ExplicitDeny, Some(policy_type));
    let ok = |result: Result<(), StoreError>| result.unwrap_or_else(|error| panic!("{error}"));

    assert_eq!(decide(&store, &asked), lacking("identity"));
    insert(&store, "all", PolicyType::Identity, &policy("Allow", "*"));
    ok(store.add_principal(USER));
    ok(store.attach("all", Place::Principal(USER)));
    assert_eq!(decide(&store, &asked), allow);

    // Replacing acts on whatever it is attached to.
    ok(store.replace("all", PolicyType::Identity, false, &policy("Allow", "ec2:*")));
    assert_eq!(decide(&store, &asked), lacking("identity"));
    ok(store.replace("all", PolicyType::Identity, false, &policy("Deny", "s3:*")));
    assert_eq!(decide(&store, &asked), denied("identity"));
    ok(store.replace("all", PolicyType::Identity, false, &policy("Allow", "s3:*")));

    // Groups.
    insert(&store, "deny", PolicyType::Identity, &policy("Deny", "s3:Get*"));
    ok(store.add_group("dev"));
    ok(store.attach("deny", Place::Group("dev")));
    assert_eq!(decide(&store, &asked), allow);
    ok(store.join(USER, "dev"));
    assert_eq!(decide(&store, &asked), denied("identity"));
    ok(store.leave(USER, "dev"));
    assert_eq!(decide(&store, &asked), allow);
    ok(store.join(USER, "dev"));
    ok(store.detach("deny", Place::Group("dev")));
    ok(store.remove("deny"));
    assert_eq!(decide(&store, &asked), allow);

    // A boundary.
    insert(&store, "ec2", PolicyType::Identity, &policy("Allow", "ec2:*"));
    ok(store.attach("ec2", Place::Boundary(USER)));
    assert_eq!(decide(&store, &asked), lacking("boundary"));
    ok(store.detach("ec2", Place::Boundary(USER)));
    assert_eq!(decide(&store, &asked), allow);

    // An organization.
    insert(&store, "full", PolicyType::Scp, &policy("Allow", "*"));
    insert(&store, "guard", PolicyType::Rcp, &for_everyone("Deny", "s3:Get*"));
    for level in ["root", "unit"] {
        ok(store.add_level(level));
    }
    ok(store.attach("full", Place::Scp("root")));
    ok(store.place_account(A, &["root", "unit"], true));
    assert_eq!(decide(&store, &asked), lacking("scp"));
    ok(store.attach("full", Place::Scp("unit")));
    assert_eq!(decide(&store, &asked), allow);
    ok(store.attach("guard", Place::Rcp("unit")));
    assert_eq!(decide(&store, &asked), denied("rcp"));
    assert_eq!(store.remove_level("unit"), Err(StoreError::InUse { name: "unit".to_owned(), uses: 1 }));
    ok(store.place_account(A, &["root"], true));
    assert_eq!(decide(&store, &asked), allow);
    ok(store.remove_level("unit"));
    ok(store.detach("full", Place::Scp("root")));
    assert_eq!(decide(&store, &asked), lacking("scp"));
    ok(store.place_account(A, &["root"], false));
    assert_eq!(decide(&store, &asked), allow);

    // A bucket, for its objects, and requesters that the store does not know.
    let stranger = get(user(B, "bob"));
    insert(&store, "open", PolicyType::Resource, &for_everyone("Allow", "s3:GetObject"));
    ok(store.add_resource(BUCKET, ResourceKind::Ordinary));
    assert_eq!(decide(&store, &get(Principal::Anonymous)), lacking("resource"));
    ok(store.attach("open", Place::Resource(BUCKET)));
    assert_eq!(decide(&store, &get(Principal::Anonymous)), allow);
    assert_eq!(decide(&store, &stranger), lacking("identity"));
    ok(store.detach("open", Place::Resource(BUCKET)));
    assert_eq!(decide(&store, &get(Principal::Anonymous)), lacking("resource"));
    let grant =
        AclGrant { grantee: Grantee::AllUsers, permission: AclPermission::Read, on: AclTarget::Object };
    ok(store.set_acl(BUCKET, vec![grant]));
    assert_eq!(decide(&store, &get(Principal::Anonymous)), allow);

    // An endpoint.
    let via = Via { endpoint: Some("vpce-1"), ..Via::default() };
    ok(store.add_endpoint("vpce-1", EndpointKind::Gateway));
    assert_eq!(decide_via(&store, &asked, via), allow);
    insert(&store, "put", PolicyType::Vpce, &for_everyone("Allow", "s3:Put*"));
    ok(store.attach("put", Place::Endpoint("vpce-1")));
    assert_eq!(decide_via(&store, &asked, via), lacking("vpce"));

    // A session of a federated user has the policies of the user that issued it, and allows nothing without a session policy.
    let federated = get(federated(A, "u"));
    assert_eq!(decide(&store, &federated), lacking("session"));
    ok(store.replace("all", PolicyType::Identity, false, &policy("Deny", "s3:*")));
    assert_eq!(decide(&store, &federated), denied("identity"));
    ok(store.replace("all", PolicyType::Identity, false, &policy("Allow", "s3:*")));

    // A snapshot keeps what it saw.
    let before = store.snapshot();
    ok(store.remove_principal(USER));
    assert_eq!(decide(&store, &asked), lacking("identity"));
    assert_eq!(before.authorize(&asked, Via::default()).expect("a decision").decision, Decision::Allow);
    ok(store.remove("all"));
    ok(store.remove_group("dev"));
}

#[test]
fn refused_changes_change_nothing() {
    let store = PolicyStore::new();
    insert(&store, "p", PolicyType::Identity, &policy("Allow", "*"));
    insert(&store, "q", PolicyType::Identity, &policy("Allow", "*"));
    insert(&store, "scp", PolicyType::Scp, &policy("Allow", "*"));
    store.add_principal(USER).expect("a principal");
    store.add_group("dev").expect("a group");
    store.attach("p", Place::Principal(USER)).expect("attached");
    store.attach("p", Place::Boundary(USER)).expect("attached");
    store.join(USER, "dev").expect("a member");
    let unknown = |kind, name: &str| Err(StoreError::Unknown { kind, name: name.to_owned() });
    let exists = |kind, name: &str| Err(StoreError::Exists { kind, name: name.to_owned() });
    let in_use = |name: &str, uses| Err(StoreError::InUse { name: name.to_owned(), uses });

    assert_eq!(store.insert("p", PolicyType::Identity, false, &policy("Deny", "*")), exists("document", "p"));
    assert!(matches!(store.insert("x", PolicyType::Identity, false, "{}"), Err(StoreError::Refused(_))));
    assert!(matches!(store.replace("p", PolicyType::Identity, false, "no"), Err(StoreError::Refused(_))));
    let wrong_type = store.replace("p", PolicyType::Scp, false, &policy("Deny", "*"));
    assert_eq!(wrong_type, Err(StoreError::WrongType(PolicyType::Scp)));
    assert_eq!(
        store.replace("x", PolicyType::Identity, false, &policy("Deny", "*")),
        unknown("document", "x")
    );
    assert_eq!(store.remove("x"), unknown("document", "x"));
    assert_eq!(store.remove("p"), in_use("p", 2));
    assert_eq!(store.add_principal(USER), exists("principal", USER));
    assert_eq!(store.attach("x", Place::Principal(USER)), unknown("document", "x"));
    assert_eq!(store.attach("p", Place::Principal("nobody")), unknown("principal", "nobody"));
    assert_eq!(store.attach("p", Place::Principal(USER)), Err(StoreError::Attached));
    assert_eq!(store.attach("q", Place::Boundary(USER)), Err(StoreError::Occupied));
    assert_eq!(store.attach("scp", Place::Principal(USER)), Err(StoreError::WrongType(PolicyType::Scp)));
    assert_eq!(store.attach("p", Place::Scp("root")), Err(StoreError::WrongType(PolicyType::Identity)));
    assert_eq!(store.detach("q", Place::Principal(USER)), Err(StoreError::NotAttached));
    assert_eq!(store.join(USER, "dev"), Err(StoreError::Attached));
    assert_eq!(store.join(USER, "ops"), unknown("group", "ops"));
    assert_eq!(store.leave("nobody", "dev"), unknown("principal", "nobody"));
    assert_eq!(store.remove_group("dev"), in_use("dev", 1));
    assert_eq!(store.place_account(A, &["root"], true), unknown("organization level", "root"));
    assert_eq!(store.set_acl(BUCKET, Vec::new()), unknown("resource", BUCKET));
    let via = Via { endpoint: Some("vpce-9"), ..Via::default() };
    let asked = get(user(A, "u"));
    assert_eq!(store.authorize(&asked, via).map(|_| ()), unknown("VPC endpoint", "vpce-9"));

    assert_eq!(decide(&store, &asked), (Decision::Allow, None));
    assert_eq!(store.leave(USER, "dev"), Ok(()));
    assert_eq!(store.remove_group("dev"), Ok(()));
}

#[test]
fn policies_that_a_requester_cannot_have() {
    let store = PolicyStore::new();
    let list = assize_engine::PolicyList::default();
    let via = Via { session: Some(&list), ..Via::default() };
    let error = store.authorize(&get(user(A, "u")), via).map(|_| ());
    assert_eq!(error, Err(StoreError::Input(InputError::SessionPolicyOnUser)));

    // A role is a member of a group without policies, but cannot have those of a group (EVAL-006).
    let role = "arn:aws:iam::111111111111:role/R";
    let asked = get(session(A, "R", "s"));
    store.add_principal(role).expect("a principal");
    store.add_group("dev").expect("a group");
    store.join(role, "dev").expect("a member");
    assert_eq!(decide(&store, &asked), (Decision::ImplicitDeny, Some("identity")));
    insert(&store, "all", PolicyType::Identity, &policy("Allow", "*"));
    store.attach("all", Place::Group("dev")).expect("attached");
    let error = store.authorize(&asked, Via::default()).map(|_| ());
    assert_eq!(error, Err(StoreError::Input(InputError::IdentitySourceMismatch)));
}

#[test]
fn errors_say_what_is_wrong() {
    let store = PolicyStore::new();
    insert(&store, "p", PolicyType::Identity, &policy("Allow", "*"));
    let refused = [
        (store.remove("q"), "there is no document `q`"),
        (
            store.insert("p", PolicyType::Identity, false, &policy("Deny", "*")),
            "there already is a document `p`",
        ),
        (store.attach("p", Place::Scp("root")), "a document of type `identity` does not belong there"),
    ];
    for (result, message) in refused {
        assert_eq!(result.map_err(|error| error.to_string()), Err(message.to_owned()));
    }
}

/// One of two documents is attached at any time, sometimes both, and either allows. A reader that mixed versions could miss both.
#[test]
fn readers_see_whole_versions() {
    let store = PolicyStore::new();
    store.add_principal(USER).expect("a principal");
    for id in ["even", "odd"] {
        insert(&store, id, PolicyType::Identity, &policy("Allow", "s3:GetObject"));
    }
    store.attach("even", Place::Principal(USER)).expect("attached");
    std::thread::scope(|scope| {
        // Whoever fails ends, and lets the others end.
        let writer = Arc::new(scope.spawn(|| {
            for round in 0..3_000 {
                let (old, new) = if round % 2 == 0 { ("even", "odd") } else { ("odd", "even") };
                store.attach(new, Place::Principal(USER)).expect("attached");
                store.detach(old, Place::Principal(USER)).expect("detached");
            }
        }));
        for _ in 0..2 {
            let (writer, store) = (Arc::clone(&writer), &store);
            scope.spawn(move || {
                let asked = get(user(A, "u"));
                let mut readings = 0;
                while readings < 500 || !writer.is_finished() {
                    assert_eq!(decide(store, &asked), (Decision::Allow, None));
                    readings += 1;
                }
            });
        }
    });
}

#[test]
fn memory_is_accounted_for() {
    let store = PolicyStore::new();
    assert_eq!(store.memory().per_document(), 0);
    for number in 0..1_000 {
        let arn = format!("arn:aws:iam::111111111111:user/u{number}");
        insert(&store, &format!("p{number}"), PolicyType::Identity, &policy("Allow", "s3:Get*"));
        store.add_principal(&arn).expect("a principal");
        store.attach(&format!("p{number}"), Place::Principal(&arn)).expect("attached");
        store.attach("p0", Place::Boundary(&arn)).expect("attached");
    }
    let memory = store.memory();
    assert_eq!((memory.documents, memory.attachments, memory.records), (1_000, 2_000, 1_000));
    assert!((200..2_000).contains(&memory.per_document()), "{memory:?}");
    assert!((8..100).contains(&memory.per_attachment()), "{memory:?}");
    assert_eq!(memory.total(), memory.document_bytes + memory.attachment_bytes + memory.record_bytes);
}

/// What was removed is unknown, and its name is free.
#[test]
fn removing_removes() {
    type Change = fn(&PolicyStore) -> Result<(), StoreError>;
    let kinds: [(Change, Change); 5] = [
        (|store| store.add_principal(USER), |store| store.remove_principal(USER)),
        (|store| store.add_group("dev"), |store| store.remove_group("dev")),
        (|store| store.add_resource(BUCKET, ResourceKind::Ordinary), |store| store.remove_resource(BUCKET)),
        (|store| store.add_level("r-root"), |store| store.remove_level("r-root")),
        (
            |store| store.add_endpoint("vpce-1", EndpointKind::Gateway),
            |store| store.remove_endpoint("vpce-1"),
        ),
    ];
    for (number, (add, remove)) in kinds.into_iter().enumerate() {
        let store = PolicyStore::new();
        for _ in 0..2 {
            assert!(matches!(remove(&store), Err(StoreError::Unknown { .. })), "kind {number}");
            assert!(add(&store).is_ok(), "kind {number}");
            assert!(matches!(add(&store), Err(StoreError::Exists { .. })), "kind {number}");
            assert!(remove(&store).is_ok(), "kind {number}");
        }
    }
}

/// A principal without policies has none, which differs from policies that say nothing (EVAL-069).
#[test]
fn what_is_not_attached_is_absent() {
    let store = PolicyStore::new();
    let states = |store: &PolicyStore| {
        let evaluation = store.explain(&get(user(A, "u")), Via::default()).expect("an evaluation");
        [PolicyType::Identity, PolicyType::Boundary].map(|policy_type| {
            let report = evaluation.by_type.iter().find(|report| report.policy_type == policy_type);
            report.expect("a report of each type").state
        })
    };
    store.add_principal(USER).expect("a principal");
    assert_eq!(states(&store), [ReportState::Absent; 2]);
    insert(&store, "all", PolicyType::Identity, &policy("Allow", "*"));
    store.attach("all", Place::Principal(USER)).expect("attached");
    assert_eq!(states(&store), [ReportState::Evaluated, ReportState::Absent]);
    store.attach("all", Place::Boundary(USER)).expect("attached");
    assert_eq!(states(&store), [ReportState::Evaluated; 2]);
}
