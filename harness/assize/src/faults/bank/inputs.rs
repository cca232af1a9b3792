//! Policies that a requester cannot have, and what is said about decisions.

use assize_model::{InputError, PolicyType, ResourceKind};
use assize_reference::{Correct, Semantics, Sides};

faults! { FAULTS, Evaluation, "input errors";
    "misplaced-policies-ignored", "EVAL-006", Plausible, OverGrant, "A policy that the requester cannot have is ignored.":
    fn reports(&self, _error: InputError) -> bool { false }

    "several-boundaries-taken", "EVAL-001", Plausible, OverGrant, "Several boundaries are taken.":
    fn reports(&self, error: InputError) -> bool { error != InputError::BoundaryCount }

    "too-many-session-policies-taken", "EVAL-001", Plausible, OverGrant, "Any number of session policies is taken.":
    fn reports(&self, error: InputError) -> bool { error != InputError::SessionPolicyCount }

    "identity-policy-of-root-taken", "PRIN-002", Plausible, OverGrant, "Identity policies of root are taken and ignored.":
    fn reports(&self, error: InputError) -> bool { error != InputError::IdentityPolicyOnRoot }

    "identity-policy-of-service-taken", "EVAL-001", Plausible, OverGrant, "Identity policies of a service are taken and ignored.":
    fn reports(&self, error: InputError) -> bool { error != InputError::IdentityPolicyOnService }

    "foreign-identity-source-taken", "EVAL-006", Plausible, OverGrant, "Identity policies of another kind of entity are taken.":
    fn reports(&self, error: InputError) -> bool { error != InputError::IdentitySourceMismatch }

    "session-policy-of-user-taken", "EVAL-006", Plausible, OverGrant, "Session policies of a user are taken and ignored.":
    fn reports(&self, error: InputError) -> bool { error != InputError::SessionPolicyOnUser }

    "session-policy-of-root-taken", "EVAL-064", Plausible, OverGrant, "Session policies of root are taken and ignored.":
    fn reports(&self, error: InputError) -> bool { error != InputError::SessionPolicyOnRoot }

    "session-policy-of-linked-role-taken", "EVAL-006", Plausible, OverGrant, "Session policies of a service-linked role are taken and ignored.":
    fn reports(&self, error: InputError) -> bool { error != InputError::SessionPolicyOnServiceLinkedRole }

    "boundary-of-linked-role-taken", "EVAL-006", Plausible, OverGrant, "Boundaries of a service-linked role are taken and ignored.":
    fn reports(&self, error: InputError) -> bool { error != InputError::BoundaryOnServiceLinkedRole }

    "scp-of-management-account-taken", "EVAL-014", Plausible, OverGrant, "SCPs of a management account are taken and ignored.":
    fn reports(&self, error: InputError) -> bool { error != InputError::ScpOnManagementAccount }

    "rcp-of-management-account-taken", "EVAL-018", Plausible, OverDeny, "RCPs of a management account are taken and enforced.":
    fn reports(&self, error: InputError) -> bool { error != InputError::RcpOnManagementAccount }

    "scp-of-service-taken", "EVAL-006", Plausible, OverGrant, "SCPs of a service are taken and ignored.":
    fn reports(&self, error: InputError) -> bool { error != InputError::ScpOnService }

    "scp-of-anonymous-taken", "EVAL-006", Plausible, OverGrant, "SCPs of an anonymous caller are taken and ignored.":
    fn reports(&self, error: InputError) -> bool { error != InputError::ScpOnAnonymous }

    "refused-documents-left-out", "EVAL-065", Real, OverGrant, "A document that is refused is left out, and the others decide.":
    fn leaves_out_refused(&self) -> bool { true }
}

faults! { RECORD, Evaluation, "explanation";
    "boundary-named-before-identity", "EVAL-066", Plausible, Record, "A boundary that does not allow is named although the identity policies do not allow either.":
    fn same_account_lacks(&self, sides: &Sides) -> PolicyType {
        match Correct.same_account_lacks(sides) { PolicyType::Identity if !sides.boundary => PolicyType::Boundary, lacking => lacking }
    }

    "session-named-before-boundary", "EVAL-066", Plausible, Record, "Session policies that do not allow are named although the boundary does not allow either.":
    fn same_account_lacks(&self, sides: &Sides) -> PolicyType {
        match Correct.same_account_lacks(sides) { PolicyType::Boundary if !sides.session => PolicyType::Session, lacking => lacking }
    }

    "session-named-before-identity", "EVAL-066", Plausible, Record, "Session policies that do not allow are named although the identity policies do not allow either.":
    fn same_account_lacks(&self, sides: &Sides) -> PolicyType {
        match Correct.same_account_lacks(sides) { PolicyType::Identity if !sides.session => PolicyType::Session, lacking => lacking }
    }

    "identity-always-named", "EVAL-066", Plausible, Record, "In the same account a denial without Deny always names the identity policies.":
    fn same_account_lacks(&self, _sides: &Sides) -> PolicyType { PolicyType::Identity }

    "resource-never-named", "EVAL-066", Plausible, Record, "In the same account a denial without Deny never names the resource's policy.":
    fn same_account_lacks(&self, sides: &Sides) -> PolicyType { Correct.same_account_lacks(&Sides { kind: ResourceKind::Ordinary, ..*sides }) }

    "identity-named-although-role-granted", "EVAL-066", Plausible, Record, "The identity policies are named although the resource's policy grants to the role.":
    fn same_account_lacks(&self, sides: &Sides) -> PolicyType { Correct.same_account_lacks(&Sides { entity: false, ..*sides }) }

    "identity-named-although-trusted", "EVAL-066", Plausible, Record, "The identity policies are named although the trust policy names the requester.":
    fn same_account_lacks(&self, sides: &Sides) -> PolicyType {
        if sides.kind == ResourceKind::RoleTrust && sides.direct && !sides.identity { PolicyType::Identity } else { Correct.same_account_lacks(sides) }
    }

    "resource-named-first-across", "EVAL-066", Plausible, Record, "Across accounts the resource's policy is named before all others.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> {
        if sides.resource() { Correct.cross_account_lacks(sides) } else { Some(PolicyType::Resource) }
    }

    "boundary-named-first-across", "EVAL-066", Plausible, Record, "Across accounts the boundary is named before the identity policies.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> {
        if sides.boundary { Correct.cross_account_lacks(sides) } else { Some(PolicyType::Boundary) }
    }

    "session-named-first-across", "EVAL-066", Plausible, Record, "Across accounts session policies are named before the boundary.":
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> {
        match Correct.cross_account_lacks(sides) { Some(PolicyType::Boundary) if !sides.session => Some(PolicyType::Session), lacking => lacking }
    }
}
