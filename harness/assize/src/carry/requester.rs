//! Who asks. A case line gives the finished context (CTX-001); keys that the principal record yields (PRIN-015, EVAL-064)
//! may not be supplied, so a requester is chosen whose record yields them.

use serde_json::{Value, json};

use super::line::Members;

const DEFAULT_ACCOUNT: &str = "123456789012";
/// The account of a resource that a root user asks for: in its own account it needs no statement (EVAL-031).
const FOREIGN_ACCOUNT: &str = "999999999999";

const ARN: &str = "aws:PrincipalArn";
const ACCOUNT: &str = "aws:PrincipalAccount";
const TYPE: &str = "aws:PrincipalType";
const USER_ID: &str = "aws:userid";
const USER_NAME: &str = "aws:username";
const IS_SERVICE: &str = "aws:PrincipalIsAWSService";
const SERVICE_NAME: &str = "aws:PrincipalServiceName";
const SERVICE_NAMES: &str = "aws:PrincipalServiceNamesList";
const PROVIDER: &str = "aws:FederatedProvider";
const ASSUMED_ROOT: &str = "aws:AssumedRoot";

/// The keys that a principal record yields.
const DERIVED_KEYS: [&str; 10] =
    [ARN, ACCOUNT, TYPE, USER_ID, USER_NAME, IS_SERVICE, SERVICE_NAME, SERVICE_NAMES, PROVIDER, ASSUMED_ROOT];

/// Someone who can make the request of a case.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Requester {
    /// The principal record, as it stands in a scenario.
    pub(super) record: Value,
    /// Where the policy under test stands.
    pub(super) slot: Slot,
    /// The account of a resource whose ARN does not say.
    pub(super) owner: String,
    /// Derived keys that no requester has as the case wants them. They must get another name, which does not change
    /// what a condition sees (CTX-003).
    pub(super) renamed: Vec<&'static str>,
    derived: Vec<(&'static str, Vec<String>)>,
}

/// The policy type that decides about a requester by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Slot {
    /// An identity policy with this `source`.
    Identity(&'static str),
    /// A resource-based policy with this `Principal`: the requester has no identity policies (EVAL-006).
    Resource(Value),
    /// The same for a session of `sts:AssumeRoot`, which besides has a task policy (EVAL-064).
    ResourceWithTask(Value),
}

/// Chooses a requester whose record yields the derived keys of the finished `context` that the case depends on: those
/// that it holds and those that `mentioned` names, which are absent if it does not hold them. Where nobody has all of them, the
/// first who misses fewest is taken.
pub(super) fn choose(
    context: &Members,
    mentioned: &[String],
    partition: &str,
    account: Option<&str>,
) -> Requester {
    let depends = |key: &&str| {
        let is_key = |name: &String| name.eq_ignore_ascii_case(key);
        mentioned.iter().any(is_key) || context.keys().any(is_key)
    };
    let keys: Vec<&'static str> = DERIVED_KEYS.into_iter().filter(depends).collect();
    let measured = |mut requester: Requester| {
        let disagrees = |key: &&str| requester.yields(key) != texts(context, key);
        requester.renamed = keys.iter().copied().filter(disagrees).collect();
        requester
    };
    let pins = Pins { context, partition, account };
    let others =
        [pins.role_session(), pins.root(false), pins.root(true), Requester::anonymous(), pins.service()];
    others.into_iter().map(measured).fold(measured(pins.user()), |best, next| {
        if next.renamed.len() < best.renamed.len() { next } else { best }
    })
}

/// The texts of a context value, as a condition sees them.
fn texts(context: &Members, key: &str) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
        Some((_, Value::Array(values))) => values.iter().map(text).collect(),
        Some((_, value)) => vec![text(value)],
        None => Vec::new(),
    }
}

impl Requester {
    /// What PRIN-015 says about `key`; nothing if the record does not yield it.
    fn yields(&self, key: &str) -> Vec<String> {
        let found = self.derived.iter().find(|(name, _)| *name == key);
        found.map(|(_, values)| values.clone()).unwrap_or_default()
    }

