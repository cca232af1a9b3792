//! Deny and Allow: chapter 08, part C.

use assize_model::{Decision, Effect, PolicyType, Principal, ResourceKind};

use super::bench::{Bench, Outcome, Stop, check, consulted, needs};
use super::making::{ensure, some_statement, some_type};
use super::situation::{Place, Situation};

const ALLOWED_TYPES: &str = "a type can be present";

/// A situation in which some type that the requester can have is present, and that type.
fn with_type(
    bench: &mut Bench<'_>,
    wanted: impl Fn(PolicyType) -> bool,
) -> Result<(Situation, PolicyType), Stop> {
    let mut situation = bench.start();
    let policy_type = some_type(bench.choices, |known| situation.can_have(known) && wanted(known))
        .ok_or(Stop::NotApplicable(ALLOWED_TYPES))?;
    ensure(bench.choices, &mut situation, policy_type);
    Ok((situation, policy_type))
}

/// Adds a statement to some level of a present type.
fn add_some(
    bench: &mut Bench<'_>,
    situation: &mut Situation,
    policy_type: PolicyType,
    effect: Effect,
) -> Place {
    let statement = some_statement(bench.choices, situation, policy_type, effect);
    let level = bench.pick(situation.levels(policy_type).len().max(1));
    situation.add(policy_type, level, statement)
}

/// A situation with a statement of this effect, and where it stands: one that is there, or one that is added.
fn with_statement(bench: &mut Bench<'_>, effect: Effect) -> Result<(Situation, Place), Stop> {
    let situation = bench.start();
    let known = situation.places_where(|_, statement| statement.effect == effect);
    if !known.is_empty() && bench.chance(60) {
        let place = *bench.choose(&known, "a statement")?;
        return Ok((situation, place));
    }
    let (mut situation, policy_type) =
        with_type(bench, |known| effect == Effect::Deny || known != PolicyType::Rcp)?;
    let place = add_some(bench, &mut situation, policy_type, effect);
    Ok((situation, place))
}

/// INV-025: for every type T, adding a Deny to T makes the decision at least as restrictive.
///
/// Needs: T is present, for a path of levels at any level.
/// Fails when: never. EVAL-033 leaves the decision as it is, which is still at least as restrictive.
pub fn deny_takes_precedence(bench: &mut Bench<'_>) -> Outcome {
    let (before, policy_type) = with_type(bench, |_| true)?;
    // A path without levels denies nothing, and a first level may allow nothing.
    needs(!before.levels(policy_type).is_empty(), "the path has a level")?;
    let mut after = before.clone();
    add_some(bench, &mut after, policy_type, Effect::Deny);
    bench.narrows(&before, &after, "adding a Deny makes the decision at least as restrictive")
}

/// INV-026: removing a Deny makes the decision at most as restrictive.
///
/// Needs: the policy stays present. Fails when: never.
pub fn removing_a_deny_never_restricts(bench: &mut Bench<'_>) -> Outcome {
    let (before, place) = with_statement(bench, Effect::Deny)?;
    let mut after = before.clone();
    after.delete(place);
    bench.widens(&before, &after, "removing a Deny makes the decision at most as restrictive")
}

/// INV-027: adding an Allow to a present type makes the decision at most as restrictive.
///
/// Needs: the type is present; legality (no Allow in an RCP).
/// Fails when: the type was absent and becomes present by the addition.
pub fn adding_an_allow_never_restricts(bench: &mut Bench<'_>) -> Outcome {
    let (before, policy_type) = with_type(bench, |known| known != PolicyType::Rcp)?;
    needs(!before.levels(policy_type).is_empty(), "the path has a level")?;
    let mut after = before.clone();
    add_some(bench, &mut after, policy_type, Effect::Allow);
    bench.widens(
        &before,
        &after,
        "adding an Allow to a present type makes the decision at most as restrictive",
    )
}

/// INV-028: removing an Allow makes the decision at least as restrictive.
///
/// Needs: the policy stays present. Fails when: removal deletes the last policy of a limiting type.
pub fn removing_an_allow_never_permits(bench: &mut Bench<'_>) -> Outcome {
    let (before, place) = with_statement(bench, Effect::Allow)?;
    let mut after = before.clone();
    after.delete(place);
    bench.narrows(&before, &after, "removing an Allow makes the decision at least as restrictive")
}

/// INV-029: an explicit denial stays one under addition or removal of any Allow anywhere.
///
/// Needs: the decision is an explicit denial. Fails when: never.
pub fn allow_cannot_cancel_deny(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    if bench.decide(&before)?.decision != Decision::ExplicitDeny {
        let (mut denied, policy_type) = with_type(bench, |_| true)?;
        let level = bench.pick(denied.levels(policy_type).len().max(1));
        let deny = denied.everything(policy_type, Effect::Deny);
        denied.add(policy_type, level, deny);
        before = denied;
    }
    needs(bench.decide(&before)?.decision == Decision::ExplicitDeny, "the decision is an explicit denial")?;
    let mut after = before.clone();
    let allows = after.places_where(|_, statement| statement.effect == Effect::Allow);
    if !allows.is_empty() && bench.chance(40) {
        let place = *bench.choose(&allows, "an Allow")?;
        after.delete(place);
    } else {
        let policy_type = some_type(bench.choices, |known| known != PolicyType::Rcp && after.can_have(known))
            .ok_or(Stop::NotApplicable(ALLOWED_TYPES))?;
        ensure(bench.choices, &mut after, policy_type);
        let everything = after.everything(policy_type, Effect::Allow);
        after.add_everywhere(policy_type, &everything);
    }
    bench.claim(&after, "an explicit denial stays one whatever Allow is added or removed", |answer| {
        answer.decision == Decision::ExplicitDeny
    })
}

