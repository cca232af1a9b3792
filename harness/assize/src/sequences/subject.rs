//! A store on trial.

use std::sync::Arc;

use assize_model::{PolicyType, Verdict};

use super::Expected;
use super::step::{BeingKind, PlaceKind, Question, Step};
use crate::compare::{Difference, Strength, compare, least_strength, verdict_text};

/// A store of policies, as a sequence changes and asks it.
pub trait Store: Default {
    /// The store as it was once.
    type Snapshot;

    /// Makes a change.
    ///
    /// # Errors
    /// Why it is refused.
    fn change(&self, step: &Step) -> Result<(), String>;

    /// The store as it is now.
    fn snapshot(&self) -> Self::Snapshot;

    /// What the store, or a snapshot, answers in each of its ways; `None` if there is no such endpoint, or if a session policy is no
    /// policy.
    fn ask(&self, kept: Option<&Self::Snapshot>, question: &Question) -> Vec<Option<Verdict>>;
}

/// A store, and the snapshot that was taken of it.
pub struct Subject<S: Store> {
    store: S,
    kept: Option<S::Snapshot>,
    strength: Strength,
}

/// What is wrong with how a step ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// What failures have in common that are likely the same bug.
    pub kind: String,
    /// What was expected, and what came.
    pub difference: Difference,
    /// The least strength that tells them apart.
    pub strength: Strength,
}

impl Wrong {
    fn of(kind: impl Into<String>, what: &str, expected: &str, actual: impl Into<String>) -> Wrong {
        let difference = Difference::of(what, expected, actual);
        Wrong { kind: kind.into(), difference, strength: Strength::Decision }
    }

    pub(super) fn panic(text: String) -> Wrong {
        Wrong::of("panicked", "panic", "none", text)
    }
}

impl<S: Store> Subject<S> {
    /// An empty store, whose answers must agree so far.
    pub fn new(strength: Strength) -> Self {
        Subject { store: S::default(), kept: None, strength }
    }

    /// Makes a step.
    ///
    /// # Errors
    /// It ended otherwise than it must.
    pub fn step(&mut self, step: &Step, expected: &Expected) -> Result<(), Wrong> {
        let word = step.word();
        match (step, expected) {
            (Step::Ask(question), Expected::Answer(expected)) => {
                return self.ask(question, expected.as_ref());
            }
            (Step::Keep, _) => self.kept = Some(self.store.snapshot()),
            _ => match (self.store.change(step), expected == &Expected::Made) {
                (Ok(()), true) | (Err(_), false) => {}
                (Ok(()), false) => {
                    return Err(Wrong::of(
                        format!("{word} made that must be refused"),
                        "change",
                        "refused",
                        "made",
                    ));
                }
                (Err(why), true) => {
                    return Err(Wrong::of(
                        format!("{word} refused"),
                        "change",
                        "made",
                        format!("refused: {why}"),
                    ));
                }
            },
        }
        Ok(())
    }

    fn ask(&self, question: &Question, expected: Option<&Verdict>) -> Result<(), Wrong> {
        let kept = self.kept.as_ref().filter(|_| question.kept);
        for actual in self.store.ask(kept, question) {
            match (expected, actual) {
                (None, None) => {}
                (None, Some(actual)) => {
                    let kind = "answered what cannot be asked";
                    return Err(Wrong::of(kind, "answer", "none", verdict_text(&actual)));
                }
                (Some(expected), None) => {
                    return Err(Wrong::of("no answer", "answer", &verdict_text(expected), "none"));
                }
                (Some(expected), Some(actual)) => {
                    let Some(difference) = compare(expected, &actual, self.strength) else { continue };
                    let strength = least_strength(expected, &actual).unwrap_or(self.strength);
                    let (expected, actual) = (verdict_text(expected), verdict_text(&actual));
                    let kind = match difference.fields.first() {
                        Some(field) if expected == actual => format!("{expected}, another {}", field.name),
                        _ => format!("{actual} instead of {expected}"),
                    };
                    return Err(Wrong { kind, difference, strength });
                }
            }
        }
        Ok(())
    }
}

