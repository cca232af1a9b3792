//! Limits: chapter 08, part D. The bounds that delegation rests on are in [`super::delegation`].

use assize_model::{Decision, Effect, EndpointKind, PolicyType, Principal};

use super::bench::{Bench, Outcome, Stop, check, consulted, needs, report};
use super::making::{ensure, favour, full_levels, some_levels, some_type};
use super::situation::Situation;

const ALLOWED: &str = "the request is allowed";
const LIMIT: &str = "the requester can have such a limit";

/// The policy types that limit by being present.
const LIMITS: [PolicyType; 4] =
    [PolicyType::Boundary, PolicyType::Session, PolicyType::Scp, PolicyType::Vpce];

fn is_federated_user(situation: &Situation) -> bool {
    matches!(situation.request.principal(), Principal::FederatedUser(_))
}

fn is_service_linked(situation: &Situation) -> bool {
    matches!(situation.request.principal(), Principal::RoleSession(session) if session.service_linked())
}

/// INV-036: making a boundary, session policies, an SCP path, RCPs or an endpoint policy present makes the decision at least as
/// restrictive.
///
/// Fails when: session policies of a federated session, whose absence denies (INV-041).
pub fn adding_a_limit_never_permits(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let limit = some_type(bench.choices, |known| {
        (LIMITS.contains(&known) || known == PolicyType::Rcp)
            && before.can_have(known)
            && !(known == PolicyType::Session && is_federated_user(&before))
    })
    .ok_or(Stop::NotApplicable(LIMIT))?;
    let mut after = before.clone();
    before.remove(limit);
    ensure(bench.choices, &mut after, limit);
    bench.narrows(&before, &after, "making a limit present makes the decision at least as restrictive")
}

/// INV-037: a boundary, SCP path or endpoint policy that lets everything through is none.
///
/// Fails when: a boundary, and some Deny with NotPrincipal applies apart from its principal (PRIN-044).
pub fn full_limit_is_no_limit(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let limit = some_type(bench.choices, |known| {
        [PolicyType::Boundary, PolicyType::Scp, PolicyType::Vpce].contains(&known) && before.can_have(known)
    })
    .ok_or(Stop::NotApplicable(LIMIT))?;
    before.remove(limit);
    if limit == PolicyType::Boundary {
        needs(!denies_by_not_principal(&before), "no Deny has a NotPrincipal")?;
    }
    let mut after = before.clone();
    if limit == PolicyType::Vpce {
        after.endpoint_kind = if bench.chance(50) { EndpointKind::Interface } else { EndpointKind::Gateway };
    }
    let levels = if limit == PolicyType::Scp { 1 + bench.pick(3) } else { 1 };
    after.set(limit, full_levels(&before, limit, levels));
    bench.same(&before, &after, "a limit that lets everything through is none")
}

fn denies_by_not_principal(situation: &Situation) -> bool {
    !situation
        .places_where(|_, statement| statement.principal.as_ref().is_some_and(|principal| principal.negated))
        .is_empty()
}

/// INV-038: replacing all boundaries, session policies, SCPs and endpoint policies by full ones turns an implicit denial into an Allow
/// only if a grant existed, or the requester is one of full access. Without any grant, full limits allow nothing.
pub fn limits_never_grant(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let mut full = before.clone();
    for limit in LIMITS.into_iter().filter(|limit| before.can_have(*limit)) {
        full.set(limit, full_levels(&before, limit, 1));
    }
    let (first, second) = (bench.decide(&before)?, bench.decide(&full)?);
    if let (Decision::ImplicitDeny, Decision::Allow, Ok(record)) =
        (first.decision, second.decision, first.record())
    {
        let granted = [PolicyType::Identity, PolicyType::Resource]
            .into_iter()
            .any(|policy_type| !report(record, policy_type).allow.is_empty());
        check(
            granted || before.full_access(),
            "full limits turn an implicit denial into an Allow only if something granted it before",
            &before,
            &first,
        )?;
    }
    needs(!before.full_access(), "the requester is not one of full access")?;
    full.retain(|place, statement| {
        statement.effect == Effect::Deny
            || !matches!(place.policy_type, PolicyType::Identity | PolicyType::Resource)
    });
    full.acl.clear();
    bench.claim(&full, "limits that let everything through grant nothing", |answer| {
        answer.decision != Decision::Allow
    })
}

