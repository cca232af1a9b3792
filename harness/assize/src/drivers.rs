//! Drivers of the one generator: what makes the choices.
//!
//! | driver | choices come from | used by |
//! |---|---|---|
//! | [`Bytes`] | the bytes of a fuzzer | the targets in `fuzz/`, `assize regress` |
//! | `property` | a proptest runner | property tests (feature `proptest`) |
//! | [`seeded`] | a seed | the command line |
//! | [`enumerate`] | nobody: all of them, the simplest first | small spaces |
//!
//! None of them shrinks: there is one shrinker, `assize_generate::shrink`, and it works on what was generated.

mod bytes;
mod enumeration;
#[cfg(feature = "proptest")]
pub mod property;

use assize_generate::choices::Seeded;
use assize_generate::{Settings, scenario};
use assize_model::Scenario;

pub use bytes::{Bytes, ScenarioInput, fuzz_settings};
pub use enumeration::{Enumerated, enumerate};

/// The scenarios of a seed, without end. Each depends on the seed and its own index alone, so that one can be had without the others.
///
/// ```
/// use assize::drivers::seeded;
/// use assize_generate::Settings;
/// let settings = Settings::default();
/// let third = seeded(7, &settings).nth(2);
/// assert_eq!(third, seeded(7, &settings).skip(2).next());
/// ```
pub fn seeded(seed: u64, settings: &Settings) -> impl Iterator<Item = Scenario> {
    (0..).map(move |index| scenario(&mut Seeded::case(seed, index), settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_all() {
        let settings = Settings::default();
        let first: Vec<_> = seeded(1, &settings).take(20).collect();
        assert_eq!(first, seeded(1, &settings).take(20).collect::<Vec<_>>());
        assert_ne!(first, seeded(2, &settings).take(20).collect::<Vec<_>>());
        assert!(first.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
