//! A store of 100,000 documents and 100,000 principals: deciding in it and changing it.

mod support;

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

use assize_engine::{Place, PolicyStore, Via};
use assize_model::{Decision, Entity, Origin, PolicyType, Principal, Request, RoleSession};
use criterion::{Criterion, criterion_group, criterion_main};
use support::{OWNER, criterion, document, request, statement};

const COUNT: usize = 100_000;

fn role_arn(number: usize) -> String {
    format!("arn:aws:iam::{OWNER}:role/role-{number}")
}

fn asked(number: usize) -> Request {
    let account = assize_model::Account::new("aws", OWNER).expect("an account");
    let role = Entity::new("/", format!("role-{number}"), format!("AROA{number}")).expect("a role");
    let session = RoleSession::new(account, role, "s", Origin::AssumeRole).expect("a session");
    request(Principal::RoleSession(session), "s3:GetObject", &format!("arn:aws:s3:::bucket-{number}/key"))
}

fn text(number: usize, effect: &str) -> String {
    document([
        statement(effect, "s3:GetObject", &format!("arn:aws:s3:::bucket-{number}/*"), "{}"),
        statement("Allow", "s3:List*", "*", "{}"),
    ])
}

/// Every role has its own document, and one that all share.
fn filled() -> PolicyStore {
    let store = PolicyStore::new();
    let shared = document([statement("Allow", "sts:GetCallerIdentity", "*", "{}")]);
    store.insert("shared", PolicyType::Identity, false, &shared).expect("a document");
    for number in 0..COUNT {
        let (id, arn) = (format!("p{number}"), role_arn(number));
        store.insert(&id, PolicyType::Identity, false, &text(number, "Allow")).expect("a document");
        store.add_principal(&arn).expect("a principal");
        store.attach(&id, Place::Principal(&arn)).expect("attached");
        store.attach("shared", Place::Principal(&arn)).expect("attached");
    }
    store
}

fn decision(store: &PolicyStore, request: &Request) -> Decision {
    store.authorize(request, Via::default()).expect("a decision").decision
}

fn store(c: &mut Criterion) {
    let store = filled();
    let memory = store.memory();
    println!(
        "{} documents of {} bytes, {} attachments of {} bytes, {} records of {} bytes; {} MB in all",
        memory.documents,
        memory.per_document(),
        memory.attachments,
        memory.per_attachment(),
        memory.records,
        memory.record_bytes / memory.records,
        memory.total() / 1_000_000
    );
    let request = asked(77);
    let arn = role_arn(77);
    let mut group = c.benchmark_group("store");

    assert_eq!(decision(&store, &request), Decision::Allow);
    group.bench_function("authorize/same", |b| b.iter(|| decision(&store, black_box(&request))));
    let requests: Vec<Request> = (0..1_024).map(|number| asked(number * 97 % COUNT)).collect();
    assert!(requests.iter().all(|request| decision(&store, request) == Decision::Allow));
    let mut next = 0;
    group.bench_function("authorize/everybody", |b| {
        b.iter(|| {
            next = (next + 1) % requests.len();
            decision(&store, black_box(&requests[next]))
        });
    });

    store.insert("deny", PolicyType::Identity, false, &text(77, "Deny")).expect("a document");
    group.bench_function("attach-and-detach", |b| {
        b.iter(|| {
            store.attach("deny", Place::Principal(&arn)).expect("attached");
            store.detach("deny", Place::Principal(&arn)).expect("detached");
        });
    });
    store.attach("deny", Place::Principal(&arn)).expect("attached");
    assert_eq!(decision(&store, &request), Decision::ExplicitDeny);
    store.detach("deny", Place::Principal(&arn)).expect("detached");
    assert_eq!(decision(&store, &request), Decision::Allow);

    let compiled = text(77, "Allow");
    group.bench_function("replace", |b| {
        b.iter(|| store.replace("p77", PolicyType::Identity, false, &compiled).expect("replaced"));
    });
    let shared = document([statement("Allow", "sts:GetCallerIdentity", "*", "{}")]);
    group.bench_function("replace-attached-to-everybody", |b| {
        b.iter(|| store.replace("shared", PolicyType::Identity, false, &shared).expect("replaced"));
    });

    // The same decision while another thread changes the store as fast as it can.
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let arn = role_arn(78);
            while !done.load(Ordering::Relaxed) {
                store.attach("deny", Place::Principal(&arn)).expect("attached");
                store.detach("deny", Place::Principal(&arn)).expect("detached");
            }
        });
        group
            .bench_function("authorize/while-changing", |b| b.iter(|| decision(&store, black_box(&request))));
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(decision(&store, &request), Decision::Allow);
    group.finish();
}

criterion_group! {
    name = benches;
    config = criterion();
    targets = store
}
criterion_main!(benches);
