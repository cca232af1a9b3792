//! Who gets through: the same account, across accounts, within limits, without account.

use assize_model::request::ResourceArn;
use assize_model::{Account, Issuer, PolicyType, Principal, ResourceKind};
use assize_reference::{Correct, Semantics, Sides};

/// What is missing across accounts if `sides` is seen through `eyes`.
fn lacks(sides: &Sides, eyes: impl Fn(&mut Sides)) -> Option<PolicyType> {
    let mut seen = *sides;
    eyes(&mut seen);
    Correct.cross_account_lacks(&seen)
}

faults! { SAME_ACCOUNT, Evaluation, "same account";
    "direct-grant-is-limited-by-boundary", "EVAL-028", Plausible, OverDeny, "A direct grant needs an Allow of the boundary.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(sides) && sides.boundary }

    "direct-grant-is-limited-by-session", "EVAL-028", Real, OverDeny, "A direct grant needs an Allow of the session policies.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(sides) && sides.session }

    "direct-grant-needs-identity", "EVAL-025", Plausible, OverDeny, "A direct grant needs an identity Allow.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(sides) && sides.identity }

    "account-grant-as-direct-path", "EVAL-030", Real, OverGrant, "A grant to the own account needs no identity policy.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(sides) || (sides.account && sides.kind == ResourceKind::Ordinary) }

    "any-grant-suffices", "EVAL-026", Real, OverGrant, "Any grant of the resource's policy is enough.":
    fn direct_path(&self, sides: &Sides) -> bool { Correct.direct_path(sides) || sides.resource() }

    "role-grant-passes-boundary", "EVAL-027", Real, OverGrant, "A grant to a role passes the boundary.":
    fn entity_path(&self, sides: &Sides) -> bool { sides.entity && sides.session }

    "role-grant-passes-session", "EVAL-027", Real, OverGrant, "A grant to a role passes the session policies.":
    fn entity_path(&self, sides: &Sides) -> bool { sides.entity && sides.boundary }

    "role-grant-needs-identity", "EVAL-027", Plausible, OverDeny, "A grant to a role needs an identity Allow.":
    fn entity_path(&self, sides: &Sides) -> bool { Correct.entity_path(sides) && sides.identity }

    "role-grant-not-read", "EVAL-027", Plausible, OverDeny, "A grant to a role does nothing.":
    fn entity_path(&self, _sides: &Sides) -> bool { false }

    "identity-passes-boundary", "EVAL-036", Real, OverGrant, "Identity policies pass the boundary.":
    fn identity_path(&self, sides: &Sides) -> bool { Correct.identity_path(&Sides { boundary: true, ..*sides }) }

    "identity-passes-session", "EVAL-038", Plausible, OverGrant, "Identity policies pass the session policies.":
    fn identity_path(&self, sides: &Sides) -> bool { Correct.identity_path(&Sides { session: true, ..*sides }) }

    "one-limit-suffices", "EVAL-040", Plausible, OverGrant, "An Allow of the boundary or the session policies is enough.":
    fn identity_path(&self, sides: &Sides) -> bool {
        let limit = sides.boundary || sides.session;
        Correct.identity_path(&Sides { boundary: limit, session: limit, ..*sides })
    }

    "identity-needs-resource-policy", "EVAL-025", Plausible, OverDeny, "In the same account identity policies need a grant of the resource's policy.":
    fn identity_path(&self, sides: &Sides) -> bool { Correct.identity_path(sides) && sides.resource() }

    "account-grant-replaces-identity", "EVAL-030", Real, OverGrant, "A grant to the own account stands for an identity Allow.":
    fn identity_path(&self, sides: &Sides) -> bool { Correct.identity_path(&Sides { identity: sides.identity || sides.account, ..*sides }) }

    "all-sides-always-needed", "EVAL-026", Plausible, OverDeny, "A direct grant needs identity, boundary and session policies.":
    fn direct_path(&self, sides: &Sides) -> bool { sides.direct && sides.identity && sides.boundary && sides.session }

    "scp-grants", "EVAL-037", Real, OverGrant, "An Allow of an SCP grants.":
    fn identity_side(&self, full_access: bool, allows: &dyn Fn(PolicyType) -> bool) -> bool {
        Correct.identity_side(full_access, allows) || allows(PolicyType::Scp)
    }

    "boundary-grants", "EVAL-037", Real, OverGrant, "An Allow of the boundary grants.":
    fn identity_side(&self, full_access: bool, allows: &dyn Fn(PolicyType) -> bool) -> bool {
        Correct.identity_side(full_access, allows) || allows(PolicyType::Boundary)
    }

    "session-policy-grants", "EVAL-037", Plausible, OverGrant, "An Allow of a session policy grants.":
    fn identity_side(&self, full_access: bool, allows: &dyn Fn(PolicyType) -> bool) -> bool {
        Correct.identity_side(full_access, allows) || allows(PolicyType::Session)
    }

    "endpoint-grants", "EVAL-021", Plausible, OverGrant, "An Allow of an endpoint policy grants.":
    fn identity_side(&self, full_access: bool, allows: &dyn Fn(PolicyType) -> bool) -> bool {
        Correct.identity_side(full_access, allows) || allows(PolicyType::Vpce)
    }

    "rcp-grants", "EVAL-037", Plausible, OverGrant, "An Allow of an RCP grants.":
    fn identity_side(&self, full_access: bool, allows: &dyn Fn(PolicyType) -> bool) -> bool {
        Correct.identity_side(full_access, allows) || allows(PolicyType::Rcp)
    }

    "resource-grant-counts-as-identity", "EVAL-026", Plausible, OverGrant, "An Allow of the resource's policy counts as one of the identity policies.":
    fn identity_side(&self, full_access: bool, allows: &dyn Fn(PolicyType) -> bool) -> bool {
        Correct.identity_side(full_access, allows) || allows(PolicyType::Resource)
    }

    "everybody-is-allowed", "EVAL-004", Real, OverGrant, "Whoever has an account needs no identity Allow.":
    fn identity_side(&self, _full_access: bool, _allows: &dyn Fn(PolicyType) -> bool) -> bool { true }

    "root-needs-an-allow", "EVAL-031", Plausible, OverDeny, "Root users need an Allow.":
    fn full_access(&self, principal: &Principal) -> bool { Correct.full_access(principal) && !matches!(principal, Principal::Root(_)) }

    "assumed-root-has-nothing", "EVAL-064", Plausible, OverDeny, "A session of AssumeRoot has no full access to be limited.":
    fn full_access(&self, principal: &Principal) -> bool {
        Correct.full_access(principal) && !matches!(principal, Principal::Root(root) if root.assumed_root())
    }

    "federated-by-root-has-nothing", "EVAL-042", Plausible, OverDeny, "A federated session that root issued has no full access to be limited.":
    fn full_access(&self, principal: &Principal) -> bool { matches!(principal, Principal::Root(_)) }

    "federated-sessions-have-full-access", "EVAL-041", Plausible, OverGrant, "Session policies are the whole grant of every federated session.":
    fn full_access(&self, principal: &Principal) -> bool { matches!(principal, Principal::Root(_) | Principal::FederatedUser(_)) }

    "service-linked-roles-have-full-access", "EVAL-054", Plausible, OverGrant, "Service-linked roles need no identity Allow.":
    fn full_access(&self, principal: &Principal) -> bool {
        Correct.full_access(principal) || matches!(principal, Principal::RoleSession(session) if session.service_linked())
    }

    "users-named-root-have-full-access", "EVAL-031", Plausible, OverGrant, "The user that a federated session was issued by counts as root if it has no path.":
    fn full_access(&self, principal: &Principal) -> bool {
        let pathless = |issuer: &Issuer| !matches!(issuer, Issuer::User(user) if user.path != "/");
        matches!(principal, Principal::Root(_)) || matches!(principal, Principal::FederatedUser(session) if pathless(session.issuer()))
    }
}

