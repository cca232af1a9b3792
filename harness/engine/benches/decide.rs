//! How long a decision takes.
//!
//! `floor` hashes the strings of the same request once, with the standard library's hasher: the least that a decision could cost if it
//! looked each of them up in a table. The bars: `bars/10` at most three times `bars/floor`, `bars/10000` at most twice `bars/10`.

mod support;

use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;
use std::time::Instant;

use assize_engine::PreparedPolicies;
use assize_model::{Decision, Policies, PolicySource, Principal, Request};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use support::{
    OTHER, OWNER, bucket_policy, criterion, document, endpoint_policy, identity, prepare, request, session,
    statement, with_principal,
};

const SIZES: [usize; 6] = [1, 10, 100, 1_000, 10_000, 100_000];
const OBJECT: &str = "arn:aws:s3:::bucket-0/home/red/photo.jpg";

/// Hashes every string of a request once.
fn hash_strings(hasher: &RandomState, request: &Request) -> u64 {
    let principal = request.principal().arn().unwrap_or_default();
    let mut all = hasher.hash_one(principal) ^ hasher.hash_one(request.action().as_str());
    all ^= hasher.hash_one(request.resource().as_str());
    for entry in request.context().entries() {
        all ^= hasher.hash_one(&entry.key);
        for value in &entry.values {
            all ^= hasher.hash_one(&value.text);
        }
    }
    all
}

/// A statement about bucket number `number`; only bucket 0 is asked for.
fn about(number: usize, effect: &str, condition: &str) -> String {
    let action = ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:List*", "sqs:SendMessage"][number % 5];
    statement(effect, action, &format!("arn:aws:s3:::bucket-{number}/*"), condition)
}

/// A document of `size` statements of which the first is about the request.
fn few(size: usize, effect: &str, condition: &str) -> String {
    let rest =
        (1..size).map(|number| about(number, if number % 10 == 3 { "Deny" } else { "Allow" }, condition));
    document(std::iter::once(about(0, effect, condition)).chain(rest))
}

