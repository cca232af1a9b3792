//! From the text of a scenario file to scenarios, or to every fault in it.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Acceptance, Body, Case, Expect, ExpectedStatement, Fault, InvalidRequest, Scenario};
use crate::diagnostic::Code;
use crate::document::{Literal, LiteralKind};
use crate::json::{self, Kind, Member, Value};
use crate::policies::{
    AclGrant, AclPermission, AclTarget, DocumentSource, EndpointKind, EndpointPolicy, Grantee,
    IdentityPolicy, IdentitySource, Policies, PolicySource, PolicyType, ResourceKind, ResourcePolicy,
};
use crate::principal::{
    Account, Entity, FederatedCaller, FederatedUser, Issuer, Origin, Principal, RoleSession, Root, Service,
    SessionToken, User,
};
use crate::request::{Action, Context, ContextEntry, Request, Resource};
use crate::source::{LineIndex, Span};
use crate::verdict::{DecidingType, Decision, InputError};

/// The statuses of the catalogue, as a case may state them.
const STATUSES: [&str; 4] = ["documented", "documented-ambiguous", "community-observed", "choice"];

/// Reads a scenario file: one scenario, or an array of scenarios.
///
/// # Errors
/// Every fault found, in the order of the file. A request that cannot be put together is not a fault but an input error of that
/// request: cases test them.
pub fn read(text: &str) -> Result<Vec<Scenario>, Vec<Fault>> {
    with_reader(text, |reader, value| match &value.kind {
        Kind::Array(items) => {
            items.iter().enumerate().map(|(at, item)| reader.scenario(item, &format!("/{at}"))).collect()
        }
        _ => vec![reader.scenario(value, "")],
    })
}

/// Reads the JSON text of a `policies` member.
///
/// # Errors
/// Every fault found.
pub fn read_policies(text: &str) -> Result<Policies, Vec<Fault>> {
    with_reader(text, |reader, value| reader.policies(value, ""))
}

/// Reads the JSON text of a request; expectations are allowed and kept.
///
/// # Errors
/// Every fault found.
pub fn read_request(text: &str) -> Result<Case, Vec<Fault>> {
    with_reader(text, |reader, value| reader.case(value, ""))
}

fn with_reader<T>(text: &str, build: impl FnOnce(&mut Reader<'_>, &Value<'_>) -> T) -> Result<T, Vec<Fault>> {
    let lines = LineIndex::new(text);
    let value = json::parse(text).map_err(|error| {
        let position = lines.position(error.offset);
        vec![Fault { position, pointer: String::new(), message: format!("not JSON: {}", error.message) }]
    })?;
    let mut reader = Reader { text, lines, faults: Vec::new() };
    let built = build(&mut reader, &value);
    if reader.faults.is_empty() { Ok(built) } else { Err(reader.faults) }
}

/// Collects faults while building; what a fault leaves open gets a value that is thrown away with the rest.
struct Reader<'a> {
    text: &'a str,
    lines: LineIndex<'a>,
    faults: Vec<Fault>,
}

/// The members of an object, each looked up by name.
struct Members<'v, 'a> {
    list: &'v [Member<'a>],
    span: Span,
    pointer: String,
}

impl<'v, 'a> Members<'v, 'a> {
    fn get(&self, name: &str) -> Option<&'v Value<'a>> {
        self.list.iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// The member, with `null` counting as absent.
    fn present(&self, name: &str) -> Option<&'v Value<'a>> {
        self.get(name).filter(|value| !matches!(value.kind, Kind::Null))
    }

    fn at(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, name.replace('~', "~0").replace('/', "~1"))
    }
}

/// What stands between a principal's JSON and its record: a fault of the file, or an input error of the request.
enum Unbuilt {
    Fault,
    Input(InputError),
}

impl From<InputError> for Unbuilt {
    fn from(error: InputError) -> Self {
        Unbuilt::Input(error)
    }
}

