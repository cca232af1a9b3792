//! Which policy types are consulted (EVAL-006), and the policies that a requester cannot have.

use assize_model::{
    IdentitySource, InputError, Issuer, PolicyType, Principal, ReportState, Resource, ResourceKind,
};

use crate::question::Question;
use crate::semantics::Semantics;

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// Whether a type is consulted: it is applicable, and it was supplied (EVAL-069).
    pub(crate) fn state(&self, policy_type: PolicyType) -> ReportState {
        let supplied = match policy_type {
            PolicyType::Resource => {
                self.environment.resource_kind.is_some() || !self.environment.acl.is_empty()
            }
            _ => self.environment.types[policy_type.place()].is_some(),
        };
        let state = match (self.is_applicable(policy_type), supplied) {
            (false, _) => ReportState::NotApplicable,
            (true, false) => ReportState::Absent,
            (true, true) => ReportState::Evaluated,
        };
        if self.is_traced() {
            self.note_state(policy_type, state);
        }
        state
    }

    fn is_applicable(&self, policy_type: PolicyType) -> bool {
        let (semantics, principal) = (self.semantics(), self.principal());
        match policy_type {
            PolicyType::Rcp => self.rcp_applies(),
            PolicyType::Scp => !self.rule("EVAL-014", !semantics.scp_applies(principal)),
            PolicyType::Vpce => semantics.endpoint_applies(principal),
            PolicyType::Resource | PolicyType::Trust => self.resource_policy_applies(),
            PolicyType::Identity => semantics.identity_applies(principal),
            PolicyType::Boundary => semantics.boundary_applies(principal),
            PolicyType::Session => semantics.session_applies(principal),
        }
    }

    /// EVAL-017 to EVAL-019.
    fn rcp_applies(&self) -> bool {
        let (semantics, principal) = (self.semantics(), self.principal());
        let (action, resource) = (self.action(), self.resource());
        let exempt = !semantics.rcp_applies_to(principal)
            || semantics.rcp_exempts_assuming(principal, action.as_str(), resource)
            || semantics.rcp_exempts_key(action.as_str(), resource);
        self.rule("EVAL-018", exempt);
        let covered = semantics.rcp_covers_service(action.vendor())
            && (self.resource_arn().is_some() || semantics.rcp_applies_without_resource(principal));
        !exempt && self.rule("EVAL-019", covered)
    }

    /// EVAL-049, EVAL-059: not for an action without resource, and on a role only for the actions that its trust policy decides.
    fn resource_policy_applies(&self) -> bool {
        let without_resource = self.rule("EVAL-059", self.resource_arn().is_none());
        !without_resource && (!self.on_role() || self.semantics().is_trust_action(self.action().as_str()))
    }

    /// The kind of resource that the decision sees (EVAL-049, EVAL-051, EVAL-059).
    pub(crate) fn effective_kind(&self) -> ResourceKind {
        let applies = self.resource_policy_applies();
        let trust = self.rule("EVAL-049", applies && self.on_role());
        match self.environment.resource_kind {
            _ if trust => ResourceKind::RoleTrust,
            Some(ResourceKind::KmsKey) if self.rule("EVAL-051", applies) => ResourceKind::KmsKey,
            _ => ResourceKind::Ordinary,
        }
    }

    /// The first policy that is one too many, or that the requester cannot have (EVAL-006), in the order of the errors.
    pub(crate) fn input_error(&self) -> Option<InputError> {
        let identity = self.supplied(PolicyType::Identity);
        let boundaries = self.environment.policies(PolicyType::Boundary).count();
        let sessions = self.environment.policies(PolicyType::Session).count();
        let session = self.environment.types[PolicyType::Session.place()].is_some();
        let scp = self.has_level(PolicyType::Scp);
        let rcp = self.has_level(PolicyType::Rcp);
        let errors = [
            (boundaries > 1).then_some(InputError::BoundaryCount),
            (sessions > 11).then_some(InputError::SessionPolicyCount),
            identity.then(|| self.identity_error()).flatten(),
            (boundaries > 0).then(|| self.boundary_error()).flatten(),
            session.then(|| self.session_error()).flatten(),
            scp.then(|| self.scp_error()).flatten(),
            (rcp && self.owner_manages()).then_some(InputError::RcpOnManagementAccount),
        ];
        let error = errors.into_iter().flatten().find(|error| self.semantics().reports(*error));
        self.rule("EVAL-001", error.is_some());
        error
    }

    fn supplied(&self, policy_type: PolicyType) -> bool {
        self.environment.policies(policy_type).next().is_some()
    }

    fn has_level(&self, policy_type: PolicyType) -> bool {
        self.environment.types[policy_type.place()].as_ref().is_some_and(|levels| !levels.is_empty())
    }

    fn identity_error(&self) -> Option<InputError> {
        let mismatch = |fits: fn(&IdentitySource) -> bool| {
            let policies = self.environment.policies(PolicyType::Identity);
            let fit = policies.filter_map(|policy| policy.source.as_ref()).all(fits);
            (!fit).then_some(InputError::IdentitySourceMismatch)
        };
        match self.principal() {
            Principal::Root(_) => Some(InputError::IdentityPolicyOnRoot),
            Principal::FederatedUser(session) if *session.issuer() == Issuer::Root => {
                Some(InputError::IdentityPolicyOnRoot)
            }
            Principal::Service(_) => Some(InputError::IdentityPolicyOnService),
            Principal::FederatedCaller(_) => Some(InputError::IdentityPolicyOnFederatedCaller),
            Principal::Anonymous => Some(InputError::IdentityPolicyOnAnonymous),
            Principal::User(_) => mismatch(|s| matches!(s, IdentitySource::User | IdentitySource::Group(_))),
            Principal::RoleSession(_) => mismatch(|s| matches!(s, IdentitySource::Role)),
            Principal::FederatedUser(_) => {
                mismatch(|s| matches!(s, IdentitySource::Issuer | IdentitySource::Group(_)))
            }
        }
    }

    fn boundary_error(&self) -> Option<InputError> {
        match self.principal() {
            Principal::Root(_) => Some(InputError::BoundaryOnRoot),
            Principal::FederatedUser(session) if *session.issuer() == Issuer::Root => {
                Some(InputError::BoundaryOnRoot)
            }
            Principal::RoleSession(session) if session.service_linked() => {
                Some(InputError::BoundaryOnServiceLinkedRole)
            }
            Principal::Service(_) => Some(InputError::BoundaryOnService),
            Principal::FederatedCaller(_) => Some(InputError::BoundaryOnFederatedCaller),
            Principal::Anonymous => Some(InputError::BoundaryOnAnonymous),
            Principal::User(_) | Principal::RoleSession(_) | Principal::FederatedUser(_) => None,
        }
    }

    fn session_error(&self) -> Option<InputError> {
        match self.principal() {
            Principal::Root(root) if !root.assumed_root() => Some(InputError::SessionPolicyOnRoot),
            Principal::User(_) => Some(InputError::SessionPolicyOnUser),
            Principal::RoleSession(session) if session.service_linked() => {
                Some(InputError::SessionPolicyOnServiceLinkedRole)
            }
            Principal::Service(_) => Some(InputError::SessionPolicyOnService),
            Principal::FederatedCaller(_) => Some(InputError::SessionPolicyOnFederatedCaller),
            Principal::Anonymous => Some(InputError::SessionPolicyOnAnonymous),
            Principal::Root(_) | Principal::RoleSession(_) | Principal::FederatedUser(_) => None,
        }
    }

    fn scp_error(&self) -> Option<InputError> {
        match self.principal() {
            Principal::Service(_) => Some(InputError::ScpOnService),
            Principal::FederatedCaller(_) => Some(InputError::ScpOnFederatedCaller),
            Principal::Anonymous => Some(InputError::ScpOnAnonymous),
            principal => {
                let manages = principal.account().is_some_and(|account| account.management);
                manages.then_some(InputError::ScpOnManagementAccount)
            }
        }
    }

    /// Whether the account whose RCPs would be consulted is a management account (EVAL-018, EVAL-019).
    fn owner_manages(&self) -> bool {
        match self.resource() {
            Resource::Arn(arn) => arn.management(),
            Resource::None { .. } => self.principal().account().is_some_and(|account| account.management),
        }
    }
}
