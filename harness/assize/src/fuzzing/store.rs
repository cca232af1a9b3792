//! Changes to the engine's store, and a naive store that they are made to as well.

use assize_generate::Seeded;
use assize_model::Scenario;

use crate::sequences::Sequence;
use crate::sequences::subject::EngineStore;

/// Makes the steps of one variation to both stores and compares what comes of them.
pub(super) fn answers_as_from_scratch(scenario: &Scenario, variation: u8) -> Result<(), String> {
    let Some(sequence) = Sequence::generate(scenario, &mut Seeded::new(u64::from(variation))) else {
        return Ok(());
    };
    sequence.hold::<EngineStore>().map_err(|failure| {
        let steps = sequence.up_to(failure.at);
        format!("{}\nafter the last of these steps:\n{}", failure.wrong.difference, steps.text())
    })
}
