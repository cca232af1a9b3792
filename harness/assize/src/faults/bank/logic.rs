//! How tests combine: operators, keys, values, negation, set prefixes.

use assize_model::{BaseOperator, SetOperator};
use assize_reference::{Correct, Semantics};

use super::every;

faults! { FAULTS, Evaluation, "condition logic";
    "operators-ored", "COND-001", Plausible, OverGrant, "One operator of a condition that holds is enough.":
    fn operators_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool {
        let mut tests = tests.peekable();
        tests.peek().is_none() || tests.any(|holds| holds)
    }

    "first-operator-only", "COND-001", Plausible, OverGrant, "Only the first operator of a condition is read.":
    fn operators_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool { tests.next() != Some(false) }

    "last-operator-only", "COND-001", Plausible, OverGrant, "Only the last operator of a condition is read.":
    fn operators_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool { tests.last() != Some(false) }

    "conditions-never-hold", "COND-001", Plausible, OverGrant, "A statement with a condition never applies.":
    fn operators_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool { tests.next().is_none() }

    "conditions-not-read", "COND-001", Real, OverGrant, "Conditions are not read.":
    fn operators_combine(&self, _tests: &mut dyn Iterator<Item = bool>) -> bool { true }

    "conditions-inverted", "COND-001", Plausible, OverGrant, "A condition holds if not all of it does.":
    fn operators_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool {
        let mut tests = tests.peekable();
        tests.peek().is_none() || tests.any(|holds| !holds)
    }

    "keys-ored", "COND-001", Plausible, OverGrant, "One key of an operator that holds is enough.":
    fn keys_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool {
        let mut tests = tests.peekable();
        tests.peek().is_none() || tests.any(|holds| holds)
    }

    "first-key-only", "COND-001", Plausible, OverGrant, "Only the first key of an operator is read.":
    fn keys_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool { tests.next() != Some(false) }

    "last-key-only", "COND-001", Plausible, OverGrant, "Only the last key of an operator is read.":
    fn keys_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool { tests.last() != Some(false) }

    "policy-values-anded", "COND-003", Plausible, OverGrant, "All policy values of a key must match.":
    fn policy_values_combine(&self, hits: &mut dyn Iterator<Item = bool>) -> bool { every(hits) }

    "first-policy-value-only", "COND-003", Plausible, OverGrant, "Only the first policy value of a key is read.":
    fn policy_values_combine(&self, hits: &mut dyn Iterator<Item = bool>) -> bool { hits.next() == Some(true) }

    "last-policy-value-only", "COND-003", Plausible, OverGrant, "Only the last policy value of a key is read.":
    fn policy_values_combine(&self, hits: &mut dyn Iterator<Item = bool>) -> bool { hits.last() == Some(true) }

    "no-policy-values-match-everything", "COND-026", Plausible, OverGrant, "An empty list of policy values matches every value.":
    fn policy_values_combine(&self, hits: &mut dyn Iterator<Item = bool>) -> bool {
        let mut hits = hits.peekable();
        hits.peek().is_none() || hits.any(|hit| hit)
    }

    "two-policy-values-at-most", "COND-003", Plausible, OverGrant, "Only the first two policy values of a key are read.":
    fn policy_values_combine(&self, hits: &mut dyn Iterator<Item = bool>) -> bool { hits.take(2).any(|hit| hit) }

    "arn-not-like-unimplemented", "COND-004", Real, OverGrant, "ArnNotLike never holds.":
    fn positive_of(&self, base: BaseOperator) -> Option<BaseOperator> { Correct.positive_of(base).filter(|_| base != BaseOperator::ArnNotLike) }

    "not-ip-address-unimplemented", "COND-004", Plausible, OverGrant, "NotIpAddress never holds.":
    fn positive_of(&self, base: BaseOperator) -> Option<BaseOperator> { Correct.positive_of(base).filter(|_| base != BaseOperator::NotIpAddress) }

    "date-not-equals-read-as-date-equals", "COND-004", Plausible, OverGrant, "DateNotEquals is read as DateEquals.":
    fn positive_of(&self, base: BaseOperator) -> Option<BaseOperator> { Correct.positive_of(base).filter(|_| base != BaseOperator::DateNotEquals) }

    "string-not-equals-ignore-case-unimplemented", "COND-004", Plausible, OverGrant, "StringNotEqualsIgnoreCase never holds.":
    fn positive_of(&self, base: BaseOperator) -> Option<BaseOperator> {
        Correct.positive_of(base).filter(|_| base != BaseOperator::StringNotEqualsIgnoreCase)
    }

    "string-not-like-without-wildcards", "COND-042", Plausible, OverGrant, "StringNotLike takes no wildcards.":
    fn positive_of(&self, base: BaseOperator) -> Option<BaseOperator> {
        Correct.positive_of(base).map(|positive| if base == BaseOperator::StringNotLike { BaseOperator::StringEquals } else { positive })
    }

    "string-not-equals-with-wildcards", "COND-042", Plausible, OverGrant, "StringNotEquals takes wildcards.":
    fn positive_of(&self, base: BaseOperator) -> Option<BaseOperator> {
        Correct.positive_of(base).map(|positive| if base == BaseOperator::StringNotEquals { BaseOperator::StringLike } else { positive })
    }

    "string-not-equals-ignore-case-with-case", "COND-041", Plausible, OverGrant, "StringNotEqualsIgnoreCase regards case.":
    fn positive_of(&self, base: BaseOperator) -> Option<BaseOperator> {
        let cased = base == BaseOperator::StringNotEqualsIgnoreCase;
        Correct.positive_of(base).map(|positive| if cased { BaseOperator::StringEquals } else { positive })
    }

    "numeric-less-than-equals-unimplemented", "COND-052", Real, OverGrant, "NumericLessThanEquals never holds.":
    fn plain_test(&self, base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        base != BaseOperator::NumericLessThanEquals && Correct.plain_test(base, negated, values, policy, hit)
    }

    "binary-equals-unimplemented", "COND-075", Plausible, OverGrant, "BinaryEquals never holds.":
    fn plain_test(&self, base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        base != BaseOperator::BinaryEquals && Correct.plain_test(base, negated, values, policy, hit)
    }

    "arn-conditions-always-hold", "COND-090", Real, OverGrant, "The ARN operators hold for every value.":
    fn plain_test(&self, base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        base.as_str().starts_with("Arn") || Correct.plain_test(base, negated, values, policy, hit)
    }

    "date-conditions-always-hold", "COND-063", Plausible, OverGrant, "The date operators hold for every value.":
    fn plain_test(&self, base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        base.as_str().starts_with("Date") || Correct.plain_test(base, negated, values, policy, hit)
    }

    "any-of-several-values", "COND-025", Real, OverGrant, "Without set prefix any of several context values counts.":
    fn plain_test(&self, _base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        (0..values).any(|v| (0..policy).any(|p| hit(v, p))) != negated
    }

    "all-of-several-values", "COND-025", Plausible, OverGrant, "Without set prefix all of several context values must match.":
    fn plain_test(&self, _base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        (0..values).all(|v| (0..policy).any(|p| hit(v, p))) != negated
    }

    "first-of-several-values", "COND-025", Plausible, OverGrant, "Without set prefix the first of several context values counts.":
    fn plain_test(&self, base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        Correct.plain_test(base, negated, values.min(1), policy, hit)
    }

    "negation-false-for-several-values", "COND-025", Plausible, OverGrant, "A negated operator is false on several context values.":
    fn plain_test(&self, base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        values == 1 && Correct.plain_test(base, negated, values, policy, hit)
    }

    "negation-per-policy-value", "COND-004", Real, OverGrant, "A negated operator holds as soon as one policy value does not match.":
    fn plain_test(&self, base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        if negated && values == 1 { (0..policy).any(|p| !hit(0, p)) } else { Correct.plain_test(base, negated, values, policy, hit) }
    }

    "negation-forgotten", "COND-004", Plausible, OverGrant, "With a value present, a negated operator is read as its positive one.":
    fn plain_test(&self, base: BaseOperator, _negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        Correct.plain_test(base, false, values, policy, hit)
    }

    "no-values-make-negation-false", "COND-026", Plausible, OverGrant, "A negated operator with an empty list of policy values is false.":
    fn plain_test(&self, base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        policy > 0 && Correct.plain_test(base, negated, values, policy, hit)
    }
}

