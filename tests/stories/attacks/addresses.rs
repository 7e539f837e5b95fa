//! Which addresses are public, by the host and by two others: the registries read anew, and Python's `ipaddress`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jackfield_model::address::is_public;
use jackfield_parsers::registries::{Blocks, REGISTERED, bits};
use jackfield_tests::suite::{Slice, Suite};

/// What Python calls global and this host refuses all the same.
const STRICTER: [(&str, u32); 14] = [
    ("224.0.0.0", 4),
    ("192.0.0.0", 24),
    ("192.31.196.0", 24),
    ("192.52.193.0", 24),
    ("192.88.99.0", 24),
    ("192.175.48.0", 24),
    ("168.63.129.16", 32),
    ("::", 3),
    ("4000::", 2),
    ("8000::", 1),
    ("2001::", 23),
    ("2002::", 16),
    ("2620:4f:8000::", 48),
    ("3fff::", 20),
];

/// Numbers that look like chance and are the same every time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn wide(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }

    /// Any address; every other time one close to the edge of a registered block.
    fn address(&mut self) -> IpAddr {
        let near = REGISTERED[usize::try_from(self.next() % 44).unwrap()];
        let ((four, first), length) = (bits(near.0.parse().unwrap()), near.1);
        let anywhere = match self.next() % 4 {
            0 => self.wide(),
            // Inside the block, or just beside it.
            1 => first | (self.wide() >> length.min(127)),
            2 => first.wrapping_add(u128::MAX.checked_shr(length).unwrap_or(0)).wrapping_add(1 << 96),
            _ => first.wrapping_sub(1 + (self.wide() >> 125)),
        };
        if four {
            IpAddr::V4(Ipv4Addr::from(u32::try_from(anywhere >> 96).unwrap()))
        } else {
            IpAddr::V6(Ipv6Addr::from(anywhere))
        }
    }
}

#[test]
fn the_host_calls_public_what_the_registries_and_python_do_and_nothing_more() {
    let mut suite = Suite::named("address-policy");
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let count = Slice::asked().of(200_000_u64, 20_000_000);
    let (registered, stricter) = (Blocks::of(&REGISTERED), Blocks::of(&STRICTER));
    let wrong = (0..count).map(|_| numbers.address()).find(|one| is_public(*one) == registered.hold(*one));
    let held = wrong.map_or(Ok(()), |address| Err(format!("{address} is judged otherwise than by the registries")));
    suite.case("addresses by chance", held);
    for line in include_str!("addresses.txt").lines() {
        let (address, verdict) = line.split_once(' ').unwrap();
        let address: IpAddr = address.parse().unwrap();
        let expected = verdict == "global" && !stricter.hold(address);
        suite.check(line, is_public(address) == expected);
    }
    suite.figure("addresses", count);
    suite.finish();
}
