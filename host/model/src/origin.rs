//! Origins: scheme, host and port, parsed once, compared exactly (RFC 6454).

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Scheme, host and port of a URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

/// How an origin is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Over TLS: the only one there is without an operator's setting.
    Https,
    /// Plain, on loopback, under an explicit operator setting.
    Http,
}

/// Text or a URL that names no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// It does not parse as a URL at all.
    #[error("`{0}` is no URL: write it like https://api.example.com")]
    Unreadable(String),
    /// Its scheme is neither https nor http.
    #[error("`{0}` is not an https URL")]
    Scheme(String),
    /// It carries `user:password@`.
    #[error("a URL must not carry a user name or password")]
    UserInfo,
    /// It names no host.
    #[error("`{0}` names no host")]
    NoHost(String),
}

impl Origin {
    /// The origin of a URL. User information is refused; path, query and fragment are ignored.
    pub fn of(url: &Url) -> Result<Self, OriginError> {
        let scheme = match url.scheme() {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            other => return Err(OriginError::Scheme(other.to_owned())),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::UserInfo);
        }
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| OriginError::NoHost(url.scheme().to_owned()))?;
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        // Resolvers do not agree on empty labels.
        if host.split('.').any(str::is_empty) {
            return Err(OriginError::NoHost(host));
        }
        let port = url.port_or_known_default().ok_or_else(|| OriginError::NoHost(host.clone()))?;
        Ok(Self { scheme, host, port })
    }

    /// How it is spoken to.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Lower-case host: a name, an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, given or the scheme's own.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host as an address, where it is a literal.
    pub fn address(&self) -> Option<IpAddr> {
        match Host::parse(&self.host).ok()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    /// The registrable domain (public suffix plus one label) of a named host.
    pub fn registrable_domain(&self) -> Option<&str> {
        if self.address().is_some() { None } else { psl::domain_str(&self.host) }
    }
}

/// Whether a text is one label of a host name, so that it cannot leave the domain that follows it.
pub fn is_label(text: &str) -> bool {
    let inner = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    inner && (1..=63).contains(&text.len()) && !text.starts_with('-') && !text.ends_with('-')
}

/// Whether a host, in lower case, is the one a pattern names, or under its `*.domain`.
pub fn is_within(host: &str, pattern: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(domain) => {
            host.strip_suffix(&domain.to_ascii_lowercase()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        }
        None => host.eq_ignore_ascii_case(pattern),
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, default) = match self.scheme {
            Scheme::Https => ("https", 443),
            Scheme::Http => ("http", 80),
        };
        write!(out, "{scheme}://{}", self.host)?;
        if self.port == default { Ok(()) } else { write!(out, ":{}", self.port) }
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let url = Url::parse(text).map_err(|_| OriginError::Unreadable(text.chars().take(200).collect()))?;
        Self::of(&url)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> String {
        origin.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn equal_origins_are_equal_however_they_are_spelt() {
        let plain: Origin = "https://api.example.com".parse().unwrap();
        for text in ["https://API.example.com:443/x?y#z", "https://api.example.com./", "https:\\\\api.example.com"] {
            assert_eq!(text.parse::<Origin>().unwrap(), plain, "{text}");
        }
        assert_ne!("https://api.example.com:8443".parse::<Origin>().unwrap(), plain);
        assert_eq!(plain.to_string(), "https://api.example.com");
    }

    #[test]
    fn numeric_spellings_of_an_address_are_that_address() {
        for text in ["https://2130706433", "https://0x7f.1", "https://0177.0.0.1", "https://127.1"] {
            assert_eq!(text.parse::<Origin>().unwrap().address(), Some("127.0.0.1".parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn user_information_and_other_schemes_are_refused() {
        assert_eq!("https://a@b.example".parse::<Origin>(), Err(OriginError::UserInfo));
        assert!("file:///etc/passwd".parse::<Origin>().is_err());
        assert!("api.example.com".parse::<Origin>().is_err());
    }

    #[test]
    fn the_registrable_domain_knows_public_suffixes() {
        assert_eq!("https://a.b.example.co.uk".parse::<Origin>().unwrap().registrable_domain(), Some("example.co.uk"));
        assert_eq!("https://127.0.0.1".parse::<Origin>().unwrap().registrable_domain(), None);
    }
}
