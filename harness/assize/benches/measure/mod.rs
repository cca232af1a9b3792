//! Measuring one evaluator over the requests of a workload.

use std::fmt::Debug;
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion};

/// Few samples, each long: the slowest evaluators take milliseconds for a decision.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
}

/// Measures deciding all `requests` in turn, after checking that each is decided as expected.
pub fn decisions<R, D: Debug + PartialEq>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    requests: &[(R, D)],
    decide: impl Fn(&R) -> D,
) {
    for (place, (request, expected)) in requests.iter().enumerate() {
        assert_eq!(decide(request), *expected, "request {place}");
    }
    group.bench_function(id, |bencher| {
        bencher.iter(|| {
            for (request, _) in requests {
                black_box(decide(black_box(request)));
            }
        });
    });
}
