//! Same account and cross account: chapter 08, part E. The subset invariants are in [`super::delegation`].

use assize_model::{
    Account, Decision, Effect, Entity, IdentitySource, Issuer, PolicyType, Principal, PrincipalElement,
    PrincipalKey, Request, Resource, ResourceKind, User, Verdict,
};

use super::bench::{Bench, Outcome, Stop, broken_verdicts, needs};
use super::making::{NOBODY, depends_on_principal, favour, some_principal};
use super::requester::{by, for_action, on};
use super::situation::{Sheet, Situation, named};

const ALLOWED: &str = "the request is allowed";

/// The request, or the precondition that it can be made.
fn possible(request: Option<Request>) -> Result<Request, Stop> {
    request.ok_or(Stop::NotApplicable("the transformed request can be made"))
}

/// INV-049: in the same account, on an ordinary resource, a user without boundary, guardrails and Deny is allowed exactly if its
/// identity policies alone or the resource-based policy alone allow it.
pub fn same_account_is_a_union(bench: &mut Bench<'_>) -> Outcome {
    let mut both = bench.start();
    let user = matches!(both.request.principal(), Principal::User(_));
    needs(user && both.same_account(), "the requester is a user of the resource's account")?;
    needs(both.kind() == ResourceKind::Ordinary, "the resource is ordinary")?;
    for limit in [PolicyType::Boundary, PolicyType::Scp, PolicyType::Rcp, PolicyType::Vpce] {
        both.remove(limit);
    }
    both.retain(|_, statement| statement.effect == Effect::Allow);
    let mut identity = both.clone();
    identity.remove(PolicyType::Resource);
    needs(identity.kind() == ResourceKind::Ordinary, "the resource is ordinary")?;
    let mut resource = both.clone();
    resource.remove(PolicyType::Identity);
    let (by_identity, by_resource) = (bench.decide(&identity)?, bench.decide(&resource)?);
    let either = by_identity.decision == Decision::Allow || by_resource.decision == Decision::Allow;
    bench.claim(&both, "in the same account either side suffices, and one is needed", |answer| {
        (answer.decision == Decision::Allow) == either
    })
}

/// INV-050: in the same account, on an ordinary resource, a grant to the own account changes nothing.
///
/// Fails when: the resource is a role or KMS key (there it enables identity policies); the requester is root; the request is
/// cross-account.
pub fn grant_to_the_own_account_is_void(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(before.same_account(), "the resource is of the requester's account")?;
    needs(!matches!(before.request.principal(), Principal::Root(_)), "the requester is not root")?;
    before.make_present(PolicyType::Resource);
    needs(before.kind() == ResourceKind::Ordinary, "the resource is ordinary")?;
    let account = before.request.principal().account().map(|account| account.id.clone()).unwrap_or_default();
    let mut after = before.clone();
    let mut grant = before.everything(PolicyType::Resource, Effect::Allow);
    grant.principal = Some(named(PrincipalKey::Aws, account));
    after.add(PolicyType::Resource, 0, grant);
    bench.same(&before, &after, "a grant to the own account changes nothing on an ordinary resource")
}

