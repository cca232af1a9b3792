//! What the fuzz targets try. The targets in `fuzz/` are glue around these, so that stable tests run the same.
//!
//! | target | claim |
//! |---|---|
//! | [`DIFFERENTIAL`] | the engine decides every request as the reference does, the whole record compared (INV-092) |
//! | [`DENY_PRECEDENCE`] | adding, removing and flipping a Deny does what it must (INV-025 to INV-032) |
//! | [`DELEGATION_SUBSET`] | what is handed on stays inside what was given (INV-035, INV-039, INV-040, INV-055, INV-056) |
//! | [`GRAMMAR_BYTES`] | both grammars accept the same texts, for every policy type (GRAM-001 to GRAM-049) |
//! | [`ROUND_TRIP`] | a document read, written and read again is equal, and so is its second writing (INV-009) |
//! | [`STORE_SEQUENCES`] | after any changes a store answers as the reference does from scratch (INV-092) |
//!
//! A target reads the fuzzer's bytes as a scenario and judges that. Its judge knows no bytes: a finding is shrunk, kept and judged
//! again as a scenario ([`regress`](mod@regress)).

#![allow(clippy::result_large_err, reason = "a failure is made once, and ends the run")]

mod differential;
mod grammar;
mod invariants;
pub mod regress;
pub mod seeds;
mod store;

use std::fmt::{self, Display};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arbitrary::{Arbitrary, Unstructured};
use assize_model::scenario::{self, Body};
use assize_model::{Policies, Scenario};

use crate::drivers::ScenarioInput;
use crate::sequences::Sequence;

/// A fuzz target.
pub struct Target {
    /// Its name: that of the program in `fuzz/fuzz_targets`, of its seeds and of its regressions.
    pub name: &'static str,
    /// The rule that its regressions are filed under.
    pub rule: &'static str,
    /// The scenario that an input of the fuzzer stands for.
    read: fn(&[u8]) -> ScenarioInput,
    /// Judges a scenario in one variation; an error says what is wrong.
    judge: fn(&Scenario, u8) -> Result<(), String>,
    /// The steps that a variation makes of a scenario, for a target that is about those: they are what is kept of a finding.
    steps: Option<fn(&Scenario, u8) -> Option<Sequence>>,
    /// How many variations there are: numbers from 0 that lead to different trials of one scenario.
    variations: u8,
}

/// The engine decides every request as the reference does, the whole record compared (INV-092).
pub static DIFFERENTIAL: Target = Target {
    name: "differential",
    rule: "INV-092",
    read: generated,
    judge: differential::evaluators_agree,
    steps: None,
    variations: 1,
};

/// Adding, removing and flipping a Deny does what it must (INV-025 to INV-032). Held against the engine and the reference.
pub static DENY_PRECEDENCE: Target = Target {
    name: "deny_precedence",
    rule: "INV-025",
    read: generated,
    judge: invariants::deny_takes_precedence,
    steps: None,
    variations: 64,
};

/// What is handed on stays inside what was given (INV-035, INV-039, INV-040, INV-055, INV-056). Held against the engine and the
/// reference.
pub static DELEGATION_SUBSET: Target = Target {
    name: "delegation_subset",
    rule: "INV-055",
    read: generated,
    judge: invariants::delegation_is_a_subset,
    steps: None,
    variations: 60,
};

/// Both grammars accept the same texts, for every policy type (GRAM-001 to GRAM-049). The bytes are the text.
pub static GRAMMAR_BYTES: Target = Target {
    name: "grammar_bytes",
    rule: "GRAM-052",
    read: grammar::text,
    judge: grammar::grammars_agree,
    steps: None,
    variations: 1,
};

/// A document read, written and read again is equal, and so is its second writing (INV-009).
pub static ROUND_TRIP: Target = Target {
    name: "round_trip",
    rule: "INV-009",
    read: grammar::document,
    judge: grammar::writing_keeps,
    steps: None,
    variations: 1,
};

/// After any changes a store answers as the reference does from scratch (INV-092).
pub static STORE_SEQUENCES: Target = Target {
    name: "store_sequences",
    rule: "INV-092",
    read: generated,
    judge: store::answers_as_from_scratch,
    steps: Some(store::steps),
    variations: 64,
};

/// All targets.
pub static TARGETS: [&Target; 6] =
    [&DIFFERENTIAL, &DENY_PRECEDENCE, &DELEGATION_SUBSET, &GRAMMAR_BYTES, &ROUND_TRIP, &STORE_SEQUENCES];

/// The target called `name`.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

/// What a target found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was tried.
    pub scenario: Scenario,
    /// What is wrong.
    pub difference: String,
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n{}", self.difference, self.scenario.to_json())
    }
}

impl Finding {
    /// Whether it is a panic.
    pub fn is_panic(&self) -> bool {
        self.difference.starts_with(PANICKED)
    }
}

/// How the difference begins that is a panic.
const PANICKED: &str = "panicked: ";

impl Target {
    /// Tries an input of the fuzzer. Panics of what is tried come through: the fuzzer keeps the input that led to one.
    ///
    /// # Errors
    /// What was found.
    pub fn bytes(&self, bytes: &[u8]) -> Result<(), Finding> {
        let ScenarioInput { scenario, variation } = (self.read)(bytes);
        (self.judge)(&scenario, variation % self.variations)
            .map_err(|difference| Finding { scenario, difference })
    }

    /// The scenario that an input of the fuzzer stands for.
    pub fn read(&self, bytes: &[u8]) -> Scenario {
        (self.read)(bytes).scenario
    }

    /// Judges a scenario in all variations. A panic of what is tried is a finding.
    ///
    /// # Errors
    /// The first finding.
    pub fn scenario(&self, scenario: &Scenario) -> Result<(), Finding> {
        (0..self.variations).try_for_each(|variation| {
            let judged = catch_unwind(AssertUnwindSafe(|| (self.judge)(scenario, variation)));
            judged
                .unwrap_or_else(|panic| Err(panic_text(&*panic)))
                .map_err(|difference| Finding { scenario: scenario.clone(), difference })
        })
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let message =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("{PANICKED}{}", message.unwrap_or("without a message"))
}

/// The scenario that the generator makes of the bytes.
fn generated(bytes: &[u8]) -> ScenarioInput {
    ScenarioInput::arbitrary(&mut Unstructured::new(bytes))
        .unwrap_or_else(|_| ScenarioInput { scenario: holding(Policies::default()), variation: 0 })
}

/// What is asked where only the policies matter: a scenario asks something.
const QUESTION: &str =
    r#"{"principal": {"kind": "anonymous"}, "action": "s3:GetObject", "resource": {"arn": "*"}}"#;

/// A scenario that is about its policies.
fn holding(policies: Policies) -> Scenario {
    let requests = scenario::read_request(QUESTION).into_iter().collect();
    Scenario {
        name: "generated".to_owned(),
        rules: vec!["GRAM-052".to_owned()],
        note: None,
        status: None,
        body: Body::Requests { policies: Box::new(policies), requests, expect: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_reads_scenarios_that_a_file_can_hold() {
        for target in TARGETS {
            for bytes in [&[][..], &[0; 300], &[77; 300], b"{}", b"{\"Statement\": []}", &[0xff, 0xfe]] {
                let scenario = target.read(bytes);
                let read = scenario::read(&scenario.to_json()).expect("a scenario file");
                assert_eq!(read.len(), 1, "{}: {bytes:?}", target.name);
            }
        }
    }
}
