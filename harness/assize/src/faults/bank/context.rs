//! What conditions see: keys that the principal record yields, and keys that the caller supplies.

use std::borrow::Cow;

use assize_model::{Issuer, Literal, LiteralKind, Origin, Principal};
use assize_reference::{Correct, Semantics};

type Keys<'p> = Vec<(&'static str, Cow<'p, str>)>;

/// The correct keys without the one of this name.
fn without<'p>(principal: &'p Principal, name: &str) -> Keys<'p> {
    Correct.principal_keys(principal).into_iter().filter(|(key, _)| *key != name).collect()
}

/// The correct keys with another value for one, if `value` has one.
fn with<'p>(principal: &'p Principal, name: &'static str, value: Option<Cow<'p, str>>) -> Keys<'p> {
    let Some(value) = value else { return Correct.principal_keys(principal) };
    let mut keys = without(principal, name);
    keys.push((name, value));
    keys
}

/// Whether two keys are one, where all of `names` are.
fn equal_or_among(names: &[&str], one: &str, other: &str) -> bool {
    let is_among = |key: &str| names.iter().any(|name| name.eq_ignore_ascii_case(key));
    Correct.key_equal(one, other) || (is_among(one) && is_among(other))
}

faults! { DERIVED, Evaluation, "derived keys";
    "principal-arn-is-the-session", "PRIN-015", Real, OverGrant, "aws:PrincipalArn of a role session is the session's ARN.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let session = match principal { Principal::RoleSession(session) => Some(session.arn().into()), _ => None };
        with(principal, "aws:PrincipalArn", session)
    }

    "principal-arn-without-path", "PRIN-015", Real, OverGrant, "aws:PrincipalArn of a role session lacks the role's path.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let role = match principal {
            Principal::RoleSession(session) => {
                let account = session.account();
                Some(format!("arn:{}:iam::{}:role/{}", account.partition, account.id, session.role().name).into())
            }
            _ => None,
        };
        with(principal, "aws:PrincipalArn", role)
    }

    "principal-arn-is-the-issuer", "PRIN-015", Plausible, OverGrant, "aws:PrincipalArn of a federated session is its issuer's ARN.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let issuer = match principal { Principal::FederatedUser(session) => session.issuer_arn().map(Cow::from), _ => None };
        with(principal, "aws:PrincipalArn", issuer)
    }

    "principal-arn-absent-for-root", "PRIN-015", Plausible, OverGrant, "Root has no aws:PrincipalArn.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        if let Principal::Root(_) = principal { without(principal, "aws:PrincipalArn") } else { Correct.principal_keys(principal) }
    }

    "userid-without-session-name", "PRIN-015", Plausible, OverGrant, "aws:userid of a role session is the role's id alone.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let id = match principal { Principal::RoleSession(session) => Some(session.role().id.as_str().into()), _ => None };
        with(principal, "aws:userid", id)
    }

    "userid-is-the-user-name", "PRIN-015", Plausible, OverGrant, "aws:userid of a user is the user's name.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let name = match principal { Principal::User(user) => Some(user.entity().name.as_str().into()), _ => None };
        with(principal, "aws:userid", name)
    }

    "userid-of-federated-session-is-the-issuer", "PRIN-015", Plausible, OverGrant, "aws:userid of a federated session is its issuer's id.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let id = match principal {
            Principal::FederatedUser(session) => match session.issuer() { Issuer::User(user) => Some(user.id.as_str().into()), Issuer::Root => None },
            _ => None,
        };
        with(principal, "aws:userid", id)
    }

    "username-of-role-session", "PRIN-015", Real, OverGrant, "A role session has its session name as aws:username.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let name = match principal { Principal::RoleSession(session) => Some(session.session_name().into()), _ => None };
        with(principal, "aws:username", name)
    }

    "username-of-federated-session", "PRIN-015", Plausible, OverGrant, "A federated session has its name as aws:username.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let name = match principal { Principal::FederatedUser(session) => Some(session.name().into()), _ => None };
        with(principal, "aws:username", name)
    }

    "username-with-path", "PRIN-015", Plausible, OverGrant, "aws:username of a user holds the path.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let name = match principal { Principal::User(user) => Some(format!("{}{}", user.entity().path, user.entity().name).into()), _ => None };
        with(principal, "aws:username", name)
    }

    "username-absent", "PRIN-015", Plausible, OverGrant, "Nobody has aws:username.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> { without(principal, "aws:username") }

    "root-is-of-type-user", "PRIN-015", Plausible, OverGrant, "aws:PrincipalType of root is User.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        with(principal, "aws:PrincipalType", matches!(principal, Principal::Root(_)).then_some("User".into()))
    }

    "session-is-of-type-role", "PRIN-015", Plausible, OverGrant, "aws:PrincipalType of a role session is Role.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        with(principal, "aws:PrincipalType", matches!(principal, Principal::RoleSession(_)).then_some("Role".into()))
    }

    "anonymous-without-account-key", "PRIN-015", Plausible, OverGrant, "An anonymous caller has no aws:PrincipalAccount.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        if *principal == Principal::Anonymous { without(principal, "aws:PrincipalAccount") } else { Correct.principal_keys(principal) }
    }

    "is-service-only-for-services", "PRIN-015", Real, OverGrant, "aws:PrincipalIsAWSService is absent for whoever is no service.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        if let Principal::Service(_) = principal { Correct.principal_keys(principal) } else { without(principal, "aws:PrincipalIsAWSService") }
    }

    "service-linked-role-is-a-service", "PRIN-015", Plausible, OverGrant, "A service-linked role counts as a service in aws:PrincipalIsAWSService.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let linked = matches!(principal, Principal::RoleSession(session) if session.service_linked());
        with(principal, "aws:PrincipalIsAWSService", linked.then_some("true".into()))
    }

    "services-are-not-marked", "PRIN-015", Plausible, OverGrant, "aws:PrincipalIsAWSService is false for a service.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        with(principal, "aws:PrincipalIsAWSService", matches!(principal, Principal::Service(_)).then_some("false".into()))
    }

    "service-name-absent", "PRIN-015", Plausible, OverGrant, "A service has no aws:PrincipalServiceName.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> { without(principal, "aws:PrincipalServiceName") }

    "service-names-list-has-one-name", "PRIN-015", Plausible, OverGrant, "aws:PrincipalServiceNamesList holds the service's own name only.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let name = match principal { Principal::Service(service) => Some(service.name().into()), _ => None };
        with(principal, "aws:PrincipalServiceNamesList", name)
    }

    "federated-provider-absent", "PRIN-015", Plausible, OverGrant, "Nobody has aws:FederatedProvider.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> { without(principal, "aws:FederatedProvider") }

    "federated-provider-for-saml", "PRIN-015", Plausible, OverGrant, "SAML sessions have aws:FederatedProvider too.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let provider = match principal {
            Principal::RoleSession(session) => match session.origin() { Origin::Saml(provider) => provider.as_deref().map(Cow::from), _ => None },
            _ => None,
        };
        with(principal, "aws:FederatedProvider", provider)
    }

    "session-name-stays-in-the-context", "CTX-101", Plausible, OverGrant, "The requests of a role session have sts:RoleSessionName.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let name = match principal { Principal::RoleSession(session) => Some(session.session_name().into()), _ => None };
        with(principal, "sts:RoleSessionName", name)
    }

    "source-identity-is-the-user", "CTX-036", Plausible, OverGrant, "A user has its name as aws:SourceIdentity.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        let name = match principal { Principal::User(user) => Some(user.entity().name.as_str().into()), _ => None };
        with(principal, "aws:SourceIdentity", name)
    }

    "federated-provider-lost-with-the-session", "PRIN-015", Plausible, OverGrant, "A session of a web identity has no aws:FederatedProvider.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        if let Principal::RoleSession(_) = principal { without(principal, "aws:FederatedProvider") } else { Correct.principal_keys(principal) }
    }

    "assumed-root-not-marked", "EVAL-064", Plausible, OverGrant, "A session of AssumeRoot has no aws:AssumedRoot.":
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> { without(principal, "aws:AssumedRoot") }
}

