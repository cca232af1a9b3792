//! Failures in words: the rule, the case as short as it can be told, what was expected and what came, and where to go on.

use std::fmt::Write;
use std::path::Path;

use assize_model::json;
use assize_model::scenario::{Body, Case};
use assize_model::{IdentitySource, Policies, PolicySource, Principal, Request, Scenario};

use crate::catalogue::{Catalogue, Rule};
use crate::compare::verdict_text;
use crate::corpus::Entry;
use crate::generation::contest::Breach;
use crate::generation::finding::UNKEPT;
use crate::oracles::Observed;

/// How much of a rule is quoted.
const SENTENCE: usize = 400;

/// How long lines of prose are.
const WIDTH: usize = 110;

/// A rule in two lines: id, title and status; its first sentence.
pub fn rule(catalogue: &Catalogue, id: &str) -> String {
    match catalogue.rule(id) {
        None => id.to_owned(),
        Some(rule) => {
            let status = rule.standing.own().map_or("as the rules it follows from", |status| status.as_str());
            format!("{id} {} [{status}]\n{}", rule.title, wrapped(&format!("\"{}\"", sentence(rule))))
        }
    }
}

/// The first sentence of a rule, in one line.
fn sentence(rule: &Rule) -> String {
    let text = rule.text.split("\n\n").next().unwrap_or_default();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    match text[..end].char_indices().nth(SENTENCE) {
        None => text[..end].to_owned(),
        Some((at, _)) => format!("{} …", text[..at].trim_end()),
    }
}

/// Prose in lines of a bearable length, set in by two.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::from(" ")];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < WIDTH => line.extend([" ", word]),
            _ => lines.push(format!("  {word}")),
        }
    }
    lines.join("\n")
}

/// The policies of a scenario, a statement a line, and one of its requests.
pub fn case(scenario: &Scenario, request: usize) -> String {
    match &scenario.body {
        Body::Operation { operation, .. } => format!("operation  {operation}\n"),
        Body::Requests { policies, requests, .. } => {
            let mut out = self::policies(policies);
            if let Some(case) = requests.get(request) {
                out.push_str(&asked(case));
            }
            out
        }
    }
}

fn policies(policies: &Policies) -> String {
    let mut out = String::new();
    for (policy_type, policy) in policies.documents() {
        // Writing to a String cannot fail.
        let _ = write!(out, "policy     {policy_type}");
        let of_group = policies.identity.iter().flatten().find_map(|identity| match &identity.source {
            IdentitySource::Group(name) if std::ptr::eq(&identity.policy, policy) => Some(name),
            _ => None,
        });
        if let Some(name) = of_group {
            let _ = write!(out, " of group {name}");
        }
        out.push_str(&document(policy));
    }
    let empty = [
        ("identity", policies.identity.as_ref().is_some_and(Vec::is_empty)),
        ("session", policies.session.as_ref().is_some_and(Vec::is_empty)),
        ("scp", policies.scps.as_ref().is_some_and(Vec::is_empty)),
        ("rcp", policies.rcps.as_ref().is_some_and(Vec::is_empty)),
    ];
    for (name, _) in empty.into_iter().filter(|(_, is)| *is) {
        let _ = writeln!(out, "policy     {name}, present and empty");
    }
    if !policies.acl.is_empty() {
        let _ = writeln!(out, "acl        {} grants", policies.acl.len());
    }
    out
}

/// A document: its statements, a line each; its text if it is none.
fn document(policy: &PolicySource) -> String {
    let text = &*policy.document.text;
    let read = json::parse(text).ok();
    let statements = read.as_ref().and_then(|document| document.get("Statement"));
    let version = read.as_ref().and_then(|document| document.get("Version")?.as_str());
    let mut out = match version {
        Some("2012-10-17") => String::new(),
        Some(other) => format!(", Version {other}"),
        None => ", no Version".to_owned(),
    };
    out.push('\n');
    // As they are written: that may be what matters.
    let as_written = |value: &json::Value<'_>| match &text[value.span.start..value.span.end] {
        lines if lines.contains('\n') => lines.split_whitespace().collect::<Vec<_>>().join(" "),
        line => line.to_owned(),
    };
    let lines: Vec<String> = match statements {
        Some(statements) => {
            let list = statements.as_array().unwrap_or(std::slice::from_ref(statements));
            list.iter().map(as_written).collect()
        }
        None => vec![text.to_owned()],
    };
    for line in lines {
        let _ = writeln!(out, "           {line}");
    }
    out
}

fn asked(case: &Case) -> String {
    let request = match &case.request {
        Ok(request) => request,
        Err(invalid) => return format!("request    {}\n", invalid.written),
    };
    let mut out = format!(
        "request    {} {}\n           {} on {}{}\n",
        request.principal().kind(),
        who(request.principal()),
        request.action().as_str(),
        request.resource().as_str(),
        owner(request)
    );
    for entry in request.context().entries() {
        let values: Vec<String> = entry.values.iter().map(|value| format!("{:?}", value.text)).collect();
        let _ = writeln!(out, "           {} = [{}]", entry.key, values.join(", "));
    }
    out
}

fn who(principal: &Principal) -> &str {
    match principal {
        Principal::Service(service) => service.name(),
        Principal::FederatedCaller(caller) => caller.provider(),
        _ => principal.arn().unwrap_or_default(),
    }
}

/// Whose the resource is, if its ARN does not say.
fn owner(request: &Request) -> String {
    match request.resource() {
        assize_model::Resource::Arn(arn) if arn.as_str().split(':').nth(4) != Some(arn.owner()) => {
            format!(" (owner {})", arn.owner())
        }
        _ => String::new(),
    }
}

/// How an invariant was broken: what was asked and answered, before a change and after it, and what is claimed.
pub fn breach(scenario: &Scenario, breach: &Breach) -> String {
    let Some(violation) = &breach.violation else {
        return format!("{}  actual     {}\n", indented(&case(scenario, 0)), breach.text);
    };
    let observed = |observed: &Observed| {
        format!(
            "{}  answer     {}\n",
            indented(&case(&observed.scenario, 0)),
            verdict_text(&observed.verdict)
        )
    };
    let mut out = observed(&violation.before);
    if let Some(after) = &violation.after {
        out.push_str("  after the change\n");
        out.push_str(&observed(after));
    }
    out + &format!("  claim      {}\n", violation.claim)
}

/// Where the scenario is kept, and what to do with the file.
pub fn follow_up(entry: &Entry, crate_folder: &Path, regression: Option<&str>) -> String {
    if &*entry.file == Path::new(UNKEPT) {
        return format!(
            "kept       nowhere: it does not fail any more once written and read\n{}",
            entry.scenario.to_json()
        );
    }
    let file = entry.file.strip_prefix(crate_folder).unwrap_or(&entry.file).display();
    let mut out = match regression {
        Some(name) => format!("file       {file}\nagain      cargo test {name}\n"),
        None => format!("file       {file}:{}\ncase       {}\n", entry.position.line, entry.scenario.name),
    };
    let _ = writeln!(out, "why        assize explain {file} --trace");
    out
}

/// Every line set in by two.
pub fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
