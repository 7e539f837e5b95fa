//! Cookies, as the pages read them: a `Cookie` header a line.

use cookie::Cookie;
use http::HeaderValue;
use jackfield_model::cookie::{only, pairs};

/// The name that is looked for.
const OURS: &str = "__Host-session";

/// Plain headers read as another reader reads them; a neighbour's bytes neither hide a cookie nor become one of ours.
pub fn cookies(bytes: &[u8]) {
    let headers: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    for header in &headers {
        let read: Vec<(&str, &str)> = pairs(header).collect();
        let plain = HeaderValue::from_bytes(header).ok();
        if let Some(text) = plain.as_ref().and_then(|value| value.to_str().ok()) {
            let theirs: Vec<Cookie<'_>> = Cookie::split_parse(text).flatten().collect();
            let theirs: Vec<(&str, &str)> = theirs.iter().map(|cookie| (cookie.name(), cookie.value())).collect();
            assert_eq!(read, theirs, "{text:?}");
        }
        for foreign in [
            &b"; caf\xc3\xa9=1; "[..],
            b";\xff\xfe=2;",
            b"; \xe2\x80\x83__Host-session=evil",
            b";\x0b__Host-session=evil",
        ] {
            let beside = [header, foreign].concat();
            assert_eq!(pairs(&beside).collect::<Vec<_>>(), read, "a neighbour's cookie changes ours");
            let before = [foreign, b";", header].concat();
            assert_eq!(pairs(&before).collect::<Vec<_>>(), read, "a neighbour's cookie changes ours");
        }
    }
    let all = || headers.iter().copied();
    let found: Vec<&str> = all().flat_map(pairs).filter(|(name, _)| *name == OURS).map(|(_, value)| value).collect();
    let one = if let [value] = found.as_slice() { Some(*value) } else { None };
    assert_eq!(only(all(), OURS), one);
    let further = only(all().chain([&b"__Host-session=further"[..]]), OURS);
    assert_eq!(further, found.is_empty().then_some("further"), "of two nobody knows which is ours");
}
