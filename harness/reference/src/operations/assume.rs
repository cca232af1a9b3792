//! AssumeRole, AssumeRoleWithSAML and AssumeRoleWithWebIdentity.

use assize_model::{
    ContextEntry, Evaluator, FederatedCaller, Literal, Origin, Policies, Principal, Request, RoleSession,
};

use super::Stop;
use super::authorization::{
    actions, authorize, both_sides_ruling, combine, entry, evaluate, request, ruling,
};
use super::session::{
    Caller, Role, SessionPolicies, SessionTags, Tag, TagMap, check_external_id, check_session_name,
    check_source_identity, principal_tags, role_duration,
};

/// What the caller's session hands on to a session that it starts.
#[derive(Clone, Debug, Default)]
pub struct HandedOn {
    /// Its transitive tags (DELEG-026).
    pub transitive_tags: Vec<Tag>,
    /// Its source identity (DELEG-027).
    pub source_identity: Option<String>,
}

/// The parameters of AssumeRole.
#[derive(Clone, Debug, Default)]
pub struct AssumeRole {
    /// `RoleSessionName`.
    pub session_name: String,
    /// `DurationSeconds`.
    pub duration_seconds: Option<i64>,
    /// `ExternalId`.
    pub external_id: Option<String>,
    /// Whether an MFA code was sent.
    pub mfa: bool,
    /// `SourceIdentity`.
    pub source_identity: Option<String>,
    /// `Tags` and `TransitiveTagKeys`.
    pub tags: SessionTags,
    /// `Policy` and `PolicyArns`.
    pub session_policies: SessionPolicies,
    /// WORLD-110: whether a call made with instance credentials is chaining.
    pub ec2_assume_is_chaining: bool,
}

/// A SAML assertion or web identity token.
#[derive(Clone, Debug, Default)]
pub struct Assertion {
    /// Its claims, as context keys.
    pub claims: Vec<ContextEntry>,
    /// Its session tags.
    pub tags: SessionTags,
    /// Its source identity.
    pub source_identity: Option<String>,
}

/// The session that a call gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The principal of requests signed with its credentials.
    pub principal: Principal,
    /// How long it lives.
    pub duration_seconds: i64,
    /// Whether it was made by role chaining (DELEG-022).
    pub chained: bool,
    /// Its `aws:PrincipalTag/…`.
    pub principal_tags: TagMap,
    /// What it hands on to later sessions.
    pub transitive_tags: TagMap,
    /// Its `aws:SourceIdentity`.
    pub source_identity: Option<String>,
    /// The actions that were authorized, in order.
    pub authorizations: Vec<String>,
}

/// DELEG-022: whether AssumeRole by this caller is role chaining. Calls made with instance credentials are a parameter (WORLD-110).
pub fn is_chaining(caller: &Principal, ec2_assume_is_chaining: bool) -> bool {
    match caller {
        Principal::RoleSession(session) => {
            ec2_assume_is_chaining || !matches!(session.origin(), Origin::Ec2Instance(_))
        }
        _ => false,
    }
}

