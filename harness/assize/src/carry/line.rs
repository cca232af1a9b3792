//! Reading one case line: `{…}` → result — STATUS.

use serde_json::{Map, Value, json};

use super::CaseProblem;
use crate::catalogue::Status;

/// Names and values of a context or a condition block.
pub(super) type Members = Map<String, Value>;

/// A context key that no other key of a case is called.
pub(super) const NEUTRAL_KEY: &str = "acme:Text";

/// What a case line says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Case {
    pub(super) question: Question,
    /// The status after the dash.
    pub(super) status: Option<Status>,
}

/// What a case asks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Question {
    /// Is this document acceptable as a policy of this type?
    Document { policy_type: PolicyType, document: Value, managed: bool, rejected: Option<String> },
    /// Is an element satisfied? Several probes, each a policy of its own.
    Element { version: String, probes: Vec<Probe> },
}

/// One element and the requests that it is asked about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Probe {
    /// Tells the probes of one case apart; empty if it is the only one.
    pub(super) name: &'static str,
    pub(super) element: Element,
    pub(super) asks: Vec<Ask>,
}

/// A request in a finished context (CTX-001), and whether the element is satisfied.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ask {
    pub(super) name: &'static str,
    pub(super) context: Members,
    pub(super) holds: bool,
}

/// The element under test, with what the request must say beside the context.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Element {
    /// `Action` or `NotAction`, and the action asked for.
    Action { patterns: Value, not: bool, request: String },
    /// `Resource` or `NotResource`, and the resource asked for.
    Resource { patterns: Value, not: bool, request: String },
    /// The value of `Condition`.
    Condition(Value),
}

/// The policy types of chapter 01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PolicyType {
    Identity,
    Boundary,
    Session,
    Resource,
    Trust,
    Scp,
    Rcp,
    Vpce,
}

impl PolicyType {
    fn from_word(word: &str) -> Option<PolicyType> {
        Some(match word {
            "identity" => PolicyType::Identity,
            "boundary" => PolicyType::Boundary,
            "session" => PolicyType::Session,
            "resource" => PolicyType::Resource,
            "trust" => PolicyType::Trust,
            "scp" => PolicyType::Scp,
            "rcp" => PolicyType::Rcp,
            "vpce" => PolicyType::Vpce,
            _ => return None,
        })
    }
}

/// Whether a case is meant for a program: JSON between backticks, then an arrow.
pub(super) fn is_one_line(case: &str) -> bool {
    split(case).is_some()
}

/// The JSON and what follows the arrow.
fn split(case: &str) -> Option<(&str, &str)> {
    case.strip_prefix('`').filter(|json| json.starts_with('{'))?.split_once("` → ")
}

/// Reads a case line.
pub(super) fn read(case: &str) -> Result<Case, CaseProblem> {
    let (json, result) = split(case).ok_or(CaseProblem::Prose)?;
    let (result, status) = match result.split_once(" — ") {
        Some((result, word)) => {
            let status = Status::from_word(word).ok_or_else(|| CaseProblem::Status(word.to_string()))?;
            (result, Some(status))
        }
        None => (result, None),
    };
    let members: Members =
        serde_json::from_str(json).map_err(|error| CaseProblem::Json(error.to_string()))?;
    if tokens(json) != tokens(&Value::Object(members.clone()).to_string()) {
        return Err(CaseProblem::Unfaithful);
    }
    Ok(Case { question: question(members, result)?, status })
}