faults! { SETS, Evaluation, "set operators";
    "for-all-values-as-any", "COND-016", Plausible, OverGrant, "ForAllValues holds as soon as one context value passes.":
    fn set_test(&self, _set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        (0..values).any(|v| (0..policy).any(|p| hit(v, p)) != negated)
    }

    "for-any-value-as-all", "COND-017", Plausible, OverGrant, "ForAnyValue requires all context values to pass.":
    fn set_test(&self, _set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        (0..values).all(|v| (0..policy).any(|p| hit(v, p)) != negated)
    }

    "set-operators-swapped", "COND-016", Plausible, OverGrant, "ForAllValues and ForAnyValue are taken for each other.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        let other = if set == SetOperator::ForAllValues { SetOperator::ForAnyValue } else { SetOperator::ForAllValues };
        Correct.set_test(other, negated, values, policy, hit)
    }

    "for-all-values-reversed", "COND-016", Real, OverGrant, "ForAllValues asks whether every policy value occurs in the request.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        if set == SetOperator::ForAnyValue || negated { return Correct.set_test(set, negated, values, policy, hit) }
        (0..policy).all(|p| (0..values).any(|v| hit(v, p)))
    }

    "for-all-values-means-equal-sets", "COND-016", Plausible, OverGrant, "ForAllValues also asks that every policy value occurs in the request.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        let needs_all = set == SetOperator::ForAllValues && !negated;
        Correct.set_test(set, negated, values, policy, hit) && (!needs_all || (0..policy).all(|p| (0..values).any(|v| hit(v, p))))
    }

    "for-any-value-negated-as-a-whole", "COND-018", Real, OverGrant, "ForAnyValue with a negated operator holds only if no context value matches.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        let whole = set == SetOperator::ForAnyValue && negated;
        if whole { !Correct.set_test(set, false, values, policy, hit) } else { Correct.set_test(set, negated, values, policy, hit) }
    }

    "for-all-values-negated-as-a-whole", "COND-018", Real, OverGrant, "ForAllValues with a negated operator holds if not all context values match.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        let whole = set == SetOperator::ForAllValues && negated;
        if whole { !Correct.set_test(set, false, values, policy, hit) } else { Correct.set_test(set, negated, values, policy, hit) }
    }

    "set-negation-per-policy-value", "COND-018", Plausible, OverGrant, "Under a set prefix a value passes a negated operator as soon as one policy value does not match it.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        let mut passes = (0..values).map(|v| (0..policy).any(|p| hit(v, p) != negated));
        if set == SetOperator::ForAllValues { passes.all(|passes| passes) } else { passes.any(|passes| passes) }
    }

    "set-negation-forgotten", "COND-018", Plausible, OverGrant, "Under a set prefix a negated operator is read as its positive one.":
    fn set_test(&self, set: SetOperator, _negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        Correct.set_test(set, false, values, policy, hit)
    }

    "for-any-value-dropped", "COND-017", Real, OverGrant, "A condition with ForAnyValue is dropped if the key is present.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        set == SetOperator::ForAnyValue || Correct.set_test(set, negated, values, policy, hit)
    }

    "for-all-values-dropped", "COND-016", Plausible, OverGrant, "A condition with ForAllValues is dropped.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        set == SetOperator::ForAllValues || Correct.set_test(set, negated, values, policy, hit)
    }

    "set-prefix-ignored", "COND-016", Plausible, OverGrant, "A set prefix is read over.":
    fn set_test(&self, _set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        Correct.plain_test(BaseOperator::StringEquals, negated, values, policy, hit)
    }

    "set-operator-needs-several-values", "COND-022", Real, OverGrant, "A set operator over one value never holds.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        values != 1 && Correct.set_test(set, negated, values, policy, hit)
    }

    "for-all-values-sees-the-first", "COND-016", Plausible, OverGrant, "ForAllValues looks at the first context value only.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        Correct.set_test(set, negated, if set == SetOperator::ForAllValues { 1 } else { values }, policy, hit)
    }

    "for-any-value-sees-the-first", "COND-017", Plausible, OverGrant, "ForAnyValue looks at the first context value only.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        Correct.set_test(set, negated, if set == SetOperator::ForAnyValue { 1 } else { values }, policy, hit)
    }

    "set-operators-pair-by-place", "COND-016", Plausible, OverGrant, "Under a set prefix each context value is compared with the policy value at its place.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        let mut passes = (0..values).map(|v| (v < policy && hit(v, v)) != negated);
        if set == SetOperator::ForAllValues { passes.all(|passes| passes) } else { passes.any(|passes| passes) }
    }

    "for-all-values-over-no-policy-values", "COND-026", Plausible, OverGrant, "ForAllValues with an empty list of policy values holds.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        (set == SetOperator::ForAllValues && policy == 0) || Correct.set_test(set, negated, values, policy, hit)
    }

    "last-context-value-not-seen", "COND-016", Plausible, OverGrant, "Under a set prefix the last of several context values is not looked at.":
    fn set_test(&self, set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool {
        Correct.set_test(set, negated, (values - 1).max(1), policy, hit)
    }
}
