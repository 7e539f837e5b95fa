//! The browser's cookies, by the rules of RFC 6265 and its successor's prefixes; without a clock, so a cookie ends only when it is told to.

use anyhow::{Context, Result};
use cookie::{Cookie, SameSite};
use http::Method;
use url::Url;

/// Cookies, as one person's browser keeps them. Cloning it is copying the browser's profile.
#[derive(Clone, Debug, Default)]
pub struct Jar {
    kept: Vec<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    host: String,
    host_only: bool,
    cookie: Cookie<'static>,
    path: String,
}

impl Jar {
    /// The value of the cookie of that name, of whatever host.
    pub fn value(&self, name: &str) -> Option<&str> {
        let kept = self.kept.iter().find(|kept| kept.cookie.name() == name)?;
        Some(kept.cookie.value())
    }

    /// The names of all cookies, oldest first.
    pub fn names(&self) -> Vec<&str> {
        self.kept.iter().map(|kept| kept.cookie.name()).collect()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.kept.clear();
    }

    /// Takes a `Set-Cookie` header of an answer from `url`; one that breaks a rule is dropped, as browsers do.
    pub(super) fn store(&mut self, url: &Url, header: &str) -> Result<()> {
        let cookie = Cookie::parse(header.to_owned()).context("a cookie that cannot be read")?;
        let Some(host) = url.host_str().filter(|host| acceptable(&cookie, url, host)) else {
            return Ok(());
        };
        let kept = Kept {
            host: cookie.domain().unwrap_or(host).to_owned(),
            host_only: cookie.domain().is_none(),
            path: cookie.path().map_or_else(|| default_path(url), str::to_owned),
            cookie,
        };
        let ended = ended(&kept.cookie);
        match self.kept.iter_mut().find(|old| old.same_as(&kept)) {
            Some(old) => *old = kept,
            None => self.kept.push(kept),
        }
        if ended {
            self.kept.retain(|kept| !self::ended(&kept.cookie));
        }
        Ok(())
    }

