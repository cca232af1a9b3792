//! What is handed on stays inside what was given: sessions inside roles, accounts inside grants (INV-039, INV-040, INV-055, INV-056).

use assize_model::{
    Decision, Effect, EndpointKind, MatchClass, PolicyType, Principal, PrincipalElement, PrincipalKey,
    Relation, ResourceKind, Root, Statement,
};

use super::bench::{Bench, Outcome, check, needs, report};
use super::making::{depends_on_principal, ensure, favour, some_statement, values};
use super::requester::by;
use super::situation::{Situation, named};

const ALLOWED: &str = "the request is allowed";

/// INV-055: what account A allows to identities of account B is within what it allows to B: if a requester of B is allowed on a
/// resource of A, the root user of B is.
///
/// Needs: A's policy names B alone; no statement of it, of the RCPs, SCPs and endpoint policy depends on the requester; an endpoint
/// policy names everyone in its Allow statements, that of a gateway endpoint in its Deny statements too.
/// Fails when: A's policy names a user, role or session of B; the requester is a service-linked role session (exempt from SCPs and
/// RCPs, root is not); the request assumes a role (forbidden to root, EVAL-058); a gateway endpoint's policy denies B (which is its
/// root user alone there, EVAL-022).
pub fn delegation_is_a_subset(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let principal = before.request.principal().clone();
    needs(before.cross_account(), "the resource is another account's")?;
    needs(before.consults_resource_policy(), "the resource has a policy")?;
    needs(before.kind() != ResourceKind::RoleTrust, "the resource is not a role")?;
    needs(
        !matches!(&principal, Principal::RoleSession(session) if session.service_linked()),
        "the requester is not a service-linked role session",
    )?;
    needs(!matches!(principal, Principal::Root(_)), "the requester is not root itself")?;
    favour(bench.choices, &mut before);
    ensure(bench.choices, &mut before, PolicyType::Resource);
    let Some(account) = principal.account().cloned() else {
        return needs(false, "the requester has an account");
    };
    let gateway = before.endpoint_kind == EndpointKind::Gateway;
    before.retain(|place, statement| match place.policy_type {
        PolicyType::Identity | PolicyType::Boundary | PolicyType::Session => true,
        PolicyType::Vpce if gateway && denies_by_name(statement) => false,
        _ => !depends_on_principal(statement),
    });
    name_only(&mut before, PolicyType::Resource, &account.id);
    name_only(&mut before, PolicyType::Vpce, "*");
    let mut after = before.clone();
    for own in [PolicyType::Identity, PolicyType::Boundary, PolicyType::Session] {
        after.remove(own);
    }
    let root = Principal::Root(Root::new(account));
    let Some(request) = by(&before.request, root) else { return needs(false, "root can make the request") };
    after.request = request;
    needs(bench.decide(&before)?.decision == Decision::Allow, ALLOWED)?;
    bench.widens(
        &before,
        &after,
        "what an identity of an account is allowed, the account's root user is allowed",
    )
}

/// Whether it is a Deny whose Principal names somebody, not everyone.
fn denies_by_name(statement: &Statement) -> bool {
    let names = |element: &PrincipalElement| {
        !element.negated && values(element).iter().any(|(_, value)| value != "*")
    };
    statement.effect == Effect::Deny && statement.principal.as_ref().is_some_and(names)
}

/// Makes every Allow of a type name `value` and nobody else.
fn name_only(situation: &mut Situation, policy_type: PolicyType, value: &str) {
    let allows = situation.places_where(|place, statement| {
        place.policy_type == policy_type && statement.effect == Effect::Allow
    });
    for place in allows {
        situation.edit(place, |statement| statement.principal = Some(named(PrincipalKey::Aws, value)));
    }
}

/// INV-056: replacing every identity policy in B by full access allows no request on a resource of A that A's policy or access control
/// list does not allow to the requester.
///
/// Needs: the resource is another account's; the requester has identity policies.
pub fn full_access_is_bounded_by_the_grant(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(before.cross_account(), "the resource is another account's")?;
    needs(before.can_have(PolicyType::Identity), "the requester has identity policies")?;
    let full = before.everything(PolicyType::Identity, Effect::Allow);
    before.set_one(PolicyType::Identity, vec![full]);
    let answer = bench.decide(&before)?;
    if let (Decision::Allow, Ok(record)) = (answer.decision, answer.record()) {
        check(
            !report(record, PolicyType::Resource).allow.is_empty(),
            "across accounts nothing is allowed that the resource's policy does not allow",
            &before,
            &answer,
        )?;
    }
    let mut after = before;
    after.retain(|place, statement| {
        place.policy_type != PolicyType::Resource || statement.effect == Effect::Deny
    });
    after.acl.clear();
    bench.claim(
        &after,
        "without a grant of the resource's account, full access allows nothing there",
        |answer| answer.decision != Decision::Allow,
    )
}

/// INV-039: what a role session is allowed with session policies it is allowed without them.
///
/// Needs: the requester is a role session.
pub fn session_is_a_subset_of_its_role(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(
        matches!(before.request.principal(), Principal::RoleSession(_))
            && before.can_have(PolicyType::Session),
        "the requester is a role session that can have session policies",
    )?;
    favour(bench.choices, &mut before);
    ensure(bench.choices, &mut before, PolicyType::Session);
    needs(bench.decide(&before)?.decision == Decision::Allow, ALLOWED)?;
    let mut after = before.clone();
    after.remove(PolicyType::Session);
    bench.widens(
        &before,
        &after,
        "what a session with session policies is allowed, it is allowed without them",
    )
}

/// INV-040: what a session with session policies is allowed, these allow, unless the request is in the requester's own account, on a
/// resource that is not a role, and the resource-based policy names the requester itself.
///
/// Needs: a role session or federated session with session policies; the request is allowed.
pub fn session_policies_bound_the_session(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(
        matches!(before.request.principal(), Principal::RoleSession(_) | Principal::FederatedUser(_))
            && before.can_have(PolicyType::Session),
        "the requester is a session that can have session policies",
    )?;
    bounded(bench, &mut before, PolicyType::Session, "what a session is allowed, its session policies allow")
}

/// INV-035: what an identity with a boundary is allowed, the boundary allows, unless the request is in its own account, on a resource
/// that is not a role, and the resource-based policy names the requester itself.
///
/// Needs: a requester with a boundary; the request is allowed.
pub fn boundary_bounds_the_identity(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(before.can_have(PolicyType::Boundary), "the requester can have a boundary")?;
    bounded(bench, &mut before, PolicyType::Boundary, "what an identity is allowed, its boundary allows")
}

fn bounded(bench: &mut Bench<'_>, before: &mut Situation, limit: PolicyType, claim: &str) -> Outcome {
    favour(bench.choices, before);
    if !before.present(limit) {
        let statement = some_statement(bench.choices, before, limit, Effect::Allow);
        before.set_one(limit, vec![statement]);
    }
    let answer = bench.decide(before)?;
    needs(answer.decision == Decision::Allow, ALLOWED)?;
    let record = answer.record()?;
    let direct = report(record, PolicyType::Resource).class == Some(MatchClass::Direct);
    let bypassed =
        record.relation == Relation::SameAccount && before.kind() != ResourceKind::RoleTrust && direct;
    let allows = report(record, limit).result == Some(Decision::Allow);
    check(allows || bypassed, claim, before, &answer)
}
