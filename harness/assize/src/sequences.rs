//! Sequences of changes to a store of policies, with questions between them: stale caches are found here and nowhere else.
//!
//! A sequence is made to the engine's store and to a naive one. The naive store gathers what applies from scratch and asks the
//! reference; the engine's store must refuse the same changes and give the same answers, the whole record compared (INV-092).
//!
//! | module | holds |
//! |---|---|
//! | [`step`] | the steps |
//! | [`walk`] | a generator of steps, which go astray from the policies of a scenario |
//! | [`subject`] | a store on trial |
//! | [`minimal`] | a failing sequence made minimal and kept as a file, a step a line |
//!
//! Nothing here knows a test framework: the fuzz target, the state machine of proptest and the fault bank are drivers around it.

mod format;
pub mod minimal;
mod plain;
pub mod step;
pub mod subject;
pub mod walk;

use assize_generate::Choices;
use assize_model::{Policies, Prepared, Scenario, Verdict};
use assize_reference::Reference;

use crate::compare::Strength;
use crate::trial::guard;
use plain::PlainStore;
use step::{Question, Step};
use subject::{Store, Subject, Wrong};
use walk::Vocabulary;

/// Steps, from an empty store on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The steps in order.
    pub steps: Vec<Step>,
}

/// What must come of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// The change is made.
    Made,
    /// The change is refused, and changes nothing.
    Refused,
    /// The answer; `None` if there is no such endpoint, or if a session policy is no policy.
    Answer(Option<Verdict>),
}

/// A step that ends otherwise than it must.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Its place in the sequence.
    pub at: usize,
    /// What is wrong.
    pub wrong: Wrong,
}

/// The naive store, and the snapshot that was taken of it: what must come of each step.
#[derive(Clone, Debug, Default)]
pub struct Model {
    now: PlainStore,
    kept: Option<PlainStore>,
    /// What was asked last.
    last: Option<Question>,
    /// The id of the document that the last change was about, of those that are about one.
    touched: Option<String>,
}

impl Model {
    /// Makes a step, and says what must come of it.
    pub fn step(&mut self, step: &Step) -> Expected {
        match step {
            Step::Ask(question) => {
                self.last = Some(Question::clone(question));
                Expected::Answer(self.answer(question))
            }
            _ if self.change(step) => Expected::Made,
            _ => Expected::Refused,
        }
    }

    /// Makes a step without answering; whether it is made.
    pub fn change(&mut self, step: &Step) -> bool {
        match step {
            Step::Ask(question) => self.last = Some(Question::clone(question)),
            Step::Keep => self.kept = Some(self.now.clone()),
            change => {
                if let Some(id) = change.document() {
                    self.touched = Some(id.to_owned());
                }
                return self.now.change(change);
            }
        }
        true
    }

    /// What the reference answers to all that applies; `None` if there is no such endpoint, or if a session policy is no policy.
    pub fn answer(&self, question: &Question) -> Option<Verdict> {
        let store = self.kept.as_ref().filter(|_| question.kept).unwrap_or(&self.now);
        let gathered = store.policies(&question.request, question.endpoint.as_deref())?;
        let policies = Policies { session: question.session.clone(), ..gathered };
        let reference = Reference::new();
        // Whatever is in the store was read before, so that only a session policy can be refused.
        let prepared = reference.prepare(&policies).ok()?;
        Some(Prepared::evaluate(&prepared, &question.request))
    }
}

impl Sequence {
    /// A sequence about the policies and requests of a scenario; `None` if it has no requests.
    pub fn generate(scenario: &Scenario, choices: &mut dyn Choices) -> Option<Sequence> {
        let vocabulary = Vocabulary::new(scenario)?;
        let mut steps = vocabulary.loading();
        steps.extend(vocabulary.questions(choices));
        let mut model = Model::default();
        for step in &steps {
            model.change(step);
        }
        for _ in 0..walk::LENGTH {
            let step = vocabulary.step(choices, &model);
            model.change(&step);
            steps.push(step);
        }
        steps.extend(vocabulary.questions(choices));
        Some(Sequence { steps })
    }

    /// What must come of each step.
    pub fn expected(&self) -> Vec<Expected> {
        let mut model = Model::default();
        self.steps.iter().map(|step| model.step(step)).collect()
    }

    /// Holds a store against this sequence, from scratch.
    ///
    /// # Errors
    /// The first step that ends otherwise than it must.
    pub fn hold<S: Store>(&self) -> Result<(), Failure> {
        self.hold_to::<S>(&self.expected(), Strength::Record)
    }

    /// [`Sequence::hold`], where what must come of each step is known, and not all of the answers need agree.
    ///
    /// # Errors
    /// As [`Sequence::hold`].
    pub fn hold_to<S: Store>(&self, expected: &[Expected], strength: Strength) -> Result<(), Failure> {
        let mut subject = Subject::<S>::new(strength);
        for (at, (step, expected)) in self.steps.iter().zip(expected).enumerate() {
            let made =
                guard(|| subject.step(step, expected)).unwrap_or_else(|panic| Err(Wrong::panic(panic)));
            made.map_err(|wrong| Failure { at, wrong })?;
        }
        Ok(())
    }

    /// The sequence that ends with the step at this place.
    pub fn up_to(&self, at: usize) -> Sequence {
        Sequence { steps: self.steps.iter().take(at + 1).cloned().collect() }
    }

    /// How many of its first `steps` steps are questions.
    pub fn questions(&self, steps: usize) -> usize {
        self.steps.iter().take(steps).filter(|step| matches!(step, Step::Ask(_))).count()
    }

    /// Reads a file: a line per step.
    ///
    /// # Errors
    /// What is wrong with the first line that is no step.
    pub fn read(text: &str) -> Result<Sequence, String> {
        Ok(Sequence { steps: format::read(text)? })
    }

    /// The text of a file: a line per step.
    pub fn text(&self) -> String {
        self.steps.iter().map(|step| format::line(step) + "\n").collect()
    }
}
