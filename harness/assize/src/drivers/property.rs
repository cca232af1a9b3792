//! Choices made by proptest.

#![allow(clippy::result_large_err, reason = "a failure is made once, and ends the run")]

use std::cell::RefCell;

use assize_generate::{Budget, Choices, Settings, scenario, shrink};
use assize_model::Scenario;
use proptest::prelude::{Just, Rng, Strategy};
use proptest::test_runner::{Config, TestCaseError, TestCaseResult, TestError, TestRng, TestRunner};

/// Takes choices from a proptest random number generator.
pub struct Random<'r> {
    source: &'r mut TestRng,
}

impl<'r> Random<'r> {
    /// Choices of this generator.
    pub fn new(source: &'r mut TestRng) -> Self {
        Random { source }
    }
}

impl Choices for Random<'_> {
    fn pick(&mut self, n: usize) -> usize {
        // Multiply and shift, as the seeded source does.
        ((u128::from(self.source.next_u64()) * n as u128) >> 64) as usize
    }
}

/// Scenarios, for `proptest!`. Proptest does not shrink them; [`hold`] does.
///
/// ```
/// use assize::drivers::property::scenarios;
/// use assize_generate::Settings;
/// use proptest::prelude::*;
/// proptest!(|(scenario in scenarios(Settings::default()))| {
///     prop_assert_eq!(&scenario.name, "generated");
/// });
/// ```
pub fn scenarios(settings: Settings) -> impl Strategy<Value = Scenario> {
    Just(()).prop_perturb(move |(), mut source| scenario(&mut Random::new(&mut source), &settings))
}

/// A scenario that a property does not hold for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// The simplest one found.
    pub scenario: Scenario,
    /// What the property says of it.
    pub reason: String,
    /// Whether no single step makes it simpler.
    pub minimal: bool,
}

/// Why a property is not known to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It does not.
    Falsified(Counterexample),
    /// Proptest gave up, and why: too many cases were rejected.
    GaveUp(String),
}

/// Holds a property against as many scenarios as `config` says, and shrinks the first that fails.
///
/// # Errors
/// The counterexample, or that proptest gave up.
pub fn hold(
    config: Config,
    settings: Settings,
    property: impl Fn(&Scenario) -> TestCaseResult,
) -> Result<(), Failure> {
    let mut runner = TestRunner::new(config);
    let failed = runner.run(&scenarios(settings), |scenario| property(&scenario));
    let (first, found) = match failed {
        Ok(()) => return Ok(()),
        Err(TestError::Abort(why)) => return Err(Failure::GaveUp(why.message().to_owned())),
        Err(TestError::Fail(why, scenario)) => (why.message().to_owned(), scenario),
    };
    let reason = RefCell::new(first);
    let mut still_fails = |scenario: &Scenario| match property(scenario) {
        Err(TestCaseError::Fail(why)) => {
            *reason.borrow_mut() = why.message().to_owned();
            true
        }
        Ok(()) | Err(TestCaseError::Reject(_)) => false,
    };
    let shrunk = shrink(&found, &mut still_fails, Budget::default());
    let (scenario, minimal) = (shrunk.scenario, shrunk.minimal);
    Err(Failure::Falsified(Counterexample { scenario, reason: reason.into_inner(), minimal }))
}

#[cfg(test)]
mod tests {
    use assize_model::scenario::Body;
    use proptest::strategy::ValueTree;

    use super::*;

    fn requests(scenario: &Scenario) -> usize {
        match &scenario.body {
            Body::Requests { requests, .. } => requests.len(),
            Body::Operation { .. } => 0,
        }
    }

    fn config() -> Config {
        Config { cases: 64, failure_persistence: None, ..Config::default() }
    }

    #[test]
    fn a_strategy_makes_different_scenarios_and_leaves_shrinking_alone() {
        let strategy = scenarios(Settings::default());
        let mut runner = TestRunner::deterministic();
        let mut trees: Vec<_> =
            (0..10).map(|_| strategy.new_tree(&mut runner).expect("a scenario")).collect();
        assert!(trees.windows(2).all(|pair| pair[0].current() != pair[1].current()));
        assert!(trees.iter_mut().all(|tree| !tree.simplify()));
    }

    #[test]
    fn what_holds_holds() {
        let held = hold(config(), Settings::default(), |scenario| {
            proptest::prop_assert!(requests(scenario) <= Settings::default().requests);
            Ok(())
        });
        assert_eq!(held, Ok(()));
    }

    #[test]
    fn what_fails_is_shrunk() {
        let held = hold(config(), Settings::default(), |scenario| {
            proptest::prop_assert!(requests(scenario) < 3, "three requests");
            Ok(())
        });
        let Err(Failure::Falsified(found)) = held else { panic!("scenarios have more requests: {held:?}") };
        assert_eq!(requests(&found.scenario), 3);
        assert!(found.reason.starts_with("three requests"), "{}", found.reason);
        assert!(found.minimal);
    }

    #[test]
    fn giving_up_is_no_success() {
        let held = hold(config(), Settings::default(), |_| Err(TestCaseError::reject("never")));
        assert!(matches!(held, Err(Failure::GaveUp(_))));
    }
}
