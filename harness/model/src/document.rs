//! Parsed policy documents.
//!
//! A [`Document`] holds what was written, with spellings normalised as GRAM-007 says: every list is a list. Strings keep their
//! text; what they mean (patterns, variables, principals, dates) is for evaluators to say.

use std::fmt;
use std::sync::Arc;

use crate::json::Writer;
use crate::source::Region;

/// A policy document that obeys chapter 01 for its policy type.
///
/// Two documents are equal if they say the same, wherever their statements stand in the text (INV-008).
#[derive(Clone, Debug)]
pub struct Document {
    /// The policy language version; a missing `Version` is [`Version::V2008`] (GRAM-012).
    pub version: Version,
    /// `Id`, a label without effect (GRAM-015).
    pub id: Option<Arc<str>>,
    /// The statements in order; one at least when parsed from text (GRAM-016).
    pub statements: Vec<Statement>,
    /// Where each statement stands in the text, from its opening to after its closing brace. As long as `statements`.
    pub regions: Vec<Region>,
}

impl Document {
    /// The document as compact JSON: elements in the order of the catalogue, other members by name, every list a list,
    /// characters beyond U+00FF as escapes (GRAM-003), `Version` always written.
    ///
    /// Equal documents have equal JSON, and what was read from text reads back as an equal document, as the same policy type
    /// (INV-009).
    pub fn to_json(&self) -> String {
        let mut writer = Writer::latin1();
        writer.open_object();
        writer.plain_name("Version").plain_string(self.version.as_str());
        if let Some(id) = &self.id {
            writer.plain_name("Id").string(id);
        }
        writer.plain_name("Statement").open_array();
        for statement in &self.statements {
            statement.write(&mut writer);
        }
        writer.close_array().close_object();
        writer.finish()
    }
}

impl Statement {
    fn write(&self, writer: &mut Writer) {
        writer.open_object();
        if let Some(sid) = &self.sid {
            writer.plain_name("Sid").string(sid);
        }
        writer.plain_name("Effect").plain_string(self.effect.as_str());
        if let Some(principal) = &self.principal {
            writer.plain_name(if principal.negated { "NotPrincipal" } else { "Principal" });
            match &principal.spec {
                PrincipalSpec::Everyone => {
                    writer.plain_string("*");
                }
                PrincipalSpec::Map(entries) => {
                    writer.open_object();
                    for entry in by_name(entries, |entry| entry.key) {
                        writer.plain_name(entry.key.as_str()).strings(&entry.values);
                    }
                    writer.close_object();
                }
            }
        }
        writer
            .plain_name(if self.action.negated { "NotAction" } else { "Action" })
            .strings(&self.action.entries);
        if let Some(resource) = &self.resource {
            writer
                .plain_name(if resource.negated { "NotResource" } else { "Resource" })
                .strings(&resource.entries);
        }
        if !self.condition.is_empty() {
            writer.plain_name("Condition").open_object();
            for block in by_name(&self.condition, ConditionBlock::name) {
                writer.plain_name(&block.name()).open_object();
                for ConditionKey { key, values } in by_name(&block.keys, |key| key.key.clone()) {
                    writer.name(key).open_array();
                    for value in values {
                        match value.kind {
                            LiteralKind::String => writer.string(&value.text),
                            LiteralKind::Number | LiteralKind::Bool => writer.raw(&value.text),
                        };
                    }
                    writer.close_array();
                }
                writer.close_object();
            }
            writer.close_object();
        }
        writer.close_object();
    }
}

/// The members of an object in the order of their names, by which equal objects look the same.
fn by_name<T, N: Ord>(members: &[T], name: impl Fn(&T) -> N) -> Vec<&T> {
    let mut members: Vec<&T> = members.iter().collect();
    if members.len() > 1 {
        members.sort_by_cached_key(|member| name(member));
    }
    members
}

