//! The decision procedure (EVAL-010).

use assize_model::{DecidingType, Decision, MatchClass, PolicyType, ResourceKind, StatementRef};

use crate::findings::{Applicable, Findings, resource_or_trust};
use crate::question::Question;
use crate::semantics::{Semantics, Sides};

/// A decision and what made it (EVAL-066, EVAL-068).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) decision: Decision,
    pub(crate) deciding: Option<DecidingType>,
    pub(crate) determining: Vec<StatementRef>,
}

impl Outcome {
    fn special() -> Self {
        Outcome { decision: Decision::Allow, deciding: Some(DecidingType::Special), determining: Vec::new() }
    }

    fn implicit(deciding: DecidingType) -> Self {
        Outcome { decision: Decision::ImplicitDeny, deciding: Some(deciding), determining: Vec::new() }
    }

    /// Nothing of this type allows.
    fn lacks(policy_type: PolicyType) -> Self {
        Outcome::implicit(DecidingType::Policy(policy_type))
    }

    fn explicit(policy_type: PolicyType, determining: Vec<StatementRef>) -> Self {
        Outcome {
            decision: Decision::ExplicitDeny,
            deciding: Some(DecidingType::Policy(policy_type)),
            determining,
        }
    }
}

/// Which Allow statements took part in an Allow, beside those of SCPs and endpoint policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Uses {
    direct: bool,
    entity: bool,
    account: bool,
    identity: bool,
    /// Those of the boundary and of the session policies.
    limits: bool,
}

/// What an Allow uses that rests on the resource side alone.
const RESOURCE_SIDE: Uses =
    Uses { direct: true, entity: false, account: false, identity: false, limits: false };

