//! The operator's word on egress, and the address rules that hold without one.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
};

use jackfield_model::{
    address::is_public,
    origin::{Origin, OriginError, Scheme},
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::denial::{Denial, shown};

/// What the operator allows beyond the public internet over TLS. Nothing, by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EgressSettings {
    /// Hosts (names or literal addresses) that may lie in private networks, by connector name.
    pub allow_private: BTreeMap<String, BTreeSet<String>>,
    /// Host names answered by this very address; the name on the TLS certificate stays the same.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// Requests to loopback, with or without TLS: for development and tests.
    pub allow_loopback: bool,
}

impl EgressSettings {
    /// The address the operator mapped an origin's host to. It needs no further judgement.
    pub fn address_for(&self, origin: &Origin) -> Option<SocketAddr> {
        self.hosts.get(origin.host()).copied()
    }

    /// Judges an address that an origin's host resolved to. The address judged is the one to connect to.
    pub fn judge_address(&self, connector: &str, origin: &Origin, address: IpAddr) -> Result<(), Denial> {
        let loopback = self.allow_loopback && address.is_loopback() && names_loopback(origin);
        if is_public(address) || loopback || self.may_be_private(connector, origin) {
            return Ok(());
        }
        let host = shown(origin.host());
        let setting = if names_loopback(origin) {
            "egress.allow_loopback".to_owned()
        } else {
            format!("egress.allow_private.{connector}")
        };
        let message = format!(
            "`{host}` leads to {address}, which is no public address: the operator may allow it with `{setting}`"
        );
        Err(Denial::new("private-address", message))
    }

    /// Judges a URL as far as its text goes, and names its origin: https, no user information or fragment, port, literal address.
    pub fn judge_endpoint(&self, connector: &str, url: &Url) -> Result<Origin, Denial> {
        let origin = Origin::of(url).map_err(|error| refused_url(url, &error))?;
        if url.fragment().is_some() {
            return Err(Denial::new("url", "a URL to send to has no fragment: remove the part behind `#`"));
        }
        if origin.scheme() == Scheme::Http && !(self.allow_loopback && names_loopback(&origin)) {
            let message = format!(
                "`{origin}` is not https: requests leave over TLS only; the operator may allow plain http to loopback with `egress.allow_loopback`"
            );
            return Err(Denial::new("not-https", message));
        }
        if origin.port() != 443 && origin.port() < 1024 && origin.scheme() == Scheme::Https {
            let message = format!(
                "`{origin}` uses port {}, which belongs to another service: use 443 or a port from 1024 on",
                origin.port()
            );
            return Err(Denial::new("port", message));
        }
        if let Some(address) = literal(&origin) {
            self.judge_address(connector, &origin, address)?;
        }
        Ok(origin)
    }

    fn may_be_private(&self, connector: &str, origin: &Origin) -> bool {
        self.allow_private.get(connector).is_some_and(|hosts| hosts.contains(origin.host()))
    }
}

/// The address an origin spells out; `localhost` always means loopback (RFC 6761 section 6.3).
fn literal(origin: &Origin) -> Option<IpAddr> {
    let local = origin.host() == "localhost" || origin.host().ends_with(".localhost");
    if local { Some(std::net::Ipv4Addr::LOCALHOST.into()) } else { origin.address() }
}

/// Whether the text of an origin itself says loopback: a name that resolves there does not count (DNS rebinding).
fn names_loopback(origin: &Origin) -> bool {
    literal(origin).is_some_and(|address| address.is_loopback())
}

fn refused_url(url: &Url, error: &OriginError) -> Denial {
    let rule = match error {
        OriginError::UserInfo => "user-info",
        OriginError::Scheme(_) => "not-https",
        OriginError::Unreadable(_) | OriginError::NoHost(_) => "url",
    };
    let host = url.host_str().map(shown).unwrap_or_default();
    Denial::new(rule, format!("a request to `{}://{host}` cannot be sent: {error}", shown(url.scheme())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn judge(settings: &EgressSettings, url: &str) -> Result<Origin, &'static str> {
        settings.judge_endpoint("github", &Url::parse(url).unwrap()).map_err(|denial| denial.rule)
    }

    #[test]
    fn only_public_https_passes_without_a_setting() {
        let none = EgressSettings::default();
        assert!(judge(&none, "https://api.github.com/user").is_ok());
        assert!(judge(&none, "https://api.github.com:8443/user").is_ok());
        for url in ["http://api.github.com/", "http://127.0.0.1/", "ftp://api.github.com/"] {
            assert_eq!(judge(&none, url), Err("not-https"), "{url}");
        }
        assert_eq!(judge(&none, "https://user:pass@api.github.com/"), Err("user-info"));
        assert_eq!(judge(&none, "https://api.github.com/#x"), Err("url"));
        assert_eq!(judge(&none, "https://api.github.com:22/"), Err("port"));
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        let none = EgressSettings::default();
        let spellings = [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "017700000001",
            "0",
            "10.1.2.3",
            "192.168.0.1",
            "172.16.5.4",
            "169.254.169.254",
            "169.254.43518",
            "0xa9fea9fe",
            "100.64.0.1",
            "[::1]",
            "[::]",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::a9fe:a9fe]",
            "[2002:a9fe:a9fe::1]",
            "[fd00::1]",
            "[fe80::1]",
            "[ff02::1]",
            "localhost",
            "LOCALHOST",
            "a.localhost",
            "127.0.0.1.",
            "localhost.",
            "198.18.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "%31%32%37.0.0.1",
            "①②⑦.0.0.1",
        ];
        for host in spellings {
            assert_eq!(judge(&none, &format!("https://{host}/")), Err("private-address"), "{host}");
        }
    }

    #[test]
    fn the_operator_widens_for_loopback_and_for_one_connector() {
        let loopback = EgressSettings { allow_loopback: true, ..EgressSettings::default() };
        assert!(judge(&loopback, "http://127.0.0.1:4000/").is_ok());
        assert!(judge(&loopback, "http://localhost:4000/").is_ok());
        assert_eq!(judge(&loopback, "http://api.github.com/"), Err("not-https"));
        assert_eq!(judge(&loopback, "https://10.0.0.1/"), Err("private-address"));
        // A name that merely resolves to loopback is somebody else's name.
        let named: Origin = "https://rebind.example.com".parse().unwrap();
        assert!(loopback.judge_address("github", &named, "127.0.0.1".parse().unwrap()).is_err());

        let hosts = BTreeSet::from(["gitlab.corp.example".to_owned()]);
        let private = EgressSettings {
            allow_private: BTreeMap::from([("gitlab".to_owned(), hosts)]),
            ..EgressSettings::default()
        };
        let origin: Origin = "https://gitlab.corp.example".parse().unwrap();
        assert!(private.judge_address("gitlab", &origin, "10.0.0.1".parse().unwrap()).is_ok());
        assert!(private.judge_address("github", &origin, "10.0.0.1".parse().unwrap()).is_err());
    }

    #[test]
    fn a_refusal_names_the_setting_that_would_change_it() {
        let denial =
            EgressSettings::default().judge_endpoint("github", &Url::parse("https://10.0.0.1/").unwrap()).unwrap_err();
        assert_eq!(
            denial.message,
            "`10.0.0.1` leads to 10.0.0.1, which is no public address: the operator may allow it with `egress.allow_private.github`"
        );
    }
}