/// INV-051: with all else equal, what is allowed on a role trust is allowed on a KMS key, and what is allowed there is allowed on an
/// ordinary resource.
///
/// Needs: the requester is not a federated caller.
pub fn special_resources_are_stricter(bench: &mut Bench<'_>) -> Outcome {
    let mut base = bench.start();
    let principal = base.request.principal();
    needs(!matches!(principal, Principal::FederatedCaller(_)), "the requester is not a federated caller")?;
    let partition = principal.account().map_or("aws", |account| account.partition.as_str());
    let owner = base.owner().unwrap_or(NOBODY).to_owned();
    // A resource of no known service: its kind is that of the policy which is supplied for it.
    let arn = format!("arn:{partition}:assize:::thing");
    let request = for_action(&base.request, "sts:AssumeRole").and_then(|request| on(&request, &arn, &owner));
    base.request = possible(request)?;
    base.remove(PolicyType::Resource);
    favour(bench.choices, &mut base);
    base.remove(PolicyType::Resource);
    base.resource_kind = ResourceKind::RoleTrust;
    let statements = (0..1 + bench.pick(2))
        .map(|_| {
            let mut allow = base.everything(PolicyType::Resource, Effect::Allow);
            allow.action.entries = vec!["sts:AssumeRole".to_owned()];
            allow.resource = None;
            allow.principal = Some(some_principal(bench.choices, &base));
            allow
        })
        .collect();
    base.set(PolicyType::Resource, vec![vec![Sheet::new("resource", statements)]]);
    let of = |kind: ResourceKind| {
        let mut situation = base.clone();
        situation.resource_kind = kind;
        situation
    };
    let claim = "what is allowed on a role is allowed on a key, and there on an ordinary resource";
    bench.widens(&of(ResourceKind::RoleTrust), &of(ResourceKind::KmsKey), claim)?;
    bench.widens(&of(ResourceKind::KmsKey), &of(ResourceKind::Ordinary), claim)
}

/// INV-052: in the same account, naming the session instead of its role in an Allow makes the decision at most as restrictive, naming
/// the account at least; across accounts all three are the same.
///
/// Fails when: other sessions of the role are considered.
pub fn class_strength_is_monotone(bench: &mut Bench<'_>) -> Outcome {
    let mut base = bench.start();
    needs(base.consults_resource_policy(), "the resource has a policy")?;
    let (own, entity) = match base.request.principal() {
        Principal::RoleSession(session) => (session.arn().to_owned(), session.role_arn().to_owned()),
        Principal::FederatedUser(session) => match session.issuer_arn() {
            Some(issuer) => (session.arn().to_owned(), issuer.to_owned()),
            None => return needs(false, "a user issued the session"),
        },
        _ => return needs(false, "the requester is a session of an entity"),
    };
    let account = base.request.principal().account().map(|account| account.id.clone()).unwrap_or_default();
    favour(bench.choices, &mut base);
    base.make_present(PolicyType::Resource);
    // What else the policy grants to the requester would hide the class.
    if bench.chance(70) {
        base.retain(|place, statement| {
            place.policy_type != PolicyType::Resource || statement.effect == Effect::Deny
        });
        base.acl.clear();
    }
    let allow = base.own_action(PolicyType::Resource, Effect::Allow);
    let place = base.add(PolicyType::Resource, 0, allow);
    let naming = |value: &str| {
        let mut situation = base.clone();
        situation.edit(place, |statement| statement.principal = Some(named(PrincipalKey::Aws, value)));
        situation
    };
    let (direct, by_entity, by_account) = (naming(&own), naming(&entity), naming(&account));
    if base.cross_account() {
        bench.same(&by_entity, &direct, "across accounts every class of grant is the same")?;
        bench.same(&by_entity, &by_account, "across accounts every class of grant is the same")
    } else {
        bench.widens(
            &by_entity,
            &direct,
            "a grant to the session is at least as strong as one to its entity",
        )?;
        bench.narrows(
            &by_entity,
            &by_account,
            "a grant to the account is at most as strong as one to the entity",
        )
    }
}

/// INV-053: what is allowed across accounts, neither side alone allows.
///
/// Fails when: identity side, for root and for federated sessions that root issued.
pub fn across_accounts_both_sides_are_needed(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(before.cross_account(), "the resource is another account's")?;
    favour(bench.choices, &mut before);
    needs(bench.decide(&before)?.decision == Decision::Allow, ALLOWED)?;
    let without = |policy_type: PolicyType| {
        let mut after = before.clone();
        after.retain(|place, statement| place.policy_type != policy_type || statement.effect == Effect::Deny);
        if policy_type == PolicyType::Resource {
            after.acl.clear();
        }
        after
    };
    let denied = |after: Situation| {
        bench.compare(&before, &after, "across accounts one side alone does not allow", |_, second| {
            second.decision == Decision::ImplicitDeny
        })
    };
    denied(without(PolicyType::Resource))?;
    if before.full_access() { Ok(()) } else { denied(without(PolicyType::Identity)) }
}

