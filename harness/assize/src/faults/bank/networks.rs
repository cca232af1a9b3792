//! Addresses and ranges.

use std::net::IpAddr;

use assize_model::BaseOperator;
use assize_reference::address::{Range, parse_address, parse_range, same_prefix, width};
use assize_reference::{Correct, Semantics};

/// An address of IPv4 written as IPv6, as the former.
fn unmapped(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn prefix(range: Range) -> u32 {
    range.prefix.unwrap_or_else(|| width(range.address))
}

faults! { FAULTS, Evaluation, "addresses";
    "ipv6-unknown", "COND-080", Plausible, OverGrant, "IPv6 addresses are none.":
    fn address(&self, text: &str) -> Option<IpAddr> { Correct.address(text).filter(IpAddr::is_ipv4) }

    "ipv6-ranges-unknown", "COND-080", Plausible, OverGrant, "IPv6 ranges are none.":
    fn range(&self, text: &str) -> Option<Range> { Correct.range(text).filter(|range| range.address.is_ipv4()) }

    "context-range-is-an-address", "COND-086", Plausible, OverGrant, "A range in the context counts as its address.":
    fn address(&self, text: &str) -> Option<IpAddr> { Correct.address(text.split('/').next().unwrap_or(text)) }

    "context-address-may-have-zone", "COND-080", Plausible, OverGrant, "A zone behind an IPv6 address is dropped.":
    fn address(&self, text: &str) -> Option<IpAddr> { Correct.address(text.split('%').next().unwrap_or(text)) }

    "leading-zeros-in-octets", "COND-080", Plausible, OverGrant, "Octets of an address may have leading zeros.":
    fn address(&self, text: &str) -> Option<IpAddr> {
        let plain: Vec<String> = text.split('.').map(|octet| octet.parse::<u8>().map_or(octet.to_owned(), |octet| octet.to_string())).collect();
        Correct.address(&plain.join("."))
    }

    "short-addresses-filled-up", "COND-080", Plausible, OverGrant, "An address of fewer than four octets is filled up with zeros.":
    fn address(&self, text: &str) -> Option<IpAddr> { Correct.address(text).or_else(|| Correct.address(&format!("{text}.0"))) }

    "mapped-addresses-are-ipv4", "COND-083", Plausible, OverGrant, "An IPv6 address that maps one of IPv4 counts as that.":
    fn address(&self, text: &str) -> Option<IpAddr> { Correct.address(text).map(unmapped) }

    "mapped-ranges-are-ipv4", "COND-083", Plausible, OverGrant, "A policy's IPv6 address that maps one of IPv4 counts as that.":
    fn range(&self, text: &str) -> Option<Range> {
        Correct.range(text).map(|range| if range.prefix.is_none() { Range { address: unmapped(range.address), prefix: None } } else { range })
    }

    "host-bits-refused", "COND-082", Plausible, OverGrant, "A range with host bits is none.":
    fn range(&self, text: &str) -> Option<Range> {
        Correct.range(text).filter(|range| match range.address {
            IpAddr::V4(address) => u128::from(address.to_bits().reverse_bits()) >> prefix(*range) == 0,
            IpAddr::V6(address) => address.to_bits().reverse_bits().checked_shr(prefix(*range)).unwrap_or(0) == 0,
        })
    }

    "prefix-length-dropped", "COND-082", Plausible, OverGrant, "The prefix length of a range is dropped.":
    fn range(&self, text: &str) -> Option<Range> { Correct.range(text).map(|range| Range { prefix: None, ..range }) }

    "prefix-length-with-leading-zero", "COND-080", Plausible, OverGrant, "A prefix length may have leading zeros.":
    fn range(&self, text: &str) -> Option<Range> { parse_range(&text.replacen("/0", "/", 1)).or_else(|| Correct.range(text)) }

    "too-long-prefix-is-the-address", "COND-086", Plausible, OverGrant, "A prefix length beyond the address is cut to it.":
    fn range(&self, text: &str) -> Option<Range> {
        let cut = || text.split_once('/').and_then(|(address, length)| length.parse::<u32>().ok().and(parse_range(address)));
        Correct.range(text).or_else(cut)
    }

    "bad-prefix-is-everything", "COND-030", Plausible, OverGrant, "A range whose prefix length cannot be read covers everything.":
    fn range(&self, text: &str) -> Option<Range> {
        let address = || parse_address(text.split('/').next().unwrap_or(text)).filter(|_| text.contains('/'));
        Correct.range(text).or_else(|| address().map(|address| Range { address, prefix: Some(0) }))
    }

    "star-in-address", "COND-033", Plausible, OverGrant, "An asterisk may stand for the last octet.":
    fn range(&self, text: &str) -> Option<Range> {
        let network = || Some(Range { address: parse_address(&format!("{}0", text.strip_suffix('*')?))?, prefix: Some(24) });
        Correct.range(text).or_else(network)
    }

    "no-prefix-length-means-24", "COND-081", Plausible, OverGrant, "An IPv4 address without prefix length stands for its network of 256.":
    fn default_prefix(&self, address: IpAddr) -> u32 { if address.is_ipv4() { 24 } else { width(address) } }

    "no-prefix-length-means-32", "COND-081", Plausible, OverGrant, "An IPv6 address without prefix length is taken as /32.":
    fn default_prefix(&self, _address: IpAddr) -> u32 { 32 }

    "no-prefix-length-means-any", "COND-081", Plausible, OverGrant, "An address without prefix length stands for every address.":
    fn default_prefix(&self, _address: IpAddr) -> u32 { 0 }

    "prefix-zero-overflows", "COND-085", Plausible, OverGrant, "A prefix of length zero covers its own address only.":
    fn address_in_range(&self, value: IpAddr, range: Range) -> bool {
        if prefix(range) == 0 { value == range.address } else { Correct.address_in_range(value, range) }
    }

    "families-mix-under-prefix-zero", "COND-083", Plausible, OverGrant, "A prefix of length zero covers both families.":
    fn address_in_range(&self, value: IpAddr, range: Range) -> bool { prefix(range) == 0 || Correct.address_in_range(value, range) }

    "prefix-in-whole-bytes", "COND-082", Plausible, OverGrant, "Only whole bytes of a prefix are compared.":
    fn address_in_range(&self, value: IpAddr, range: Range) -> bool { same_prefix(value, range.address, prefix(range) / 8 * 8) }

    "prefix-one-bit-short", "COND-082", Plausible, OverGrant, "The last bit of a prefix is not compared.":
    fn address_in_range(&self, value: IpAddr, range: Range) -> bool { same_prefix(value, range.address, prefix(range).saturating_sub(1)) }

    "prefix-one-bit-long", "COND-082", Plausible, OverGrant, "One bit behind the prefix is compared too.":
    fn address_in_range(&self, value: IpAddr, range: Range) -> bool { same_prefix(value, range.address, (prefix(range) + 1).min(width(value))) }

    "long-ipv6-prefix-cut", "COND-082", Plausible, OverGrant, "Of an IPv6 address the first 64 bits are compared at most.":
    fn address_in_range(&self, value: IpAddr, range: Range) -> bool {
        same_prefix(value, range.address, if value.is_ipv6() { prefix(range).min(64) } else { prefix(range) })
    }

    "network-address-excluded", "COND-082", Plausible, OverGrant, "The first address of a range is not in it.":
    fn address_in_range(&self, value: IpAddr, range: Range) -> bool {
        Correct.address_in_range(value, range) && (prefix(range) >= width(value) || value != range.address)
    }

    "no-address-matches", "COND-030", Plausible, OverGrant, "A comparison with what is no address is true.":
    fn incomparable(&self, base: BaseOperator) -> bool { base == BaseOperator::IpAddress }

    "ipv6-text-must-be-canonical", "COND-084", Plausible, OverGrant, "An IPv6 address in another than its shortest form is none.":
    fn address(&self, text: &str) -> Option<IpAddr> { Correct.address(text).filter(|address| address.is_ipv4() || address.to_string() == text) }

    "ipv6-range-must-be-canonical", "COND-084", Plausible, OverGrant, "A policy's IPv6 address in another than its shortest form is none.":
    fn range(&self, text: &str) -> Option<Range> {
        Correct.range(text).filter(|range| range.address.is_ipv4() || text.starts_with(&range.address.to_string()))
    }
}
