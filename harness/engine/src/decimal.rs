//! Exact decimals (COND-050, COND-051).

use std::cmp::Ordering;

/// The most digits that a number may have before its exponent.
const MAX_DIGITS: usize = 64;

/// A number of at most 64 digits and an exponent of at most three, compared exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    /// Where the point stands: the value is `0.d₁d₂… × 10^exponent` with `d₁` not zero.
    exponent: i16,
    /// The digits from `d₁`, sixteen to a word, filled up with zeros; all zero for the number zero.
    digits: [u64; MAX_DIGITS / 16],
}

impl Decimal {
    /// Reads a number; `None` if the text is none (COND-050).
    pub(crate) fn parse(text: &str) -> Option<Decimal> {
        let (signed, rest) = sign(text.as_bytes());
        let (whole, rest) = digits(rest);
        let whole = whole?;
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => {
                let (fraction, rest) = digits(rest);
                (fraction?, rest)
            }
            _ => (&[][..], rest),
        };
        let power = match rest {
            [] => 0,
            [b'e' | b'E', rest @ ..] => {
                let (negative, rest) = sign(rest);
                let (Some(power), []) = digits(rest) else { return None };
                if power.len() > 3 {
                    return None;
                }
                let power = power.iter().fold(0i16, |power, &digit| power * 10 + i16::from(digit - b'0'));
                if negative { -power } else { power }
            }
            _ => return None,
        };
        if whole.len() + fraction.len() > MAX_DIGITS {
            return None;
        }
        let mut number = Decimal { negative: signed, exponent: 0, digits: [0; MAX_DIGITS / 16] };
        let leading = whole.iter().chain(fraction).take_while(|&&digit| digit == b'0').count();
        let significant = whole.iter().chain(fraction).skip(leading);
        let mut count = 0;
        for &digit in significant {
            let word = &mut number.digits[count / 16];
            *word = *word * 10 + u64::from(digit - b'0');
            count += 1;
        }
        if count == 0 {
            return Some(Decimal { negative: false, ..number });
        }
        if !count.is_multiple_of(16) {
            number.digits[count / 16] *= 10u64.pow(16 - (count % 16) as u32);
        }
        faulty!(FifteenDigitsKept { number.digits = [number.digits[0] / 10 * 10, 0, 0, 0]; });
        number.exponent = whole.len() as i16 - leading as i16 + power;
        Some(number)
    }

    fn is_zero(&self) -> bool {
        self.digits[0] == 0
    }

    fn magnitude(&self, other: &Decimal) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => (self.exponent, self.digits).cmp(&(other.exponent, other.digits)),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Takes a sign off the front; `true` for minus.
fn sign(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    }
}

/// Takes the digits off the front; `None` if there is none.
fn digits(bytes: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let count = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = bytes.split_at(count);
    ((count > 0).then_some(digits), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(one: &str, other: &str) -> Ordering {
        Decimal::parse(one).expect(one).cmp(&Decimal::parse(other).expect(other))
    }

    #[test]
    fn spelling_does_not_matter() {
        for (one, other) in [
            ("5", "+5"),
            ("10", "10.0"),
            ("-0", "0"),
            ("0e9", "0.000"),
            ("1e3", "1000"),
            ("0.001", "1E-3"),
            ("00012.50", "12.5"),
            ("1e+2", "100"),
            ("1234567890123456e16", "12345678901234560000000000000000"),
        ] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} {other}");
        }
    }

    #[test]
    fn order_is_exact() {
        let ascending = [
            "-1e999",
            "-10",
            "-9.99",
            "-1e-999",
            "0",
            "1e-999",
            "0.3",
            "0.30000000000000000001",
            "9",
            "10",
            "9007199254740992",
            "9007199254740993",
            "1e999",
        ];
        for pair in ascending.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
    }

    #[test]
    fn everything_else_is_no_number() {
        let long = "1".repeat(65);
        for text in [
            "", " 5", "5 ", ".5", "5.", "5.e1", "1,000", "0x10", "e5", "1e", "1e+", "1e1000", "--1", "NaN",
            "1_0", &long,
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert!(Decimal::parse(&"1".repeat(64)).is_some());
    }
}
