//! Counting results: in all, by chapter, by rule.

use std::collections::BTreeMap;

use crate::catalogue::Catalogue;
use crate::trial::{Judgement, Tried};

/// How many results ended which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// As they must be.
    pub passed: usize,
    /// Fell short.
    pub failed: usize,
    /// Did otherwise where the standard is open.
    pub diverged: usize,
    /// Without an answer, or without anything to hold it against.
    pub not_tried: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, judgement: &Judgement) {
        let count = match judgement {
            Judgement::Passed => &mut self.passed,
            Judgement::Failed(_) => &mut self.failed,
            Judgement::Diverged(_) => &mut self.diverged,
            Judgement::NotTried(_) => &mut self.not_tried,
        };
        *count += 1;
    }

    /// All results.
    pub fn total(&self) -> usize {
        self.passed + self.failed + self.diverged + self.not_tried
    }
}

/// The counts of a run.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// All results.
    pub all: Counts,
    /// By index of the chapter in the catalogue: that of the rule under which the scenario is filed, its first.
    pub chapters: BTreeMap<usize, Counts>,
    /// By index of the rule in the catalogue; a result counts for every rule that its scenario names.
    pub rules: BTreeMap<usize, Counts>,
    /// Results that some evaluators left unanswered although others were tried: by evaluator and reason.
    pub silent: BTreeMap<(String, String), usize>,
    /// Scenarios.
    pub scenarios: usize,
    last: Option<String>,
}

impl Tally {
    /// Counts one result. Results of one scenario come one after the other.
    pub fn add(&mut self, catalogue: &Catalogue, tried: &Tried<'_>) {
        let scenario = &tried.entry.scenario;
        if self.last.as_ref() != Some(&scenario.name) {
            self.scenarios += 1;
            self.last = Some(scenario.name.clone());
        }
        self.all.add(&tried.judgement);
        let index = |id: &String| catalogue.rules.iter().position(|rule| rule.id.as_str() == id);
        let mut rules: Vec<usize> = scenario.rules.iter().filter_map(index).collect();
        if let Some(rule) = rules.first().and_then(|&first| catalogue.rules.get(first)) {
            self.chapters.entry(rule.chapter).or_default().add(&tried.judgement);
        }
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            self.rules.entry(rule).or_default().add(&tried.judgement);
        }
        for silent in &tried.silent {
            *self.silent.entry(silent.clone()).or_default() += 1;
        }
    }
}
