//! What was found: made minimal, given its expectations, kept.

use std::path::{Path, PathBuf};

use assize_generate::{Budget, shrink};
use assize_model::scenario::{Acceptance, Body, Expect, ExpectedStatement};
use assize_model::{Position, Scenario, Verdict};

use crate::catalogue::Catalogue;
use crate::corpus::Entry;
use crate::regressions::{self, Unwritable};
use crate::trial::{Judgement, Preparation, Subject};

use super::contest::{Claim, Contest};

/// How often the shrinker may ask; a hundred times what it usually takes.
pub(crate) const BUDGET: Budget = Budget { attempts: 20_000 };

/// What was found in one case.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The number of the case.
    pub case: u64,
    /// The scenario with the one request that shows it.
    pub scenario: Scenario,
    /// What is not met.
    pub claim: Claim,
    /// What findings that are likely the same bug have in common.
    pub kind: String,
}

/// A finding that was made minimal.
#[derive(Clone, Debug)]
pub struct Minimal {
    /// The scenario with its expectations. The file is that which it is kept in, or [`UNKEPT`].
    pub entry: Entry,
    /// Whether it is kept in a file.
    pub kept: bool,
    /// Whether no single step makes it simpler.
    pub minimal: bool,
}

/// The place of a scenario that has no file.
pub const UNKEPT: &str = "(not kept)";

impl Finding {
    pub(super) fn new(case: u64, scenario: &Scenario, request: usize, claim: Claim, kind: String) -> Self {
        let scenario = scenario.with_requests(request..request + 1);
        Finding { case, scenario, claim, kind }
    }

    /// Makes it minimal with the same kind of failure, and keeps it below `folder`, if one is given and if it still fails after it was
    /// written and read back.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn minimal(
        &self,
        contest: &Contest<'_>,
        catalogue: &Catalogue,
        folder: Option<&Path>,
    ) -> Result<Minimal, Unwritable> {
        let shrunk = shrink(&self.scenario, &mut |scenario| self.still_fails(contest, scenario), BUDGET);
        let mut scenario = shrunk.scenario;
        scenario.rules = vec![self.claim.rule().to_owned()];
        scenario.note = Some(self.note(contest));
        let (entry, kept) = keep(contest, catalogue, scenario, folder)?;
        Ok(Minimal { entry, kept, minimal: shrunk.minimal })
    }

    fn still_fails(&self, contest: &Contest<'_>, scenario: &Scenario) -> bool {
        match self.claim {
            Claim::Agreement => contest.differs(scenario, &self.kind),
            Claim::Invariant(oracle) => {
                matches!(contest.invariant_from(oracle, scenario), Some(Err(_)))
            }
        }
    }

    fn note(&self, contest: &Contest<'_>) -> String {
        let tried = &contest.tried.name;
        match (&self.claim, &contest.standard) {
            (Claim::Agreement, Some(_)) => format!("{tried} answered: {}.", self.kind),
            (Claim::Agreement, None) => format!("{tried} {}.", self.kind),
            (Claim::Invariant(oracle), _) => format!("{tried} broke {}.", oracle.name),
        }
    }
}

/// Gives a scenario that fails the standard's answers as expectations, and keeps it below `folder`, if one is given and if it still
/// fails after it was written and read back. Also says whether it was kept.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn keep(
    contest: &Contest<'_>,
    catalogue: &Catalogue,
    scenario: Scenario,
    folder: Option<&Path>,
) -> Result<(Entry, bool), Unwritable> {
    keep_if(contest, scenario, folder, &|entry| {
        let tried = contest.replay(entry, catalogue);
        tried.iter().any(|tried| !matches!(tried.judgement, Judgement::Passed | Judgement::NotTried(_)))
    })
}

/// As [`keep`], where `fails` says whether what was read back still fails.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn keep_if(
    contest: &Contest<'_>,
    mut scenario: Scenario,
    folder: Option<&Path>,
    fails: &dyn Fn(&Entry) -> bool,
) -> Result<(Entry, bool), Unwritable> {
    if let Some(standard) = &contest.standard {
        expect_of(standard, &mut scenario);
    }
    let entry =
        |path: &Path, scenario: Scenario| Entry { file: path.into(), position: Position::START, scenario };
    let kept: Option<(PathBuf, Scenario)> = match folder {
        None => None,
        Some(folder) => regressions::keep(&mut scenario, folder, &group(&contest.tried.name), &mut |read| {
            fails(&entry(Path::new(UNKEPT), read.clone())).then(|| read.clone())
        })?,
    };
    Ok(match kept {
        Some((path, read)) => (entry(&path, read), true),
        None => (entry(Path::new(UNKEPT), scenario), false),
    })
}

/// A folder name for what is found of an evaluator.
fn group(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '-' };
    name.chars().map(letter).collect()
}

/// Puts the standard's answers in as expectations.
fn expect_of(standard: &Subject<'_>, scenario: &mut Scenario) {
    let Body::Requests { policies, requests, expect } = &mut scenario.body else { return };
    let preparation = Preparation::of(standard, policies);
    if let Preparation::Refused(refusal) = &preparation {
        let code = refusal.documents.iter().find_map(|document| document.faults.first());
        *expect = code.map(|fault| Acceptance::Rejected(fault.code));
        return;
    }
    // Without requests nothing else is asked.
    if requests.is_empty() {
        *expect = Some(Acceptance::Accepted);
    }
    for case in requests {
        case.expect = match preparation.verdict(case) {
            Verdict::Evaluated(evaluation) => Some(Expect::Decision {
                decision: evaluation.decision,
                deciding: Some(evaluation.deciding),
                determining: Some(evaluation.determining.iter().map(ExpectedStatement::from).collect()),
            }),
            Verdict::InputError(error) => Some(Expect::Error(error)),
            Verdict::Decided { .. } | Verdict::Unsupported(_) | Verdict::Failed(_) => None,
        };
    }
}
