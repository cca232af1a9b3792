//! Explanation: chapter 08, part G.

use assize_model::{
    DecidingType, Decision, Effect, Evaluation, MatchClass, PolicyType, Principal, PrincipalKey, Relation,
    ReportState, Resource, ResourceKind, StatementRef,
};
use assize_reference::presentation::{MessageOptions, message, simulation, simulator_decision};

use super::bench::{Answer, Bench, Outcome, Stop, broken, check, consulted, needs, report};
use super::making::favour;
use super::requester::on;
use super::situation::{Place, Sheet, Situation, named};

/// Whether a reference is to the statement at a place.
fn refers(situation: &Situation, statement: &StatementRef, place: &Place) -> bool {
    let levelled = matches!(place.policy_type, PolicyType::Rcp | PolicyType::Scp);
    statement.policy_type.place() == place.policy_type.place()
        && statement.policy == situation.sheet(*place).id
        && statement.statement == place.statement
        && (!levelled || statement.level == Some(place.level))
}

fn is_acl(statement: &StatementRef) -> bool {
    statement.region.is_none() && &*statement.policy == "acl"
}

/// Starts half of the time from a situation in which more is allowed.
fn favoured(bench: &mut Bench<'_>) -> Situation {
    let mut situation = bench.start();
    if bench.chance(50) {
        favour(bench.choices, &mut situation);
    }
    situation
}

/// INV-071: keeping only the determining statements leaves the decision unchanged.
///
/// Needs: policies stay present.
pub fn determining_statements_are_sufficient(bench: &mut Bench<'_>) -> Outcome {
    let before = favoured(bench);
    let answer = bench.decide(&before)?;
    let determining = &answer.record()?.determining;
    let mut after = before.clone();
    after.retain(|place, _| determining.iter().any(|statement| refers(&before, statement, place)));
    after.acl = before
        .acl
        .iter()
        .enumerate()
        .filter(|(at, _)| determining.iter().any(|statement| is_acl(statement) && statement.statement == *at))
        .map(|(_, grant)| grant.clone())
        .collect();
    bench.same_decision(&before, &after, "the determining statements alone give the same decision")
}

/// INV-072: every determining statement of an explicit denial is a Deny that applies, and without them the decision is no explicit
/// denial.
pub fn denials_are_necessary(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let answer = bench.decide(&before)?;
    needs(answer.decision == Decision::ExplicitDeny, "the decision is an explicit denial")?;
    let record = answer.record()?;
    let all = record.determining.iter().all(|s| report(record, s.policy_type).deny.contains(s));
    check(
        all && !record.determining.is_empty(),
        "an explicit denial is determined by Deny statements that apply",
        &before,
        &answer,
    )?;
    let mut after = before.clone();
    after.retain(|place, _| !record.determining.iter().any(|statement| refers(&before, statement, place)));
    bench.compare(&before, &after, "without its Deny statements it is no explicit denial", |_, second| {
        second.decision != Decision::ExplicitDeny
    })
}

/// INV-073: every determining statement of an Allow is an Allow or a grant of an access control list that applies; there is none only
/// for root in its own account on an ordinary resource, without SCP path, endpoint policy and applicable resource-based Allow.
pub fn allows_are_explained(bench: &mut Bench<'_>) -> Outcome {
    let before = favoured(bench);
    let answer = bench.decide(&before)?;
    needs(answer.decision == Decision::Allow, "the request is allowed")?;
    let record = answer.record()?;
    let all = record.determining.iter().all(|s| report(record, s.policy_type).allow.contains(s));
    check(all, "an Allow is determined by Allow statements that apply", &before, &answer)?;
    let root = matches!(before.request.principal(), Principal::Root(_));
    let bare = root
        && record.relation == Relation::SameAccount
        && before.kind() == ResourceKind::Ordinary
        && report(record, PolicyType::Scp).levels.is_empty()
        && !consulted(record, PolicyType::Vpce)
        && report(record, PolicyType::Resource).allow.is_empty();
    check(
        bare || !record.determining.is_empty(),
        "only root in its own account is allowed without a statement",
        &before,
        &answer,
    )
}

/// INV-074: an implicit denial has no determining statement, and its deciding type no Allow that would satisfy its step of EVAL-010.
pub fn implicit_denials_are_explained(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let answer = bench.decide(&before)?;
    needs(answer.decision == Decision::ImplicitDeny, "the decision is an implicit denial")?;
    let record = answer.record()?;
    let lacking = match answer.lacking() {
        None => false,
        Some(policy_type) => {
            let report = report(record, policy_type);
            match policy_type {
                PolicyType::Rcp => false,
                PolicyType::Scp => report.levels.iter().any(|result| *result != Decision::Allow),
                PolicyType::Vpce | PolicyType::Boundary => {
                    report.state == ReportState::Evaluated && report.allow.is_empty()
                }
                PolicyType::Identity => report.allow.is_empty() && !before.full_access(),
                PolicyType::Session => report.allow.is_empty(),
                PolicyType::Resource | PolicyType::Trust if record.relation == Relation::ResourceOnly => {
                    report.class != Some(MatchClass::Direct)
                }
                PolicyType::Resource | PolicyType::Trust => report.allow.is_empty(),
            }
        }
    };
    check(
        lacking && record.determining.is_empty(),
        "an implicit denial names a type that lacks an Allow, and no statement",
        &before,
        &answer,
    )
}

