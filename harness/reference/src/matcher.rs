//! What matching a policy's texts needs: the semantics, the finished context, the trace.

use std::cell::OnceCell;

use assize_model::Request;

use crate::context::FinishedContext;
use crate::semantics::Semantics;
use crate::trace::Trace;

/// Matches the texts of policies against those of a request: actions, resources, conditions.
#[derive(Debug)]
pub struct Matcher<'a, S: ?Sized> {
    pub(crate) semantics: &'a S,
    /// The request whose context is finished when it is first asked for: many requests meet no condition.
    request: Option<&'a Request>,
    context: OnceCell<FinishedContext<'a>>,
    pub(crate) trace: &'a Trace,
}

impl<'a, S: Semantics + ?Sized> Matcher<'a, S> {
    /// Conditions and variables will see `context` and nothing else (CTX-001).
    pub fn new(semantics: &'a S, context: FinishedContext<'a>, trace: &'a Trace) -> Self {
        Matcher { semantics, request: None, context: OnceCell::from(context), trace }
    }

    /// Conditions and variables will see the finished context of `request` (CTX-001).
    pub(crate) fn of(semantics: &'a S, request: &'a Request, trace: &'a Trace) -> Self {
        Matcher { semantics, request: Some(request), context: OnceCell::new(), trace }
    }

    /// What conditions and variables see (CTX-001).
    pub(crate) fn context(&self) -> &FinishedContext<'a> {
        self.context.get_or_init(|| match self.request {
            Some(request) => FinishedContext::of(self.semantics, request),
            None => FinishedContext::new(),
        })
    }

    /// Whether rules' parts are recorded.
    pub(crate) fn is_traced(&self) -> bool {
        self.trace.is_on()
    }

    /// Records a rule's part; see [`Trace`].
    #[inline]
    pub(crate) fn rule(&self, rule: &'static str, applied: bool) -> bool {
        self.trace.rule(rule, applied)
    }
}
