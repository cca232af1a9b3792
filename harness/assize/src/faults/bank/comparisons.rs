//! Comparing strings, numbers, booleans, bytes and ARNs.

use std::cmp::Ordering;

use assize_model::BaseOperator;
use assize_reference::numeric::Decimal;
use assize_reference::variable::Glyph;
use assize_reference::{Correct, Semantics};

/// A policy value as a pattern.
fn glyphs(text: &str) -> Vec<Glyph> {
    text.chars().map(|character| Glyph { character, literal: false }).collect()
}

fn text(glyphs: &[Glyph]) -> String {
    glyphs.iter().map(|glyph| glyph.character).collect()
}

/// Whether all components match, but for those that `skipped` picks.
fn arn_without(value: [&str; 6], policy: &[&[Glyph]], skipped: impl Fn(usize) -> bool) -> bool {
    let numbered = policy.iter().zip(value).enumerate();
    numbered
        .filter(|(at, _)| !skipped(*at))
        .all(|(_, (policy, value))| Correct.arn_component_matches(policy, value))
}

faults! { STRINGS, Evaluation, "strings";
    "string-equals-takes-wildcards", "COND-042", Plausible, OverGrant, "StringEquals takes wildcards.":
    fn string_equals(&self, value: &str, policy: &str) -> bool { Correct.string_like(value, glyphs(policy)) }

    "string-equals-ignores-case", "COND-040", Plausible, OverGrant, "StringEquals ignores case.":
    fn string_equals(&self, value: &str, policy: &str) -> bool { value.eq_ignore_ascii_case(policy) }

    "string-equals-trims", "COND-031", Plausible, OverGrant, "StringEquals drops white space around both sides.":
    fn string_equals(&self, value: &str, policy: &str) -> bool { value.trim() == policy.trim() }

    "string-equals-drops-last-slash", "COND-040", Plausible, OverGrant, "StringEquals drops slashes at the end of both sides.":
    fn string_equals(&self, value: &str, policy: &str) -> bool { value.trim_end_matches('/') == policy.trim_end_matches('/') }

    "string-equals-as-prefix", "COND-040", Plausible, OverGrant, "StringEquals compares as far as the policy value goes.":
    fn string_equals(&self, value: &str, policy: &str) -> bool { value.starts_with(policy) }

    "string-equals-compares-64-bytes", "COND-040", Plausible, OverGrant, "StringEquals compares the first 64 bytes.":
    fn string_equals(&self, value: &str, policy: &str) -> bool { value.bytes().take(64).eq(policy.bytes().take(64)) }

    "string-equals-compares-numbers", "COND-046", Plausible, OverGrant, "StringEquals compares numbers by value.":
    fn string_equals(&self, value: &str, policy: &str) -> bool {
        value == policy || Decimal::parse(value).is_some_and(|number| Decimal::parse(policy) == Some(number))
    }

    "string-equals-drops-accents", "MATCH-002", Plausible, OverGrant, "StringEquals drops combining accents and those of capital e.":
    fn string_equals(&self, value: &str, policy: &str) -> bool {
        let plain = |text: &str| text.replace('\u{301}', "").replace('É', "E");
        plain(value) == plain(policy)
    }

    "empty-policy-value-never-equal", "COND-040", Plausible, OverGrant, "StringEquals with an empty policy value is false.":
    fn string_equals(&self, value: &str, policy: &str) -> bool { !policy.is_empty() && value == policy }

    "ignore-case-regards-case", "COND-041", Plausible, OverGrant, "StringEqualsIgnoreCase regards case.":
    fn string_equals_ignore_case(&self, value: &str, policy: &str) -> bool { value == policy }

    "ignore-case-for-ascii-only", "COND-041", Plausible, OverGrant, "StringEqualsIgnoreCase ignores the case of ASCII letters only.":
    fn string_equals_ignore_case(&self, value: &str, policy: &str) -> bool { value.eq_ignore_ascii_case(policy) }

    "ignore-case-by-capitals", "COND-041", Plausible, OverGrant, "StringEqualsIgnoreCase compares capitals, so that sharp s equals two letters.":
    fn string_equals_ignore_case(&self, value: &str, policy: &str) -> bool { value.to_uppercase() == policy.to_uppercase() }

    "ignore-case-by-whole-words", "COND-041", Plausible, OverGrant, "StringEqualsIgnoreCase lower-cases words, whose last sigma is another letter.":
    fn string_equals_ignore_case(&self, value: &str, policy: &str) -> bool { value.to_lowercase() == policy.to_lowercase() }

    "ignore-case-by-offset", "COND-041", Plausible, OverGrant, "StringEqualsIgnoreCase takes the signs of multiplication and division for one letter.":
    fn string_equals_ignore_case(&self, value: &str, policy: &str) -> bool {
        Correct.string_equals_ignore_case(&value.replace('\u{d7}', "\u{f7}"), &policy.replace('\u{d7}', "\u{f7}"))
    }

    "ignore-case-takes-wildcards", "COND-042", Plausible, OverGrant, "StringEqualsIgnoreCase takes wildcards.":
    fn string_equals_ignore_case(&self, value: &str, policy: &str) -> bool {
        Correct.string_like(&value.to_lowercase(), glyphs(&policy.to_lowercase()))
    }

    "string-like-as-equals", "COND-043", Real, OverGrant, "StringLike takes no wildcards.":
    fn string_like(&self, value: &str, policy: Vec<Glyph>) -> bool { value == text(&policy) }

    "string-like-reads-value-as-pattern", "COND-045", Plausible, OverGrant, "StringLike takes wildcards in context values.":
    fn string_like(&self, value: &str, policy: Vec<Glyph>) -> bool {
        Correct.string_like(&text(&policy), glyphs(value)) || Correct.string_like(value, policy)
    }

    "string-like-trims-line-feed", "COND-043", Plausible, OverGrant, "StringLike overlooks a line feed at the end of the value.":
    fn string_like(&self, value: &str, policy: Vec<Glyph>) -> bool {
        Correct.string_like(value.strip_suffix('\n').unwrap_or(value), policy)
    }

    "string-like-star-refuses-empty", "COND-044", Plausible, OverGrant, "StringLike never matches an empty value.":
    fn string_like(&self, value: &str, policy: Vec<Glyph>) -> bool { !value.is_empty() && Correct.string_like(value, policy) }

    "operands-trimmed", "COND-031", Plausible, OverGrant, "White space around both sides of a comparison is dropped.":
    fn operand<'t>(&self, text: &'t str) -> &'t str { text.trim() }

    "operands-unquoted", "COND-031", Plausible, OverGrant, "Spaces at the beginning of both sides of a comparison are dropped.":
    fn operand<'t>(&self, text: &'t str) -> &'t str { text.trim_start() }
}

