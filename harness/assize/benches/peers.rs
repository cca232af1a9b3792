//! The engine beside published evaluators, on policies that all of them express: decisions per second, in one run.
//!
//! `cargo bench -p assize --features peers --bench peers`. Policies are prepared and requests built beforehand; one thread decides
//! the same requests in the same order. Before anything is measured, every evaluator has to decide every request as expected.

mod measure;
mod peer {
    pub mod cedar;
    pub mod iam_rs;
}
mod workload;

use assize_engine::PreparedPolicies;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

use peer::cedar::{self, Cedar};
use peer::iam_rs;
use workload::{Shape, Workload};

/// A policy about two services, a statement for each bucket or queue.
const EVERYDAY: Shape = Shape { per_service: 50, actions: 2, resources: 1 };
/// Ten policies, each about one service, that collect what a team may do.
const LARGE: Shape = Shape { per_service: 30, actions: 8, resources: 8 };

fn peers(criterion: &mut Criterion) {
    let workloads = [
        ("3 statements", Workload::new(1, 3, EVERYDAY)),
        ("100 statements", Workload::new(1, 100, EVERYDAY)),
        ("300 statements in ten large policies", Workload::new(10, 30, LARGE)),
    ];
    let mut group = criterion.benchmark_group("peers");
    for (name, workload) in workloads {
        group.throughput(Throughput::Elements(workload.asks.len() as u64));

        let prepared = PreparedPolicies::new(&workload.policies()).expect("accepted policies");
        measure::decisions(&mut group, BenchmarkId::new("engine", name), &workload.requests(), |request| {
            prepared.decide(request).expect("a decision").decision
        });

        let evaluator = iam_rs::evaluator(&workload);
        measure::decisions(
            &mut group,
            BenchmarkId::new("iam-rs", name),
            &iam_rs::requests(&workload),
            |request| iam_rs::decide(&evaluator, request),
        );

        let cedar = Cedar::new(&workload);
        let requests = cedar::requests(&workload);
        cedar.assert_clean(&requests);
        measure::decisions(&mut group, BenchmarkId::new("cedar", name), &requests, |request| {
            cedar.decide(request)
        });
    }
}

criterion_group! {
    name = benches;
    config = measure::criterion();
    targets = peers
}
criterion_main!(benches);
