//! Why a request is decided as it is: the verdict, the statements behind it and where they stand, what every policy type had to say,
//! the message that AWS would give, and on demand the rules that took part.

use std::fmt::Write;
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use assize_model::json::{self, Writer};
use assize_model::scenario::{Body, Case};
use assize_model::{
    Decision, Evaluation, Evaluator, IdentityPolicy, IdentitySource, Participation, Policies, PolicySource,
    PolicyType, Principal, Refusal, Request, ResourceKind, ResourcePolicy, StatementRef, Verdict,
};
use assize_model::{EndpointKind, EndpointPolicy};
use assize_reference::presentation::{MessageOptions, message};

use crate::catalogue::Catalogue;
use crate::compare::{against_expectation, report_text, statement_text, verdict_text};
use crate::corpus::Entry;
use crate::excerpt::excerpt;
use crate::record::verdict_json;

const BOLD: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();
const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// What to explain beside the verdict.
pub struct Explainer<'e> {
    /// Who decides.
    pub evaluator: &'e dyn Evaluator,
    /// The titles of the rules.
    pub catalogue: &'e Catalogue,
    /// Whether to list the rules that took part.
    pub trace: bool,
    /// Policies from files of their own, which join those of every scenario.
    pub extra: Vec<ExtraPolicy>,
}

/// A policy that joins those of every scenario.
#[derive(Clone, Debug)]
pub struct ExtraPolicy {
    /// Where it joins. A list is made longer; a boundary, an endpoint policy or a resource-based policy is replaced.
    pub policy_type: PolicyType,
    /// The policy.
    pub policy: PolicySource,
}

/// The answer to one request of a scenario.
pub struct Explanation<'c> {
    entry: &'c Entry,
    at: usize,
    case: &'c Case,
    policies: Policies,
    /// Whether the policies are those of the scenario and no others, so that its expectations hold.
    as_written: bool,
    answer: Result<Verdict, Refusal>,
    parts: Option<Vec<Participation>>,
}

impl Explainer<'_> {
    /// Answers every request of a scenario; none if it is about an operation.
    pub fn requests<'c>(&self, entry: &'c Entry) -> Vec<Explanation<'c>> {
        let Body::Requests { policies, requests, .. } = &entry.scenario.body else { return Vec::new() };
        let explain = |(at, case): (usize, &'c Case)| {
            let mut policies = (**policies).clone();
            for extra in &self.extra {
                extra.join(&mut policies, case.request.as_ref().ok().map(Request::principal));
            }
            let (answer, parts) = match (self.evaluator.prepare(&policies), &case.request) {
                (Err(refusal), _) => (Err(refusal), None),
                (Ok(_), Err(invalid)) => (Ok(Verdict::InputError(invalid.error)), None),
                (Ok(prepared), Ok(request)) => {
                    (Ok(prepared.evaluate(request)), self.trace.then(|| prepared.trace(request)))
                }
            };
            let as_written = self.extra.is_empty();
            Explanation { entry, at, case, policies, as_written, answer, parts }
        };
        requests.iter().enumerate().map(explain).collect()
    }

    /// The outcome of an operation as JSON, if the scenario is about one; or why there is none.
    pub fn operation(&self, entry: &Entry) -> Option<Result<String, String>> {
        let Body::Operation { operation, .. } = &entry.scenario.body else { return None };
        Some(match json::parse(operation).map(|operation| self.evaluator.perform(&operation)) {
            Ok(outcome) => outcome.unwrap_or_else(|| Err("this evaluator performs no operations".to_owned())),
            Err(error) => Err(error.to_string()),
        })
    }
}

impl ExtraPolicy {
    /// Puts the policy among `policies`, as one that `principal` can have.
    fn join(&self, policies: &mut Policies, principal: Option<&Principal>) {
        let policy = self.policy.clone();
        match self.policy_type {
            PolicyType::Identity => {
                let source = match principal {
                    Some(Principal::RoleSession(_)) => IdentitySource::Role,
                    Some(Principal::FederatedUser(_)) => IdentitySource::Issuer,
                    _ => IdentitySource::User,
                };
                policies.identity.get_or_insert_default().push(IdentityPolicy { source, policy });
            }
            PolicyType::Boundary => policies.boundary = vec![policy],
            PolicyType::Session => policies.session.get_or_insert_default().push(policy),
            PolicyType::Scp => last_level(&mut policies.scps).push(policy),
            PolicyType::Rcp => last_level(&mut policies.rcps).push(policy),
            PolicyType::Vpce => {
                let kind =
                    policies.endpoint.as_ref().map_or(EndpointKind::Interface, |endpoint| endpoint.kind);
                policies.endpoint = Some(EndpointPolicy { kind, policy });
            }
            PolicyType::Resource | PolicyType::Trust => {
                let kept = policies.resource.as_ref().map(|resource| resource.kind);
                let kind = match self.policy_type {
                    PolicyType::Trust => ResourceKind::RoleTrust,
                    _ => {
                        kept.filter(|kind| *kind != ResourceKind::RoleTrust).unwrap_or(ResourceKind::Ordinary)
                    }
                };
                policies.resource = Some(ResourcePolicy { kind, policy });
            }
        }
    }
}

