//! Which addresses are public, against the registries of special addresses written down a second time.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

use jackfield_model::{address::is_public, origin::Origin};

use crate::given;
use crate::registries::{Blocks, REGISTERED};

/// Text, or four or sixteen bytes of an address: judged as the registries have it.
pub fn address(bytes: &[u8]) {
    let raw = |bytes: &[u8]| -> Option<IpAddr> {
        let four = <[u8; 4]>::try_from(bytes).ok().map(|four| Ipv4Addr::from(four).into());
        four.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(|sixteen| Ipv6Addr::from(sixteen).into()))
    };
    let written = || given::text(bytes)?.parse::<IpAddr>().ok();
    let Some(address) = raw(bytes).or_else(written) else { return };
    assert_eq!(is_public(address), !registered().hold(address), "{address}");
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

fn registered() -> &'static Blocks {
    static BLOCKS: OnceLock<Blocks> = OnceLock::new();
    BLOCKS.get_or_init(|| Blocks::of(&REGISTERED))
}
