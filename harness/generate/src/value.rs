//! Typed values with near misses: what context keys hold and what policies compare them with.

use assize_model::{BaseOperator, Literal, LiteralKind};

use crate::choices::Choices;

mod families;

/// The type that an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the type of that name")]
pub enum Type {
    String,
    Numeric,
    Date,
    Bool,
    Binary,
    Ip,
    Arn,
}

impl Type {
    /// All types.
    pub const ALL: [Type; 7] =
        [Type::String, Type::Numeric, Type::Date, Type::Bool, Type::Binary, Type::Ip, Type::Arn];

    /// The type that an operator compares; `Null` compares none.
    pub fn of(operator: BaseOperator) -> Option<Type> {
        use BaseOperator as Op;
        Some(match operator {
            Op::StringEquals
            | Op::StringNotEquals
            | Op::StringEqualsIgnoreCase
            | Op::StringNotEqualsIgnoreCase
            | Op::StringLike
            | Op::StringNotLike => Type::String,
            Op::NumericEquals
            | Op::NumericNotEquals
            | Op::NumericLessThan
            | Op::NumericLessThanEquals
            | Op::NumericGreaterThan
            | Op::NumericGreaterThanEquals => Type::Numeric,
            Op::DateEquals
            | Op::DateNotEquals
            | Op::DateLessThan
            | Op::DateLessThanEquals
            | Op::DateGreaterThan
            | Op::DateGreaterThanEquals => Type::Date,
            Op::Bool => Type::Bool,
            Op::BinaryEquals => Type::Binary,
            Op::IpAddress | Op::NotIpAddress => Type::Ip,
            Op::ArnEquals | Op::ArnNotEquals | Op::ArnLike | Op::ArnNotLike => Type::Arn,
            Op::Null => return None,
        })
    }

    /// Families of values: within one family all are equal or near misses of each other.
    pub fn families(self) -> &'static [Family] {
        match self {
            Type::String => families::STRINGS,
            Type::Numeric => families::NUMBERS,
            Type::Date => families::DATES,
            Type::Bool => families::BOOLEANS,
            Type::Binary => families::BINARIES,
            Type::Ip => families::ADDRESSES,
            Type::Arn => families::ARNS,
        }
    }
}

/// Values around one value.
#[derive(Debug)]
pub struct Family {
    /// Spellings of the value, for contexts and policies alike.
    pub same: &'static [&'static str],
    /// Policy values that cover the value without spelling it: patterns, ranges. Empty where the type has none.
    pub cover: &'static [&'static str],
    /// Values that differ a little.
    pub near: &'static [&'static str],
    /// What is not of the type: near the value too, since a careless reader takes most of it for one of the others.
    pub malformed: &'static [&'static str],
}

/// Wraps a text as a JSON string, or as a number or boolean where the text is one and chance says so.
pub fn literal(choices: &mut dyn Choices, text: &str) -> Literal {
    if matches!(text, "true" | "false") && choices.chance(30) {
        return Literal { text: text.to_owned(), kind: LiteralKind::Bool };
    }
    if is_json_number(text) && choices.chance(30) {
        return Literal { text: text.to_owned(), kind: LiteralKind::Number };
    }
    Literal::string(text)
}

/// Whether JSON takes the text as a number token.
fn is_json_number(text: &str) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let (whole, mut rest) = text.split_at(digits(text));
    if !matches!(whole, [b'0'] | [b'1'..=b'9', ..]) {
        return false;
    }
    if let [b'.', fraction @ ..] = rest {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    match rest {
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            !exponent.is_empty() && digits(exponent) == exponent.len()
        }
        _ => rest.is_empty(),
    }
}
