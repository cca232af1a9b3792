//! Looking for faults: generated cases are put to the correct reference and to faulty evaluators until each is told apart.
//!
//! A case is one request decided, under policies as they are or between changes of a store; for faults of acceptance it is one document
//! read. Cases are made by generation alone, and a seed makes the same ones every time.

use std::thread;

use assize_generate::{
    Budget, Choices, RawDocument, Seeded, Settings, crowd, raw_document, shrink, shrink_text,
};
use assize_model::scenario::{Body, Case};
use assize_model::{Decision, Grammar, Policies, PolicyType, Prepared, Refusal, Scenario, Verdict};
use assize_reference::{Correct, Reference, Semantics, date};

use super::switch::{Asked, Asking, Decided};
use super::{Fault, Stage, Wrong};
use crate::compare::{Difference, Strength, compare, least_strength};
use crate::sequences::step::Step;
use crate::sequences::subject::FaultyStore;
use crate::sequences::{Failure, Sequence, minimal};

/// How to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hunt {
    /// What the cases are made from.
    pub seed: u64,
    /// How many cases at most.
    pub budget: u64,
    /// How much of two verdicts is compared.
    pub strength: Strength,
    /// Who makes the scenarios.
    pub source: Source,
}

impl Default for Hunt {
    fn default() -> Self {
        Hunt { seed: 1, budget: 20_000, strength: Strength::Record, source: Source::Policies }
    }
}

/// Where policies and requests come from. Raw documents are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Requests are made from what the policies are made from.
    Policies,
    /// Requests know nothing of the policies; see [`assize_generate::uniform()`].
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
    /// Changes of a store and questions to it, of which the last ends otherwise than it must.
    Sequence(Sequence),
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
    let searches = [
        (Stage::Acceptance, false, documents as Search),
        (Stage::Evaluation, false, scenarios),
        (Stage::Evaluation, true, crowded_scenarios),
        (Stage::Sequence, true, sequences),
    ];
    for (stage, of_engine, search) in searches {
        let looks_for = |fault: &Fault| fault.stage == stage && fault.is_of_engine() == of_engine;
        let wanted = faults.iter().enumerate().filter(|(_, (_, fault))| looks_for(fault));
        search(wanted.map(|(at, (_, fault))| Wanted { at, fault }).collect(), how, &mut found);
    }
    faults.iter().map(|(at, _)| *at).zip(found).collect()
}

/// Looks for faults of one kind and puts those found into their places.
type Search = fn(Vec<Wanted<'_>>, Hunt, &mut [Option<Found>]);

/// A fault that is not found yet.
struct Wanted<'f> {
    /// Its place in the list.
    at: usize,
    fault: &'f Fault,
}