/// INV-054: what is allowed across accounts is allowed if the resource is of the requester's own account.
///
/// Needs: the ARN carries no account; an access control list, which gives the owner's principals nothing, only beside an ordinary
/// resource.
/// Fails when: policies test keys that depend on the owner: here they keep their values.
pub fn proximity_never_restricts(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(before.cross_account(), "the resource is another account's")?;
    let Resource::Arn(arn) = before.request.resource() else {
        return needs(false, "the action has a resource");
    };
    let arn = arn.as_str().to_owned();
    needs(arn.split(':').nth(4).is_some_and(str::is_empty), "the ARN carries no account")?;
    needs(before.acl.is_empty() || before.kind() == ResourceKind::Ordinary, "the resource is ordinary")?;
    favour(bench.choices, &mut before);
    needs(bench.decide(&before)?.decision == Decision::Allow, ALLOWED)?;
    let account = before.request.principal().account().map(|account| account.id.clone()).unwrap_or_default();
    let mut after = before.clone();
    after.request = possible(on(&before.request, &arn, &account))?;
    bench.widens(&before, &after, "what is allowed across accounts is allowed in the own account")
}

/// INV-057: a Deny that names account X in the resource-based policy denies every requester of X, and leaves all others as they are.
///
/// Fails when: EVAL-033, for root of the owner.
pub fn account_denial_cascades(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    needs(before.consults_resource_policy(), "the resource has a policy")?;
    needs(!before.lockout_exempt(), "EVAL-033 sets no Deny aside")?;
    before.make_present(PolicyType::Resource);
    let own = before.request.principal().account().map(|account| account.id.clone());
    let account = match &own {
        Some(own) if bench.chance(60) => own.clone(),
        _ => (*bench.choices.one_of(&["111111111111", "222222222222", NOBODY])).to_owned(),
    };
    let mut after = before.clone();
    let mut deny = before.everything(PolicyType::Resource, Effect::Deny);
    deny.principal = Some(named(PrincipalKey::Aws, account.as_str()));
    after.add(PolicyType::Resource, 0, deny);
    if own.as_deref() == Some(account.as_str()) {
        bench.claim(&after, "a Deny that names the account reaches all of its requesters", |answer| {
            answer.decision == Decision::ExplicitDeny
        })
    } else {
        bench.same(&before, &after, "a Deny that names an account reaches nobody else")
    }
}

/// INV-058: what an anonymous caller is allowed, a user of the owner's account is allowed.
///
/// Needs: no Deny, no statement that depends on the requester, no SCP; the grant comes from a policy.
/// Fails when: the grant is one of an access control list; the user is of another account.
pub fn what_is_public_is_open_to_the_owners_users(bench: &mut Bench<'_>) -> Outcome {
    let mut public = bench.start();
    needs(public.consults_resource_policy(), "the resource has a policy")?;
    let Resource::Arn(arn) = public.request.resource() else {
        return needs(false, "the action has a resource");
    };
    let (partition, owner) = (arn.partition().to_owned(), arn.owner().to_owned());
    for own in [PolicyType::Identity, PolicyType::Boundary, PolicyType::Session, PolicyType::Scp] {
        public.remove(own);
    }
    public.acl.clear();
    public.retain(|_, statement| statement.effect == Effect::Allow && !depends_on_principal(statement));
    public.request = possible(by(&public.request, Principal::Anonymous))?;
    if bench.chance(70) {
        public.make_present(PolicyType::Resource);
        let everyone = public.own_action(PolicyType::Resource, Effect::Allow);
        public.add(PolicyType::Resource, 0, everyone);
    }
    needs(bench.decide(&public)?.decision == Decision::Allow, "an anonymous caller is allowed")?;
    let mut signed = public.clone();
    signed.request = possible(owners_user(partition, owner).and_then(|user| by(&public.request, user)))?;
    bench.widens(&public, &signed, "what is public is open to the users of the owner's account")
}

fn owners_user(partition: String, owner: String) -> Option<Principal> {
    let entity = Entity::new("/", "assize-user", "AIDAASSIZEORACLEUSER1").ok()?;
    Some(Principal::User(User::new(Account::new(partition, owner).ok()?, entity, None)))
}

