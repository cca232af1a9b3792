//! Requests that one edit decides otherwise: near the edge of what the policies say.

use assize_model::request::Context;
use assize_model::scenario::Case;
use assize_model::{Decision, Policies, Prepared, Request, Verdict};
use assize_reference::Reference;

use crate::oracles::Situation;

/// The edits. Each is one thing that a person might get wrong.
pub const EDITS: [&str; 6] = [
    "another action of the scenario",
    "another resource of the scenario",
    "another requester of the scenario",
    "one context key left out",
    "one statement left out",
    "one condition left out",
];

/// How many requests some edit decides otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flips {
    /// Requests whose neighbours were looked at.
    pub sampled: u64,
    /// Of these, those that some edit decides otherwise.
    pub flipped: u64,
    /// By edit, in the order of [`EDITS`].
    pub by_edit: [u64; EDITS.len()],
}

impl Flips {
    /// Looks at the neighbours of one request. A request without decision has none.
    pub fn of(reference: &Reference, policies: &Policies, request: &Request, others: &[Case]) -> Flips {
        let mut flips = Flips::default();
        let decide = |policies: &Policies, request: &Request| -> Option<Decision> {
            Prepared::evaluate(&reference.prepare(policies).ok()?, request).decision()
        };
        let Ok(prepared) = reference.prepare(policies) else { return flips };
        let Some(decision) = Verdict::decision(&Prepared::evaluate(&prepared, request)) else { return flips };
        flips.sampled = 1;
        let mut note = |edit: usize, other: Option<Decision>| {
            if other.is_some_and(|other| other != decision) {
                flips.by_edit[edit] = 1;
                flips.flipped = 1;
            }
        };
        for (edit, request) in edited_requests(request, others) {
            note(edit, Prepared::evaluate(&prepared, &request).decision());
        }
        let situation = Situation::read(policies, request.clone(), assize_reference::date::is_date);
        for situation in situation.iter() {
            for place in situation.places() {
                let mut without = situation.clone();
                without.edit_sheet(place, |document| drop(document.statements.remove(place.statement)));
                note(4, decide(&without.policies(), request));
                if !situation.statement(place).condition.is_empty() {
                    let mut without = situation.clone();
                    without.edit(place, |statement| statement.condition.clear());
                    note(5, decide(&without.policies(), request));
                }
            }
        }
        flips
    }

    pub(super) fn add(&mut self, other: &Flips) {
        self.sampled += other.sampled;
        self.flipped += other.flipped;
        for (mine, theirs) in self.by_edit.iter_mut().zip(other.by_edit) {
            *mine += theirs;
        }
    }
}

/// The requests that differ in one thing, each with its place in [`EDITS`].
fn edited_requests(request: &Request, others: &[Case]) -> Vec<(usize, Request)> {
    let make = |principal: &Request, action: &Request, resource: &Request, context: Context| {
        let (principal, action) = (principal.principal().clone(), action.action().clone());
        Request::new(principal, action, resource.resource().clone(), context).ok()
    };
    let own = || request.context().clone();
    let mut edited = Vec::new();
    for other in others.iter().filter_map(|case| case.request.as_ref().ok()) {
        if other.action() != request.action() {
            edited.extend(make(request, other, request, own()).map(|request| (0, request)));
        }
        if other.resource() != request.resource() {
            edited.extend(make(request, request, other, own()).map(|request| (1, request)));
        }
        if other.principal() != request.principal() {
            edited.extend(make(other, request, request, own()).map(|request| (2, request)));
        }
    }
    let entries = request.context().entries();
    for left_out in 0..entries.len() {
        let mut rest = entries.to_vec();
        rest.remove(left_out);
        let context = Context::new(rest).ok();
        edited.extend(context.and_then(|context| make(request, request, request, context)).map(|r| (3, r)));
    }
    edited
}
