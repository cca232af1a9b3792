//! Looking for faults: generated cases are put to the correct reference and to faulty ones until each is told apart.
//!
//! A case is one request decided, or for faults of acceptance one document read. Cases are made by generation alone, and a seed makes
//! the same ones every time.

use std::thread;

use assize_generate::{Budget, Choices, RawDocument, Seeded, Settings, raw_document, shrink, shrink_text};
use assize_model::scenario::{Body, Case};
use assize_model::{Decision, Grammar, Policies, PolicyType, Refusal, Scenario, Verdict};
use assize_reference::{Correct, Reference, Semantics, date};

use super::{Fault, Stage, uniform};
use crate::compare::{Difference, Strength, compare};

/// How to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hunt {
    /// What the cases are made from.
    pub seed: u64,
    /// How many cases at most.
    pub budget: u64,
    /// How much of two verdicts is compared.
    pub strength: Strength,
    /// Who makes the requests.
    pub source: Source,
}

impl Default for Hunt {
    fn default() -> Self {
        Hunt { seed: 1, budget: 20_000, strength: Strength::Record, source: Source::Policies }
    }
}

/// Where requests come from. Documents are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// They are made from what the policies are made from.
    Policies,
    /// They know nothing of the policies; see [`uniform`].
    Uniform,
}

/// A fault told from the truth.
#[derive(Clone, Debug)]
pub struct Found {
    /// After how many cases, this one included.
    pub cases: u64,
    /// The least strength that tells these two verdicts apart.
    pub strength: Strength,
    /// What told it: what the correct reference says, and what the faulty one.
    pub difference: Difference,
    /// The case.
    pub witness: Witness,
}

/// What showed a fault.
#[derive(Clone, Debug)]
pub enum Witness {
    /// A scenario; the difference is that of its first request that differs.
    Scenario(Box<Scenario>),
    /// A document that one takes and the other refuses.
    Document(RawDocument),
}

/// How large a witness is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Statements in all its documents.
    pub statements: usize,
    /// Condition tests in all its documents.
    pub conditions: usize,
    /// Bytes of its JSON, or of the document.
    pub bytes: usize,
}

/// Looks for one fault. `None`: not found within the budget.
pub fn hunt(fault: &Fault, how: Hunt) -> Option<Found> {
    hunt_all(&[fault], how).pop().flatten()
}

/// Looks for all of them in one pass over the same cases; what was found of each, in their order. The faults are dealt out to as many
/// threads as there are processors, which changes nothing but the time.
pub fn hunt_all(faults: &[&Fault], how: Hunt) -> Vec<Option<Found>> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(faults.len().max(1));
    let mut found: Vec<Option<Found>> = faults.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let deal = |worker: usize| {
            move || hunt_some(faults.iter().copied().enumerate().skip(worker).step_by(workers), how)
        };
        let threads: Vec<_> = (0..workers).map(|worker| scope.spawn(deal(worker))).collect();
        for thread in threads {
            // A fault that panics is no fault but a mistake in the bank.
            for (at, find) in thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)) {
                found[at] = find;
            }
        }
    });
    found
}

fn hunt_some<'f>(faults: impl Iterator<Item = (usize, &'f Fault)>, how: Hunt) -> Vec<(usize, Option<Found>)> {
    let faults: Vec<(usize, &Fault)> = faults.collect();
    let mut found: Vec<Option<Found>> = faults.iter().map(|_| None).collect();
    for (stage, search) in [(Stage::Acceptance, documents as Search), (Stage::Evaluation, scenarios)] {
        let numbered = faults.iter().enumerate().filter(|(_, (_, fault))| fault.stage == stage);
        let wanted = numbered.map(|(at, (_, fault))| Wanted { at, semantics: (fault.semantics)() });
        search(wanted.collect(), how, &mut found);
    }
    faults.iter().map(|(at, _)| *at).zip(found).collect()
}

/// Looks for faults of one stage and puts those found into their places.
type Search = fn(Vec<Wanted>, Hunt, &mut [Option<Found>]);

/// A fault that is not found yet.
struct Wanted {
    /// Its place in the list.
    at: usize,
    semantics: Box<dyn Semantics>,
}