/// Whether two objects have the same members, whatever their order.
fn same_members<T: PartialEq, N: Ord>(left: &[T], right: &[T], name: impl Fn(&T) -> N) -> bool {
    left.len() == right.len() && (left == right || by_name(left, &name) == by_name(right, &name))
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        (self.version, &self.id, &self.statements) == (other.version, &other.id, &other.statements)
    }
}

impl Eq for Document {}

/// The version of the policy language (GRAM-011). They differ in policy variables alone (GRAM-013).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// `2008-10-17`: `${…}` is ordinary text.
    V2008,
    /// `2012-10-17`: `${…}` is a variable or an escape.
    V2012,
}

impl Version {
    /// As written in a document.
    pub fn as_str(self) -> &'static str {
        match self {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        }
    }
}

/// One statement.
///
/// Statements are equal whatever the order of the members of their principal map and condition (INV-008).
#[derive(Clone, Debug)]
pub struct Statement {
    /// `Sid`, a label without effect (GRAM-017).
    pub sid: Option<Arc<str>>,
    /// `Effect` (GRAM-019).
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`, in the policy types that have one (GRAM-028).
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction` (GRAM-021).
    pub action: Element,
    /// `Resource` or `NotResource`; `None` means the resource that the policy is attached to (GRAM-024).
    pub resource: Option<Element>,
    /// `Condition`, in document order; empty if there is none (GRAM-030, GRAM-033).
    pub condition: Vec<ConditionBlock>,
}

impl PartialEq for Statement {
    fn eq(&self, other: &Self) -> bool {
        (&self.sid, self.effect, &self.principal, &self.action, &self.resource)
            == (&other.sid, other.effect, &other.principal, &other.action, &other.resource)
            && same_members(&self.condition, &other.condition, ConditionBlock::name)
    }
}

impl Eq for Statement {}

/// What a statement does when it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

impl Effect {
    /// As written in a document.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }
    }
}

/// A list element and its complement: `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// `true` for the `Not…` form.
    pub negated: bool,
    /// The strings as written (after JSON unescaping), one at least.
    pub entries: Vec<String>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalElement {
    /// `true` for `NotPrincipal`.
    pub negated: bool,
    /// Whom it names.
    pub spec: PrincipalSpec,
}

/// The value of a principal element (GRAM-026).
#[derive(Clone, Debug)]
pub enum PrincipalSpec {
    /// The bare string `"*"`.
    Everyone,
    /// A map; each key occurs once.
    Map(Vec<PrincipalEntry>),
}

impl PartialEq for PrincipalSpec {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (PrincipalSpec::Everyone, PrincipalSpec::Everyone) => true,
            (PrincipalSpec::Map(left), PrincipalSpec::Map(right)) => {
                same_members(left, right, |entry| entry.key)
            }
            (PrincipalSpec::Everyone, PrincipalSpec::Map(_))
            | (PrincipalSpec::Map(_), PrincipalSpec::Everyone) => false,
        }
    }
}

impl Eq for PrincipalSpec {}

/// One member of a principal map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalEntry {
    /// The kind of principal.
    pub key: PrincipalKey,
    /// The values as written, one at least (GRAM-027).
    pub values: Vec<String>,
}

/// The keys of a principal map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrincipalKey {
    /// `AWS`: accounts, users, roles, sessions, unique ids, `*`.
    Aws,
    /// `Service`.
    Service,
    /// `Federated`.
    Federated,
    /// `CanonicalUser`.
    CanonicalUser,
}

impl PrincipalKey {
    /// All keys.
    pub const ALL: [PrincipalKey; 4] =
        [PrincipalKey::Aws, PrincipalKey::Service, PrincipalKey::Federated, PrincipalKey::CanonicalUser];

    /// As written in a document.
    pub fn as_str(self) -> &'static str {
        match self {
            PrincipalKey::Aws => "AWS",
            PrincipalKey::Service => "Service",
            PrincipalKey::Federated => "Federated",
            PrincipalKey::CanonicalUser => "CanonicalUser",
        }
    }
}

