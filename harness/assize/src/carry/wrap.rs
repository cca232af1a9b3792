//! From a case to scenarios.

use serde_json::{Value, json};

use super::CaseProblem;
use super::line::{Ask, Case, Element, Members, PolicyType, Probe, Question};
use super::requester::{Requester, Slot, choose, is_derived};
use crate::catalogue::RuleId;

/// The scenarios of the `number`th case of a rule.
pub(super) fn scenarios(rule: RuleId, number: usize, case: Case) -> Result<Vec<Value>, CaseProblem> {
    let name = |part: &str| format!("{}/{number:02}-{part}", rule.as_str().to_ascii_lowercase());
    let head = |part: &str| {
        let mut scenario = Members::new();
        scenario.insert("name".into(), json!(name(part)));
        scenario.insert("rules".into(), json!([rule.as_str()]));
        if let Some(status) = case.status {
            scenario.insert("status".into(), json!(status.as_str()));
        }
        scenario
    };
    match case.question {
        Question::Document { policy_type, document, managed, rejected } => {
            let mut scenario = head(if rejected.is_some() { "reject" } else { "accept" });
            scenario.insert("policies".into(), only_policy(policy_type, document, managed));
            scenario.insert("requests".into(), json!([]));
            let expect = rejected.map_or(json!({"accepted": true}), |code| json!({"rejected": code}));
            scenario.insert("expect".into(), expect);
            Ok(vec![Value::Object(scenario)])
        }
        Question::Element { version, probes } => {
            let mut scenarios = Vec::new();
            for probe in probes {
                let setting = Setting::new(&probe, &version)?;
                for effect in [Effect::Allow, Effect::Deny] {
                    let mut scenario = head(&format!("{}{}", probe.name, effect.word().to_ascii_lowercase()));
                    if let Some(note) = setting.note() {
                        scenario.insert("note".into(), json!(note));
                    }
                    scenario.insert("policies".into(), setting.policies(effect));
                    let requests = probe.asks.iter().map(|ask| setting.request(ask, effect)).collect();
                    scenario.insert("requests".into(), Value::Array(requests));
                    scenarios.push(Value::Object(scenario));
                }
            }
            Ok(scenarios)
        }
    }
}

/// Policies that hold one document, in the place of its type.
fn only_policy(policy_type: PolicyType, document: Value, managed: bool) -> Value {
    let mut policy = Members::new();
    policy.insert("id".into(), json!("policy"));
    match policy_type {
        PolicyType::Identity => policy.insert("source".into(), json!("user")),
        PolicyType::Resource => policy.insert("kind".into(), json!("ordinary")),
        PolicyType::Trust => policy.insert("kind".into(), json!("role-trust")),
        PolicyType::Vpce => policy.insert("kind".into(), json!("interface")),
        PolicyType::Boundary | PolicyType::Session | PolicyType::Scp | PolicyType::Rcp => None,
    };
    if managed {
        policy.insert("managed".into(), json!(true));
    }
    policy.insert("document".into(), document);
    match policy_type {
        PolicyType::Identity => json!({"identity": [policy]}),
        PolicyType::Boundary => json!({"boundary": policy}),
        PolicyType::Session => json!({"session": [policy]}),
        PolicyType::Resource | PolicyType::Trust => json!({"resource": policy}),
        PolicyType::Scp => json!({"scps": [[policy]]}),
        PolicyType::Rcp => json!({"rcps": [[policy]]}),
        PolicyType::Vpce => json!({"endpoint": policy}),
    }
}

/// The two ways of asking about an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// The element stands in the only `Allow`.
    Allow,
    /// The element stands in a `Deny` beside an `Allow` of everything.
    Deny,
}

impl Effect {
    fn word(self) -> &'static str {
        match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }
    }
}

/// Everything around the element under test.
struct Setting<'a> {
    element: Element,
    version: &'a str,
    requester: Requester,
    action: String,
    resource: Value,
}

