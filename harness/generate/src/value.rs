//! Typed values with near misses: what context keys hold and what policies compare them with.

use assize_model::{BaseOperator, Literal, LiteralKind};

use crate::choices::Choices;

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
            Type::String => STRINGS,
            Type::Numeric => NUMBERS,
            Type::Date => DATES,
            Type::Bool => BOOLEANS,
            Type::Binary => BINARIES,
            Type::Ip => ADDRESSES,
            Type::Arn => ARNS,
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
    /// What is not of the type.
    pub malformed: &'static [&'static str],
}

const STRINGS: &[Family] = &[
    Family {
        same: &["red"],
        cover: &["r*", "?ed", "*", "re?", "*red*", "r**d"],
        near: &["Red", "re", "redd", "blue", " red", "red ", "${*}", "r${?}d", "${$}red"],
        malformed: &["", "*", "?", "r*"],
    },
    Family {
        same: &["home/bob/k"],
        cover: &["home/*", "home/*/k", "*/k", "home/bob/?", "home/???/k"],
        near: &["home/bob", "home/Bob/k", "home/eve/k", "home//k", "home/bob/k/"],
        malformed: &["", "home/*"],
    },
    Family {
        same: &["É"],
        cover: &["?", "*"],
        near: &["é", "E", "É\u{301}", "ß", "SS"],
        malformed: &["", "\n", "a\nb"],
    },
    Family {
        same: &["a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-1"],
        cover: &["a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-*", "a-prefix*1"],
        near: &[
            "a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-2",
            "a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-",
        ],
        malformed: &["", "a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-*"],
    },
];

const NUMBERS: &[Family] = &[
    Family {
        same: &["10", "10.0", "1e1", "+10", "010", "100e-1"],
        cover: &[],
        near: &["9", "11", "10.000001", "-10", "1e2", "9.999"],
        malformed: &["ten", "10.", ".5", "0x0a", "1,0", " 10", "10 ", "", "NaN", "1e1000"],
    },
    Family {
        same: &["9007199254740992"],
        cover: &[],
        near: &["9007199254740993", "9007199254740991", "9.007199254740992e15"],
        malformed: &["9007199254740992n", "Infinity"],
    },
    Family {
        same: &["0", "-0", "0.000", "0e9", "00"],
        cover: &[],
        near: &["0.0000001", "-1", "1", "-0.5"],
        malformed: &["-", "+", "e1", ""],
    },
];

const DATES: &[Family] = &[
    Family {
        same: &[
            "2024-03-01T00:00:00Z",
            "2024-03-01",
            "2024-03",
            "2024-03-01T00:00",
            "2024-03-01t02:00:00+02:00",
            "1709251200",
            "2024-02-29T19:00:00.000-05:00",
        ],
        cover: &[],
        near: &[
            "2024-02-29T23:59:59Z",
            "2024-03-01T00:00:01Z",
            "2024-03-01T00:00:00.000000001Z",
            "1709251199",
            "2024-03-01T00:00:00+00:01",
            "2024-02-29",
        ],
        malformed: &[
            "2023-02-29",
            "2024-03-01T24:00:00Z",
            "2024-3-1",
            "tomorrow",
            "-1",
            "2024-03-01 00:00:00",
            "",
        ],
    },
    Family {
        same: &["0", "1970-01-01", "1970-01-01T00:00:00Z"],
        cover: &[],
        near: &["1", "1969-12-31T23:59:59Z", "1970-01-01T00:00:01Z", "2024"],
        malformed: &["0.0", "9223372036854775808", "1970-00-01"],
    },
];

const BOOLEANS: &[Family] = &[
    Family {
        same: &["true", "True", "TRUE"],
        cover: &[],
        near: &["false", "False"],
        malformed: &["1", "yes", ""],
    },
    Family { same: &["false", "False"], cover: &[], near: &["true"], malformed: &["0", "no", " false", ""] },
];

const BINARIES: &[Family] = &[Family {
    same: &["QUJD"],
    cover: &[],
    near: &["qujd", "QUJE", "QQ==", "QUI="],
    malformed: &["QUJD=", "QQ", "%%", "QR==", ""],
}];

const ADDRESSES: &[Family] = &[
    Family {
        same: &["203.0.113.9"],
        cover: &["203.0.113.0/24", "203.0.113.9/32", "203.0.113.200/24", "0.0.0.0/0", "203.0.113.8/31"],
        near: &["203.0.113.10", "203.0.113.10/31", "203.0.114.0/24", "::/0", "198.51.100.1"],
        malformed: &[
            "203.0.113",
            "203.0.113.09",
            "203.0.113.0/33",
            "203.0.113.0/024",
            "banana",
            "203.0.113.*",
            "",
        ],
    },
    Family {
        same: &["2001:db8::1", "2001:DB8:0:0::1", "2001:0db8:0000:0000:0000:0000:0000:0001"],
        cover: &["2001:db8::/32", "2001:db8::1/128", "::/0", "2001:db8::ffff/64"],
        near: &["2001:db8::2", "2001:db9::/32", "0.0.0.0/0", "::ffff:203.0.113.9", "2001:db8::2/127"],
        malformed: &["2001:db8::/129", "2001:db8:::1", "fe80::1%eth0", ""],
    },
    Family {
        same: &["::ffff:192.0.2.1", "::ffff:c000:201"],
        cover: &["::ffff:0:0/96", "::/0"],
        near: &["192.0.2.1", "192.0.2.0/24", "::192.0.2.1"],
        malformed: &["::ffff:192.0.2.256", "::ffff:192.0.2"],
    },
];

const ARNS: &[Family] = &[
    Family {
        same: &["arn:aws:sns:us-east-1:123456789012:topic"],
        cover: &[
            "arn:aws:sns:*:123456789012:topic",
            "arn:aws:sns:us-east-?:*:top*",
            "arn:*:*:*:*:*",
            "*:aws:sns:us-east-1:123456789012:topic",
        ],
        near: &[
            "arn:aws:sns:us-east-1:123456789012:Topic",
            "arn:aws:sns:us-east-2:123456789012:topic",
            "arn:aws:sns::123456789012:topic",
            "arn:aws:sns:*",
            "arn:aws:sqs:us-east-1:123456789012:topic",
        ],
        malformed: &["topic", "arn:aws:sns", "*", ""],
    },
    Family {
        same: &["arn:aws:lambda:us-east-1:123456789012:function:f:PROD"],
        cover: &["arn:aws:lambda:us-east-1:123456789012:function*", "arn:aws:lambda:*:*:function:f:*"],
        near: &[
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            "arn:aws:lambda:us-east-1:*:PROD",
            "arn:aws:lambda:us-east-1:123456789012:function:?",
        ],
        malformed: &["arn:aws:lambda:us-east-1:123456789012", ""],
    },
];

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
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.trim_start_matches(['+', '-']))),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(all_digits)
        && exponent.is_none_or(all_digits)
}