/// INV-041: session policies that let everything through change nothing for a role session; for a federated session they may lift an
/// implicit denial for want of session policies, and nothing else.
pub fn full_session_policy_is_none_but_for_federated_sessions(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(before.can_have(PolicyType::Session), LIMIT)?;
    before.remove(PolicyType::Session);
    let mut after = before.clone();
    after.set(PolicyType::Session, full_levels(&before, PolicyType::Session, 1));
    let federated = is_federated_user(&before);
    bench.compare(&before, &after, "a full session policy is none", |first, second| {
        let lifted = federated && second.decision <= first.decision;
        match first.lacking() {
            Some(PolicyType::Session) if federated => lifted,
            None if federated && first.decision == Decision::ImplicitDeny && first.deciding.is_none() => {
                lifted
            }
            _ => first.is_same(second),
        }
    })
}

/// INV-042: what is allowed under an SCP path, every level of it allows and none denies, each by itself.
///
/// Needs: SCPs are consulted for the requester.
pub fn every_scp_level_allows(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(before.can_have(PolicyType::Scp) && !is_service_linked(&before), "SCPs restrict the requester")?;
    favour(bench.choices, &mut before);
    ensure(bench.choices, &mut before, PolicyType::Scp);
    let answer = bench.decide(&before)?;
    needs(answer.decision == Decision::Allow, ALLOWED)?;
    let levels = before.levels(PolicyType::Scp).to_vec();
    if let Ok(record) = answer.record() {
        let report = report(record, PolicyType::Scp);
        let all = report.levels.len() == levels.len()
            && report.levels.iter().all(|result| *result == Decision::Allow)
            && report.deny.is_empty();
        check(all, "what is allowed, every SCP level allows", &before, &answer)?;
    }
    for level in levels {
        let mut alone = before.clone();
        alone.set(PolicyType::Scp, vec![level]);
        bench.widens(&before, &alone, "what is allowed under a path, each of its levels alone allows")?;
    }
    Ok(())
}

/// A situation with an SCP path of two levels at least.
fn with_path(bench: &mut Bench<'_>) -> Result<Situation, Stop> {
    let mut situation = bench.start();
    needs(situation.can_have(PolicyType::Scp), LIMIT)?;
    ensure(bench.choices, &mut situation, PolicyType::Scp);
    while situation.levels(PolicyType::Scp).len() < 2 {
        let mut more = some_levels(bench.choices, &situation, PolicyType::Scp);
        situation.levels_mut(PolicyType::Scp).append(&mut more);
    }
    Ok(situation)
}

/// INV-043: the order of SCP levels is irrelevant, and so is a level that stands twice.
pub fn scp_levels_commute_and_are_idempotent(bench: &mut Bench<'_>) -> Outcome {
    let before = with_path(bench)?;
    let mut after = before.clone();
    let levels = after.levels_mut(PolicyType::Scp);
    let (from, to) = (bench.choices.pick(levels.len()), bench.choices.pick(levels.len()));
    if from == to {
        let again = levels[from].clone();
        levels.push(again);
    } else {
        levels.swap(from, to);
    }
    bench.same(&before, &after, "SCP levels commute and are idempotent")
}

