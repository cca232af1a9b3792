//! What evaluators answer: decisions, the evaluation record, input errors.
//!
//! The record is a contract between evaluators: equal inputs give equal records (EVAL-067), so every choice that the rules leave
//! open about its content is made here, in the documentation of its members.

use std::fmt;
use std::sync::Arc;

use crate::policies::PolicyType;
use crate::source::Region;

/// The three-valued decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Allowed.
    Allow,
    /// Denied because nothing allows it.
    ImplicitDeny,
    /// Denied by a Deny statement.
    ExplicitDeny,
}

impl Decision {
    /// As written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Allow => "Allow",
            Decision::ImplicitDeny => "ImplicitDeny",
            Decision::ExplicitDeny => "ExplicitDeny",
        }
    }

    /// The decision with this spelling.
    pub fn parse(text: &str) -> Option<Decision> {
        [Decision::Allow, Decision::ImplicitDeny, Decision::ExplicitDeny]
            .into_iter()
            .find(|known| known.as_str() == text)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What decided (EVAL-066).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecidingType {
    /// A policy type: its Deny, or the lack of its Allow.
    Policy(PolicyType),
    /// An operation that needs no permission (EVAL-057); the only one that comes with Allow.
    Special,
    /// A restriction of the credentials (EVAL-058).
    Credential,
    /// A restriction of the service (EVAL-063, EVAL-081).
    Service,
    /// Principal and resource are in different partitions (EVAL-008).
    Partition,
}

impl DecidingType {
    /// As written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            DecidingType::Policy(policy_type) => policy_type.as_str(),
            DecidingType::Special => "special",
            DecidingType::Credential => "credential",
            DecidingType::Service => "service",
            DecidingType::Partition => "partition",
        }
    }

    /// The deciding type with this spelling.
    pub fn parse(text: &str) -> Option<DecidingType> {
        match text {
            "special" => Some(DecidingType::Special),
            "credential" => Some(DecidingType::Credential),
            "service" => Some(DecidingType::Service),
            "partition" => Some(DecidingType::Partition),
            _ => PolicyType::parse(text).map(DecidingType::Policy),
        }
    }
}

impl fmt::Display for DecidingType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The evaluation record (EVAL-067).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The decision.
    pub decision: Decision,
    /// What decided; `None` for an Allow that policies gave (EVAL-066).
    pub deciding: Option<DecidingType>,
    /// The statements that made the decision, in order (EVAL-068). Allow: each once, however many paths it is on.
    pub determining: Vec<StatementRef>,
    /// One report per policy type in the order rcp, scp, vpce, resource or trust, identity, boundary, session.
    ///
    /// For a request decided by EVAL-008, EVAL-057 or EVAL-058 no policy is read: all seven are `NotApplicable`.
    pub by_type: [TypeReport; 7],
    /// How principal and resource are related (EVAL-007).
    pub relation: Relation,
    /// The keys of EVAL-076 in order of first use, each in the spelling of its first use.
    ///
    /// Every supplied policy counts, consulted or not, whatever decided. Policies are read in the order rcp, scp, vpce, resource,
    /// identity, boundary, session, then level, policy, statement; within a statement the `Resource` or `NotResource` entries come
    /// first, then the conditions in document order: per key its name, then the variables of its values. Only a `${…}` that is a
    /// variable where it stands (MATCH-062, MATCH-071) names a key, with or without default. A key whose list of values is empty is
    /// absent (COND-008). The keys of [`DERIVED_KEYS`](crate::request::DERIVED_KEYS) are never missing: nobody may supply them.
    pub missing_context_keys: Vec<String>,
}

/// How principal and resource are related (EVAL-007).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The principal's account owns the resource, or the action has none and the principal has an account.
    SameAccount,
    /// Another account owns the resource.
    CrossAccount,
    /// The principal has no account: only the resource side counts.
    ResourceOnly,
}

impl Relation {
    /// As written in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::SameAccount => "SameAccount",
            Relation::CrossAccount => "CrossAccount",
            Relation::ResourceOnly => "ResourceOnly",
        }
    }
}

