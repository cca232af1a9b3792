//! Which statements are read, which apply, and which count.

use assize_model::{Decision, Effect, IdentitySource, PolicyType, Principal, Statement, StatementRef};
use assize_reference::{Correct, Semantics, StatementPlace};

fn denies(statement: &Statement) -> bool {
    statement.effect == Effect::Deny
}

faults! { FAULTS, Evaluation, "statements";
    "resource-not-checked", "EVAL-002", Real, OverGrant, "Resources are not compared.":
    fn effect_of(&self, statement: &Statement, action: bool, _resource: &dyn Fn() -> bool, principal: &dyn Fn() -> bool, condition: &dyn Fn() -> bool) -> Option<Effect> {
        (action && principal() && condition()).then_some(statement.effect)
    }

    "resource-not-checked-in-deny", "EVAL-002", Plausible, OverDeny, "The resources of Deny statements are not compared.":
    fn effect_of(&self, statement: &Statement, action: bool, resource: &dyn Fn() -> bool, principal: &dyn Fn() -> bool, condition: &dyn Fn() -> bool) -> Option<Effect> {
        (action && (denies(statement) || resource()) && principal() && condition()).then_some(statement.effect)
    }

    "condition-not-checked-in-allow", "COND-102", Real, OverGrant, "The conditions of Allow statements are not read.":
    fn effect_of(&self, statement: &Statement, action: bool, resource: &dyn Fn() -> bool, principal: &dyn Fn() -> bool, condition: &dyn Fn() -> bool) -> Option<Effect> {
        (action && resource() && principal() && (!denies(statement) || condition())).then_some(statement.effect)
    }

    "condition-not-checked-in-deny", "COND-102", Plausible, OverDeny, "The conditions of Deny statements are not read.":
    fn effect_of(&self, statement: &Statement, action: bool, resource: &dyn Fn() -> bool, principal: &dyn Fn() -> bool, condition: &dyn Fn() -> bool) -> Option<Effect> {
        (action && resource() && principal() && (denies(statement) || condition())).then_some(statement.effect)
    }

    "action-or-resource-suffices", "EVAL-002", Plausible, OverGrant, "A statement applies if its action or its resource matches.":
    fn effect_of(&self, statement: &Statement, action: bool, resource: &dyn Fn() -> bool, principal: &dyn Fn() -> bool, condition: &dyn Fn() -> bool) -> Option<Effect> {
        ((resource() || action) && principal() && condition()).then_some(statement.effect)
    }

    "allow-with-false-condition-denies", "COND-102", Plausible, OverDeny, "An Allow whose condition does not hold denies.":
    fn effect_of(&self, statement: &Statement, action: bool, resource: &dyn Fn() -> bool, principal: &dyn Fn() -> bool, condition: &dyn Fn() -> bool) -> Option<Effect> {
        let elements = action && resource() && principal();
        if elements && !denies(statement) && !condition() { return Some(Effect::Deny); }
        (elements && condition()).then_some(statement.effect)
    }

    "allow-for-others-denies", "EVAL-002", Plausible, OverDeny, "An Allow whose principal is somebody else denies.":
    fn effect_of(&self, statement: &Statement, action: bool, resource: &dyn Fn() -> bool, principal: &dyn Fn() -> bool, condition: &dyn Fn() -> bool) -> Option<Effect> {
        let elements = action && resource() && condition();
        if elements && !denies(statement) && !principal() { return Some(Effect::Deny); }
        (elements && principal()).then_some(statement.effect)
    }

    "deny-without-resource-allows", "EVAL-024", Plausible, OverGrant, "A Deny without resource element allows.":
    fn effect_of(&self, statement: &Statement, action: bool, resource: &dyn Fn() -> bool, principal: &dyn Fn() -> bool, condition: &dyn Fn() -> bool) -> Option<Effect> {
        let effect = if statement.resource.is_none() { Effect::Allow } else { statement.effect };
        (action && resource() && principal() && condition()).then_some(effect)
    }

    "deny-with-false-condition-allows", "COND-102", Plausible, OverGrant, "A Deny whose condition does not hold allows.":
    fn effect_of(&self, statement: &Statement, action: bool, resource: &dyn Fn() -> bool, principal: &dyn Fn() -> bool, condition: &dyn Fn() -> bool) -> Option<Effect> {
        let elements = action && resource() && principal();
        if elements && denies(statement) && !condition() { return Some(Effect::Allow); }
        (elements && condition()).then_some(statement.effect)
    }

    "deny-with-not-resource-skipped", "MATCH-041", Real, OverGrant, "A Deny with NotResource is skipped.":
    fn reads(&self, _place: &StatementPlace<'_>, statement: &Statement) -> bool {
        !(denies(statement) && statement.resource.as_ref().is_some_and(|resource| resource.negated))
    }

    "deny-with-not-action-skipped", "MATCH-018", Plausible, OverGrant, "A Deny with NotAction is skipped.":
    fn reads(&self, _place: &StatementPlace<'_>, statement: &Statement) -> bool { !(denies(statement) && statement.action.negated) }

    "deny-with-not-principal-skipped", "PRIN-043", Real, OverGrant, "A Deny with NotPrincipal is skipped.":
    fn reads(&self, _place: &StatementPlace<'_>, statement: &Statement) -> bool { !statement.principal.as_ref().is_some_and(|principal| principal.negated) }

    "deny-with-condition-skipped", "COND-102", Plausible, OverGrant, "A Deny with a condition is skipped.":
    fn reads(&self, _place: &StatementPlace<'_>, statement: &Statement) -> bool { !denies(statement) || statement.condition.is_empty() }

    "deny-with-wildcard-action-skipped", "MATCH-013", Plausible, OverGrant, "A Deny all of whose actions hold wildcards is skipped.":
    fn reads(&self, _place: &StatementPlace<'_>, statement: &Statement) -> bool {
        !(denies(statement) && statement.action.entries.iter().all(|entry| entry.contains(['*', '?'])))
    }

    "deny-with-capital-action-skipped", "MATCH-012", Plausible, OverGrant, "A Deny whose first action is in capitals or small letters throughout is skipped.":
    fn reads(&self, _place: &StatementPlace<'_>, statement: &Statement) -> bool {
        let name = statement.action.entries[0].split(':').next_back().unwrap_or_default();
        let one_case = !name.contains('*') && (name == name.to_ascii_lowercase() || name == name.to_ascii_uppercase());
        !(denies(statement) && one_case)
    }

    "statement-with-set-operator-skipped", "COND-016", Plausible, OverGrant, "A Deny with a set operator is skipped.":
    fn reads(&self, _place: &StatementPlace<'_>, statement: &Statement) -> bool {
        !(denies(statement) && statement.condition.iter().any(|block| block.operator.set.is_some()))
    }

    "statement-without-sid-skipped", "GRAM-017", Plausible, OverGrant, "A Deny without Sid is skipped if it stands behind other statements.":
    fn reads(&self, place: &StatementPlace<'_>, statement: &Statement) -> bool { !(denies(statement) && statement.sid.is_none() && place.statement > 0) }

    "first-statement-only", "EVAL-003", Plausible, OverGrant, "Only the first statement of a policy is read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.statement == 0 }

    "statements-past-two-not-read", "EVAL-003", Plausible, OverGrant, "Only the first two statements of a policy are read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.statement < 2 }

    "statements-past-64-not-read", "EVAL-003", Plausible, OverGrant, "Only the first 64 statements of a policy are read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.statement < 64 }

    "first-policy-only", "EVAL-003", Real, OverGrant, "Only the first policy of a type is read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.policy == 0 }

    "first-identity-policy-only", "EVAL-034", Plausible, OverGrant, "Only the first identity policy is read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.policy_type != PolicyType::Identity || place.policy == 0 }

    "first-session-policy-only", "EVAL-039", Plausible, OverGrant, "Only the first session policy is read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.policy_type != PolicyType::Session || place.policy == 0 }

    "third-policy-not-read", "EVAL-003", Plausible, OverGrant, "Only the first two policies of a type are read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.policy < 2 }

    "group-policies-not-read", "EVAL-034", Plausible, OverGrant, "The policies of groups are not read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { !matches!(place.source, Some(IdentitySource::Group(_))) }

    "group-denies-not-read", "EVAL-034", Plausible, OverGrant, "Deny statements in the policies of groups are not read.":
    fn reads(&self, place: &StatementPlace<'_>, statement: &Statement) -> bool { !(denies(statement) && matches!(place.source, Some(IdentitySource::Group(_)))) }

    "issuer-policies-not-read", "EVAL-006", Plausible, OverDeny, "The issuer's own policies are not read for federated sessions.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.source != Some(&IdentitySource::Issuer) }
}

faults! { PRECEDENCE, Evaluation, "deny precedence";
    "first-match-wins", "EVAL-003", Plausible, OverGrant, "The first statement that applies decides.":
    fn stands(&self, _policy_type: PolicyType, _effects: &[Effect], at: usize) -> bool { at == 0 }

    "last-match-wins", "EVAL-003", Plausible, OverGrant, "The last statement that applies decides.":
    fn stands(&self, _policy_type: PolicyType, effects: &[Effect], at: usize) -> bool { at + 1 == effects.len() }

    "first-allow-ends-reading", "EVAL-005", Real, OverGrant, "Nothing is read after the first Allow that applies.":
    fn stands(&self, _policy_type: PolicyType, effects: &[Effect], at: usize) -> bool { !effects[..at].contains(&Effect::Allow) }

    "allow-wins", "EVAL-005", Plausible, OverGrant, "An Allow that applies outweighs the Deny statements beside it.":
    fn stands(&self, _policy_type: PolicyType, effects: &[Effect], at: usize) -> bool { effects[at] == Effect::Allow || !effects.contains(&Effect::Allow) }

    "identity-allow-ends-reading", "EVAL-005", Plausible, OverGrant, "Nothing is read after the first identity Allow that applies.":
    fn stands(&self, policy_type: PolicyType, effects: &[Effect], at: usize) -> bool {
        policy_type != PolicyType::Identity || !effects[..at].contains(&Effect::Allow)
    }

    "majority-wins", "EVAL-005", Plausible, OverGrant, "Deny statements count only if no fewer of them apply than Allow statements.":
    fn stands(&self, _policy_type: PolicyType, effects: &[Effect], at: usize) -> bool {
        let denies = effects.iter().filter(|effect| **effect == Effect::Deny).count();
        effects[at] == Effect::Allow || 2 * denies >= effects.len()
    }

    "one-allow-is-kept", "EVAL-068", Plausible, Record, "Only the first Allow that applies is reported.":
    fn stands(&self, _policy_type: PolicyType, effects: &[Effect], at: usize) -> bool { effects[at] == Effect::Deny || !effects[..at].contains(&Effect::Allow) }

    "one-deny-is-kept", "EVAL-068", Plausible, Record, "Only the first Deny that applies is reported.":
    fn stands(&self, _policy_type: PolicyType, effects: &[Effect], at: usize) -> bool { effects[at] == Effect::Allow || !effects[..at].contains(&Effect::Deny) }

    "resource-allow-overrides-identity-deny", "EVAL-005", Real, OverGrant, "An Allow of the resource's policy outweighs an identity Deny.":
    fn deny_counts(&self, _principal: &Principal, deny: &StatementRef, resource_allows: bool) -> bool { deny.policy_type != PolicyType::Identity || !resource_allows }

    "resource-allow-overrides-limits", "EVAL-028", Plausible, OverGrant, "An Allow of the resource's policy outweighs a Deny of the boundary or the session policies.":
    fn deny_counts(&self, _principal: &Principal, deny: &StatementRef, resource_allows: bool) -> bool {
        !(resource_allows && matches!(deny.policy_type, PolicyType::Boundary | PolicyType::Session))
    }

    "resource-allow-overrides-scp-deny", "EVAL-026", Plausible, OverGrant, "An Allow of the resource's policy outweighs a Deny of an SCP.":
    fn deny_counts(&self, _principal: &Principal, deny: &StatementRef, resource_allows: bool) -> bool { !(resource_allows && deny.policy_type == PolicyType::Scp) }

    "resource-deny-not-read", "EVAL-005", Real, OverGrant, "A Deny of the resource's policy does not count.":
    fn deny_counts(&self, _principal: &Principal, deny: &StatementRef, _resource_allows: bool) -> bool { deny.policy_type != PolicyType::Resource }

    "boundary-deny-not-read", "EVAL-036", Real, OverGrant, "A Deny of the boundary does not count.":
    fn deny_counts(&self, _principal: &Principal, deny: &StatementRef, _resource_allows: bool) -> bool { deny.policy_type != PolicyType::Boundary }

    "session-deny-not-read", "EVAL-038", Plausible, OverGrant, "A Deny of a session policy does not count.":
    fn deny_counts(&self, _principal: &Principal, deny: &StatementRef, _resource_allows: bool) -> bool { deny.policy_type != PolicyType::Session }

    "trust-deny-not-read", "EVAL-049", Real, OverGrant, "A Deny of a trust policy does not count.":
    fn deny_counts(&self, _principal: &Principal, deny: &StatementRef, _resource_allows: bool) -> bool { deny.policy_type != PolicyType::Trust }

    "trust-allow-overrides-identity-deny", "EVAL-049", Real, OverGrant, "An identity Deny does not count where a trust policy allows.":
    fn deny_counts(&self, principal: &Principal, deny: &StatementRef, resource_allows: bool) -> bool {
        !(resource_allows && deny.policy_type == PolicyType::Identity && matches!(principal, Principal::User(_)))
    }

    "identity-deny-limits-identity-only", "EVAL-005", Plausible, OverGrant, "Identity Deny statements do not count.":
    fn deny_counts(&self, _principal: &Principal, deny: &StatementRef, _resource_allows: bool) -> bool { deny.policy_type != PolicyType::Identity }

    "root-is-never-denied", "EVAL-031", Real, OverGrant, "No Deny counts for root.":
    fn deny_counts(&self, principal: &Principal, _deny: &StatementRef, _resource_allows: bool) -> bool { !matches!(principal, Principal::Root(_)) }

    "root-ignores-resource-denies", "EVAL-031", Real, OverGrant, "A Deny of the resource's policy does not count for root.":
    fn deny_counts(&self, principal: &Principal, deny: &StatementRef, _resource_allows: bool) -> bool {
        !(matches!(principal, Principal::Root(_)) && deny.policy_type == PolicyType::Resource)
    }

    "services-are-never-denied", "EVAL-053", Plausible, OverGrant, "No Deny counts for a service.":
    fn deny_counts(&self, principal: &Principal, _deny: &StatementRef, _resource_allows: bool) -> bool { !matches!(principal, Principal::Service(_)) }

    "service-linked-roles-are-never-denied", "EVAL-054", Plausible, OverGrant, "No Deny counts for a service-linked role.":
    fn deny_counts(&self, principal: &Principal, _deny: &StatementRef, _resource_allows: bool) -> bool {
        !matches!(principal, Principal::RoleSession(session) if session.service_linked())
    }

    "anonymous-is-never-denied", "EVAL-055", Plausible, OverGrant, "No Deny counts for an anonymous caller.":
    fn deny_counts(&self, principal: &Principal, _deny: &StatementRef, _resource_allows: bool) -> bool { *principal != Principal::Anonymous }

    "federated-sessions-ignore-identity-denies", "EVAL-006", Plausible, OverGrant, "A Deny of the issuer's policies does not count for federated sessions.":
    fn deny_counts(&self, principal: &Principal, deny: &StatementRef, _resource_allows: bool) -> bool {
        !(matches!(principal, Principal::FederatedUser(_)) && deny.policy_type == PolicyType::Identity)
    }

    "allow-reported-over-deny", "EVAL-003", Plausible, Record, "A type in which both apply is reported as allowing.":
    fn result(&self, denies: bool, allows: bool) -> Decision { if allows { Decision::Allow } else { Correct.result(denies, allows) } }

    "implicit-reported-as-explicit", "EVAL-003", Real, Record, "A type in which nothing applies is reported as denying explicitly.":
    fn result(&self, _denies: bool, allows: bool) -> Decision { if allows { Decision::Allow } else { Decision::ExplicitDeny } }
}
