//! Which documents are taken. A fault that takes too much repairs the document and reads what it has made of it.

use assize_model::source::Span;
use assize_model::{
    Code, Diagnostic, Document, Effect, Element, Grammar, LiteralKind, PolicyType, Position, PrincipalKey,
    PrincipalSpec, Region, Statement, Version,
};
use assize_reference::{Correct, Semantics};
use serde_json::{Map, Value, json};

type Read = Result<Document, Vec<Diagnostic>>;

/// Reads a document; if only faults that `forgiven` picks keep it from being taken, reads what `repair` makes of it.
fn forgiving(
    grammar: Grammar,
    text: &str,
    forgiven: impl Fn(&Diagnostic) -> bool,
    repair: impl Fn(&mut Value),
) -> Read {
    let faults = match Correct.read_document(grammar, text) {
        Err(faults) if faults.iter().all(&forgiven) => faults,
        read => return read,
    };
    let Ok(mut root) = serde_json::from_str(text) else { return Err(faults) };
    repair(&mut root);
    Correct.read_document(grammar, &root.to_string()).map_err(|_| faults)
}

/// As [`forgiving`], for faults of the text that JSON itself stumbles over.
fn forgiving_text(grammar: Grammar, text: &str, repair: impl Fn(&str) -> String) -> Read {
    Correct
        .read_document(grammar, text)
        .or_else(|faults| Correct.read_document(grammar, &repair(text)).map_err(|_| faults))
}

/// As [`forgiving`], with a repair for each statement.
fn forgiving_statements(
    grammar: Grammar,
    text: &str,
    forgiven: impl Fn(&Diagnostic) -> bool,
    repair: impl Fn(&mut Map<String, Value>),
) -> Read {
    forgiving(grammar, text, forgiven, |root| each_statement(root, &repair))
}

fn each_statement(root: &mut Value, change: &dyn Fn(&mut Map<String, Value>)) {
    match root.get_mut("Statement") {
        Some(Value::Array(statements)) => {
            statements.iter_mut().filter_map(Value::as_object_mut).for_each(change)
        }
        Some(Value::Object(statement)) => change(statement),
        _ => {}
    }
}

/// Replaces the texts in a member, in lists and maps too.
fn each_text(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(members) => members.values_mut().for_each(|member| each_text(member, change)),
        _ => {}
    }
}

/// Changes the operators of a condition by name: `None` drops one.
fn each_operator(statement: &mut Map<String, Value>, change: &dyn Fn(&str) -> Option<String>) {
    if let Some(Value::Object(condition)) = statement.get_mut("Condition") {
        let operators = std::mem::take(condition);
        *condition =
            operators.into_iter().filter_map(|(name, block)| Some((change(&name)?, block))).collect();
    }
}

fn of(diagnostic: &Diagnostic, code: Code, rule: &str) -> bool {
    diagnostic.code == code && diagnostic.rule == rule
}

/// Refuses a document that was taken if `refused` says so.
fn refusing(grammar: Grammar, text: &str, refused: impl Fn(&Document) -> bool) -> Read {
    let document = Correct.read_document(grammar, text)?;
    if refused(&document) { Err(refusal()) } else { Ok(document) }
}

/// As [`refusing`], for what the document does not hold any more once it is read.
fn refusing_text(grammar: Grammar, text: &str, refused: impl Fn(&Value) -> bool) -> Read {
    refusing(grammar, text, |_| serde_json::from_str(text).is_ok_and(|root| refused(&root)))
}

/// As [`refusing`], if a statement is such.
fn refusing_statement(grammar: Grammar, text: &str, refused: impl Fn(&Statement) -> bool) -> Read {
    refusing(grammar, text, |document| document.statements.iter().any(&refused))
}

fn refusal() -> Vec<Diagnostic> {
    let region = Region { start: Position::START, end: Position::START };
    let message = "refused for no good reason".to_owned();
    vec![Diagnostic {
        code: Code::Element,
        rule: "GRAM-010",
        pointer: String::new(),
        span: Span::default(),
        region,
        message,
    }]
}

fn statements(root: &Value) -> Vec<&Map<String, Value>> {
    match root.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(statement)) => vec![statement],
        _ => Vec::new(),
    }
}

/// The values of the principal map's member with this key.
fn principals(statement: &Statement, key: PrincipalKey) -> bool {
    let spec = statement.principal.as_ref().map(|principal| &principal.spec);
    matches!(spec, Some(PrincipalSpec::Map(entries)) if entries.iter().any(|entry| entry.key == key))
}

fn entries(element: &Option<Element>) -> &[String] {
    element.as_ref().map_or(&[], |element| &element.entries)
}

