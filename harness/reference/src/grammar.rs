//! Chapter 01 as naive predicates over plain JSON: which documents are accepted.
//!
//! The model's grammar reads documents and says what is wrong with them; this one only says yes or no, and was written from the rules
//! alone, so that acceptance too has two implementations to compare. Nesting is bounded by the JSON reader (GRAM-002).

use std::collections::HashSet;

use assize_model::PolicyType;
use assize_model::json::{self, Kind, Value};

use crate::date::is_date;
use crate::variable::{Segment, segments};

/// Whether `text` is a policy document of this type (GRAM-001 to GRAM-049). `managed`: a stored policy (GRAM-014).
pub fn accepts(policy_type: PolicyType, managed: bool, text: &str) -> bool {
    text.chars().all(is_allowed_character)
        && json::parse(text).is_ok_and(|document| accepts_value(policy_type, managed, &document))
}

/// Whether a JSON value is a policy document, whatever the text it was read from.
pub fn accepts_value(policy_type: PolicyType, managed: bool, document: &Value<'_>) -> bool {
    names_are_unique(document)
        && (is_document(policy_type, managed, document)
            || (policy_type == PolicyType::Rcp && is_full_access_document(document)))
}

/// GRAM-003.
fn is_allowed_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}')
}

/// GRAM-004: in no object does a name occur twice.
fn names_are_unique(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Object(members) => {
            let mut seen = HashSet::with_capacity(members.len());
            members.iter().all(|member| seen.insert(&member.name) && names_are_unique(&member.value))
        }
        Kind::Array(values) => values.iter().all(names_are_unique),
        _ => true,
    }
}

/// GRAM-010, GRAM-016, GRAM-043.
fn is_document(policy_type: PolicyType, managed: bool, document: &Value<'_>) -> bool {
    has_only(document, &["Version", "Id", "Statement"])
        && version_is_right(policy_type, managed, document.get("Version"))
        && document.get("Id").is_none_or(|id| id.as_str().is_some() && may_have_id(policy_type))
        && document.get("Statement").and_then(one_or_more).is_some_and(|statements| {
            let variables = document.get("Version").is_some_and(|version| is_text(version, "2012-10-17"));
            statements.iter().all(|statement| is_statement(policy_type, variables, statement))
                && sids_are_right(policy_type, statements)
        })
}

/// GRAM-011, GRAM-014.
fn version_is_right(policy_type: PolicyType, managed: bool, version: Option<&Value<'_>>) -> bool {
    let required =
        matches!(policy_type, PolicyType::Scp | PolicyType::Rcp) || (managed && is_identity(policy_type));
    match version {
        None => !required,
        Some(version) => is_text(version, "2012-10-17") || (is_text(version, "2008-10-17") && !required),
    }
}

/// GRAM-044: boundaries and session policies obey the identity grammar.
fn is_identity(policy_type: PolicyType) -> bool {
    matches!(policy_type, PolicyType::Identity | PolicyType::Boundary | PolicyType::Session)
}

/// GRAM-015.
fn may_have_id(policy_type: PolicyType) -> bool {
    matches!(policy_type, PolicyType::Resource | PolicyType::Trust | PolicyType::Vpce)
}

/// GRAM-017, GRAM-018: where a `Sid` is restricted it holds letters and digits, and occurs once unless it is empty.
fn sids_are_right(policy_type: PolicyType, statements: &[Value<'_>]) -> bool {
    if matches!(policy_type, PolicyType::Resource | PolicyType::Vpce) {
        return true;
    }
    let mut seen = HashSet::new();
    let mut sids = statements.iter().filter_map(|statement| statement.get("Sid")?.as_str());
    sids.all(|sid| {
        sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) && (sid.is_empty() || seen.insert(sid))
    })
}

/// GRAM-010, GRAM-020, GRAM-043.
fn is_statement(policy_type: PolicyType, variables: bool, statement: &Value<'_>) -> bool {
    let names = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    has_only(statement, &names)
        && statement.get("Sid").is_none_or(|sid| sid.as_str().is_some())
        && effect_is_right(policy_type, statement)
        && principal_is_right(policy_type, statement)
        && action_is_right(policy_type, statement)
        && resource_is_right(policy_type, variables, statement)
        && statement.get("Condition").is_none_or(|condition| is_condition(variables, condition))
}

/// GRAM-019, GRAM-047.
fn effect_is_right(policy_type: PolicyType, statement: &Value<'_>) -> bool {
    statement.get("Effect").is_some_and(|effect| {
        is_text(effect, "Deny") || (is_text(effect, "Allow") && policy_type != PolicyType::Rcp)
    })
}

