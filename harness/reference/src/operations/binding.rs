//! Stored principals: binding to unique ids when a policy is saved, and back when it is shown (PRIN-049 to PRIN-059).
//!
//! Matching needs nothing of its own: a bound value is a unique id, and an evaluator matches unique ids (PRIN-025, PRIN-054).

use assize_model::{
    Evaluator, Issuer, Policies, PolicySource, Principal, Request, ResourceKind, ResourcePolicy,
};
use serde_json::Value;

use super::Stop;
use super::authorization::{Ruling, evaluate, ruling};

/// A user or role of a directory: its ARN and its unique id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The ARN that it has now.
    pub arn: String,
    /// The unique id that it has for ever.
    pub id: String,
}

/// PRIN-049: replaces each user or role ARN in `Principal` and `NotPrincipal` by the unique id in the directory. Accounts, services,
/// providers, canonical ids, session ARNs and `*` stay (PRIN-050, PRIN-051), and so does all the rest (PRIN-058).
///
/// # Errors
/// `InvalidPrincipal` if the directory does not hold an ARN or an id of the document (PRIN-052); `MalformedPolicyDocument` if the
/// document is no policy of this kind.
pub fn save(
    evaluator: &dyn Evaluator,
    kind: ResourceKind,
    document: &str,
    directory: &[Listed],
) -> Result<Value, Stop> {
    evaluator.prepare(&attached(&Policies::default(), kind, document)).map_err(malformed)?;
    let bind = |value: &str| {
        let listed = if is_unique_id(value) {
            directory.iter().find(|listed| listed.id == value)
        } else if is_user_or_role(value) {
            directory.iter().find(|listed| listed.arn == value)
        } else {
            return Ok(value.to_owned());
        };
        listed.map(|listed| listed.id.clone()).ok_or(Stop::Rejected("InvalidPrincipal"))
    };
    replace_principals(document, bind)
}

/// PRIN-053: replaces each unique id by the ARN that its entity has now. An id without entity is shown as it is.
///
/// # Errors
/// `MalformedPolicyDocument` if the document is not JSON.
pub fn show(stored: &str, directory: &[Listed]) -> Result<Value, Stop> {
    let display = |value: &str| {
        let listed = directory.iter().find(|listed| listed.id == value);
        Ok(listed.map_or(value, |listed| &listed.arn).to_owned())
    };
    replace_principals(stored, display)
}

/// PRIN-059, bound mode: decides under the document as stored when the directory was `saved`.
///
/// PRIN-055: an entity that is not in the directory `now` is deleted, and its id matches nobody. As ids are never given twice, that can
/// only be asked for by a requester that no longer exists, which is refused.
///
/// # Errors
/// As [`save`]; [`Stop::Failed`] for a requester that was deleted.
pub fn decide_bound(
    evaluator: &dyn Evaluator,
    stored: (ResourceKind, &str, &[Listed]),
    now: &[Listed],
    policies: &Policies,
    request: &Request,
) -> Result<Ruling, Stop> {
    let (kind, document, saved) = stored;
    let bound = save(evaluator, kind, document, saved)?.to_string();
    if let Some(id) = entity_id(request.principal()) {
        let was = saved.iter().any(|listed| listed.id == id);
        if was && !now.iter().any(|listed| listed.id == id) {
            return Err(Stop::Failed(format!(
                "the requester's entity {id} is not in the directory any more"
            )));
        }
    }
    decide_unbound(evaluator, kind, &bound, policies, request)
}

/// PRIN-059, unbound mode: decides under the text as written.
///
/// # Errors
/// [`Stop::Failed`] if the policies are refused or the request is an input error.
pub fn decide_unbound(
    evaluator: &dyn Evaluator,
    kind: ResourceKind,
    document: &str,
    policies: &Policies,
    request: &Request,
) -> Result<Ruling, Stop> {
    let policies = attached(policies, kind, document);
    let evaluations = evaluate(evaluator, &policies, std::slice::from_ref(request))?;
    evaluations.first().map(ruling).ok_or_else(|| Stop::Failed("no record".to_owned()))
}

fn attached(policies: &Policies, kind: ResourceKind, document: &str) -> Policies {
    let policy = PolicySource::new("resource", document);
    Policies { resource: Some(ResourcePolicy { kind, policy }), ..policies.clone() }
}

/// PRIN-048: `AIDA` or `AROA` and upper-case letters and digits.
fn is_unique_id(value: &str) -> bool {
    let rest = value.strip_prefix("AIDA").or_else(|| value.strip_prefix("AROA"));
    rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
}

/// An ARN of a user or role. The pseudo-account of origin access identities (PRIN-027) has neither.
fn is_user_or_role(value: &str) -> bool {
    let fields: Vec<&str> = value.splitn(6, ':').collect();
    let &["arn", _, "iam", "", account, entity] = fields.as_slice() else {
        return false;
    };
    account.bytes().all(|b| b.is_ascii_digit())
        && (entity.starts_with("user/") || entity.starts_with("role/"))
}

/// The unique id of the user or role behind a requester.
fn entity_id(principal: &Principal) -> Option<&str> {
    match principal {
        Principal::User(user) => Some(&user.entity().id),
        Principal::RoleSession(session) => Some(&session.role().id),
        Principal::FederatedUser(session) => match session.issuer() {
            Issuer::User(user) => Some(&user.id),
            Issuer::Root => None,
        },
        _ => None,
    }
}

/// The document with each value under `AWS` of its principal elements replaced.
fn replace_principals(document: &str, replace: impl Fn(&str) -> Result<String, Stop>) -> Result<Value, Stop> {
    let mut document: Value = serde_json::from_str(document).map_err(malformed)?;
    let statements = match document.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.as_mut_slice(),
        Some(statement) => std::slice::from_mut(statement),
        None => &mut [],
    };
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            let values = match statement.get_mut(element).and_then(|principals| principals.get_mut("AWS")) {
                Some(Value::Array(values)) => values.as_mut_slice(),
                Some(value) => std::slice::from_mut(value),
                None => &mut [],
            };
            for value in values {
                if let Value::String(text) = value {
                    *text = replace(text)?;
                }
            }
        }
    }
    Ok(document)
}

fn malformed<E>(_: E) -> Stop {
    Stop::Rejected("MalformedPolicyDocument")
}