faults! { NUMBERS, Evaluation, "numbers";
    "numbers-as-floats", "COND-051", Plausible, OverGrant, "Numbers are compared as binary floating point.":
    fn number(&self, text: &str) -> Option<Decimal> {
        Correct.number(text).and_then(|_| text.parse::<f64>().ok()).and_then(|number| Decimal::parse(&number.to_string()))
    }

    "numbers-rounded", "COND-051", Real, OverGrant, "Numbers that differ by less than a ten thousandth are equal.":
    fn number(&self, text: &str) -> Option<Decimal> {
        Correct.number(text).and_then(|_| text.parse::<f64>().ok()).and_then(|number| Decimal::parse(&format!("{number:.4}")))
    }

    "fractions-dropped", "COND-051", Plausible, OverGrant, "What follows the point of a number is dropped.":
    fn number(&self, text: &str) -> Option<Decimal> {
        Correct.number(text).and_then(|number| match text.split_once('.') {
            Some((whole, fraction)) if !fraction.contains(['e', 'E']) => Decimal::parse(whole),
            _ => Some(number),
        })
    }

    "integers-only", "COND-050", Plausible, OverGrant, "Only integers are numbers.":
    fn number(&self, text: &str) -> Option<Decimal> { text.parse::<i64>().ok().and_then(|_| Decimal::parse(text)) }

    "unsigned-numbers-only", "COND-050", Plausible, OverGrant, "A negative number is none.":
    fn number(&self, text: &str) -> Option<Decimal> { Correct.number(text).filter(|_| !text.starts_with('-')) }

    "plus-sign-refused", "COND-050", Plausible, OverGrant, "A number with a plus sign is none.":
    fn number(&self, text: &str) -> Option<Decimal> { Correct.number(text).filter(|_| !text.starts_with('+')) }

    "exponents-refused", "COND-050", Plausible, OverGrant, "A number with an exponent is none.":
    fn number(&self, text: &str) -> Option<Decimal> { Correct.number(text).filter(|_| !text.contains(['e', 'E'])) }

    "negative-exponents-refused", "COND-050", Plausible, OverGrant, "A number with a negative exponent is none.":
    fn number(&self, text: &str) -> Option<Decimal> { Correct.number(text).filter(|_| !text.contains("e-") && !text.contains("E-")) }

    "large-exponents-refused", "COND-050", Plausible, OverGrant, "A number that floating point does not reach is none.":
    fn number(&self, text: &str) -> Option<Decimal> {
        Correct.number(text).filter(|_| text.parse::<f64>().is_ok_and(f64::is_finite))
    }

    "numbers-of-38-digits", "COND-050", Plausible, OverGrant, "A number of more than 38 digits is none.":
    fn number(&self, text: &str) -> Option<Decimal> {
        Correct.number(text).filter(|_| text.bytes().filter(u8::is_ascii_digit).count() <= 38)
    }

    "leading-zeros-are-octal", "COND-051", Plausible, OverGrant, "A number that begins with a zero is octal.":
    fn number(&self, text: &str) -> Option<Decimal> {
        let octal = text.strip_prefix('0').and_then(|digits| i64::from_str_radix(digits, 8).ok());
        octal.map_or_else(|| Correct.number(text), |number| Decimal::parse(&number.to_string()))
    }

    "numbers-trimmed", "COND-031", Plausible, OverGrant, "White space around numbers is dropped.":
    fn number(&self, text: &str) -> Option<Decimal> { Correct.number(text.trim()) }

    "point-without-digits", "COND-050", Plausible, OverGrant, "A point without digits on one side makes a number.":
    fn number(&self, text: &str) -> Option<Decimal> {
        let padded = text.strip_suffix('.').map(str::to_owned).or_else(|| text.strip_prefix('.').map(|digits| format!("0.{digits}")));
        Correct.number(padded.as_deref().unwrap_or(text))
    }

    "hexadecimal-numbers", "COND-050", Plausible, OverGrant, "Hexadecimal numbers are numbers.":
    fn number(&self, text: &str) -> Option<Decimal> {
        let hexadecimal = text.strip_prefix("0x").and_then(|digits| i64::from_str_radix(digits, 16).ok());
        hexadecimal.map_or_else(|| Correct.number(text), |number| Decimal::parse(&number.to_string()))
    }

    "thousands-separators", "COND-050", Plausible, OverGrant, "Commas between digits are dropped.":
    fn number(&self, text: &str) -> Option<Decimal> { Correct.number(&text.replace(',', "")) }

    "no-number-is-zero", "COND-030", Plausible, OverGrant, "What is no number is zero.":
    fn number(&self, text: &str) -> Option<Decimal> { Correct.number(text).or_else(|| Decimal::parse("0")) }

    "empty-text-is-zero", "COND-050", Plausible, OverGrant, "The empty text is the number zero.":
    fn number(&self, text: &str) -> Option<Decimal> { if text.is_empty() { Decimal::parse("0") } else { Correct.number(text) } }

    "number-read-as-far-as-it-goes", "COND-050", Plausible, OverGrant, "What follows the digits of a number is dropped.":
    fn number(&self, text: &str) -> Option<Decimal> {
        Correct.number(text).or_else(|| Decimal::parse(text.trim_end_matches(|c: char| !c.is_ascii_digit())))
    }

    "numbers-compared-as-texts", "COND-051", Plausible, OverGrant, "Numbers are compared digit by digit, so that 9 is more than 10.":
    fn compare_numbers(&self, value: &Decimal, policy: &Decimal) -> Ordering {
        // The sign comes first in this form, then the digits, the magnitude last.
        format!("{value:?}").cmp(&format!("{policy:?}"))
    }

    "numeric-direction-swapped", "COND-052", Plausible, OverGrant, "The policy's number stands on the left.":
    fn compare_numbers(&self, value: &Decimal, policy: &Decimal) -> Ordering { policy.compare(value) }

    "less-than-includes-equal", "COND-052", Plausible, OverGrant, "NumericLessThan holds for equal numbers.":
    fn numeric_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        Correct.numeric_holds(base, order) || (base == BaseOperator::NumericLessThan && order.is_eq())
    }

    "less-than-equals-excludes-equal", "COND-052", Plausible, OverGrant, "NumericLessThanEquals does not hold for equal numbers.":
    fn numeric_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        Correct.numeric_holds(base, order) && !(base == BaseOperator::NumericLessThanEquals && order.is_eq())
    }

    "greater-than-includes-equal", "COND-052", Plausible, OverGrant, "NumericGreaterThan holds for equal numbers.":
    fn numeric_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        Correct.numeric_holds(base, order) || (base == BaseOperator::NumericGreaterThan && order.is_eq())
    }

    "greater-than-equals-excludes-equal", "COND-052", Plausible, OverGrant, "NumericGreaterThanEquals does not hold for equal numbers.":
    fn numeric_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        Correct.numeric_holds(base, order) && !(base == BaseOperator::NumericGreaterThanEquals && order.is_eq())
    }

    "greater-than-equals-read-as-less", "COND-052", Plausible, OverGrant, "NumericGreaterThanEquals is read as NumericLessThanEquals.":
    fn numeric_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        if base == BaseOperator::NumericGreaterThanEquals { order.is_le() } else { Correct.numeric_holds(base, order) }
    }

    "no-number-matches", "COND-030", Plausible, OverGrant, "A comparison with what is no number is true.":
    fn incomparable(&self, base: BaseOperator) -> bool { base.as_str().starts_with("Numeric") }
}