fn question(mut members: Members, result: &str) -> Result<Question, CaseProblem> {
    let version = match members.remove("version") {
        Some(Value::String(version)) => version,
        Some(_) => return Err(CaseProblem::Member("version")),
        None => "2012-10-17".to_string(),
    };
    let context = match members.remove("ctx") {
        Some(Value::Object(context)) => context,
        Some(_) => return Err(CaseProblem::Member("ctx")),
        None => Members::new(),
    };
    let not = flag(&mut members, "not")?;
    if members.contains_key("type") {
        return document(members, result);
    }
    let probes = if let Some(pattern) = members.remove("glob") {
        let text = text(&mut members, "s")?;
        let context = with_neutral_key(&context, &text);
        let element = Element::Condition(json!({"StringLike": {NEUTRAL_KEY: pattern}}));
        one_probe(element, context, result)?
    } else if let Some(patterns) = members.remove("pat") {
        let element = Element::Action { patterns, not, request: text(&mut members, "action")? };
        one_probe(element, context, result)?
    } else if let Some(patterns) = members.remove("res") {
        let element = Element::Resource { patterns, not, request: text(&mut members, "req")? };
        one_probe(element, context, result)?
    } else if let Some(block) = members.remove("cond") {
        one_probe(Element::Condition(block), context, result)?
    } else if members.contains_key("expand") {
        let template = text(&mut members, "expand")?;
        expansion(&template, &context, result)?
    } else {
        return Err(CaseProblem::Form);
    };
    if members.is_empty() { Ok(Question::Element { version, probes }) } else { Err(CaseProblem::Form) }
}

/// The element in one finished context.
fn one_probe(element: Element, context: Members, result: &str) -> Result<Vec<Probe>, CaseProblem> {
    let (name, holds) = match result {
        "true" => ("satisfied", true),
        "false" => ("not satisfied", false),
        _ => return Err(CaseProblem::Result(result.to_string())),
    };
    Ok(vec![Probe { name: "", element, asks: vec![Ask { name, context, holds }] }])
}

fn document(mut members: Members, result: &str) -> Result<Question, CaseProblem> {
    let word = text(&mut members, "type")?;
    let policy_type = PolicyType::from_word(&word).ok_or(CaseProblem::Member("type"))?;
    let managed = flag(&mut members, "managed")?;
    let document = match (members.remove("doc"), members.remove("raw")) {
        (Some(document @ Value::Object(_)), None) => document,
        (None, Some(raw @ Value::String(_))) => raw,
        _ => return Err(CaseProblem::Member("doc")),
    };
    if !members.is_empty() {
        return Err(CaseProblem::Form);
    }
    let rejected = match result.split_once(' ') {
        None if result == "accept" => None,
        Some(("reject", code)) if code.starts_with("E_") => Some(code.to_string()),
        _ => return Err(CaseProblem::Result(result.to_string())),
    };
    Ok(Question::Document { policy_type, document, managed, rejected })
}

/// What a template expands to is told by comparing it: equal to the expected text and to no other. An unresolved one is
/// equal to nothing, neither to its own text nor to what is left without its references.
fn expansion(template: &str, context: &Members, result: &str) -> Result<Vec<Probe>, CaseProblem> {
    let equals = |operator: &str| Element::Condition(json!({operator: {NEUTRAL_KEY: template}}));
    let ask = |name, text: &str, holds| Ask { name, context: with_neutral_key(context, text), holds };
    if result == "unresolved" {
        let asks = |holds| {
            vec![
                ask("the template itself", template, holds),
                ask("the template without its references", &without_references(template), holds),
            ]
        };
        return Ok(vec![
            Probe { name: "equals-", element: equals("StringEquals"), asks: asks(false) },
            Probe { name: "not-equals-", element: equals("StringNotEquals"), asks: asks(true) },
        ]);
    }
    let expected: String =
        serde_json::from_str(result).map_err(|_| CaseProblem::Result(result.to_string()))?;
    let asks =
        vec![ask("the expected text", &expected, true), ask("another text", &format!("{expected}x"), false)];
    Ok(vec![Probe { name: "", element: equals("StringEquals"), asks }])
}

fn without_references(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, reference)) = rest.split_once("${") {
        out.push_str(before);
        rest = reference.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
}

fn with_neutral_key(context: &Members, text: &str) -> Members {
    let mut context = context.clone();
    context.insert(NEUTRAL_KEY.to_string(), json!(text));
    context
}

fn text(members: &mut Members, name: &'static str) -> Result<String, CaseProblem> {
    match members.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(CaseProblem::Member(name)),
    }
}

fn flag(members: &mut Members, name: &'static str) -> Result<bool, CaseProblem> {
    match members.remove(name) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(_) => Err(CaseProblem::Member(name)),
    }
}

