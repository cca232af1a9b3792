//! One evaluator on trial, and whom it is held against.

use assize_generate::{Choices, Seeded};
use assize_model::scenario::Body;
use assize_model::{Decision, Scenario, Verdict};

use crate::catalogue::Catalogue;
use crate::compare::{Difference, Strength, compare, verdict_text};
use crate::corpus::Entry;
use crate::oracles::{self, ORACLES, Oracle, Situation, Stop, Violation};
use crate::regressions;
use crate::trial::{Failure, Judgement, Part, Preparation, Subject, Trial, Tried, guard};

/// How often an invariant is tried from a scenario that is kept: what it chooses is not part of the scenario.
const TRIES: u64 = 24;

/// One evaluator on trial, and whom it is held against.
#[derive(Clone)]
pub struct Contest<'e> {
    /// Who is on trial.
    pub tried: Subject<'e>,
    /// Whose answers must be met, unless it is on trial itself.
    pub standard: Option<Subject<'e>>,
    /// How much of the answers must agree; also what the evaluator on trial answers.
    pub strength: Strength,
}

/// What was not met.
#[derive(Clone, Copy, Debug)]
pub enum Claim {
    /// It answers as the standard does (INV-092).
    Agreement,
    /// An invariant of chapter 08.
    Invariant(&'static Oracle),
}

impl Claim {
    /// The rule that says so.
    pub fn rule(&self) -> &'static str {
        match self {
            Claim::Agreement => "INV-092",
            Claim::Invariant(oracle) => oracle.rule,
        }
    }
}

/// How an invariant was broken: `None` by a panic or the like, which the text tells.
pub struct Breach {
    /// What was asked and answered, unless the evaluator failed to answer.
    pub violation: Option<Box<Violation>>,
    /// What it comes to, in a line.
    pub text: String,
}

impl<'e> Contest<'e> {
    /// Holds every request of a scenario against the standard. `each` learns the index of the request, its decision, and if the answers
    /// differ of what kind the difference is: equal kinds are likely the same bug.
    pub fn requests(
        &self,
        scenario: &Scenario,
        each: &mut dyn FnMut(usize, Option<Decision>, Option<String>),
    ) {
        let Body::Requests { policies, requests, .. } = &scenario.body else { return };
        let tried = Preparation::of(&self.tried, policies);
        let standard = self.standard.as_ref().map(|standard| Preparation::of(standard, policies));
        // Refused by both: there is nothing to compare.
        let refused = standard
            .as_ref()
            .is_some_and(|standard| standard.accepted() == Some(false) && tried.accepted() == Some(false));
        for (at, case) in requests.iter().enumerate() {
            if refused {
                each(at, None, None);
                continue;
            }
            let actual = tried.verdict(case);
            let Some(standard) = &standard else {
                let failed = matches!(actual, Verdict::Failed(_)) && tried.accepted() != Some(false);
                each(at, actual.decision(), failed.then(|| "failed".to_owned()));
                continue;
            };
            let expected = standard.verdict(case);
            let difference = compare(&expected, &actual, self.strength);
            each(at, expected.decision(), difference.map(|difference| kind(&expected, &actual, &difference)));
        }
    }

    /// Whether a request of the scenario is answered otherwise than by the standard, and the difference is of this kind.
    pub fn differs(&self, scenario: &Scenario, kind: &str) -> bool {
        let mut found = false;
        self.requests(scenario, &mut |_, _, wrong| found |= wrong.is_some_and(|wrong| wrong == kind));
        found
    }

