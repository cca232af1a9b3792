//! Advice about documents that are accepted (GRAM-053): what is legal, decides as the rules say, and is probably not meant.
//!
//! | code | rule | about |
//! |---|---|---|
//! | `W_SERVICE_WILDCARD` | GRAM-025 | a wildcard in the service field of a resource |
//! | `W_TYPE_WILDCARD` | MATCH-040 | a wildcard in the type part of a resource |
//! | `W_NOTPRINCIPAL` | GRAM-029 | `NotPrincipal` |
//! | `W_TRUST_EVERYONE` | GRAM-045 | a role that everyone may assume |
//! | `W_FEDERATED_PLACE`, `W_CANONICAL_PLACE` | GRAM-049 | principals in types where they reach nobody |
//! | `W_VARIABLE_PLACE` | GRAM-042 | a variable where it is ordinary text |
//! | `W_VPCE_…` | GRAM-048 | see `endpoint`: what VPC endpoints refuse |
//! | the rest | see `condition` | conditions |

mod condition;
mod endpoint;
mod registry;
mod types;

use assize_model::json::{self, Member, Value};
use assize_model::source::{LineIndex, Span};
use assize_model::{Code, Diagnostic, PolicyType};

/// How many pieces of advice one document gets.
pub const MAX_ADVICE: usize = 1_000;

/// Services whose resources have no type part: the sixth field begins with a name that the owner chose.
const UNTYPED_SERVICES: [&str; 6] = ["s3", "sns", "sqs", "codecommit", "execute-api", "apigateway"];

/// Advice about a document that `policy_type`'s grammar accepts, in the order of the text; at most [`MAX_ADVICE`] pieces. A text that
/// is not even JSON gets none.
pub fn lint(text: &str, policy_type: PolicyType) -> Vec<Diagnostic> {
    let Ok(root) = json::parse(text) else { return Vec::new() };
    let version = root.get("Version").and_then(Value::as_str);
    let mut lints = Lints {
        policy_type,
        variables: version == Some("2012-10-17"),
        lines: LineIndex::new(text),
        found: Vec::new(),
    };
    if let Some(id) = root.get("Id") {
        lints.variable_place(id, "/Id", "Id");
    }
    if let Some(statements) = root.get("Statement") {
        for (statement, pointer) in each(statements, "/Statement") {
            lints.statement(statement, &pointer);
        }
    }
    lints.found.sort_by_key(|found| found.span.start);
    lints.found
}

/// The advice so far, and what it depends on.
struct Lints<'t> {
    policy_type: PolicyType,
    /// Whether `${…}` is a variable in this document (GRAM-013).
    variables: bool,
    lines: LineIndex<'t>,
    found: Vec<Diagnostic>,
}

