//! What a tenant types for its brand: a host name, the address of a sender, colours.

use jackfield_model::brand::{Colour, DARK_GROUNDS, HostName, LEAST_CONTRAST, LIGHT_GROUNDS, is_mailbox};
use url::Url;

use crate::given;

/// A host name is a name in lower case that another reader of URLs sees as the same.
pub fn host_name(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let Ok(name) = text.parse::<HostName>() else { return };
    let plain = name.as_str();
    assert_eq!(plain.parse::<HostName>().as_ref(), Ok(&name), "{text}");
    assert!(plain.len() <= 253 && plain.contains('.') && plain.is_ascii(), "{plain}");
    assert!(!plain.bytes().any(|byte| byte.is_ascii_uppercase()), "{plain}");
    let url = Url::parse(&format!("https://{plain}"));
    assert!(url.as_ref().is_ok_and(|url| url.domain() == Some(plain)), "{plain}: {url:?}");
    assert!(plain.split('.').all(|label| (1..=63).contains(&label.len())), "{plain}");
}

/// What a `Host` header says, with port or without, is one name in lower case.
pub fn host_header(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let asked = HostName::asked(text);
    assert!(asked.contains(':') || HostName::asked(&asked) == asked, "{text}");
    assert!(asked.len() <= text.len());
    assert!(!asked.bytes().any(|byte| byte.is_ascii_uppercase()), "{asked}");
    if let Ok(name) = text.parse::<HostName>() {
        assert_eq!(asked.trim_end_matches('.'), asked);
        let ascii = text.is_ascii() && !text.contains('%');
        assert!(!ascii || asked == name.as_str(), "{text}");
        assert!(!ascii || HostName::asked(&format!("{text}:8443")) == asked, "{text}");
    }
}

/// An address of a sender is two plain parts, and nothing that a mail's header could end at.
pub fn mailbox(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    if is_mailbox(text) {
        assert!(text.len() <= 254 && text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
        assert_eq!(text.matches('@').count(), 1, "{text}");
        assert!(!text.contains(['<', '>', ',', ';', ':', '"', '\\', '(', ')', '[', ']']), "{text}");
    }
}

/// A colour is written in one way, and can be made readable on every ground there is.
pub fn colour(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let Ok(colour) = text.parse::<Colour>() else { return };
    assert_eq!(colour.to_string(), text.to_ascii_lowercase());
    for grounds in [LIGHT_GROUNDS, DARK_GROUNDS] {
        assert!(colour.readable_on(&grounds).contrast_on(&grounds) >= LEAST_CONTRAST, "{colour}");
    }
}