faults! { TAKES, Acceptance, "documents taken";
    "missing-statement-taken", "GRAM-016", Real, OverDeny, "A document without Statement is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving(grammar, text, |f| of(f, Code::Missing, "GRAM-016"), |root| root["Statement"] = harmless(grammar.policy_type))
    }

    "empty-statement-list-taken", "GRAM-009", Plausible, OverDeny, "An empty list of statements is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving(grammar, text, |f| f.code == Code::Empty && f.pointer == "/Statement", |root| root["Statement"] = harmless(grammar.policy_type))
    }

    "unknown-operator-skipped", "GRAM-031", Real, OverGrant, "An unknown condition operator is skipped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let known = |name: &str| assize_model::Operator::parse(name).map(|_| name.to_owned());
        forgiving_statements(grammar, text, |f| of(f, Code::Operator, "GRAM-031"), |statement| each_operator(statement, &known))
    }

    "operator-case-ignored", "GRAM-031", Real, OverGrant, "Condition operators are known in any letter case.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let spelled = |name: &str| assize_model::BaseOperator::ALL.iter().map(|base| base.as_str()).find(|base| base.eq_ignore_ascii_case(name)).map_or(Some(name.to_owned()), |base| Some(base.to_owned()));
        forgiving_statements(grammar, text, |f| of(f, Code::Operator, "GRAM-031"), |statement| each_operator(statement, &spelled))
    }

    "null-if-exists-taken", "GRAM-032", Plausible, OverGrant, "NullIfExists is taken for Null.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let plain = |name: &str| Some(name.strip_suffix("IfExists").unwrap_or(name).to_owned());
        forgiving_statements(grammar, text, |f| of(f, Code::Operator, "GRAM-032"), |statement| each_operator(statement, &plain))
    }

    "action-and-not-action-taken", "GRAM-020", Plausible, OverGrant, "Of Action and NotAction in one statement the former is read.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Conflict, "GRAM-020") && f.pointer.contains("Action"), |statement| {
            if statement.contains_key("Action") { statement.remove("NotAction"); }
        })
    }

    "resource-and-not-resource-taken", "GRAM-020", Plausible, OverGrant, "Of Resource and NotResource in one statement the former is read.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Conflict, "GRAM-020") && f.pointer.contains("Resource"), |statement| {
            if statement.contains_key("Resource") { statement.remove("NotResource"); }
        })
    }

    "principal-and-not-principal-taken", "GRAM-020", Plausible, OverGrant, "Of Principal and NotPrincipal in one statement the former is read.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Conflict, "GRAM-020") && f.pointer.contains("Principal"), |statement| {
            if statement.contains_key("Principal") { statement.remove("NotPrincipal"); }
        })
    }

    "empty-action-list-taken", "GRAM-009", Real, OverGrant, "An empty list of actions is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| f.code == Code::Empty && f.pointer.ends_with("Action"), |statement| {
            for name in ["Action", "NotAction"] { if let Some(Value::Array(list)) = statement.get_mut(name) && list.is_empty() { list.push(json!("sts:")) } }
        })
    }

    "empty-resource-list-taken", "GRAM-009", Real, OverGrant, "An empty list of resources is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| f.code == Code::Empty && f.pointer.ends_with("Resource"), |statement| {
            for name in ["Resource", "NotResource"] { if let Some(Value::Array(list)) = statement.get_mut(name) && list.is_empty() { list.push(json!("*")) } }
        })
    }

    "empty-principal-taken", "GRAM-009", Plausible, OverGrant, "An empty principal map is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| f.code == Code::Empty && f.pointer.contains("Principal"), |statement| {
            for name in ["Principal", "NotPrincipal"] { if statement.contains_key(name) { statement.insert(name.to_owned(), json!("*")); } }
        })
    }

    "allow-with-not-principal-taken", "GRAM-029", Real, OverGrant, "NotPrincipal is taken with Allow.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let anywhere = matches!(grammar.policy_type, PolicyType::Resource | PolicyType::Vpce);
        forgiving_statements(grammar, text, |f| anywhere && of(f, Code::Forbidden, "GRAM-029"), |statement| {
            if statement.remove("NotPrincipal").is_some() { statement.insert("Principal".to_owned(), json!("*")); }
        })
    }

    "not-principal-in-trust-taken", "GRAM-029", Plausible, OverGrant, "NotPrincipal is taken in trust policies.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let trust = grammar.policy_type == PolicyType::Trust;
        forgiving_statements(grammar, text, |f| trust && of(f, Code::Forbidden, "GRAM-029"), |statement| {
            if statement.remove("NotPrincipal").is_some() { statement.insert("Principal".to_owned(), json!("*")); }
        })
    }

    "principal-in-identity-policy-taken", "GRAM-028", Plausible, OverGrant, "Principal is taken and ignored where it does not belong.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Forbidden, "GRAM-028"), |statement| {
            statement.remove("Principal");
            statement.remove("NotPrincipal");
        })
    }

    "missing-principal-means-everyone", "GRAM-028", Real, OverGrant, "A statement without Principal is for everyone.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Missing, "GRAM-028"), |statement| { statement.entry("Principal").or_insert(json!("*")); })
    }

    "resource-in-trust-policy-taken", "GRAM-024", Real, OverGrant, "A trust policy with Resource is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Forbidden, "GRAM-024"), |statement| {
            statement.remove("Resource");
            statement.remove("NotResource");
        })
    }

    "missing-resource-means-everything", "GRAM-024", Plausible, OverGrant, "A statement without Resource is for every resource.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Missing, "GRAM-024"), |statement| { statement.entry("Resource").or_insert(json!("*")); })
    }

    "missing-action-means-none", "GRAM-021", Plausible, OverDeny, "A statement without Action is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Missing, "GRAM-021"), |statement| { statement.entry("Action").or_insert(json!("sts:")); })
    }

    "missing-effect-means-deny", "GRAM-019", Plausible, OverDeny, "A statement without Effect denies.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Missing, "GRAM-019"), |statement| { statement.entry("Effect").or_insert(json!("Deny")); })
    }

    "effect-case-ignored", "GRAM-019", Plausible, OverGrant, "Effects are known in any letter case.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Effect, "GRAM-019"), |statement| {
            let spelled = |text: &str| ["Allow", "Deny"].into_iter().find(|effect| effect.eq_ignore_ascii_case(text)).unwrap_or(text).to_owned();
            if let Some(effect) = statement.get_mut("Effect") { each_text(effect, &spelled) }
        })
    }

    "any-sid-taken", "GRAM-017", Plausible, OverDeny, "A Sid may hold any character.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Sid, "GRAM-017"), |statement| { statement.remove("Sid"); })
    }

    "repeated-sid-taken", "GRAM-018", Plausible, OverDeny, "A Sid may be repeated.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Sid, "GRAM-018"), |statement| { statement.remove("Sid"); })
    }

    "any-version-taken", "GRAM-011", Plausible, OverGrant, "Every version is taken for the newest.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving(grammar, text, |f| of(f, Code::Version, "GRAM-011"), |root| root["Version"] = json!("2012-10-17"))
    }

    "scp-without-version-taken", "GRAM-014", Plausible, OverDeny, "A document that must name its version may leave it out.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving(grammar, text, |f| of(f, Code::Version, "GRAM-014"), |root| root["Version"] = json!("2012-10-17"))
    }

    "id-taken-everywhere", "GRAM-015", Plausible, OverDeny, "Id is taken in every document.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving(grammar, text, |f| of(f, Code::Forbidden, "GRAM-015"), |root| { root.as_object_mut().map(|root| root.remove("Id")); })
    }

    "unknown-elements-ignored", "GRAM-010", Plausible, OverGrant, "Unknown elements are ignored.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let top = ["Version", "Id", "Statement"];
        let known = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
        forgiving(grammar, text, |f| f.code == Code::Element, |root| {
            if let Some(root) = root.as_object_mut() { root.retain(|name, _| top.contains(&name.as_str())) }
            each_statement(root, &|statement| statement.retain(|name, _| known.contains(&name.as_str())));
        })
    }

    "element-case-ignored", "GRAM-010", Plausible, OverGrant, "Elements are known in any letter case.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let known = ["Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
        let spelled = |members: &mut Map<String, Value>| {
            let respelled = |name: String| known.iter().find(|known| known.eq_ignore_ascii_case(&name)).map_or(name.clone(), |known| (*known).to_owned());
            *members = std::mem::take(members).into_iter().map(|(name, value)| (respelled(name), value)).collect();
        };
        forgiving(grammar, text, |f| matches!(f.code, Code::Element | Code::Missing), |root| {
            root.as_object_mut().map(spelled);
            each_statement(root, &spelled);
        })
    }

    "repeated-members-taken", "GRAM-004", Real, OverGrant, "Of repeated members the last is read.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { forgiving(grammar, text, |f| f.code == Code::DupKey, |_| {}) }

    "null-in-lists-skipped", "GRAM-008", Real, OverDeny, "null in a list is skipped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| f.rule == "GRAM-008", |statement| for member in statement.values_mut() {
            if let Value::Array(items) = member { items.retain(|item| !item.is_null()) }
        })
    }

    "null-elements-skipped", "GRAM-008", Plausible, OverGrant, "An element that is null is skipped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| f.rule == "GRAM-008", |statement| statement.retain(|_, member| !member.is_null()))
    }

    "numbers-taken-for-actions", "GRAM-021", Plausible, OverGrant, "An action list in a list is flattened.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| f.code == Code::Type, |statement| for name in ["Action", "NotAction", "Resource", "NotResource"] {
            if let Some(Value::Array(items)) = statement.get_mut(name) {
                *items = std::mem::take(items).into_iter().flat_map(|item| if let Value::Array(inner) = item { inner } else { vec![item] }).collect();
            }
        })
    }

    "byte-order-mark-taken", "GRAM-002", Plausible, OverDeny, "A byte-order mark before the document is skipped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_text(grammar, text, |text| text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
    }

    "trailing-commas-taken", "GRAM-002", Plausible, OverDeny, "A comma before a closing bracket is skipped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let without = |text: &str| {
            let mut out = String::new();
            for character in text.chars() {
                if matches!(character, '}' | ']') && out.trim_end().ends_with(',') { out.truncate(out.trim_end().len() - 1) }
                out.push(character);
            }
            out
        };
        forgiving_text(grammar, text, without)
    }

    "comments-taken", "GRAM-002", Plausible, OverDeny, "Comments are skipped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let without = |text: &str| match (text.find("/*"), text.find("*/"), text.find("//")) {
            (Some(from), Some(to), _) if from < to => format!("{}{}", &text[..from], &text[to + 2..]),
            (_, _, Some(from)) => format!("{}{}", &text[..from], text[from..].find('\n').map_or("", |end| &text[from + end..])),
            _ => text.to_owned(),
        };
        forgiving_text(grammar, text, without)
    }

    "text-behind-the-document-taken", "GRAM-001", Plausible, OverDeny, "What follows the document is skipped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let first = |text: &str| {
            let mut documents = serde_json::Deserializer::from_str(text).into_iter::<Value>();
            if let Some(Ok(_)) = documents.next() { text[..documents.byte_offset()].to_owned() } else { text.to_owned() }
        };
        forgiving_text(grammar, text, first)
    }

    "list-of-documents-taken", "GRAM-001", Plausible, OverDeny, "A document in a list of one is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_text(grammar, text, |text| text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).to_owned())
    }

    "any-character-taken", "GRAM-003", Plausible, OverDeny, "Every character is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let escaped = |text: &str| text.chars().map(|c| if c > '\u{ff}' { "x".to_owned() } else { c.to_string() }).collect();
        forgiving_text(grammar, text, escaped)
    }

    "control-characters-taken", "GRAM-003", Plausible, OverDeny, "Control characters in texts are taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_text(grammar, text, |text| text.chars().map(|c| if c.is_ascii_control() { ' ' } else { c }).collect())
    }

    "action-without-vendor-taken", "GRAM-022", Plausible, OverDeny, "An action without a colon is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        taking_actions(grammar, text, |entry| entry != "*" && !entry.is_empty() && !entry.contains(':'))
    }

    "action-with-several-colons-taken", "GRAM-022", Plausible, OverDeny, "An action with several colons is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { taking_actions(grammar, text, |entry| entry.matches(':').count() > 1) }

    "vendor-wildcards-taken", "GRAM-022", Plausible, OverGrant, "Wildcards within a vendor are taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        taking_actions(grammar, text, |entry| entry.split_once(':').is_some_and(|(vendor, _)| vendor.len() > 1 && vendor.contains(['*', '?'])))
    }

    "actions-trimmed-when-read", "GRAM-022", Plausible, OverGrant, "White space before an action is dropped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { taking_actions(grammar, text, |entry| entry.starts_with(char::is_whitespace)) }

    "empty-actions-taken", "GRAM-022", Plausible, OverDeny, "An empty action is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { taking_actions(grammar, text, str::is_empty) }

    "any-resource-taken", "GRAM-025", Plausible, OverDeny, "A resource that is no ARN is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let arn = |text: &str| if text == "*" || text.starts_with("arn:") { text.to_owned() } else { "arn:aws:s3:::x".to_owned() };
        forgiving_statements(grammar, text, |f| of(f, Code::Resource, "GRAM-025"), |statement| for name in ["Resource", "NotResource"] {
            if let Some(resource) = statement.get_mut(name) { each_text(resource, &arn) }
        })
    }

    "resource-without-service-taken", "GRAM-025", Plausible, OverDeny, "A resource with an empty service is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let filled = |text: &str| if text.starts_with("arn:") && text.split(':').nth(2) == Some("") { "arn:aws:s3:::x".to_owned() } else { text.to_owned() };
        forgiving_statements(grammar, text, |f| of(f, Code::Resource, "GRAM-025"), |statement| for name in ["Resource", "NotResource"] {
            if let Some(resource) = statement.get_mut(name) { each_text(resource, &filled) }
        })
    }

    "principal-wildcards-taken", "GRAM-027", Real, OverGrant, "Wildcards within a principal are taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        taking_principals(grammar, text, |value| value.len() > 1 && value.contains(['*', '?']), |value| value.replace(['*', '?'], "x"))
    }

    "groups-taken-for-principals", "GRAM-027", Plausible, OverDeny, "Groups are taken for principals.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        taking_principals(grammar, text, |value| value.contains(":group/"), |value| value.replace(":group/", ":user/"))
    }

    "star-service-taken", "PRIN-022", Plausible, OverGrant, "An asterisk is taken for a service.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        taking_principals(grammar, text, |value| value == "*", |_| "a.b".to_owned())
    }

    "short-account-taken", "PRIN-020", Plausible, OverDeny, "An account id may have fewer than twelve digits.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let digits = |value: &str| !value.is_empty() && value.len() != 12 && value.bytes().all(|byte| byte.is_ascii_digit());
        taking_principals(grammar, text, digits, |_| "111111111111".to_owned())
    }

    "hyphenated-account-taken", "PRIN-020", Plausible, OverDeny, "An account id may hold hyphens.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let hyphenated = |value: &str| value.contains('-') && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        taking_principals(grammar, text, hyphenated, |_| "111111111111".to_owned())
    }

    "session-without-name-taken", "PRIN-021", Plausible, OverGrant, "An assumed-role ARN without session name is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        taking_principals(grammar, text, |value| value.contains(":assumed-role/") && value.matches('/').count() == 1, |value| format!("{value}/s"))
    }

    "instance-profile-taken-for-principal", "PRIN-021", Plausible, OverDeny, "ARNs of IAM other than users and roles are taken for principals.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let other = |value: &str| [":instance-profile/", ":policy/", ":mfa/", ":saml-provider/"].iter().any(|kind| value.contains(kind));
        taking_principals(grammar, text, other, |_| "111111111111".to_owned())
    }

    "bare-principal-taken", "GRAM-026", Plausible, OverGrant, "A principal may be a bare text.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Principal, "GRAM-026"), |statement| for name in ["Principal", "NotPrincipal"] {
            if let Some(Value::String(bare)) = statement.get_mut(name) { *bare = "*".to_owned() }
        })
    }

    "unknown-principal-kinds-ignored", "GRAM-026", Plausible, OverDeny, "Unknown kinds in a principal map are ignored.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let known = ["AWS", "Service", "Federated", "CanonicalUser"];
        forgiving_statements(grammar, text, |f| of(f, Code::Principal, "GRAM-026"), |statement| for name in ["Principal", "NotPrincipal"] {
            if let Some(Value::Object(map)) = statement.get_mut(name) {
                map.retain(|kind, _| known.contains(&kind.as_str()));
                if map.is_empty() { map.insert("AWS".to_owned(), json!("111111111111")); }
            }
        })
    }

    "list-of-principals-taken", "GRAM-026", Plausible, OverGrant, "A principal may be a list.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Type, "GRAM-026"), |statement| for name in ["Principal", "NotPrincipal"] {
            if let Some(Value::Array(_)) = statement.get(name) { statement.insert(name.to_owned(), json!("*")); }
        })
    }

    "list-of-conditions-taken", "GRAM-030", Plausible, OverGrant, "A condition may be a list of blocks, of which none is read.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Type, "GRAM-030"), |statement| { statement.remove("Condition"); })
    }

    "empty-condition-key-taken", "GRAM-034", Plausible, OverDeny, "An empty condition key is taken.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::ConditionKey, "GRAM-034"), |statement| { statement.remove("Condition"); })
    }

    "odd-condition-values-taken", "GRAM-035", Plausible, OverGrant, "Condition values may be objects or lists of lists.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Type, "GRAM-035"), |statement| { statement.remove("Condition"); })
    }

    "any-date-taken", "GRAM-039", Plausible, OverGrant, "Values of date operators need not be dates.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { Grammar { is_date: |_| true, ..grammar }.parse(text) }

    "impossible-days-taken", "COND-065", Plausible, OverGrant, "Any day up to 31 is a date.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let lenient = |text: &str| ["-29", "-30", "-31"].iter().any(|day| assize_reference::date::is_date(&text.replace(day, "-28"))) || assize_reference::date::is_date(text);
        Grammar { is_date: lenient, ..grammar }.parse(text)
    }

    "malformed-variables-taken", "GRAM-041", Plausible, OverGrant, "A malformed variable is ordinary text.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving(grammar, text, |f| f.code == Code::Variable, |root| each_statement(root, &|statement| {
            for name in ["Resource", "NotResource", "Condition"] { if let Some(member) = statement.get_mut(name) { each_text(member, &|text| text.replace("${", "")) } }
        }))
    }

    "any-action-in-trust-taken", "GRAM-045", Plausible, OverDeny, "Trust policies may name actions of any service.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Action, "GRAM-045"), |statement| { statement.insert("Action".to_owned(), json!("sts:")); })
    }

    "not-action-in-trust-taken", "GRAM-045", Plausible, OverGrant, "Trust policies may hold NotAction.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Forbidden, "GRAM-045"), |statement| {
            if statement.remove("NotAction").is_some() { statement.insert("Action".to_owned(), json!("sts:*")); }
        })
    }

    "rcp-with-allow-taken", "GRAM-047", Plausible, OverDeny, "RCPs may allow.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Forbidden, "GRAM-047") && f.pointer.ends_with("Effect"), |statement| {
            statement.insert("Effect".to_owned(), json!("Deny"));
        })
    }

    "rcp-with-not-action-taken", "GRAM-047", Plausible, OverDeny, "RCPs may hold NotAction.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Forbidden, "GRAM-047") && f.pointer.ends_with("Action"), |statement| {
            if statement.remove("NotAction").is_some() { statement.insert("Action".to_owned(), json!("s3:*")); }
        })
    }

    "rcp-for-every-action-taken", "GRAM-047", Plausible, OverDeny, "RCPs may name every action.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Action, "GRAM-047"), |statement| { statement.insert("Action".to_owned(), json!("s3:*")); })
    }

    "rcp-for-somebody-taken", "GRAM-047", Plausible, OverDeny, "RCPs may name principals.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Principal, "GRAM-047"), |statement| { statement.insert("Principal".to_owned(), json!("*")); })
    }

    "endpoint-without-resource-taken", "GRAM-048", Plausible, OverGrant, "Endpoint policies may leave out Resource.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        forgiving_statements(grammar, text, |f| of(f, Code::Missing, "GRAM-048"), |statement| { statement.entry("Resource").or_insert(json!("*")); })
    }

    "bad-statement-skipped", "GRAM-052", Real, OverGrant, "A statement with a fault is skipped, and the others are read.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let Err(faults) = Correct.read_document(grammar, text) else { return Correct.read_document(grammar, text) };
        let Ok(mut root) = serde_json::from_str::<Value>(text) else { return Err(faults) };
        if let Some(Value::Array(statements)) = root.get_mut("Statement") {
            let bad = |at: usize| faults.iter().any(|fault| fault.pointer.starts_with(&format!("/Statement/{at}")));
            let mut at = 0;
            statements.retain(|_| { at += 1; !bad(at - 1) });
        }
        Correct.read_document(grammar, &root.to_string()).map_err(|_| faults)
    }
}