/// One operator of a condition with its keys.
#[derive(Clone, Debug)]
pub struct ConditionBlock {
    /// The operator.
    pub operator: Operator,
    /// Its keys in document order; may be empty (GRAM-033). Names that differ only in case are two entries (GRAM-038).
    pub keys: Vec<ConditionKey>,
}

impl ConditionBlock {
    fn name(&self) -> String {
        self.operator.parts().concat()
    }
}

impl PartialEq for ConditionBlock {
    fn eq(&self, other: &Self) -> bool {
        self.operator == other.operator && same_members(&self.keys, &other.keys, |key| key.key.clone())
    }
}

impl Eq for ConditionBlock {}

/// One condition key with the policy's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionKey {
    /// The name as written (GRAM-034).
    pub key: String,
    /// The values; may be empty (GRAM-036).
    pub values: Vec<Literal>,
}

/// A string, number or boolean and its text (GRAM-037): a condition value of a policy, or a value of a request context.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Literal {
    /// The text: the string itself, the number as spelled, `true` or `false`.
    pub text: String,
    /// How it was written.
    pub kind: LiteralKind,
}

impl Literal {
    /// A string.
    pub fn string(text: impl Into<String>) -> Self {
        Literal { text: text.into(), kind: LiteralKind::String }
    }

    /// A boolean.
    pub fn bool(value: bool) -> Self {
        Literal { text: value.to_string(), kind: LiteralKind::Bool }
    }
}

/// The JSON type of a [`Literal`]. It matters for writing it back, never for a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// A JSON string.
    String,
    /// A JSON number; the text is its spelling.
    Number,
    /// A JSON boolean.
    Bool,
}

/// A condition operator: `[ForAllValues:|ForAnyValue:]Base[IfExists]` (GRAM-031).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operator {
    /// The set prefix, if any.
    pub set: Option<SetOperator>,
    /// The operator itself.
    pub base: BaseOperator,
    /// The `IfExists` suffix.
    pub if_exists: bool,
}

impl Operator {
    /// Reads an operator name, exactly spelled (GRAM-031). `None` if there is no such operator (GRAM-032 included).
    pub fn parse(name: &str) -> Option<Operator> {
        let (set, rest) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(SetOperator::ForAllValues), rest),
            Some(("ForAnyValue", rest)) => (Some(SetOperator::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, name),
        };
        let (base, if_exists) = match rest.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let base = BaseOperator::ALL.into_iter().find(|known| known.as_str() == base)?;
        let allowed = !(base == BaseOperator::Null && if_exists);
        allowed.then_some(Operator { set, base, if_exists })
    }

    /// What its name is put together from.
    fn parts(self) -> [&'static str; 3] {
        let set = match self.set {
            Some(SetOperator::ForAllValues) => "ForAllValues:",
            Some(SetOperator::ForAnyValue) => "ForAnyValue:",
            None => "",
        };
        [set, self.base.as_str(), if self.if_exists { "IfExists" } else { "" }]
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().into_iter().try_for_each(|part| f.write_str(part))
    }
}

/// The set prefix of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOperator {
    /// `ForAllValues:` (COND-016).
    ForAllValues,
    /// `ForAnyValue:` (COND-017).
    ForAnyValue,
}

macro_rules! base_operators {
    ($($name:ident),* $(,)?) => {
        /// The operators without prefix and suffix (GRAM-031).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each is the operator of that name")]
        pub enum BaseOperator { $($name),* }

        impl BaseOperator {
            /// All operators.
            pub const ALL: [BaseOperator; 27] = [$(BaseOperator::$name),*];

            /// As written in a document.
            pub fn as_str(self) -> &'static str {
                match self { $(BaseOperator::$name => stringify!($name)),* }
            }
        }
    };
}

base_operators![
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnNotEquals,
    ArnLike,
    ArnNotLike,
    Null,
];
