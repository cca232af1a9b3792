//! Hashing of names without regard to case, in place.
//!
//! A request's action and context keys are looked up by the hash of their folded text, without making that text. Actions fold the
//! ASCII letters alone (MATCH-012); context keys fold every character by its lower-case mapping, one at a time (COND-041). On ASCII
//! text both give the same hash. A hash only finds candidates: whoever uses one compares the texts afterwards.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

/// Drawn once per process, so that nobody outside can prepare names that collide. A faulty engine always takes the same: what shows a
/// fault shall show it again.
static SEED: LazyLock<u64> =
    LazyLock::new(|| if cfg!(feature = "faults") { 0 } else { RandomState::new().hash_one(0u8) });

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
const ONES: u64 = 0x0101_0101_0101_0101;

/// The hash of `bytes` with their ASCII letters in lower case.
pub(crate) fn ascii_folded(bytes: &[u8]) -> u64 {
    of_words(bytes, lower)
}

/// The hash of `bytes` as they are.
pub(crate) fn exact(bytes: &[u8]) -> u64 {
    of_words(bytes, |word| word)
}

/// Hashes eight bytes at a time, each word made `prepared` first.
#[inline(always)]
fn of_words(bytes: &[u8], prepared: impl Fn(u64) -> u64) -> u64 {
    let mut state = *SEED;
    for word in bytes.as_chunks::<8>().0 {
        state = mix(state ^ prepared(u64::from_le_bytes(*word)));
    }
    finish(state, prepared(rest(bytes)), bytes.len())
}

/// The bytes after the last whole word, filled up with zeros. Copying so few bytes would cost more than the hash.
#[inline(always)]
fn rest(bytes: &[u8]) -> u64 {
    match (bytes.len() % 8, bytes.last_chunk::<8>()) {
        (0, _) => 0,
        (length, Some(last)) => u64::from_le_bytes(*last) >> (u64::BITS as usize - 8 * length),
        (_, None) => bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// What the hashes of a text's beginnings without case have in common, worked out once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginnings {
    /// The hash's state before each word.
    states: [u64; Beginnings::WORDS + 1],
    /// The folded text.
    words: [u64; Beginnings::WORDS + 1],
}

impl Beginnings {
    const WORDS: usize = 6;

    /// The longest beginning, in bytes, that has a hash.
    pub(crate) const LONGEST: usize = 8 * Beginnings::WORDS;

    pub(crate) fn new(text: &[u8]) -> Self {
        let text = &text[..text.len().min(Beginnings::LONGEST)];
        let mut states = [*SEED; Beginnings::WORDS + 1];
        let mut words = [0; Beginnings::WORDS + 1];
        let whole = text.as_chunks::<8>().0;
        for (at, word) in whole.iter().enumerate() {
            words[at] = lower(u64::from_le_bytes(*word));
            states[at + 1] = mix(states[at] ^ words[at]);
        }
        words[whole.len()] = lower(rest(text));
        Beginnings { states, words }
    }

    /// [`ascii_folded`] of the first `length` bytes, which the text must have, and which are no more than [`Beginnings::LONGEST`].
    #[inline]
    pub(crate) fn hash(&self, length: usize) -> u64 {
        let (word, within) = (length / 8, length % 8);
        finish(self.states[word], self.words[word] & low_bytes(within), length)
    }

    /// Whether the text, without case, begins with `folded`, which is no longer than the text and than [`Beginnings::LONGEST`].
    #[inline]
    pub(crate) fn start_with(&self, folded: &[u8]) -> bool {
        let whole = folded.as_chunks::<8>().0;
        let differs = self.words[whole.len()] ^ rest(folded);
        differs & low_bytes(folded.len() % 8) == 0
            && whole.iter().zip(&self.words).all(|(known, word)| u64::from_le_bytes(*known) == *word)
    }

    /// The first word of the folded text; a shorter text is filled up with zeros.
    #[inline]
    pub(crate) fn head(&self) -> u64 {
        self.words[0]
    }
}

/// A mask for the first `length` bytes of a word; for the whole word from eight on.
#[inline]
pub(crate) fn low_bytes(length: usize) -> u64 {
    if length < 8 { (1 << (8 * length)) - 1 } else { u64::MAX }
}

/// The hash of `text` with every character in lower case.
pub(crate) fn folded(text: &str) -> u64 {
    if text.is_ascii() {
        return ascii_folded(text.as_bytes());
    }
    let (mut state, mut word, mut length) = (*SEED, 0u64, 0usize);
    for character in text.chars().flat_map(char::to_lowercase) {
        for &byte in character.encode_utf8(&mut [0; 4]).as_bytes() {
            word |= u64::from(byte) << (length % 8 * 8);
            length += 1;
            if length.is_multiple_of(8) {
                state = mix(state ^ word);
                word = 0;
            }
        }
    }
    finish(state, word, length)
}

/// Whether two texts are equal but for the case of their ASCII letters, eight bytes at a time: what is compared without regard to
/// case is short, and mostly equal where it is as long.
#[inline]
pub(crate) fn eq_ignoring_ascii_case(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let same =
        |one: &[u8; 8], other: &[u8; 8]| lower(u64::from_le_bytes(*one)) == lower(u64::from_le_bytes(*other));
    match (one.last_chunk(), other.last_chunk()) {
        // The last word covers what the whole words leave.
        (Some(last), Some(other_last)) => {
            let mut words = one.as_chunks().0.iter().zip(other.as_chunks().0);
            same(last, other_last) && words.all(|(one, other)| same(one, other))
        }
        _ => one.eq_ignore_ascii_case(other),
    }
}

/// Whether `name` in lower case is `folded`, which is in lower case already.
pub(crate) fn eq_folded(folded: &str, name: &str) -> bool {
    if name.is_ascii() {
        eq_ignoring_ascii_case(folded.as_bytes(), name.as_bytes())
    } else {
        folded.chars().eq(name.chars().flat_map(char::to_lowercase))
    }
}

/// Whether two names are equal in lower case.
pub(crate) fn eq_folding(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        eq_ignoring_ascii_case(one.as_bytes(), other.as_bytes())
    } else {
        one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
    }
}