/// DELEG-018: `sts:AssumeRole` always; `sts:TagSession` if tags are passed or inherited; `sts:SetSourceIdentity` if a source identity
/// is passed or inherited. All on the role under its trust policy, in one context, and all must be allowed.
///
/// # Errors
/// [`Stop::Denied`]; the reasons of the checks in [`super::session`]; `SourceIdentity` for a change in a chain (DELEG-027).
pub fn assume_role(
    evaluator: &dyn Evaluator,
    caller: &Caller,
    handed_on: &HandedOn,
    role: &Role,
    call: &AssumeRole,
) -> Result<Session, Stop> {
    let chained = is_chaining(&caller.principal, call.ec2_assume_is_chaining);
    let by_service = matches!(caller.principal, Principal::Service(_));
    let maximum = (!by_service).then_some(role.max_session_duration);
    let duration_seconds = role_duration(call.duration_seconds, maximum, chained)?;
    check_session_name(&call.session_name)?;
    call.external_id.as_deref().map_or(Ok(()), check_external_id)?;
    call.tags.check(&handed_on.transitive_tags)?;
    call.session_policies.check(evaluator, &role.account)?;
    let source_identity = source_identity(call.source_identity.as_deref(), handed_on)?;

    let mut actions = vec!["sts:AssumeRole"];
    if !call.tags.tags.is_empty() || !handed_on.transitive_tags.is_empty() {
        actions.push("sts:TagSession");
    }
    if source_identity.is_some() {
        actions.push("sts:SetSourceIdentity");
    }
    let context = call_context(caller, handed_on, role, call);
    let requests = on_role(&caller.principal, role, &actions, &context)?;
    let authorizations = authorize_assume(evaluator, &role.trusting(&caller.policies), &requests, chained)?;

    let origin = match &caller.principal {
        Principal::Service(service) => Origin::Service(Some(service.name().to_owned())),
        _ => Origin::AssumeRole,
    };
    let (account, entity) = (role.account.clone(), role.entity.clone());
    let session = RoleSession::new(account, entity, call.session_name.as_str(), origin)?;
    Ok(Session {
        principal: Principal::RoleSession(session),
        duration_seconds,
        chained,
        principal_tags: principal_tags(&role.tags, &handed_on.transitive_tags, &call.tags.tags),
        transitive_tags: call.tags.handed_on(&handed_on.transitive_tags),
        source_identity,
        authorizations,
    })
}

/// DELEG-027: the source identity of the new session. Once set it cannot change.
fn source_identity(passed: Option<&str>, handed_on: &HandedOn) -> Result<Option<String>, Stop> {
    passed.map_or(Ok(()), check_source_identity)?;
    match (passed, handed_on.source_identity.as_deref()) {
        (Some(passed), Some(inherited)) if passed != inherited => Err(Stop::Rejected("SourceIdentity")),
        (passed, inherited) => Ok(passed.or(inherited).map(str::to_owned)),
    }
}

/// The one context of DELEG-018: the caller's, the parameters', and the role's tags.
fn call_context(caller: &Caller, handed_on: &HandedOn, role: &Role, call: &AssumeRole) -> Vec<ContextEntry> {
    let mut context = caller.context.clone();
    if call.mfa {
        // DELEG-033: a code sent with the call counts whatever the caller's session says.
        let mfa =
            ContextEntry { key: "aws:MultiFactorAuthPresent".to_owned(), values: vec![Literal::bool(true)] };
        context.retain(|entry| !entry.key.eq_ignore_ascii_case(&mfa.key));
        context.push(mfa);
    }
    if let Some(inherited) = &handed_on.source_identity
        && !context.iter().any(|entry| entry.key.eq_ignore_ascii_case("aws:SourceIdentity"))
    {
        context.push(entry("aws:SourceIdentity", inherited));
    }
    context.push(entry("sts:RoleSessionName", &call.session_name));
    context.extend(call.external_id.iter().map(|id| entry("sts:ExternalId", id)));
    context.extend(call.source_identity.iter().map(|value| entry("sts:SourceIdentity", value)));
    context.extend(call.tags.context());
    context.extend(resource_tags(role, &handed_on.transitive_tags));
    context
}

/// The role's tags as `aws:ResourceTag/…` and `iam:ResourceTag/…` (CTX-095), inherited tags in place of its own (DELEG-026).
fn resource_tags(role: &Role, inherited: &[Tag]) -> Vec<ContextEntry> {
    let value = |tag: &Tag| {
        let same_key = |inherited: &&Tag| inherited.key.to_lowercase() == tag.key.to_lowercase();
        inherited.iter().find(same_key).unwrap_or(tag).value.clone()
    };
    let keys = |tag: &Tag| {
        ["aws", "iam"].map(|vendor| entry(format!("{vendor}:ResourceTag/{}", tag.key), value(tag)))
    };
    role.tags.iter().flat_map(keys).collect()
}

fn on_role(
    principal: &Principal,
    role: &Role,
    actions: &[&str],
    context: &[ContextEntry],
) -> Result<Vec<Request>, Stop> {
    let (arn, owner) = (role.arn(), role.account.id.as_str());
    actions.iter().map(|action| request(principal, action, Some((&arn, owner)), context.to_vec())).collect()
}

