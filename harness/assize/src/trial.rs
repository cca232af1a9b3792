//! Holding evaluators against scenarios: each request, acceptance and operation is tried once and yields one [`Tried`].
//!
//! Nothing here reads files, prints, or knows an engine.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, catch_unwind};

use assize_model::json;
use assize_model::scenario::{Acceptance, Body, Case};
use assize_model::{Evaluator, Policies, Prepared, Refusal, Verdict};
use assize_reference::presentation::{MessageOptions, message};
use serde_json::{Map, Value};

use crate::catalogue::{Catalogue, Status};
use crate::compare::{Difference, Strength, against_expectation, compare, report_text, verdict_text};
use crate::corpus::Entry;

/// An evaluator on trial.
#[derive(Clone)]
pub struct Subject<'e> {
    /// What reports call it.
    pub name: String,
    /// The evaluator.
    pub evaluator: &'e dyn Evaluator,
    /// Whether it is one of ours. Ours must meet every expectation, advisory codes included; a foreign one only diverges where the
    /// standard itself is open ([`Status::accuses`]), and may refuse a document for another reason.
    pub own: bool,
}

/// A trial: every subject is held against the expectations, and every one after the first against the first.
pub struct Trial<'e> {
    /// The evaluators, one at least to try anything.
    pub subjects: Vec<Subject<'e>>,
    /// How much the subjects must agree on.
    pub strength: Strength,
    /// The standing of the rules.
    pub catalogue: &'e Catalogue,
}

/// One thing that was tried.
#[derive(Clone, Debug)]
pub struct Tried<'c> {
    /// The scenario.
    pub entry: &'c Entry,
    /// What of it.
    pub part: Part,
    /// The name of the request, if it has one.
    pub name: Option<&'c str>,
    /// The status of what is expected.
    pub status: Status,
    /// How it ended.
    pub judgement: Judgement,
    /// The evaluators that gave no answer, and why; not those of [`Judgement::NotTried`].
    pub silent: Vec<(String, String)>,
}

/// What of a scenario was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Whether the policies are taken.
    Acceptance,
    /// The request at this index.
    Request(usize),
    /// The operation.
    Operation,
    /// Whether the invariant that the scenario is filed under holds from there on.
    Invariant,
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// All that was said is as it must be.
    Passed,
    /// Something is not; one failure at least.
    Failed(Vec<Failure>),
    /// A foreign evaluator does otherwise where the standard is open; one failure at least.
    Diverged(Vec<Failure>),
    /// Nobody answered, or there is nothing to hold an answer against; why.
    NotTried(String),
}

impl Judgement {
    /// The word in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Judgement::Passed => "passed",
            Judgement::Failed(_) => "failed",
            Judgement::Diverged(_) => "diverged",
            Judgement::NotTried(_) => "not_tried",
        }
    }
}

/// An answer that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whose answer.
    pub evaluator: String,
    /// What it was held against: `expectation`, or the name of another evaluator.
    pub against: String,
    /// What is not as it must be.
    pub difference: Difference,
    /// What the evaluator says about its answer, a line each.
    pub explanation: Vec<String>,
}

/// What one subject said, and what was found against it.
enum Heard {
    /// It gave no answer, and why.
    Silent(String),
    /// It answered; what the answer falls short in, with its explanation.
    Answered(Option<(Difference, Vec<String>)>),
    /// It answered, and there is nothing to hold the answer against.
    Unjudged,
}

