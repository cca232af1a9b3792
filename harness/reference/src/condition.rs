//! Conditions: COND-000, in code.

use std::borrow::Cow;

use assize_model::{BaseOperator, ConditionBlock, Literal, Operator, SetOperator, Version};

use crate::arn;
use crate::matcher::Matcher;
use crate::semantics::Semantics;
use crate::variable::Glyph;

impl<S: Semantics + ?Sized> Matcher<'_, S> {
    /// Whether every operator of a condition holds for every one of its keys (COND-001); an empty condition does (COND-027).
    pub fn condition_holds(&self, blocks: &[ConditionBlock], version: Version) -> bool {
        let semantics = self.semantics;
        let holds = semantics.operators_combine(&mut blocks.iter().map(|block| {
            semantics.keys_combine(
                &mut block.keys.iter().map(|key| self.test(block.operator, &key.key, &key.values, version)),
            )
        }));
        self.rule("COND-027", blocks.iter().any(|block| block.keys.is_empty()));
        if blocks.is_empty() { holds } else { self.rule("COND-001", holds) }
    }

    /// `test(op, key, vals)` of COND-000.
    fn test(&self, operator: Operator, key: &str, policy: &[Literal], version: Version) -> bool {
        let semantics = self.semantics;
        let (base, negated) = match semantics.positive_of(operator.base) {
            Some(positive) => (positive, true),
            None => (operator.base, false),
        };
        let values = self.context.find(|name| semantics.key_equal(key, name));
        let null = semantics.is_null(values);
        self.rule("COND-006", !values.is_empty());
        self.rule("COND-015", null && !values.is_empty());
        self.rule("COND-026", policy.is_empty());
        if base == BaseOperator::Null {
            if let Some(set) = operator.set {
                self.rule("COND-023", true);
                return semantics.null_under_set(set);
            }
            self.rule("COND-014", true);
            let mut wanted = policy.iter().filter_map(|literal| semantics.null_value(&literal.text));
            return self.rule("COND-013", wanted.any(|wanted| semantics.null_test(wanted, null)));
        }
        if values.is_empty() {
            self.rule("COND-008", true);
            return match operator.set {
                _ if operator.if_exists => self.rule("COND-011", semantics.absent_if_exists(operator)),
                Some(set) => self.rule("COND-019", true) & semantics.absent_under_set(set, negated),
                None => {
                    self.rule(if negated { "COND-010" } else { "COND-009" }, true);
                    semantics.absent_plain(base, negated)
                }
            };
        }
        self.rule("COND-012", operator.if_exists);
        if let Some(holds) = operator.if_exists.then(|| semantics.present_if_exists()).flatten() {
            return holds;
        }
        self.rule("COND-004", negated);
        let hit =
            |value: usize, literal: usize| self.compares(base, &values[value], &policy[literal], version);
        match operator.set {
            Some(set) if null => self.rule("COND-020", true) & semantics.null_in_set(set),
            Some(set) => {
                self.rule(set_rule(set), true);
                self.rule("COND-018", negated);
                self.rule("COND-022", values.len() == 1);
                semantics.set_test(set, negated, values.len(), policy.len(), &hit)
            }
            None => {
                self.rule("COND-025", values.len() > 1);
                self.rule("COND-024", values.len() == 1);
                semantics.plain_test(negated, values.len(), policy.len(), &hit)
            }
        }
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
        self.rule("COND-003", matches);
        self.rule(comparison_rule(base), matches)
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
        let text = self.expanded_text(written, version);
        self.rule("COND-029", text.is_none());
        text
    }

    /// Substitutes, splits both sides into six components (COND-091) and compares them by `compare`.
    fn arn_matches(
        &self,
        value: &str,
        written: &str,
        version: Version,
        compare: impl Fn([&str; 6], &[&[Glyph]]) -> bool,
    ) -> bool {
        let Some(glyphs) = self.expand(written, version) else { return !self.rule("COND-029", true) };
        match (self.semantics.arn_components(value), arn::glyph_components(&glyphs)) {
            (Some(value), Some(pattern)) => self.rule("COND-092", compare(value, &pattern)),
            _ => !self.rule("COND-096", true),
        }
    }
}

fn is_numeric(base: BaseOperator) -> bool {
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

fn set_rule(set: SetOperator) -> &'static str {
    match set {
        SetOperator::ForAllValues => "COND-016",
        SetOperator::ForAnyValue => "COND-017",
    }
}

/// The rule that defines a positive operator's comparison.
fn comparison_rule(base: BaseOperator) -> &'static str {
    use BaseOperator as Op;
    match base {
        Op::StringEquals => "COND-040",
        Op::StringEqualsIgnoreCase => "COND-041",
        Op::StringLike => "COND-043",
        Op::NumericEquals => "COND-051",
        Op::Bool => "COND-070",
        Op::BinaryEquals => "COND-075",
        Op::IpAddress => "COND-082",
        Op::ArnEquals | Op::ArnLike => "COND-090",
        base if is_numeric(base) => "COND-052",
        _ => "COND-063",
    }
}