/// INV-075: adding a matching Allow to the deciding type of an implicit denial gives Allow, or an implicit denial of a strictly later
/// type.
///
/// Needs: the deciding type is a policy type that is consulted if present.
/// Fails when: the type is credential, service or partition.
pub fn repair_makes_progress(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let mut answer = bench.decide(&before)?;
    needs(answer.decision == Decision::ImplicitDeny, "the decision is an implicit denial")?;
    for _ in 0..6 {
        let Some(lacking) = answer.lacking() else { return needs(false, "the deciding type is known") };
        let is_resource = lacking.place() == PolicyType::Resource.place();
        needs(!is_resource || before.consults_resource_policy(), "the resource has a policy")?;
        let mut after = before.clone();
        repair(&mut after, lacking)?;
        let next = bench.decide(&after)?;
        let later = match next.lacking() {
            Some(next) => order(&before, next) > order(&before, lacking),
            None => false,
        };
        if next.decision != Decision::Allow && !later {
            let claim = "adding what lacks gives Allow or an implicit denial of a later type";
            return Err(broken(claim, (&before, &answer), Some((&after, &next))));
        }
        if next.decision == Decision::Allow {
            return Ok(());
        }
        (before, answer) = (after, next);
    }
    Err(broken("six repairs are enough", (&before, &answer), None))
}

/// Adds an Allow that matches the request to a type.
fn repair(situation: &mut Situation, lacking: PolicyType) -> Outcome {
    let slot = if lacking == PolicyType::Trust { PolicyType::Resource } else { lacking };
    let mut allow = situation.everything(slot, Effect::Allow);
    if slot == PolicyType::Resource {
        let account = situation.request.principal().account().map(|account| account.id.as_str());
        allow.principal = Some(named(PrincipalKey::Aws, account.unwrap_or("*")));
    }
    if slot == PolicyType::Session {
        needs(situation.levels(slot).iter().flatten().count() < 11, "the quota of session policies is kept")?;
    }
    if situation.present(slot) {
        situation.add_everywhere(slot, &allow);
    } else {
        let id = situation.fresh_id(slot);
        situation.set(slot, vec![vec![Sheet::new(id, vec![allow])]]);
    }
    Ok(())
}

/// The place of a type in the order in which implicit denials are found.
fn order(situation: &Situation, policy_type: PolicyType) -> Option<usize> {
    let cross = [PolicyType::Identity, PolicyType::Boundary, PolicyType::Session, PolicyType::Resource];
    let otherwise = [PolicyType::Resource, PolicyType::Identity, PolicyType::Boundary, PolicyType::Session];
    let then = if situation.cross_account() { cross } else { otherwise };
    let mut all = [PolicyType::Scp, PolicyType::Vpce].into_iter().chain(then);
    all.position(|known| known.place() == policy_type.place())
}

/// INV-076: decision and deciding type can be computed from the reports, the relation, the kinds of resource and principal, and for a
/// federated session who issued it.
pub fn reports_are_complete(bench: &mut Bench<'_>) -> Outcome {
    let before = favoured(bench);
    let answer = bench.decide(&before)?;
    let record = answer.record()?;
    let recomputed = recompute(&before, record);
    check(
        recomputed == (record.decision, record.deciding),
        "the decision can be recomputed from the reports",
        &before,
        &answer,
    )
}

