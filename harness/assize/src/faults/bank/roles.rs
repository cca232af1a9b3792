//! Roles and their trust policies, and KMS keys.

use assize_model::{PolicyType, Resource, ResourceKind};
use assize_reference::{Correct, Semantics, Sides};

faults! { TRUST, Evaluation, "trust";
    "trust-policy-not-asked", "EVAL-049", Real, OverGrant, "Identity policies are enough to assume a role of the account.":
    fn identity_path(&self, sides: &Sides) -> bool {
        let ordinary = Sides { kind: ResourceKind::Ordinary, ..*sides };
        Correct.identity_path(if sides.kind == ResourceKind::RoleTrust { &ordinary } else { sides })
    }

    "trusted-user-needs-identity", "EVAL-049", Real, OverDeny, "Whom a trust policy names needs an identity Allow too.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(sides) && (sides.kind != ResourceKind::RoleTrust || sides.identity) }

    "trusted-role-needs-identity", "EVAL-049", Plausible, OverDeny, "A session whose role a trust policy names needs an identity Allow too.":
    fn entity_path(&self, sides: &Sides) -> bool { Correct.entity_path(sides) && (sides.kind != ResourceKind::RoleTrust || sides.identity) }

    "trust-passes-boundary", "EVAL-050", Plausible, OverGrant, "Whom a trust policy names needs no Allow of the boundary.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(&Sides { boundary: true, ..*sides }) }

    "trust-passes-session", "EVAL-050", Plausible, OverGrant, "Whom a trust policy names needs no Allow of the session policies.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(&Sides { session: true, ..*sides }) }

    "trusted-account-suffices", "EVAL-049", Plausible, OverGrant, "A trust policy that names the account needs no identity Allow.":
    fn direct_path(&self, sides: &Sides) -> bool {
        Correct.direct_path(sides) || (sides.kind == ResourceKind::RoleTrust && sides.account && sides.boundary && sides.session)
    }

    "account-trust-not-delegated", "EVAL-049", Plausible, OverDeny, "A trust policy that names the account does not let identity policies decide.":
    fn identity_path(&self, sides: &Sides) -> bool { Correct.identity_path(sides) && sides.kind != ResourceKind::RoleTrust }

    "trust-only-for-assume-role", "EVAL-049", Plausible, OverGrant, "Only sts:AssumeRole asks the trust policy.":
    fn is_trust_action(&self, action: &str) -> bool { action.eq_ignore_ascii_case("sts:AssumeRole") }

    "trust-action-case-counts", "EVAL-049", Plausible, OverGrant, "An STS action in another letter case does not ask the trust policy.":
    fn is_trust_action(&self, action: &str) -> bool { Correct.is_trust_action(action) && action != action.to_ascii_lowercase() }

    "tagging-needs-no-trust", "EVAL-049", Plausible, OverGrant, "sts:TagSession does not ask the trust policy.":
    fn is_trust_action(&self, action: &str) -> bool { Correct.is_trust_action(action) && !action.eq_ignore_ascii_case("sts:TagSession") }

    "source-identity-needs-no-trust", "EVAL-049", Plausible, OverGrant, "sts:SetSourceIdentity does not ask the trust policy.":
    fn is_trust_action(&self, action: &str) -> bool { Correct.is_trust_action(action) && !action.eq_ignore_ascii_case("sts:SetSourceIdentity") }

    "context-needs-no-trust", "EVAL-049", Plausible, OverGrant, "sts:SetContext does not ask the trust policy.":
    fn is_trust_action(&self, action: &str) -> bool { Correct.is_trust_action(action) && !action.eq_ignore_ascii_case("sts:SetContext") }

    "every-action-on-a-role-asks-trust", "EVAL-049", Plausible, OverDeny, "Every action on a role asks its trust policy.":
    fn is_trust_action(&self, _action: &str) -> bool { true }

    "every-sts-action-asks-trust", "EVAL-049", Plausible, OverDeny, "Passing a role asks its trust policy.":
    fn is_trust_action(&self, action: &str) -> bool { Correct.is_trust_action(action) || action.eq_ignore_ascii_case("iam:PassRole") }

    "roles-not-recognised", "EVAL-049", Plausible, OverGrant, "A role without a trust policy is an ordinary resource.":
    fn is_role(&self, _resource: &Resource) -> bool { false }

    "roles-with-path-not-recognised", "EVAL-049", Plausible, OverGrant, "A role with a path and without a trust policy is an ordinary resource.":
    fn is_role(&self, resource: &Resource) -> bool { Correct.is_role(resource) && resource.as_str().matches('/').count() == 1 }
}

faults! { KEYS, Evaluation, "kms";
    "key-policy-not-asked", "EVAL-051", Plausible, OverGrant, "Identity policies are enough to use a key of the account.":
    fn identity_path(&self, sides: &Sides) -> bool {
        let ordinary = Sides { kind: ResourceKind::Ordinary, ..*sides };
        Correct.identity_path(if sides.kind == ResourceKind::KmsKey { &ordinary } else { sides })
    }

    "key-policy-never-delegates", "EVAL-051", Plausible, OverDeny, "A key policy that names the account does not let identity policies decide.":
    fn identity_path(&self, sides: &Sides) -> bool { Correct.identity_path(sides) && sides.kind != ResourceKind::KmsKey }

    "key-policy-for-the-account-suffices", "EVAL-051", Plausible, OverGrant, "A key policy that names the account needs no identity Allow.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(sides) || (sides.kind == ResourceKind::KmsKey && sides.account) }

    "key-grant-is-limited", "EVAL-051", Plausible, OverDeny, "A direct grant of a key policy needs an Allow of boundary and session policies.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(sides) && (sides.kind != ResourceKind::KmsKey || (sides.boundary && sides.session)) }

    "key-grant-needs-identity", "EVAL-051", Plausible, OverDeny, "A direct grant of a key policy needs an identity Allow.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(sides) && (sides.kind != ResourceKind::KmsKey || sides.identity) }

    "any-key-grant-delegates", "EVAL-051", Plausible, Record, "A key policy that names anybody of the requester's names lets identity policies decide.":
    fn identity_path(&self, sides: &Sides) -> bool { Correct.identity_path(&Sides { account: sides.resource(), ..*sides }) }

    "key-role-grant-passes-limits", "EVAL-051", Plausible, OverGrant, "A key policy's grant to a role passes boundary and session policies.":
    fn entity_path(&self, sides: &Sides) -> bool { Correct.entity_path(sides) || (sides.kind == ResourceKind::KmsKey && sides.entity) }

    "key-across-accounts-needs-direct-grant", "EVAL-045", Plausible, OverDeny, "Across accounts a key policy must name the requester directly.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> {
        let short = sides.kind == ResourceKind::KmsKey && !sides.direct;
        Correct.cross_account_lacks(sides).or(short.then_some(PolicyType::Resource))
    }
}