/// The level nearest to the account; a path without levels gets one.
fn last_level(levels: &mut Option<Vec<Vec<PolicySource>>>) -> &mut Vec<PolicySource> {
    let levels = levels.get_or_insert_default();
    if levels.is_empty() {
        levels.push(Vec::new());
    }
    let last = levels.len() - 1;
    &mut levels[last]
}

impl Explanation<'_> {
    /// Whether the request could be decided: the policies were taken and the request fits them.
    pub fn decided(&self) -> bool {
        self.answer.as_ref().is_ok_and(|verdict| verdict.decision().is_some())
    }

    /// For people, some lines.
    pub fn text(&self, catalogue: &Catalogue) -> String {
        // Writing to a String cannot fail.
        let mut out = String::new();
        let name = self.case.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
        let _ = writeln!(out, "{BOLD}request {}{name}{BOLD:#}", self.at);
        out.push_str(&self.asked());
        match &self.answer {
            Err(refusal) => out.push_str(&self.refused(refusal)),
            Ok(verdict) => {
                let style = if verdict.decision() == Some(Decision::Allow) { GOOD } else { BAD };
                let _ = writeln!(out, "  {style}{}{style:#}", verdict_text(verdict));
                let expect = self.case.expect.as_ref().filter(|_| self.as_written);
                if let Some(difference) = expect.and_then(|expect| against_expectation(expect, verdict)) {
                    let _ = writeln!(out, "  {BAD}not what the scenario expects{BAD:#}");
                    for line in difference.to_string().lines() {
                        let _ = writeln!(out, "    {line}");
                    }
                }
                if let (Verdict::Evaluated(evaluation), Ok(request)) = (verdict, &self.case.request) {
                    out.push_str(&self.evaluated(request, evaluation));
                }
            }
        }
        if let Some(parts) = &self.parts {
            out.push_str("  rules that took part:\n");
            for part in parts {
                let title = catalogue.rule(part.rule).map_or("", |rule| rule.title);
                let how = if part.applied { "applied" } else { "asked" };
                let _ = writeln!(out, "    {:<10} {how:<8} {title}", part.rule);
            }
        }
        out
    }

    /// For programs: one line of JSON without line feed: `scenario`, `request` and `name`; then `refused`, a list of documents with
    /// their faults, or `verdict` (see [`crate::record`]) and `message`; with a trace also `rules`.
    pub fn json(&self) -> String {
        let mut writer = Writer::new();
        writer.open_object();
        writer.name("scenario").string(&self.entry.scenario.name);
        writer.name("request").number(self.at as u64);
        if let Some(name) = &self.case.name {
            writer.name("name").string(name);
        }
        match &self.answer {
            Err(refusal) => refused_json(&mut writer, refusal),
            Ok(verdict) => {
                writer.name("verdict").raw(&verdict_json(verdict));
                writer.name("message");
                match (verdict, &self.case.request) {
                    (Verdict::Evaluated(evaluation), Ok(request)) => {
                        match message(request, evaluation, MessageOptions::default()) {
                            Some(message) => writer.string(&message),
                            None => writer.null(),
                        };
                    }
                    _ => drop(writer.null()),
                }
            }
        }
        if let Some(parts) = &self.parts {
            writer.name("rules").open_array();
            for part in parts {
                writer
                    .open_object()
                    .name("rule")
                    .string(part.rule)
                    .name("applied")
                    .bool(part.applied)
                    .close_object();
            }
            writer.close_array();
        }
        writer.close_object();
        writer.finish()
    }

    fn asked(&self) -> String {
        let request = match &self.case.request {
            Ok(request) => request,
            Err(invalid) => return format!("  {}\n", invalid.written),
        };
        let principal = request.principal();
        let who = match principal {
            Principal::Service(service) => service.name(),
            Principal::FederatedCaller(caller) => caller.provider(),
            _ => principal.arn().unwrap_or(""),
        };
        let mut out = String::new();
        let _ = writeln!(out, "  {} {who}", principal.kind());
        let _ = writeln!(out, "  {} on {}", request.action().as_str(), request.resource().as_str());
        for entry in request.context().entries() {
            let values: Vec<&str> = entry.values.iter().map(|value| value.text.as_str()).collect();
            let _ = writeln!(out, "  {QUIET}{} = {}{QUIET:#}", entry.key, values.join(", "));
        }
        out
    }

    fn evaluated(&self, request: &Request, evaluation: &Evaluation) -> String {
        let mut out = String::new();
        if let Some(message) = message(request, evaluation, MessageOptions::default()) {
            let _ = writeln!(out, "  {message}");
        }
        if !evaluation.determining.is_empty() {
            out.push_str("  because of\n");
        }
        for statement in &evaluation.determining {
            out.push_str(&self.quoted(statement));
        }
        let _ = writeln!(out, "  principal and resource: {}", evaluation.relation.as_str());
        for report in &evaluation.by_type {
            let _ = writeln!(out, "    {:<9} {}", report.policy_type.as_str(), report_text(report));
        }
        if !evaluation.missing_context_keys.is_empty() {
            let keys = evaluation.missing_context_keys.join(", ");
            let _ = writeln!(out, "  keys that the policies name and the request lacks: {keys}");
        }
        out
    }

    /// A statement with its places, and its text.
    fn quoted(&self, statement: &StatementRef) -> String {
        let mut out = format!("    {}", statement_text(statement));
        if let Some(sid) = statement.sid.as_deref().filter(|sid| !sid.is_empty()) {
            let _ = write!(out, " {sid:?}");
        }
        let (Some(region), Some(policy)) = (statement.region, policy(&self.policies, statement)) else {
            return out + "\n";
        };
        let _ = write!(out, ", {} to {} in its document", region.start, region.end);
        let first = match policy.document.origin {
            None => 1,
            Some(origin) => {
                let _ = write!(out, ", {}:{}", self.entry.file.display(), region.start.within(origin));
                origin.line
            }
        };
        out.push('\n');
        for line in excerpt(&policy.document.text, region, first, GOOD).lines() {
            let _ = writeln!(out, "      {line}");
        }
        out
    }

    fn refused(&self, refusal: &Refusal) -> String {
        let mut out = format!("  {BAD}the policies are refused{BAD:#}, so nothing is decided (GRAM-052)\n");
        for document in &refusal.documents {
            for fault in &document.faults {
                let _ = writeln!(out, "    {} {}: {fault}", document.policy_type, document.policy);
            }
        }
        if let Some(reason) = &refusal.reason {
            let _ = writeln!(out, "    {reason}");
        }
        out
    }
}