/// EVAL-010 from step 3 on, over reports.
pub fn recompute(situation: &Situation, record: &Evaluation) -> (Decision, Option<DecidingType>) {
    let lacks = |policy_type| (Decision::ImplicitDeny, Some(DecidingType::Policy(policy_type)));
    if let Some(denying) = record.by_type.iter().find(|report| report.result == Some(Decision::ExplicitDeny))
    {
        return (Decision::ExplicitDeny, Some(DecidingType::Policy(denying.policy_type)));
    }
    for gate in [PolicyType::Scp, PolicyType::Vpce] {
        if report(record, gate).result == Some(Decision::ImplicitDeny) {
            return lacks(gate);
        }
    }
    let resource = report(record, PolicyType::Resource);
    let class = resource.class;
    if record.relation == Relation::ResourceOnly {
        let direct = class == Some(MatchClass::Direct);
        return if direct { (Decision::Allow, None) } else { lacks(resource.policy_type) };
    }
    let allows = |policy_type| report(record, policy_type).result.map(|result| result == Decision::Allow);
    let identity = situation.full_access() || allows(PolicyType::Identity) == Some(true);
    let boundary = allows(PolicyType::Boundary) != Some(false);
    let federated = matches!(situation.request.principal(), Principal::FederatedUser(_));
    let session = allows(PolicyType::Session).unwrap_or(!federated);
    let limited = boundary && session;
    if record.relation == Relation::CrossAccount {
        return match () {
            () if !identity => lacks(PolicyType::Identity),
            () if !boundary => lacks(PolicyType::Boundary),
            () if !session => lacks(PolicyType::Session),
            () if class.is_none() => lacks(resource.policy_type),
            () => (Decision::Allow, None),
        };
    }
    let kind = situation.kind();
    let trust = kind == ResourceKind::RoleTrust;
    let allowed = match class {
        Some(MatchClass::Direct) => !trust || limited,
        Some(MatchClass::Entity) => limited,
        Some(MatchClass::Account) => identity && limited,
        None => identity && limited && kind == ResourceKind::Ordinary,
    };
    let granted = matches!(class, Some(MatchClass::Direct | MatchClass::Entity));
    match () {
        () if allowed => (Decision::Allow, None),
        () if kind != ResourceKind::Ordinary && class.is_none() => lacks(resource.policy_type),
        () if !identity && !granted => lacks(PolicyType::Identity),
        () if !boundary => lacks(PolicyType::Boundary),
        () => lacks(PolicyType::Session),
    }
}

/// INV-077: the message of a denial names the deciding type, and says "explicit deny" exactly if the decision is one.
pub fn messages_agree_with_the_record(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let answer = bench.decide(&before)?;
    let record = answer.record()?;
    let text = message(&before.request, record, MessageOptions::default());
    check(message_agrees(text.as_deref(), record), "the message agrees with the record", &before, &answer)
}

/// Whether a message says what a record says (EVAL-070, EVAL-071).
pub fn message_agrees(message: Option<&str>, record: &Evaluation) -> bool {
    let phrase = |policy_type| match policy_type {
        PolicyType::Rcp => "resource control policy",
        PolicyType::Scp => "service control policy",
        PolicyType::Vpce => "VPC endpoint policy",
        PolicyType::Resource => "resource-based policy",
        PolicyType::Trust => "role trust policy",
        PolicyType::Identity => "identity-based policy",
        PolicyType::Boundary => "permissions boundary",
        PolicyType::Session => "session policy",
    };
    match (message, record.decision, record.deciding) {
        (None, Decision::Allow, _) => true,
        (Some(text), Decision::ExplicitDeny | Decision::ImplicitDeny, deciding) => {
            let explicit = record.decision == Decision::ExplicitDeny;
            let named = match deciding {
                Some(DecidingType::Policy(policy_type)) => text.contains(phrase(policy_type)),
                _ => true,
            };
            named && text.contains("explicit deny") == explicit
        }
        _ => false,
    }
}

/// INV-078: of several resources the simulator's decision is the most restrictive, its statements are determining ones, and its details
/// follow the record.
pub fn simulator_view_agrees(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let mut situations = vec![before.clone()];
    if let Resource::Arn(arn) = before.request.resource() {
        for tail in ["x", "/assize"].into_iter().take(bench.pick(3)) {
            let request = on(&before.request, &format!("{}{tail}", arn.as_str()), arn.owner());
            situations.extend(request.map(|request| before.asked(request)));
        }
    }
    let answers =
        situations.iter().map(|asked| bench.decide(asked)).collect::<Result<Vec<Answer>, Stop>>()?;
    let records = answers.iter().map(|answer| answer.record().cloned()).collect::<Result<Vec<_>, Stop>>()?;
    let requests: Vec<_> = situations.iter().map(|asked| asked.request.clone()).collect();
    let view = simulation(&before.policies(), &requests, &records);
    let top = records.iter().map(|record| record.decision).max();
    let word = match top {
        Some(Decision::Allow) => "allowed",
        Some(Decision::ExplicitDeny) => "explicitDeny",
        _ => "implicitDeny",
    };
    let each = view.results.iter().zip(&records).all(|(result, record)| {
        result.decision == record.decision
            && result.missing_context_values == record.missing_context_keys
            && result.matched_statements.len() == record.determining.len()
    });
    let organizations = records.iter().any(|record| consulted(record, PolicyType::Scp));
    let boundary = records.iter().any(|record| consulted(record, PolicyType::Boundary));
    let agrees = Some(view.decision) == top
        && simulator_decision(view.decision) == word
        && each
        && view.allowed_by_organizations.is_some() == organizations
        && view.allowed_by_permissions_boundary.is_some() == boundary
        && (view.decision != Decision::ImplicitDeny || view.matched_statements.is_empty());
    check(agrees, "the simulator's view follows the records", &before, &answers[0])
}