impl<'e> Trial<'e> {
    /// Tries everything that `entries` ask, in order; lazily.
    pub fn results<'t, 'c, I>(&'t self, entries: I) -> impl Iterator<Item = Tried<'c>> + use<'t, 'c, 'e, I>
    where
        I: IntoIterator<Item = &'c Entry>,
    {
        entries.into_iter().flat_map(|entry| self.scenario(entry))
    }

    /// Tries one scenario.
    pub fn scenario<'c>(&self, entry: &'c Entry) -> Vec<Tried<'c>> {
        let status = entry.status(self.catalogue);
        match &entry.scenario.body {
            Body::Operation { operation, expect } => vec![self.operation(entry, status, operation, expect)],
            Body::Requests { policies, requests, expect } => {
                self.requests(entry, status, policies, requests, *expect)
            }
        }
    }

    fn operation<'c>(&self, entry: &'c Entry, status: Status, operation: &str, expect: &str) -> Tried<'c> {
        let answers = self.subjects.iter().map(|subject| {
            let heard = match json::parse(operation) {
                Ok(operation) => match guard(|| subject.evaluator.perform(&operation)) {
                    Ok(None) => Heard::Silent("performs no operations".to_owned()),
                    Ok(Some(Ok(outcome))) => Heard::Answered(outcome_difference(expect, &outcome)),
                    Ok(Some(Err(why))) => {
                        Heard::Answered(Some((Difference::of("outcome", expect, why), Vec::new())))
                    }
                    Err(panic) => {
                        Heard::Answered(Some((Difference::of("outcome", expect, panic), Vec::new())))
                    }
                },
                Err(error) => Heard::Silent(error.to_string()),
            };
            (subject, heard)
        });
        self.conclude(entry, Part::Operation, None, status, answers.collect(), Vec::new())
    }

    fn requests<'c>(
        &self,
        entry: &'c Entry,
        status: Status,
        policies: &Policies,
        requests: &'c [Case],
        expect: Option<Acceptance>,
    ) -> Vec<Tried<'c>> {
        let prepared: Vec<Preparation<'_>> =
            self.subjects.iter().map(|subject| Preparation::of(subject, policies)).collect();
        let mut tried = Vec::with_capacity(requests.len() + 1);
        if let Some(expect) = expect {
            tried.push(self.acceptance(entry, status, &prepared, expect));
        }
        for (at, case) in requests.iter().enumerate() {
            let status = case.status.as_deref().and_then(Status::from_word).unwrap_or(status);
            tried.push(self.request(entry, status, &prepared, at, case));
        }
        tried
    }

    fn acceptance<'c>(
        &self,
        entry: &'c Entry,
        status: Status,
        prepared: &[Preparation<'_>],
        expect: Acceptance,
    ) -> Tried<'c> {
        let answers = self.subjects.iter().zip(prepared).map(|(subject, preparation)| {
            let found = preparation.against(expect, subject.own);
            (subject, Heard::Answered(found.map(|difference| (difference, Vec::new()))))
        });
        let disagreements = self.pairs(|first, other| {
            let (one, two) = (&prepared[first], &prepared[other]);
            (one.accepted() != two.accepted()).then(|| Difference::of("policies", one.text(), two.text()))
        });
        self.conclude(entry, Part::Acceptance, None, status, answers.collect(), disagreements)
    }

    fn request<'c>(
        &self,
        entry: &'c Entry,
        status: Status,
        prepared: &[Preparation<'_>],
        at: usize,
        case: &'c Case,
    ) -> Tried<'c> {
        let verdicts: Vec<Verdict> = prepared.iter().map(|preparation| preparation.verdict(case)).collect();
        let judge = |subject: &Subject<'e>, verdict: &Verdict| match (verdict, &case.expect) {
            (Verdict::Unsupported(why), _) => Heard::Silent(why.clone()),
            // The model is part of our evaluators; a foreign one has not been asked.
            _ if case.request.is_err() && !subject.own => {
                Heard::Silent("the request cannot be put together".to_owned())
            }
            (Verdict::Failed(how), None) => {
                Heard::Answered(Some((Difference::of("verdict", "an answer", how.as_str()), Vec::new())))
            }
            (_, None) => Heard::Unjudged,
            (_, Some(expect)) => Heard::Answered(
                against_expectation(expect, verdict).map(|found| (found, explanation(case, verdict))),
            ),
        };
        let answers =
            self.subjects.iter().zip(&verdicts).map(|(subject, verdict)| (subject, judge(subject, verdict)));
        let disagreements =
            self.pairs(|first, other| compare(&verdicts[first], &verdicts[other], self.strength));
        let disagreements = disagreements
            .into_iter()
            .map(|(other, difference, _)| (other, difference, explanation(case, &verdicts[other])))
            .collect();
        self.conclude(
            entry,
            Part::Request(at),
            case.name.as_deref(),
            status,
            answers.collect(),
            disagreements,
        )
    }

    /// Holds every subject after the first against the first.
    fn pairs(
        &self,
        differ: impl Fn(usize, usize) -> Option<Difference>,
    ) -> Vec<(usize, Difference, Vec<String>)> {
        let others = 1..self.subjects.len();
        others
            .filter_map(|other| differ(0, other).map(|difference| (other, difference, Vec::new())))
            .collect()
    }

    fn conclude<'c>(
        &self,
        entry: &'c Entry,
        part: Part,
        name: Option<&'c str>,
        status: Status,
        answers: Vec<(&Subject<'e>, Heard)>,
        disagreements: Vec<(usize, Difference, Vec<String>)>,
    ) -> Tried<'c> {
        let mut silent = Vec::new();
        let mut failures = Vec::new();
        let mut accused = false;
        let (mut judged, mut answered) = (0, 0);
        for (subject, heard) in answers {
            match heard {
                Heard::Silent(why) => silent.push((subject.name.clone(), why)),
                Heard::Unjudged => answered += 1,
                Heard::Answered(found) => {
                    answered += 1;
                    judged += 1;
                    if let Some((difference, explanation)) = found {
                        accused |= subject.own || status.accuses();
                        let against = "expectation".to_owned();
                        failures.push(Failure {
                            evaluator: subject.name.clone(),
                            against,
                            difference,
                            explanation,
                        });
                    }
                }
            }
        }
        for (at, difference, explanation) in disagreements {
            let [first, other] = [0, at].map(|at| &self.subjects[at]);
            accused |= other.own || status.accuses();
            let (evaluator, against) = (other.name.clone(), first.name.clone());
            failures.push(Failure { evaluator, against, difference, explanation });
        }
        let judgement = if !failures.is_empty() {
            if accused { Judgement::Failed(failures) } else { Judgement::Diverged(failures) }
        } else if judged > 0 || answered > 1 {
            Judgement::Passed
        } else if answered == 1 {
            Judgement::NotTried(
                "it has no expectation, and there is no second evaluator to compare with".to_owned(),
            )
        } else {
            let whys: Vec<String> = silent.drain(..).map(|(name, why)| format!("{name}: {why}")).collect();
            Judgement::NotTried(whys.join("; "))
        };
        Tried { entry, part, name, status, judgement, silent }
    }
}