    /// The `Cookie` header of a request; `foreign` where another site had a part in making it.
    pub(super) fn header(&self, url: &Url, foreign: bool, method: &Method) -> Option<String> {
        let mut sent: Vec<&Kept> =
            self.kept.iter().filter(|kept| kept.goes_to(url) && kept.travels(foreign, method)).collect();
        // RFC 6265 5.4: longer paths first, and the sort keeps the order of age.
        sent.sort_by_key(|kept| std::cmp::Reverse(kept.path.len()));
        let pairs: Vec<String> =
            sent.iter().map(|kept| format!("{}={}", kept.cookie.name(), kept.cookie.value())).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Kept {
    fn same_as(&self, other: &Self) -> bool {
        self.cookie.name() == other.cookie.name() && self.host == other.host && self.path == other.path
    }

    fn goes_to(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let here = if self.host_only { host == self.host } else { within(host, &self.host) };
        here && path_matches(url.path(), &self.path) && (url.scheme() == "https" || self.cookie.secure() != Some(true))
    }

    /// Lax, which is also what no attribute means, travels from another site with a safe method only.
    fn travels(&self, foreign: bool, method: &Method) -> bool {
        match self.cookie.same_site() {
            Some(SameSite::None) => true,
            Some(SameSite::Strict) => !foreign,
            Some(SameSite::Lax) | None => !foreign || method.is_safe(),
        }
    }
}

/// The rules a cookie must keep to be taken: its domain, the prefixes, and what needs `Secure`.
fn acceptable(cookie: &Cookie<'_>, url: &Url, host: &str) -> bool {
    let secure = cookie.secure() == Some(true);
    let over_tls = url.scheme() == "https";
    let domain_fits = cookie.domain().is_none_or(|domain| within(host, domain) && psl::domain_str(domain).is_some());
    let host_prefix =
        !cookie.name().starts_with("__Host-") || (secure && cookie.domain().is_none() && cookie.path() == Some("/"));
    let secure_prefix = !cookie.name().starts_with("__Secure-") || secure;
    let none_is_secure = cookie.same_site() != Some(SameSite::None) || secure;
    domain_fits && host_prefix && secure_prefix && none_is_secure && (over_tls || !secure)
}

fn within(host: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches('.');
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Servers remove a cookie by an age of nothing or a date at the start of the epoch.
fn ended(cookie: &Cookie<'_>) -> bool {
    let by_age = cookie.max_age().is_some_and(|age| !age.is_positive());
    let by_date =
        cookie.max_age().is_none() && cookie.expires_datetime().is_some_and(|date| date.unix_timestamp() <= 0);
    by_age || by_date
}

fn default_path(url: &Url) -> String {
    match url.path().rsplit_once('/') {
        Some(("", _)) | None => "/".to_owned(),
        Some((folder, _)) => folder.to_owned(),
    }
}

fn path_matches(path: &str, cookie_path: &str) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || cookie_path.ends_with('/'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    fn jar(at: &str, headers: &[&str]) -> Jar {
        let mut jar = Jar::default();
        for header in headers {
            jar.store(&Url::parse(at).unwrap(), header).unwrap();
        }
        jar
    }

    fn sent(jar: &Jar, to: &str, foreign: bool) -> Option<String> {
        jar.header(&Url::parse(to).unwrap(), foreign, &Method::GET)
    }

    #[test]
    fn a_host_prefix_needs_secure_the_root_path_and_no_domain() {
        let at = "https://jack.example.com/a";
        assert_eq!(jar(at, &["__Host-a=1; Secure; Path=/"]).names(), ["__Host-a"]);
        for broken in
            ["__Host-a=1; Path=/", "__Host-a=1; Secure; Path=/a", "__Host-a=1; Secure; Path=/; Domain=jack.example.com"]
        {
            assert_eq!(jar(at, &[broken]).names(), [""; 0], "{broken}");
        }
        assert_eq!(jar("http://127.0.0.1:1/", &["__Host-a=1; Secure; Path=/"]).names(), [""; 0]);
    }

    #[test]
    fn strict_stays_home_and_lax_travels_with_links_only() {
        let jar = jar("https://jack.example.com/", &["s=1; SameSite=Strict", "l=2; SameSite=Lax", "d=3"]);
        let at = "https://jack.example.com/callback";
        assert_eq!(sent(&jar, at, false).unwrap(), "s=1; l=2; d=3");
        assert_eq!(sent(&jar, at, true).unwrap(), "l=2; d=3");
        assert_eq!(jar.header(&Url::parse(at).unwrap(), true, &Method::POST), None);
    }

    #[test]
    fn a_domain_is_only_ones_own_and_never_a_public_suffix() {
        let at = "https://a.example.co.uk/";
        assert_eq!(sent(&jar(at, &["x=1; Domain=example.co.uk"]), "https://b.example.co.uk/", false).unwrap(), "x=1");
        assert_eq!(jar(at, &["x=1; Domain=co.uk"]).names(), [""; 0]);
        assert_eq!(jar(at, &["x=1; Domain=other.co.uk"]).names(), [""; 0]);
        assert_eq!(sent(&jar(at, &["x=1"]), "https://b.a.example.co.uk/", false), None);
    }

    #[test]
    fn a_path_covers_what_is_below_it() {
        let jar = jar("https://a.example.com/oauth/start", &["x=1"]);
        assert_eq!(sent(&jar, "https://a.example.com/oauth/callback", false).unwrap(), "x=1");
        assert_eq!(sent(&jar, "https://a.example.com/oauthed", false), None);
    }

    #[test]
    fn a_cookie_ends_when_it_is_told_to() {
        for end in ["x=; Max-Age=0", "x=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert_eq!(jar("https://a.example.com/", &["x=1", end]).names(), [""; 0], "{end}");
        }
    }
}
