//! What memory is said to be occupied is what is kept allocated.

mod common;

use std::mem::size_of;
use std::sync::Arc;

use assize_engine::{Attached, CompiledDocument, Place, PolicyList, PolicyStore, PreparedPolicies};
use assize_model::{
    AclGrant, AclPermission, AclTarget, EndpointKind, EndpointPolicy, Grantee, Policies, PolicySource,
    PolicyType, ResourceKind, ResourcePolicy,
};
use common::{document, identity, prepare, statement};

/// The two counts in front of what an `Arc` points to.
const COUNTS: usize = 2 * size_of::<usize>();

/// What `make` makes, and how many bytes of the heap it keeps.
fn kept<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let mut made = None;
    let measured = allocation_counter::measure(|| made = Some(make()));
    (made.expect("it was made"), usize::try_from(measured.bytes_current).expect("more is kept than freed"))
}

/// As many statements of either effect, with something in every table of a document. A `Sid` fills its allocation.
fn text(count: usize) -> String {
    let actions = [r#""s3:GetObject""#, r#"["s3:Get*","sqs:S*d"]"#, r#""*""#];
    let conditions = [
        r#"{"StringLike":{"aws:UserAgent":["a*","${aws:username}*b"]},"Bool":{"k":"true"}}"#,
        r#"{"NumericLessThan":{"k":["1","2"]},"DateLessThan":{"k":"2024-01-01"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}}"#,
    ];
    let statements = (0..2 * count).map(|number| {
        let effect = if number % 2 == 0 { "Allow" } else { "Deny" };
        let resource = format!(r#"["arn:aws:s3:::b{number}/*","arn:aws:s3:::c/${{aws:username}}/*"]"#);
        let text = statement(effect, actions[number % 3], &resource, conditions[number % 3]);
        let principal = r#""Principal":{"AWS":["111111111111","arn:aws:iam::222222222222:user/bob"]}"#;
        text.replace(r#""Effect""#, &format!(r#""Sid":"statement {number:06}",{principal},"Effect""#))
    });
    document(&statements.collect::<Vec<_>>())
}

#[test]
fn of_a_document() {
    // What is made once for all documents is none of theirs.
    CompiledDocument::compile(&text(1), PolicyType::Resource, false).expect("a document");
    for count in [1, 16, 17, 70] {
        let text = text(count);
        let (compiled, kept) = kept(|| CompiledDocument::compile(&text, PolicyType::Resource, false));
        let compiled = compiled.expect("a document");
        assert_eq!(compiled.statements(), 2 * count);
        assert_eq!(COUNTS + compiled.memory(), kept, "{count} statements of either effect");
    }
}

#[test]
fn of_a_list() {
    let document = CompiledDocument::compile(&text(1), PolicyType::Resource, false).expect("a document");
    for count in [1, 16, 17, 40] {
        let id = |number| Arc::from(format!("p{number}"));
        let attached = |number| Attached { id: id(number), document: Arc::clone(&document) };
        let attached: Vec<Attached> = (0..count).map(attached).collect();
        let own = attached.capacity() * size_of::<Attached>();
        let (list, kept) = kept(|| PolicyList::new(attached));
        assert_eq!(list.attached().len(), count, "the list holds them all");
        let index = list.memory() - own;
        assert_eq!(if index == 0 { 0 } else { COUNTS + index }, kept, "{count} documents");
        assert_eq!(index > 0, count > 16, "{count} documents");
    }
}

#[test]
fn of_prepared_policies() {
    let full = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let everyone = full.replace(r#""Effect""#, r#""Principal":"*","Effect""#);
    let policy = |text: &str| PolicySource::new("p", text);
    let policies = Policies {
        boundary: vec![policy(full)],
        session: Some(vec![policy(full)]),
        scps: Some(vec![vec![policy(full)], vec![policy(full)]]),
        rcps: Some(vec![vec![policy(
            &everyone.replace("Allow", "Deny").replace(r#""*","R"#, r#""s3:*","R"#),
        )]]),
        endpoint: Some(EndpointPolicy { kind: EndpointKind::Interface, policy: policy(&everyone) }),
        resource: Some(ResourcePolicy { kind: ResourceKind::Ordinary, policy: policy(&everyone) }),
        ..identity(&[full.to_owned()])
    };
    let own = size_of::<PreparedPolicies>();
    assert_eq!(prepare(&Policies::default()).memory(), own);
    let of_one_list =
        prepare(&Policies { boundary: vec![policy(full)], ..Policies::default() }).memory() - own;
    assert!(of_one_list >= size_of::<Attached>());
    assert_eq!(prepare(&policies).memory(), own + 8 * of_one_list);
}

/// A store with so many of everything. Names fill their allocations.
fn store(count: usize) -> PolicyStore {
    let store = PolicyStore::new();
    let condition = r#"{"Bool":{"aws:SecureTransport":"true"}}"#;
    let own = document(&[statement("Allow", r#""s3:Get*""#, r#""*""#, condition)]);
    for number in 0..count {
        let [policy, own_policy, user, group, bucket, level, endpoint, account] =
            ["p", "o", "u", "g", "b", "l", "e", "a"].map(|kind| format!("{kind}{number:07}"));
        let grant = |grantee| AclGrant { grantee, permission: AclPermission::Read, on: AclTarget::Object };
        let changes = [
            store.insert(&own_policy, PolicyType::Identity, false, &own),
            store.add_principal(&user),
            store.attach(&own_policy, Place::Principal(&user)),
            store.attach(&own_policy, Place::Boundary(&user)),
            store.add_group(&group),
            store.join(&user, &group),
            store.insert(&policy, PolicyType::Resource, false, &text(1 + number % 2)),
            store.add_resource(&bucket, ResourceKind::Ordinary),
            store.attach(&policy, Place::Resource(&bucket)),
            store.set_acl(&bucket, vec![grant(Grantee::AllUsers), grant(Grantee::Account(account.clone()))]),
            store.add_level(&level),
            store.place_account(&account, &[&level, &level], true),
            store.add_endpoint(&endpoint, EndpointKind::Gateway),
        ];
        for change in changes {
            change.unwrap_or_else(|error| panic!("{error}"));
        }
    }
    store
}

#[test]
fn of_a_store() {
    // What is made once for all stores is none of theirs.
    store(1);
    let (empty, kept_by_empty) = kept(PolicyStore::new);
    for count in [1, 100] {
        let (store, kept) = kept(|| store(count));
        let memory = store.memory();
        assert_eq!((memory.documents, memory.attachments, memory.records), (2 * count, 3 * count, 6 * count));
        assert_eq!(memory.total() - empty.memory().total(), kept - kept_by_empty, "{count} of everything");
    }
}
