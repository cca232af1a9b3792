//! Top-level elements (GRAM-010 to GRAM-016), and which policy type takes which element (GRAM-043).

use std::collections::HashSet;
use std::sync::Arc;

use crate::diagnostic::Code;
use crate::document::{Document, Version};
use crate::grammar::Grammar;
use crate::grammar::position::Cursor;
use crate::grammar::report::{Path, Report};
use crate::grammar::spelling::{closest, quote};
use crate::json::{Kind, Member, Value};
use crate::policies::PolicyType;

const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// Reads the JSON of a document. What it returns counts only if nothing was reported.
pub(super) fn read<'v>(grammar: &Grammar, root: &'v Value<'v>, report: &mut Report<'_>) -> Option<Document> {
    let path = Path::Root;
    let Some(members) = root.as_object() else {
        report.add(Code::Type, "GRAM-001", &path, root.span, || {
            format!(
                "The document is {}, but must be one object with `Version` and `Statement`.",
                root.type_name()
            )
        });
        return None;
    };
    let (mut version, mut id, mut statement) = (None, None, None);
    let mut meant = Vec::new();
    for member in members {
        let slot = match &*member.name {
            "Version" => &mut version,
            "Id" => &mut id,
            "Statement" => &mut statement,
            _ => {
                meant.extend(report.unknown_element(member, &path, &ELEMENTS));
                continue;
            }
        };
        match slot {
            None => *slot = Some(member),
            Some(_) => report.repeated(member, &path),
        }
    }

    let required = requires_version(grammar);
    let version = match version {
        Some(member) => read_version(member, required, report),
        None if required && !meant.contains(&"Version") => {
            report.add(Code::Version, "GRAM-014", &path, root.span, || {
                format!("{} needs `\"Version\": \"2012-10-17\"`; add it.", describe(grammar))
            });
            None
        }
        None => Some(Version::V2008),
    };
    let id = id.and_then(|member| read_id(member, grammar.policy_type, report));

    let mut reader = Reader {
        policy_type: grammar.policy_type,
        is_date: grammar.is_date,
        variables: required || version == Some(Version::V2012),
        full_access: grammar.policy_type == PolicyType::Rcp && is_full_access(root),
        sids: HashSet::new(),
        report,
    };
    let count = statement.and_then(|member| member.value.as_array()).map_or(1, <[_]>::len);
    let mut statements = Vec::with_capacity(count);
    let mut regions = Vec::with_capacity(count);
    match statement {
        Some(member) => {
            let path = Path::Member(&path, "Statement");
            let mut cursor = Cursor::knowing(reader.report.text(), reader.report.is_plain());
            let mut read = |value: &'v Value<'v>, path: &Path<'_>| {
                statements.extend(reader.statement(value, path));
                regions.push(cursor.region(value.span));
            };
            match &member.value.kind {
                Kind::Array(values) if values.is_empty() => {
                    reader.report.empty(&member.value, &path, "statement")
                }
                Kind::Array(values) => {
                    for (index, value) in values.iter().enumerate() {
                        read(value, &Path::Index(&path, index));
                    }
                }
                Kind::Object(_) => read(&member.value, &path),
                _ => reader.report.wrong_type(
                    &member.value,
                    &path,
                    "GRAM-016",
                    "an object or a list of objects",
                ),
            }
        }
        None if meant.contains(&"Statement") => {}
        None => report.add(Code::Missing, "GRAM-016", &path, root.span, || {
            "The document has no `Statement`; add one.".to_owned()
        }),
    }
    Some(Document { version: version?, id, statements, regions })
}

fn read_version(member: &Member<'_>, required: bool, report: &mut Report<'_>) -> Option<Version> {
    let path = Path::Member(&Path::Root, "Version");
    let value = &member.value;
    let Some(text) = value.as_str() else {
        report.wrong_type(value, &path, "GRAM-011", "the string \"2012-10-17\" or \"2008-10-17\"");
        return None;
    };
    match [Version::V2012, Version::V2008].into_iter().find(|version| version.as_str() == text) {
        Some(Version::V2008) if required => {
            report.add(Code::Version, "GRAM-014", &path, value.span, || {
                "`Version` is \"2008-10-17\", but policies of this type need \"2012-10-17\".".to_owned()
            });
            None
        }
        None => {
            report.add(Code::Version, "GRAM-011", &path, value.span, || {
                format!(
                    "`Version` is {}, but it names the policy language: write \"2012-10-17\".",
                    quote(text)
                )
            });
            None
        }
        known => known,
    }
}

