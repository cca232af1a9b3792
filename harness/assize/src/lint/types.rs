//! Whether a text is of an operator's type (COND-030). Advice, not decisions: evaluators have their own readers.

use std::net::{Ipv4Addr, Ipv6Addr};

/// COND-050: an optional sign, digits, optionally a point and digits, optionally an exponent of up to three digits; at most 64 digits
/// before the exponent.
pub(super) fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(unsigned(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match unsigned(mantissa).split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned(mantissa), None),
    };
    let count = whole.len() + fraction.map_or(0, str::len);
    is_digits(whole)
        && fraction.is_none_or(is_digits)
        && count <= 64
        && exponent.is_none_or(|digits| is_digits(digits) && digits.len() <= 3)
}

/// COND-070: `true` or `false`, in any letter case.
pub(super) fn is_boolean(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// COND-075: canonical base64 with padding.
pub(super) fn is_base64(text: &str) -> bool {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.trim_end_matches('=').as_bytes();
    let padding = text.len() - digits.len();
    let value = |byte: u8| ALPHABET.iter().position(|&known| known == byte);
    // What the last digit carries beyond a whole byte must be zero.
    let unused = match padding {
        0 => 1,
        1 => 4,
        _ => 16,
    };
    text.len().is_multiple_of(4)
        && padding <= 2
        && digits.iter().all(|&byte| value(byte).is_some())
        && digits.last().copied().and_then(value).is_none_or(|last| last.is_multiple_of(unused))
}

/// COND-080: an address, optionally with a prefix length.
pub(super) fn is_address(text: &str) -> bool {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let within = |most: u8| {
        prefix.is_none_or(|prefix| {
            let plain = is_digits(prefix) && (prefix == "0" || !prefix.starts_with('0'));
            plain && prefix.parse::<u8>().is_ok_and(|length| length <= most)
        })
    };
    (address.parse::<Ipv4Addr>().is_ok() && within(32))
        || (address.parse::<Ipv6Addr>().is_ok() && within(128))
}

/// COND-091: six components.
pub(super) fn is_arn(text: &str) -> bool {
    text.splitn(6, ':').count() == 6
}

/// Whether an address, with or without prefix length, is one that the public network does not carry.
pub(super) fn is_private_address(text: &str) -> bool {
    let address = text.split('/').next().unwrap_or(text);
    let v4 = |address: Ipv4Addr| address.is_private() || address.is_loopback() || address.is_link_local();
    let v6 = |address: Ipv6Addr| {
        address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
    };
    address.parse().is_ok_and(v4) || address.parse().is_ok_and(v6)
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(is: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(is(text), "{text:?}");
        }
        for text in bad {
            assert!(!is(text), "{text:?}");
        }
    }

    #[test]
    fn numbers() {
        all(
            is_number,
            &["10", "-1.50", "+0", "1e3", "1E-30"],
            &["", ".5", "5.", "1e", "1e1000", "0x1", " 1", "1,0", "NaN", "+-1"],
        );
        assert!(is_number(&"9".repeat(64)) && !is_number(&"9".repeat(65)));
    }

    #[test]
    fn booleans() {
        all(is_boolean, &["true", "FALSE"], &["", "1", "yes", " true"]);
    }

    #[test]
    fn base64() {
        all(is_base64, &["", "QUI=", "QQ==", "QUJD"], &["QQ", "QR==", "QUJ=", "QU-_", "Q===", "QUI=\n"]);
    }

    #[test]
    fn addresses() {
        let good = ["10.0.0.1", "0.0.0.0/0", "2001:db8::/32", "::ffff:1.2.3.4/128"];
        all(
            is_address,
            &good,
            &["", "10.0.0.0/99", "10.0.0.0/08", "010.0.0.1", "10.0.0.0/255.0.0.0", "fe80::1%eth0", "10.0.*"],
        );
        all(
            is_private_address,
            &["10.0.0.0/8", "192.168.1.1", "fd00::/8"],
            &["203.0.113.7", "2001:db8::1", "x"],
        );
    }

    #[test]
    fn arns() {
        all(is_arn, &["arn:aws:s3:::b", "a:b:c:d:e:f:g"], &["", "*", "arn:aws:s3"]);
    }
}
