//! GetFederationToken and GetSessionToken.

use assize_model::{
    Account, ContextEntry, Evaluator, FederatedUser, Issuer, Literal, Principal, Root, SessionToken, User,
};

use super::Stop;
use super::authorization::{authorize, request};
use super::session::{Caller, SessionPolicies, SessionTags, Tag, TagMap, principal_tags, token_duration};

/// The parameters of GetFederationToken.
#[derive(Clone, Debug, Default)]
pub struct GetFederationToken {
    /// `Name`.
    pub name: String,
    /// `DurationSeconds`.
    pub duration_seconds: Option<i64>,
    /// `Tags`; transitive keys are refused (DELEG-026).
    pub tags: SessionTags,
    /// `Policy` and `PolicyArns`.
    pub session_policies: SessionPolicies,
}

/// A session that GetFederationToken gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Federated {
    /// The principal of requests signed with its credentials.
    pub principal: Principal,
    /// How long it lives.
    pub duration_seconds: i64,
    /// Its `aws:PrincipalTag/…`.
    pub principal_tags: TagMap,
    /// The actions that were authorized, in order.
    pub authorizations: Vec<String>,
}

/// DELEG-042: authorized as `sts:GetFederationToken` on the federated user's ARN; tags need `sts:TagSession` on it too.
/// `caller_tags` are those of the issuing user.
///
/// # Errors
/// [`Stop::Denied`]; `TransitiveTagKeys`; the reasons of the checks in [`super::session`].
pub fn get_federation_token(
    evaluator: &dyn Evaluator,
    caller: &Caller,
    caller_tags: &[Tag],
    call: &GetFederationToken,
) -> Result<Federated, Stop> {
    let duration_seconds = token_duration(call.duration_seconds, &caller.principal)?;
    if !call.tags.transitive_keys.is_empty() {
        return Err(Stop::Rejected("TransitiveTagKeys"));
    }
    call.tags.check(&[])?;
    let account = account(&caller.principal)?;
    call.session_policies.check(evaluator, account)?;

    let arn = format!("arn:{}:sts::{}:federated-user/{}", account.partition, account.id, call.name);
    let tagging = (!call.tags.tags.is_empty()).then_some("sts:TagSession");
    let actions = ["sts:GetFederationToken"].into_iter().chain(tagging);
    let mut context = caller.context.clone();
    context.extend(call.tags.context());
    let requests: Vec<_> = actions
        .map(|action| request(&caller.principal, action, Some((&arn, &account.id)), context.clone()))
        .collect::<Result<_, _>>()?;
    let authorizations = authorize(evaluator, &caller.policies, &requests)?;

    let issuer = match &caller.principal {
        Principal::Root(_) => Issuer::Root,
        Principal::User(user) => Issuer::User(user.entity().clone()),
        other => return Err(Stop::Failed(format!("GetFederationToken was allowed to a {}", other.kind()))),
    };
    let session = FederatedUser::new(account.clone(), call.name.as_str(), issuer, false)?;
    Ok(Federated {
        principal: Principal::FederatedUser(session),
        duration_seconds,
        principal_tags: principal_tags(caller_tags, &[], &call.tags.tags),
        authorizations,
    })
}

/// Credentials that GetSessionToken gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The caller with these credentials.
    pub principal: Principal,
    /// How long they live.
    pub duration_seconds: i64,
    /// What requests signed with them carry of MFA (CTX-007): of a user `true` or `false`, of root nothing.
    pub context: Vec<ContextEntry>,
    /// The actions that were authorized, in order.
    pub authorizations: Vec<String>,
}

/// DELEG-043: needs no permission (EVAL-057) and makes no new principal.
///
/// # Errors
/// `Duration`; [`Stop::Denied`] for callers without long-term credentials.
pub fn get_session_token(
    evaluator: &dyn Evaluator,
    caller: &Caller,
    duration_seconds: Option<i64>,
    mfa: bool,
) -> Result<Token, Stop> {
    let duration_seconds = token_duration(duration_seconds, &caller.principal)?;
    let requests = [request(&caller.principal, "sts:GetSessionToken", None, caller.context.clone())?];
    let authorizations = authorize(evaluator, &caller.policies, &requests)?;
    let token = SessionToken { mfa };
    let (principal, context) = match &caller.principal {
        Principal::Root(root) => {
            (Principal::Root(Root::with_session_token(root.account().clone(), token)), Vec::new())
        }
        Principal::User(user) => {
            let key = "aws:MultiFactorAuthPresent".to_owned();
            let present = ContextEntry { key, values: vec![Literal::bool(mfa)] };
            let user = User::new(user.account().clone(), user.entity().clone(), Some(token));
            (Principal::User(user), vec![present])
        }
        other => return Err(Stop::Failed(format!("GetSessionToken was allowed to a {}", other.kind()))),
    };
    Ok(Token { principal, duration_seconds, context, authorizations })
}

fn account(principal: &Principal) -> Result<&Account, Stop> {
    principal.account().ok_or_else(|| Stop::Failed(format!("a {} has no account", principal.kind())))
}