/// The tokens of valid JSON: strings without their escapes, everything else as spelled. A value that was read from a text
/// holds all of it if both have the same tokens.
fn tokens(json: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = json;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '"' => end_of_string(rest),
            c if is_bare(c) => rest.find(|c| !is_bare(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        if !c.is_ascii_whitespace() {
            // A text that is not a string by itself is compared as spelled.
            tokens.push(
                serde_json::from_str::<String>(token).map_or(token.to_string(), |text| format!("\"{text}")),
            );
        }
        rest = after;
    }
    tokens
}

/// A character of a number or of `true`, `false`, `null`.
fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

/// The length of the string that `text` begins with, quotes included.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return index + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(case: &str) -> Option<CaseProblem> {
        read(case).err()
    }

    #[test]
    fn a_case_is_json_an_arrow_a_result_and_perhaps_a_status() {
        let case =
            read(r#"`{"pat":"s3:*","not":true,"action":"s3:GetObject"}` → false — choice"#).expect("a case");
        let patterns = json!("s3:*");
        let element = Element::Action { patterns, not: true, request: "s3:GetObject".into() };
        let probes = vec![Probe {
            name: "",
            element,
            asks: vec![Ask { name: "not satisfied", context: Members::new(), holds: false }],
        }];
        assert_eq!(case.question, Question::Element { version: "2012-10-17".into(), probes });
        assert_eq!(case.status, Some(Status::Choice));
    }

    #[test]
    fn lines_that_are_not_cases_are_refused() {
        assert_eq!(problem("`s3:GetObject` valid"), Some(CaseProblem::Prose));
        assert!(matches!(problem("`{\"glob\"` → true"), Some(CaseProblem::Json(_))));
        assert_eq!(problem(r#"`{"glob":"a"}` → true"#), Some(CaseProblem::Member("s")));
        assert_eq!(problem(r#"`{"glob":"a","s":"a","t":1}` → true"#), Some(CaseProblem::Form));
        assert_eq!(problem(r#"`{"blob":"a"}` → true"#), Some(CaseProblem::Form));
        assert_eq!(problem(r#"`{"type":"acl","doc":{}}` → accept"#), Some(CaseProblem::Member("type")));
        assert_eq!(problem(r#"`{"glob":"a","s":"a"}` → accept"#), Some(CaseProblem::Result("accept".into())));
        assert_eq!(
            problem(r#"`{"type":"scp","doc":{}}` → reject"#),
            Some(CaseProblem::Result("reject".into()))
        );
        assert_eq!(
            problem(r#"`{"glob":"a","s":"a"}` → true — sure"#),
            Some(CaseProblem::Status("sure".into()))
        );
    }

    #[test]
    fn what_a_value_would_change_is_refused() {
        assert_eq!(
            problem(r#"`{"cond":{"Bool":{"k":"1"},"Bool":{"k":"2"}}}` → true"#),
            Some(CaseProblem::Unfaithful)
        );
        assert_eq!(
            problem(r#"`{"cond":{"NumericEquals":{"k":1.50}}}` → true"#),
            Some(CaseProblem::Unfaithful)
        );
        assert_eq!(problem(r#"`{"cond":{"NumericEquals":{"k":[1.0,-0.5,7]}}}` → true"#), None);
        assert_eq!(problem(r#"`{"glob":"\u00e9\"\\","s":"é\"\\"}` → true"#), None);
    }

    #[test]
    fn an_unresolved_template_equals_nothing() {
        let case = read(r#"`{"expand":"a${k}b","ctx":{}}` → unresolved"#).expect("a case");
        let Question::Element { probes, .. } = case.question else { panic!("a question about an element") };
        let texts: Vec<&Value> = probes[0].asks.iter().map(|ask| &ask.context[NEUTRAL_KEY]).collect();
        assert_eq!(texts, ["a${k}b", "ab"]);
        assert!(probes[0].asks.iter().all(|ask| !ask.holds) && probes[1].asks.iter().all(|ask| ask.holds));
    }
}