    fn anonymous() -> Requester {
        let own = |text: &str| vec![text.to_string()];
        Requester {
            record: json!({"kind": "anonymous"}),
            slot: Slot::Resource(json!("*")),
            owner: DEFAULT_ACCOUNT.to_string(),
            renamed: Vec::new(),
            derived: vec![(ACCOUNT, own("anonymous")), (USER_ID, own("anonymous")), (TYPE, own("Anonymous"))],
        }
    }
}

/// What a case fixes about its requester.
struct Pins<'a> {
    context: &'a Members,
    partition: &'a str,
    /// The account of the resource.
    account: Option<&'a str>,
}

impl Pins<'_> {
    /// The text of a key that has exactly one.
    fn one(&self, key: &str) -> Option<String> {
        <[String; 1]>::try_from(texts(self.context, key)).ok().map(|[text]| text)
    }

    fn account(&self) -> String {
        let pinned =
            self.one(ACCOUNT).filter(|text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()));
        let of_arn = || self.one(ARN).and_then(|arn| arn.split(':').nth(4).map(str::to_string));
        pinned.or_else(of_arn).unwrap_or_else(|| self.account.unwrap_or(DEFAULT_ACCOUNT).to_string())
    }

    /// Path and name of the user or role that the pinned ARN names.
    fn entity(&self, entity_type: &str, default_name: &str) -> (String, String) {
        let arn = self.one(ARN).unwrap_or_default();
        let named = arn.splitn(6, ':').nth(5).and_then(|tail| tail.strip_prefix(entity_type));
        match named.and_then(|path_and_name| path_and_name.rsplit_once('/')) {
            Some((path, name)) => (format!("{path}/"), name.to_string()),
            None => ("/".to_string(), default_name.to_string()),
        }
    }

    fn user(&self) -> Requester {
        let (partition, account) = (self.partition, self.account());
        let (path, name) = self.entity("user", "alice");
        let name = self.one(USER_NAME).unwrap_or(name);
        let id = self.one(USER_ID).filter(|id| id.starts_with("AIDA"));
        let id = id.unwrap_or_else(|| "AIDAEXAMPLE0000000001".to_string());
        let arn = format!("arn:{partition}:iam::{account}:user{path}{name}");
        Requester {
            record: json!({"kind": "user", "partition": partition, "account": account, "path": path, "name": name, "id": id}),
            slot: Slot::Identity("user"),
            owner: account.clone(),
            renamed: Vec::new(),
            derived: identity(arn, account, "User", id, [(USER_NAME, name)]),
        }
    }

    fn role_session(&self) -> Requester {
        let (partition, account) = (self.partition, self.account());
        let (path, name) = self.entity("role", "reader");
        let user_id = self.one(USER_ID).filter(|id| id.starts_with("AROA"));
        let user_id = user_id.as_deref().and_then(|id| id.split_once(':'));
        let (id, session_name) = user_id.unwrap_or(("AROAEXAMPLE0000000001", "session"));
        let provider = self.one(PROVIDER);
        let origin = match &provider {
            Some(provider) => json!({"kind": "WebIdentity", "provider": provider}),
            None => json!({"kind": "AssumeRole"}),
        };
        let arn = format!("arn:{partition}:iam::{account}:role{path}{name}");
        let user_id = format!("{id}:{session_name}");
        Requester {
            record: json!({
                "kind": "role-session", "partition": partition, "account": account,
                "role": {"path": path, "name": name, "id": id}, "session_name": session_name, "origin": origin,
            }),
            slot: Slot::Identity("role"),
            owner: account.clone(),
            renamed: Vec::new(),
            derived: identity(
                arn,
                account,
                "AssumedRole",
                user_id,
                provider.map(|provider| (PROVIDER, provider)),
            ),
        }
    }

    fn root(&self, assumed: bool) -> Requester {
        let (partition, account) = (self.partition, self.account());
        let mut record = json!({"kind": "root", "partition": partition, "account": account});
        if assumed {
            record["assumed_root"] = json!(true);
        }
        let arn = format!("arn:{partition}:iam::{account}:root");
        let further = assumed.then(|| (ASSUMED_ROOT, "true".to_string()));
        Requester {
            record,
            slot: if assumed { Slot::ResourceWithTask(json!("*")) } else { Slot::Resource(json!("*")) },
            owner: FOREIGN_ACCOUNT.to_string(),
            renamed: Vec::new(),
            derived: identity(arn, account.clone(), "Account", account, further),
        }
    }

    fn service(&self) -> Requester {
        let listed = texts(self.context, SERVICE_NAMES);
        let name = self.one(SERVICE_NAME).or_else(|| listed.first().cloned());
        let name = name.unwrap_or_else(|| "cloudtrail.amazonaws.com".to_string());
        let mut record = json!({"kind": "service", "name": name});
        if !listed.is_empty() {
            record["names_list"] = json!(listed);
        }
        let names = if listed.is_empty() { vec![name.clone()] } else { listed };
        Requester {
            record,
            // By name: whether `*` reaches a service is disputed (PRIN-031).
            slot: Slot::Resource(json!({"Service": name})),
            owner: DEFAULT_ACCOUNT.to_string(),
            renamed: Vec::new(),
            derived: vec![
                (IS_SERVICE, vec!["true".to_string()]),
                (SERVICE_NAME, vec![name]),
                (SERVICE_NAMES, names),
            ],
        }
    }
}

