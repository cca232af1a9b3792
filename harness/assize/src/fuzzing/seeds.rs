//! Seed inputs: few, small, and together of every feature that the generators label.

use std::collections::BTreeSet;

use arbitrary::Unstructured;
use assize_generate::choices::{Labelled, Seeded};
use assize_generate::{Choices, raw_document, scenario};
use assize_model::PolicyType;

use super::{GRAMMAR_BYTES, ROUND_TRIP, Target};
use crate::drivers::{Bytes, fuzz_settings};

/// How many inputs are looked at.
const CANDIDATES: u64 = 3000;
/// The bytes that a candidate may take, at most.
const LONGEST: usize = 700;

/// The seeds of a target, always the same: each has a feature that none before it has.
pub fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let mut known = BTreeSet::new();
    (0..CANDIDATES)
        .filter_map(|index| {
            let mut source = Seeded::case(1, index);
            let random: Vec<u8> = (0..2 * LONGEST).map(|_| source.pick(256) as u8).collect();
            let (bytes, labels) = candidate(target, &random);
            let fresh = labels.iter().any(|label| !known.contains(label));
            (fresh && bytes.len() <= LONGEST).then(|| {
                known.extend(labels);
                bytes
            })
        })
        .collect()
}

/// As many of the bytes as the target's generator reads, or the text that it makes of them; and the features of that.
fn candidate(target: &Target, random: &[u8]) -> (Vec<u8>, BTreeSet<&'static str>) {
    let mut source = Unstructured::new(random);
    let mut bytes = Bytes::new(&mut source);
    let mut choices = Labelled::new(&mut bytes);
    let mut text = None;
    let mut labels = BTreeSet::new();
    if target.name == GRAMMAR_BYTES.name || target.name == ROUND_TRIP.name {
        let policy_type = PolicyType::ALL[choices.pick(PolicyType::ALL.len())];
        labels.insert(policy_type.as_str());
        text = Some(raw_document(&mut choices, policy_type).text);
    } else {
        choices.pick(256);
        scenario(&mut choices, &fuzz_settings());
    }
    labels.extend(choices.counts.keys().copied());
    let read = random.len() - source.len();
    match text.filter(|_| target.name == GRAMMAR_BYTES.name) {
        Some(text) => (text.into_bytes(), labels),
        None => (random[..read].to_vec(), labels),
    }
}
