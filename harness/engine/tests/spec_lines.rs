//! The one-line cases of chapters 01 to 04 of the rule catalogue, put through the public interface.
//!
//! The catalogue's case forms are those of the heads of chapters 02 and 03. Each line becomes a policy that allows exactly if the
//! element under test is satisfied. Keys that a principal record yields cannot be supplied, so they are renamed throughout a line.

use std::fmt::Write as _;
use std::path::Path;

use assize_engine::Engine;
use assize_model::json::{self, Kind, Value};
use assize_model::request::DERIVED_KEYS;
use assize_model::{
    Account, Action, Context, ContextEntry, Decision, Entity, Evaluator, IdentityPolicy, IdentitySource,
    Literal, LiteralKind, Policies, PolicySource, PolicyType, Principal, Request, Resource, ResourceKind,
    ResourcePolicy, User, Verdict,
};

/// A line of the catalogue: `- `CASE` → RESULT`.
struct Line {
    rule: String,
    case: String,
    result: String,
}

fn lines(chapter: &str) -> Vec<Line> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/spec").join(chapter);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut rule = String::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            rule = heading.split_whitespace().next().unwrap_or_default().to_owned();
        }
        let Some((case, rest)) = line.strip_prefix("- `{").and_then(|rest| rest.split_once("` → ")) else {
            continue;
        };
        let result = rename_derived(rest.split(" — ").next().unwrap_or_default().trim());
        lines.push(Line { rule: rule.clone(), case: rename_derived(&format!("{{{case}")), result });
    }
    lines
}

/// `aws:username` becomes `who:username`, and so on, in any letter case.
fn rename_derived(case: &str) -> String {
    let mut renamed = case.to_owned();
    let folded = case.to_ascii_lowercase();
    for name in DERIVED_KEYS {
        for (at, _) in folded.match_indices(&name.to_ascii_lowercase()) {
            renamed.replace_range(at..at + "aws".len(), "who");
        }
    }
    renamed
}

fn source(value: &Value<'_>, text: &str) -> String {
    value.span.of(text).to_owned()
}

const ACCOUNT: &str = "123456789012";

fn request(action: &str, arn: &str, context: Context) -> Request {
    let fields: Vec<&str> = arn.split(':').collect();
    let partition = fields.get(1).copied().unwrap_or("aws");
    let account = fields.get(4).copied().filter(|account| account.len() == 12).unwrap_or(ACCOUNT);
    let user = User::new(
        Account::new(partition, account).expect("an account"),
        Entity::new("/", "tester", "AIDATESTER").expect("a user"),
        None,
    );
    let resource = Resource::new(arn, Some(account.to_owned())).expect("a resource");
    let action = Action::new(action).expect("an action");
    Request::new(Principal::User(user), action, resource, context).expect("a request")
}

fn context(value: Option<&Value<'_>>) -> Context {
    let literal = |value: &Value<'_>| match &value.kind {
        Kind::String(text) => Literal::string(text.as_ref()),
        Kind::Bool(value) => Literal::bool(*value),
        Kind::Number(text) => Literal { text: (*text).to_owned(), kind: LiteralKind::Number },
        _ => panic!("a context value is a scalar or a list of scalars"),
    };
    let entries = value.and_then(Value::as_object).unwrap_or_default().iter().map(|member| ContextEntry {
        key: member.name.to_string(),
        values: match member.value.as_array() {
            Some(values) => values.iter().map(literal).collect(),
            None => vec![literal(&member.value)],
        },
    });
    Context::new(entries.collect()).expect("a context")
}

/// Whether the policy allows the request, or why that cannot be said.
fn allows(document: String, request: &Request) -> Result<bool, String> {
    let policy = IdentityPolicy { source: IdentitySource::User, policy: PolicySource::new("p", document) };
    let policies = Policies { identity: Some(vec![policy]), ..Policies::default() };
    let engine = Engine::new();
    let prepared = engine.prepare(&policies).map_err(|refusal| format!("refused: {refusal:?}"))?;
    match prepared.evaluate(request) {
        Verdict::Evaluated(evaluation) => Ok(evaluation.decision == Decision::Allow),
        other => Err(format!("{other:?}")),
    }
}

fn document(version: &str, action: &str, resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"{version}","Statement":{{"Effect":"Allow",{action},{resource},"Condition":{condition}}}}}"#
    )
}

const ANY_ACTION: &str = r#""Action":"*""#;
const ANY_RESOURCE: &str = r#""Resource":"*""#;
const OBJECT: &str = "arn:aws:s3:::bucket/key";

fn quote(text: &str) -> String {
    let mut out = String::new();
    json::write_string(&mut out, text);
    out
}

