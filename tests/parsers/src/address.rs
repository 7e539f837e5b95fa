//! Which addresses are public, against the registries of special addresses written down a second time.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jackfield_model::{address::is_public, origin::Origin};

use crate::given;

/// The IANA registry of special-purpose IPv4 addresses, and multicast: network and length.
const SPECIAL_4: [(&str, u32); 21] = [
    ("0.0.0.0", 8),
    ("10.0.0.0", 8),
    ("100.64.0.0", 10),
    ("127.0.0.0", 8),
    ("169.254.0.0", 16),
    ("172.16.0.0", 12),
    ("192.0.0.0", 24),
    ("192.0.2.0", 24),
    ("192.31.196.0", 24),
    ("192.52.193.0", 24),
    ("192.88.99.0", 24),
    ("192.168.0.0", 16),
    ("192.175.48.0", 24),
    ("198.18.0.0", 15),
    ("198.51.100.0", 24),
    ("203.0.113.0", 24),
    ("224.0.0.0", 4),
    ("240.0.0.0", 4),
    ("255.255.255.255", 32),
    ("192.0.0.8", 32),
    ("192.0.0.170", 31),
];

/// The IANA registry of special-purpose IPv6 addresses within `2000::/3`, outside of which nothing is public.
const SPECIAL_6: [(&str, u32); 5] =
    [("2001::", 23), ("2001:db8::", 32), ("2002::", 16), ("2620:4f:8000::", 48), ("3fff::", 20)];

/// Text, or four or sixteen bytes of an address: judged as the registries have it.
pub fn address(bytes: &[u8]) {
    let raw = |bytes: &[u8]| -> Option<IpAddr> {
        let four = <[u8; 4]>::try_from(bytes).ok().map(|four| Ipv4Addr::from(four).into());
        four.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(|sixteen| Ipv6Addr::from(sixteen).into()))
    };
    let written = || given::text(bytes)?.parse::<IpAddr>().ok();
    let Some(address) = raw(bytes).or_else(written) else { return };
    assert_eq!(is_public(address), expected(address), "{address}");
    let url = match address {
        IpAddr::V4(address) => format!("https://{address}"),
        IpAddr::V6(address) => format!("https://[{address}]"),
    };
    let origin = url.parse::<Origin>();
    assert_eq!(origin.ok().and_then(|origin| origin.address()), Some(address), "{url}");
    if let IpAddr::V4(address) = address {
        // The same address in one number, as some resolvers take it.
        let origin = format!("https://{}", u32::from(address)).parse::<Origin>();
        assert_eq!(origin.ok().and_then(|origin| origin.address()), Some(address.into()));
        assert!(!is_public(address.to_ipv6_mapped().into()) && !is_public(address.to_ipv6_compatible().into()));
    }
}

fn expected(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let within = |network: &str, length: u32| {
                let network = network.parse::<Ipv4Addr>().map(u32::from).unwrap_or_default();
                (u32::from(address) ^ network).leading_zeros() >= length
            };
            !SPECIAL_4.iter().any(|(network, length)| within(network, *length))
        }
        IpAddr::V6(address) => {
            let within = |network: &str, length: u32| {
                let network = network.parse::<Ipv6Addr>().map(u128::from).unwrap_or_default();
                (u128::from(address) ^ network).leading_zeros() >= length
            };
            within("2000::", 3) && !SPECIAL_6.iter().any(|(network, length)| within(network, *length))
        }
    }
}