fn refused_json(writer: &mut Writer, refusal: &Refusal) {
    writer.name("refused").open_array();
    for document in &refusal.documents {
        for fault in &document.faults {
            writer.open_object().name("type").string(document.policy_type.as_str());
            writer.name("policy").string(&document.policy).name("code").string(fault.code.as_str());
            writer.name("rule").string(fault.rule).name("pointer").string(&fault.pointer);
            writer.name("message").string(&fault.message).close_object();
        }
    }
    writer.close_array();
    if let Some(reason) = &refusal.reason {
        writer.name("reason").string(reason);
    }
}

/// The policy that a statement belongs to; `None` for a grant of an access control list.
fn policy<'p>(policies: &'p Policies, statement: &StatementRef) -> Option<&'p PolicySource> {
    fn called<'p>(
        mut list: impl Iterator<Item = &'p PolicySource>,
        id: &Arc<str>,
    ) -> Option<&'p PolicySource> {
        list.find(|policy| policy.id == *id)
    }
    let id = &statement.policy;
    let level = |levels: &'p Option<Vec<Vec<PolicySource>>>| {
        called(levels.as_ref()?.get(statement.level?)?.iter(), id)
    };
    match statement.policy_type {
        PolicyType::Identity => {
            called(policies.identity.iter().flatten().map(|identity| &identity.policy), id)
        }
        PolicyType::Boundary => called(policies.boundary.iter(), id),
        PolicyType::Session => called(policies.session.iter().flatten(), id),
        PolicyType::Scp => level(&policies.scps),
        PolicyType::Rcp => level(&policies.rcps),
        PolicyType::Vpce => policies.endpoint.as_ref().map(|endpoint| &endpoint.policy),
        PolicyType::Resource | PolicyType::Trust => {
            let policy = policies.resource.as_ref().map(|resource| &resource.policy)?;
            (policy.id == *id && statement.region.is_some()).then_some(policy)
        }
    }
}