/// What the line's case gives, in the line's words. `None` for a form that this test does not know.
fn run(line: &Line) -> Option<Result<String, String>> {
    let case = json::parse(&line.case).ok()?;
    let text = |name: &str| case.get(name).and_then(Value::as_str).map(str::to_owned);
    let version = text("version").unwrap_or_else(|| "2012-10-17".to_owned());
    let negated = case.get("not").and_then(Value::as_bool).unwrap_or(false);
    let said = |result: Result<bool, String>| Some(result.map(|allowed| allowed.to_string()));
    if let Some(pattern) = case.get("glob") {
        let condition = format!(r#"{{"StringLike":{{"k":{}}}}}"#, source(pattern, &line.case));
        let entry = ContextEntry { key: "k".to_owned(), values: vec![Literal::string(text("s")?)] };
        let request = request("s3:GetObject", OBJECT, Context::new(vec![entry]).expect("a context"));
        return said(allows(document("2008-10-17", ANY_ACTION, ANY_RESOURCE, &condition), &request));
    }
    if let Some(patterns) = case.get("pat") {
        let element = if negated { "NotAction" } else { "Action" };
        let action = format!(r#""{element}":{}"#, source(patterns, &line.case));
        let request = request(&text("action")?, OBJECT, Context::default());
        return said(allows(document(&version, &action, ANY_RESOURCE, "{}"), &request));
    }
    if let Some(patterns) = case.get("res") {
        let element = if negated { "NotResource" } else { "Resource" };
        let resource = format!(r#""{element}":{}"#, source(patterns, &line.case));
        let request = request("s3:GetObject", &text("req")?, context(case.get("ctx")));
        return said(allows(document(&version, ANY_ACTION, &resource, "{}"), &request));
    }
    if let Some(block) = case.get("cond") {
        let request = request("s3:GetObject", OBJECT, context(case.get("ctx")));
        let document = document(&version, ANY_ACTION, ANY_RESOURCE, &source(block, &line.case));
        return said(allows(document, &request));
    }
    if let Some(template) = text("expand") {
        return Some(expand(&template, &version, &case, &line.result));
    }
    case.get("type").map(|_| validate(&case, line))
}

/// Substitution shows in what a value equals, and in nothing at all matching a pattern that holds an unresolved variable.
fn expand(template: &str, version: &str, case: &Value<'_>, result: &str) -> Result<String, String> {
    let ask = |operator: &str, template: &str, probe: &str| {
        let condition = format!(r#"{{"{operator}":{{"probe":{}}}}}"#, quote(template));
        let mut entries = context(case.get("ctx")).entries().to_vec();
        entries.push(ContextEntry { key: "probe".to_owned(), values: vec![Literal::string(probe)] });
        let request = request("s3:GetObject", OBJECT, Context::new(entries).expect("a context"));
        allows(document(version, ANY_ACTION, ANY_RESOURCE, &condition), &request)
    };
    if result == "unresolved" {
        let matched =
            ask("StringLike", &format!("*{template}*"), "abcdefghijklmnopqrstuvwxyzadab${aws:TagKeys}")?;
        return Ok(if matched { "resolved" } else { "unresolved" }.to_owned());
    }
    let wanted = json::parse(result).map_err(|error| error.to_string())?;
    let wanted = wanted.as_str().ok_or("no text")?;
    let equal =
        ask("StringEquals", template, wanted)? && !ask("StringEquals", template, &format!("{wanted}!"))?;
    Ok(if equal { result.to_owned() } else { format!("not {result}") })
}

fn validate(case: &Value<'_>, line: &Line) -> Result<String, String> {
    let policy_type =
        case.get("type").and_then(Value::as_str).and_then(PolicyType::parse).ok_or("no type")?;
    let text = match (case.get("doc"), case.get("raw").and_then(Value::as_str)) {
        (Some(document), _) => source(document, &line.case),
        (None, Some(raw)) => raw.to_owned(),
        (None, None) => return Err("neither doc nor raw".to_owned()),
    };
    let managed = case.get("managed").and_then(Value::as_bool).unwrap_or(false);
    let policy = PolicySource { managed, ..PolicySource::new("p", text) };
    let mut policies = Policies::default();
    match policy_type {
        PolicyType::Identity => {
            policies.identity = Some(vec![IdentityPolicy { source: IdentitySource::User, policy }]);
        }
        PolicyType::Boundary => policies.boundary = vec![policy],
        PolicyType::Session => policies.session = Some(vec![policy]),
        PolicyType::Scp => policies.scps = Some(vec![vec![policy]]),
        PolicyType::Rcp => policies.rcps = Some(vec![vec![policy]]),
        PolicyType::Resource => {
            policies.resource = Some(ResourcePolicy { kind: ResourceKind::Ordinary, policy })
        }
        PolicyType::Trust => {
            policies.resource = Some(ResourcePolicy { kind: ResourceKind::RoleTrust, policy })
        }
        PolicyType::Vpce => {
            let kind = assize_model::EndpointKind::Interface;
            policies.endpoint = Some(assize_model::EndpointPolicy { kind, policy });
        }
    }
    let engine = Engine::new();
    let refusal = engine.prepare(&policies).err();
    // Which fault comes first is advice; that there is one is the rule.
    Ok(match refusal {
        None => "accept".to_owned(),
        Some(_) if line.result.starts_with("reject") => line.result.clone(),
        Some(refusal) => format!("reject {refusal:?}"),
    })
}

#[test]
fn every_line_holds() {
    let mut wrong = String::new();
    let (mut tried, mut unknown) = (0, Vec::new());
    for chapter in ["01-grammar.md", "02-matching.md", "03-conditions.md", "04-context-keys.md"] {
        for line in lines(chapter) {
            match run(&line) {
                None => unknown.push(line.case),
                Some(Ok(result)) if result == line.result => tried += 1,
                Some(result) => {
                    let _ = writeln!(
                        wrong,
                        "{}: {} should give {}, gives {result:?}",
                        line.rule, line.case, line.result
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(unknown.is_empty(), "unknown forms: {unknown:#?}");
    assert!(tried > 600, "only {tried} lines were found");
}