/// A statement that obeys the grammar of a type.
fn harmless(policy_type: PolicyType) -> Value {
    match policy_type {
        PolicyType::Trust => json!({"Effect": "Deny", "Principal": "*", "Action": "sts:"}),
        PolicyType::Resource | PolicyType::Vpce | PolicyType::Rcp => {
            json!({"Effect": "Deny", "Principal": "*", "Action": "sts:", "Resource": "*"})
        }
        _ => json!({"Effect": "Deny", "Action": "sts:", "Resource": "*"}),
    }
}

/// Takes actions that `taken` picks although the grammar does not.
fn taking_actions(grammar: Grammar, text: &str, taken: impl Fn(&str) -> bool) -> Read {
    let legal = |entry: &str| if taken(entry) { "sts:x".to_owned() } else { entry.to_owned() };
    let repair = |statement: &mut Map<String, Value>| {
        for name in ["Action", "NotAction"] {
            if let Some(action) = statement.get_mut(name) {
                each_text(action, &legal);
            }
        }
    };
    forgiving_statements(grammar, text, |fault| of(fault, Code::Action, "GRAM-022"), repair)
}

/// Takes principals that `taken` picks although the grammar does not, as what `legal` makes of them.
fn taking_principals(
    grammar: Grammar,
    text: &str,
    taken: impl Fn(&str) -> bool,
    legal: impl Fn(&str) -> String,
) -> Read {
    let change = |value: &str| if taken(value) { legal(value) } else { value.to_owned() };
    let repair = |statement: &mut Map<String, Value>| {
        for name in ["Principal", "NotPrincipal"] {
            if let Some(principal) = statement.get_mut(name).filter(|principal| principal.is_object()) {
                each_text(principal, &change);
            }
        }
    };
    forgiving_statements(grammar, text, |fault| of(fault, Code::Principal, "GRAM-027"), repair)
}

