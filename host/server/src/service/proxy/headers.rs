//! Which headers of one side reach the other: nothing that belongs to one hop, and nothing that the host owns.

use http::{HeaderMap, header};
use jackfield_runtime::egress;

/// Headers that belong to one hop (RFC 9110 section 7.6.1), and those that could set cookies here.
const NOT_PASSED_ON: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers about how a body is packed and which part of it is wanted.
const CODING: [&str; 4] = ["accept-encoding", "content-encoding", "if-range", "range"];

/// Whether a caller wants to speak another protocol (RFC 9110 section 7.8).
pub(super) fn asks_for_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(header::UPGRADE) || connection_options(headers).any(|option| option == "upgrade")
}

/// The bytes of all names and values, with what separates them on the wire.
pub(super) fn size(headers: &HeaderMap) -> u64 {
    let bytes = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>();
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// A caller's headers, and apart from them those about coding and ranges: a caller reads the answer unmasked, so
/// they may choose what a connector may not. What else the host owns stays behind, method overrides among it.
pub(super) fn callers(headers: &HeaderMap) -> (HeaderMap, HeaderMap) {
    let (mut kept, mut coding) = (HeaderMap::new(), HeaderMap::new());
    for (name, value) in &passed_on(headers) {
        if CODING.contains(&name.as_str()) {
            coding.append(name.clone(), value.clone());
        } else if !egress::is_owned(name.as_str()) {
            kept.append(name.clone(), value.clone());
        }
    }
    (kept, coding)
}

/// Headers without those that end at this hop.
pub(super) fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let options: Vec<String> = connection_options(headers).collect();
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let hop = NOT_PASSED_ON.contains(&name.as_str()) || options.iter().any(|option| option == name.as_str());
        if !hop {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

fn connection_options(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',').map(|option| option.trim().to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn hop_by_hop_headers_and_cookies_stay_behind() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, x-secret-hop"),
            ("x-secret-hop", "1"),
            ("set-cookie", "a=b"),
            ("x-kept", "1"),
            ("te", "trailers"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        let kept = passed_on(&headers);
        assert_eq!(kept.keys().map(http::HeaderName::as_str).collect::<Vec<_>>(), ["x-kept"]);
    }

    #[test]
    fn ordinary_headers_of_clients_pass_and_smuggling_ones_do_not() {
        let mut headers = HeaderMap::new();
        for name in [
            "accept-encoding",
            "range",
            "accept",
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "x-forwarded-for",
            "authorization",
            "cookie",
        ] {
            headers.append(name, "1".parse().unwrap());
        }
        let (kept, coding) = callers(&headers);
        assert_eq!(kept.keys().map(http::HeaderName::as_str).collect::<Vec<_>>(), ["accept"]);
        assert_eq!(coding.len(), 2);
    }

    #[test]
    fn an_upgrade_is_seen_in_every_spelling() {
        for (name, value, expected) in [
            ("upgrade", "websocket", true),
            ("connection", "keep-alive, Upgrade", true),
            ("connection", "keep-alive", false),
            ("upgrade-insecure-requests", "1", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(name, value.parse().unwrap());
            assert_eq!(asks_for_upgrade(&headers), expected, "{name}: {value}");
        }
    }
}
