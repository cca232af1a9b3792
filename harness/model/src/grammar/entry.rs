//! The strings in `Action` and `Resource`, and the syntax of policy variables.

use crate::policies::PolicyType;

/// What is wrong with an action string: the rule and what completes "the action …". `None` if nothing is.
///
/// GRAM-022 for all types; GRAM-045 for trust policies; GRAM-047 for resource control policies unless `any_vendor`.
pub(super) fn action_fault(
    action: &str,
    policy_type: PolicyType,
    any_vendor: bool,
) -> Option<(&'static str, &'static str)> {
    let vendor = if action == "*" {
        "*"
    } else {
        let mut colons = places(action, b':');
        let Some(colon) = colons.next() else {
            return Some(("GRAM-022", "has no colon; write `service:Name`, or `*` alone"));
        };
        if colons.next().is_some() {
            let reason = match action.contains("${") {
                true => "has more than one colon, and policy variables do not work in actions",
                false => "has more than one colon; write `service:Name`",
            };
            return Some(("GRAM-022", reason));
        }
        &action[..colon]
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    if vendor != "*" && (vendor.is_empty() || !vendor.bytes().all(plain)) {
        return Some((
            "GRAM-022",
            "has neither a service name (ASCII letters, digits, `.`, `-`) nor `*` before its colon; write `service:Name`",
        ));
    }
    match policy_type {
        PolicyType::Trust if !vendor.eq_ignore_ascii_case("sts") => Some((
            "GRAM-045",
            "is not of `sts`; a trust policy takes only its actions, such as `sts:AssumeRole`",
        )),
        PolicyType::Rcp if vendor == "*" && !any_vendor => Some((
            "GRAM-047",
            "names no service; a resource control policy names one in every action, such as `s3:*`",
        )),
        _ => None,
    }
}

/// What is wrong with a resource string (GRAM-025): what completes "the resource …". `references`: whether `${…}` is one, so that its colons separate nothing
/// (MATCH-071).
pub(super) fn resource_fault(resource: &str, references: bool) -> Option<&'static str> {
    if resource == "*" {
        return None;
    }
    let Some(rest) = resource.strip_prefix("arn:") else {
        return Some(match resource {
            "" => "is empty; write an ARN, or `*` alone",
            _ if resource.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("arn:")) => {
                "does not begin with `arn:` in lower case; write it so"
            }
            _ => "is neither `*` nor an ARN; begin it with `arn:`",
        });
    };
    let service = after_colon(rest, references).map(|rest| match after_colon(rest, references) {
        Some(tail) => &rest[..rest.len() - tail.len() - 1],
        None => rest,
    });
    match service {
        None | Some("") => Some("has no service in its third field; write `arn:aws:service:…`"),
        Some(_) => None,
    }
}

/// Where an ASCII character stands in a text. Entries are short: looking at each byte is faster than setting up a search.
fn places(text: &str, character: u8) -> impl Iterator<Item = usize> {
    text.bytes().enumerate().filter(move |(_, byte)| *byte == character).map(|(at, _)| at)
}

/// What follows the first colon of `text`, not counting those inside references if `references`.
fn after_colon(text: &str, mut references: bool) -> Option<&str> {
    let mut from = 0;
    loop {
        let at = from + text[from..].bytes().position(|byte| byte == b':' || byte == b'$')?;
        from = at + 1;
        if text[at..].starts_with(':') {
            return Some(&text[from..]);
        }
        if references && text[at..].starts_with("${") {
            match text[at..].find('}') {
                Some(end) => from = at + end + 1,
                None => references = false,
            }
        }
    }
}

/// The first malformed reference of a text and what is wrong with it (GRAM-041, MATCH-060).
///
/// One pass from left to right: what stands inside a reference is part of it (MATCH-069).
pub(super) fn malformed_reference(text: &str) -> Option<(&str, &'static str)> {
    // Most texts hold none.
    if !text.as_bytes().contains(&b'$') {
        return None;
    }
    let mut rest = text;
    while let Some(start) = places(rest, b'$').next() {
        let reference = &rest[start..];
        if !reference.starts_with("${") {
            rest = &reference[1..];
            continue;
        }
        let Some(end) = reference.find('}') else {
            return Some((reference, "lacks its closing `}`"));
        };
        if let Some(reason) = reference_fault(&reference[2..end]) {
            return Some((&reference[..=end], reason));
        }
        rest = &reference[end + 1..];
    }
    None
}

/// What is wrong between `${` and `}`.
fn reference_fault(body: &str) -> Option<&'static str> {
    if matches!(body, "*" | "?" | "$") {
        return None;
    }
    let (name, default) = match body.split_once(',') {
        Some((name, default)) => (name, Some(default)),
        None => (body, None),
    };
    if name.is_empty() {
        return Some("names no context key");
    }
    if name.contains(char::is_whitespace) {
        return Some("has white space in its name");
    }
    if name.contains(['\'', '{', '$']) {
        return Some("has one of `'`, `{`, `$` in its name");
    }
    let quoted = |default: &str| {
        let text = default.strip_prefix(" '")?.strip_suffix('\'')?;
        (!text.contains('\'')).then_some(())
    };
    match default {
        Some(default) if quoted(default).is_none() => {
            Some("has a default that is not one comma, one space and a text in single quotes")
        }
        _ => None,
    }
}