    /// Holds the evaluator against an invariant from one request of a scenario on. `None`: the invariant says nothing there.
    pub fn invariant(
        &self,
        oracle: &Oracle,
        scenario: &Scenario,
        request: usize,
        choices: &mut dyn Choices,
    ) -> Option<Result<(), Breach>> {
        let Body::Requests { policies, requests, .. } = &scenario.body else { return None };
        let request = requests.get(request)?.request.as_ref().ok()?.clone();
        let subject = oracles::Subject {
            evaluator: self.tried.evaluator,
            strength: self.strength,
            standard: None,
            is_date: assize_reference::date::is_date,
            accusing: !self.tried.own,
        };
        let held = guard(|| {
            let situation = Situation::read(policies, request, subject.is_date)?;
            Some(subject.hold(oracle, situation, choices))
        });
        match held {
            Ok(None) | Ok(Some(Err(Stop::NotApplicable(_)))) => None,
            Ok(Some(Ok(()))) => Some(Ok(())),
            Ok(Some(Err(Stop::Broken(violation)))) => {
                let mut text = verdict_text(&violation.before.verdict);
                if let Some(after) = &violation.after {
                    text.push_str(&format!(" before the change, {} after it", verdict_text(&after.verdict)));
                }
                Some(Err(Breach { violation: Some(violation), text }))
            }
            Err(panic) => Some(Err(Breach { violation: None, text: panic })),
        }
    }

    /// How an invariant is broken from some request of the scenario on, if it is; `Ok` if it says something and holds.
    pub fn invariant_from(&self, oracle: &Oracle, scenario: &Scenario) -> Option<Result<(), Breach>> {
        let Body::Requests { requests, .. } = &scenario.body else { return None };
        let mut holds = None;
        for request in 0..requests.len() {
            for nth in 0..TRIES {
                match self.invariant(oracle, scenario, request, &mut Seeded::case(0, nth)) {
                    None => {}
                    Some(Ok(())) => holds = Some(Ok(())),
                    Some(Err(breach)) => return Some(Err(breach)),
                }
            }
        }
        holds
    }

    /// Tries a scenario of the corpus again: its expectations, the standard's answers, and for a regression that is filed under an
    /// invariant that invariant.
    pub fn replay<'c>(&self, entry: &'c Entry, catalogue: &Catalogue) -> Vec<Tried<'c>> {
        let subjects = self.standard.iter().chain([&self.tried]).cloned().collect();
        let mut tried = Trial { subjects, strength: self.strength, catalogue }.scenario(entry);
        tried.extend(self.replay_invariant(entry, catalogue));
        tried
    }

    /// Tries the invariant again that a regression is filed under, if it is one.
    pub fn replay_invariant<'c>(&self, entry: &'c Entry, catalogue: &Catalogue) -> Option<Tried<'c>> {
        let scenario = &entry.scenario;
        let filed = scenario.rules.first().filter(|_| scenario.name.starts_with(regressions::PREFIX))?;
        let oracle = ORACLES.iter().find(|oracle| oracle.rule == filed)?;
        let status = entry.status(catalogue);
        let judgement = match self.invariant_from(oracle, scenario)? {
            Ok(()) => Judgement::Passed,
            Err(breach) => {
                let failures = vec![self.failure(oracle, breach)];
                let accused = self.tried.own || status.accuses();
                if accused { Judgement::Failed(failures) } else { Judgement::Diverged(failures) }
            }
        };
        Some(Tried { entry, part: Part::Invariant, name: None, status, judgement, silent: Vec::new() })
    }

    fn failure(&self, oracle: &Oracle, breach: Breach) -> Failure {
        let claim = breach.violation.as_ref().map_or("an answer", |violation| violation.claim.as_str());
        let mut explanation = Vec::new();
        if let Some(after) = breach.violation.as_ref().and_then(|violation| violation.after.as_ref()) {
            explanation.push("after the change:".to_owned());
            explanation.extend(after.scenario.to_json().lines().map(str::to_owned));
        }
        Failure {
            evaluator: self.tried.name.clone(),
            against: format!("{} {}", oracle.rule, oracle.name),
            difference: Difference::of("claim", claim, &*breach.text),
            explanation,
        }
    }
}

/// Of what kind a difference is: both decisions with what decided; where these are the same, the first member that is not.
fn kind(expected: &Verdict, actual: &Verdict, difference: &Difference) -> String {
    let gist = |verdict: &Verdict| match verdict {
        Verdict::Failed(_) => "failed".to_owned(),
        other => verdict_text(other),
    };
    let (expected, actual) = (gist(expected), gist(actual));
    match difference.fields.first() {
        Some(field) if expected == actual => format!("{expected}, another {}", field.name),
        _ => format!("{actual} instead of {expected}"),
    }
}