impl<'a> Setting<'a> {
    fn new(probe: &Probe, version: &'a str) -> Result<Setting<'a>, CaseProblem> {
        let (action, arn) = match &probe.element {
            Element::Action { request, .. } => (request.clone(), "*"),
            Element::Resource { request, .. } => (usual_action(request).to_string(), request.as_str()),
            Element::Condition(_) => ("s3:GetObject".to_string(), "arn:aws:s3:::bucket/key"),
        };
        let partition = arn.split(':').nth(1).unwrap_or("aws");
        let account = arn.split(':').nth(4).filter(|account| !account.is_empty());
        // All requests of a probe differ in the neutral key alone, which no record yields.
        let context = probe.asks.first().map(|ask| ask.context.clone()).unwrap_or_default();
        let requester = choose(&context, &mentioned(&probe.element), partition, account);
        if account.is_some_and(|account| account != requester.owner) {
            return Err(CaseProblem::Accounts);
        }
        let resource =
            if arn == "*" { json!({"arn": arn}) } else { json!({"arn": arn, "account": requester.owner}) };
        let element =
            requester.renamed.iter().fold(probe.element.clone(), |element, key| rename(element, key));
        Ok(Setting { element, version, requester, action, resource })
    }

    fn note(&self) -> Option<String> {
        let names: Vec<String> =
            self.requester.renamed.iter().map(|key| format!("{key} is called {}", new_name(key))).collect();
        let why =
            "no requester has the finished context of the case line, and a name means nothing to a condition";
        (!names.is_empty()).then(|| format!("{}: {why} (CTX-003).", names.join(", ")))
    }

    fn policies(&self, effect: Effect) -> Value {
        let tested = self.statement(effect);
        match &self.requester.slot {
            Slot::Identity(source) => {
                let policy = |id: &str, statement| json!({"id": id, "source": source, "document": self.document(json!(statement))});
                match effect {
                    Effect::Allow => json!({"identity": [policy("allow", tested)]}),
                    Effect::Deny => {
                        json!({"identity": [policy("broad", self.broad()), policy("deny", tested)]})
                    }
                }
            }
            Slot::Resource(_) => json!({"resource": self.resource_policy(effect, tested)}),
            Slot::ResourceWithTask(_) => {
                let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
                let document = json!({"Version": "2012-10-17", "Statement": everything});
                json!({
                    "session": [{"id": "task", "managed": true, "document": document}],
                    "resource": self.resource_policy(effect, tested),
                })
            }
        }
    }

    /// A resource has one policy, so both statements stand in it.
    fn resource_policy(&self, effect: Effect, tested: Members) -> Value {
        let statements = match effect {
            Effect::Allow => json!(tested),
            Effect::Deny => json!([self.broad(), tested]),
        };
        json!({"kind": "ordinary", "id": "policy", "document": self.document(statements)})
    }

    fn document(&self, statements: Value) -> Value {
        json!({"Version": self.version, "Statement": statements})
    }

    fn broad(&self) -> Members {
        let mut statement = self.start_of_statement("Allow");
        statement.insert("Action".into(), json!("*"));
        statement.insert("Resource".into(), json!("*"));
        statement
    }

    /// The statement with the element under test; the other elements are satisfied.
    fn statement(&self, effect: Effect) -> Members {
        let mut statement = self.start_of_statement(effect.word());
        let (action, resource) = match &self.element {
            Element::Action { patterns, not, .. } => {
                ((if *not { "NotAction" } else { "Action" }, patterns.clone()), ("Resource", json!("*")))
            }
            Element::Resource { patterns, not, .. } => {
                (("Action", json!("*")), (if *not { "NotResource" } else { "Resource" }, patterns.clone()))
            }
            Element::Condition(_) => (("Action", json!(self.action)), ("Resource", json!("*"))),
        };
        for (name, value) in [action, resource] {
            statement.insert(name.into(), value);
        }
        if let Element::Condition(block) = &self.element {
            statement.insert("Condition".into(), block.clone());
        }
        statement
    }

    fn start_of_statement(&self, effect: &str) -> Members {
        let mut statement = Members::new();
        statement.insert("Effect".into(), json!(effect));
        if let Slot::Resource(principal) | Slot::ResourceWithTask(principal) = &self.requester.slot {
            statement.insert("Principal".into(), principal.clone());
        }
        statement
    }

    fn request(&self, ask: &Ask, effect: Effect) -> Value {
        let renamed = |key: &String| self.requester.renamed.iter().any(|old| old.eq_ignore_ascii_case(key));
        let supplied = ask.context.iter().filter(|(key, _)| renamed(key) || !is_derived(key));
        let name_of = |key: &String| if renamed(key) { new_name(key) } else { key.clone() };
        let context: Members = supplied.map(|(key, value)| (name_of(key), value.clone())).collect();
        json!({
            "name": ask.name,
            "principal": self.requester.record,
            "action": self.action,
            "resource": self.resource,
            "context": context,
            "expect": self.expectation(ask.holds, effect),
        })
    }

    /// By EVAL-010: with nothing but these policies, the one type decides. By EVAL-068 the statement that does so is listed,
    /// and of several types the resource-based policy first (EVAL-066).
    fn expectation(&self, holds: bool, effect: Effect) -> Value {
        let deciding = match self.requester.slot {
            Slot::Identity(_) => "identity",
            Slot::Resource(_) | Slot::ResourceWithTask(_) => "resource",
        };
        let listed = |identity_policy: &str, statement: usize| {
            let policy = if deciding == "identity" { identity_policy } else { "policy" };
            let statement = if deciding == "identity" { 0 } else { statement };
            json!({"type": deciding, "policy": policy, "statement": statement})
        };
        let allowed = |statement: Value| {
            let mut determining = vec![statement];
            if matches!(self.requester.slot, Slot::ResourceWithTask(_)) {
                determining.push(json!({"type": "session", "policy": "task", "statement": 0}));
            }
            json!({"decision": "Allow", "deciding": null, "determining": determining})
        };
        match (effect, holds) {
            (Effect::Allow, true) => allowed(listed("allow", 0)),
            (Effect::Allow, false) => {
                json!({"decision": "ImplicitDeny", "deciding": deciding, "determining": []})
            }
            (Effect::Deny, false) => allowed(listed("broad", 0)),
            (Effect::Deny, true) => {
                json!({"decision": "ExplicitDeny", "deciding": deciding, "determining": [listed("deny", 1)]})
            }
        }
    }
}

/// An action that requests on such a resource usually name, for evaluators that look it up.
fn usual_action(arn: &str) -> &'static str {
    let mut fields = arn.splitn(6, ':').skip(2);
    match (fields.next(), fields.nth(2)) {
        (Some("s3"), Some(tail)) if !tail.contains('/') => "s3:ListBucket",
        (Some("sqs"), _) => "sqs:SendMessage",
        (Some("dynamodb"), _) => "dynamodb:GetItem",
        (Some("ec2"), _) => "ec2:CreateTags",
        (Some("iam"), _) => "iam:GetUser",
        (Some("lambda"), _) => "lambda:InvokeFunction",
        (Some("logs"), _) => "logs:DescribeLogStreams",
        (Some("cloudfront"), _) => "cloudfront:GetDistribution",
        (Some("codecommit"), _) => "codecommit:GitPull",
        (None, _) => "s3:ListAllMyBuckets",
        _ => "s3:GetObject",
    }
}

