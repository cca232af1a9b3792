//! Absent keys, empty values, `Null` and `IfExists`.

use std::borrow::Cow;

use assize_model::{BaseOperator, Operator, SetOperator};
use assize_reference::{Correct, Semantics};

faults! { FAULTS, Evaluation, "absent keys";
    "empty-text-is-a-value", "COND-015", Plausible, OverGrant, "A key whose only value is the empty text is not null.":
    fn is_null(&self, values: &[Cow<'_, str>]) -> bool { values.is_empty() }

    "one-empty-text-makes-null", "COND-015", Plausible, OverGrant, "A key with one empty text among its values is null.":
    fn is_null(&self, values: &[Cow<'_, str>]) -> bool { values.is_empty() || values.iter().any(|value| value.is_empty()) }

    "null-takes-small-letters-only", "COND-014", Plausible, OverGrant, "Null understands true and false in small letters only.":
    fn null_value(&self, text: &str) -> Option<bool> { text.parse().ok() }

    "null-takes-numbers", "COND-014", Plausible, OverGrant, "Null understands 1 and 0.":
    fn null_value(&self, text: &str) -> Option<bool> {
        match text { "1" => Some(true), "0" => Some(false), other => Correct.null_value(other) }
    }

    "null-takes-anything-for-false", "COND-014", Plausible, OverGrant, "Null takes whatever is not true for false.":
    fn null_value(&self, text: &str) -> Option<bool> { Some(text.eq_ignore_ascii_case("true")) }

    "null-inverted", "COND-013", Real, OverGrant, "Null with true asks for a key that is present.":
    fn null_test(&self, wanted: bool, null: bool) -> bool { wanted != null }

    "null-false-always-holds", "COND-013", Plausible, OverGrant, "Null with false always holds.":
    fn null_test(&self, wanted: bool, null: bool) -> bool { !wanted || null }

    "null-true-always-holds", "COND-013", Plausible, OverGrant, "Null with true always holds.":
    fn null_test(&self, wanted: bool, null: bool) -> bool { wanted || !null }

    "for-any-value-null-holds", "COND-023", Plausible, OverGrant, "ForAnyValue:Null always holds.":
    fn null_under_set(&self, _set: SetOperator) -> bool { true }

    "for-all-values-null-fails", "COND-023", Plausible, OverGrant, "ForAllValues:Null never holds.":
    fn null_under_set(&self, _set: SetOperator) -> bool { false }

    "if-exists-ignored", "COND-011", Plausible, OverGrant, "IfExists does nothing for an absent key of a positive operator.":
    fn absent_if_exists(&self, operator: Operator) -> bool { Correct.positive_of(operator.base).is_some() }

    "if-exists-false-under-negation", "COND-011", Plausible, OverGrant, "A negated operator with IfExists is false on an absent key.":
    fn absent_if_exists(&self, operator: Operator) -> bool { Correct.positive_of(operator.base).is_none() }

    "if-exists-ignored-under-for-any-value", "COND-021", Real, OverGrant, "IfExists does nothing under ForAnyValue.":
    fn absent_if_exists(&self, operator: Operator) -> bool { operator.set != Some(SetOperator::ForAnyValue) }

    "if-exists-ignored-for-numbers", "COND-011", Plausible, OverGrant, "IfExists does nothing for numeric operators.":
    fn absent_if_exists(&self, operator: Operator) -> bool { !operator.base.as_str().starts_with("Numeric") }

    "if-exists-ignored-for-bool", "COND-011", Plausible, OverGrant, "IfExists does nothing for Bool.":
    fn absent_if_exists(&self, operator: Operator) -> bool { operator.base != BaseOperator::Bool }

    "if-exists-always-holds", "COND-012", Plausible, OverGrant, "With IfExists a test holds whatever the key's value is.":
    fn present_if_exists(&self, _holds: bool) -> bool { true }

    "if-exists-fails-on-present-key", "COND-012", Plausible, OverGrant, "With IfExists a test on a present key fails.":
    fn present_if_exists(&self, _holds: bool) -> bool { false }

    "for-all-values-false-on-absent-key", "COND-019", Real, OverGrant, "ForAllValues is false on an absent key.":
    fn absent_under_set(&self, _set: SetOperator, _negated: bool) -> bool { false }

    "for-any-value-true-on-absent-key", "COND-019", Plausible, OverGrant, "ForAnyValue is true on an absent key.":
    fn absent_under_set(&self, _set: SetOperator, _negated: bool) -> bool { true }

    "for-any-value-negated-true-on-absent-key", "COND-019", Real, OverGrant, "ForAnyValue with a negated operator is true on an absent key.":
    fn absent_under_set(&self, set: SetOperator, negated: bool) -> bool { negated || Correct.absent_under_set(set, negated) }

    "for-all-values-negated-false-on-absent-key", "COND-019", Plausible, OverGrant, "ForAllValues with a negated operator is false on an absent key.":
    fn absent_under_set(&self, set: SetOperator, negated: bool) -> bool { !negated && Correct.absent_under_set(set, negated) }

    "absent-key-matches", "COND-009", Plausible, OverGrant, "A positive operator is true on an absent key.":
    fn absent_plain(&self, _base: BaseOperator, _negated: bool) -> bool { true }

    "absent-key-fails-negated-operators", "COND-010", Real, OverGrant, "A negated operator is false on an absent key.":
    fn absent_plain(&self, _base: BaseOperator, _negated: bool) -> bool { false }

    "absent-key-fails-not-ip-address", "COND-010", Real, OverGrant, "NotIpAddress is false on an absent key.":
    fn absent_plain(&self, base: BaseOperator, negated: bool) -> bool { negated && base != BaseOperator::IpAddress }

    "absent-key-fails-numeric-not-equals", "COND-010", Real, OverGrant, "NumericNotEquals is false on an absent key.":
    fn absent_plain(&self, base: BaseOperator, negated: bool) -> bool { negated && base != BaseOperator::NumericEquals }

    "absent-key-fails-date-not-equals", "COND-010", Real, OverGrant, "DateNotEquals is false on an absent key.":
    fn absent_plain(&self, base: BaseOperator, negated: bool) -> bool { negated && base != BaseOperator::DateEquals }

    "absent-key-fails-arn-not-like", "COND-010", Real, OverGrant, "The negated ARN operators are false on an absent key.":
    fn absent_plain(&self, base: BaseOperator, negated: bool) -> bool { negated && !base.as_str().starts_with("Arn") }

    "absent-key-fails-string-not-like", "COND-010", Real, OverGrant, "StringNotLike is false on an absent key.":
    fn absent_plain(&self, base: BaseOperator, negated: bool) -> bool { negated && base != BaseOperator::StringLike }

    "absent-key-matches-string-like", "COND-009", Plausible, OverGrant, "StringLike is true on an absent key.":
    fn absent_plain(&self, base: BaseOperator, negated: bool) -> bool { negated != (base == BaseOperator::StringLike) }

    "absent-key-is-false-for-bool", "COND-071", Plausible, OverGrant, "Bool is true on an absent key.":
    fn absent_plain(&self, base: BaseOperator, negated: bool) -> bool { negated || base == BaseOperator::Bool }

    "absent-number-is-small", "COND-009", Plausible, OverGrant, "NumericLessThan is true on an absent key.":
    fn absent_plain(&self, base: BaseOperator, negated: bool) -> bool { negated || base == BaseOperator::NumericLessThan }

    "absent-date-is-early", "COND-009", Plausible, OverGrant, "DateLessThan is true on an absent key.":
    fn absent_plain(&self, base: BaseOperator, negated: bool) -> bool { negated || base == BaseOperator::DateLessThan }

    "for-all-values-false-on-empty-text", "COND-020", Plausible, OverGrant, "ForAllValues is false over nothing but empty texts.":
    fn null_in_set(&self, _set: SetOperator) -> bool { false }

    "for-any-value-true-on-empty-text", "COND-020", Plausible, OverGrant, "ForAnyValue is true over nothing but empty texts.":
    fn null_in_set(&self, _set: SetOperator) -> bool { true }
}