fn read_id(member: &Member<'_>, policy_type: PolicyType, report: &mut Report<'_>) -> Option<Arc<str>> {
    let path = Path::Member(&Path::Root, "Id");
    if let Some((rule, advice)) = refused("Id", policy_type) {
        report.forbidden(member, &Path::Root, policy_type, rule, advice);
        return None;
    }
    match member.value.as_str() {
        Some(text) => Some(Arc::from(text)),
        None => {
            report.wrong_type(&member.value, &path, "GRAM-015", "a string");
            None
        }
    }
}

/// GRAM-014: whether documents must name the version `2012-10-17`.
fn requires_version(grammar: &Grammar) -> bool {
    match grammar.policy_type {
        PolicyType::Scp | PolicyType::Rcp => true,
        PolicyType::Identity | PolicyType::Boundary | PolicyType::Session => grammar.managed,
        PolicyType::Resource | PolicyType::Trust | PolicyType::Vpce => false,
    }
}

fn describe(grammar: &Grammar) -> String {
    let managed = if grammar.managed { "managed " } else { "" };
    format!("A {managed}policy of type `{}`", grammar.policy_type)
}

/// GRAM-043: why a policy type does not take an element of the grammar: the rule and what to do. `None` if it takes it.
pub(super) fn refused(element: &str, policy_type: PolicyType) -> Option<(&'static str, &'static str)> {
    use PolicyType::{Boundary, Identity, Rcp, Scp, Session, Trust};
    match (element, policy_type) {
        ("Id", Identity | Boundary | Session | Scp | Rcp) => Some(("GRAM-015", "remove it, or use `Sid`")),
        ("Principal" | "NotPrincipal", Identity | Boundary | Session) => {
            Some(("GRAM-028", "remove it, since the policy applies to whom it is attached to"))
        }
        ("Principal" | "NotPrincipal", Scp) => {
            Some(("GRAM-028", "remove it, or use a condition on `aws:PrincipalArn`"))
        }
        ("NotPrincipal", Trust | Rcp) => {
            Some(("GRAM-029", "use `Principal` and a negated condition on `aws:PrincipalArn`"))
        }
        ("NotAction", Trust) => Some(("GRAM-045", "list the actions of `sts` under `Action`")),
        ("NotAction", Rcp) => Some(("GRAM-047", "list the actions under `Action`")),
        ("Resource" | "NotResource", Trust) => {
            Some(("GRAM-024", "remove it, since the resource is the role itself"))
        }
        _ => None,
    }
}

/// GRAM-043: the rule by which every statement of a policy type has `element` or its `Not…` form.
pub(super) fn required(element: &str, policy_type: PolicyType) -> Option<&'static str> {
    use PolicyType::{Rcp, Resource, Trust, Vpce};
    match (element, policy_type) {
        ("Principal", Resource | Trust | Vpce | Rcp) => Some("GRAM-028"),
        ("Principal", _) => None,
        ("Action", _) => Some("GRAM-021"),
        (_, Resource | Trust) => None,
        (_, Vpce) => Some("GRAM-048"),
        _ => Some("GRAM-024"),
    }
}

/// GRAM-047: whether a resource control policy is the vendor's full-access document, in any order, with lists or bare values.
fn is_full_access(root: &Value<'_>) -> bool {
    let has_only = |value: &Value<'_>, names: &[&str]| {
        let members = value.as_object().unwrap_or_default();
        members.len() == names.len()
            && names.iter().all(|name| members.iter().any(|member| member.name == *name))
    };
    let is =
        |value: &Value<'_>, name: &str, text: &str| value.get(name).and_then(Value::as_str) == Some(text);
    let is_star = |value: &Value<'_>, name: &str| match value.get(name) {
        Some(Value { kind: Kind::Array(entries), .. }) => {
            !entries.is_empty() && entries.iter().all(|entry| entry.as_str() == Some("*"))
        }
        _ => is(value, name, "*"),
    };
    let statements = match root.get("Statement") {
        Some(Value { kind: Kind::Array(statements), .. }) => statements.as_slice(),
        Some(statement) => std::slice::from_ref(statement),
        None => return false,
    };
    has_only(root, &["Version", "Statement"])
        && is(root, "Version", Version::V2012.as_str())
        && !statements.is_empty()
        // Repetition inside a list never changes acceptance (GRAM-006).
        && statements.iter().all(|statement| {
            has_only(statement, &["Effect", "Principal", "Action", "Resource"])
                && is(statement, "Effect", "Allow")
                && is(statement, "Principal", "*")
                && is_star(statement, "Action")
                && is_star(statement, "Resource")
        })
}