/// What one policy type had to say (EVAL-069). Complete even when an earlier type decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeReport {
    /// The type; the fourth report is `Trust` if the effective resource kind is role trust (EVAL-049), else `Resource`.
    pub policy_type: PolicyType,
    /// Whether it was consulted.
    pub state: ReportState,
    /// The result of the type (EVAL-003); `Some` exactly if `Evaluated`.
    ///
    /// For scp: ExplicitDeny if any level denies, Allow if every level allows, else ImplicitDeny; a path without levels allows. For
    /// rcp: ExplicitDeny or Allow, because RCPFullAWSAccess is attached everywhere (EVAL-017). Deny statements that EVAL-033 sets
    /// aside do not count, here and in `deny`.
    pub result: Option<Decision>,
    /// For scp the result of each level, root first; empty for every other type.
    pub levels: Vec<Decision>,
    /// For resource and trust: the strongest class of the applicable Allow statements and ACL grants (PRIN-030); `None` for every
    /// other type and where none applies.
    pub class: Option<MatchClass>,
    /// The Allow statements that apply, in order; for resource then the ACL grants. For rcp too, if a full-access document was
    /// supplied, although it decides nothing.
    pub allow: Vec<StatementRef>,
    /// The Deny statements that apply, in order.
    pub deny: Vec<StatementRef>,
}

impl TypeReport {
    /// A report of a type that was not consulted.
    pub fn unevaluated(policy_type: PolicyType, state: ReportState) -> Self {
        TypeReport {
            policy_type,
            state,
            result: None,
            levels: Vec::new(),
            class: None,
            allow: Vec::new(),
            deny: Vec::new(),
        }
    }
}

/// Whether a policy type was consulted (EVAL-069).
///
/// | type | `NotApplicable` |
/// |---|---|
/// | rcp | service-linked role sessions; a service's `sts:AssumeRole` on a service-linked role; an AWS managed key; `kms:RetireGrant`; a service outside the RCP set (EVAL-018, EVAL-019); for an action without resource also a requester without account |
/// | scp | service-linked role sessions, management accounts, requesters without account (EVAL-014) |
/// | resource, trust | an action without resource (EVAL-059), and on a role any action but the six of EVAL-049 |
/// | identity | root, requesters without account; a federated session issued by root |
/// | boundary | as identity, and service-linked role sessions |
/// | session | root without `assumed_root`, users, service-linked role sessions, requesters without account |
///
/// Otherwise it is `Evaluated` if supplied, else `Absent`. Supplied means: identity, session, scps, rcps `Some` (an empty list
/// included); resource a policy, or at least one ACL grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportState {
    /// EVAL-006 says no.
    NotApplicable,
    /// It could apply but was not supplied.
    Absent,
    /// It was consulted.
    Evaluated,
}

impl ReportState {
    /// As written in records.
    pub fn as_str(self) -> &'static str {
        match self {
            ReportState::NotApplicable => "NotApplicable",
            ReportState::Absent => "Absent",
            ReportState::Evaluated => "Evaluated",
        }
    }
}

/// How a principal element reaches a requester (PRIN-028); the order is that of strength. No match is the absence of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchClass {
    /// It names the requester's account, and the requester is not its root user.
    Account,
    /// It names the role behind a session, or the user behind a federated session.
    Entity,
    /// It names the requester itself, or everyone.
    Direct,
}

impl MatchClass {
    /// As written in records.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchClass::Account => "Account",
            MatchClass::Entity => "Entity",
            MatchClass::Direct => "Direct",
        }
    }
}

/// A statement in a result (EVAL-067). Lists of them are ordered by type, level, policy and statement as supplied.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StatementRef {
    /// The policy type.
    pub policy_type: PolicyType,
    /// The level, from 0 at the root; only for scp and rcp.
    pub level: Option<usize>,
    /// The policy's id; `acl` for a grant of an access control list.
    pub policy: Arc<str>,
    /// The index of the statement in its document, or of the grant in the list, from 0.
    pub statement: usize,
    /// The `Sid`, if any.
    pub sid: Option<Arc<str>>,
    /// Where it stands in the document's text; `None` for an ACL grant.
    pub region: Option<Region>,
}

/// What an evaluator answers to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole record.
    Evaluated(Box<Evaluation>),
    /// A decision, with as much beside it as the evaluator says.
    Decided {
        /// The decision.
        decision: Decision,
        /// The deciding type; the outer `None` means that the evaluator did not say.
        deciding: Option<Option<DecidingType>>,
        /// The determining statements, if the evaluator said.
        determining: Option<Vec<StatementRef>>,
    },
    /// The request cannot be put under these policies.
    InputError(InputError),
    /// The evaluator says that it cannot try this; why.
    Unsupported(String),
    /// The evaluator failed: it crashed, hung, answered garbage, or contradicted itself; how.
    Failed(String),
}