impl Lints<'_> {
    fn add(&mut self, code: Code, rule: &'static str, pointer: &str, span: Span, message: String) {
        if self.found.len() < MAX_ADVICE {
            let region = self.lines.region(span);
            self.found.push(Diagnostic { code, rule, pointer: pointer.to_owned(), span, region, message });
        }
    }

    fn statement(&mut self, statement: &Value<'_>, pointer: &str) {
        let at = |name: &str| format!("{pointer}/{name}");
        if let Some(sid) = statement.get("Sid") {
            self.variable_place(sid, &at("Sid"), "Sid");
        }
        if let Some(member) = member(statement, "NotPrincipal") {
            let message = "`NotPrincipal` is easily misread, and denies whoever it forgets to name; write `\"Principal\": \"*\"` with a \
                           negated condition on `aws:PrincipalArn`."
                .to_owned();
            self.add(Code::NotPrincipal, "GRAM-029", &at("NotPrincipal"), member.name_span, message);
        }
        for name in ["Principal", "NotPrincipal"] {
            if let Some(principal) = statement.get(name) {
                self.principal(principal, &at(name));
            }
        }
        let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        if let Some(principal) = statement.get("Principal") {
            if self.policy_type == PolicyType::Trust && allows {
                self.trust(principal, &at("Principal"));
            }
            self.endpoint_principal(principal, &at("Principal"));
        }
        for name in ["Resource", "NotResource"] {
            if let Some(resources) = statement.get(name) {
                for (resource, pointer) in each(resources, &at(name)) {
                    self.resource(resource, &pointer);
                }
            }
        }
        if let Some(condition) = statement.get("Condition") {
            self.condition(condition, &at("Condition"));
        }
    }

    fn principal(&mut self, principal: &Value<'_>, pointer: &str) {
        let places = [
            ("Federated", PolicyType::Trust, Code::FederatedPlace, "a role's trust policy"),
            ("CanonicalUser", PolicyType::Resource, Code::CanonicalPlace, "a resource-based policy"),
        ];
        for (name, home, code, place) in places {
            if let Some(member) = member(principal, name)
                && self.policy_type != home
            {
                let message = format!(
                    "`{name}` belongs in {place}; services do not take it in a policy of type {}.",
                    self.policy_type
                );
                self.add(code, "GRAM-049", &format!("{pointer}/{name}"), member.name_span, message);
            }
        }
    }

    fn trust(&mut self, principal: &Value<'_>, pointer: &str) {
        let mut values = vec![(principal, pointer.to_owned())];
        values.extend(
            principal.get("AWS").map(|aws| each(aws, &format!("{pointer}/AWS"))).into_iter().flatten(),
        );
        for (value, pointer) in values {
            if value.as_str() == Some("*") {
                let message = "Everyone, in every account, may assume this role unless a condition says otherwise; name the principals."
                    .to_owned();
                self.add(Code::TrustEveryone, "GRAM-045", &pointer, value.span, message);
            }
        }
    }

    fn resource(&mut self, resource: &Value<'_>, pointer: &str) {
        let Some(text) = resource.as_str() else { return };
        self.endpoint_arn(text, pointer, resource.span);
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let service = fields.get(2).copied().unwrap_or("");
        if has_wildcard(service) {
            let message = format!(
                "The service field `{service}` has a wildcard and covers services that do not exist yet; name the service."
            );
            self.add(Code::ServiceWildcard, "GRAM-025", pointer, resource.span, message);
            return;
        }
        let Some(name) = fields.get(5).filter(|_| !UNTYPED_SERVICES.contains(&service)) else { return };
        let type_part = name.split(['/', ':']).next().unwrap_or(name);
        if has_wildcard(type_part) && *name != "*" {
            let message = format!(
                "The type part `{type_part}` has a wildcard and covers resources of other types; write the type out, as in `user/…`."
            );
            self.add(Code::TypeWildcard, "MATCH-040", pointer, resource.span, message);
        }
    }

    /// GRAM-042: a variable in `value`, where `place` makes it ordinary text.
    fn variable_place(&mut self, value: &Value<'_>, pointer: &str, place: &str) {
        if value.as_str().is_some_and(|text| self.has_variable(text)) {
            self.variable_at(pointer, value.span, place);
        }
    }

    fn has_variable(&self, text: &str) -> bool {
        self.variables && text.contains("${")
    }

    fn variable_at(&mut self, pointer: &str, span: Span, place: &str) {
        let message = format!("A policy variable has no meaning in {place}: `${{…}}` is ordinary text here.");
        self.add(Code::VariablePlace, "GRAM-042", pointer, span, message);
    }
}

/// The values of a list, or the one value that stands for a list of one (GRAM-007), each with its pointer.
fn each<'v, 'a>(value: &'v Value<'a>, pointer: &str) -> Vec<(&'v Value<'a>, String)> {
    match value.as_array() {
        Some(values) => {
            values.iter().enumerate().map(|(at, value)| (value, format!("{pointer}/{at}"))).collect()
        }
        None => vec![(value, pointer.to_owned())],
    }
}

fn member<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Member<'a>> {
    value.as_object()?.iter().find(|member| member.name == name)
}

const WILDCARDS: [char; 2] = ['*', '?'];

fn has_wildcard(text: &str) -> bool {
    text.contains(WILDCARDS)
}
