//! The strings in a principal map (GRAM-027, PRIN-020 to PRIN-027).

use crate::document::PrincipalKey;

/// What is wrong with a value under `key`: what completes "the principal …". `None` if nothing is.
pub(super) fn value_fault(key: PrincipalKey, value: &str) -> Option<&'static str> {
    if key == PrincipalKey::Aws && value == "*" {
        return None;
    }
    // No early exit: this loop becomes vector code.
    if value.bytes().fold(false, |found, byte| found | matches!(byte, b'*' | b'?' | b'$')) {
        if value.contains(['*', '?']) {
            return Some(match key {
                PrincipalKey::Aws => {
                    "holds a wildcard; name the principal in full, or write `*` alone for everyone"
                }
                _ => "holds a wildcard; name the principal in full, since only `AWS` takes `*`",
            });
        }
        if value.contains("${") {
            return Some(
                "holds a policy variable, which does not work in principals; use a condition instead",
            );
        }
    }
    match key {
        PrincipalKey::Aws => aws_fault(value),
        PrincipalKey::Service if !is_service(value) => {
            Some("is no service; write its lower-case name with dots, such as `ec2.amazonaws.com`")
        }
        PrincipalKey::CanonicalUser if !is_canonical(value) => {
            Some("is no canonical user id; write its 64 lower-case hexadecimal digits")
        }
        PrincipalKey::Federated if value.is_empty() => Some("is empty; name an identity provider"),
        _ => None,
    }
}

fn aws_fault(value: &str) -> Option<&'static str> {
    if value.starts_with("arn:") {
        return arn_fault(value);
    }
    if is_account(value) || is_unique_id(value) {
        return None;
    }
    Some(if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        "is no account; write its 12 digits without hyphens"
    } else {
        "is no principal; write an account of 12 digits, the ARN of a root, user, role or session, a unique id, or `*`"
    })
}

fn arn_fault(arn: &str) -> Option<&'static str> {
    const FORMS: &str = "is no ARN of a principal; write that of a root (`arn:aws:iam::ACCOUNT:root`), user, role, role session or federated user";
    let mut fields = arn.splitn(6, ':');
    let [Some(_), Some(partition), Some(service), Some(region), Some(account), Some(resource)] =
        std::array::from_fn(|_| fields.next())
    else {
        return Some(FORMS);
    };
    if partition.is_empty() {
        return Some("has no partition in its second field; write one, such as `aws`");
    }
    if !region.is_empty() {
        return Some("has a region in its fourth field; leave that empty");
    }
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    let origin_access_identity = account == "cloudfront" && service == "iam" && kind == "user";
    if !is_account(account) && !origin_access_identity {
        return Some("has no account in its fifth field; write its 12 digits");
    }
    match (service, kind) {
        ("iam", "root") if resource == "root" => None,
        ("iam", "user" | "role") if !name.is_empty() => None,
        ("iam", "user" | "role") => Some("has no name; write it after a `/`"),
        ("iam", "group") => Some("is a group, which is no principal; name its users, or use a condition"),
        ("sts", "assumed-role") => match name.split_once('/') {
            Some((role, session)) if !role.is_empty() && !session.is_empty() && !session.contains('/') => {
                None
            }
            _ => Some("is no role session; write `assumed-role/ROLE/SESSION` without the role's path"),
        },
        ("sts", "federated-user") if !name.is_empty() && !name.contains('/') => None,
        ("sts", "federated-user") => Some("is no federated user; write `federated-user/NAME`"),
        _ => Some(FORMS),
    }
}

/// Twelve digits (PRIN-020).
fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `A` and 15 to 127 upper-case letters or digits (PRIN-025).
fn is_unique_id(text: &str) -> bool {
    let rest = text.strip_prefix('A').unwrap_or_default();
    (15..=127).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Two labels at least of lower-case letters, digits and hyphens.
fn is_service(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.contains('.') && text.split('.').all(|label| !label.is_empty() && label.bytes().all(plain))
}

fn is_canonical(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