fn documents(wanted: Vec<Wanted<'_>>, how: Hunt, found: &mut [Option<Found>]) {
    let semantics = |wanted: Wanted<'_>| Some((wanted.at, wanted.fault.semantics()?));
    let mut wanted: Vec<(usize, Box<dyn Semantics>)> = wanted.into_iter().filter_map(semantics).collect();
    for case in 0..how.budget {
        if wanted.is_empty() {
            return;
        }
        let mut choices = Seeded::case(how.seed, case);
        let choices: &mut dyn Choices = &mut choices;
        let policy_type = *choices.one_of(&PolicyType::ALL);
        let document = raw_document(choices, policy_type);
        let taken = takes(&Correct, &document);
        wanted.retain(|(at, semantics)| {
            let difference = acceptance(taken, takes(&**semantics, &document));
            found[*at] = difference.map(|difference| Found {
                cases: case + 1,
                strength: Strength::Decision,
                difference,
                witness: Witness::Document(document.clone()),
            });
            found[*at].is_none()
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

fn scenarios(wanted: Vec<Wanted<'_>>, how: Hunt, found: &mut [Option<Found>]) {
    search_scenarios(wanted, how, found, |_, _, _| {});
}

/// As [`scenarios`], with every second one crowded: small ones do not reach the tables of the engine.
fn crowded_scenarios(wanted: Vec<Wanted<'_>>, how: Hunt, found: &mut [Option<Found>]) {
    search_scenarios(wanted, how, found, |index, choices, scenario| {
        if index % 2 == 1 {
            crowd(choices, scenario);
        }
    });
}

fn search_scenarios(
    wanted: Vec<Wanted<'_>>,
    how: Hunt,
    found: &mut [Option<Found>],
    change: fn(u64, &mut dyn Choices, &mut Scenario),
) {
    let correct = asking();
    let mut wanted: Vec<(usize, Faulty)> =
        wanted.into_iter().map(|wanted| (wanted.at, Faulty::of(wanted.fault))).collect();
    let mut cases = 0;
    for index in 0.. {
        if wanted.is_empty() || cases >= how.budget {
            return;
        }
        let mut choices = Seeded::case(how.seed, index);
        let mut scenario = how.source.scenario(&mut choices);
        change(index, &mut choices, &mut scenario);
        let Body::Requests { policies, requests, .. } = &scenario.body else { continue };
        let truth = Truth::of(&correct, policies, requests);
        wanted.retain(|(at, faulty)| {
            let told = faulty.told(&truth, policies, requests, how.strength);
            found[*at] = told.map(|Told { nth, strength, difference, .. }| Found {
                cases: cases + nth as u64 + 1,
                strength,
                difference,
                witness: Witness::Scenario(Box::new(faulty.witness(&scenario, nth))),
            });
            found[*at].is_none()
        });
        cases += requests.len() as u64;
    }
}

impl Source {
    fn scenario(self, choices: &mut dyn Choices) -> Scenario {
        let settings = Settings::default();
        match self {
            Source::Policies => assize_generate::scenario(choices, &settings),
            Source::Uniform => assize_generate::uniform(choices, &settings),
        }
    }
}

fn sequences(mut wanted: Vec<Wanted<'_>>, how: Hunt, found: &mut [Option<Found>]) {
    let mut cases = 0;
    for index in 0.. {
        if wanted.is_empty() || cases >= how.budget {
            return;
        }
        let mut choices = Seeded::case(how.seed, index);
        let scenario = how.source.scenario(&mut choices);
        let Some(sequence) = Sequence::generate(&scenario, &mut choices) else { continue };
        let expected = sequence.expected();
        wanted.retain(|Wanted { at, fault }| {
            let held = fault.on_store(|| sequence.hold_to::<FaultyStore>(&expected, how.strength));
            found[*at] = held.err().map(|Failure { at, wrong }| Found {
                cases: cases + sequence.questions(at + 1).max(1) as u64,
                strength: wrong.strength,
                difference: wrong.difference,
                witness: Witness::Sequence(sequence.up_to(at)),
            });
            found[*at].is_none()
        });
        cases += sequence.questions(sequence.steps.len()) as u64;
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

/// An evaluator with a fault.
enum Faulty {
    Reference(Decided, Reference<dyn Semantics>),
    Engine(assize_engine_faulty::faults::Fault),
}

impl Faulty {
    fn of(fault: &Fault) -> Faulty {
        match fault.wrong {
            Wrong::Decision { method, semantics } => {
                Faulty::Reference(Decided::named(method), Reference::with("faulty", semantics()))
            }
            Wrong::Engine(switch) => Faulty::Engine(switch),
        }
    }

    /// The scenario with this request alone, or, if the fault remembers what was asked before, with those before it.
    fn witness(&self, scenario: &Scenario, nth: usize) -> Scenario {
        let alone = scenario.with_requests(nth..nth + 1);
        if first_told(self, &alone).is_some() { alone } else { scenario.with_requests(0..nth + 1) }
    }

    /// The first request that tells it from the truth.
    fn told(
        &self,
        truth: &Truth,
        policies: &Policies,
        requests: &[Case],
        strength: Strength,
    ) -> Option<Told> {
        match self {
            Faulty::Reference(decision, reference) => {
                if !truth.asked(*decision) {
                    return None;
                }
                let prepared = reference.prepare(policies).ok();
                let prepared = prepared.as_ref().map(|prepared| prepared as &dyn Prepared);
                tells(truth, prepared, requests, |asked| truth.may_differ(*decision, asked), strength)
            }
            Faulty::Engine(switch) => assize_engine_faulty::faults::with(*switch, || {
                let prepared = assize_engine_faulty::PreparedPolicies::new(policies).ok();
                let prepared = prepared.as_ref().map(|prepared| prepared as &dyn Prepared);
                tells(truth, prepared, requests, |_| true, strength)
            }),
        }
    }
}

impl Fault {
    /// Whether it is a fault of the engine.
    fn is_of_engine(&self) -> bool {
        !matches!(self.wrong, Wrong::Decision { .. })
    }

    fn semantics(&self) -> Option<Box<dyn Semantics>> {
        match self.wrong {
            Wrong::Decision { semantics, .. } => Some(semantics()),
            Wrong::Engine(_) => None,
        }
    }

    /// Does something with stores that have the fault.
    fn on_store<T>(&self, act: impl FnOnce() -> T) -> T {
        match self.wrong {
            Wrong::Decision { .. } => act(),
            Wrong::Engine(switch) => assize_engine_faulty::faults::with(switch, act),
        }
    }
}

/// The correct reference that notes which decisions it asks for.
fn asking() -> Reference<Asking> {
    Reference::with("correct", Box::new(Asking::new()))
}

/// What the correct reference says, and which decisions it asked for on the way. A fault whose decision was not asked says the same.
struct Truth {
    asked_reading: Asked,
    /// For each request the verdict and what was asked, or that the policies were refused.
    answers: Result<Vec<(Verdict, Asked)>, Refusal>,
}

impl Truth {
    fn of(correct: &Reference<Asking>, policies: &Policies, requests: &[Case]) -> Self {
        let asking = correct.semantics();
        let prepared = correct.prepare(policies);
        let asked_reading = asking.take();
        let answers = prepared
            .map(|prepared| requests.iter().map(|case| (answer(&prepared, case), asking.take())).collect());
        Truth { asked_reading, answers }
    }

    /// Whether the decision matters to a request for which so much was asked.
    fn may_differ(&self, decision: Decided, asked: &Asked) -> bool {
        self.asked_reading.holds(decision) || asked.holds(decision)
    }

    /// Whether the decision matters at all.
    fn asked(&self, decision: Decided) -> bool {
        let mut answers = self.answers.iter().flatten();
        self.asked_reading.holds(decision) || answers.any(|(_, asked)| asked.holds(decision))
    }
}

fn answer(prepared: &dyn Prepared, case: &Case) -> Verdict {
    match &case.request {
        Ok(request) => prepared.evaluate(request),
        Err(invalid) => Verdict::InputError(invalid.error),
    }
}

/// The first request that tells what a faulty evaluator prepared from the truth; `None` in place of that: it refused the policies.
fn tells(
    truth: &Truth,
    prepared: Option<&dyn Prepared>,
    requests: &[Case],
    may_differ: impl Fn(&Asked) -> bool,
    strength: Strength,
) -> Option<Told> {
    let (answers, prepared) = match (&truth.answers, prepared) {
        (Ok(answers), Some(prepared)) => (answers, prepared),
        (Err(_), None) => return None,
        (answers, prepared) => {
            let difference = acceptance(answers.is_ok(), prepared.is_some())?;
            return Some(Told { nth: 0, strength: Strength::Decision, difference, signature: (None, None) });
        }
    };
    let numbered = answers.iter().zip(requests).enumerate();
    numbered.filter(|(_, ((_, asked), _))| may_differ(asked)).find_map(|(nth, ((expected, _), case))| {
        let actual = answer(prepared, case);
        if *expected == actual {
            return None;
        }
        let difference = compare(expected, &actual, strength)?;
        let strength = least_strength(expected, &actual)?;
        Some(Told { nth, strength, difference, signature: (expected.decision(), actual.decision()) })
    })
}

/// A witness made as small as it gets with the same two decisions, or with the same document taken and refused.
pub fn smallest(fault: &Fault, found: &Found, budget: Budget) -> Found {
    match &found.witness {
        Witness::Document(document) => {
            let Some(semantics) = fault.semantics() else { return found.clone() };
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
        Witness::Sequence(sequence) => {
            let hold = |sequence: &Sequence| fault.on_store(|| sequence.hold::<FaultyStore>());
            let Some(smaller) = minimal::minimal(sequence, &hold, budget) else { return found.clone() };
            let difference = smaller.failure.wrong.difference;
            Found { witness: Witness::Sequence(smaller.sequence), difference, ..found.clone() }
        }
        Witness::Scenario(scenario) => {
            let faulty = Faulty::of(fault);
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

fn first_told(faulty: &Faulty, scenario: &Scenario) -> Option<Told> {
    let Body::Requests { policies, requests, .. } = &scenario.body else { return None };
    faulty.told(&Truth::of(&asking(), policies, requests), policies, requests, Strength::Record)
}

impl Witness {
    /// How large it is.
    pub fn size(&self) -> Size {
        match self {
            Witness::Document(document) => {
                measured([(document.policy_type, document.text.as_str())], document.text.len())
            }
            Witness::Sequence(sequence) => {
                let put_in = sequence.steps.iter().filter_map(|step| match step {
                    Step::Insert { policy_type, policy } | Step::Replace { policy_type, policy } => {
                        Some((*policy_type, &*policy.document.text))
                    }
                    _ => None,
                });
                measured(put_in, self.text().len())
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

    /// The scenario as JSON, the document, or the steps as lines of JSON.
    pub fn text(&self) -> String {
        match self {
            Witness::Document(document) => document.text.clone(),
            Witness::Sequence(sequence) => sequence.text(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_whose_decision_is_not_asked_says_what_is_true() {
        // One fault for each decision.
        let mut faults = crate::faults::all();
        let decision = |fault: &Fault| match fault.wrong {
            Wrong::Decision { method, .. } => method,
            Wrong::Engine(_) => "",
        };
        faults.retain(|fault| fault.stage == Stage::Evaluation && !fault.is_of_engine());
        faults.sort_by_key(|fault| decision(fault));
        faults.dedup_by_key(|fault| decision(fault));
        let correct = asking();
        let mut skipped = 0;
        for index in 0..60 {
            let mut choices = Seeded::case(2, index);
            let scenario = assize_generate::scenario(&mut choices, &Settings::default());
            let Body::Requests { policies, requests, .. } = &scenario.body else { continue };
            let truth = Truth::of(&correct, policies, requests);
            for fault in &faults {
                let Faulty::Reference(decision, faulty) = Faulty::of(fault) else { continue };
                if truth.asked_reading.holds(decision) {
                    continue;
                }
                let prepared = faulty.prepare(policies);
                let answers = truth.answers.as_deref().unwrap_or_default();
                assert_eq!(truth.answers.is_ok(), prepared.is_ok(), "{}", fault.id);
                for ((expected, asked), case) in answers.iter().zip(requests) {
                    if let (false, Ok(prepared)) = (asked.holds(decision), &prepared) {
                        assert_eq!(answer(prepared, case), *expected, "{}", fault.id);
                        skipped += 1;
                    }
                }
            }
        }
        assert!(skipped > 10_000, "{skipped} decisions were not asked");
    }
}
