//! Statement elements (GRAM-017 to GRAM-029).

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::document::{
    Effect, Element, PrincipalElement, PrincipalEntry, PrincipalKey, PrincipalSpec, Statement,
};
use crate::grammar::document::{Reader, refused, required};
use crate::grammar::entry::{action_fault, malformed_reference, resource_fault};
use crate::grammar::principal::value_fault;
use crate::grammar::report::{Path, Report};
use crate::grammar::spelling::{closest, did_you_mean, quote, shorten};
use crate::json::{Kind, Member, Value};
use crate::policies::PolicyType;
use crate::source::Span;

/// What a statement may hold (GRAM-010).
pub(super) const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The members of one statement by element.
#[derive(Default)]
struct Members<'v> {
    sid: Option<&'v Member<'v>>,
    effect: Option<&'v Member<'v>>,
    principal: Pair<'v>,
    action: Pair<'v>,
    resource: Pair<'v>,
    condition: Option<&'v Member<'v>>,
    /// Absent elements that a misspelt member was probably meant to be.
    meant: Vec<&'static str>,
}

/// An element and its `Not…` form (GRAM-020).
#[derive(Clone, Copy, Default)]
struct Pair<'v> {
    plain: Option<&'v Member<'v>>,
    not: Option<&'v Member<'v>>,
}

impl<'v> Pair<'v> {
    /// The members that are there, with whether each is the `Not…` form.
    fn members(self) -> impl Iterator<Item = (bool, &'v Member<'v>)> {
        self.plain.map(|member| (false, member)).into_iter().chain(self.not.map(|member| (true, member)))
    }

    fn is_conflict(self) -> bool {
        self.plain.is_some() && self.not.is_some()
    }
}

/// A list of strings as an element asks for it.
struct Strings {
    /// The rule on its shape.
    rule: &'static str,
    /// What one entry is called.
    entry: &'static str,
    /// Whether an empty list is nothing to report here.
    allow_empty: bool,
}

impl<'v> Reader<'_, '_, 'v> {
    /// Reads one statement. What it returns counts only if nothing was reported.
    pub(super) fn statement(&mut self, value: &'v Value<'v>, path: &Path<'_>) -> Option<Statement> {
        let Some(members) = value.as_object() else {
            self.report.wrong_type(value, path, "GRAM-016", "an object");
            return None;
        };
        let members = self.members(members, path);
        let sid = members.sid.and_then(|member| self.sid(member, path));
        let effect = match members.effect {
            Some(member) => self.effect(member, path),
            None if members.meant.contains(&"Effect") => None,
            None => {
                self.report.add(Code::Missing, "GRAM-019", path, value.span, || {
                    "The statement has no `Effect`; add \"Allow\" or \"Deny\".".to_owned()
                });
                None
            }
        };
        let principals = self.pair("Principal", members.principal, &members.meant, value.span, path);
        let principal = self.principal(principals, effect, path);
        let actions = self.pair("Action", members.action, &members.meant, value.span, path);
        let action = self.actions(actions, path);
        let resources = self.pair("Resource", members.resource, &members.meant, value.span, path);
        let resource = self.resources(resources, path);
        let condition = members.condition.map(|member| self.condition(member, path)).unwrap_or_default();
        Some(Statement { sid, effect: effect?, principal, action: action?, resource, condition })
    }

    /// GRAM-004 and GRAM-010: sorts members by element.
    fn members(&mut self, members: &'v [Member<'v>], path: &Path<'_>) -> Members<'v> {
        let mut found = Members::default();
        for member in members {
            let slot = match &*member.name {
                "Sid" => &mut found.sid,
                "Effect" => &mut found.effect,
                "Principal" => &mut found.principal.plain,
                "NotPrincipal" => &mut found.principal.not,
                "Action" => &mut found.action.plain,
                "NotAction" => &mut found.action.not,
                "Resource" => &mut found.resource.plain,
                "NotResource" => &mut found.resource.not,
                "Condition" => &mut found.condition,
                _ => {
                    found.meant.extend(self.report.unknown_element(member, path, &ELEMENTS));
                    continue;
                }
            };
            match slot {
                None => *slot = Some(member),
                Some(_) => self.report.repeated(member, path),
            }
        }
        found
    }

