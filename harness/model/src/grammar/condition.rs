//! The condition element (GRAM-030 to GRAM-042).

use std::collections::HashSet;

use crate::diagnostic::Code;
use crate::document::{BaseOperator, ConditionBlock, ConditionKey, Literal, LiteralKind, Operator};
use crate::grammar::document::Reader;
use crate::grammar::report::Path;
use crate::grammar::spelling::{closest_operator, did_you_mean, quote, shorten};
use crate::grammar::statement::check_references;
use crate::json::{Kind, Member, Value};

/// Up to here, comparing each name with those before it is faster than a set.
const FEW: usize = 16;

impl<'v> Reader<'_, '_, 'v> {
    /// Reads the operators of a condition. What it returns counts only if nothing was reported.
    pub(super) fn condition(&mut self, member: &'v Member<'v>, parent: &Path<'_>) -> Vec<ConditionBlock> {
        let path = Path::Member(parent, "Condition");
        let Some(members) = member.value.as_object() else {
            self.report.wrong_type(&member.value, &path, "GRAM-030", "an object of operators");
            return Vec::new();
        };
        let mut blocks = Vec::with_capacity(members.len());
        let mut names = HashSet::new();
        for (at, member) in members.iter().enumerate() {
            if self.is_repeated(members, at, &mut names, &path) {
                continue;
            }
            let path = Path::Member(&path, &member.name);
            let operator = Operator::parse(&member.name);
            if operator.is_none() {
                self.unknown_operator(member, &path);
            }
            let keys = self.keys(operator, &member.value, &path);
            blocks.extend(operator.map(|operator| ConditionBlock { operator, keys }));
        }
        blocks
    }

    /// GRAM-031, GRAM-032.
    fn unknown_operator(&mut self, member: &Member<'_>, path: &Path<'_>) {
        let name: &str = &member.name;
        let null = matches!(name, "NullIfExists" | "ForAllValues:NullIfExists" | "ForAnyValue:NullIfExists");
        let rule = if null { "GRAM-032" } else { "GRAM-031" };
        self.report.add(Code::Operator, rule, path, member.name_span, || {
            if null {
                return format!(
                    "`{name}` is no condition operator, since `Null` takes no `IfExists`; write it without."
                );
            }
            let near = did_you_mean(closest_operator(name));
            format!(
                "`{}` is no condition operator{near}; names are spelled exactly, capitals included.",
                shorten(name)
            )
        });
    }

    /// GRAM-030 and GRAM-034: the keys under one operator; `None` for an unknown one.
    fn keys(
        &mut self,
        operator: Option<Operator>,
        value: &'v Value<'v>,
        path: &Path<'_>,
    ) -> Vec<ConditionKey> {
        let Some(members) = value.as_object() else {
            self.report.wrong_type(value, path, "GRAM-030", "an object of condition keys");
            return Vec::new();
        };
        let mut keys = Vec::with_capacity(members.len());
        let mut names = HashSet::new();
        for (at, member) in members.iter().enumerate() {
            if self.is_repeated(members, at, &mut names, path) {
                continue;
            }
            let inner = Path::Member(path, &member.name);
            if member.name.is_empty() {
                self.report.add(Code::ConditionKey, "GRAM-034", &inner, member.name_span, || {
                    "The condition key is empty; name a key such as `aws:SourceIp`.".to_owned()
                });
            }
            let values = self.values(operator, &member.value, &inner);
            keys.push(ConditionKey { key: member.name.as_ref().to_owned(), values });
        }
        keys
    }

    /// GRAM-035, GRAM-036: the values of one key.
    fn values(&mut self, operator: Option<Operator>, value: &Value<'_>, path: &Path<'_>) -> Vec<Literal> {
        match &value.kind {
            Kind::Array(values) => {
                let mut literals = Vec::with_capacity(values.len());
                for (index, value) in values.iter().enumerate() {
                    let path = Path::Index(path, index);
                    literals.extend(self.literal(operator, value, &path, "a string, number or boolean"));
                }
                literals
            }
            _ => {
                let expected = "a string, number or boolean, or a list of these";
                self.literal(operator, value, path, expected).into_iter().collect()
            }
        }
    }

    /// GRAM-037 and, by the operator, GRAM-039 or GRAM-041.
    fn literal(
        &mut self,
        operator: Option<Operator>,
        value: &Value<'_>,
        path: &Path<'_>,
        expected: &str,
    ) -> Option<Literal> {
        let (text, kind) = match &value.kind {
            Kind::String(text) => (text.as_ref(), LiteralKind::String),
            Kind::Number(spelling) => (*spelling, LiteralKind::Number),
            Kind::Bool(true) => ("true", LiteralKind::Bool),
            Kind::Bool(false) => ("false", LiteralKind::Bool),
            Kind::Null | Kind::Array(_) | Kind::Object(_) => {
                self.report.wrong_type(value, path, "GRAM-035", expected);
                return None;
            }
        };
        match operator.map(|operator| Values::of(operator.base)) {
            Some(Values::Dates) if !(self.is_date)(text) => {
                self.report.add(Code::ConditionValue, "GRAM-039", path, value.span, || {
                    let reason = match text.contains("${") {
                        true => ", and policy variables do not work there",
                        false => "; write a date such as `2024-05-01T00:00:00Z`, or seconds since 1970",
                    };
                    format!("The value {} is not a date{reason}.", quote(text))
                });
            }
            Some(Values::References) if self.variables => {
                check_references(self.report, text, value.span, path);
            }
            _ => {}
        }
        Some(Literal { text: text.to_owned(), kind })
    }

    /// GRAM-004: whether the name of a member stands before, which is reported. `names` are those before it, if there are many.
    fn is_repeated(
        &mut self,
        members: &'v [Member<'v>],
        at: usize,
        names: &mut HashSet<&'v str>,
        path: &Path<'_>,
    ) -> bool {
        let member = &members[at];
        let repeated = match members.len() <= FEW {
            true => members[..at].iter().any(|earlier| earlier.name == member.name),
            false => !names.insert(&member.name),
        };
        if repeated {
            self.report.repeated(member, path);
        }
        repeated
    }
}

/// What chapter 01 asks of an operator's values.
enum Values {
    /// Dates (GRAM-039).
    Dates,
    /// Texts with policy variables (GRAM-041).
    References,
    /// Anything (GRAM-040, GRAM-042).
    Any,
}

impl Values {
    fn of(base: BaseOperator) -> Values {
        use BaseOperator as B;
        match base {
            B::DateEquals
            | B::DateNotEquals
            | B::DateLessThan
            | B::DateLessThanEquals
            | B::DateGreaterThan
            | B::DateGreaterThanEquals => Values::Dates,
            B::StringEquals
            | B::StringNotEquals
            | B::StringEqualsIgnoreCase
            | B::StringNotEqualsIgnoreCase
            | B::StringLike
            | B::StringNotLike
            | B::ArnEquals
            | B::ArnNotEquals
            | B::ArnLike
            | B::ArnNotLike
            | B::Bool => Values::References,
            B::NumericEquals
            | B::NumericNotEquals
            | B::NumericLessThan
            | B::NumericLessThanEquals
            | B::NumericGreaterThan
            | B::NumericGreaterThanEquals
            | B::BinaryEquals
            | B::IpAddress
            | B::NotIpAddress
            | B::Null => Values::Any,
        }
    }
}