/// A document of `size` statements that are all about the request but whose conditions fail, and one whose condition holds.
fn many(size: usize, holds: bool) -> String {
    let failing = |number| {
        let condition = format!(r#"{{"StringEquals":{{"aws:PrincipalTag/team":"team-{number}"}}}}"#);
        statement("Allow", "s3:GetObject", "arn:aws:s3:::bucket-0/*", &condition)
    };
    let last = if holds { "red" } else { "blue" };
    let condition = format!(r#"{{"StringEquals":{{"aws:PrincipalTag/team":"{last}"}}}}"#);
    let last = statement("Allow", "s3:GetObject", "arn:aws:s3:::bucket-0/*", &condition);
    document((1..size).map(failing).chain(std::iter::once(last)))
}

const CONDITIONS: &str = r#"{"StringLike":{"aws:UserAgent":"aws-sdk-*"},"Bool":{"aws:SecureTransport":"true"},
    "IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]},"DateGreaterThan":{"aws:CurrentTime":"2024-01-01"}}"#;
const VARIABLES: &str = r#"{"StringLike":{"s3:prefix":"home/${aws:PrincipalTag/team}/*"},
    "StringNotEquals":{"aws:userid":"${aws:PrincipalAccount}:root"}}"#;

fn bars(c: &mut Criterion) {
    let asked = request(session(OWNER), "s3:GetObject", OBJECT);
    let mut group = c.benchmark_group("bars");
    let hasher = RandomState::new();
    group.bench_function("floor", |b| b.iter(|| hash_strings(&hasher, black_box(&asked))));
    for size in [10, 10_000] {
        let prepared = prepare(&identity([few(size, "Allow", "{}")]), &asked, Decision::Allow);
        group.bench_function(size.to_string(), |b| b.iter(|| prepared.decide(black_box(&asked))));
    }
    for size in [10, 10_000] {
        let prepared = prepare(&identity([few(size, "Allow", CONDITIONS)]), &asked, Decision::Allow);
        group.bench_function(format!("{size}-with-conditions"), |b| {
            b.iter(|| prepared.decide(black_box(&asked)))
        });
    }
    group.finish();
}

/// What the documents look like by size: one document, or the same statements spread over documents of ten.
fn growth(c: &mut Criterion) {
    let asked = request(session(OWNER), "s3:GetObject", OBJECT);
    let other = request(session(OWNER), "s3:GetObject", "arn:aws:s3:::elsewhere/photo.jpg");
    let mut group = c.benchmark_group("statements");
    for size in SIZES {
        let mut shape = |name: &str, policies: Policies, asked: &Request, decision| {
            let prepared = prepare(&policies, asked, decision);
            group.throughput(Throughput::Elements(1));
            group.bench_with_input(BenchmarkId::new(name, size), &prepared, |b, prepared| {
                b.iter(|| prepared.decide(black_box(asked)));
            });
        };
        shape("allow", identity([few(size, "Allow", "{}")]), &asked, Decision::Allow);
        shape("implicit", identity([few(size, "Allow", "{}")]), &other, Decision::ImplicitDeny);
        shape("explicit", identity([few(size, "Deny", "{}")]), &asked, Decision::ExplicitDeny);
        shape("conditions", identity([few(size, "Allow", CONDITIONS)]), &asked, Decision::Allow);
        shape("variables", identity([few(size, "Allow", VARIABLES)]), &asked, Decision::Allow);
        shape("many-apply-but-for-conditions", identity([many(size, false)]), &asked, Decision::ImplicitDeny);
        shape("last-of-many-applies", identity([many(size, true)]), &asked, Decision::Allow);
        let spread = (0..size)
            .step_by(10)
            .map(|first| document((first..size.min(first + 10)).map(|number| about(number, "Allow", "{}"))));
        shape("documents-of-ten", identity(spread), &asked, Decision::Allow);
    }
    group.finish();
}

/// All seven policy types, each with `size` statements, in the owner's account and from another.
fn all_types(c: &mut Criterion) {
    let mut group = c.benchmark_group("seven-types");
    for size in [1, 10, 1_000] {
        for (name, account) in [("same-account", OWNER), ("cross-account", OTHER)] {
            let asked = request(session(account), "s3:GetObject", OBJECT);
            let text = few(size, "Allow", "{}");
            let source = |id: &str| PolicySource::new(id, text.as_str());
            let named = r#"{"AWS":["111111111111","222222222222"]}"#;
            let on_bucket = |principal: &str| {
                document((0..size).map(|number| with_principal(&about(number, "Allow", "{}"), principal)))
            };
            let guard = document((0..size).map(|number| {
                let guard = statement("Deny", "s3:Delete*", &format!("arn:aws:s3:::bucket-{number}/*"), "{}");
                with_principal(&guard, r#""*""#)
            }));
            let policies = Policies {
                boundary: vec![source("boundary")],
                session: Some(vec![source("session")]),
                scps: Some(vec![vec![source("root")], vec![source("unit")], vec![source("account")]]),
                rcps: Some(vec![vec![PolicySource::new("guard", guard)]]),
                endpoint: Some(endpoint_policy(on_bucket(r#""*""#))),
                resource: Some(bucket_policy(on_bucket(named))),
                ..identity([text.clone()])
            };
            let prepared = prepare(&policies, &asked, Decision::Allow);
            group.bench_function(BenchmarkId::new(name, size), |b| {
                b.iter(|| prepared.decide(black_box(&asked)))
            });
        }
    }
    let asked = request(Principal::Anonymous, "s3:GetObject", OBJECT);
    let open = with_principal(&statement("Allow", "s3:GetObject", "arn:aws:s3:::bucket-0/*", "{}"), r#""*""#);
    let policies = Policies { resource: Some(bucket_policy(document([open]))), ..Policies::default() };
    let prepared = prepare(&policies, &asked, Decision::Allow);
    group.bench_function("anonymous", |b| b.iter(|| prepared.decide(black_box(&asked))));
    group.finish();
}

/// Patterns and values made to be slow.
fn adversarial(c: &mut Criterion) {
    let mut group = c.benchmark_group("adversarial");
    let length = 10_000;
    let patterns = [
        ("stars", format!("{}b", "*a".repeat(length / 2))),
        ("question-marks", format!("*{}b", "?".repeat(length))),
        ("star-question-marks", format!("{}b", "*?a".repeat(length / 3))),
        ("long-literal", format!("*{}b", "a".repeat(length))),
    ];
    for (name, pattern) in patterns {
        let text = document([statement("Allow", "s3:*", &format!("arn:aws:s3:::{pattern}"), "{}")]);
        let asked = request(session(OWNER), "s3:GetObject", &format!("arn:aws:s3:::{}", "a".repeat(length)));
        let prepared = prepare(&identity([text]), &asked, Decision::ImplicitDeny);
        group.bench_function(name, |b| b.iter(|| prepared.decide(black_box(&asked))));
    }
    let all_stars = document((0..1_000).map(|_| statement("Allow", "*:*a*b*c*", "arn:*:*:*:*:*x*y*z", "{}")));
    let asked = request(session(OWNER), "s3:GetObject", OBJECT);
    let prepared = prepare(&identity([all_stars]), &asked, Decision::ImplicitDeny);
    group.bench_function("thousand-statements-of-stars", |b| b.iter(|| prepared.decide(black_box(&asked))));
    group.finish();
}

/// The time of `count` decisions on each of `threads` threads at once.
fn decide_on(
    threads: usize,
    count: u64,
    prepared: &PreparedPolicies,
    asked: &Request,
) -> std::time::Duration {
    let barrier = std::sync::Barrier::new(threads + 1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    for _ in 0..count {
                        let _ = black_box(prepared.decide(black_box(asked)));
                    }
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        for worker in workers {
            let _ = worker.join();
        }
        start.elapsed()
    })
}

/// Two threads decide at once; `two` takes as long as `one` if they do not hinder each other.
fn threads(c: &mut Criterion) {
    let asked = request(session(OWNER), "s3:GetObject", OBJECT);
    let prepared = prepare(&identity([few(1_000, "Allow", CONDITIONS)]), &asked, Decision::Allow);
    let mut group = c.benchmark_group("threads");
    for (name, threads) in [("one", 1), ("two", 2)] {
        group.throughput(Throughput::Elements(threads as u64));
        group.bench_function(name, |b| b.iter_custom(|count| decide_on(threads, count, &prepared, &asked)));
    }
    group.finish();
}

/// The record, for those who ask why.
fn explain(c: &mut Criterion) {
    let asked = request(session(OWNER), "s3:GetObject", OBJECT);
    let mut group = c.benchmark_group("explain");
    for size in [10, 1_000] {
        let prepared = prepare(&identity([few(size, "Allow", "{}")]), &asked, Decision::Allow);
        group.bench_function(size.to_string(), |b| b.iter(|| prepared.explain(black_box(&asked))));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = criterion();
    targets = bars, growth, all_types, adversarial, threads, explain
}
criterion_main!(benches);
