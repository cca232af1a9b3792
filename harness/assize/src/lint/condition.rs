//! Advice about conditions.
//!
//! | code | rule | about |
//! |---|---|---|
//! | `W_KEY_FORMAT` | GRAM-034 | a key without a colon |
//! | `W_MIXED_TYPES` | GRAM-035 | values of several JSON types in one list |
//! | `W_DUP_KEY_CASE` | GRAM-038 | two keys that differ only in case |
//! | `W_TYPE_MISMATCH` | GRAM-040 | a value that is not of its operator's type |
//! | `W_VARIABLE_PLACE` | GRAM-042 | a variable where it is ordinary text |
//! | `W_FAMILY` | CTX-004 | an operator of another family than the key's |
//! | `W_TAG_KEY_MISSING` | CTX-011 | a tag key without tag name |
//! | `W_SENSITIVE_WILDCARD` | CTX-012 | a wildcard in the value of a sensitive key |
//! | `W_PRIVATE_SOURCEIP` | CTX-050 | a private address under `aws:SourceIp` |

use std::collections::HashMap;

use assize_model::json::{Kind, Member, Value};
use assize_model::{BaseOperator, Code, Operator};

use super::endpoint::Compared;
use super::types::{is_address, is_arn, is_base64, is_boolean, is_number, is_private_address};
use super::{Lints, each, has_wildcard, registry};

/// CTX-012.
const SENSITIVE_KEYS: [&str; 10] = [
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
];

/// The names that take a tag name after a slash, whatever the service (CTX-011).
const TAG_KEYS: [&str; 4] = ["PrincipalTag", "RequestTag", "ResourceTag", "ExistingObjectTag"];

/// What an operator compares its values as; the families of CTX-004.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    String,
    Numeric,
    Date,
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

impl Family {
    fn of(base: BaseOperator) -> Family {
        let name = base.as_str();
        let begins = |word: &str| name.starts_with(word);
        match base {
            BaseOperator::Bool => Family::Bool,
            BaseOperator::BinaryEquals => Family::Binary,
            BaseOperator::Null => Family::Null,
            BaseOperator::IpAddress | BaseOperator::NotIpAddress => Family::Ip,
            _ if begins("Numeric") => Family::Numeric,
            _ if begins("Date") => Family::Date,
            _ if begins("Arn") => Family::Arn,
            _ => Family::String,
        }
    }

    /// CTX-004: whether it is natural for a key of type `of`.
    fn suits(self, of: &str) -> bool {
        match self {
            Family::Null => true,
            Family::String => matches!(of, "String" | "ARN"),
            Family::Numeric => of == "Numeric",
            Family::Date => of == "Date",
            Family::Bool => of == "Bool",
            Family::Binary => of == "Binary",
            Family::Ip => of == "IP",
            Family::Arn => of == "ARN",
        }
    }

    /// Whether `text` is of its type, and what that is (GRAM-040). Dates are the grammar's business (GRAM-039).
    fn takes(self, text: &str) -> Result<(), &'static str> {
        let (holds, what) = match self {
            Family::String | Family::Date => return Ok(()),
            Family::Numeric => (is_number(text), "a number"),
            Family::Bool | Family::Null => (is_boolean(text), "`true` or `false`"),
            Family::Binary => (is_base64(text), "base64 with padding"),
            Family::Ip => (is_address(text), "an address with an optional prefix length"),
            Family::Arn => (is_arn(text), "an ARN of six fields"),
        };
        if holds { Ok(()) } else { Err(what) }
    }

    /// Whether `${…}` is a variable in its values (GRAM-041).
    fn takes_variables(self) -> bool {
        matches!(self, Family::String | Family::Arn | Family::Bool)
    }
}

