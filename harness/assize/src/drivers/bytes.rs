//! Choices made by the bytes of a fuzzer.

use arbitrary::{Arbitrary, Unstructured};
use assize_generate::{Choices, Settings, scenario};
use assize_model::Scenario;

/// Takes choices from bytes, front to back: one byte for up to 256 alternatives, more for more. Bytes that have run out choose 0,
/// which is the simplest, so that cutting an input makes a simpler scenario.
pub struct Bytes<'u, 'b> {
    source: &'u mut Unstructured<'b>,
}

impl<'u, 'b> Bytes<'u, 'b> {
    /// Choices from what is left of `source`.
    pub fn new(source: &'u mut Unstructured<'b>) -> Self {
        Bytes { source }
    }
}

impl Choices for Bytes<'_, '_> {
    fn pick(&mut self, n: usize) -> usize {
        self.source.int_in_range(0..=n.saturating_sub(1)).unwrap_or(0)
    }
}

/// What a fuzz target tries: a scenario, and which of the variations on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioInput {
    /// A scenario of [`fuzz_settings`].
    pub scenario: Scenario,
    /// A number below 256. Targets that vary the scenario take it as a seed.
    pub variation: u8,
}

/// Settings for fuzzing: small scenarios, for the fuzzer finds combinations by itself, and the more of them it tries the better.
pub fn fuzz_settings() -> Settings {
    Settings { requests: 2, policies: 2, statements: 2, large: 0, ..Settings::default() }
}

impl<'b> Arbitrary<'b> for ScenarioInput {
    /// Never fails: [`Bytes`] never runs out.
    fn arbitrary(source: &mut Unstructured<'b>) -> arbitrary::Result<Self> {
        let mut bytes = Bytes::new(source);
        let variation = bytes.pick(256) as u8;
        Ok(ScenarioInput { scenario: scenario(&mut bytes, &fuzz_settings()), variation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_make_choices() {
        let mut source = Unstructured::new(&[5, 1, 2, 200, 9]);
        let mut bytes = Bytes::new(&mut source);
        assert_eq!(bytes.pick(256), 5);
        assert_eq!(bytes.pick(1), 0, "without alternatives nothing is read");
        assert_eq!(bytes.pick(65_536), 0x0102);
        assert_eq!(bytes.pick(100), 200 % 100);
        assert_eq!(bytes.pick(10), 9);
    }

    #[test]
    fn a_dry_source_chooses_the_simplest() {
        let mut source = Unstructured::new(&[]);
        let mut bytes = Bytes::new(&mut source);
        assert!((1..1000).all(|n| bytes.pick(n) == 0));
        let empty = ScenarioInput::arbitrary(&mut Unstructured::new(&[])).expect("an input");
        let zeros = ScenarioInput::arbitrary(&mut Unstructured::new(&[0; 4096])).expect("an input");
        assert_eq!(empty, zeros);
    }

    #[test]
    fn an_input_is_its_bytes() {
        let bytes: Vec<u8> = (0..2000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let input = |bytes: &[u8]| ScenarioInput::arbitrary(&mut Unstructured::new(bytes)).expect("an input");
        assert_eq!(input(&bytes), input(&bytes));
        assert_ne!(input(&bytes).scenario, input(&bytes[1..]).scenario);
        assert_eq!(input(&bytes).variation, bytes[0]);
    }
}