/// A hasher for keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0 ^ ascii_folded(bytes));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// `text` with every character in lower case, appended to `out`.
pub(crate) fn fold_into(out: &mut String, text: &str) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
}

fn finish(state: u64, word: u64, length: usize) -> u64 {
    mix(mix(state ^ word) ^ length as u64)
}

fn mix(word: u64) -> u64 {
    let product = u128::from(word ^ MULTIPLIER) * u128::from(MULTIPLIER);
    product as u64 ^ (product >> 64) as u64
}

/// The eight bytes of `word` with ASCII capitals made small: a capital has bit 5 clear, its small letter has it set.
fn lower(word: u64) -> u64 {
    let low = word & !(ONES << 7);
    let from_a = low + ONES * u64::from(0x80 - b'A');
    let beyond_z = low + ONES * u64::from(0x80 - b'Z' - 1);
    let capital = from_a & !beyond_z & !word & (ONES << 7);
    word | capital >> 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_case_and_nothing_else() {
        for length in 0..40 {
            let upper: String = (0..length).map(|at| char::from(b'A' + (at * 7 % 26) as u8)).collect();
            assert_eq!(ascii_folded(upper.as_bytes()), ascii_folded(upper.to_lowercase().as_bytes()));
            assert_ne!(ascii_folded(upper.as_bytes()), ascii_folded(format!("{upper}a").as_bytes()));
        }
        for (one, other) in [("@", "`"), ("[", "{"), ("Z", "{"), ("\u{c1}", "\u{e1}")] {
            assert_ne!(ascii_folded(one.as_bytes()), ascii_folded(other.as_bytes()), "{one} {other}");
            let [one, other] = [one, other].map(|text| format!("a{text}"));
            assert_ne!(ascii_folded(one.as_bytes()), ascii_folded(other.as_bytes()), "{one} {other}");
        }
    }

    #[test]
    fn comparing_ignores_case_and_nothing_else() {
        for length in 0..40 {
            let upper: Vec<u8> = (0..length).map(|at| b'A' + (at * 7 % 26) as u8).collect();
            assert!(eq_ignoring_ascii_case(&upper, &upper.to_ascii_lowercase()), "{length}");
            for at in 0..length {
                let mut other = upper.to_ascii_lowercase();
                other[at] ^= 1;
                assert!(!eq_ignoring_ascii_case(&upper, &other), "{at} of {length}");
            }
            assert!(!eq_ignoring_ascii_case(&upper, &upper[..length - length.min(1)]) || length == 0);
        }
        for byte in 0..=u8::MAX {
            let (one, other) = ([byte, b'x'], [byte ^ 0x20, b'X']);
            assert_eq!(eq_ignoring_ascii_case(&one, &other), byte.is_ascii_alphabetic(), "{byte}");
        }
    }

    #[test]
    fn exact_hashes_tell_case_apart() {
        assert_ne!(exact(b"policy"), exact(b"Policy"));
        assert_eq!(exact(b"policy"), ascii_folded(b"policy"));
    }

    #[test]
    fn beginnings_hash_as_texts_do() {
        let text: String = (0..60).map(|at| char::from(b'A' + (at * 11 % 50) as u8)).collect();
        for end in 0..=text.len() {
            let beginnings = Beginnings::new(&text.as_bytes()[..end]);
            for length in 0..=end.min(Beginnings::LONGEST) {
                let beginning = &text.as_bytes()[..length];
                assert_eq!(beginnings.hash(length), ascii_folded(beginning), "{length} of {end}");
                let mut folded = beginning.to_ascii_lowercase();
                assert!(beginnings.start_with(&folded), "{length} of {end}");
                for at in 0..length {
                    folded[at] ^= 1;
                    assert!(!beginnings.start_with(&folded), "{at} of {length} of {end}");
                    folded[at] ^= 1;
                }
            }
        }
    }

    #[test]
    fn characters_beyond_ascii_fold_one_by_one() {
        for (one, other) in
            [("aws:PrincipalTag/\u{c9}quipe", "AWS:principaltag/\u{e9}QUIPE"), ("\u{212a}ey", "key")]
        {
            assert_eq!(folded(one), folded(other), "{one} {other}");
            let mut low = String::new();
            fold_into(&mut low, other);
            assert!(eq_folded(&low, one));
        }
    }
}
