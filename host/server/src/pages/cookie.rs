//! The cookie that ties an authorization request to one browser (ST-2): written, and read back.

use std::collections::BTreeMap;

use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header};
use jackfield_model::secret::Secret;

use crate::service::BrowserCookie;

/// Browsers take a cookie of this prefix only from the host itself, over TLS, for the whole host.
const HOST_PREFIX: &str = "__Host-";
/// Our cookies, after the prefix.
const OURS: &str = "jf-";

/// The `Set-Cookie` header. Without the prefix the host runs on plain loopback, where `Secure` would lose the cookie.
pub(super) fn set(cookie: &BrowserCookie) -> Option<HeaderValue> {
    let written = Cookie::build((cookie.name.as_str(), cookie.value.expose()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(cookie.name.starts_with(HOST_PREFIX))
        .max_age(Duration::seconds(cookie.max_age_seconds))
        .build();
    let mut value = HeaderValue::from_str(&written.to_string()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Our cookies among those the browser sent.
pub(super) fn ours(headers: &HeaderMap) -> BTreeMap<String, Secret> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let parsed = sent.flat_map(Cookie::split_parse).flatten();
    let ours =
        parsed.filter(|cookie| cookie.name().strip_prefix(HOST_PREFIX).unwrap_or(cookie.name()).starts_with(OURS));
    ours.map(|cookie| (cookie.name().to_owned(), Secret::new(cookie.value().to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    fn written(name: &str) -> String {
        let cookie =
            BrowserCookie { name: name.to_owned(), value: Secret::new("abc".to_owned()), max_age_seconds: 600 };
        set(&cookie).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn st_2_the_cookie_is_the_hosts_alone() {
        let cookie = written("__Host-jf-auth_1");
        assert!(cookie.starts_with("__Host-jf-auth_1=abc;"), "{cookie}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=600"] {
            assert!(cookie.contains(attribute), "{attribute} in {cookie}");
        }
        assert!(!cookie.contains("Domain"));
    }

    #[test]
    fn on_plain_loopback_it_is_not_secure() {
        let cookie = written("jf-auth_1");
        assert!(!cookie.contains("Secure"), "{cookie}");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    }

    #[test]
    fn only_our_cookies_are_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("session=1; __Host-jf-a=2; jf-b=3"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-other=4; jf-c=5"));
        let names: Vec<String> = ours(&headers).into_keys().collect();
        assert_eq!(names, ["__Host-jf-a", "jf-b", "jf-c"]);
    }
}
