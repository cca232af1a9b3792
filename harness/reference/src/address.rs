//! Addresses and ranges (COND-080 to COND-086).

use std::net::IpAddr;

/// A policy's range: an address of which only the first bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The address as written, host bits included.
    pub address: IpAddr,
    /// How many of its bits count; `None` if the policy does not say.
    pub prefix: Option<u32>,
}

/// How many bits an address of this family has.
pub fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Reads a plain address: four octets without leading zeros, or any RFC 4291 form (COND-080).
pub fn parse_address(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// Reads an address and an optional `/` with a prefix length without leading zeros (COND-080).
pub fn parse_range(text: &str) -> Option<Range> {
    let Some((address, prefix)) = text.split_once('/') else {
        return Some(Range { address: parse_address(text)?, prefix: None });
    };
    let address = parse_address(address)?;
    let plain =
        prefix.bytes().all(|byte| byte.is_ascii_digit()) && (prefix == "0" || !prefix.starts_with('0'));
    let prefix = plain.then(|| prefix.parse().ok())?.filter(|prefix| *prefix <= width(address))?;
    Some(Range { address, prefix: Some(prefix) })
}

/// Whether the first `prefix` bits are equal; never across families (COND-083). Zero bits always are (COND-085).
pub fn same_prefix(one: IpAddr, other: IpAddr, prefix: u32) -> bool {
    let (one, other, width) = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (u128::from(one.to_bits()), u128::from(other.to_bits()), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits(), other.to_bits(), 128),
        _ => return false,
    };
    (one ^ other).checked_shr(width - prefix.min(width)).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_are_those_of_the_rule() {
        for range in
            ["0.0.0.0/0", "10.1.2.3/32", "::/0", "::ffff:1.2.3.4/128", "1:2:3:4:5:6:7::", "2001:DB8::1"]
        {
            assert!(parse_range(range).is_some(), "{range}");
        }
        for text in [
            "",
            "10.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/08",
            "10.0.0.0/+8",
            "10.0.0.0/8/8",
            "01.0.0.0",
            "::/129",
            "fe80::1%eth0",
            "1::2::3",
            "10.0.0.0/8 ",
            "[::1]",
        ] {
            assert_eq!(parse_range(text), None, "{text}");
        }
    }

    #[test]
    fn a_prefix_compares_its_bits_and_no_more() {
        let same = |one: &str, other: &str, prefix| {
            let addresses = parse_address(one).zip(parse_address(other));
            addresses.is_some_and(|(one, other)| same_prefix(one, other, prefix))
        };
        assert!(same("10.0.0.0", "10.0.0.1", 31) && !same("10.0.0.0", "10.0.0.1", 32));
        assert!(same("0.0.0.0", "255.255.255.255", 0) && !same("0.0.0.0", "128.0.0.0", 1));
        assert!(same("::", "::1", 127) && !same("::", "::1", 128) && same("::", "ffff::", 0));
        assert!(!same("1.2.3.4", "::ffff:1.2.3.4", 0));
    }
}