/// INV-060: for services, federated callers and anonymous callers the decision is a function of resource-based policy, access control
/// list, RCPs and endpoint policy alone: any other policy is an input error, or changes nothing.
pub fn identity_policies_do_not_reach_resource_only_requesters(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    needs(before.request.principal().account().is_none(), "the requester has no account")?;
    let first = bench.decide(&before)?;
    let types = [PolicyType::Identity, PolicyType::Boundary, PolicyType::Session, PolicyType::Scp];
    let policy_type = *bench.choices.one_of(&types);
    let effect = if bench.chance(50) { Effect::Allow } else { Effect::Deny };
    let mut after = before.clone();
    let everything = before.everything(policy_type, effect);
    after.set_one(policy_type, vec![everything]);
    for sheet in after.levels_mut(PolicyType::Identity).iter_mut().flatten() {
        sheet.source = Some(IdentitySource::User);
    }
    if policy_type != PolicyType::Identity {
        after.remove(PolicyType::Identity);
    }
    let second = bench.verdict(&after)?;
    let unmoved = match &second {
        Verdict::InputError(_) | Verdict::Unsupported(_) => true,
        answered => answered.decision() == Some(first.decision),
    };
    if unmoved {
        return Ok(());
    }
    let claim = "policies of the identity side do not reach a requester without account";
    Err(broken_verdicts(claim, (&before, first.verdict().clone()), Some((&after, second))))
}

/// INV-069: naming a user and its account in NotPrincipal, and naming everyone but the user's ARN in a condition, are equivalent.
///
/// Needs: the requester is not root of the account (exempt only in the first), and has no boundary (PRIN-044).
/// Fails when: the list names a role, whose ARN exempts all its sessions in the condition only.
pub fn not_principal_equals_a_condition_on_the_arn(bench: &mut Bench<'_>) -> Outcome {
    let mut base = bench.start();
    needs(base.consults_resource_policy(), "the resource has a policy")?;
    base.remove(PolicyType::Boundary);
    base.make_present(PolicyType::Resource);
    needs(base.kind() != ResourceKind::RoleTrust, "the resource is not a role")?;
    needs(base.grammar(PolicyType::Resource) != PolicyType::Trust, "the policy takes NotPrincipal")?;
    let (user, account) = match (base.request.principal(), base.request.principal().account()) {
        (Principal::User(user), _) if bench.choices.chance(60) => {
            (user.arn().to_owned(), user.account().id.clone())
        }
        (Principal::FederatedUser(session), _)
            if matches!(session.issuer(), Issuer::User(_)) && bench.choices.chance(60) =>
        {
            (session.issuer_arn().unwrap_or_default().to_owned(), session.account().id.clone())
        }
        (_, Some(account)) => {
            (format!("arn:{}:iam::{}:user/assize-user", account.partition, account.id), account.id.clone())
        }
        _ => (format!("arn:aws:iam::{NOBODY}:user/assize-user"), NOBODY.to_owned()),
    };
    needs(
        !matches!(base.request.principal(), Principal::Root(root) if root.account().id == account),
        "the requester is not root of the account",
    )?;
    let (mut listed, mut conditioned) = (base.clone(), base.clone());
    let mut by_list = base.own_action(PolicyType::Resource, Effect::Deny);
    let mut by_condition = by_list.clone();
    let mut element = named(PrincipalKey::Aws, user.as_str());
    super::making::add_value(&mut element, PrincipalKey::Aws, account);
    by_list.principal = Some(PrincipalElement { negated: true, ..element });
    let differs = super::making::test(assize_model::BaseOperator::ArnNotEquals, "aws:PrincipalArn", &[&user]);
    by_condition.condition = vec![differs];
    listed.add(PolicyType::Resource, 0, by_list);
    conditioned.add(PolicyType::Resource, 0, by_condition);
    bench.same_decision(
        &listed,
        &conditioned,
        "NotPrincipal of a user and its account equals a condition on aws:PrincipalArn",
    )
}