/// Reads the statements of one document.
pub(super) struct Reader<'r, 't, 'v> {
    pub(super) policy_type: PolicyType,
    pub(super) is_date: fn(&str) -> bool,
    /// Whether `${…}` is a reference (GRAM-013).
    pub(super) variables: bool,
    /// Whether this is the full-access document of GRAM-047.
    pub(super) full_access: bool,
    /// The non-empty `Sid`s so far (GRAM-018).
    pub(super) sids: HashSet<&'v str>,
    pub(super) report: &'r mut Report<'t>,
}

/// Faults that several elements share.
impl Report<'_> {
    /// GRAM-008 or `rule`: a value of the wrong JSON type.
    pub(super) fn wrong_type(
        &mut self,
        value: &Value<'_>,
        path: &Path<'_>,
        rule: &'static str,
        expected: &str,
    ) {
        let rule = if value.is_null() { "GRAM-008" } else { rule };
        self.add(Code::Type, rule, path, value.span, || {
            format!("{} is {}, but must be {expected}.", path.label(), value.type_name())
        });
    }

    /// GRAM-009: an empty list or map.
    pub(super) fn empty(&mut self, value: &Value<'_>, path: &Path<'_>, entry: &str) {
        self.add(Code::Empty, "GRAM-009", path, value.span, || {
            format!("{} is empty; give it at least one {entry}.", path.label())
        });
    }

    /// GRAM-004: a member whose name stands before.
    pub(super) fn repeated(&mut self, member: &Member<'_>, parent: &Path<'_>) {
        let path = Path::Member(parent, &member.name);
        self.add(Code::DupKey, "GRAM-004", &path, member.name_span, || {
            format!("{} occurs a second time in its object; merge the two or remove one.", path.label())
        });
    }

    /// GRAM-043: an element that the policy type does not take.
    pub(super) fn forbidden(
        &mut self,
        member: &Member<'_>,
        parent: &Path<'_>,
        policy_type: PolicyType,
        rule: &'static str,
        advice: &str,
    ) {
        let path = Path::Member(parent, &member.name);
        self.add(Code::Forbidden, rule, &path, member.name_span, || {
            format!("{} is not allowed in policies of type `{policy_type}`; {advice}.", path.label())
        });
    }

    /// GRAM-010: a member that is no element there. Returns the element that was probably meant.
    pub(super) fn unknown_element(
        &mut self,
        member: &Member<'_>,
        parent: &Path<'_>,
        known: &[&'static str],
    ) -> Option<&'static str> {
        let path = Path::Member(parent, &member.name);
        let misplaced = ELEMENTS.contains(&&*member.name);
        // Nobody reads the suggestions of a document with that many faults.
        let near =
            if misplaced || self.is_full() { None } else { closest(&member.name, known.iter().copied()) };
        let rule = if misplaced && member.name == "Version" { "GRAM-011" } else { "GRAM-010" };
        self.add(Code::Element, rule, &path, member.name_span, || {
            if misplaced {
                return format!(
                    "{} is an element of the document, not of a statement; move it to the top.",
                    path.label()
                );
            }
            if known.len() == ELEMENTS.len() && super::statement::ELEMENTS.contains(&&*member.name) {
                return format!("{} is an element of a statement; move it into `Statement`.", path.label());
            }
            match near {
                Some(near) => format!("{} is no element; did you mean `{near}`?", path.label()),
                None => format!(
                    "{} is no element; remove it, or use one of `{}`.",
                    path.label(),
                    known.join("`, `")
                ),
            }
        });
        near
    }
}
