//! Address ranges (COND-080 to COND-086).

use std::net::IpAddr;

/// An address with a prefix length, as a condition value states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    /// IPv4: the prefix bits and the mask over them.
    V4(u32, u32),
    /// IPv6 likewise.
    V6(u128, u128),
}

impl Network {
    /// Reads a policy's value (COND-080); without prefix length it is a single address (COND-081).
    pub(crate) fn parse(text: &str) -> Option<Network> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix_length(prefix)?)),
            None => (text, None),
        };
        match address.parse().ok()? {
            IpAddr::V4(address) => {
                let none = faulty!(EmptyMaskIsFull => u32::MAX, else 0);
                let mask = u32::MAX.checked_shl(32u32.checked_sub(prefix.unwrap_or(32))?).unwrap_or(none);
                let kept = faulty!(HostBitsKept => u32::MAX, else mask);
                Some(Network::V4(address.to_bits() & kept, mask))
            }
            IpAddr::V6(address) => {
                let prefix = prefix.unwrap_or(128);
                let prefix = faulty!(LongMasksCut => prefix.min(64), else prefix);
                let mask = u128::MAX.checked_shl(128u32.checked_sub(prefix)?).unwrap_or(0);
                Some(Network::V6(address.to_bits() & mask, mask))
            }
        }
    }

    /// Whether the range holds `address`; families do not mix (COND-083).
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (*self, address) {
            (Network::V4(prefix, mask), IpAddr::V4(address)) => address.to_bits() & mask == prefix,
            (Network::V6(prefix, mask), IpAddr::V6(address)) => address.to_bits() & mask == prefix,
            _ => false,
        }
    }
}

/// Digits without leading zero.
fn prefix_length(text: &str) -> Option<u32> {
    let plain = text.len() <= 3
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(network: &str, address: &str) -> bool {
        let address = address.parse().expect("an address");
        Network::parse(network).is_some_and(|network| network.contains(address))
    }

    #[test]
    fn ranges() {
        assert!(inside("203.0.113.0/24", "203.0.113.255"));
        assert!(!inside("203.0.113.0/24", "203.0.114.0"));
        assert!(inside("10.1.2.3/8", "10.255.0.1"));
        assert!(inside("0.0.0.0/0", "255.255.255.255") && inside("::/0", "2001:db8::1"));
        assert!(!inside("0.0.0.0/0", "::1") && !inside("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(inside("2001:DB8:0:0::1", "2001:db8::1") && !inside("2001:db8::1", "2001:db8::2"));
        assert!(inside("::ffff:c000:201", "::ffff:192.0.2.1"));
    }

    #[test]
    fn everything_else_is_no_range() {
        for text in [
            "",
            "banana",
            "010.0.0.0/8",
            "10.0.0.0/255.0.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/08",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "10.0.0/8",
            "10.0.0.0/8 ",
            "fe80::1%eth0",
            "203.0.113.*",
            "10.0.0.0-10.0.0.9",
            "::/0/0",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
