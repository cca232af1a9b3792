//! What an instance reads about itself.

use assize_model::{ContextEntry, Evaluator, Policies};
use jiff::{SignedDuration, Timestamp};

use super::Stop;
use super::account::{Credentials, State};
use super::authorization::entry;
use super::instances::credentials;

/// Where the credential documents are.
const CREDENTIALS: &str = "iam/security-credentials/";

/// What a GET of the metadata service gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The content.
    pub content: Content,
    /// DELEG-062: what requests carry that are signed with credentials read in this way.
    pub context: Vec<ContextEntry>,
}

/// The content of a metadata item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A list, one entry per line.
    Text(String),
    /// DELEG-055: the credential document: names and values in order.
    Document(Vec<(&'static str, String)>),
}

/// DELEG-055, DELEG-062: a GET of `path` below `latest/meta-data/`. With a token it is of version 2, without of version 1.
///
/// # Errors
/// `401` if the token is wrong, or missing and required; `NotFound`.
pub fn get(
    evaluator: &dyn Evaluator,
    policies: &Policies,
    state: &State,
    instance: &str,
    path: &str,
    token: Option<&str>,
) -> Result<Item, Stop> {
    let known = state.instance(instance)?;
    let token_ok = match token {
        Some(token) => known.metadata.tokens.iter().any(|valid| valid == token),
        None => !known.metadata.version_2_required,
    };
    if !token_ok {
        return Err(Stop::Rejected("401"));
    }
    let role = state.serving_role(known).ok_or(Stop::Rejected("NotFound"))?;
    let name = path.strip_prefix(CREDENTIALS).ok_or(Stop::Rejected("NotFound"))?;
    let content = if name.is_empty() {
        Content::Text(role.entity.name.clone())
    } else if name != role.entity.name {
        return Err(Stop::Rejected("NotFound"));
    } else {
        match credentials(evaluator, policies, state, instance) {
            Ok(_) => {
                let issued = known.credentials.as_ref();
                let issued = issued
                    .ok_or_else(|| Stop::Failed(format!("the state holds no credentials of {instance}")))?;
                Content::Document(document(issued))
            }
            // IMDS-024: the document says that EC2 may not assume the role.
            Err(Stop::Rejected("NoCredentials")) => {
                Content::Document(vec![("Code", "AssumeRoleUnauthorizedAccess".to_owned())])
            }
            Err(stop) => return Err(stop),
        }
    };
    let version = if token.is_some() { "2.0" } else { "1.0" };
    let context = vec![
        entry("ec2:RoleDelivery", version),
        entry("ec2:SourceInstanceARN", state.instance_arn(instance)),
    ];
    Ok(Item { content, context })
}

/// DELEG-055: the members of the credential document, in order.
fn document(issued: &Credentials) -> Vec<(&'static str, String)> {
    let member = |name: &'static str, value: &str| (name, value.to_owned());
    vec![
        member("Code", "Success"),
        member("LastUpdated", &issued.last_updated),
        member("Type", "AWS-HMAC"),
        member("AccessKeyId", &issued.access_key_id),
        member("SecretAccessKey", &issued.secret_access_key),
        member("Token", &issued.token),
        member("Expiration", &issued.expiration),
    ]
}

/// DELEG-062: a token lives 1 to 21600 seconds.
///
/// # Errors
/// `Ttl`.
pub fn put_token(ttl_seconds: i64) -> Result<(), Stop> {
    if (1..=21_600).contains(&ttl_seconds) { Ok(()) } else { Err(Stop::Rejected("Ttl")) }
}

/// When a credential document was made and how long it lives.
#[derive(Clone, Copy, Debug)]
pub struct Issued {
    /// `LastUpdated`.
    pub last_updated: Timestamp,
    /// `Expiration`.
    pub expiration: Timestamp,
}

/// DELEG-056: each document but the last is followed by one that is available five minutes before it expires. How long a document
/// lives is free; above all the role's MaxSessionDuration does not bound it.
///
/// # Errors
/// `LateRotation`.
pub fn check_rotation(documents: &[Issued]) -> Result<(), Stop> {
    let late = |pair: &[Issued]| {
        pair[0].expiration.duration_since(pair[1].last_updated) < SignedDuration::from_mins(5)
    };
    if documents.windows(2).any(late) { Err(Stop::Rejected("LateRotation")) } else { Ok(()) }
}
