//! One request under prepared policies: what every decision looks at.

use std::cell::OnceCell;

use assize_model::request::ResourceArn;
use assize_model::{Action, PolicyType, Principal, Request, Resource, ResourceKind};

use crate::environment::Environment;
use crate::findings::Findings;
use crate::matcher::Matcher;
use crate::principal::{Layer, layers};
use crate::semantics::Semantics;
use crate::trace::Trace;

/// `q` and `env` of EVAL-010.
pub(crate) struct Question<'a, S: ?Sized> {
    pub(crate) matcher: Matcher<'a, S>,
    pub(crate) environment: &'a Environment,
    request: &'a Request,
    layers: OnceCell<Vec<Layer<'a>>>,
    on_role: bool,
    findings: OnceCell<Findings>,
}

impl<'a, S: Semantics + ?Sized> Question<'a, S> {
    pub(crate) fn new(
        semantics: &'a S,
        environment: &'a Environment,
        request: &'a Request,
        trace: &'a Trace,
    ) -> Self {
        let matcher = Matcher::of(semantics, request, trace);
        let supplied_for_role = environment.resource_kind == Some(ResourceKind::RoleTrust);
        let on_role = supplied_for_role || semantics.is_role(request.resource());
        let (layers, findings) = (OnceCell::new(), OnceCell::new());
        let question = Question { matcher, environment, request, layers, on_role, findings };
        if question.is_traced() {
            question.note_facts();
        }
        question
    }

    /// Records a rule's part; see [`Trace`].
    #[inline]
    pub(crate) fn rule(&self, rule: &'static str, applied: bool) -> bool {
        self.matcher.rule(rule, applied)
    }

    /// Whether rules' parts are recorded.
    pub(crate) fn is_traced(&self) -> bool {
        self.matcher.is_traced()
    }

    pub(crate) fn semantics(&self) -> &'a S {
        self.matcher.semantics
    }

    pub(crate) fn request(&self) -> &'a Request {
        self.request
    }

    pub(crate) fn principal(&self) -> &'a Principal {
        self.request.principal()
    }

    pub(crate) fn action(&self) -> &'a Action {
        self.request.action()
    }

    pub(crate) fn resource(&self) -> &'a Resource {
        self.request.resource()
    }

    /// The resource, if the action has one.
    pub(crate) fn resource_arn(&self) -> Option<&'a ResourceArn> {
        match self.request.resource() {
            Resource::Arn(arn) => Some(arn),
            Resource::None { .. } => None,
        }
    }

    pub(crate) fn resource_partition(&self) -> Option<&'a str> {
        self.resource_arn().map(ResourceArn::partition)
    }

    /// The names of the requester (PRIN-016). Put together when first asked for.
    pub(crate) fn layers(&self) -> &[Layer<'a>] {
        self.layers.get_or_init(|| layers(self.principal()))
    }

    /// Whether the resource is a role, by its ARN or by the policy that was supplied for it (EVAL-049).
    pub(crate) fn on_role(&self) -> bool {
        self.on_role
    }

    /// Whether a boundary is attached to the requester's entity (PRIN-044).
    pub(crate) fn has_boundary(&self) -> bool {
        self.environment.types[PolicyType::Boundary.place()].is_some()
    }

    /// What the consulted policies say. Read once, when first asked for.
    pub(crate) fn findings(&self) -> &Findings {
        self.findings.get_or_init(|| Findings::of(self))
    }

    /// What the consulted policies said, if they were read at all.
    pub(crate) fn take_findings(&mut self) -> Option<Findings> {
        self.findings.take()
    }
}