/// Makes the store of a package a [`Store`]. The engine is compiled twice, once with faults, and its types are two each.
macro_rules! engine_store {
    ($name:ident, $engine:ident, $what:literal) => {
        #[doc = $what]
        #[derive(Default)]
        pub struct $name($engine::PolicyStore);

        impl Store for $name {
            type Snapshot = $engine::store::Snapshot;

            fn change(&self, step: &Step) -> Result<(), String> {
                let store = &self.0;
                let place = |place: &super::step::Place| -> fn(&str) -> $engine::Place<'_> {
                    match place.kind {
                        PlaceKind::Principal => |name| $engine::Place::Principal(name),
                        PlaceKind::Boundary => |name| $engine::Place::Boundary(name),
                        PlaceKind::Group => |name| $engine::Place::Group(name),
                        PlaceKind::Resource => |name| $engine::Place::Resource(name),
                        PlaceKind::Scp => |name| $engine::Place::Scp(name),
                        PlaceKind::Rcp => |name| $engine::Place::Rcp(name),
                        PlaceKind::Endpoint => |name| $engine::Place::Endpoint(name),
                    }
                };
                let made = match step {
                    Step::Insert { policy_type, policy } => {
                        store.insert(&policy.id, *policy_type, policy.managed, &policy.document.text)
                    }
                    Step::Replace { policy_type, policy } => {
                        store.replace(&policy.id, *policy_type, policy.managed, &policy.document.text)
                    }
                    Step::Remove { id } => store.remove(id),
                    Step::Attach { id, place: to } => store.attach(id, place(to)(&to.name)),
                    Step::Detach { id, place: from } => store.detach(id, place(from)(&from.name)),
                    Step::Add(being) => match being.kind {
                        BeingKind::Principal => store.add_principal(&being.name),
                        BeingKind::Group => store.add_group(&being.name),
                        BeingKind::Resource(kind) => store.add_resource(&being.name, kind),
                        BeingKind::Level => store.add_level(&being.name),
                        BeingKind::Endpoint(kind) => store.add_endpoint(&being.name, kind),
                    },
                    Step::Take(being) => match being.kind {
                        BeingKind::Principal => store.remove_principal(&being.name),
                        BeingKind::Group => store.remove_group(&being.name),
                        BeingKind::Resource(_) => store.remove_resource(&being.name),
                        BeingKind::Level => store.remove_level(&being.name),
                        BeingKind::Endpoint(_) => store.remove_endpoint(&being.name),
                    },
                    Step::Join { user, group } => store.join(user, group),
                    Step::Leave { user, group } => store.leave(user, group),
                    Step::SetAcl { resource, grants } => store.set_acl(resource, grants.clone()),
                    Step::PlaceAccount { account, levels, scps } => {
                        let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
                        store.place_account(account, &levels, *scps)
                    }
                    Step::Keep | Step::Ask(_) => Ok(()),
                };
                made.map_err(|why| why.to_string())
            }

            fn snapshot(&self) -> Self::Snapshot {
                self.0.snapshot()
            }

            fn ask(&self, kept: Option<&Self::Snapshot>, question: &Question) -> Vec<Option<Verdict>> {
                use $engine::{Attached, CompiledDocument, PolicyList, StoreError, Via};
                let compiled = question.session.as_ref().map(|session| {
                    let compile = |source: &assize_model::PolicySource| {
                        let text = &source.document.text;
                        let document = CompiledDocument::compile(text, PolicyType::Session, source.managed);
                        Some(Attached { id: Arc::clone(&source.id), document: document.ok()? })
                    };
                    session.iter().map(compile).collect::<Option<_>>().map(PolicyList::new)
                });
                let session = match &compiled {
                    Some(None) => return vec![None],
                    Some(compiled) => compiled.as_ref(),
                    None => None,
                };
                let via = Via { endpoint: question.endpoint.as_deref(), session };
                let request = &question.request;
                let (explained, decided) = match kept {
                    Some(kept) => (kept.explain(request, via), kept.authorize(request, via)),
                    None => (self.0.explain(request, via), self.0.authorize(request, via)),
                };
                let explained = explained.map(|evaluation| Verdict::Evaluated(Box::new(evaluation)));
                let decided = decided.map(|outcome| Verdict::Decided {
                    decision: outcome.decision,
                    deciding: Some(outcome.deciding),
                    determining: None,
                });
                let answer = |answer: Result<Verdict, StoreError>| match answer {
                    Ok(verdict) => Some(verdict),
                    Err(StoreError::Input(error)) => Some(Verdict::InputError(error)),
                    Err(StoreError::Unknown { .. }) => None,
                    Err(other) => Some(Verdict::Failed(other.to_string())),
                };
                vec![answer(decided), answer(explained)]
            }
        }
    };
}

engine_store!(EngineStore, assize_engine, "The store of the engine.");
#[cfg(feature = "faults")]
engine_store!(
    FaultyStore,
    assize_engine_faulty,
    "The store of the engine with a fault: that which is on while it is used."
);
