//! The registries of special addresses, written down a second time: what the host's own rule is held against.

use std::net::IpAddr;

/// The IANA IPv4 and IPv6 special-purpose registries (RFC 6890): blocks that are not globally reachable, and those that
/// the registry calls reachable only for a protocol of their own.
pub const REGISTERED: [(&str, u32); 44] = [
    ("0.0.0.0", 8),
    ("10.0.0.0", 8),
    ("100.64.0.0", 10),
    ("127.0.0.0", 8),
    ("169.254.0.0", 16),
    ("172.16.0.0", 12),
    ("192.0.0.0", 24),
    ("192.0.2.0", 24),
    ("192.168.0.0", 16),
    ("198.18.0.0", 15),
    ("198.51.100.0", 24),
    ("203.0.113.0", 24),
    ("240.0.0.0", 4),
    ("255.255.255.255", 32),
    ("::1", 128),
    ("::", 128),
    ("::ffff:0:0", 96),
    ("64:ff9b:1::", 48),
    ("100::", 64),
    ("100:0:0:1::", 64),
    ("2001::", 23),
    ("2001::", 32),
    ("2001:2::", 48),
    ("2001:10::", 28),
    ("2001:db8::", 32),
    ("2002::", 16),
    ("3fff::", 20),
    ("5f00::", 16),
    ("fc00::", 7),
    ("fe80::", 10),
    // Everything outside of global unicast (RFC 4291 section 2.4), halved until only 2000::/3 is left.
    ("::", 3),
    ("4000::", 2),
    ("8000::", 1),
    // Multicast, and what once was site-local.
    ("224.0.0.0", 4),
    ("fec0::", 10),
    ("ff00::", 8),
    // Reachable, and nobody's service: sinks for reverse names (RFC 7535), relays for multicast (RFC 7450) and for 6to4.
    ("192.31.196.0", 24),
    ("192.52.193.0", 24),
    ("192.88.99.0", 24),
    ("192.175.48.0", 24),
    ("2620:4f:8000::", 48),
    ("64:ff9b::", 96),
    // A cloud platform's own address inside its machines; and what a name may never lead to by way of translation.
    ("168.63.129.16", 32),
    ("::", 96),
];

/// An address as a family and 128 bits with the address in front.
pub fn bits(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(four) => (true, u128::from(u32::from(four)) << 96),
        IpAddr::V6(six) => (false, u128::from(six)),
    }
}

/// Blocks of addresses: their family, their first bits, and how many of them count.
pub struct Blocks(Vec<(bool, u128, u128)>);

impl Blocks {
    /// The blocks that are written as a first address and the count of bits that matter.
    ///
    /// # Panics
    /// Where a first address is none.
    #[allow(clippy::expect_used, reason = "a table of this folder")]
    pub fn of(written: &[(&str, u32)]) -> Self {
        let read = |(first, length): &(&str, u32)| {
            let (four, first) = bits(first.parse().expect("an address"));
            (four, first, u128::MAX.checked_shl(128 - length).unwrap_or(0))
        };
        Self(written.iter().map(read).collect())
    }

    /// Whether an address is in one of them.
    pub fn hold(&self, address: IpAddr) -> bool {
        let (four, wanted) = bits(address);
        self.0.iter().any(|(of_four, first, kept)| *of_four == four && (wanted ^ first) & kept == 0)
    }
}