/// GRAM-021 to GRAM-023, GRAM-045, GRAM-047.
fn action_is_right(policy_type: PolicyType, statement: &Value<'_>) -> bool {
    let only_action = matches!(policy_type, PolicyType::Trust | PolicyType::Rcp);
    match (statement.get("Action"), statement.get("NotAction")) {
        (Some(actions), None) => all_texts(actions, |action| {
            is_action(action)
                && match policy_type {
                    PolicyType::Trust => vendor(action).eq_ignore_ascii_case("sts"),
                    PolicyType::Rcp => !vendor(action).contains('*'),
                    _ => true,
                }
        }),
        (None, Some(actions)) => !only_action && all_texts(actions, is_action),
        _ => false,
    }
}

/// GRAM-022.
fn is_action(action: &str) -> bool {
    match action.split(':').collect::<Vec<_>>()[..] {
        ["*"] => true,
        [vendor, _] => vendor == "*" || is_vendor(vendor),
        _ => false,
    }
}

fn is_vendor(vendor: &str) -> bool {
    !vendor.is_empty()
        && vendor.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

/// What stands before the colon; of the lone `*` the `*`.
fn vendor(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

/// GRAM-024, GRAM-025.
fn resource_is_right(policy_type: PolicyType, variables: bool, statement: &Value<'_>) -> bool {
    let is_resource = |text: &str| is_resource(variables, text);
    match (statement.get("Resource"), statement.get("NotResource")) {
        (None, None) => matches!(policy_type, PolicyType::Resource | PolicyType::Trust),
        (Some(resources), None) | (None, Some(resources)) => {
            policy_type != PolicyType::Trust && all_texts(resources, is_resource)
        }
        (Some(_), Some(_)) => false,
    }
}

/// GRAM-025, GRAM-041. Colons inside `${…}` separate no fields where variables exist (MATCH-071).
fn is_resource(variables: bool, text: &str) -> bool {
    let outside = |segment| if let Segment::Text(text) = segment { text } else { "$" };
    let fields: String = if variables { segments(text).map(outside).collect() } else { text.to_owned() };
    let service = fields.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(1));
    let has_shape = text == "*" || service.is_some_and(|service| !service.is_empty());
    has_shape && (!variables || variables_are_well_formed(text))
}

/// GRAM-041.
fn variables_are_well_formed(text: &str) -> bool {
    segments(text).all(|segment| segment != Segment::Malformed)
}

/// GRAM-028, GRAM-029, GRAM-047.
fn principal_is_right(policy_type: PolicyType, statement: &Value<'_>) -> bool {
    match (policy_type, statement.get("Principal"), statement.get("NotPrincipal")) {
        (PolicyType::Rcp, Some(principal), None) => is_everyone(principal),
        (PolicyType::Resource | PolicyType::Trust | PolicyType::Vpce, Some(principal), None) => {
            is_principal(principal)
        }
        (PolicyType::Resource | PolicyType::Vpce, None, Some(principal)) => {
            is_principal(principal) && statement.get("Effect").is_some_and(|effect| is_text(effect, "Deny"))
        }
        (policy_type, None, None) => is_identity(policy_type) || policy_type == PolicyType::Scp,
        _ => false,
    }
}

/// GRAM-047: `"*"`, or a map that says the same.
fn is_everyone(principal: &Value<'_>) -> bool {
    let only_aws = has_only(principal, &["AWS"]);
    is_text(principal, "*")
        || (only_aws && principal.get("AWS").is_some_and(|values| all_texts(values, |value| value == "*")))
}

/// GRAM-026, GRAM-027.
fn is_principal(principal: &Value<'_>) -> bool {
    let Some(members) = principal.as_object() else { return is_text(principal, "*") };
    !members.is_empty()
        && members.iter().all(|member| {
            let is_value = match &*member.name {
                "AWS" => is_aws_principal,
                "Service" => is_service_principal,
                "Federated" => is_federated_principal,
                "CanonicalUser" => is_canonical_user,
                _ => return false,
            };
            all_texts(&member.value, is_value)
        })
}

/// GRAM-027, `AWS`.
fn is_aws_principal(value: &str) -> bool {
    value == "*" || (is_plain(value) && (is_account(value) || is_principal_arn(value) || is_unique_id(value)))
}

/// GRAM-027: no wildcard and no variable.
fn is_plain(value: &str) -> bool {
    !value.contains(['*', '?']) && !value.contains("${")
}

fn is_account(value: &str) -> bool {
    value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_unique_id(value: &str) -> bool {
    let rest = value.strip_prefix('A').unwrap_or_default();
    (15..=127).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_principal_arn(value: &str) -> bool {
    let fields: Vec<&str> = value.splitn(6, ':').collect();
    let &["arn", partition, service, "", account, name] = fields.as_slice() else { return false };
    let parts: Vec<&str> = name.split('/').collect();
    let known_account = is_account(account);
    let named = match (service, parts.as_slice()) {
        ("iam", ["root"]) => known_account,
        ("iam", ["user", ..]) => (known_account || account == "cloudfront") && name.len() > "user/".len(),
        ("iam", ["role", ..]) => known_account && name.len() > "role/".len(),
        ("sts", ["assumed-role", role, session]) => known_account && !role.is_empty() && !session.is_empty(),
        ("sts", ["federated-user", session]) => known_account && !session.is_empty(),
        _ => false,
    };
    named && !partition.is_empty()
}

/// GRAM-027, `Service`: a lower-case dotted name.
fn is_service_principal(value: &str) -> bool {
    let is_label = |label: &str| {
        let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.bytes().all(lower)
    };
    value.contains('.') && value.split('.').all(is_label)
}

/// GRAM-027, `Federated`.
fn is_federated_principal(value: &str) -> bool {
    !value.is_empty() && is_plain(value)
}

/// GRAM-027, `CanonicalUser`.
fn is_canonical_user(value: &str) -> bool {
    value.len() == 64 && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// GRAM-030, GRAM-033.
fn is_condition(variables: bool, condition: &Value<'_>) -> bool {
    condition.as_object().is_some_and(|blocks| {
        blocks.iter().all(|block| {
            let Some(base) = base_operator(&block.name) else { return false };
            block.value.as_object().is_some_and(|keys| {
                keys.iter()
                    .all(|key| !key.name.is_empty() && are_condition_values(base, variables, &key.value))
            })
        })
    })
}

/// GRAM-031, GRAM-032: the operator without prefix and suffix.
fn base_operator(name: &str) -> Option<&str> {
    const BASES: [&str; 27] = [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnNotEquals",
        "ArnLike",
        "ArnNotLike",
        "Null",
    ];
    let unprefixed =
        name.strip_prefix("ForAllValues:").or_else(|| name.strip_prefix("ForAnyValue:")).unwrap_or(name);
    let base = unprefixed.strip_suffix("IfExists").unwrap_or(unprefixed);
    (BASES.contains(&base) && unprefixed != "NullIfExists").then_some(base)
}

/// GRAM-035, GRAM-036: a string, number or boolean, or a list of these.
fn are_condition_values(base: &str, variables: bool, values: &Value<'_>) -> bool {
    match &values.kind {
        Kind::Array(values) => values.iter().all(|value| is_condition_value(base, variables, value)),
        _ => is_condition_value(base, variables, values),
    }
}

/// GRAM-039 to GRAM-042.
fn is_condition_value(base: &str, variables: bool, value: &Value<'_>) -> bool {
    let text = match &value.kind {
        Kind::String(text) => text,
        Kind::Number(spelling) => *spelling,
        Kind::Bool(true) => "true",
        Kind::Bool(false) => "false",
        _ => return false,
    };
    let takes_variables = base.starts_with("String") || base.starts_with("Arn") || base == "Bool";
    if base.starts_with("Date") {
        is_date(text)
    } else {
        !(variables && takes_variables) || variables_are_well_formed(text)
    }
}

/// GRAM-047: the vendor's own full-access document, in any spelling that GRAM-006 and GRAM-007 make equal.
fn is_full_access_document(document: &Value<'_>) -> bool {
    let is_star = |value: Option<&Value<'_>>| value.is_some_and(|value| all_texts(value, |text| text == "*"));
    has_only(document, &["Version", "Statement"])
        && document.get("Version").is_some_and(|version| is_text(version, "2012-10-17"))
        && document.get("Statement").and_then(one_or_more).is_some_and(|statements| {
            statements.iter().all(|statement| {
                has_only(statement, &["Effect", "Principal", "Action", "Resource"])
                    && statement.get("Effect").is_some_and(|effect| is_text(effect, "Allow"))
                    && statement.get("Principal").is_some_and(|principal| is_text(principal, "*"))
                    && is_star(statement.get("Action"))
                    && is_star(statement.get("Resource"))
            })
        })
}

/// Whether a value is an object that holds no other names.
fn has_only(value: &Value<'_>, names: &[&str]) -> bool {
    value.as_object().is_some_and(|members| members.iter().all(|member| names.contains(&&*member.name)))
}

fn is_text(value: &Value<'_>, text: &str) -> bool {
    value.as_str() == Some(text)
}

/// GRAM-007, GRAM-009: a value stands for the list of it; a list holds something.
fn one_or_more<'v, 't>(value: &'v Value<'t>) -> Option<&'v [Value<'t>]> {
    match &value.kind {
        Kind::Array(values) => (!values.is_empty()).then_some(values),
        _ => Some(std::slice::from_ref(value)),
    }
}

/// Whether a value is a string, or a list of one or more strings, that all fulfil `is_right`.
fn all_texts(value: &Value<'_>, is_right: impl Fn(&str) -> bool) -> bool {
    one_or_more(value).is_some_and(|values| values.iter().all(|value| value.as_str().is_some_and(&is_right)))
}
