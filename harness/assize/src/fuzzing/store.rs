//! Changes to the engine's store, and a naive store that they are made to as well.

use assize_generate::Seeded;
use assize_model::Scenario;

use crate::sequences::subject::EngineStore;
use crate::sequences::{Failure, Sequence};

/// The steps of one variation; `None` if the scenario has no requests.
pub(super) fn steps(scenario: &Scenario, variation: u8) -> Option<Sequence> {
    Sequence::generate(scenario, &mut Seeded::new(u64::from(variation)))
}

/// Makes the steps of one variation to both stores and compares what comes of them.
pub(super) fn answers_as_from_scratch(scenario: &Scenario, variation: u8) -> Result<(), String> {
    let Some(sequence) = steps(scenario, variation) else { return Ok(()) };
    sequence.hold::<EngineStore>().map_err(|failure| told(&sequence.up_to(failure.at), &failure))
}

/// What is wrong after the last step.
pub(super) fn told(steps: &Sequence, failure: &Failure) -> String {
    format!("{}\nafter the last of these steps:\n{}", failure.wrong.difference, steps.text())
}
