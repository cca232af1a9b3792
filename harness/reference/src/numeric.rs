//! Exact decimal numbers (COND-050, COND-051).

use std::cmp::Ordering;

/// The most digits a number may have before its exponent (COND-050).
const MAX_DIGITS: usize = 64;

/// A number as `±0.DIGITS × 10^exponent`, without zeros at either end of the digits; zero has none. Nothing is ever expanded, so an
/// exponent costs nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    digits: String,
    exponent: i32,
}

impl Decimal {
    /// Reads a sign, digits, a fraction and an exponent (COND-050). `None` if `text` is not a number.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, unsigned) = sign(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, all_digits(fraction)?),
            None => (mantissa, ""),
        };
        let digits = [all_digits(whole)?, fraction].concat();
        if digits.len() > MAX_DIGITS {
            return None;
        }
        let significant = digits.trim_start_matches('0');
        let leading_zeros = digits.len() - significant.len();
        let point = i32::try_from(whole.len()).ok()? - i32::try_from(leading_zeros).ok()?;
        let significant = significant.trim_end_matches('0').to_owned();
        let zero = significant.is_empty();
        Some(Decimal {
            negative: negative && !zero,
            digits: significant,
            exponent: if zero { 0 } else { point + exponent },
        })
    }

    /// -1, 0 or 1.
    fn signum(&self) -> i32 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn magnitude(&self) -> (i32, &str) {
        (self.exponent, &self.digits)
    }

    /// Which number is less (COND-051).
    pub fn compare(&self, other: &Decimal) -> Ordering {
        self.signum().cmp(&other.signum()).then_with(|| match self.negative {
            false => self.magnitude().cmp(&other.magnitude()),
            true => other.magnitude().cmp(&self.magnitude()),
        })
    }
}

/// Splits an optional sign off: whether it is negative, and the rest.
fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn parse_exponent(text: &str) -> Option<i32> {
    let (negative, digits) = sign(text);
    let size: i32 = all_digits(digits).filter(|digits| digits.len() <= 3)?.parse().ok()?;
    Some(if negative { -size } else { size })
}

/// `text` itself if it is one or more ASCII digits.
fn all_digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_syntax_is_that_of_the_rule() {
        let longest = "9".repeat(MAX_DIGITS);
        for number in ["0", "-0", "+00.10", "1E+999", "1e-999", &longest] {
            assert!(Decimal::parse(number).is_some(), "{number}");
        }
        let too_long = format!("{longest}.0");
        for text in [
            "", "-", "+-1", ".5", "5.", "1e", "1e1000", "1e+", "1.e1", "1 ", "0x1", "1_0", "NaN", "1e1e1",
            "1.1.1", &too_long,
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_order_is_that_of_the_numbers() {
        let rising = [
            "-1e999",
            "-10",
            "-9.99",
            "-1e-999",
            "0",
            "1e-999",
            "0.1",
            "0.10000000000000000000000000001",
            "1",
            "1.5",
            "10",
            "9e1",
            "1e999",
        ];
        let numbers: Vec<Decimal> = rising.iter().filter_map(|text| Decimal::parse(text)).collect();
        assert_eq!(numbers.len(), rising.len());
        assert!(numbers.windows(2).all(|pair| pair[0].compare(&pair[1]).is_lt()));
        assert_eq!(Decimal::parse("-0.00e7"), Decimal::parse("0"));
        assert_eq!(Decimal::parse("0.00120e5"), Decimal::parse("120"));
    }
}
