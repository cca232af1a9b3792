//! Every one-line case of chapters 01 to 04, straight from the rule catalogue.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use assize_model::json::{self, Kind, Value};
use assize_model::{
    Action, ConditionBlock, ConditionKey, Element, Grammar, Literal, LiteralKind, Operator, PolicyType,
    Version,
};
use assize_reference::variable::Glyph;
use assize_reference::{Correct, FinishedContext, Matcher, Semantics, Trace, date, grammar};

#[test]
fn every_line_of_chapters_01_to_04_holds() {
    let mut tried = 0;
    let mut failures = String::new();
    for chapter in ["01-grammar", "02-matching", "03-conditions", "04-context-keys"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../corpus/spec/{chapter}.md"));
        let text = std::fs::read_to_string(&path).expect("the chapter is readable");
        for (number, line) in text.lines().enumerate() {
            let Some((case, expected)) = line.strip_prefix("- `{").and_then(|line| line.split_once("}` → "))
            else {
                continue;
            };
            let case = format!("{{{case}}}");
            let value = json::parse(&case).expect("a case is JSON");
            let expected = expected.split(" — ").next().unwrap_or_default();
            tried += 1;
            let actual = outcome(&case, &value);
            if actual != normalised(expected) {
                let _ = writeln!(failures, "{chapter}.md:{}: {case} → {actual}, not {expected}", number + 1);
            }
        }
    }
    assert!(tried > 600, "only {tried} cases were found");
    assert!(failures.is_empty(), "{failures}");
}

/// Of a rejection only that it is one.
fn normalised(expected: &str) -> &str {
    if expected.starts_with("reject ") { "reject" } else { expected }
}

fn outcome(case: &str, value: &Value<'_>) -> String {
    if value.get("type").is_some() {
        return acceptance(case, value).to_owned();
    }
    let trace = Trace::off();
    let matcher = Matcher::new(&Correct, context(value.get("ctx")), &trace);
    let version = version(value.get("version"));
    if let Some(pattern) = value.get("glob") {
        let glyphs = string(pattern).chars().map(|character| Glyph { character, literal: false }).collect();
        return Correct.string_like(string(member(value, "s")), glyphs).to_string();
    }
    if let Some(template) = value.get("expand") {
        let expanded = matcher.expanded_text(string(template), version);
        return expanded.map_or("unresolved".to_owned(), |text| {
            let mut quoted = String::new();
            json::write_string(&mut quoted, &text);
            quoted
        });
    }
    let element = |value_of: &str| Element {
        negated: value.get("not").is_some_and(|not| not.as_bool() == Some(true)),
        entries: list(member(value, value_of)).iter().map(|entry| string(entry).to_owned()).collect(),
    };
    if value.get("pat").is_some() {
        let action = Action::new(string(member(value, "action"))).expect("the action is valid");
        return matcher.action_element(&element("pat"), &action).to_string();
    }
    if value.get("res").is_some() {
        return matcher.resource_element(&element("res"), version, string(member(value, "req"))).to_string();
    }
    let blocks: Vec<ConditionBlock> = condition(member(value, "cond"));
    matcher.condition_holds(&blocks, version).to_string()
}

/// What both grammars say; they must agree.
fn acceptance(case: &str, value: &Value<'_>) -> &'static str {
    let policy_type = PolicyType::parse(string(member(value, "type"))).expect("the type is known");
    let managed = value.get("managed").is_some();
    let text = match value.get("raw") {
        Some(raw) => string(raw),
        None => member(value, "doc").span.of(case),
    };
    let accepted = grammar::accepts(policy_type, managed, text);
    let read = Grammar { policy_type, managed, is_date: date::is_date }.parse(text).is_ok();
    match (accepted, read) {
        (true, true) => "accept",
        (false, false) => "reject",
        (true, false) => "accept, but the model's grammar refuses it",
        (false, true) => "reject, but the model's grammar takes it",
    }
}

fn version(value: Option<&Value<'_>>) -> Version {
    match value.map(string) {
        Some("2008-10-17") => Version::V2008,
        _ => Version::V2012,
    }
}

fn context<'v>(value: Option<&'v Value<'_>>) -> FinishedContext<'v> {
    let mut context = FinishedContext::new();
    for member in value.and_then(Value::as_object).unwrap_or_default() {
        let values = list(&member.value).iter().map(|value| Cow::Owned(literal(value).text));
        context.insert(&member.name, values);
    }
    context
}

fn condition(value: &Value<'_>) -> Vec<ConditionBlock> {
    let blocks = value.as_object().expect("a condition is an object").iter().map(|block| ConditionBlock {
        operator: Operator::parse(&block.name).expect("the operator is known"),
        keys: block
            .value
            .as_object()
            .expect("an operator block is an object")
            .iter()
            .map(|key| ConditionKey {
                key: key.name.to_string(),
                values: list(&key.value).iter().map(literal).collect(),
            })
            .collect(),
    });
    blocks.collect()
}

fn literal(value: &Value<'_>) -> Literal {
    let (text, kind) = match &value.kind {
        Kind::String(text) => (text.to_string(), LiteralKind::String),
        Kind::Number(spelling) => ((*spelling).to_owned(), LiteralKind::Number),
        Kind::Bool(value) => (value.to_string(), LiteralKind::Bool),
        other => panic!("{other:?} is no context value"),
    };
    Literal { text, kind }
}

fn list<'v, 't>(value: &'v Value<'t>) -> &'v [Value<'t>] {
    value.as_array().unwrap_or(std::slice::from_ref(value))
}

fn string<'v>(value: &'v Value<'_>) -> &'v str {
    value.as_str().expect("a string")
}

fn member<'v, 't>(value: &'v Value<'t>, name: &str) -> &'v Value<'t> {
    value.get(name).unwrap_or_else(|| panic!("a case without {name}"))
}
