//! What an evaluator is asked: nothing that it says it does not support.

use assize_model::json::Value;
use assize_model::scenario::{Acceptance, Body};
use assize_model::{
    Capabilities, Description, Evaluator, Grammar, Participation, Policies, PolicyType, Prepared, Refusal,
    Request, ResourceKind, Scenario, Verdict,
};
use assize_reference::{Reference, date};

/// The rules by which something is decided beside the policies ([`Capabilities::beside_policies`]).
const BESIDE_POLICIES: [&str; 5] = ["EVAL-008", "EVAL-057", "EVAL-058", "EVAL-063", "EVAL-081"];

/// The rules by which a resource is of a kind of its own, whether it has a policy or not.
const KINDS: [(&str, ResourceKind); 2] =
    [("EVAL-049", ResourceKind::RoleTrust), ("EVAL-051", ResourceKind::KmsKey)];

/// What `policies` hold that an evaluator does not support, if anything; the first found.
pub fn lacking(capabilities: &Capabilities, policies: &Policies) -> Option<String> {
    let supplied = [
        (PolicyType::Identity, policies.identity.is_some()),
        (PolicyType::Boundary, !policies.boundary.is_empty()),
        (PolicyType::Session, policies.session.is_some()),
        (PolicyType::Scp, policies.scps.is_some()),
        (PolicyType::Rcp, policies.rcps.is_some()),
        (PolicyType::Vpce, policies.endpoint.is_some()),
    ];
    let resource = policies.resource.as_ref();
    let types = supplied.into_iter().filter(|(_, is)| *is).map(|(policy_type, _)| policy_type);
    let mut types = types.chain(resource.map(|resource| resource.kind.policy_type()));
    if let Some(policy_type) = types.find(|policy_type| !capabilities.policies.contains(policy_type)) {
        return Some(format!("policies of type {policy_type}"));
    }
    if let Some(resource) = resource.filter(|resource| !capabilities.resource_kinds.contains(&resource.kind))
    {
        return Some(format!("resources of kind {}", resource.kind.as_str()));
    }
    if let Some(endpoint) = &policies.endpoint
        && !capabilities.endpoint_kinds.contains(&endpoint.kind)
    {
        return Some(format!("endpoints of kind {}", endpoint.kind.as_str()));
    }
    if !policies.acl.is_empty() && !capabilities.acl {
        return Some("access control lists".to_owned());
    }
    if policies.check_size && !capabilities.sizes {
        return Some("sizes of documents".to_owned());
    }
    policies.documents().into_iter().find_map(|(policy_type, policy)| {
        let grammar = Grammar { policy_type, managed: policy.managed, is_date: date::is_date };
        match grammar.parse(&policy.document.text) {
            Ok(document) => {
                let mut statements = document.statements.iter();
                statements.find_map(|statement| capabilities.lacking(document.version, statement))
            }
            Err(_) => (!capabilities.validation).then(|| "malformed documents".to_owned()),
        }
    })
}

/// What a scenario asks as a whole that an evaluator does not support, if anything. Single requests are for [`Within`].
pub fn unasked(capabilities: &Capabilities, scenario: &Scenario) -> Option<String> {
    match &scenario.body {
        Body::Operation { .. } => (!capabilities.operations).then(|| "operations".to_owned()),
        Body::Requests { expect: None, .. } => None,
        Body::Requests { expect: Some(Acceptance::Rejected(_)), .. } if !capabilities.validation => {
            Some("malformed documents".to_owned())
        }
        Body::Requests { policies, .. } => lacking(capabilities, policies),
    }
}

/// An evaluator that answers [`Verdict::Unsupported`] to what it does not support, and is not asked.
pub struct Within<'e> {
    evaluator: &'e dyn Evaluator,
    description: Description,
    /// Says what is an input error and what is decided beside the policies.
    reference: Reference,
}

impl<'e> Within<'e> {
    /// Asks `evaluator` what it supports.
    pub fn new(evaluator: &'e dyn Evaluator) -> Self {
        Within { evaluator, description: evaluator.describe(), reference: Reference::new() }
    }

    /// What it supports.
    pub fn capabilities(&self) -> &Capabilities {
        &self.description.capabilities
    }
}

impl Evaluator for Within<'_> {
    fn describe(&self) -> Description {
        self.description.clone()
    }

    fn prepare<'p>(&'p self, policies: &Policies) -> Result<Box<dyn Prepared + 'p>, Refusal> {
        if let Some(why) = lacking(self.capabilities(), policies) {
            return Ok(Box::new(Unsupported(why)));
        }
        // What the reference refuses is malformed: here it is an evaluator that validates, and is asked.
        let reference = Evaluator::prepare(&self.reference, policies).ok();
        let evaluator = self.evaluator.prepare(policies)?;
        Ok(Box::new(PreparedWithin { capabilities: self.capabilities(), evaluator, reference }))
    }

    fn perform(&self, operation: &Value<'_>) -> Option<Result<String, String>> {
        if self.capabilities().operations { self.evaluator.perform(operation) } else { None }
    }
}

/// Policies that are not supported, and what of them.
struct Unsupported(String);

impl Prepared for Unsupported {
    fn evaluate(&self, _request: &Request) -> Verdict {
        Verdict::Unsupported(self.0.clone())
    }
}

struct PreparedWithin<'p> {
    capabilities: &'p Capabilities,
    evaluator: Box<dyn Prepared + 'p>,
    reference: Option<Box<dyn Prepared + 'p>>,
}

impl PreparedWithin<'_> {
    fn unsupported(&self, request: &Request) -> Option<String> {
        let kind = request.principal().kind();
        if self.capabilities.principals.iter().all(|known| known != kind) {
            return Some(format!("requesters of kind {kind}"));
        }
        let reference = self.reference.as_ref()?;
        let is_error = || matches!(reference.evaluate(request), Verdict::InputError(_));
        if !self.capabilities.input_errors && is_error() {
            return Some("input errors".to_owned());
        }
        let unread = |kind| !self.capabilities.resource_kinds.contains(&kind);
        if self.capabilities.beside_policies && !KINDS.into_iter().any(|(_, kind)| unread(kind)) {
            return None;
        }
        let parts = reference.trace(request);
        let applied = |rule: &str| parts.iter().any(|part| part.applied && part.rule == rule);
        if !self.capabilities.beside_policies && BESIDE_POLICIES.into_iter().any(applied) {
            return Some("what is decided beside the policies".to_owned());
        }
        let kind = KINDS.into_iter().find(|&(rule, kind)| unread(kind) && applied(rule));
        kind.map(|(_, kind)| format!("resources of kind {}", kind.as_str()))
    }
}

impl Prepared for PreparedWithin<'_> {
    fn evaluate(&self, request: &Request) -> Verdict {
        match self.unsupported(request) {
            Some(why) => Verdict::Unsupported(why),
            None => self.evaluator.evaluate(request),
        }
    }

    fn trace(&self, request: &Request) -> Vec<Participation> {
        self.evaluator.trace(request)
    }
}