impl Reader<'_> {
    fn fault(&mut self, span: Span, pointer: &str, message: impl Into<String>) {
        let fault = Fault {
            position: self.lines.position(span.start),
            pointer: pointer.to_owned(),
            message: message.into(),
        };
        self.faults.push(fault);
    }

    /// The members of an object whose names are all in `known`. Anything else is a fault and reads as an empty object.
    fn members<'v, 'a>(&mut self, value: &'v Value<'a>, pointer: &str, known: &[&str]) -> Members<'v, 'a> {
        let members = self.any_members(value, pointer);
        for member in members.list {
            if !known.contains(&&*member.name) {
                let message = format!("unknown member {:?}; known here: {}", member.name, known.join(", "));
                self.fault(member.name_span, &members.at(&member.name), message);
            }
        }
        members
    }

    /// The members of an object, whatever their names.
    fn any_members<'v, 'a>(&mut self, value: &'v Value<'a>, pointer: &str) -> Members<'v, 'a> {
        let list = match &value.kind {
            Kind::Object(list) => list.as_slice(),
            _ => {
                self.fault(value.span, pointer, format!("expected an object, not {}", value.type_name()));
                &[]
            }
        };
        let members = Members { list, span: value.span, pointer: pointer.to_owned() };
        let mut seen = HashSet::new();
        for member in list {
            if !seen.insert(&*member.name) {
                let message = format!("repeated member {:?}; keep one", member.name);
                self.fault(member.name_span, &members.at(&member.name), message);
            }
        }
        members
    }

    fn items<'v, 'a>(&mut self, value: &'v Value<'a>, pointer: &str) -> &'v [Value<'a>] {
        match &value.kind {
            Kind::Array(items) => items,
            _ => {
                self.fault(value.span, pointer, format!("expected a list, not {}", value.type_name()));
                &[]
            }
        }
    }

    fn string(&mut self, value: &Value<'_>, pointer: &str) -> String {
        match &value.kind {
            Kind::String(text) => text.as_ref().to_owned(),
            _ => {
                self.fault(value.span, pointer, format!("expected a string, not {}", value.type_name()));
                String::new()
            }
        }
    }

    fn boolean(&mut self, value: &Value<'_>, pointer: &str) -> bool {
        match value.kind {
            Kind::Bool(value) => value,
            _ => {
                self.fault(value.span, pointer, format!("expected true or false, not {}", value.type_name()));
                false
            }
        }
    }

    fn count(&mut self, value: &Value<'_>, pointer: &str) -> usize {
        match value.kind {
            Kind::Number(text) if text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().unwrap_or(usize::MAX)
            }
            _ => {
                self.fault(value.span, pointer, "expected a whole number from 0");
                0
            }
        }
    }

    fn required<'v, 'a>(&mut self, members: &Members<'v, 'a>, name: &str) -> Option<&'v Value<'a>> {
        let value = members.get(name);
        if value.is_none() {
            self.fault(members.span, &members.pointer, format!("the member {name:?} is missing"));
        }
        value
    }

    fn required_string(&mut self, members: &Members<'_, '_>, name: &str) -> String {
        match self.required(members, name) {
            Some(value) => self.string(value, &members.at(name)),
            None => String::new(),
        }
    }

    fn optional_string(&mut self, members: &Members<'_, '_>, name: &str) -> Option<String> {
        members.present(name).map(|value| self.string(value, &members.at(name)))
    }

    fn optional_bool(&mut self, members: &Members<'_, '_>, name: &str) -> bool {
        members.present(name).is_some_and(|value| self.boolean(value, &members.at(name)))
    }

    fn status(&mut self, members: &Members<'_, '_>) -> Option<String> {
        let status = self.optional_string(members, "status")?;
        if !STATUSES.contains(&status.as_str()) {
            let message = format!("unknown status {status:?}; one of {}", STATUSES.join(", "));
            self.fault(members.span, &members.at("status"), message);
        }
        Some(status)
    }

    /// The value among `known` that `value` spells, or a fault that lists them.
    fn word<T: Copy>(&mut self, value: &Value<'_>, pointer: &str, known: &[(&str, T)]) -> Option<T> {
        let text = self.string(value, pointer);
        let found = known.iter().find(|(word, _)| *word == text).map(|&(_, meaning)| meaning);
        if found.is_none() && matches!(value.kind, Kind::String(_)) {
            let words: Vec<&str> = known.iter().map(|&(word, _)| word).collect();
            self.fault(value.span, pointer, format!("unknown word {text:?}; one of {}", words.join(", ")));
        }
        found
    }

    fn scenario(&mut self, value: &Value<'_>, pointer: &str) -> Scenario {
        let known = ["name", "rules", "note", "status", "policies", "requests", "expect", "operation"];
        let members = self.members(value, pointer, &known);
        let name = self.required_string(&members, "name");
        if name.is_empty() && members.get("name").is_some() {
            self.fault(members.span, &members.at("name"), "a scenario needs a name that is not empty");
        }
        let mut rules = Vec::new();
        if let Some(list) = self.required(&members, "rules") {
            for (at, rule) in self.items(list, &members.at("rules")).iter().enumerate() {
                rules.push(self.string(rule, &format!("{}/{at}", members.at("rules"))));
            }
            if rules.is_empty() {
                self.fault(list.span, &members.at("rules"), "name at least one rule that the scenario tests");
            }
        }
        let note = self.optional_string(&members, "note");
        let status = self.status(&members);
        let body = match members.get("operation") {
            Some(operation) => self.operation(operation, &members),
            None => self.requests(&members),
        };
        Scenario { name, rules, note, status, body }
    }

    fn operation(&mut self, operation: &Value<'_>, members: &Members<'_, '_>) -> Body {
        for other in ["policies", "requests"] {
            if let Some(value) = members.get(other) {
                let message = format!("an operation stands instead of {other:?}; remove one of the two");
                self.fault(value.span, &members.at(other), message);
            }
        }
        let inner = self.any_members(operation, &members.at("operation"));
        self.required_string(&inner, "op");
        let expect = self.required(members, "expect");
        if let Some(expect) = expect {
            let outcome = self.any_members(expect, &members.at("expect"));
            self.required_string(&outcome, "outcome");
        }
        let text = |value: &Value<'_>| Arc::from(value.span.of(self.text));
        Body::Operation { operation: text(operation), expect: expect.map_or_else(|| Arc::from(""), text) }
    }

    fn requests(&mut self, members: &Members<'_, '_>) -> Body {
        let policies = match self.required(members, "policies") {
            Some(value) => self.policies(value, &members.at("policies")),
            None => Policies::default(),
        };
        let expect =
            members.present("expect").and_then(|value| self.acceptance(value, &members.at("expect")));
        let mut requests = Vec::new();
        match members.get("requests") {
            Some(list) => {
                for (at, item) in self.items(list, &members.at("requests")).iter().enumerate() {
                    requests.push(self.case(item, &format!("{}/{at}", members.at("requests"))));
                }
            }
            None if members.present("expect").is_some() => {}
            None => {
                self.required(members, "requests");
            }
        }
        if requests.is_empty() && expect.is_none() && members.get("requests").is_some() {
            let message = "nothing is asked: add a request, or an \"expect\" of the whole scenario";
            self.fault(members.span, &members.pointer, message);
        }
        Body::Requests { policies: Box::new(policies), requests, expect }
    }

    fn acceptance(&mut self, value: &Value<'_>, pointer: &str) -> Option<Acceptance> {
        let members = self.members(value, pointer, &["accepted", "rejected"]);
        match (members.get("accepted"), members.get("rejected")) {
            (Some(accepted), None) if matches!(accepted.kind, Kind::Bool(true)) => Some(Acceptance::Accepted),
            (None, Some(rejected)) => {
                let codes: Vec<(&str, Code)> = Code::ALL.iter().map(|&code| (code.as_str(), code)).collect();
                self.word(rejected, &members.at("rejected"), &codes).map(Acceptance::Rejected)
            }
            _ => {
                let message = "expected {\"accepted\": true} or {\"rejected\": \"E_…\"}";
                self.fault(value.span, pointer, message);
                None
            }
        }
    }

    fn policies(&mut self, value: &Value<'_>, pointer: &str) -> Policies {
        let known =
            ["identity", "boundary", "session", "scps", "rcps", "endpoint", "resource", "acl", "check_size"];
        let members = self.members(value, pointer, &known);
        let mut policies = Policies::default();
        if let Some(value) = members.present("identity") {
            let at = members.at("identity");
            let items = self.items(value, &at);
            let list = items.iter().enumerate().map(|(n, item)| self.identity(item, &format!("{at}/{n}")));
            policies.identity = Some(list.collect());
            self.unique(items, &at);
        }
        if let Some(value) = members.present("boundary") {
            let at = members.at("boundary");
            policies.boundary = match value.kind {
                Kind::Array(_) => self.policy_list(value, &at),
                _ => vec![self.policy(value, &at, &[])],
            };
        }
        if let Some(value) = members.present("session") {
            policies.session = Some(self.policy_list(value, &members.at("session")));
        }
        policies.scps = members.present("scps").map(|value| self.levels(value, &members.at("scps")));
        policies.rcps = members.present("rcps").map(|value| self.levels(value, &members.at("rcps")));
        if let Some(value) = members.present("endpoint") {
            let kinds = EndpointKind::ALL.map(|kind| (kind.as_str(), kind));
            policies.endpoint = self
                .kinded(value, &members.at("endpoint"), &kinds)
                .map(|(kind, policy)| EndpointPolicy { kind, policy });
        }
        if let Some(value) = members.present("resource") {
            let kinds = ResourceKind::ALL.map(|kind| (kind.as_str(), kind));
            policies.resource = self
                .kinded(value, &members.at("resource"), &kinds)
                .map(|(kind, policy)| ResourcePolicy { kind, policy });
        }
        if let Some(value) = members.present("acl") {
            let at = members.at("acl");
            for (n, item) in self.items(value, &at).iter().enumerate() {
                policies.acl.extend(self.grant(item, &format!("{at}/{n}")));
            }
        }
        policies.check_size = self.optional_bool(&members, "check_size");
        policies
    }

    fn levels(&mut self, value: &Value<'_>, pointer: &str) -> Vec<Vec<PolicySource>> {
        let items = self.items(value, pointer);
        items
            .iter()
            .enumerate()
            .map(|(n, level)| self.policy_list(level, &format!("{pointer}/{n}")))
            .collect()
    }

    fn policy_list(&mut self, value: &Value<'_>, pointer: &str) -> Vec<PolicySource> {
        let items = self.items(value, pointer);
        self.unique(items, pointer);
        items.iter().enumerate().map(|(n, item)| self.policy(item, &format!("{pointer}/{n}"), &[])).collect()
    }

    /// Results name policies by id, so ids in one list differ.
    fn unique(&mut self, items: &[Value<'_>], pointer: &str) {
        let mut seen = HashSet::new();
        for (n, item) in items.iter().enumerate() {
            if let Some(Kind::String(id)) = item.get("id").map(|id| &id.kind)
                && !seen.insert(id)
            {
                let message = format!("the policy id {id:?} stands twice in this list; give each its own");
                self.fault(item.span, &format!("{pointer}/{n}/id"), message);
            }
        }
    }

    /// A policy with the members `id`, `document`, `managed` and those of `more`.
    fn policy(&mut self, value: &Value<'_>, pointer: &str, more: &[&str]) -> PolicySource {
        let known: Vec<&str> = ["id", "document", "managed"].iter().chain(more).copied().collect();
        let members = self.members(value, pointer, &known);
        let id = self.required_string(&members, "id");
        let document = match self.required(&members, "document") {
            Some(Value { kind: Kind::String(text), .. }) => DocumentSource::new(text.as_ref()),
            Some(value) => DocumentSource {
                text: Arc::from(value.span.of(self.text)),
                origin: Some(self.lines.position(value.span.start)),
            },
            None => DocumentSource::new(""),
        };
        PolicySource { id: id.into(), document, managed: self.optional_bool(&members, "managed") }
    }

    fn identity(&mut self, value: &Value<'_>, pointer: &str) -> IdentityPolicy {
        let policy = self.policy(value, pointer, &["source"]);
        let at = format!("{pointer}/source");
        let text = value.get("source").map(|source| self.string(source, &at)).unwrap_or_default();
        let source = match (text.as_str(), text.strip_prefix("group:")) {
            ("user", _) => IdentitySource::User,
            ("role", _) => IdentitySource::Role,
            ("issuer", _) => IdentitySource::Issuer,
            (_, Some(group)) if !group.is_empty() => IdentitySource::Group(group.to_owned()),
            _ => {
                let message = "an identity policy needs a \"source\": user, group:NAME, role or issuer";
                self.fault(value.span, &at, message);
                IdentitySource::User
            }
        };
        IdentityPolicy { source, policy }
    }

    /// A policy with a `kind`.
    fn kinded<T: Copy>(
        &mut self,
        value: &Value<'_>,
        pointer: &str,
        kinds: &[(&str, T)],
    ) -> Option<(T, PolicySource)> {
        let policy = self.policy(value, pointer, &["kind"]);
        let at = format!("{pointer}/kind");
        match value.get("kind") {
            Some(kind) => self.word(kind, &at, kinds).map(|kind| (kind, policy)),
            None => {
                let words: Vec<&str> = kinds.iter().map(|&(word, _)| word).collect();
                self.fault(value.span, &at, format!("the member \"kind\" is missing: {}", words.join(", ")));
                None
            }
        }
    }

    fn grant(&mut self, value: &Value<'_>, pointer: &str) -> Option<AclGrant> {
        let members = self.members(value, pointer, &["grantee", "permission", "on"]);
        let permissions = AclPermission::ALL.map(|permission| (permission.as_str(), permission));
        let targets = [AclTarget::Bucket, AclTarget::Object].map(|target| (target.as_str(), target));
        let permission = self.required(&members, "permission");
        let permission =
            permission.and_then(|value| self.word(value, &members.at("permission"), &permissions));
        let on = self.required(&members, "on");
        let on = on.and_then(|value| self.word(value, &members.at("on"), &targets));
        let grantee = self.required(&members, "grantee");
        let grantee = grantee.and_then(|value| self.grantee(value, &members.at("grantee")));
        Some(AclGrant { grantee: grantee?, permission: permission?, on: on? })
    }

    fn grantee(&mut self, value: &Value<'_>, pointer: &str) -> Option<Grantee> {
        let members = self.members(value, pointer, &["account", "group", "canonical_user_id"]);
        match members.list {
            [Member { name, value, .. }] if name == "account" => {
                Some(Grantee::Account(self.string(value, &members.at("account"))))
            }
            [Member { name, value, .. }] if name == "canonical_user_id" => {
                Some(Grantee::CanonicalUser(self.string(value, &members.at("canonical_user_id"))))
            }
            [Member { name, value, .. }] if name == "group" => {
                let at = members.at("group");
                let all = self.word(value, &at, &[("AllUsers", true), ("AuthenticatedUsers", false)])?;
                Some(if all { Grantee::AllUsers } else { Grantee::AuthenticatedUsers })
            }
            _ => {
                let message = "a grantee has one member: account, group or canonical_user_id";
                self.fault(value.span, pointer, message);
                None
            }
        }
    }

    fn case(&mut self, value: &Value<'_>, pointer: &str) -> Case {
        let known = ["name", "status", "principal", "action", "resource", "context", "expect"];
        let members = self.members(value, pointer, &known);
        let name = self.optional_string(&members, "name");
        let status = self.status(&members);
        let request = self.request(&members);
        let expect = members.present("expect").and_then(|value| self.expect(value, &members.at("expect")));
        Case { name, status, request, expect }
    }

    fn request(&mut self, members: &Members<'_, '_>) -> Result<Request, InvalidRequest> {
        let invalid = |reader: &Self, error| {
            let parts = ["principal", "action", "resource", "context"].into_iter();
            let parts = parts.filter_map(|name| Some((name, members.get(name)?.span.of(reader.text))));
            let parts: Vec<String> = parts.map(|(name, text)| format!("\"{name}\":{text}")).collect();
            InvalidRequest { error, written: format!("{{{}}}", parts.join(",")).into() }
        };
        // Each part is read whatever the others hold, so that every fault of the file is reported.
        let principal = match self.required(members, "principal") {
            Some(value) => self.principal(value, &members.at("principal")),
            None => Err(Unbuilt::Fault),
        };
        let action = self.required_string(members, "action");
        let resource = match self.required(members, "resource") {
            Some(value) => self.resource(value, &members.at("resource")),
            None => Err(InputError::InvalidResource),
        };
        let context = match members.present("context") {
            Some(value) => self.context(value, &members.at("context")),
            None => Ok(Context::default()),
        };
        let principal = match principal {
            Ok(principal) => principal,
            Err(Unbuilt::Input(error)) => return Err(invalid(self, error)),
            // The fault refuses the file, so this value is never seen.
            Err(Unbuilt::Fault) => return Err(invalid(self, InputError::InvalidPrincipal)),
        };
        let built = Action::new(action)
            .and_then(|action| Ok((action, resource?, context?)))
            .and_then(|(action, resource, context)| Request::new(principal, action, resource, context));
        built.map_err(|error| invalid(self, error))
    }

    fn resource(&mut self, value: &Value<'_>, pointer: &str) -> Result<Resource, InputError> {
        let members = self.members(value, pointer, &["arn", "account", "management", "aws_managed"]);
        let arn = self.required_string(&members, "arn");
        let owner = self.optional_string(&members, "account");
        let management = self.optional_bool(&members, "management");
        let aws_managed = self.optional_bool(&members, "aws_managed");
        Ok(Resource::new(arn, owner)?.with_facts(management, aws_managed))
    }

    fn context(&mut self, value: &Value<'_>, pointer: &str) -> Result<Context, InputError> {
        // A name that stands twice is an input error of the request (COND-006), not a fault of the file.
        let Kind::Object(list) = &value.kind else {
            self.any_members(value, pointer);
            return Err(InputError::InvalidContext);
        };
        let literal = |value: &Value<'_>| match &value.kind {
            Kind::String(text) => Ok(Literal::string(text.as_ref())),
            Kind::Number(text) => Ok(Literal { text: (*text).to_owned(), kind: LiteralKind::Number }),
            Kind::Bool(value) => Ok(Literal::bool(*value)),
            Kind::Null | Kind::Array(_) | Kind::Object(_) => Err(InputError::InvalidContext),
        };
        let entries = list.iter().map(|member| {
            let values = match &member.value.kind {
                Kind::Array(items) => items.iter().map(literal).collect::<Result<_, _>>()?,
                _ => vec![literal(&member.value)?],
            };
            Ok(ContextEntry { key: member.name.as_ref().to_owned(), values })
        });
        Context::new(entries.collect::<Result<_, InputError>>()?)
    }

    fn expect(&mut self, value: &Value<'_>, pointer: &str) -> Option<Expect> {
        let members = self.members(value, pointer, &["decision", "deciding", "determining", "error"]);
        if let Some(error) = members.get("error") {
            if members.list.len() > 1 {
                self.fault(value.span, pointer, "an expected error has no other member beside it");
            }
            let errors: Vec<(&str, InputError)> =
                InputError::ALL.iter().map(|&error| (error.as_str(), error)).collect();
            return self.word(error, &members.at("error"), &errors).map(Expect::Error);
        }
        let decisions = [Decision::Allow, Decision::ExplicitDeny, Decision::ImplicitDeny]
            .map(|decision| (decision.as_str(), decision));
        let decision = self.required(&members, "decision");
        let decision = decision.and_then(|value| self.word(value, &members.at("decision"), &decisions));
        let deciding = members.get("deciding").map(|value| match &value.kind {
            Kind::Null => None,
            _ => self.deciding(value, &members.at("deciding")),
        });
        let determining = members.present("determining").map(|value| {
            let at = members.at("determining");
            let items = self.items(value, &at).iter().enumerate();
            items.filter_map(|(n, item)| self.expected_statement(item, &format!("{at}/{n}"))).collect()
        });
        Some(Expect::Decision { decision: decision?, deciding, determining })
    }

    fn deciding(&mut self, value: &Value<'_>, pointer: &str) -> Option<DecidingType> {
        let others =
            [DecidingType::Special, DecidingType::Credential, DecidingType::Service, DecidingType::Partition];
        let known: Vec<(&str, DecidingType)> = PolicyType::ALL
            .map(DecidingType::Policy)
            .into_iter()
            .chain(others)
            .map(|deciding| (deciding.as_str(), deciding))
            .collect();
        self.word(value, pointer, &known)
    }

    fn expected_statement(&mut self, value: &Value<'_>, pointer: &str) -> Option<ExpectedStatement> {
        let members = self.members(value, pointer, &["type", "policy", "statement", "level"]);
        let types = PolicyType::ALL.map(|policy_type| (policy_type.as_str(), policy_type));
        let policy_type = self.required(&members, "type");
        let policy_type = policy_type.and_then(|value| self.word(value, &members.at("type"), &types));
        let policy = self.required_string(&members, "policy");
        let statement = self.required(&members, "statement");
        let statement = statement.map(|value| self.count(value, &members.at("statement")));
        let level = members.present("level").map(|value| self.count(value, &members.at("level")));
        Some(ExpectedStatement { policy_type: policy_type?, policy, statement: statement?, level })
    }

    fn principal(&mut self, value: &Value<'_>, pointer: &str) -> Result<Principal, Unbuilt> {
        // `arn` is tolerated in records that lack the facts behind it, because that is the mistake MissingIssuer is about.
        let account = ["partition", "account", "management", "canonical_user_id"];
        let own: &[&str] = match value.get("kind").and_then(Value::as_str) {
            Some("root") => &["kind", "assumed_root", "session_token"],
            Some("user") => &["kind", "path", "name", "id", "session_token"],
            Some("role-session") => &["kind", "arn", "role", "session_name", "origin", "service_linked"],
            Some("federated-user") => &["kind", "arn", "name", "issuer", "console"],
            Some("service") => &["kind", "name", "names_list"],
            Some("federated-caller") => &["kind", "provider"],
            Some("anonymous") => &["kind"],
            Some("role") => &["kind", "arn", "path", "name", "id"],
            _ => {
                let message = "a principal needs a \"kind\": root, user, role-session, federated-user, service, \
                               federated-caller or anonymous";
                self.fault(value.span, pointer, message);
                return Err(Unbuilt::Fault);
            }
        };
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        let has_account = !matches!(kind, "service" | "federated-caller" | "anonymous");
        let known: Vec<&str> =
            own.iter().chain(if has_account { &account[..] } else { &[] }).copied().collect();
        let before = self.faults.len();
        let members = self.members(value, pointer, &known);
        if self.faults.len() > before {
            return Err(Unbuilt::Fault);
        }
        let built = self.record(kind, &members);
        if self.faults.len() > before { Err(Unbuilt::Fault) } else { built.map_err(Unbuilt::Input) }
    }

    fn record(&mut self, kind: &str, members: &Members<'_, '_>) -> Result<Principal, InputError> {
        let token = match members.present("session_token") {
            Some(value) => {
                let inner = self.members(value, &members.at("session_token"), &["mfa"]);
                Some(SessionToken { mfa: self.optional_bool(&inner, "mfa") })
            }
            None => None,
        };
        Ok(match kind {
            "role" => return Err(InputError::RoleEntityAsRequester),
            "anonymous" => Principal::Anonymous,
            "federated-caller" => {
                Principal::FederatedCaller(FederatedCaller::new(self.fact(members, "provider")?)?)
            }
            "service" => {
                let name = self.fact(members, "name")?;
                let names = match members.present("names_list") {
                    Some(value) => {
                        let at = members.at("names_list");
                        let items = self.items(value, &at).iter().enumerate();
                        items.map(|(n, item)| self.string(item, &format!("{at}/{n}"))).collect()
                    }
                    None => Vec::new(),
                };
                Principal::Service(Service::new(name, names)?)
            }
            "root" => {
                let account = self.account(members)?;
                match (self.optional_bool(members, "assumed_root"), token) {
                    (false, None) => Principal::Root(Root::new(account)),
                    (false, Some(token)) => Principal::Root(Root::with_session_token(account, token)),
                    (true, None) => Principal::Root(Root::assumed(account)),
                    (true, Some(_)) => return Err(InputError::InvalidPrincipal),
                }
            }
            "user" => Principal::User(User::new(self.account(members)?, self.entity(members)?, token)),
            "role-session" => {
                let Some(role) = members.present("role") else { return Err(InputError::MissingIssuer) };
                let role = self.members(role, &members.at("role"), &["path", "name", "id"]);
                let role = self.entity(&role)?;
                let origin = self.origin(members)?;
                let name = self.fact(members, "session_name")?;
                let session = RoleSession::new(self.account(members)?, role, name, origin)?;
                let stated =
                    members.present("service_linked").map(|_| self.optional_bool(members, "service_linked"));
                if stated.is_some_and(|stated| stated != session.service_linked()) {
                    return Err(InputError::InvalidPrincipal);
                }
                Principal::RoleSession(session)
            }
            _ => {
                let Some(issuer) = members.present("issuer") else { return Err(InputError::MissingIssuer) };
                let issuer = self.issuer(issuer, &members.at("issuer"))?;
                let name = self.fact(members, "name")?;
                let console = self.optional_bool(members, "console");
                Principal::FederatedUser(FederatedUser::new(self.account(members)?, name, issuer, console)?)
            }
        })
    }

    /// A fact of the record. A record that lacks one is an input error (PRIN-001), a wrong type a fault of the file.
    fn fact(&mut self, members: &Members<'_, '_>, name: &str) -> Result<String, InputError> {
        self.optional_string(members, name).ok_or(InputError::InvalidPrincipal)
    }

    fn account(&mut self, members: &Members<'_, '_>) -> Result<Account, InputError> {
        let mut account = Account::new(self.fact(members, "partition")?, self.fact(members, "account")?)?;
        account.management = self.optional_bool(members, "management");
        account.canonical_user_id = self.optional_string(members, "canonical_user_id");
        Ok(account)
    }

    fn entity(&mut self, members: &Members<'_, '_>) -> Result<Entity, InputError> {
        Entity::new(self.fact(members, "path")?, self.fact(members, "name")?, self.fact(members, "id")?)
    }

    fn issuer(&mut self, value: &Value<'_>, pointer: &str) -> Result<Issuer, InputError> {
        let members = self.members(value, pointer, &["kind", "path", "name", "id"]);
        match value.get("kind").and_then(Value::as_str) {
            Some("root") => Ok(Issuer::Root),
            Some("user") => self.entity(&members).map(Issuer::User),
            _ => {
                self.fault(value.span, pointer, "an issuer has the \"kind\" user or root");
                Ok(Issuer::Root)
            }
        }
    }

    fn origin(&mut self, members: &Members<'_, '_>) -> Result<Origin, InputError> {
        let value = members.present("origin").ok_or(InputError::InvalidPrincipal)?;
        let at = members.at("origin");
        let inner = self.members(value, &at, &["kind", "provider"]);
        let provider = self.optional_string(&inner, "provider");
        Ok(match value.get("kind").and_then(Value::as_str) {
            Some("AssumeRole") if provider.is_none() => Origin::AssumeRole,
            Some("SAML") => Origin::Saml(provider),
            Some("WebIdentity") => Origin::WebIdentity(provider),
            Some("Service") => Origin::Service(provider),
            Some("Ec2Instance") => Origin::Ec2Instance(provider),
            _ => {
                let message = "an origin has the \"kind\" AssumeRole (without provider), SAML, WebIdentity, Service or \
                               Ec2Instance";
                self.fault(value.span, &at, message);
                Origin::AssumeRole
            }
        })
    }
}