    /// GRAM-017 and GRAM-018.
    fn sid(&mut self, member: &'v Member<'v>, parent: &Path<'_>) -> Option<Arc<str>> {
        let path = Path::Member(parent, "Sid");
        let span = member.value.span;
        let Some(sid) = member.value.as_str() else {
            self.report.wrong_type(&member.value, &path, "GRAM-017", "a string");
            return None;
        };
        if !matches!(self.policy_type, PolicyType::Resource | PolicyType::Vpce) {
            if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                self.report.add(Code::Sid, "GRAM-017", &path, span, || {
                    format!("`Sid` is {}, but may hold ASCII letters and digits only.", quote(sid))
                });
            }
            if !sid.is_empty() && !self.sids.insert(sid) {
                self.report.add(Code::Sid, "GRAM-018", &path, span, || {
                    format!(
                        "`Sid` is {}, which an earlier statement has; make it unique or remove it.",
                        quote(sid)
                    )
                });
            }
        }
        Some(Arc::from(sid))
    }

    /// GRAM-019; GRAM-047 for resource control policies.
    fn effect(&mut self, member: &Member<'_>, parent: &Path<'_>) -> Option<Effect> {
        let path = Path::Member(parent, "Effect");
        let span = member.value.span;
        match member.value.as_str() {
            Some("Allow") => {
                if self.policy_type == PolicyType::Rcp && !self.full_access {
                    self.report.add(Code::Forbidden, "GRAM-047", &path, span, || {
                        "`Effect` is \"Allow\", but a resource control policy only denies; write \"Deny\".".to_owned()
                    });
                }
                Some(Effect::Allow)
            }
            Some("Deny") => Some(Effect::Deny),
            Some(other) => {
                self.report.add(Code::Effect, "GRAM-019", &path, span, || {
                    let near = did_you_mean(closest(other, ["Allow", "Deny"]));
                    format!("`Effect` is {}, but must be \"Allow\" or \"Deny\" exactly{near}.", quote(other))
                });
                None
            }
            None => {
                self.report.wrong_type(&member.value, &path, "GRAM-019", "the string \"Allow\" or \"Deny\"");
                None
            }
        }
    }

    /// GRAM-020 and GRAM-043: reports a pair that is absent, doubled or not allowed, and returns what of it is to be read.
    fn pair(
        &mut self,
        name: &'static str,
        pair: Pair<'v>,
        meant: &[&str],
        statement: Span,
        path: &Path<'_>,
    ) -> Pair<'v> {
        let policy_type = self.policy_type;
        let mut taken = pair;
        for (negated, member) in pair.members() {
            if let Some((rule, advice)) = refused(&member.name, policy_type) {
                self.report.forbidden(member, path, policy_type, rule, advice);
                *(if negated { &mut taken.not } else { &mut taken.plain }) = None;
            }
        }
        match (pair.plain, pair.not, required(name, policy_type)) {
            (None, None, Some(rule)) if !meant.iter().any(|meant| meant.ends_with(name)) => {
                self.report.add(Code::Missing, rule, path, statement, || {
                    match refused(&format!("Not{name}"), policy_type) {
                        Some(_) => format!("The statement has no `{name}`; add it."),
                        None => format!("The statement has neither `{name}` nor `Not{name}`; add one."),
                    }
                });
            }
            _ => {}
        }
        if let (Some(plain), Some(not)) = (taken.plain, taken.not) {
            let second = if plain.name_span.start < not.name_span.start { not } else { plain };
            self.report.add(
                Code::Conflict,
                "GRAM-020",
                &Path::Member(path, &second.name),
                second.name_span,
                || format!("The statement has both `{name}` and `Not{name}`; keep one."),
            );
        }
        taken
    }

    /// GRAM-021, GRAM-022.
    fn actions(&mut self, pair: Pair<'v>, parent: &Path<'_>) -> Option<Element> {
        let shape = Strings { rule: "GRAM-021", entry: "action", allow_empty: pair.is_conflict() };
        let (policy_type, any_vendor) = (self.policy_type, self.full_access);
        let mut element = None;
        for (negated, member) in pair.members() {
            let path = Path::Member(parent, &member.name);
            let entries = strings(self.report, &member.value, &path, &shape, |report, action, span, path| {
                if let Some((rule, reason)) = action_fault(action, policy_type, any_vendor) {
                    report.add(Code::Action, rule, path, span, || {
                        format!("The action {} {reason}.", quote(action))
                    });
                }
            });
            element = Some(Element { negated, entries });
        }
        element
    }

    /// GRAM-025 and, for policy variables, GRAM-041.
    fn resources(&mut self, pair: Pair<'v>, parent: &Path<'_>) -> Option<Element> {
        let shape = Strings { rule: "GRAM-025", entry: "resource", allow_empty: pair.is_conflict() };
        let variables = self.variables;
        let mut element = None;
        for (negated, member) in pair.members() {
            let path = Path::Member(parent, &member.name);
            let entries =
                strings(self.report, &member.value, &path, &shape, |report, resource, span, path| {
                    let readable = !variables || check_references(report, resource, span, path);
                    if let Some(reason) = resource_fault(resource, variables && readable) {
                        report.add(Code::Resource, "GRAM-025", path, span, || {
                            format!("The resource {} {reason}.", quote(resource))
                        });
                    }
                });
            element = Some(Element { negated, entries });
        }
        element
    }

    /// GRAM-026 to GRAM-029; GRAM-047 for resource control policies.
    fn principal(
        &mut self,
        pair: Pair<'v>,
        effect: Option<Effect>,
        parent: &Path<'_>,
    ) -> Option<PrincipalElement> {
        let mut element = None;
        for (negated, member) in pair.members() {
            let path = Path::Member(parent, &member.name);
            if negated && effect == Some(Effect::Allow) {
                self.report.add(Code::Forbidden, "GRAM-029", &path, member.name_span, || {
                    "`NotPrincipal` works with `\"Effect\": \"Deny\"` only; name those to allow under `Principal`.".to_owned()
                });
            }
            let spec = self.principal_spec(&member.value, &path, pair.is_conflict());
            if let Some(spec) = &spec
                && self.policy_type == PolicyType::Rcp
                && !is_everyone(spec)
            {
                self.report.add(Code::Principal, "GRAM-047", &path, member.value.span, || {
                    "`Principal` of a resource control policy is `\"*\"`; narrow the statement by a condition instead."
                        .to_owned()
                });
            }
            element = spec.map(|spec| PrincipalElement { negated, spec });
        }
        element
    }

    fn principal_spec(
        &mut self,
        value: &'v Value<'v>,
        path: &Path<'_>,
        allow_empty: bool,
    ) -> Option<PrincipalSpec> {
        let members = match &value.kind {
            Kind::String(text) if text == "*" => return Some(PrincipalSpec::Everyone),
            Kind::String(text) => {
                self.report.add(Code::Principal, "GRAM-026", path, value.span, || {
                    format!(
                        "{} is {}, but only \"*\" stands alone; write a map such as {{\"AWS\": {}}}.",
                        path.label(),
                        quote(text),
                        quote(text)
                    )
                });
                return None;
            }
            Kind::Object(members) => members,
            _ => {
                self.report.wrong_type(value, path, "GRAM-026", "\"*\" or an object such as {\"AWS\": …}");
                return None;
            }
        };
        if members.is_empty() && !allow_empty {
            self.report.empty(value, path, "principal");
            return None;
        }
        let mut entries: Vec<PrincipalEntry> = Vec::with_capacity(members.len().min(PrincipalKey::ALL.len()));
        let mut complete = true;
        for member in members {
            let inner = Path::Member(path, &member.name);
            let Some(key) = PrincipalKey::ALL.into_iter().find(|key| key.as_str() == member.name) else {
                self.report.add(Code::Principal, "GRAM-026", &inner, member.name_span, || {
                    let near = did_you_mean(closest(&member.name, PrincipalKey::ALL.map(PrincipalKey::as_str)));
                    format!(
                        "`{}` is no kind of principal{near}; use `AWS`, `Service`, `Federated` or `CanonicalUser`.",
                        shorten(&member.name)
                    )
                });
                complete = false;
                continue;
            };
            if entries.iter().any(|entry| entry.key == key) {
                self.report.repeated(member, path);
                continue;
            }
            let shape = Strings { rule: "GRAM-026", entry: "principal", allow_empty };
            let faults = self.report.count();
            let values = strings(self.report, &member.value, &inner, &shape, |report, value, span, path| {
                if let Some(reason) = value_fault(key, value) {
                    report.add(Code::Principal, "GRAM-027", path, span, || {
                        format!("The principal {} under `{}` {reason}.", quote(value), key.as_str())
                    });
                }
            });
            complete &= self.report.count() == faults;
            entries.push(PrincipalEntry { key, values });
        }
        complete.then_some(PrincipalSpec::Map(entries))
    }
}