faults! { BOOLEANS, Evaluation, "booleans and bytes";
    "bool-in-small-letters-only", "COND-070", Plausible, OverGrant, "Booleans in capitals are none.":
    fn boolean(&self, text: &str) -> Option<bool> { text.parse().ok() }

    "bool-takes-numbers", "COND-070", Plausible, OverGrant, "1 and 0 are booleans.":
    fn boolean(&self, text: &str) -> Option<bool> {
        match text { "1" => Some(true), "0" => Some(false), other => Correct.boolean(other) }
    }

    "bool-takes-yes-and-no", "COND-070", Plausible, OverGrant, "yes and no are booleans.":
    fn boolean(&self, text: &str) -> Option<bool> {
        match text { "yes" => Some(true), "no" => Some(false), other => Correct.boolean(other) }
    }

    "no-boolean-is-false", "COND-070", Plausible, OverGrant, "What is no boolean is false.":
    fn boolean(&self, text: &str) -> Option<bool> { Correct.boolean(text).or(Some(false)) }

    "every-text-but-empty-is-true", "COND-070", Plausible, OverGrant, "What is no boolean is true unless it is empty.":
    fn boolean(&self, text: &str) -> Option<bool> { Correct.boolean(text).or(Some(!text.is_empty())) }

    "no-booleans-are-equal", "COND-030", Plausible, OverGrant, "Two texts that are no booleans are equal.":
    fn bool_equals(&self, value: Option<bool>, policy: Option<bool>) -> bool { value == policy }

    "bool-inverted", "COND-070", Plausible, OverGrant, "Bool holds for the other value.":
    fn bool_equals(&self, value: Option<bool>, policy: Option<bool>) -> bool { value.is_some() && policy.is_some() && value != policy }

    "bool-asks-for-true-only", "COND-071", Plausible, OverGrant, "Bool with false holds for every boolean.":
    fn bool_equals(&self, value: Option<bool>, policy: Option<bool>) -> bool { value.is_some() && (policy == Some(false) || value == policy) }

    "binary-compared-as-text", "COND-075", Plausible, OverGrant, "BinaryEquals compares the texts, valid base64 or not.":
    fn binary(&self, text: &str) -> Option<Vec<u8>> { Some(text.as_bytes().to_vec()) }

    "binary-case-ignored", "COND-075", Real, OverGrant, "BinaryEquals ignores case.":
    fn binary(&self, text: &str) -> Option<Vec<u8>> { Correct.binary(text).map(|_| text.to_ascii_lowercase().into_bytes()) }

    "binary-without-padding", "COND-075", Real, OverGrant, "BinaryEquals takes base64 without padding.":
    fn binary(&self, text: &str) -> Option<Vec<u8>> {
        let bare = text.trim_end_matches('=');
        Correct.binary(&format!("{bare}{}", "=".repeat((4 - bare.len() % 4) % 4)))
    }

    "binary-with-loose-bits", "COND-075", Plausible, OverGrant, "BinaryEquals takes base64 whose unused bits are set.":
    fn binary(&self, text: &str) -> Option<Vec<u8>> { Correct.binary(text).or_else(|| Correct.binary(&text.replace("R==", "Q=="))) }

    "no-bytes-are-equal", "COND-030", Plausible, OverGrant, "Two texts that are no base64 are equal.":
    fn binary_equals(&self, value: Option<Vec<u8>>, policy: Option<Vec<u8>>) -> bool { value == policy }

    "empty-bytes-never-equal", "COND-075", Plausible, OverGrant, "BinaryEquals is false for no bytes at all.":
    fn binary_equals(&self, value: Option<Vec<u8>>, policy: Option<Vec<u8>>) -> bool {
        value.as_ref().is_some_and(|bytes| !bytes.is_empty()) && value == policy
    }
}

