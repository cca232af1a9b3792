//! How long preparing takes: reading, checking, compiling and indexing.
//!
//! The bar: `prepare` at most three times `serde_json`, which reads the same bytes into a generic value.

mod support;

use std::hint::black_box;

use assize_engine::{Attached, CompiledDocument, PolicyList};
use assize_model::PolicyType;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use support::{criterion, document, statement};

/// A document like those that people write.
fn text(size: usize) -> String {
    document((0..size).map(|number| {
        let condition = match number % 3 {
            0 => r#"{"StringEquals":{"aws:PrincipalTag/team":["red","blue"]},"Bool":{"aws:SecureTransport":"true"}}"#,
            1 => r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}"#,
            _ => "{}",
        };
        let action = ["s3:GetObject", "s3:Get*", "s3:PutObject", "dynamodb:Query", "sqs:*"][number % 5];
        statement(
            if number % 10 == 3 { "Deny" } else { "Allow" },
            action,
            &format!("arn:aws:s3:::bucket-{number}/${{aws:username}}/*"),
            condition,
        )
    }))
}

fn compile(text: &str) -> std::sync::Arc<CompiledDocument> {
    CompiledDocument::compile(text, PolicyType::Identity, false).expect("a document")
}

fn prepare(c: &mut Criterion) {
    let mut group = c.benchmark_group("prepare");
    for size in [1, 10, 100, 1_000, 10_000] {
        let text = text(size);
        assert_eq!(compile(&text).statements(), size);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("serde_json", size), &text, |b, text| {
            b.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(text.as_bytes())));
        });
        group.bench_with_input(BenchmarkId::new("prepare", size), &text, |b, text| {
            b.iter(|| CompiledDocument::compile(black_box(text), PolicyType::Identity, false));
        });
        group.bench_with_input(BenchmarkId::new("parse", size), &text, |b, text| {
            let grammar = assize_model::Grammar {
                policy_type: PolicyType::Identity,
                managed: false,
                is_date: |_| true,
            };
            b.iter(|| grammar.parse(black_box(text)));
        });
    }
    group.finish();
}

/// Putting compiled documents together, which is what attaching one costs outside of a store.
fn compose(c: &mut Criterion) {
    let mut group = c.benchmark_group("compose");
    for documents in [1, 10, 16, 17, 100, 1_000] {
        let attached: Vec<Attached> = (0..documents)
            .map(|number| Attached { id: format!("p{number}").into(), document: compile(&text(10)) })
            .collect();
        group.bench_with_input(BenchmarkId::from_parameter(documents), &attached, |b, attached| {
            b.iter(|| PolicyList::new(black_box(attached.clone())));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = criterion();
    targets = prepare, compose
}
criterion_main!(benches);