/// GRAM-047: `"*"` or `{"AWS": "*"}`, a list of `*` included (GRAM-006, GRAM-007).
fn is_everyone(spec: &PrincipalSpec) -> bool {
    match spec {
        PrincipalSpec::Everyone => true,
        PrincipalSpec::Map(entries) => match entries.as_slice() {
            [entry] => entry.key == PrincipalKey::Aws && entry.values.iter().all(|value| value == "*"),
            _ => false,
        },
    }
}

/// GRAM-007 to GRAM-009: reads a string or a list of strings, giving each to `check`.
fn strings(
    report: &mut Report<'_>,
    value: &Value<'_>,
    path: &Path<'_>,
    shape: &Strings,
    mut check: impl FnMut(&mut Report<'_>, &str, Span, &Path<'_>),
) -> Vec<String> {
    match &value.kind {
        Kind::String(text) => {
            check(report, text, value.span, path);
            vec![text.as_ref().to_owned()]
        }
        Kind::Array(values) => {
            if values.is_empty() && !shape.allow_empty {
                report.empty(value, path, shape.entry);
            }
            let mut texts = Vec::with_capacity(values.len());
            for (index, value) in values.iter().enumerate() {
                let path = Path::Index(path, index);
                match &value.kind {
                    Kind::String(text) => {
                        check(report, text, value.span, &path);
                        texts.push(text.as_ref().to_owned());
                    }
                    _ => report.wrong_type(value, &path, shape.rule, "a string"),
                }
            }
            texts
        }
        _ => {
            report.wrong_type(value, path, shape.rule, "a string or a list of strings");
            Vec::new()
        }
    }
}

/// GRAM-041: whether every `${` of a text begins a well-formed reference; reports the first that does not.
pub(super) fn check_references(report: &mut Report<'_>, text: &str, span: Span, path: &Path<'_>) -> bool {
    let Some((reference, reason)) = malformed_reference(text) else {
        return true;
    };
    report.add(Code::Variable, "GRAM-041", path, span, || {
        format!(
            "The policy variable {} {reason}; write `${{key}}`, `${{key, 'default'}}`, or `${{$}}` for a plain `$`.",
            quote(reference)
        )
    });
    false
}