faults! { CROSS_ACCOUNT, Evaluation, "cross account";
    "accounts-not-compared", "EVAL-007", Real, OverGrant, "Every request counts as one inside the account.":
    fn cross_account(&self, _account: &Account, _resource: &ResourceArn) -> bool { false }

    "account-taken-from-arn", "EVAL-009", Real, OverGrant, "A resource whose ARN holds no account belongs to whoever asks.":
    fn cross_account(&self, account: &Account, resource: &ResourceArn) -> bool {
        Correct.cross_account(account, resource) && resource.as_str().split(':').nth(4) != Some("")
    }

    "bucket-account-unknown", "EVAL-009", Plausible, OverDeny, "A resource whose ARN holds no account belongs to somebody else.":
    fn cross_account(&self, account: &Account, resource: &ResourceArn) -> bool { resource.as_str().split(':').nth(4) != Some(&account.id) }

    "everything-is-cross-account", "EVAL-007", Plausible, OverDeny, "Every request counts as one across accounts.":
    fn cross_account(&self, _account: &Account, _resource: &ResourceArn) -> bool { true }

    "management-account-owns-everything", "EVAL-007", Plausible, OverGrant, "The management account counts as the owner of every resource.":
    fn cross_account(&self, account: &Account, resource: &ResourceArn) -> bool { !account.management && Correct.cross_account(account, resource) }

    "resource-side-suffices-across", "EVAL-043", Real, OverGrant, "Across accounts a grant of the resource's policy is enough.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { lacks(sides, |sides| sides.identity = sides.identity || sides.resource()) }

    "direct-grant-suffices-across", "EVAL-043", Real, OverGrant, "Across accounts a direct grant is enough.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { if sides.direct { None } else { Correct.cross_account_lacks(sides) } }

    "role-grant-replaces-identity-across", "EVAL-043", Plausible, OverGrant, "Across accounts a grant to a role stands for an identity Allow.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { lacks(sides, |sides| sides.identity = sides.identity || sides.entity) }

    "identity-side-suffices-across", "EVAL-043", Plausible, OverGrant, "Across accounts identity policies are enough.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { lacks(sides, |sides| sides.account = true) }

    "boundary-passed-across", "EVAL-044", Plausible, OverGrant, "Across accounts the boundary is not asked.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { lacks(sides, |sides| sides.boundary = true) }

    "session-passed-across", "EVAL-044", Plausible, OverGrant, "Across accounts the session policies are not asked.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { lacks(sides, |sides| sides.session = true) }

    "direct-grant-passes-limits-across", "EVAL-044", Plausible, OverGrant, "Across accounts a direct grant passes the boundary and the session policies.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> {
        lacks(sides, |sides| (sides.boundary, sides.session) = (sides.boundary || sides.direct, sides.session || sides.direct))
    }

    "account-grants-nothing-across", "EVAL-045", Plausible, OverDeny, "Across accounts a grant to the account is none.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { lacks(sides, |sides| sides.account = false) }

    "direct-grants-nothing-across", "EVAL-045", Plausible, OverDeny, "Across accounts only grants to accounts and roles count.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { lacks(sides, |sides| sides.direct = false) }

    "role-grants-nothing-across", "EVAL-045", Plausible, OverDeny, "Across accounts a grant to a role is none.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { lacks(sides, |sides| sides.entity = false) }

    "resource-without-policy-open-across", "EVAL-043", Plausible, OverGrant, "Across accounts a resource without policy is left to the identity policies.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> { lacks(sides, |sides| sides.account = sides.account || !sides.policy) }

    "ordinary-resources-never-shared", "EVAL-043", Plausible, OverDeny, "Across accounts only roles and keys can be reached.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> {
        Correct.cross_account_lacks(sides).or((sides.kind == ResourceKind::Ordinary).then_some(PolicyType::Resource))
    }
}