/// What became of the policies in the hands of one subject.
pub(crate) enum Preparation<'e> {
    Ready(Box<dyn Prepared + 'e>),
    Refused(Refusal),
    Failed(String),
}

impl<'e> Preparation<'e> {
    pub(crate) fn of(subject: &Subject<'e>, policies: &Policies) -> Self {
        match guard(|| subject.evaluator.prepare(policies)) {
            Ok(Ok(prepared)) => Preparation::Ready(prepared),
            Ok(Err(refusal)) => Preparation::Refused(refusal),
            Err(panic) => Preparation::Failed(panic),
        }
    }

    pub(crate) fn accepted(&self) -> Option<bool> {
        match self {
            Preparation::Ready(_) => Some(true),
            Preparation::Refused(_) => Some(false),
            Preparation::Failed(_) => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Preparation::Ready(_) => "accepted".to_owned(),
            Preparation::Refused(refusal) => refusal_text(refusal),
            Preparation::Failed(how) => format!("failed: {how}"),
        }
    }

    fn against(&self, expect: Acceptance, own: bool) -> Option<Difference> {
        let expected = match expect {
            Acceptance::Accepted => "accepted".to_owned(),
            Acceptance::Rejected(code) => format!("refused with {code}"),
        };
        let holds = match (expect, self) {
            (Acceptance::Accepted, Preparation::Ready(_)) => true,
            // The code is advisory: it binds only our own.
            (Acceptance::Rejected(code), Preparation::Refused(refusal)) => {
                let mut faults = refusal.documents.iter().flat_map(|document| &document.faults);
                !own || faults.any(|fault| fault.code == code)
            }
            _ => false,
        };
        (!holds).then(|| Difference::of("policies", expected, self.text()))
    }

