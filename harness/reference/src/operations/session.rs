//! What every way to a session shares: parameters, tags, source identity, durations and session policies.

use std::collections::BTreeMap;

use assize_model::{
    Account, ContextEntry, Entity, Evaluator, Policies, PolicySource, Principal, ResourceKind, ResourcePolicy,
};

use super::Stop;
use super::authorization::entry;

/// A role as an operation meets it.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its account.
    pub account: Account,
    /// Path, name and unique id.
    pub entity: Entity,
    /// The text of its trust policy.
    pub trust: String,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// The longest session that a caller may ask for, in seconds.
    pub max_session_duration: i64,
}

impl Role {
    /// `arn:P:iam::ACCOUNT:role` + path + name.
    pub fn arn(&self) -> String {
        role_arn(&self.account, &self.entity.path, &self.entity.name)
    }

    /// `policies` with this role's trust policy as the resource-based one.
    pub fn trusting(&self, policies: &Policies) -> Policies {
        let policy = PolicySource::new("trust", self.trust.as_str());
        let resource = Some(ResourcePolicy { kind: ResourceKind::RoleTrust, policy });
        Policies { resource, ..policies.clone() }
    }
}

/// The ARN of a role.
pub fn role_arn(account: &Account, path: &str, name: &str) -> String {
    format!("arn:{}:iam::{}:role{path}{name}", account.partition, account.id)
}

/// Who calls, and under which policies.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The principal.
    pub principal: Principal,
    /// Its policies, and the `rcps` and `endpoint` of the call.
    pub policies: Policies,
    /// Context of the call that its parameters do not make.
    pub context: Vec<ContextEntry>,
}

/// A tag. Keys compare without case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The key as spelled.
    pub key: String,
    /// The value.
    pub value: String,
}

/// Tags by key in lower case.
pub type TagMap = BTreeMap<String, String>;

/// DELEG-025, DELEG-026: tags passed to a call, and which of them are transitive.
#[derive(Clone, Debug, Default)]
pub struct SessionTags {
    /// The tags.
    pub tags: Vec<Tag>,
    /// Keys of those that every later session of a chain gets too.
    pub transitive_keys: Vec<String>,
}

impl SessionTags {
    /// DELEG-025: at most 50 tags, keys of 1 to 128 and values of 0 to 256 characters, no key that begins with `aws:`, no two keys
    /// that differ only in case. DELEG-026: no key of an inherited tag.
    ///
    /// # Errors
    /// `TagCount`, `TagKey`, `TagValue`, `TransitiveOverride`.
    pub fn check(&self, inherited: &[Tag]) -> Result<(), Stop> {
        if self.tags.len() > 50 {
            return Err(Stop::Rejected("TagCount"));
        }
        let mut keys = TagMap::new();
        for tag in &self.tags {
            let key = tag.key.to_lowercase();
            let length_ok = (1..=128).contains(&tag.key.chars().count());
            if !length_ok || key.starts_with("aws:") || keys.insert(key.clone(), String::new()).is_some() {
                return Err(Stop::Rejected("TagKey"));
            }
            if tag.value.chars().count() > 256 {
                return Err(Stop::Rejected("TagValue"));
            }
            if inherited.iter().any(|inherited| inherited.key.to_lowercase() == key) {
                return Err(Stop::Rejected("TransitiveOverride"));
            }
        }
        Ok(())
    }

    /// DELEG-018, DELEG-024: the context keys that the tags make.
    pub fn context(&self) -> Vec<ContextEntry> {
        let request_tags =
            self.tags.iter().map(|tag| entry(format!("aws:RequestTag/{}", tag.key), &tag.value));
        let mut context: Vec<ContextEntry> = request_tags.collect();
        context.extend(texts("aws:TagKeys", self.tags.iter().map(|tag| tag.key.as_str())));
        context.extend(texts("sts:TransitiveTagKeys", self.transitive_keys.iter().map(String::as_str)));
        context
    }

    /// DELEG-026: the tags that the session hands on: those it inherited, and those passed as transitive.
    pub fn handed_on(&self, inherited: &[Tag]) -> TagMap {
        let transitive = |tag: &&Tag| {
            let key = tag.key.to_lowercase();
            self.transitive_keys.iter().any(|transitive| transitive.to_lowercase() == key)
        };
        tag_map(inherited.iter().chain(self.tags.iter().filter(transitive)))
    }
}

/// A context entry with several texts, or none if there are none (COND-008).
fn texts<'t>(key: &str, values: impl Iterator<Item = &'t str>) -> Option<ContextEntry> {
    let values: Vec<_> = values.map(assize_model::Literal::string).collect();
    (!values.is_empty()).then(|| ContextEntry { key: key.to_owned(), values })
}

/// The tags by key; of equal keys the last one counts.
pub fn tag_map<'t>(tags: impl IntoIterator<Item = &'t Tag>) -> TagMap {
    tags.into_iter().map(|tag| (tag.key.to_lowercase(), tag.value.clone())).collect()
}

