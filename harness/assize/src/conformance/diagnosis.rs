//! Which rule an evaluator breaks where it answers otherwise than the standard.
//!
//! Every fault of the bank breaks one decision of the reference, and names the rule of that decision. If the reference with one fault
//! answers as the evaluator does, not only in the case at hand but also elsewhere, that rule is the one to read first.

use assize_model::scenario::Body;
use assize_model::{Evaluator, Scenario, Verdict};
use assize_reference::{Reference, Semantics};

use crate::compare::{Strength, compare};
use crate::faults::{self, Fault, Stage, Wrong};
use crate::trial::{Preparation, Subject};

/// How much more often than with the evaluator a suspect may stray alone: bugs are seldom alike in everything.
const ALONE: usize = 3;

/// The same of one that explains nearly all that is left: where it strays alone, the evaluator's bug is narrower, or hidden by another.
const ALONE_OF_LAST: usize = 30;

/// How many requests that takes at least: of fewer there is always somebody who explains all.
const LAST: usize = 3;

/// The reference with one fault.
pub struct Suspect {
    /// The fault.
    pub fault: &'static Fault,
    faulty: Reference<dyn Semantics>,
}

/// A scenario with the standard's answers and the evaluator's, request by request.
pub struct Heard {
    scenario: Scenario,
    answers: Vec<(Verdict, Verdict)>,
}

impl Heard {
    /// Asks both. There are no answers under policies that both refuse.
    pub fn of(scenario: Scenario, standard: &Subject<'_>, tried: &Subject<'_>) -> Heard {
        let answers = match &scenario.body {
            Body::Operation { .. } => Vec::new(),
            Body::Requests { policies, requests, .. } => {
                let [standard, tried] = [standard, tried].map(|subject| Preparation::of(subject, policies));
                let refused = [&standard, &tried].iter().all(|by| by.accepted() == Some(false));
                let asked = requests.iter().filter(|_| !refused);
                asked.map(|case| (standard.verdict(case), tried.verdict(case))).collect()
            }
        };
        Heard { scenario, answers }
    }

    /// Every request with both answers.
    pub fn answers(&self) -> impl Iterator<Item = (usize, &Verdict, &Verdict)> {
        self.answers.iter().enumerate().map(|(at, (expected, actual))| (at, expected, actual))
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Leaves out what shows a suspect, so that it is no evidence for another.
    pub fn forget(&mut self, suspect: &Suspect, strength: Strength) {
        for (faulty, (expected, actual)) in suspect.answers(&self.scenario).iter().zip(&mut self.answers) {
            if compare(expected, faulty, strength).is_some() {
                *actual = Verdict::Unsupported("explained already".to_owned());
            }
        }
    }

    /// The scenario with one of its requests.
    pub fn alone(&self, request: usize) -> Heard {
        let scenario = self.scenario.with_requests(request..request + 1);
        Heard { scenario, answers: self.answers.iter().skip(request).take(1).cloned().collect() }
    }
}

/// Everybody in the bank who can be told by decisions.
pub fn suspects() -> Vec<Suspect> {
    let faults = faults::all().into_iter().filter(|fault| fault.stage == Stage::Evaluation);
    let suspect = |fault: &'static Fault| match fault.wrong {
        Wrong::Decision { semantics, .. } => {
            Some(Suspect { fault, faulty: Reference::with(fault.id, semantics()) })
        }
        // Nobody else has the parts of our engine.
        Wrong::Engine(_) => None,
    };
    faults.filter_map(suspect).collect()
}

impl Suspect {
    /// Whether it answers all requests of a scenario as the evaluator did.
    fn explains(&self, heard: &Heard, strength: Strength) -> bool {
        let faulty = self.answers(&heard.scenario);
        let mut pairs = faulty.iter().zip(&heard.answers);
        pairs.all(|(faulty, (_, actual))| compare(faulty, actual, strength).is_none())
    }

    /// Whether it answers some request otherwise than the standard.
    pub fn strays(&self, heard: &Heard, strength: Strength) -> bool {
        let faulty = self.answers(&heard.scenario);
        let mut pairs = faulty.iter().zip(&heard.answers);
        pairs.any(|(faulty, (expected, _))| compare(expected, faulty, strength).is_some())
    }

    fn answers(&self, scenario: &Scenario) -> Vec<Verdict> {
        let Body::Requests { policies, requests, .. } = &scenario.body else { return Vec::new() };
        let evaluator: &dyn Evaluator = &self.faulty;
        let subject = Subject { name: self.fault.id.to_owned(), evaluator, own: true };
        let preparation = Preparation::of(&subject, policies);
        requests.iter().map(|case| preparation.verdict(case)).collect()
    }

    /// In how many requests it strays from the standard as the evaluator does, and in how many alone.
    fn fits(&self, evidence: &[Heard], strength: Strength) -> (usize, usize) {
        let (mut with, mut alone) = (0, 0);
        for heard in evidence {
            for (faulty, (expected, actual)) in self.answers(&heard.scenario).iter().zip(&heard.answers) {
                if matches!(actual, Verdict::Unsupported(_)) || compare(expected, faulty, strength).is_none()
                {
                    continue;
                }
                match compare(faulty, actual, strength) {
                    None => with += 1,
                    Some(_) => alone += 1,
                }
            }
        }
        (with, alone)
    }
}

/// What may be behind one answer.
pub struct Diagnosis<'s> {
    /// Who fits best, if anybody fits.
    pub suspect: Option<&'s Suspect>,
    /// In how many requests of the evidence it strays as the evaluator does.
    pub support: usize,
    /// The rules of everybody who would answer so.
    pub rules: Vec<&'static str>,
}

/// Who answers one case as the evaluator does, and who of them fits best with what else was heard: of the requests in which it or the
/// evaluator strays, the largest share is one in which both stray alike, and it strays not much more often alone, unless nothing else is
/// left to explain. Where it strays alone counts half: a bug is seldom quite that of the bank, but all that it does wants to be explained.
pub fn diagnose<'s>(
    suspects: &'s [Suspect],
    case: &Heard,
    evidence: &[Heard],
    strength: Strength,
) -> Diagnosis<'s> {
    let explaining: Vec<&Suspect> =
        suspects.iter().filter(|suspect| suspect.explains(case, strength)).collect();
    let rules = explaining.iter().map(|suspect| suspect.fault.rule).collect();
    let strays = |(_, expected, actual): &(usize, &Verdict, &Verdict)| {
        !matches!(actual, Verdict::Unsupported(_)) && compare(expected, actual, strength).is_some()
    };
    let strayed = evidence.iter().flat_map(Heard::answers).filter(strays).count();
    let fitting = explaining.into_iter().filter_map(|suspect| {
        let (with, alone) = suspect.fits(evidence, strength);
        let share = with as f64 / (strayed as f64 + alone as f64 / 2.0).max(1.0);
        let is_last = with >= LAST && with * 10 >= strayed * 9;
        let bearable = if is_last { ALONE_OF_LAST } else { ALONE };
        (alone <= bearable * (with + 1)).then_some((share, with, suspect))
    });
    // Of equals the first: the bank names the plain faults of a family before the special ones.
    let best = fitting.reduce(|best, other| if other.0 > best.0 { other } else { best });
    let support = best.map_or(0, |(_, with, _)| with);
    Diagnosis { suspect: best.map(|(_, _, suspect)| suspect), support, rules }
}