faults! { SUPPLIED, Evaluation, "context values";
    "key-case-counts", "COND-006", Real, OverGrant, "Condition keys are compared with regard to case.":
    fn key_equal(&self, one: &str, other: &str) -> bool { one == other }

    "key-prefix-stripped", "COND-006", Real, OverGrant, "Condition keys are compared without their service prefix.":
    fn key_equal(&self, one: &str, other: &str) -> bool {
        let bare = |key: &str| key.split_once(':').map_or(key, |(_, rest)| rest).to_ascii_lowercase();
        bare(one) == bare(other)
    }

    "tag-key-case-counts", "COND-006", Plausible, OverGrant, "The tag in a condition key is compared with regard to case.":
    fn key_equal(&self, one: &str, other: &str) -> bool {
        let tag = |key: &str| key.split_once('/').map(|(_, tag)| tag.to_owned());
        Correct.key_equal(one, other) && tag(one) == tag(other)
    }

    "keys-cut-at-64-characters", "COND-006", Plausible, OverGrant, "The first 64 characters of key names are compared.":
    fn key_equal(&self, one: &str, other: &str) -> bool {
        let cut = |name: &str| name.chars().take(64).collect::<String>();
        Correct.key_equal(&cut(one), &cut(other))
    }

    "hyphen-in-key-is-underscore", "COND-006", Plausible, OverGrant, "Key names are equal that differ in a hyphen and an underscore.":
    fn key_equal(&self, one: &str, other: &str) -> bool { Correct.key_equal(&one.replace('_', "-"), &other.replace('_', "-")) }

    "resource-tags-are-alike-under-every-prefix", "COND-006", Plausible, OverGrant, "A tag of a resource is the same key under aws: and under a service's prefix.":
    fn key_equal(&self, one: &str, other: &str) -> bool {
        let general = |key: &str| match key.to_ascii_lowercase().split_once(":resourcetag/") {
            Some((_, tag)) => format!("aws:resourcetag/{tag}"),
            None => key.to_owned(),
        };
        Correct.key_equal(&general(one), &general(other))
    }

    "ends-of-the-chain-are-the-chain", "CTX-071", Plausible, OverGrant, "The first and the last service that called are read from aws:CalledVia.":
    fn key_equal(&self, one: &str, other: &str) -> bool {
        equal_or_among(&["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"], one, other)
    }

    "epoch-time-is-the-current-time", "CTX-078", Plausible, OverGrant, "Without aws:EpochTime the current time stands for it, and the reverse.":
    fn key_equal(&self, one: &str, other: &str) -> bool { equal_or_among(&["aws:CurrentTime", "aws:EpochTime"], one, other) }

    "tag-ignored-in-key", "COND-006", Plausible, OverGrant, "Condition keys are compared up to the slash before the tag.":
    fn key_equal(&self, one: &str, other: &str) -> bool {
        let family = |key: &str| key.split('/').next().unwrap_or_default().to_ascii_lowercase();
        family(one) == family(other)
    }

    "booleans-capitalised", "COND-007", Plausible, OverGrant, "A boolean of the context becomes True or False.":
    fn context_values<'v>(&self, _key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        let text = |value: &'v Literal| match (value.kind, value.text.as_str()) {
            (LiteralKind::Bool, "true") => Cow::from("True"),
            (LiteralKind::Bool, _) => Cow::from("False"),
            (_, text) => Cow::from(text),
        };
        values.iter().map(text).collect()
    }

    "booleans-as-numbers", "COND-007", Plausible, OverGrant, "A boolean of the context becomes 1 or 0.":
    fn context_values<'v>(&self, _key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        let text = |value: &'v Literal| match (value.kind, value.text.as_str()) {
            (LiteralKind::Bool, "true") => Cow::from("1"),
            (LiteralKind::Bool, _) => Cow::from("0"),
            (_, text) => Cow::from(text),
        };
        values.iter().map(text).collect()
    }

    "numbers-respelled", "GRAM-037", Plausible, OverGrant, "A number of the context is read as binary floating point and written anew.":
    fn context_values<'v>(&self, _key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        let respelled = |value: &'v Literal| match value.text.parse::<f64>() {
            Ok(number) if value.kind == LiteralKind::Number => Cow::from(number.to_string()),
            _ => Cow::from(value.text.as_str()),
        };
        values.iter().map(respelled).collect()
    }

    "only-strings-in-context", "COND-007", Plausible, OverGrant, "Numbers and booleans of the context are dropped.":
    fn context_values<'v>(&self, _key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        values.iter().filter(|value| value.kind == LiteralKind::String).map(|value| Cow::from(&value.text)).collect()
    }

    "first-context-value-only", "COND-007", Plausible, OverGrant, "Of several context values only the first is kept.":
    fn context_values<'v>(&self, key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        Correct.context_values(key, values.get(..1).unwrap_or_default())
    }

    "last-context-value-only", "COND-007", Plausible, OverGrant, "Of several context values only the last is kept.":
    fn context_values<'v>(&self, key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        Correct.context_values(key, &values[values.len().saturating_sub(1)..])
    }

    "empty-list-becomes-empty-text", "COND-008", Real, OverGrant, "An empty list of context values becomes one empty text.":
    fn context_values<'v>(&self, key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        if values.is_empty() { vec!["".into()] } else { Correct.context_values(key, values) }
    }

    "empty-texts-dropped", "COND-015", Plausible, OverGrant, "Empty texts among the context values are dropped.":
    fn context_values<'v>(&self, key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        Correct.context_values(key, values).into_iter().filter(|value| !value.is_empty()).collect()
    }

    "context-values-made-unique", "COND-025", Plausible, OverGrant, "Equal values of a context key become one.":
    fn context_values<'v>(&self, key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        let mut unique: Vec<Cow<'v, str>> = Vec::new();
        for value in Correct.context_values(key, values) { if !unique.contains(&value) { unique.push(value) } }
        unique
    }

    "context-values-trimmed", "COND-031", Plausible, OverGrant, "White space around context values is dropped.":
    fn context_values<'v>(&self, _key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        values.iter().map(|value| Cow::from(value.text.trim())).collect()
    }

    "context-values-in-lower-case", "COND-040", Plausible, OverGrant, "Context values are lower-cased when the context is built.":
    fn context_values<'v>(&self, _key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        values.iter().map(|value| Cow::from(value.text.to_lowercase())).collect()
    }

    "context-values-joined", "COND-025", Plausible, OverGrant, "Several context values become one, with commas between.":
    fn context_values<'v>(&self, key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        if values.is_empty() { Vec::new() } else { vec![Correct.context_values(key, values).join(",").into()] }
    }

    "request-tags-not-loaded", "COND-008", Real, OverGrant, "The tags of the request are not loaded.":
    fn context_values<'v>(&self, key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        if key.to_ascii_lowercase().starts_with("aws:requesttag/") { Vec::new() } else { Correct.context_values(key, values) }
    }

    "service-keys-not-loaded", "COND-008", Real, OverGrant, "Keys of services are not loaded, only those that begin with aws:.":
    fn context_values<'v>(&self, key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        if key.to_ascii_lowercase().starts_with("aws:") { Correct.context_values(key, values) } else { Vec::new() }
    }
}
