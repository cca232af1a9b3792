//! The engine beside the reference: the same policies, the same requests, in one run.
//!
//! The reference always answers with the whole evaluation record; so the engine is measured twice, deciding (`engine`) and making
//! that record (`engine with record`).

mod measure;
mod workload;

use assize_engine::PreparedPolicies;
use assize_reference::Reference;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

use workload::{Shape, Workload};

/// Fifty statements to a service, so that the same number of statements concern a request's service at 100 and at 1,000.
const SHAPE: Shape = Shape { per_service: 50, actions: 2, resources: 1 };

fn reference(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reference");
    for statements in [10, 100, 1_000] {
        let workload = Workload::new(1, statements, SHAPE);
        let (policies, requests) = (workload.policies(), workload.requests());
        group.throughput(Throughput::Elements(requests.len() as u64));

        let engine = PreparedPolicies::new(&policies).expect("accepted policies");
        measure::decisions(&mut group, BenchmarkId::new("engine", statements), &requests, |request| {
            engine.decide(request).expect("a decision").decision
        });
        measure::decisions(
            &mut group,
            BenchmarkId::new("engine with record", statements),
            &requests,
            |request| engine.explain(request).expect("an evaluation").decision,
        );

        let reference = Reference::new();
        let reference = reference.prepare(&policies).expect("accepted policies");
        measure::decisions(&mut group, BenchmarkId::new("reference", statements), &requests, |request| {
            reference.evaluate(request).expect("an evaluation").decision
        });
    }
}

criterion_group! {
    name = benches;
    config = measure::criterion();
    targets = reference
}
criterion_main!(benches);