fn documents(mut wanted: Vec<Wanted>, how: Hunt, found: &mut [Option<Found>]) {
    for case in 0..how.budget {
        if wanted.is_empty() {
            return;
        }
        let mut choices = Seeded::case(how.seed, case);
        let choices: &mut dyn Choices = &mut choices;
        let policy_type = *choices.one_of(&PolicyType::ALL);
        let document = raw_document(choices, policy_type);
        let taken = takes(&Correct, &document);
        wanted.retain(|fault| {
            let difference = acceptance(taken, takes(&*fault.semantics, &document));
            found[fault.at] = difference.map(|difference| Found {
                cases: case + 1,
                strength: Strength::Decision,
                difference,
                witness: Witness::Document(document.clone()),
            });
            found[fault.at].is_none()
        });
    }
}

fn takes(semantics: &dyn Semantics, document: &RawDocument) -> bool {
    let RawDocument { policy_type, managed, text } = document;
    let grammar = Grammar { policy_type: *policy_type, managed: *managed, is_date: date::is_date };
    semantics.read_document(grammar, text).is_ok()
}

fn acceptance(expected: bool, actual: bool) -> Option<Difference> {
    let word = |taken| if taken { "taken" } else { "refused" };
    (expected != actual).then(|| Difference::of("document", word(expected), word(actual)))
}

fn scenarios(wanted: Vec<Wanted>, how: Hunt, found: &mut [Option<Found>]) {
    let correct = Reference::new();
    let mut wanted: Vec<(usize, Reference<dyn Semantics>)> =
        wanted.into_iter().map(|fault| (fault.at, Reference::with("faulty", fault.semantics))).collect();
    let settings = Settings::default();
    let mut cases = 0;
    for index in 0.. {
        if wanted.is_empty() || cases >= how.budget {
            return;
        }
        let mut choices = Seeded::case(how.seed, index);
        let scenario = match how.source {
            Source::Policies => assize_generate::scenario(&mut choices, &settings),
            Source::Uniform => uniform::scenario(&mut choices, &settings),
        };
        let Body::Requests { policies, requests, .. } = &scenario.body else { continue };
        let truth = answers(&correct, policies, requests);
        wanted.retain(|(at, faulty)| {
            let told = tells(&truth, faulty, policies, requests, how.strength);
            found[*at] = told.map(|Told { nth, strength, difference, .. }| Found {
                cases: cases + nth as u64 + 1,
                strength,
                difference,
                witness: Witness::Scenario(Box::new(alone(&scenario, nth))),
            });
            found[*at].is_none()
        });
        cases += requests.len() as u64;
    }
}

/// A request whose verdicts differ.
struct Told {
    nth: usize,
    strength: Strength,
    difference: Difference,
    signature: Signature,
}

/// What stays the same while a witness is made smaller: both decisions.
type Signature = (Option<Decision>, Option<Decision>);

/// The correct answers, or that the policies were refused.
type Answers = Result<Vec<Verdict>, Refusal>;

fn answers<S: Semantics + ?Sized>(
    reference: &Reference<S>,
    policies: &Policies,
    requests: &[Case],
) -> Answers {
    let prepared = reference.prepare(policies)?;
    Ok(requests.iter().map(|case| answer(&prepared, case)).collect())
}

fn answer<S: Semantics + ?Sized>(prepared: &assize_reference::Prepared<'_, S>, case: &Case) -> Verdict {
    match &case.request {
        Ok(request) => assize_model::Prepared::evaluate(prepared, request),
        Err(invalid) => Verdict::InputError(invalid.error),
    }
}