impl Verdict {
    /// The decision, if there is one.
    pub fn decision(&self) -> Option<Decision> {
        match self {
            Verdict::Evaluated(evaluation) => Some(evaluation.decision),
            Verdict::Decided { decision, .. } => Some(*decision),
            _ => None,
        }
    }
}

macro_rules! input_errors {
    ($($(#[doc = $doc:literal])+ $name:ident),* $(,)?) => {
        /// Why a request cannot be evaluated. An error is never a decision (EVAL-065).
        ///
        /// Errors of the request alone come first, then those of the request under the policies, in the order of the variants: an
        /// evaluator that finds several reports the first.
        ///
        /// A policy counts as supplied here if there is one: an identity list with a policy, a boundary, session policies (`Some`, an
        /// empty list included), an SCP or RCP path with a level. Whether the type would be consulted does not matter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum InputError { $($(#[doc = $doc])+ $name),* }

        impl InputError {
            /// All input errors.
            pub const ALL: &[InputError] = &[$(InputError::$name),*];

            /// As written in files.
            pub fn as_str(self) -> &'static str {
                match self { $(InputError::$name => stringify!($name)),* }
            }
        }
    };
}

input_errors! {
    /// A session without its role, or a federated session without its issuer (PRIN-001).
    MissingIssuer,
    /// A role entity never makes a request (PRIN-004).
    RoleEntityAsRequester,
    /// A principal record that states too little or contradicts itself (PRIN-001).
    InvalidPrincipal,
    /// The action is not `vendor:name` (MATCH-010).
    InvalidAction,
    /// The resource is neither an ARN of six fields nor `*` (MATCH-030).
    InvalidResource,
    /// The resource has no owner (EVAL-009).
    MissingOwner,
    /// The ARN carries another account than the owner (EVAL-009).
    OwnerMismatch,
    /// A context key without name, or a value that is not text, number or boolean (CTX-002).
    InvalidContext,
    /// Two context keys that are equal but for case (COND-006).
    DuplicateContextKey,
    /// A context key that the principal record yields (PRIN-015).
    DerivedContextKey,
    /// A federated caller asks for anything but its operation (PRIN-012).
    FederatedCallerOnlyForSts,
    /// More than one boundary (EVAL-001).
    BoundaryCount,
    /// More than eleven session policies: one inline and ten managed (EVAL-001).
    SessionPolicyCount,
    /// An identity policy of root (PRIN-002), or of a federated session issued by root.
    IdentityPolicyOnRoot,
    /// An identity policy of a service.
    IdentityPolicyOnService,
    /// An identity policy of a federated caller.
    IdentityPolicyOnFederatedCaller,
    /// An identity policy of an anonymous caller.
    IdentityPolicyOnAnonymous,
    /// An identity policy whose source the requester cannot have: users have `user` and `group:…`, role sessions `role`, federated
    /// sessions of a user `issuer` and `group:…`.
    IdentitySourceMismatch,
    /// A boundary of root (PRIN-002), or of a federated session issued by root.
    BoundaryOnRoot,
    /// A boundary of a service-linked role (EVAL-006).
    BoundaryOnServiceLinkedRole,
    /// A boundary of a service.
    BoundaryOnService,
    /// A boundary of a federated caller.
    BoundaryOnFederatedCaller,
    /// A boundary of an anonymous caller.
    BoundaryOnAnonymous,
    /// Session policies of root without `assumed_root` (EVAL-064).
    SessionPolicyOnRoot,
    /// Session policies of a user.
    SessionPolicyOnUser,
    /// Session policies of a service-linked role (EVAL-006).
    SessionPolicyOnServiceLinkedRole,
    /// Session policies of a service.
    SessionPolicyOnService,
    /// Session policies of a federated caller.
    SessionPolicyOnFederatedCaller,
    /// Session policies of an anonymous caller.
    SessionPolicyOnAnonymous,
    /// An SCP path of a management account (EVAL-014).
    ScpOnManagementAccount,
    /// An SCP path of a service (EVAL-006).
    ScpOnService,
    /// An SCP path of a federated caller (EVAL-006).
    ScpOnFederatedCaller,
    /// An SCP path of an anonymous caller (EVAL-006).
    ScpOnAnonymous,
    /// An RCP path of a management account (EVAL-018): the resource's, or for an action without resource the principal's.
    RcpOnManagementAccount,
}

impl InputError {
    /// The error with this spelling.
    pub fn parse(text: &str) -> Option<InputError> {
        InputError::ALL.iter().copied().find(|known| known.as_str() == text)
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for InputError {}