/// The derived keys of every requester that is an identity, and `further` ones.
fn identity(
    arn: String,
    account: String,
    principal_type: &str,
    user_id: String,
    further: impl IntoIterator<Item = (&'static str, String)>,
) -> Vec<(&'static str, Vec<String>)> {
    let common = [
        (ARN, arn),
        (ACCOUNT, account),
        (TYPE, principal_type.to_string()),
        (USER_ID, user_id),
        (IS_SERVICE, "false".to_string()),
    ];
    common.into_iter().chain(further).map(|(key, text)| (key, vec![text])).collect()
}

/// Whether a context key is one that the record yields.
pub(super) fn is_derived(key: &str) -> bool {
    DERIVED_KEYS.iter().any(|derived| derived.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(context: Value, mentioned: &[&str]) -> Requester {
        let Value::Object(context) = context else { panic!("a context is an object") };
        let mentioned: Vec<String> = mentioned.iter().map(ToString::to_string).collect();
        choose(&context, &mentioned, "aws", None)
    }

    fn kind(requester: &Requester) -> &str {
        requester.record["kind"].as_str().unwrap_or_default()
    }

    #[test]
    fn the_record_yields_what_the_case_holds() {
        let bob = chosen(json!({"AWS:UserName": "bob"}), &["aws:username"]);
        assert_eq!((kind(&bob), bob.record["name"].as_str()), ("user", Some("bob")));
        let role = chosen(json!({"aws:PrincipalArn": "arn:aws:iam::222222222222:role/a/b/R"}), &[]);
        assert_eq!(role.record["role"]["path"], "/a/b/");
        assert_eq!(role.record["account"], "222222222222");
        let session = chosen(json!({"aws:userid": "AROAX:sess"}), &[]);
        assert_eq!((kind(&session), session.record["session_name"].as_str()), ("role-session", Some("sess")));
        assert_eq!(kind(&chosen(json!({"aws:PrincipalIsAWSService": "true"}), &[])), "service");
        assert_eq!(kind(&chosen(json!({"aws:PrincipalAccount": "anonymous"}), &[])), "anonymous");
        for requester in [bob, role, session] {
            assert!(requester.renamed.is_empty());
        }
    }

    #[test]
    fn the_record_lacks_what_the_case_lacks() {
        assert_eq!(kind(&chosen(json!({}), &[])), "user");
        assert_eq!(kind(&chosen(json!({}), &["aws:username"])), "role-session");
        assert_eq!(kind(&chosen(json!({}), &["aws:PrincipalArn"])), "anonymous");
        let root = json!({"aws:PrincipalArn": "arn:aws:iam::123456789012:root"});
        assert_eq!(chosen(root.clone(), &["aws:AssumedRoot"]).slot, Slot::Resource(json!("*")));
        assert_eq!(kind(&chosen(root, &[])), "root");
    }

    #[test]
    fn what_nobody_has_is_renamed() {
        let nobody = chosen(json!({"aws:username": ["a", "b"]}), &[]);
        assert_eq!((kind(&nobody), &nobody.renamed[..]), ("user", &[USER_NAME][..]));
        let half = chosen(
            json!({"aws:PrincipalArn": "arn:aws:iam::123456789012:user/u"}),
            &["aws:PrincipalAccount"],
        );
        assert_eq!(half.renamed, [ACCOUNT]);
    }
}
