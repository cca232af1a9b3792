//! A record of the rules that took part in an evaluation.

use std::cell::RefCell;

use assize_model::Participation;

/// Records which rules took part, each once, in the order of their first part. Costs a branch per rule while it is off.
#[derive(Debug)]
pub struct Trace(Option<RefCell<Vec<Participation>>>);

impl Trace {
    /// A trace that records nothing.
    pub fn off() -> Self {
        Trace(None)
    }

    /// A trace that records.
    pub fn on() -> Self {
        Trace(Some(RefCell::default()))
    }

    /// Whether it records.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Notes that `rule` was asked, and whether it applied; a rule that applied once has applied. Returns `applied`, so that a
    /// decision can be recorded where it is used.
    #[inline]
    pub(crate) fn rule(&self, rule: &'static str, applied: bool) -> bool {
        if let Some(parts) = &self.0 {
            note(parts, rule, applied);
        }
        applied
    }

    /// What was recorded.
    pub fn into_parts(self) -> Vec<Participation> {
        self.0.map(RefCell::into_inner).unwrap_or_default()
    }
}

/// Out of the way of decisions that are not traced: rules are noted in more than a hundred places.
#[cold]
fn note(parts: &RefCell<Vec<Participation>>, rule: &'static str, applied: bool) {
    let mut parts = parts.borrow_mut();
    match parts.iter_mut().find(|part| part.rule == rule) {
        Some(part) => part.applied |= applied,
        None => parts.push(Participation { rule, applied }),
    }
}
