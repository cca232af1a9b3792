//! Deciding allocates nothing, whatever is asked (explaining does: it makes a record).

mod common;

use assize_engine::{Attached, CompiledDocument, Place, PolicyList, PolicyStore, Via};
use assize_model::{
    Account, AclGrant, AclPermission, AclTarget, Action, Context, EndpointKind, EndpointPolicy,
    FederatedCaller, FederatedUser, Grantee, IdentityPolicy, IdentitySource, Issuer, Policies, PolicySource,
    PolicyType, Principal, Request, Resource, ResourceKind, ResourcePolicy, Root, Service,
};
use common::{A, B, Choices, context, document, prepare, request, session, statement, user};

/// How often `work` allocates.
fn allocations(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).count_total
}

/// Statements with conditions of every family, variables, globs; enough of them for every kind of index.
fn statements(count: usize) -> Vec<String> {
    let conditions = [
        r#"{"StringEquals":{"aws:PrincipalTag/team":"${aws:username}"}}"#,
        r#"{"StringLike":{"aws:UserAgent":"*a*b*${aws:userid}*","AWS:userid":"AROA*:*"}}"#,
        r#"{"StringEqualsIgnoreCase":{"aws:PrincipalTag/team":["RED","${aws:username, 'x'}"]}}"#,
        r#"{"NumericLessThan":{"s3:max-keys":["10","1e3"]},"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:*:*:${aws:PrincipalAccount}:*"}}"#,
        r#"{"BinaryEquals":{"k":"QUJD"},"Null":{"aws:TokenIssueTime":"true"}}"#,
        r#"{"ForAllValues:StringLike":{"aws:TagKeys":["a*","b?"]},"ForAnyValue:StringEquals":{"aws:TagKeys":"b1"}}"#,
    ];
    let actions = [r#""s3:GetObject""#, r#""s3:Get*""#, r#"["s3:*Object","sqs:*"]"#, r#""*""#];
    let resources = [
        r#""arn:aws:s3:::b/*""#,
        r#""arn:aws:s3:::${aws:username}*""#,
        r#""arn:aws:s3:::c*/*a*b""#,
        r#""*""#,
    ];
    let statement = |number: usize| {
        let effect = if number % 11 == 10 { "Deny" } else { "Allow" };
        statement(
            effect,
            actions[number % 4],
            resources[number / 4 % 4],
            conditions[number % conditions.len()],
        )
    };
    (0..count).map(statement).collect()
}

fn with_principal(text: &str, principal: &str) -> String {
    text.replace(r#""Effect""#, &format!(r#""Principal":{principal},"Effect""#))
}

fn principals() -> Vec<Principal> {
    let account = || Account::new("aws", A).expect("an account");
    vec![
        user(A, "u"),
        user(B, "bob"),
        session(A, "R", "s1"),
        session(B, "R", &"long-session-name-".repeat(3)),
        Principal::Root(Root::new(account())),
        Principal::FederatedUser(FederatedUser::new(account(), "f", Issuer::Root, false).expect("a session")),
        Principal::Service(Service::new("sns.amazonaws.com", Vec::new()).expect("a service")),
        Principal::Anonymous,
    ]
}

fn requests(principal: &Principal) -> Vec<Request> {
    let mut choices = Choices(6);
    let keys: Vec<(String, String)> =
        (0..64).map(|number| (format!("x:Key{number}"), format!("v{number}"))).collect();
    let mut many: Vec<(&str, &[&str])> = Vec::new();
    let values: Vec<[&str; 1]> = keys.iter().map(|(_, value)| [value.as_str()]).collect();
    many.extend(keys.iter().zip(&values).map(|((key, _), value)| (key.as_str(), value.as_slice())));
    let contexts = [
        context(&[]),
        context(&[
            ("aws:PrincipalTag/Team", &["red"]),
            ("aws:useragent", &["xaybAROAR:s1"]),
            ("s3:max-keys", &["7"]),
            ("aws:SecureTransport", &["true"]),
            ("aws:CurrentTime", &["2024-06-01T00:00:00Z"]),
            ("aws:SourceIp", &["10.1.2.3"]),
            ("aws:SourceArn", &["arn:aws:sns:us-east-1:111111111111:t"]),
            ("k", &["QUJD"]),
            ("aws:TagKeys", &["a1", "b1"]),
            ("aws:PrincipalTag/Équipe", &["é"]),
        ]),
        context(&many),
    ];
    let mut requests = Vec::new();
    for action in ["s3:GetObject", "S3:putobject", "sqs:SendMessage", "sts:AssumeRole", "iam:PassRole"] {
        for arn in [
            "arn:aws:s3:::b/k",
            "arn:aws:s3:::c1/xayb",
            "arn:aws:iam::111111111111:role/R",
            "arn:aws-cn:s3:::b",
        ] {
            requests.push(request(principal.clone(), action, arn, choices.of(&contexts).clone()));
        }
        let none = Resource::new("*", None).expect("no resource");
        let action = Action::new(action).expect("an action");
        requests.push(Request::new(principal.clone(), action, none, contexts[1].clone()).expect("a request"));
    }
    requests
}

fn policies(statements_per_document: usize, principal: &Principal) -> Policies {
    let text = document(&statements(statements_per_document));
    let source = |id: &str| PolicySource::new(id, text.as_str());
    let everyone =
        with_principal(&text, r#"{"AWS":["111111111111","arn:aws:iam::222222222222:user/bob","*"]}"#);
    let full = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let guard = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:Delete*","Resource":"*"}}"#;
    let own = match principal {
        Principal::User(_) => Some(IdentitySource::User),
        Principal::RoleSession(_) => Some(IdentitySource::Role),
        _ => None,
    };
    let has_account = principal.account().is_some();
    let sessions = matches!(principal, Principal::RoleSession(_) | Principal::FederatedUser(_));
    Policies {
        identity: own.clone().map(|kind| {
            let policy =
                |number| IdentityPolicy { source: kind.clone(), policy: source(&format!("p{number}")) };
            (0..3).map(policy).collect()
        }),
        boundary: if own.is_some() { vec![source("boundary")] } else { Vec::new() },
        session: sessions.then(|| vec![source("session")]),
        scps: has_account
            .then(|| vec![vec![PolicySource::new("full", full)], vec![source("scp"), source("scp2")]]),
        rcps: Some(vec![vec![PolicySource::new("guard", guard)]]),
        endpoint: Some(EndpointPolicy {
            kind: EndpointKind::Interface,
            policy: PolicySource::new("endpoint", everyone.as_str()),
        }),
        resource: Some(ResourcePolicy {
            kind: ResourceKind::Ordinary,
            policy: PolicySource::new("resource", everyone.as_str()),
        }),
        acl: vec![AclGrant {
            grantee: Grantee::AllUsers,
            permission: AclPermission::FullControl,
            on: AclTarget::Object,
        }],
        check_size: false,
    }
}

#[test]
fn deciding_allocates_nothing() {
    for size in [1, 9, 40, 400] {
        for principal in principals() {
            let prepared = prepare(&policies(size, &principal));
            let requests = requests(&principal);
            let mut decided = 0;
            let count = allocations(|| {
                for request in &requests {
                    decided += usize::from(prepared.decide(request).is_ok());
                }
            });
            assert!(decided > 20, "{decided} of {} requests of {principal:?} are decided", requests.len());
            assert_eq!(count, 0, "{size} statements, {principal:?}");
        }
    }
}

/// A context beyond the table on the stack uses one that the thread keeps.
#[test]
fn large_contexts_allocate_once_per_thread() {
    let prepared = prepare(&policies(40, &user(A, "u")));
    let keys: Vec<String> = (0..5_000).map(|number| format!("x:Key{number}")).collect();
    let entries: Vec<(&str, &[&str])> = keys.iter().map(|key| (key.as_str(), &["v"] as &[&str])).collect();
    let request = request(user(A, "u"), "s3:GetObject", "arn:aws:s3:::b/k", context(&entries));
    assert!(allocations(|| assert!(prepared.decide(&request).is_ok())) > 0);
    assert_eq!(allocations(|| assert!(prepared.decide(&request).is_ok())), 0);
}

#[test]
fn federated_callers() {
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},
        "Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"aws:FederatedProvider":"accounts.google.com"}}}}"#;
    let policy = PolicySource::new("trust", trust);
    let policies = Policies {
        resource: Some(ResourcePolicy { kind: ResourceKind::RoleTrust, policy }),
        ..Policies::default()
    };
    let prepared = prepare(&policies);
    let caller = Principal::FederatedCaller(FederatedCaller::new("accounts.google.com").expect("a caller"));
    let role = "arn:aws:iam::111111111111:role/R";
    let request = request(caller, "sts:AssumeRoleWithWebIdentity", role, Context::default());
    let count = allocations(|| {
        let outcome = prepared.decide(&request).expect("a decision");
        assert_eq!(outcome.decision, assize_model::Decision::Allow);
    });
    assert_eq!(count, 0);
}

#[test]
fn authorizing_from_a_store_allocates_nothing() {
    let store = PolicyStore::new();
    let text = document(&statements(12));
    let arn = "arn:aws:iam::111111111111:user/u";
    store.insert("p", PolicyType::Identity, false, &text).expect("a document");
    store.insert("scp", PolicyType::Scp, false, &text).expect("a document");
    let resource = with_principal(&text, r#"{"AWS":"111111111111"}"#);
    store.insert("r", PolicyType::Resource, false, &resource).expect("a document");
    store.add_principal(arn).expect("a principal");
    store.add_group("g").expect("a group");
    store.join(arn, "g").expect("a member");
    store.add_resource("arn:aws:s3:::b", ResourceKind::Ordinary).expect("a resource");
    store.add_level("root").expect("a level");
    store.place_account(A, &["root"], true).expect("a path");
    for (document, place) in [
        ("p", Place::Principal(arn)),
        ("p", Place::Group("g")),
        ("p", Place::Boundary(arn)),
        ("scp", Place::Scp("root")),
        ("r", Place::Resource("arn:aws:s3:::b")),
    ] {
        store.attach(document, place).expect("attached");
    }
    let session = CompiledDocument::compile(&text, PolicyType::Session, false).expect("a document");
    let session = PolicyList::new(vec![Attached { id: "s".into(), document: session }]);
    for (principal, via) in [
        (user(A, "u"), Via::default()),
        (common::session(A, "R", "s"), Via { session: Some(&session), ..Via::default() }),
    ] {
        // The first look at a store's current version makes the thread's place to note it in.
        let requests = requests(&principal);
        assert!(store.authorize(&requests[0], via).is_ok());
        let count = allocations(|| {
            for request in &requests {
                assert!(store.authorize(request, via).is_ok());
            }
        });
        assert_eq!(count, 0, "{principal:?}");
    }
}