/// INV-030: a decision is an explicit denial exactly if some Deny of a consulted type applies.
///
/// That a Deny applies is read from the record, if there is one; without any Deny no decision is an explicit denial.
/// Fails when: EVAL-033, where the record leaves the Deny statements out.
pub fn only_a_deny_makes_explicit(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let answer = bench.decide(&before)?;
    if let Ok(record) = answer.record() {
        let applies = record.by_type.iter().any(|report| !report.deny.is_empty());
        check(
            applies == (answer.decision == Decision::ExplicitDeny),
            "the decision is an explicit denial exactly if a Deny applies",
            &before,
            &answer,
        )?;
    }
    let mut after = before;
    after.retain(|_, statement| statement.effect == Effect::Allow);
    bench.claim(&after, "without a Deny that applies no decision is an explicit denial", |answer| {
        answer.decision != Decision::ExplicitDeny
    })
}

/// INV-031: changing an Allow to Deny makes the decision at least as restrictive, changing a Deny to Allow at most.
///
/// Needs: legality: an RCP holds no Allow, and a statement with NotPrincipal cannot become one.
pub fn flipping_an_effect_is_monotone(bench: &mut Bench<'_>) -> Outcome {
    let effect = if bench.chance(50) { Effect::Allow } else { Effect::Deny };
    let (before, place) = with_statement(bench, effect)?;
    let statement = before.statement(place);
    let negated = statement.principal.as_ref().is_some_and(|principal| principal.negated);
    let mut after = before.clone();
    match statement.effect {
        Effect::Allow => {
            after.edit(place, |statement| statement.effect = Effect::Deny);
            bench.narrows(
                &before,
                &after,
                "changing an Allow to Deny makes the decision at least as restrictive",
            )
        }
        Effect::Deny => {
            needs(place.policy_type != PolicyType::Rcp, "the type takes Allow statements")?;
            needs(!negated, "the statement has no NotPrincipal")?;
            after.edit(place, |statement| statement.effect = Effect::Allow);
            bench.widens(
                &before,
                &after,
                "changing a Deny to Allow makes the decision at most as restrictive",
            )
        }
    }
}

/// INV-032: adding a Deny of everything, for everyone, to a consulted type gives an explicit denial.
///
/// Needs: the type is consulted, by the evaluator's record.
/// Fails when: the type is not consulted for this requester or action; EVAL-033.
pub fn universal_deny_denies(bench: &mut Bench<'_>) -> Outcome {
    let (before, policy_type) = with_type(bench, |_| true)?;
    let mut after = before.clone();
    let level = bench.pick(after.levels(policy_type).len().max(1));
    let everything = after.everything(policy_type, Effect::Deny);
    after.add(policy_type, level, everything);
    let answer = bench.decide(&after)?;
    needs(consulted(answer.record()?, policy_type), "the type is consulted")?;
    needs(policy_type != PolicyType::Resource || !after.lockout_exempt(), "EVAL-033 sets no Deny aside")?;
    check(
        answer.decision == Decision::ExplicitDeny,
        "a Deny of everything in a consulted type gives an explicit denial",
        &after,
        &answer,
    )
}

/// INV-033: without any policy the decision is an implicit denial, except for root in its own account on an ordinary resource.
pub fn nothing_is_allowed_by_default(bench: &mut Bench<'_>) -> Outcome {
    let mut empty = bench.start();
    for policy_type in PolicyType::REPORTED {
        empty.remove(policy_type);
    }
    empty.acl.clear();
    let root = matches!(empty.request.principal(), Principal::Root(_));
    let allowed = root && empty.same_account() && empty.kind() == ResourceKind::Ordinary;
    let expected = if allowed { Decision::Allow } else { Decision::ImplicitDeny };
    bench.claim(&empty, "without policies only root in its own account is allowed", |answer| {
        answer.decision == expected
    })
}

/// INV-034: an absent identity or resource-based policy and an empty one are the same on an ordinary resource; an empty SCP level,
/// endpoint policy, boundary or session policy is not an absent one: what it gates is not allowed.
///
/// A boundary and session policies do not gate grants to the requester itself in its own account: there they are left out.
pub fn absent_and_empty_differ_only_for_limits(bench: &mut Bench<'_>) -> Outcome {
    let mut absent = bench.start();
    let policy_type = some_type(bench.choices, |known| known != PolicyType::Rcp && absent.can_have(known))
        .ok_or(Stop::NotApplicable(ALLOWED_TYPES))?;
    if policy_type == PolicyType::Resource {
        absent.acl.clear();
    }
    absent.remove(policy_type);
    let mut empty = absent.clone();
    empty.make_present(policy_type);
    if matches!(policy_type, PolicyType::Identity | PolicyType::Resource) {
        needs(absent.kind() == ResourceKind::Ordinary, "the resource is ordinary")?;
        needs(empty.kind() == ResourceKind::Ordinary, "the resource is ordinary")?;
        return bench.same(&absent, &empty, "an absent and an empty policy of what grants are the same");
    }
    if matches!(policy_type, PolicyType::Boundary | PolicyType::Session) {
        // Only a resource-based policy grants past these limits.
        empty.remove(PolicyType::Resource);
        empty.acl.clear();
    }
    let service_linked = matches!(
        empty.request.principal(),
        Principal::RoleSession(session) if session.service_linked()
    );
    needs(policy_type != PolicyType::Scp || !service_linked, "SCPs restrict the requester")?;
    bench.claim(&empty, "a limit that is present and empty allows nothing", |answer| {
        answer.decision != Decision::Allow
    })
}
