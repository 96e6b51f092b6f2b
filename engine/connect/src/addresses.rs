//! Which addresses are on the public internet. Everything else is somebody's own network, or this machine.
//!
//! Table of 2026-11-23, from the IANA special-purpose address registries (IPv4: iana-ipv4-special-registry, IPv6:
//! iana-ipv6-special-registry) and the multicast registries. Of IPv6 only what is allocated for the public (2000::/3) is
//! taken at all, so that a range that is given a meaning later is refused until somebody looks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range, whether an operator may allow it to a named host, and what it is.
struct Range {
    prefix: &'static str,
    /// Whether it can be a shop's own network.
    own: bool,
    what: &'static str,
}

const fn range(prefix: &'static str, own: bool, what: &'static str) -> Range {
    Range { prefix, own, what }
}

/// What is not public. The first that fits tells why.
const NOT_PUBLIC: &[Range] = &[
    range("0.0.0.0/8", false, "an address of this network (RFC 791)"),
    range("10.0.0.0/8", true, "a private address (RFC 1918)"),
    range("100.100.100.200/32", false, "where a cloud keeps its metadata"),
    range("100.64.0.0/10", true, "a provider's internal address (RFC 6598)"),
    range("127.0.0.0/8", true, "this machine (loopback, RFC 1122)"),
    range("169.254.0.0/16", false, "a link-local address (RFC 3927), where clouds keep their metadata"),
    range("172.16.0.0/12", true, "a private address (RFC 1918)"),
    range("192.0.0.0/24", false, "reserved for protocols (RFC 6890)"),
    range("192.0.2.0/24", false, "an address for examples (RFC 5737)"),
    range("192.31.196.0/24", false, "AS112 (RFC 7535)"),
    range("192.52.193.0/24", false, "AMT (RFC 7450)"),
    range("192.88.99.0/24", false, "a 6to4 relay (RFC 7526)"),
    range("192.168.0.0/16", true, "a private address (RFC 1918)"),
    range("192.175.48.0/24", false, "AS112 (RFC 7534)"),
    range("198.18.0.0/15", false, "an address for benchmarks (RFC 2544)"),
    range("198.51.100.0/24", false, "an address for examples (RFC 5737)"),
    range("203.0.113.0/24", false, "an address for examples (RFC 5737)"),
    range("224.0.0.0/4", false, "a multicast address (RFC 5771)"),
    range("240.0.0.0/4", false, "a reserved or broadcast address (RFC 1112)"),
    range("::/128", false, "no address"),
    range("::1/128", true, "this machine (loopback, RFC 4291)"),
    range("64:ff9b::/96", false, "a translated IPv4 address (NAT64, RFC 6052)"),
    range("64:ff9b:1::/48", false, "a translated IPv4 address (NAT64, RFC 8215)"),
    range("100::/64", false, "a discard address (RFC 6666)"),
    range("2001::/23", false, "reserved for protocols, Teredo among them (RFC 2928)"),
    range("2001:db8::/32", false, "an address for examples (RFC 3849)"),
    range("2002::/16", false, "a translated IPv4 address (6to4, RFC 3056)"),
    range("2620:4f:8000::/48", false, "AS112 (RFC 7534)"),
    range("3fff::/20", false, "an address for examples (RFC 9637)"),
    range("5f00::/16", false, "a segment routing identifier (RFC 9602)"),
    range("fd00:ec2::254/128", false, "where a cloud keeps its metadata"),
    range("fc00::/7", true, "a private address (unique local, RFC 4193)"),
    range("fe80::/10", false, "a link-local address (RFC 4291)"),
    range("fec0::/10", false, "a site-local address (RFC 3879)"),
    range("ff00::/8", false, "a multicast address (RFC 4291)"),
];

/// Why an address is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPublic {
    /// What it is instead.
    pub what: &'static str,
    /// Whether an operator may allow it to a host by name: a shop's own network. Never link-local, metadata, multicast.
    pub allowable: bool,
}

/// Whether an address is on the public internet.
///
/// # Errors
/// What it is instead.
pub fn judge(address: IpAddr) -> Result<(), NotPublic> {
    let address = plain(address);
    let inside = |range: &&Range| range.prefix.parse::<ipnet::IpNet>().is_ok_and(|net| net.contains(&address));
    if let Some(Range { own, what, .. }) = NOT_PUBLIC.iter().find(inside) {
        return Err(NotPublic { what, allowable: *own });
    }
    match address {
        IpAddr::V6(six) if six.segments()[0] & 0xe000 != 0x2000 => {
            Err(NotPublic { what: "outside of what is allocated for the public (2000::/3)", allowable: false })
        }
        _ => Ok(()),
    }
}

/// An IPv4 address in IPv6's clothes is judged as what it is.
pub(crate) fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().or_else(|| compatible(six)).map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// `::10.0.0.5`, which is deprecated (RFC 4291, 2.5.5.1) and still understood by some.
fn compatible(six: Ipv6Addr) -> Option<Ipv4Addr> {
    let old = six.segments()[..6].iter().all(|part| *part == 0);
    (old && u128::from(six) > 0xffff).then(|| six.to_ipv4()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_one() {
        for range in NOT_PUBLIC {
            let net: ipnet::IpNet = range.prefix.parse().unwrap_or_else(|_| panic!("{}", range.prefix));
            assert_eq!(net, net.trunc(), "{}", range.prefix);
            assert!(judge(net.network()).is_err() && judge(net.broadcast()).is_err(), "{}", range.prefix);
        }
    }

    #[test]
    fn what_is_public_and_what_is_not() {
        let public =
            ["1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.0", "100.128.0.1", "2606:4700::1111", "2a00::1"];
        for address in public {
            assert_eq!(judge(address.parse().unwrap()), Ok(()), "{address}");
        }
        let other = [
            ("10.0.0.5", true),
            ("127.8.8.8", true),
            ("169.254.169.254", false),
            ("100.100.100.200", false),
            ("192.168.1.1", true),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("224.0.0.1", false),
            ("::", false),
            ("::1", true),
            ("::ffff:10.0.0.5", true),
            ("::ffff:169.254.169.254", false),
            ("::10.0.0.5", true),
            ("64:ff9b::a00:5", false),
            ("2002:a00:5::1", false),
            ("2001:0:a00:5::1", false),
            ("fd00::1", true),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("ff02::1", false),
            ("4000::1", false),
        ];
        for (address, allowable) in other {
            assert_eq!(judge(address.parse().unwrap()).map_err(|no| no.allowable), Err(allowable), "{address}");
        }
    }
}
