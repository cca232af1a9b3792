//! What matching a policy's texts needs: the semantics, the finished context, the trace.

use crate::context::FinishedContext;
use crate::semantics::Semantics;
use crate::trace::Trace;

/// Matches the texts of policies against those of a request: actions, resources, conditions.
#[derive(Debug)]
pub struct Matcher<'a, S: ?Sized> {
    pub(crate) semantics: &'a S,
    pub(crate) context: FinishedContext<'a>,
    pub(crate) trace: &'a Trace,
}

impl<'a, S: Semantics + ?Sized> Matcher<'a, S> {
    /// Conditions and variables will see `context` and nothing else (CTX-001).
    pub fn new(semantics: &'a S, context: FinishedContext<'a>, trace: &'a Trace) -> Self {
        Matcher { semantics, context, trace }
    }

    /// Records a rule's part; see [`Trace`].
    pub(crate) fn rule(&self, rule: &'static str, applied: bool) -> bool {
        self.trace.rule(rule, applied)
    }
}