faults! { REFUSES, Acceptance, "documents refused";
    "single-statement-refused", "GRAM-007", Real, OverDeny, "A statement that is no list is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_text(grammar, text, |root| root["Statement"].is_object()) }

    "single-action-refused", "GRAM-007", Plausible, OverDeny, "An action that is no list is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_text(grammar, text, |root| statements(root).iter().any(|statement| statement.get("Action").is_some_and(Value::is_string)))
    }

    "list-of-one-resource-refused", "GRAM-007", Plausible, OverDeny, "A list of one resource is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_text(grammar, text, |root| statements(root).iter().any(|statement| statement.get("Resource").is_some_and(|list| list.as_array().is_some_and(|list| list.len() == 1))))
    }

    "not-resource-refused", "GRAM-024", Real, OverDeny, "NotResource is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| statement.resource.as_ref().is_some_and(|resource| resource.negated))
    }

    "not-action-refused", "GRAM-021", Plausible, OverDeny, "NotAction is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| statement.action.negated) }

    "not-principal-refused", "GRAM-029", Plausible, OverDeny, "NotPrincipal is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| statement.principal.as_ref().is_some_and(|principal| principal.negated))
    }

    "id-refused", "GRAM-015", Real, OverDeny, "Id is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing(grammar, text, |document| document.id.is_some()) }

    "free-sid-refused", "GRAM-017", Plausible, OverDeny, "A Sid with other than letters and digits is refused everywhere.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| statement.sid.as_ref().is_some_and(|sid| !sid.bytes().all(|byte| byte.is_ascii_alphanumeric())))
    }

    "empty-sid-refused", "GRAM-017", Plausible, OverDeny, "An empty Sid is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| statement.sid.as_deref() == Some("")) }

    "missing-version-refused", "GRAM-014", Plausible, OverDeny, "A document without Version is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_text(grammar, text, |root| root.get("Version").is_none()) }

    "old-version-refused", "GRAM-011", Plausible, OverDeny, "Version 2008-10-17 is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_text(grammar, text, |root| root.get("Version").is_some_and(|version| version == Version::V2008.as_str()))
    }

    "decimal-condition-value-refused", "GRAM-035", Real, OverDeny, "A number that is no integer is refused as a condition value.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| values(statement).any(|value| value.kind == LiteralKind::Number && value.text.contains(['.', 'e', 'E'])))
    }

    "number-condition-value-refused", "GRAM-035", Plausible, OverDeny, "A number is refused as a condition value.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| values(statement).any(|value| value.kind == LiteralKind::Number)) }

    "boolean-condition-value-refused", "GRAM-035", Plausible, OverDeny, "A boolean is refused as a condition value.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| values(statement).any(|value| value.kind == LiteralKind::Bool)) }

    "mixed-condition-values-refused", "GRAM-035", Plausible, OverDeny, "Condition values of several types are refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| statement.condition.iter().flat_map(|block| &block.keys).any(|key| key.values.iter().any(|value| value.kind != key.values[0].kind)))
    }

    "unknown-service-refused", "GRAM-022", Real, OverDeny, "An action of a service that is not in a table is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let known = ["s3", "sqs", "sns", "ec2", "iam", "sts", "kms", "lambda", "dynamodb", "*"];
        refusing_statement(grammar, text, |statement| statement.action.entries.iter().any(|entry| !known.contains(&entry.split(':').next().unwrap_or_default().to_ascii_lowercase().as_str())))
    }

    "odd-action-name-refused", "GRAM-023", Plausible, OverDeny, "An action name with other than letters, digits and wildcards is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let odd = |entry: &String| entry.split_once(':').is_some_and(|(_, name)| name.contains(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '*' | '?')));
        refusing_statement(grammar, text, |statement| statement.action.entries.iter().any(odd))
    }

    "empty-action-name-refused", "GRAM-023", Plausible, OverDeny, "An action without a name is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| statement.action.entries.iter().any(|entry| entry.ends_with(':'))) }

    "digit-first-in-vendor-refused", "GRAM-022", Plausible, OverDeny, "A vendor that begins with a digit is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| statement.action.entries.iter().any(|entry| entry.starts_with(|first: char| first.is_ascii_digit()))) }

    "digit-first-in-sid-refused", "GRAM-017", Plausible, OverDeny, "A Sid that begins with a digit is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| statement.sid.as_deref().is_some_and(|sid| sid.starts_with(|first: char| first.is_ascii_digit()))) }

    "star-vendor-refused", "GRAM-022", Plausible, OverDeny, "The vendor * is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| statement.action.entries.iter().any(|entry| entry.starts_with("*:"))) }

    "star-resource-refused", "GRAM-025", Real, OverDeny, "The resource * is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| entries(&statement.resource).contains(&"*".to_owned())) }

    "short-arn-refused", "GRAM-025", Plausible, OverDeny, "A resource of fewer than six fields is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| entries(&statement.resource).iter().any(|entry| entry != "*" && entry.matches(':').count() < 5))
    }

    "service-wildcard-refused", "GRAM-025", Real, OverDeny, "A wildcard in the service of a resource is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| entries(&statement.resource).iter().any(|entry| entry.split(':').nth(2).is_some_and(|service| service.contains(['*', '?']))))
    }

    "unknown-partition-refused", "GRAM-025", Real, OverDeny, "A resource of an unknown partition is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let odd = |partition: &str| !partition.starts_with("aws") && partition != "*";
        refusing_statement(grammar, text, |statement| entries(&statement.resource).iter().any(|entry| entry.split(':').nth(1).is_some_and(odd)))
    }

    "resource-required-everywhere", "GRAM-024", Plausible, OverDeny, "A resource policy's statement without Resource is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| grammar.policy_type == PolicyType::Resource && statement.resource.is_none())
    }

    "empty-condition-refused", "GRAM-033", Plausible, OverDeny, "An empty condition is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_text(grammar, text, |root| statements(root).iter().any(|statement| statement.get("Condition").is_some_and(|condition| condition.as_object().is_some_and(Map::is_empty))))
    }

    "empty-operator-refused", "GRAM-033", Plausible, OverDeny, "An operator without keys is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| statement.condition.iter().any(|block| block.keys.is_empty())) }

    "empty-condition-values-refused", "GRAM-036", Plausible, OverDeny, "An empty list of condition values is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| statement.condition.iter().flat_map(|block| &block.keys).any(|key| key.values.is_empty()))
    }

    "unknown-key-refused", "GRAM-034", Plausible, OverDeny, "A condition key without a colon is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| statement.condition.iter().flat_map(|block| &block.keys).any(|key| !key.key.contains(':')))
    }

    "keys-differing-in-case-refused", "GRAM-038", Plausible, OverDeny, "Two keys of one operator that differ in case are refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let twice = |keys: &[assize_model::ConditionKey]| (1..keys.len()).any(|at| keys[..at].iter().any(|other| other.key.eq_ignore_ascii_case(&keys[at].key)));
        refusing_statement(grammar, text, |statement| statement.condition.iter().any(|block| twice(&block.keys)))
    }

    "odd-numbers-refused", "GRAM-040", Plausible, OverDeny, "Values of numeric operators that are no numbers are refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let bad = |block: &assize_model::ConditionBlock| block.operator.base.as_str().starts_with("Numeric") && block.keys.iter().flat_map(|key| &key.values).any(|value| Correct.number(&value.text).is_none());
        refusing_statement(grammar, text, |statement| statement.condition.iter().any(bad))
    }

    "set-prefix-on-dates-refused", "GRAM-031", Plausible, OverDeny, "Set prefixes are refused but with string and ARN operators.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let odd = |block: &assize_model::ConditionBlock| block.operator.set.is_some() && !block.operator.base.as_str().starts_with("String") && !block.operator.base.as_str().starts_with("Arn");
        refusing_statement(grammar, text, |statement| statement.condition.iter().any(odd))
    }

    "if-exists-with-set-prefix-refused", "GRAM-031", Plausible, OverDeny, "IfExists behind a set prefix is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| statement.condition.iter().any(|block| block.operator.set.is_some() && block.operator.if_exists))
    }

    "defaults-refused", "GRAM-041", Plausible, OverDeny, "Variables with a default are refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing(grammar, text, |document| document.version == Version::V2012 && document.statements.iter().any(|statement| entries(&statement.resource).iter().any(|entry| entry.contains(", '"))))
    }

    "variables-checked-under-2008", "GRAM-041", Plausible, OverDeny, "Malformed variables are refused under 2008-10-17 too.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let open = |entry: &String| entry.rfind("${").is_some_and(|at| !entry[at..].contains('}'));
        refusing(grammar, text, |document| document.version == Version::V2008 && document.statements.iter().any(|statement| entries(&statement.resource).iter().any(open)))
    }

    "federated-outside-trust-refused", "GRAM-049", Plausible, OverDeny, "Federated principals are refused outside trust policies.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| grammar.policy_type != PolicyType::Trust && principals(statement, PrincipalKey::Federated))
    }

    "canonical-users-refused", "GRAM-049", Plausible, OverDeny, "Canonical users are refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_statement(grammar, text, |statement| principals(statement, PrincipalKey::CanonicalUser)) }

    "open-trust-refused", "GRAM-045", Plausible, OverDeny, "A trust policy for everyone is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| grammar.policy_type == PolicyType::Trust && statement.principal.as_ref().is_some_and(|principal| principal.spec == PrincipalSpec::Everyone))
    }

    "trust-wildcards-refused", "GRAM-045", Real, OverDeny, "Wildcards in the actions of a trust policy are refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| grammar.policy_type == PolicyType::Trust && statement.action.entries.iter().any(|entry| entry.contains(['*', '?'])))
    }

    "rcp-full-access-refused", "GRAM-047", Plausible, OverDeny, "The RCP that allows everything is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| grammar.policy_type == PolicyType::Rcp && statement.effect == Effect::Allow)
    }

    "rcp-for-aws-star-refused", "GRAM-047", Plausible, OverDeny, "An RCP with * under AWS is refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| grammar.policy_type == PolicyType::Rcp && principals(statement, PrincipalKey::Aws))
    }

    "scp-allow-with-condition-refused", "GRAM-046", Real, OverDeny, "An SCP's Allow with a condition is refused, as it was until 2025.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| grammar.policy_type == PolicyType::Scp && statement.effect == Effect::Allow && !statement.condition.is_empty())
    }

    "scp-with-not-resource-refused", "GRAM-046", Real, OverDeny, "An SCP with NotResource is refused, as it was until 2025.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        refusing_statement(grammar, text, |statement| grammar.policy_type == PolicyType::Scp && statement.resource.as_ref().is_some_and(|resource| resource.negated))
    }

    "scp-wildcard-inside-action-refused", "GRAM-046", Real, OverDeny, "An SCP with a wildcard before the end of an action is refused, as it was until 2025.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let inside = |entry: &String| entry.trim_end_matches('*').contains(['*', '?']);
        refusing_statement(grammar, text, |statement| grammar.policy_type == PolicyType::Scp && statement.action.entries.iter().any(inside))
    }

    "escapes-beyond-latin-refused", "GRAM-003", Plausible, OverDeny, "Characters beyond U+00FF are refused as escapes too.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing_text(grammar, text, |root| root.to_string().chars().any(|c| c > '\u{ff}')) }

    "latin-letters-refused", "GRAM-003", Plausible, OverDeny, "Characters beyond ASCII are refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing(grammar, text, |_| !text.is_ascii()) }

    "line-feeds-refused", "GRAM-006", Plausible, OverDeny, "Line feeds between tokens are refused.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> { refusing(grammar, text, |_| text.contains('\n')) }
}

fn values(statement: &Statement) -> impl Iterator<Item = &assize_model::Literal> {
    statement.condition.iter().flat_map(|block| &block.keys).flat_map(|key| &key.values)
}
