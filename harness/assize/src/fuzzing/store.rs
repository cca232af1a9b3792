//! Changes to the engine's store, and a naive store that they are made to as well.
//!
//! The policies of the scenario are put into a store, one change after the other, in place of the requesters, groups, resources,
//! levels and the endpoint that they are for. Then comes a walk of changes that mix them up: documents replaced, attached elsewhere,
//! detached and removed, groups joined and left, accounts moved. After each change one request is asked, after the last all of
//! them: what the store answers must be what the reference answers to the policies that the naive store gathers from scratch.

mod plain;
mod step;

use std::sync::Arc;

use assize_engine::store::Snapshot;
use assize_engine::{Attached, CompiledDocument, PolicyList, PolicyStore, StoreError, Via};
use assize_generate::Seeded;
use assize_model::scenario::Body;
use assize_model::{Policies, PolicySource, PolicyType, Prepared, Request, Scenario, Verdict};
use assize_reference::Reference;

use crate::compare::{Strength, compare};
use plain::PlainStore;
use step::{ENDPOINT, Step, Vocabulary};

/// How many changes follow after the policies of the scenario are in place.
const WALK: usize = 24;

/// Makes the changes of one variation to both stores and compares their answers.
pub(super) fn answers_as_from_scratch(scenario: &Scenario, variation: u8) -> Result<(), String> {
    let Body::Requests { policies, requests, .. } = &scenario.body else { return Ok(()) };
    let requests: Vec<&Request> = requests.iter().filter_map(|case| case.request.as_ref().ok()).collect();
    let mut source = Seeded::new(u64::from(variation));
    let choices: &mut dyn assize_generate::Choices = &mut source;
    let vocabulary = Vocabulary::new(policies, &requests);
    let mut steps = vocabulary.loading(policies, &requests);
    let loading = steps.len();
    steps.extend((0..WALK).map(|_| vocabulary.step(choices)));

    let Some(sessions) = Sessions::new(policies) else { return Ok(()) };
    let mut pair = Pair { store: PolicyStore::new(), plain: PlainStore::default() };
    let mut earlier: Option<(Snapshot, PlainStore)> = None;
    for (at, step) in steps.iter().enumerate() {
        let told = |difference: String| {
            let made: Vec<String> = steps[..=at].iter().map(Step::to_string).collect();
            format!("{difference}\nafter these changes to an empty store:\n  {}", made.join("\n  "))
        };
        pair.change(step).map_err(told)?;
        if at + 1 == loading {
            earlier = Some((pair.store.snapshot(), pair.plain.clone()));
        }
        let everything = at + 1 == loading || at + 1 == steps.len();
        let asked = requests.iter().enumerate().filter(|(nth, _)| everything || *nth == at % requests.len());
        for (_, request) in asked {
            // Every second change is followed by a request that passes through the endpoint.
            let endpoint = (at % 2 == 0).then_some(ENDPOINT);
            let expected = sessions.answer_from_scratch(&pair.plain, request, endpoint);
            let now = pair.store.snapshot();
            sessions.hold(&now, request, endpoint, &expected).map_err(told)?;
        }
    }
    if let Some((snapshot, plain)) = earlier {
        for request in &requests {
            let expected = sessions.answer_from_scratch(&plain, request, None);
            let told =
                |difference| format!("{difference}\nby a snapshot that was taken before {WALK} changes");
            sessions.hold(&snapshot, request, None, &expected).map_err(told)?;
        }
    }
    Ok(())
}

/// The store and the naive one.
struct Pair {
    store: PolicyStore,
    plain: PlainStore,
}

impl Pair {
    /// Makes a change to both, or to neither.
    fn change(&mut self, step: &Step<'_>) -> Result<(), String> {
        let (made, expected) = (step.make(&self.store), self.plain.change(step));
        match (made, expected) {
            (Ok(()), true) | (Err(_), false) => Ok(()),
            (Ok(()), false) => Err("the store made a change that it must refuse".to_owned()),
            (Err(why), true) => Err(format!("the store refused a change: {why}")),
        }
    }
}

/// The session policies, which are no store's: in the form that each side takes.
struct Sessions<'s> {
    compiled: Option<PolicyList>,
    written: Option<&'s [PolicySource]>,
}

impl<'s> Sessions<'s> {
    /// `None` if one is refused.
    fn new(policies: &'s Policies) -> Option<Self> {
        let written = policies.session.as_deref();
        let compile = |source: &PolicySource| {
            let document =
                CompiledDocument::compile(&source.document.text, PolicyType::Session, source.managed);
            Some(Attached { id: Arc::clone(&source.id), document: document.ok()? })
        };
        let compiled = match written {
            None => None,
            Some(written) => Some(PolicyList::new(written.iter().map(compile).collect::<Option<_>>()?)),
        };
        Some(Sessions { compiled, written })
    }

    /// What the reference answers to all that applies; `None` if there is no such endpoint.
    fn answer_from_scratch(
        &self,
        plain: &PlainStore,
        request: &Request,
        endpoint: Option<&str>,
    ) -> Option<Verdict> {
        let mut policies = plain.policies(request, endpoint)?;
        policies.session = self.written.map(<[PolicySource]>::to_vec);
        Some(match Reference::new().prepare(&policies) {
            Ok(prepared) => Prepared::evaluate(&prepared, request),
            Err(refusal) => Verdict::Failed(crate::trial::refusal_text(&refusal)),
        })
    }

    /// Compares both answers of the store, the fast one and the full one, with what is expected.
    fn hold(
        &self,
        store: &Snapshot,
        request: &Request,
        endpoint: Option<&str>,
        expected: &Option<Verdict>,
    ) -> Result<(), String> {
        let via = Via { endpoint, session: self.compiled.as_ref() };
        let explained = match store.explain(request, via) {
            Ok(evaluation) => Some(Verdict::Evaluated(Box::new(evaluation))),
            Err(StoreError::Input(error)) => Some(Verdict::InputError(error)),
            Err(StoreError::Unknown { .. }) => None,
            Err(other) => return Err(format!("the store answers: {other}")),
        };
        let decided = match store.authorize(request, via) {
            Ok(outcome) => Some(Verdict::Decided {
                decision: outcome.decision,
                deciding: Some(outcome.deciding),
                determining: None,
            }),
            Err(StoreError::Input(error)) => Some(Verdict::InputError(error)),
            Err(_) => None,
        };
        for actual in [explained, decided] {
            let difference = match (expected, actual) {
                (None, None) => continue,
                (Some(expected), Some(actual)) => {
                    compare(expected, &actual, Strength::Record).map(|found| found.to_string())
                }
                (Some(_), None) => Some("the store knows no such endpoint".to_owned()),
                (None, Some(_)) => Some("the store knows an endpoint that is not there".to_owned()),
            };
            if let Some(difference) = difference {
                let request = assize_model::scenario::request_json(request);
                return Err(format!("{difference}\non the request {request}"));
            }
        }
        Ok(())
    }
}