/// DELEG-025: a session's principal tags: those of the role or issuing user, overridden by inherited and by session tags.
pub fn principal_tags(own: &[Tag], inherited: &[Tag], session: &[Tag]) -> TagMap {
    tag_map(own.iter().chain(inherited).chain(session))
}

/// DELEG-023 for AssumeRole and its federated kin: 900 to `maximum`, or to 3600 when chained; 3600 if none is passed. `maximum` is
/// `None` for services, which the role's limit does not bind.
///
/// # Errors
/// `Duration`.
pub fn role_duration(passed: Option<i64>, maximum: Option<i64>, chained: bool) -> Result<i64, Stop> {
    let limit = if chained { Some(3600) } else { maximum };
    let seconds = passed.unwrap_or(3600);
    if seconds < 900 || limit.is_some_and(|limit| seconds > limit) {
        return Err(Stop::Rejected("Duration"));
    }
    Ok(seconds)
}

/// DELEG-023 for GetFederationToken and GetSessionToken: 900 to 129600, 43200 if none is passed; root gets an hour at most.
///
/// # Errors
/// `Duration`.
pub fn token_duration(passed: Option<i64>, caller: &Principal) -> Result<i64, Stop> {
    let seconds = passed.unwrap_or(43_200);
    if !(900..=129_600).contains(&seconds) {
        return Err(Stop::Rejected("Duration"));
    }
    Ok(if matches!(caller, Principal::Root(_)) { seconds.min(3600) } else { seconds })
}

/// DELEG-023 for AssumeRoot: 0 to 900, 900 if none is passed.
///
/// # Errors
/// `Duration`.
pub fn root_duration(passed: Option<i64>) -> Result<i64, Stop> {
    let seconds = passed.unwrap_or(900);
    if (0..=900).contains(&seconds) { Ok(seconds) } else { Err(Stop::Rejected("Duration")) }
}

/// DELEG-027: 2 to 64 characters of `[A-Za-z0-9_.,+=@-]`. (None of these is a colon, so `aws:` cannot begin one.)
///
/// # Errors
/// `SourceIdentity`.
pub fn check_source_identity(value: &str) -> Result<(), Stop> {
    check_text(value, 2..=64, "_.,+=@-", "SourceIdentity")
}

/// DELEG-030: 2 to 1224 characters of `[A-Za-z0-9_+=,.@:/-]`.
///
/// # Errors
/// `ExternalId`.
pub fn check_external_id(value: &str) -> Result<(), Stop> {
    check_text(value, 2..=1224, "_+=,.@:/-", "ExternalId")
}

/// WORLD-008, WORLD-009: 2 to 64 characters of `[A-Za-z0-9_+=,.@-]`.
///
/// # Errors
/// `RoleSessionName`.
pub fn check_session_name(value: &str) -> Result<(), Stop> {
    check_text(value, 2..=64, "_+=,.@-", "RoleSessionName")
}

fn check_text(
    value: &str,
    length: std::ops::RangeInclusive<usize>,
    signs: &str,
    word: &'static str,
) -> Result<(), Stop> {
    let known = |c: char| c.is_ascii_alphanumeric() || signs.contains(c);
    if length.contains(&value.chars().count()) && value.chars().all(known) {
        Ok(())
    } else {
        Err(Stop::Rejected(word))
    }
}

/// DELEG-028: the session policies passed to a call.
#[derive(Clone, Debug, Default)]
pub struct SessionPolicies {
    /// The text of the inline document.
    pub inline: Option<String>,
    /// ARNs of managed policies.
    pub managed: Vec<String>,
}

impl SessionPolicies {
    /// DELEG-028: ten managed policies at most, each of the session's account or AWS managed; inline and ARNs together 2048 characters
    /// at most. They are irrelevant to whether the call is allowed.
    ///
    /// # Errors
    /// `SessionPolicyCount`, `SessionPolicyArn`, `SessionPolicySize`, `SessionPolicyDocument`.
    pub fn check(&self, evaluator: &dyn Evaluator, account: &Account) -> Result<(), Stop> {
        if self.managed.len() > 10 {
            return Err(Stop::Rejected("SessionPolicyCount"));
        }
        let own = format!("arn:{}:iam::{}:policy/", account.partition, account.id);
        let aws = format!("arn:{}:iam::aws:policy/", account.partition);
        if !self.managed.iter().all(|arn| arn.starts_with(&own) || arn.starts_with(&aws)) {
            return Err(Stop::Rejected("SessionPolicyArn"));
        }
        let length: usize = self.inline.iter().chain(&self.managed).map(|text| text.chars().count()).sum();
        if length > 2048 {
            return Err(Stop::Rejected("SessionPolicySize"));
        }
        if let Some(text) = &self.inline {
            let session = Some(vec![PolicySource::new("inline", text.as_str())]);
            let alone = Policies { session, ..Policies::default() };
            evaluator.prepare(&alone).map_err(|_| Stop::Rejected("SessionPolicyDocument"))?;
        }
        Ok(())
    }
}