impl Lints<'_> {
    pub(super) fn condition(&mut self, condition: &Value<'_>, pointer: &str) {
        for block in condition.as_object().unwrap_or_default() {
            let Some(operator) = Operator::parse(&block.name) else { continue };
            let pointer = format!("{pointer}/{}", escaped(&block.name));
            let mut seen: HashMap<String, &str> = HashMap::new();
            for key in block.value.as_object().unwrap_or_default() {
                let pointer = format!("{pointer}/{}", escaped(&key.name));
                let lower = key.name.chars().flat_map(char::to_lowercase).collect();
                if let Some(other) = seen.insert(lower, &key.name) {
                    let message = format!(
                        "`{other}` and `{}` name the same key, so both must hold; write one with all its values if either is enough.",
                        key.name
                    );
                    self.add(Code::DupKeyCase, "GRAM-038", &pointer, key.name_span, message);
                }
                self.key(operator, key, &pointer);
                self.values(operator, key, &pointer);
            }
        }
    }

    fn key(&mut self, operator: Operator, key: &Member<'_>, pointer: &str) {
        let (name, span) = (&*key.name, key.name_span);
        if !name.contains(':') {
            let message = format!(
                "`{name}` is no key that a request has: keys are written `service:Name`, as in `aws:SourceIp`."
            );
            self.add(Code::KeyFormat, "GRAM-034", pointer, span, message);
        }
        if self.has_variable(name) {
            self.variable_at(pointer, span, "a condition key");
        }
        let local = name.split_once(':').map_or("", |(_, local)| local);
        let stem = local.strip_suffix('/').unwrap_or(local);
        if TAG_KEYS.iter().any(|known| known.eq_ignore_ascii_case(stem)) {
            let message = format!(
                "`{name}` lacks the name of a tag and is never present; write `{}/TagName`.",
                name.trim_end_matches('/')
            );
            self.add(Code::TagKeyMissing, "CTX-011", pointer, span, message);
        }
        if let Some(entry) = registry::find(name) {
            let family = Family::of(operator.base);
            if !entry.types.iter().any(|of| family.suits(of)) {
                let message = format!(
                    "`{}` is a key of type {}, and {} is an operator of another family, so the comparison may not be the one meant.",
                    entry.name,
                    entry.types.join(" or "),
                    operator
                );
                self.add(Code::Family, "CTX-004", pointer, span, message);
            }
        }
    }

    fn values(&mut self, operator: Operator, key: &Member<'_>, pointer: &str) {
        let family = Family::of(operator.base);
        let values = each(&key.value, pointer);
        if let Some((first, _)) = values.first()
            && let Some((other, pointer)) =
                values.iter().find(|(value, _)| value.type_name() != first.type_name())
        {
            let message = format!(
                "This value is {} while the first of the list is {}; all are compared as text, so write them alike.",
                other.type_name(),
                first.type_name()
            );
            self.add(Code::MixedTypes, "GRAM-035", pointer, other.span, message);
        }
        for (value, pointer) in values {
            let text = match &value.kind {
                Kind::String(text) => &**text,
                Kind::Number(spelling) => spelling,
                Kind::Bool(true) => "true",
                Kind::Bool(false) => "false",
                _ => continue,
            };
            self.value(operator, family, key, value, text, &pointer);
        }
    }

    fn value(
        &mut self,
        operator: Operator,
        family: Family,
        key: &Member<'_>,
        value: &Value<'_>,
        text: &str,
        pointer: &str,
    ) {
        let has_variable = self.has_variable(text);
        if has_variable && !family.takes_variables() {
            self.variable_at(pointer, value.span, &format!("a value of {operator}"));
        }
        // What a variable stands for is known only when a request comes; where it is none, that has been said.
        if let Err(what) = family.takes(text)
            && !has_variable
        {
            let message = format!("`{text}` is not {what}, so under {operator} it matches nothing.");
            self.add(Code::TypeMismatch, "GRAM-040", pointer, value.span, message);
        }
        let is = |name: &&str| key.name.eq_ignore_ascii_case(name);
        let pattern = family == Family::Arn
            || matches!(operator.base, BaseOperator::StringLike | BaseOperator::StringNotLike);
        let identifier = SENSITIVE_KEYS.iter().any(is);
        self.endpoint_value(&Compared {
            key: &key.name,
            text,
            pointer,
            span: value.span,
            identifier,
            numeric: family == Family::Numeric,
            pattern,
            arn: family == Family::Arn,
        });
        if pattern && has_wildcard(text) && identifier {
            let message = format!(
                "`{}` says whom to trust; with a wildcard strangers can choose a value that matches.",
                key.name
            );
            self.add(Code::SensitiveWildcard, "CTX-012", pointer, value.span, message);
        }
        if family == Family::Ip && is(&"aws:SourceIp") && is_private_address(text) {
            let message = format!(
                "`{text}` is private, and `aws:SourceIp` is always public; inside a VPC use `aws:VpcSourceIp`."
            );
            self.add(Code::PrivateSourceIp, "CTX-050", pointer, value.span, message);
        }
    }
}

/// A member name as part of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
