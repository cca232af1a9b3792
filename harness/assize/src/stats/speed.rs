//! How long a decision takes from the source of choices to the comparison, and where the time goes.

use std::time::{Duration, Instant};

use assize_engine::Engine;
use assize_generate::{Seeded, scenario};
use assize_model::scenario::Body;
use assize_model::{Evaluator, Scenario, Verdict};
use assize_reference::Reference;

use crate::compare::{Strength, compare};

use super::Sample;

/// How many scenarios are in hand at a time: enough for the clock and for the code of each part to be in the cache while it runs, and
/// so few that they and their verdicts stay in the second cache.
const BATCH: u64 = 16;

/// What one thread spent on a sample.
#[derive(Clone, Copy, Debug, Default)]
pub struct Speed {
    /// Requests decided by both.
    pub decisions: u64,
    /// Making scenarios.
    pub generate: Duration,
    /// Preparing and deciding, the reference.
    pub reference: Duration,
    /// Preparing and deciding, the engine.
    pub engine: Duration,
    /// Comparing records.
    pub compare: Duration,
}

impl Speed {
    /// Everything.
    pub fn total(&self) -> Duration {
        self.generate + self.reference + self.engine + self.compare
    }

    /// Decisions in a second on one core.
    pub fn per_second(&self) -> f64 {
        self.decisions as f64 / self.total().as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// Times the scenarios of a sample on one thread.
pub fn time(sample: &Sample) -> Speed {
    let (reference, engine) = (Reference::new(), Engine::new());
    let mut speed = Speed::default();
    let mut from = 0;
    while from < sample.cases {
        let to = sample.cases.min(from + BATCH);
        let cases = from..to;
        let scenarios: Vec<Scenario> = timed(&mut speed.generate, || {
            cases.map(|case| scenario(&mut Seeded::case(sample.seed, case), &sample.settings)).collect()
        });
        let expected = timed(&mut speed.reference, || answers(&reference, &scenarios));
        let actual = timed(&mut speed.engine, || answers(&engine, &scenarios));
        timed(&mut speed.compare, || {
            for (expected, actual) in expected.iter().zip(&actual) {
                // A difference is for `assize run` to tell; here it would only be slower.
                std::hint::black_box(compare(expected, actual, Strength::Record));
            }
        });
        speed.decisions += expected.len() as u64;
        from = to;
    }
    speed
}

fn timed<T>(spent: &mut Duration, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    *spent += started.elapsed();
    result
}

fn answers(evaluator: &dyn Evaluator, scenarios: &[Scenario]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for scenario in scenarios {
        let Body::Requests { policies, requests, .. } = &scenario.body else { continue };
        let Ok(prepared) = evaluator.prepare(policies) else { continue };
        let requests = requests.iter().filter_map(|case| case.request.as_ref().ok());
        verdicts.extend(requests.map(|request| prepared.evaluate(request)));
    }
    verdicts
}