faults! { LIMITS, Evaluation, "boundary and session";
    "boundary-not-read", "EVAL-036", Real, OverGrant, "The boundary is not read.":
    fn boundary_applies(&self, _principal: &Principal) -> bool { false }

    "boundary-of-roles-not-read", "EVAL-036", Plausible, OverGrant, "The boundary of a role is not read.":
    fn boundary_applies(&self, principal: &Principal) -> bool { Correct.boundary_applies(principal) && !matches!(principal, Principal::RoleSession(_)) }

    "boundary-of-users-not-read", "EVAL-036", Plausible, OverGrant, "The boundary of a user is not read.":
    fn boundary_applies(&self, principal: &Principal) -> bool { Correct.boundary_applies(principal) && !matches!(principal, Principal::User(_)) }

    "boundary-of-issuer-not-read", "EVAL-036", Plausible, OverGrant, "The boundary of a federated session's issuer is not read.":
    fn boundary_applies(&self, principal: &Principal) -> bool { Correct.boundary_applies(principal) && !matches!(principal, Principal::FederatedUser(_)) }

    "boundary-needs-no-allow", "EVAL-036", Plausible, OverGrant, "A boundary only denies.":
    fn boundary_side(&self, _allows: Option<bool>) -> bool { true }

    "no-boundary-denies", "EVAL-036", Plausible, OverDeny, "Without a boundary nothing passes it.":
    fn boundary_side(&self, allows: Option<bool>) -> bool { allows.unwrap_or(false) }

    "empty-session-list-absent", "EVAL-040", Plausible, OverGrant, "An empty list of session policies counts as none passed.":
    fn is_present(&self, policy_type: PolicyType, policies: usize) -> bool { policy_type != PolicyType::Session || policies > 0 }

    "session-policies-not-read", "EVAL-038", Plausible, OverGrant, "Session policies are not read.":
    fn session_applies(&self, _principal: &Principal) -> bool { false }

    "session-policies-of-roles-not-read", "EVAL-038", Plausible, OverGrant, "The session policies of role sessions are not read.":
    fn session_applies(&self, principal: &Principal) -> bool { Correct.session_applies(principal) && !matches!(principal, Principal::RoleSession(_)) }

    "task-policy-not-read", "EVAL-064", Plausible, OverGrant, "The task policy of a session of AssumeRoot is not read.":
    fn session_applies(&self, principal: &Principal) -> bool { Correct.session_applies(principal) && !matches!(principal, Principal::Root(_)) }

    "session-policies-only-deny", "EVAL-038", Real, OverGrant, "Session policies only deny.":
    fn session_side(&self, allows: Option<bool>, principal: &Principal) -> bool { Correct.session_side(allows.map(|_| true), principal) }

    "federated-session-inherits", "EVAL-041", Plausible, OverGrant, "A federated session without session policies has all that its issuer has.":
    fn session_side(&self, allows: Option<bool>, _principal: &Principal) -> bool { allows.unwrap_or(true) }

    "no-session-policy-denies", "EVAL-038", Plausible, OverDeny, "A role session without session policies has nothing.":
    fn session_side(&self, allows: Option<bool>, principal: &Principal) -> bool { allows.unwrap_or(!matches!(principal, Principal::RoleSession(_) | Principal::FederatedUser(_))) }

    "identity-of-federated-sessions-not-read", "EVAL-006", Plausible, OverDeny, "The issuer's identity policies are not read for federated sessions.":
    fn identity_applies(&self, principal: &Principal) -> bool { Correct.identity_applies(principal) && !matches!(principal, Principal::FederatedUser(_)) }

    "identity-of-sessions-not-read", "EVAL-035", Plausible, OverDeny, "A role's identity policies are not read for its sessions.":
    fn identity_applies(&self, principal: &Principal) -> bool { Correct.identity_applies(principal) && !matches!(principal, Principal::RoleSession(_)) }
}

faults! { ACCOUNTLESS, Evaluation, "requesters without account";
    "services-need-any-grant", "EVAL-053", Plausible, OverGrant, "A requester without account needs no grant.":
    fn resource_side_allows(&self, _sides: &Sides) -> bool { true }

    "services-have-nothing", "EVAL-053", Plausible, OverDeny, "A requester without account gets nothing.":
    fn resource_side_allows(&self, _sides: &Sides) -> bool { false }

    "services-only-assume-roles", "EVAL-053", Plausible, OverDeny, "A requester without account gets through on roles only.":
    fn resource_side_allows(&self, sides: &Sides) -> bool { sides.direct && sides.kind == ResourceKind::RoleTrust }

    "no-key-for-services", "EVAL-051", Plausible, OverDeny, "A requester without account gets through on keys only with a grant to an account.":
    fn resource_side_allows(&self, sides: &Sides) -> bool { sides.direct && (sides.kind != ResourceKind::KmsKey || sides.account) }
}
