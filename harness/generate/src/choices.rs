//! A source of choices: what every generator is written over.

/// Makes choices. Drivers implement it: a seeded random source, fuzzer bytes, a proptest runner, an enumerator.
///
/// `0` is the simplest choice wherever generators order their alternatives by simplicity, so a source that has run dry answers `0`.
pub trait Choices {
    /// A number below `n`. `n` is at least 1.
    fn pick(&mut self, n: usize) -> usize;

    /// Notes that a feature was generated; sources that measure keep count.
    fn label(&mut self, label: &'static str) {
        let _ = label;
    }
}

impl dyn Choices + '_ {
    /// `true` in `percent` of 100 cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        // The last numbers count as `true`, so that a dry source chooses what is simpler.
        self.pick(100) >= 100 - percent.min(100)
    }

    /// A number from `min` to `max`, both included.
    pub fn between(&mut self, min: usize, max: usize) -> usize {
        min + self.pick(max.saturating_sub(min) + 1)
    }

    /// One of `items`, which are not empty.
    pub fn one_of<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.pick(items.len())]
    }

    /// One of `items` with its weight; the weights are not all 0.
    pub fn weighted<T: Copy>(&mut self, items: &[(usize, T)]) -> T {
        let total: usize = items.iter().map(|(weight, _)| weight).sum();
        let mut at = self.pick(total.max(1));
        for &(weight, item) in items {
            if at < weight {
                return item;
            }
            at -= weight;
        }
        items[items.len() - 1].1
    }
}

/// A random source with a seed: equal seeds make equal choices on every machine (SplitMix64).
#[derive(Clone, Debug)]
pub struct Seeded {
    state: u64,
}

impl Seeded {
    /// The source of this seed.
    pub fn new(seed: u64) -> Self {
        Seeded { state: seed }
    }

    /// The source of the `index`th case of a run with this seed. Cases can be made in any order, and one alone.
    pub fn case(seed: u64, index: u64) -> Self {
        let mut source = Seeded::new(seed ^ index.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        source.next();
        source
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl Choices for Seeded {
    fn pick(&mut self, n: usize) -> usize {
        // Multiply and shift: the bias for the small `n` of generators is below 2^-40.
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }
}

/// Counts the labels of another source.
pub struct Labelled<'c> {
    source: &'c mut dyn Choices,
    /// How often each label was noted.
    pub counts: std::collections::BTreeMap<&'static str, u64>,
}

impl<'c> Labelled<'c> {
    /// Starts with no labels.
    pub fn new(source: &'c mut dyn Choices) -> Self {
        Labelled { source, counts: std::collections::BTreeMap::new() }
    }
}

impl Choices for Labelled<'_> {
    fn pick(&mut self, n: usize) -> usize {
        self.source.pick(n)
    }

    fn label(&mut self, label: &'static str) {
        *self.counts.entry(label).or_default() += 1;
        self.source.label(label);
    }
}

/// Every sequence of choices, one after the other, for small spaces: an odometer over the choices that a generator asks for.
///
/// ```
/// use assize_generate::{Choices, Enumerate};
/// let mut pairs = Vec::new();
/// let mut all = Enumerate::default();
/// while all.advance() {
///     pairs.push((all.pick(2), all.pick(2)));
/// }
/// assert_eq!(pairs, [(0, 0), (0, 1), (1, 0), (1, 1)]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Enumerate {
    /// The choices of the current round: what was chosen, out of how many.
    wheels: Vec<(usize, usize)>,
    at: usize,
    started: bool,
}

impl Enumerate {
    /// Moves to the next round; `false` when every sequence was had. Call it before each round.
    pub fn advance(&mut self) -> bool {
        self.at = 0;
        if !std::mem::replace(&mut self.started, true) {
            return true;
        }
        while let Some((chosen, out_of)) = self.wheels.pop() {
            if chosen + 1 < out_of {
                self.wheels.push((chosen + 1, out_of));
                return true;
            }
        }
        false
    }
}

impl Choices for Enumerate {
    fn pick(&mut self, n: usize) -> usize {
        if self.at == self.wheels.len() {
            self.wheels.push((0, n));
        }
        self.at += 1;
        self.wheels[self.at - 1].0.min(n - 1)
    }
}
