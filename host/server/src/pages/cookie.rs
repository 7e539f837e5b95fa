//! Cookies: those that tie an authorization request to one browser (ST-2), and those of somebody who is signed in.

use std::collections::BTreeMap;

use ::cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header};
use jackfield_model::{cookie, secret::Secret};

use crate::service::BrowserCookie;

/// Browsers take a cookie of this prefix only from the host itself, over TLS, for the whole host.
const HOST_PREFIX: &str = "__Host-";
/// Our cookies, after the prefix.
const OURS: &str = "jf-";

/// What a browser keeps for the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// The token of a session.
    Session,
    /// What shows that a sign-in was begun here.
    Begun,
    /// The language somebody chose.
    Language,
}

impl Kept {
    fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Begun => "begun",
            Self::Language => "language",
        }
    }

    /// How long, in seconds; none until the browser closes.
    fn seconds(self) -> Option<i64> {
        match self {
            Self::Session => None,
            Self::Begun => Some(15 * 60),
            Self::Language => Some(365 * 24 * 60 * 60),
        }
    }

    /// The `Set-Cookie` header that keeps a value; none takes it away.
    pub(super) fn set(self, value: Option<&str>, secure: bool) -> Option<HeaderValue> {
        let prefix = if secure { HOST_PREFIX } else { "" };
        let seconds = if value.is_some() { self.seconds() } else { Some(0) };
        let mut written = Cookie::build((format!("{prefix}{}", self.name()), value.unwrap_or_default()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(secure);
        if let Some(seconds) = seconds {
            written = written.max_age(Duration::seconds(seconds));
        }
        let mut value = HeaderValue::from_str(&written.build().to_string()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// What the browser kept. Over TLS only a cookie of the prefix counts: any other could be a neighbour's.
    pub(super) fn read(self, headers: &HeaderMap, secure: bool) -> Option<Secret> {
        let prefix = if secure { HOST_PREFIX } else { "" };
        let name = format!("{prefix}{}", self.name());
        cookie::only(sent(headers), &name).map(|value| Secret::new(value.to_owned()))
    }
}

/// The language somebody chose on these pages.
pub(super) fn language(headers: &HeaderMap) -> Option<String> {
    let kept = Kept::Language.read(headers, true).or_else(|| Kept::Language.read(headers, false))?;
    Some(kept.expose().chars().take(40).collect())
}

fn sent(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes)
}

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
    let ours = sent(headers)
        .flat_map(cookie::pairs)
        .filter(|(name, _)| name.strip_prefix(HOST_PREFIX).unwrap_or(name).starts_with(OURS));
    ours.map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned()))).collect()
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
    fn a_session_is_kept_under_the_prefix_and_read_from_there_alone() {
        let cookie = Kept::Session.set(Some("t"), true).unwrap();
        assert_eq!(cookie.to_str().unwrap(), "__Host-session=t; HttpOnly; SameSite=Lax; Secure; Path=/");
        let sent = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(text));
            headers
        };
        assert!(Kept::Session.read(&sent("session=evil"), true).is_none());
        assert!(Kept::Session.read(&sent("__Host-session=a; __Host-session=b"), true).is_none());
        assert_eq!(Kept::Session.read(&sent("__Host-session=a; session=b"), true).unwrap().expose(), "a");
        assert!(Kept::Session.set(None, true).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn only_our_cookies_are_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("session=1; __Host-jf-a=2; jf-b=3"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-other=4; jf-c=5"));
        // A neighbour of the same domain may set what no header of ours would hold.
        headers.append(header::COOKIE, HeaderValue::from_bytes("place=Zürich; jf-d=6".as_bytes()).unwrap());
        let names: Vec<String> = ours(&headers).into_keys().collect();
        assert_eq!(names, ["__Host-jf-a", "jf-b", "jf-c", "jf-d"]);
    }
}
