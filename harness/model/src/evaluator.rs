//! The trait that every evaluator implements, and what it says it supports.

use crate::diagnostic::Diagnostic;
use crate::document::{BaseOperator, LiteralKind, Operator, SetOperator, Statement, Version};
use crate::json::Value;
use crate::policies::{EndpointKind, Policies, PolicyType, ResourceKind};
use crate::request::Request;
use crate::verdict::Verdict;

/// Something that decides requests under policies.
///
/// Policies are prepared once and decide many requests: preparing dominates.
pub trait Evaluator: Sync {
    /// Its name and what it supports.
    fn describe(&self) -> Description;

    /// Reads and checks policies.
    ///
    /// # Errors
    /// A [`Refusal`] if any document is refused: one bad document refuses the whole set (GRAM-052).
    fn prepare<'e>(&'e self, policies: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal>;

    /// Performs an operation of chapters 05 and 07, given as the JSON of an operation case, and answers with the JSON of its outcome.
    /// `None`: this evaluator performs no operations.
    fn perform(&self, operation: &Value<'_>) -> Option<Result<String, String>> {
        let _ = operation;
        None
    }
}

/// Prepared policies.
pub trait Prepared: Sync {
    /// Answers one request as fully as the evaluator can.
    fn evaluate(&self, request: &Request) -> Verdict;

    /// The rules that took part in answering `request`, in the order of their first part. Empty if the evaluator does not know.
    fn trace(&self, request: &Request) -> Vec<Participation> {
        let _ = request;
        Vec::new()
    }
}

/// A rule's part in one evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Participation {
    /// The rule's id.
    pub rule: &'static str,
    /// `true` if it decided something here; `false` if it was asked and did not apply.
    pub applied: bool,
}

/// Why policies were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The policies that were refused; one at least unless `reason` says otherwise.
    pub documents: Vec<RefusedDocument>,
    /// Why, in words; for foreign evaluators, and for a set that is refused as a whole.
    pub reason: Option<String>,
}

/// One refused document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedDocument {
    /// The type that it was supplied as.
    pub policy_type: PolicyType,
    /// The policy's id.
    pub policy: String,
    /// Every fault found; one at least.
    pub faults: Vec<Diagnostic>,
}

/// An evaluator's name and what it supports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The language it is written in.
    pub language: String,
    /// What it supports.
    pub capabilities: Capabilities,
}

/// What an evaluator supports. What is not named is not supported, not generated for it and not asked of it; the default names
/// nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Kinds of requester, as [`Principal::kind`](crate::Principal::kind) names them.
    pub principals: Vec<String>,
    /// Policy types.
    pub policies: Vec<PolicyType>,
    /// Kinds of resource.
    pub resource_kinds: Vec<ResourceKind>,
    /// Kinds of endpoint.
    pub endpoint_kinds: Vec<EndpointKind>,
    /// Versions of the policy language.
    pub versions: Vec<Version>,
    /// Of the elements `NotAction`, `NotResource`, `NotPrincipal` those it reads.
    pub elements: Vec<String>,
    /// Condition operators.
    pub operators: Vec<BaseOperator>,
    /// Set prefixes.
    pub set_operators: Vec<SetOperator>,
    /// The `IfExists` suffix.
    pub if_exists: bool,
    /// Policy variables.
    pub variables: bool,
    /// Grants of access control lists.
    pub acl: bool,
    /// It refuses malformed documents.
    pub validation: bool,
    /// It checks sizes on demand (GRAM-050).
    pub sizes: bool,
    /// It reports input errors instead of deciding.
    pub input_errors: bool,
    /// It knows what is decided beside the policies: across partitions, by the kind of credentials, and for operations that need no
    /// permission or are never permitted (EVAL-008, EVAL-057, EVAL-058, EVAL-063, EVAL-081).
    pub beside_policies: bool,
    /// It performs the operations of chapters 05 and 07.
    pub operations: bool,
    /// Of `decision`, `deciding`, `determining`, `record` what it answers.
    pub answers: Vec<String>,
}

impl Capabilities {
    /// Everything but operations.
    pub fn full() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Capabilities {
            principals: words(&[
                "root",
                "user",
                "role-session",
                "federated-user",
                "service",
                "federated-caller",
                "anonymous",
            ]),
            policies: PolicyType::ALL.to_vec(),
            resource_kinds: ResourceKind::ALL.to_vec(),
            endpoint_kinds: EndpointKind::ALL.to_vec(),
            versions: vec![Version::V2008, Version::V2012],
            elements: words(&["NotAction", "NotResource", "NotPrincipal"]),
            operators: BaseOperator::ALL.to_vec(),
            set_operators: vec![SetOperator::ForAllValues, SetOperator::ForAnyValue],
            if_exists: true,
            variables: true,
            acl: true,
            validation: true,
            sizes: true,
            input_errors: true,
            beside_policies: true,
            operations: false,
            answers: words(&["decision", "deciding", "determining", "record"]),
        }
    }

    /// What a statement of a document of this version holds that is not supported, if anything; the first found.
    pub fn lacking(&self, version: Version, statement: &Statement) -> Option<String> {
        if !self.versions.contains(&version) {
            return Some(format!("version {}", version.as_str()));
        }
        if version == Version::V2012 && !self.variables && mentions_variable(statement) {
            return Some("policy variables".to_owned());
        }
        let negated = [
            ("NotAction", statement.action.negated),
            ("NotResource", statement.resource.as_ref().is_some_and(|element| element.negated)),
            ("NotPrincipal", statement.principal.as_ref().is_some_and(|element| element.negated)),
        ];
        let unread = |element: &str| self.elements.iter().all(|known| known != element);
        let element = negated.into_iter().find(|(element, is)| *is && unread(element));
        let mut operators = statement.condition.iter().map(|block| block.operator);
        element
            .map(|(element, _)| element.to_owned())
            .or_else(|| operators.find_map(|operator| self.lacking_of(operator)))
    }

    fn lacking_of(&self, operator: Operator) -> Option<String> {
        if !self.operators.contains(&operator.base) {
            return Some(format!("the operator {}", operator.base.as_str()));
        }
        match operator.set {
            Some(set) if !self.set_operators.contains(&set) => Some(format!("{set:?}")),
            _ if operator.if_exists && !self.if_exists => Some("IfExists".to_owned()),
            _ => None,
        }
    }
}

/// Whether `${` stands anywhere that variables are read.
fn mentions_variable(statement: &Statement) -> bool {
    let mut resources = statement.resource.iter().flat_map(|element| &element.entries);
    let keys = statement.condition.iter().flat_map(|block| &block.keys);
    let mut values = keys.flat_map(|key| &key.values).filter(|value| value.kind == LiteralKind::String);
    resources.any(|entry| entry.contains("${")) || values.any(|value| value.text.contains("${"))
}