/// INV-044: merging two SCP levels makes the decision at most as restrictive.
///
/// For some inputs strictly: each level may lack an Allow that the other has.
pub fn merging_scp_levels_never_restricts(bench: &mut Bench<'_>) -> Outcome {
    let before = with_path(bench)?;
    let mut after = before.clone();
    let levels = after.levels_mut(PolicyType::Scp);
    let moved = levels.remove(1 + bench.choices.pick(levels.len() - 1));
    let into = bench.choices.pick(levels.len());
    for mut sheet in moved {
        // Ids stay unique in the level that they come to.
        while levels[into].iter().any(|known| known.id == sheet.id) {
            sheet.id = format!("{}-merged", sheet.id).into();
        }
        levels[into].push(sheet);
    }
    bench.widens(&before, &after, "merging two SCP levels makes the decision at most as restrictive")
}

/// INV-045: any SCP path of a service-linked role session's account leaves its decisions as they are.
///
/// For services, anonymous callers and management accounts an input with a path is refused; that paths of the resource's account do not
/// count cannot be asked, since an input holds the path of the requester's account alone.
pub fn scps_do_not_reach_service_linked_roles(bench: &mut Bench<'_>) -> Outcome {
    out_of_scope(bench, PolicyType::Scp, "SCPs do not reach service-linked roles")
}

/// INV-047: any RCP leaves the decisions of a service-linked role session as they are.
///
/// That RCPs of the requester's account do not count cannot be asked: an input holds those of the resource's account alone.
pub fn rcps_do_not_reach_service_linked_roles(bench: &mut Bench<'_>) -> Outcome {
    out_of_scope(bench, PolicyType::Rcp, "RCPs do not reach service-linked roles")
}

fn out_of_scope(bench: &mut Bench<'_>, limit: PolicyType, claim: &str) -> Outcome {
    let mut before = bench.start();
    needs(is_service_linked(&before), "the requester is a service-linked role session")?;
    needs(before.can_have(limit), LIMIT)?;
    let deny = before.everything(limit, Effect::Deny);
    before.remove(limit);
    let mut after = before.clone();
    let mut levels = some_levels(bench.choices, &after, limit);
    if bench.chance(50) {
        levels[0][0].edit(|document| document.statements.push(deny));
    }
    after.set(limit, levels);
    bench.same(&before, &after, claim)
}

/// INV-046: removing all RCPs changes explicit denials alone.
pub fn rcps_only_deny(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(before.can_have(PolicyType::Rcp), LIMIT)?;
    ensure(bench.choices, &mut before, PolicyType::Rcp);
    let mut after = before.clone();
    after.remove(PolicyType::Rcp);
    bench.compare(
        &before,
        &after,
        "without RCPs only explicit denials are decided otherwise",
        |first, second| first.decision == Decision::ExplicitDeny || first.is_same(second),
    )
}

/// INV-048: what is allowed through an endpoint with a policy, the policy allows, and without the endpoint it is allowed too.
///
/// Needs: the context is the same, as it is here: the keys of the request's path stay as they are.
pub fn endpoint_bounds_what_passes_it(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    favour(bench.choices, &mut before);
    if !before.present(PolicyType::Vpce) {
        before.endpoint_kind = if bench.chance(70) { EndpointKind::Interface } else { EndpointKind::Gateway };
        ensure(bench.choices, &mut before, PolicyType::Vpce);
    }
    let answer = bench.decide(&before)?;
    if let (Decision::Allow, Ok(record)) = (answer.decision, answer.record()) {
        let allows = consulted(record, PolicyType::Vpce)
            && report(record, PolicyType::Vpce).result == Some(Decision::Allow);
        check(allows, "what passes an endpoint, its policy allows", &before, &answer)?;
    }
    let mut without = before.clone();
    without.remove(PolicyType::Vpce);
    bench.widens(&before, &without, "without the endpoint the decision is at most as restrictive")?;
    let mut silent = before;
    silent
        .retain(|place, statement| place.policy_type != PolicyType::Vpce || statement.effect == Effect::Deny);
    bench.claim(&silent, "an endpoint policy without Allow lets nothing through", |answer| {
        answer.decision != Decision::Allow
    })
}