/// EVAL-060, with DELEG-027: in a chained call `sts:SetSourceIdentity` needs both sides even inside one account.
fn authorize_assume(
    evaluator: &dyn Evaluator,
    policies: &Policies,
    requests: &[Request],
    chained: bool,
) -> Result<Vec<String>, Stop> {
    let evaluations = evaluate(evaluator, policies, requests)?;
    let rulings: Vec<_> = requests
        .iter()
        .zip(&evaluations)
        .map(|(request, evaluation)| {
            let sets_source_identity = request.action().as_str() == "sts:SetSourceIdentity";
            if chained && sets_source_identity { both_sides_ruling(evaluation) } else { ruling(evaluation) }
        })
        .collect();
    combine(requests, &rulings)?;
    Ok(actions(requests))
}

/// The ways of federation into a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Federation {
    /// AssumeRoleWithSAML (DELEG-034).
    Saml,
    /// AssumeRoleWithWebIdentity (DELEG-035).
    WebIdentity,
}

/// The parameters of a federated call.
#[derive(Clone, Debug, Default)]
pub struct AssumeRoleFederated {
    /// The session's name: of SAML stated in the assertion, of web identity a parameter.
    pub session_name: String,
    /// `DurationSeconds`.
    pub duration_seconds: Option<i64>,
    /// `Policy` and `PolicyArns`.
    pub session_policies: SessionPolicies,
}

/// DELEG-034, DELEG-035, DELEG-064: authorized by the trust policy alone, for the provider; tags and a source identity that the
/// assertion carries are authorized beside it, in the same context.
///
/// # Errors
/// [`Stop::Denied`], and the reasons of the checks in [`super::session`].
pub fn assume_role_federated(
    evaluator: &dyn Evaluator,
    federation: Federation,
    caller: (&FederatedCaller, &Policies, &[ContextEntry]),
    assertion: &Assertion,
    role: &Role,
    call: &AssumeRoleFederated,
) -> Result<Session, Stop> {
    let (provider, policies, supplied) = caller;
    let duration_seconds = role_duration(call.duration_seconds, Some(role.max_session_duration), false)?;
    check_session_name(&call.session_name)?;
    assertion.tags.check(&[])?;
    assertion.source_identity.as_deref().map_or(Ok(()), check_source_identity)?;
    call.session_policies.check(evaluator, &role.account)?;

    let named = Some(provider.provider().to_owned());
    let (action, origin) = match federation {
        Federation::Saml => ("sts:AssumeRoleWithSAML", Origin::Saml(named)),
        Federation::WebIdentity => ("sts:AssumeRoleWithWebIdentity", Origin::WebIdentity(named)),
    };
    let mut actions = vec![action];
    if !assertion.tags.tags.is_empty() {
        actions.push("sts:TagSession");
    }
    if assertion.source_identity.is_some() {
        actions.push("sts:SetSourceIdentity");
    }
    let mut context = supplied.to_vec();
    context.extend(assertion.claims.iter().cloned());
    context.push(entry("sts:RoleSessionName", &call.session_name));
    context.extend(assertion.source_identity.iter().map(|value| entry("sts:SourceIdentity", value)));
    context.extend(assertion.tags.context());
    context.extend(resource_tags(role, &[]));
    let principal = Principal::FederatedCaller(provider.clone());
    let requests = on_role(&principal, role, &actions, &context)?;
    let authorizations = authorize(evaluator, &role.trusting(policies), &requests)?;

    let (account, entity) = (role.account.clone(), role.entity.clone());
    let session = RoleSession::new(account, entity, call.session_name.as_str(), origin)?;
    Ok(Session {
        principal: Principal::RoleSession(session),
        duration_seconds,
        chained: false,
        principal_tags: principal_tags(&role.tags, &[], &assertion.tags.tags),
        transitive_tags: assertion.tags.handed_on(&[]),
        source_identity: assertion.source_identity.clone(),
        authorizations,
    })
}