faults! { ARNS, Evaluation, "arns";
    "arn-equals-without-wildcards", "COND-090", Real, OverGrant, "ArnEquals takes no wildcards.":
    fn arn_equals(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool { policy.iter().zip(value).all(|(policy, value)| text(policy) == value) }

    "arn-like-as-string-like", "COND-092", Real, OverGrant, "ArnLike is one pattern over the whole ARN.":
    fn arn_like(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool {
        Correct.string_like(&value.join(":"), policy.join(&Glyph { character: ':', literal: false }))
    }

    "arn-components-may-be-missing", "COND-096", Plausible, OverGrant, "A context value of fewer than six components is filled up.":
    fn arn_components<'t>(&self, value: &'t str) -> Option<[&'t str; 6]> {
        let mut fields = value.splitn(6, ':');
        Some([(); 6].map(|()| fields.next().unwrap_or("")))
    }

    "arn-must-begin-with-arn", "COND-096", Plausible, OverGrant, "A context value that does not begin with arn: is no ARN.":
    fn arn_components<'t>(&self, value: &'t str) -> Option<[&'t str; 6]> { Correct.arn_components(value).filter(|fields| fields[0] == "arn") }

    "arn-needs-a-region", "COND-096", Plausible, OverGrant, "A context value with an empty region is no ARN.":
    fn arn_components<'t>(&self, value: &'t str) -> Option<[&'t str; 6]> { Correct.arn_components(value).filter(|fields| !fields[3].is_empty()) }

    "arn-last-component-ends-at-colon", "COND-093", Plausible, OverGrant, "A context value with more than six components is no ARN.":
    fn arn_components<'t>(&self, value: &'t str) -> Option<[&'t str; 6]> { Correct.arn_components(value).filter(|fields| !fields[5].contains(':')) }

    "arn-first-component-ignored", "COND-094", Plausible, OverGrant, "The first component of an ARN is not compared.":
    fn arn_like(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool { arn_without(value, policy, |at| at == 0) }

    "arn-service-ignored", "COND-091", Plausible, OverGrant, "The service of an ARN is not compared.":
    fn arn_like(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool { arn_without(value, policy, |at| at == 2) }

    "arn-region-ignored", "COND-091", Plausible, OverGrant, "The region of an ARN is not compared.":
    fn arn_like(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool { arn_without(value, policy, |at| at == 3) }

    "arn-account-ignored", "COND-091", Plausible, OverGrant, "The account of an ARN is not compared.":
    fn arn_like(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool { arn_without(value, policy, |at| at == 4) }

    "arn-resource-ignored", "COND-091", Plausible, OverGrant, "The last component of an ARN is not compared.":
    fn arn_like(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool { arn_without(value, policy, |at| at == 5) }

    "arn-one-component-suffices", "COND-091", Plausible, OverGrant, "One component of an ARN that matches is enough.":
    fn arn_like(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool {
        policy.iter().zip(value).any(|(policy, value)| Correct.arn_component_matches(policy, value))
    }

    "arn-empty-component-is-any", "COND-091", Plausible, OverGrant, "An empty component of a policy's ARN matches every component.":
    fn arn_component_matches(&self, policy: &[Glyph], value: &str) -> bool { policy.is_empty() || Correct.arn_component_matches(policy, value) }

    "arn-empty-component-matches-any", "COND-092", Plausible, OverGrant, "An empty component of a context ARN matches every component.":
    fn arn_component_matches(&self, policy: &[Glyph], value: &str) -> bool { value.is_empty() || Correct.arn_component_matches(policy, value) }

    "arn-component-as-prefix", "COND-091", Plausible, OverGrant, "A component of an ARN is compared as far as the policy goes.":
    fn arn_component_matches(&self, policy: &[Glyph], value: &str) -> bool {
        Correct.arn_component_matches(&[policy, &glyphs("*")].concat(), value)
    }

    "no-arn-matches", "COND-096", Plausible, OverGrant, "A comparison with what is no ARN is true.":
    fn incomparable(&self, base: BaseOperator) -> bool { base.as_str().starts_with("Arn") }
}