    /// The verdict on a case. What cannot be put together is not shown to the evaluator: the model has refused it already.
    pub(crate) fn verdict(&self, case: &Case) -> Verdict {
        match (self, &case.request) {
            (_, Err(invalid)) => Verdict::InputError(invalid.error),
            (Preparation::Ready(prepared), Ok(request)) => {
                guard(|| prepared.evaluate(request)).unwrap_or_else(Verdict::Failed)
            }
            (Preparation::Refused(refusal), Ok(_)) => {
                Verdict::Failed(format!("policies {}", refusal_text(refusal)))
            }
            (Preparation::Failed(how), Ok(_)) => Verdict::Failed(how.clone()),
        }
    }
}

thread_local! {
    /// Whether this thread runs code that is on trial.
    static ON_TRIAL: Cell<bool> = const { Cell::new(false) };
    /// Where the last panic of such code happened, once [`note_panics`] was called.
    static PANICKED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on panics of what is on trial are not printed, and where they happen is part of what is told of them.
pub fn note_panics() {
    let other = panic::take_hook();
    panic::set_hook(Box::new(move |panic| match ON_TRIAL.get() {
        true => {
            PANICKED_AT.set(panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())))
        }
        false => other(panic),
    }));
}

/// Runs code that is on trial: a panic is its failure, not ours.
pub(crate) fn guard<T>(answer: impl FnOnce() -> T) -> Result<T, String> {
    // An oracle that is on trial asks for answers that are.
    let outer = ON_TRIAL.replace(true);
    let answer = catch_unwind(AssertUnwindSafe(answer));
    ON_TRIAL.set(outer);
    answer.map_err(|panic| {
        let message =
            panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(|s| &**s));
        let place = PANICKED_AT.take().unwrap_or_default();
        format!("panicked{place}: {}", message.unwrap_or("without a message"))
    })
}

/// Why policies were refused, in one line.
pub fn refusal_text(refusal: &Refusal) -> String {
    let documents = refusal.documents.iter().map(|document| {
        let codes: Vec<String> = document.faults.iter().map(|fault| fault.code.to_string()).collect();
        format!("{} {} ({})", document.policy_type, document.policy, codes.join(", "))
    });
    let mut parts: Vec<String> = documents.collect();
    parts.extend(refusal.reason.clone());
    format!("refused: {}", parts.join("; "))
}

/// What the outcome of an operation lacks.
///
/// Members that the case does not name are not compared, of the outcome and of the objects in its lists (`results`); `null` stands
/// for no member. An object that is the value of a member, such as a map of tags, is compared whole.
fn outcome_difference(expect: &str, outcome: &str) -> Option<(Difference, Vec<String>)> {
    let explanation = vec![format!("the whole outcome: {outcome}")];
    let read = |text: &str| serde_json::from_str::<Map<String, Value>>(text);
    let (expected, actual) = match (read(expect), read(outcome)) {
        (Ok(expected), Ok(actual)) => (expected, actual),
        _ => return Some((Difference::of("outcome", expect, outcome), Vec::new())),
    };
    let differing = expected.iter().filter_map(|(name, expected)| {
        let actual = actual.get(name).unwrap_or(&Value::Null);
        (!holds(expected, actual)).then(|| Difference::of(name, expected.to_string(), actual.to_string()))
    });
    let fields: Vec<_> = differing.flat_map(|difference| difference.fields).collect();
    (!fields.is_empty()).then_some((Difference { fields }, explanation))
}

/// Whether the value of a member is as expected.
fn holds(expected: &Value, actual: &Value) -> bool {
    let (Value::Array(expected), Value::Array(actual)) = (expected, actual) else {
        return expected == actual;
    };
    let entry = |(expected, actual): (&Value, &Value)| match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().all(|(name, value)| holds(value, actual.get(name).unwrap_or(&Value::Null)))
        }
        _ => holds(expected, actual),
    };
    expected.len() == actual.len() && expected.iter().zip(actual).all(entry)
}

/// What a verdict on a case says about itself, a line each: what decided, every policy type's report, and the message of a denial.
fn explanation(case: &Case, verdict: &Verdict) -> Vec<String> {
    let mut lines = vec![verdict_text(verdict)];
    if let Verdict::Evaluated(evaluation) = verdict {
        lines.extend(
            evaluation
                .by_type
                .iter()
                .map(|report| format!("{}: {}", report.policy_type, report_text(report))),
        );
        let denial = |request| message(request, evaluation, MessageOptions::default());
        lines.extend(case.request.as_ref().ok().and_then(denial));
    }
    lines
}