/// The first request that tells `faulty` from the truth.
fn tells(
    truth: &Answers,
    faulty: &Reference<dyn Semantics>,
    policies: &Policies,
    requests: &[Case],
    strength: Strength,
) -> Option<Told> {
    let (truth, prepared) = match (truth, faulty.prepare(policies)) {
        (Ok(truth), Ok(prepared)) => (truth, prepared),
        (Err(_), Err(_)) => return None,
        (truth, prepared) => {
            let difference = acceptance(truth.is_ok(), prepared.is_ok())?;
            return Some(Told { nth: 0, strength: Strength::Decision, difference, signature: (None, None) });
        }
    };
    truth.iter().zip(requests).enumerate().find_map(|(nth, (expected, case))| {
        let actual = answer(&prepared, case);
        if *expected == actual {
            return None;
        }
        let difference = compare(expected, &actual, strength)?;
        let strength = [Strength::Decision, Strength::Deciding, Strength::Record]
            .into_iter()
            .find(|strength| compare(expected, &actual, *strength).is_some())?;
        Some(Told { nth, strength, difference, signature: (expected.decision(), actual.decision()) })
    })
}

/// The scenario with one of its requests.
fn alone(scenario: &Scenario, nth: usize) -> Scenario {
    let mut scenario = scenario.clone();
    if let Body::Requests { requests, .. } = &mut scenario.body {
        *requests = requests.drain(..).skip(nth).take(1).collect();
    }
    scenario
}

/// A witness made as small as it gets with the same two decisions, or with the same document taken and refused.
pub fn smallest(fault: &Fault, found: &Found, budget: Budget) -> Found {
    let faulty = Reference::with("faulty", (fault.semantics)());
    match &found.witness {
        Witness::Document(document) => {
            let semantics = (fault.semantics)();
            let taken = takes(&Correct, document);
            let text = shrink_text(
                &document.text,
                &mut |text| {
                    let smaller = RawDocument { text: text.to_owned(), ..document.clone() };
                    takes(&Correct, &smaller) == taken && takes(&*semantics, &smaller) != taken
                },
                budget,
            );
            Found {
                witness: Witness::Document(RawDocument { text: text.text, ..document.clone() }),
                ..found.clone()
            }
        }
        Witness::Scenario(scenario) => {
            let Some(told) = first_told(&faulty, scenario) else { return found.clone() };
            let kept = |scenario: &Scenario| {
                first_told(&faulty, scenario)
                    .filter(|other| other.signature == told.signature && other.strength == told.strength)
            };
            let smaller = shrink(scenario, &mut |scenario| kept(scenario).is_some(), budget).scenario;
            let difference = kept(&smaller).map_or_else(|| found.difference.clone(), |told| told.difference);
            Found { witness: Witness::Scenario(Box::new(smaller)), difference, ..found.clone() }
        }
    }
}

fn first_told(faulty: &Reference<dyn Semantics>, scenario: &Scenario) -> Option<Told> {
    let Body::Requests { policies, requests, .. } = &scenario.body else { return None };
    tells(&answers(&Reference::new(), policies, requests), faulty, policies, requests, Strength::Record)
}

impl Witness {
    /// How large it is.
    pub fn size(&self) -> Size {
        match self {
            Witness::Document(document) => {
                measured([(document.policy_type, document.text.as_str())], document.text.len())
            }
            Witness::Scenario(scenario) => {
                let bytes = self.text().len();
                match &scenario.body {
                    Body::Requests { policies, .. } => measured(texts(policies), bytes),
                    Body::Operation { .. } => Size { statements: 0, conditions: 0, bytes },
                }
            }
        }
    }

    /// The scenario as JSON, or the document.
    pub fn text(&self) -> String {
        match self {
            Witness::Document(document) => document.text.clone(),
            Witness::Scenario(scenario) => scenario.to_json(),
        }
    }
}

fn measured<'t>(texts: impl IntoIterator<Item = (PolicyType, &'t str)>, bytes: usize) -> Size {
    let mut size = Size { statements: 0, conditions: 0, bytes };
    for (policy_type, text) in texts {
        let grammar = Grammar { policy_type, managed: false, is_date: date::is_date };
        for statement in grammar.parse(text).iter().flat_map(|document| &document.statements) {
            size.statements += 1;
            size.conditions += statement.condition.iter().map(|block| block.keys.len()).sum::<usize>();
        }
    }
    size
}

fn texts(policies: &Policies) -> Vec<(PolicyType, &str)> {
    let documents = policies.documents().into_iter();
    documents.map(|(policy_type, policy)| (policy_type, &*policy.document.text)).collect()
}
