//! Origins of URLs, as everything that is compared with an allow list is read.

use jackfield_model::{
    address::is_public,
    origin::{Origin, is_label, is_within},
};
use url::{Host, Url};

use crate::given;

/// An origin reads the same when it is written down; a literal address is known as one, however it is spelled.
pub fn origin(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let Ok(origin) = text.parse::<Origin>() else { return };
    let written = origin.to_string();
    assert_eq!(written.parse::<Origin>().as_ref(), Ok(&origin), "{written}");
    assert!(!origin.host().is_empty() && !origin.host().ends_with('.'), "{written}");
    assert!(!origin.host().bytes().any(|byte| byte.is_ascii_uppercase()), "{written}");
    assert!(!origin.host().contains(['/', '?', '#', '@', '\\', '%', ' ']), "{written}");
    let Ok(url) = Url::parse(text) else { return };
    match url.host() {
        Some(Host::Ipv4(address)) => assert_eq!(origin.address(), Some(address.into()), "{text}"),
        Some(Host::Ipv6(address)) => assert_eq!(origin.address(), Some(address.into()), "{text}"),
        Some(Host::Domain(_)) => {
            let resolves = origin.host().parse::<std::net::Ipv4Addr>();
            assert!(resolves.is_err(), "an address that is taken for a name: {text}");
            assert_eq!(origin.address(), None);
        }
        None => assert!(origin.address().is_none()),
    }
    if let (Some(address), Some(domain)) = (origin.address(), origin.registrable_domain()) {
        assert!(is_public(address) && domain.is_empty(), "an address has no domain: {text}");
    }
}

/// Two lines, a host and a pattern: inside is what ends with the pattern's domain at a dot, label by label.
pub fn host_pattern(bytes: &[u8]) {
    let Some((host, pattern)) = given::text(bytes).and_then(|text| text.split_once('\n')) else { return };
    let Ok(origin) = format!("https://{host}").parse::<Origin>() else { return };
    let labels = |text: &str| text.to_ascii_lowercase().split('.').rev().map(str::to_owned).collect::<Vec<_>>();
    let (have, wanted) = (labels(origin.host()), labels(pattern.strip_prefix("*.").unwrap_or(pattern)));
    let expected =
        if pattern.starts_with("*.") { have.len() > wanted.len() && have.starts_with(&wanted) } else { have == wanted };
    assert_eq!(is_within(origin.host(), pattern), expected, "{} within {pattern}", origin.host());
    if is_label(host) {
        let below = format!("https://{host}.example.com").parse::<Origin>();
        assert!(below.is_ok_and(|below| is_within(below.host(), "*.example.com")), "{host}");
    }
}