/// The context keys that an element names: the keys of a condition block, and the variables of all texts.
fn mentioned(element: &Element) -> Vec<String> {
    let mut found = Vec::new();
    match element {
        Element::Action { .. } => {}
        Element::Resource { patterns, .. } => variables(patterns, &mut found),
        Element::Condition(block) => {
            let operators = block.as_object().into_iter().flatten();
            let keys = operators.filter_map(|(_, keys)| keys.as_object()).flatten();
            for (key, values) in keys {
                found.push(key.clone());
                variables(values, &mut found);
            }
        }
    }
    found
}

fn variables(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let references = text.split("${").skip(1);
            found
                .extend(references.map(|rest| rest.split([',', '}']).next().unwrap_or_default().to_string()));
        }
        Value::Array(values) => values.iter().for_each(|value| variables(value, found)),
        _ => {}
    }
}

/// What a derived key is called instead: `aws:username` becomes `acme:username`, in the letter case that it has.
fn new_name(key: &str) -> String {
    format!("acme{}", key.get("aws".len()..).unwrap_or_default())
}

/// Gives a derived key its new name in condition and variables.
fn rename(element: Element, key: &str) -> Element {
    match element {
        Element::Action { .. } => element,
        Element::Resource { patterns, not, request } => {
            Element::Resource { patterns: rename_variables(patterns, key), not, request }
        }
        Element::Condition(Value::Object(block)) => {
            let rename_keys = |(operator, keys): (String, Value)| match keys {
                Value::Object(keys) => {
                    let rename_key = |(name, values): (String, Value)| {
                        let name = if name.eq_ignore_ascii_case(key) { new_name(&name) } else { name };
                        (name, rename_variables(values, key))
                    };
                    (operator, Value::Object(keys.into_iter().map(rename_key).collect()))
                }
                other => (operator, other),
            };
            Element::Condition(Value::Object(block.into_iter().map(rename_keys).collect()))
        }
        Element::Condition(other) => Element::Condition(other),
    }
}

fn rename_variables(value: Value, key: &str) -> Value {
    match value {
        Value::String(text) => {
            let mut parts = text.split("${");
            let mut out = parts.next().unwrap_or_default().to_string();
            for part in parts {
                let (name, rest) = part.split_at(part.find([',', '}']).unwrap_or(part.len()));
                let name = if name.eq_ignore_ascii_case(key) { new_name(name) } else { name.to_string() };
                out.push_str(&format!("${{{name}{rest}"));
            }
            Value::String(out)
        }
        Value::Array(values) => values.into_iter().map(|value| rename_variables(value, key)).collect(),
        other => other,
    }
}
