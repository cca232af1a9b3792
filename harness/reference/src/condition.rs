//! Conditions: COND-000, in code.

use std::borrow::Cow;

use assize_model::{BaseOperator, ConditionBlock, Literal, Operator, Version};

use crate::arn;
use crate::matcher::Matcher;
use crate::semantics::Semantics;
use crate::variable::Glyph;

impl<S: Semantics + ?Sized> Matcher<'_, S> {
    /// Whether every operator of a condition holds for every one of its keys (COND-001); an empty condition does (COND-027).
    pub fn condition_holds(&self, blocks: &[ConditionBlock], version: Version) -> bool {
        let semantics = self.semantics;
        if self.is_traced() {
            self.note_condition(blocks);
        }
        semantics.operators_combine(&mut blocks.iter().map(|block| {
            semantics.keys_combine(
                &mut block.keys.iter().map(|key| self.test(block.operator, &key.key, &key.values, version)),
            )
        }))
    }

    /// `test(op, key, vals)` of COND-000.
    fn test(&self, operator: Operator, key: &str, policy: &[Literal], version: Version) -> bool {
        let semantics = self.semantics;
        let (base, negated) = match semantics.positive_of(operator.base) {
            Some(positive) => (positive, true),
            None => (operator.base, false),
        };
        let values = self.context().find(|name| semantics.key_equal(key, name));
        let null = semantics.is_null(values);
        if self.is_traced() {
            self.note_test(operator, negated, values, policy);
        }
        if base == BaseOperator::Null {
            return match operator.set {
                Some(set) => semantics.null_under_set(set),
                None => {
                    let mut wanted = policy.iter().filter_map(|literal| semantics.null_value(&literal.text));
                    wanted.any(|wanted| semantics.null_test(wanted, null))
                }
            };
        }
        if values.is_empty() {
            return match operator.set {
                _ if operator.if_exists => semantics.absent_if_exists(operator),
                Some(set) => semantics.absent_under_set(set, negated),
                None => semantics.absent_plain(base, negated),
            };
        }
        let hit =
            |value: usize, literal: usize| self.compares(base, &values[value], &policy[literal], version);
        let holds = match operator.set {
            Some(set) if null => semantics.null_in_set(set),
            Some(set) => semantics.set_test(set, negated, values.len(), policy.len(), &hit),
            None => semantics.plain_test(base, negated, values.len(), policy.len(), &hit),
        };
        if operator.if_exists { semantics.present_if_exists(holds) } else { holds }
    }

    /// `m(base, v, p)` of COND-000 for a positive operator.
    fn compares(&self, base: BaseOperator, value: &str, literal: &Literal, version: Version) -> bool {
        use BaseOperator as Op;
        let semantics = self.semantics;
        let value = semantics.operand(value);
        let written = semantics.operand(&literal.text);
        let matches = match base {
            Op::StringEquals => self
                .substituted(base, written, version)
                .is_some_and(|text| semantics.string_equals(value, &text)),
            Op::StringEqualsIgnoreCase => self
                .substituted(base, written, version)
                .is_some_and(|text| semantics.string_equals_ignore_case(value, &text)),
            Op::StringLike => {
                self.expand(written, version).is_some_and(|text| semantics.string_like(value, text))
            }
            Op::ArnEquals => {
                self.arn_matches(value, written, version, |value, text| semantics.arn_equals(value, text))
            }
            Op::ArnLike => {
                self.arn_matches(value, written, version, |value, text| semantics.arn_like(value, text))
            }
            Op::Bool => self.substituted(base, written, version).is_some_and(|text| {
                semantics.bool_equals(semantics.boolean(value), semantics.boolean(&text))
            }),
            Op::BinaryEquals => semantics.binary_equals(semantics.binary(value), semantics.binary(written)),
            Op::IpAddress => match (semantics.address(value), semantics.range(written)) {
                (Some(address), Some(range)) => semantics.address_in_range(address, range),
                _ => semantics.incomparable(base),
            },
            _ if is_numeric(base) => match (semantics.number(value), semantics.number(written)) {
                (Some(value), Some(policy)) => {
                    semantics.numeric_holds(base, semantics.compare_numbers(&value, &policy))
                }
                _ => semantics.incomparable(base),
            },
            _ => match (semantics.date(value), semantics.date(written)) {
                (Some(value), Some(policy)) => {
                    semantics.date_holds(base, semantics.compare_dates(value, policy))
                }
                _ => semantics.incomparable(base),
            },
        };
        if self.is_traced() {
            self.note_comparison(base, value, literal, version);
        }
        self.rule("COND-003", matches)
    }

    /// The text of a policy value: with its variables substituted if the operator takes variables (MATCH-062). `None` matches nothing
    /// (COND-029).
    fn substituted<'t>(
        &self,
        base: BaseOperator,
        written: &'t str,
        version: Version,
    ) -> Option<Cow<'t, str>> {
        if !self.semantics.operator_takes_variables(base) {
            return Some(Cow::Borrowed(written));
        }
        self.expanded_text(written, version)
    }

    /// Substitutes, splits both sides into six components (COND-091) and compares them by `compare`.
    fn arn_matches(
        &self,
        value: &str,
        written: &str,
        version: Version,
        compare: impl Fn([&str; 6], &[&[Glyph]]) -> bool,
    ) -> bool {
        let Some(glyphs) = self.expand(written, version) else { return false };
        match (self.semantics.arn_components(value), arn::glyph_components(&glyphs)) {
            (Some(value), Some(pattern)) => compare(value, &pattern),
            _ => self.semantics.incomparable(BaseOperator::ArnLike),
        }
    }
}

pub(crate) fn is_numeric(base: BaseOperator) -> bool {
    use BaseOperator as Op;
    matches!(
        base,
        Op::NumericEquals
            | Op::NumericLessThan
            | Op::NumericLessThanEquals
            | Op::NumericGreaterThan
            | Op::NumericGreaterThanEquals
    )
}