/// What an Allow across accounts uses: both sides.
const EVERYTHING: Uses = Uses { direct: true, entity: true, account: true, identity: true, limits: true };

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// EVAL-010.
    pub(crate) fn decide(&self) -> Outcome {
        // 1. Requests outside policy evaluation
        if self.no_permission_operation() {
            return Outcome::special();
        }
        if self.credential_forbids() {
            return Outcome::implicit(DecidingType::Credential);
        }
        if self.partitions_differ() {
            return Outcome::implicit(DecidingType::Partition);
        }
        // 2. Consulted policies
        let found = self.findings();
        let semantics = self.semantics();
        // 3. Explicit deny, every consulted type, fixed order
        let denies = self.denies(found);
        if let Some(first) = denies.first() {
            return Outcome::explicit(first.policy_type, denies);
        }
        if self.service_forbids() {
            return Outcome::implicit(DecidingType::Service);
        }
        // 4. Guardrails that need an Allow
        if !self.scps_allow(found) {
            return Outcome::lacks(PolicyType::Scp);
        }
        if !self.endpoint_allows(found) {
            return Outcome::lacks(PolicyType::Vpce);
        }
        // 5., 7. Grants on the resource side, by class, and the principal side
        let sides = self.sides(found);
        let lacks = |policy_type| Outcome::lacks(found.shown(policy_type));
        // 6. Resource side only
        if self.resource_side_only() {
            let allows = semantics.resource_side_allows(&sides);
            return if allows { found.allow(RESOURCE_SIDE) } else { lacks(PolicyType::Resource) };
        }
        // 8. Cross account: both sides, no bypass
        if self.cross_account() {
            return semantics.cross_account_lacks(&sides).map_or_else(|| found.allow(EVERYTHING), lacks);
        }
        // 9. Same account; 10. Why not
        match self.same_account(&sides) {
            Some(uses) => found.allow(uses),
            None => lacks(semantics.same_account_lacks(&sides)),
        }
    }

    /// The Deny statements that apply, in order (EVAL-005).
    fn denies(&self, found: &Findings) -> Vec<StatementRef> {
        let resource_allows = found.of_type(PolicyType::Resource).allows();
        let counts = |statement: &Applicable| {
            !statement.allows()
                && self.semantics().deny_counts(self.principal(), &statement.statement, resource_allows)
        };
        let denies = found.statements(counts);
        self.rule("EVAL-005", !denies.is_empty());
        denies
    }

    /// Whether every level of the SCP path allows, if SCPs are consulted (EVAL-012, EVAL-013).
    fn scps_allow(&self, found: &Findings) -> bool {
        let scps = found.of_type(PolicyType::Scp);
        let levels: Vec<bool> = scps.by_level().map(|level| level.iter().any(Applicable::allows)).collect();
        let allow = self.semantics().scp_allows(&levels);
        self.rule("EVAL-011", levels.is_empty());
        self.rule("EVAL-012", allow && !levels.is_empty());
        self.rule("EVAL-013", !allow);
        allow
    }

    /// Whether the endpoint's policy allows, if the request passed an endpoint that has one (EVAL-021).
    fn endpoint_allows(&self, found: &Findings) -> bool {
        let allows = found.of_type(PolicyType::Vpce).allows_if_evaluated();
        allows.is_none_or(|allows| self.rule("EVAL-021", self.semantics().endpoint_allows(allows)))
    }

    /// What each side allows.
    fn sides(&self, found: &Findings) -> Sides {
        let (semantics, principal) = (self.semantics(), self.principal());
        let full_access = semantics.full_access(principal);
        let boundary = found.of_type(PolicyType::Boundary).allows_if_evaluated();
        let session = found.of_type(PolicyType::Session).allows_if_evaluated();
        let sides = Sides {
            kind: found.kind,
            policy: self.environment.resource_kind.is_some(),
            direct: found.grants(MatchClass::Direct),
            entity: found.grants(MatchClass::Entity),
            account: found.grants(MatchClass::Account),
            identity: semantics
                .identity_side(full_access, &|policy_type| found.of_type(policy_type).allows()),
            boundary: semantics.boundary_side(boundary),
            session: semantics.session_side(session, principal),
        };
        if self.is_traced() {
            self.note_sides(&sides, boundary, session);
        }
        sides
    }

    /// Whether only the resource side is evaluated: the requester has no account (EVAL-007).
    fn resource_side_only(&self) -> bool {
        self.rule("EVAL-053", self.principal().account().is_none())
    }

    /// Whether another account owns the resource (EVAL-007).
    pub(crate) fn cross_account(&self) -> bool {
        let cross_account = match (self.principal().account(), self.resource_arn()) {
            (Some(account), Some(arn)) => self.semantics().cross_account(account, arn),
            _ => false,
        };
        self.rule("EVAL-007", true);
        self.rule("EVAL-043", cross_account)
    }

    /// The paths to an Allow in the same account (EVAL-026); `None` if no path is open.
    fn same_account(&self, sides: &Sides) -> Option<Uses> {
        let semantics = self.semantics();
        let direct = self.rule("EVAL-028", semantics.direct_path(sides));
        let entity = self.rule("EVAL-027", semantics.entity_path(sides));
        let identity = self.rule("EVAL-025", semantics.identity_path(sides));
        let trust = sides.kind == ResourceKind::RoleTrust;
        let uses = Uses {
            direct,
            entity,
            account: identity && sides.kind != ResourceKind::Ordinary,
            identity,
            limits: entity || identity || (direct && trust),
        };
        self.rule("EVAL-026", direct || entity || identity).then_some(uses)
    }
}

impl Findings {
    /// A type as it is called here: `Trust` instead of `Resource` for roles (EVAL-066).
    fn shown(&self, policy_type: PolicyType) -> PolicyType {
        if policy_type == PolicyType::Resource { resource_or_trust(self.kind) } else { policy_type }
    }

    /// An Allow with the statements that took part, in order (EVAL-068).
    fn allow(&self, uses: Uses) -> Outcome {
        let used = |statement: &Applicable| match statement.statement.policy_type {
            PolicyType::Scp | PolicyType::Vpce => true,
            PolicyType::Resource | PolicyType::Trust => match statement.class {
                Some(MatchClass::Direct) => uses.direct,
                Some(MatchClass::Entity) => uses.entity,
                Some(MatchClass::Account) => uses.account,
                None => false,
            },
            PolicyType::Identity => uses.identity,
            PolicyType::Boundary | PolicyType::Session => uses.limits,
            PolicyType::Rcp => false,
        };
        let determining = self.statements(|statement| statement.allows() && used(statement));
        Outcome { decision: Decision::Allow, deciding: None, determining }
    }
}
