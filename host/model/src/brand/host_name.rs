//! Host names of brands: a name, never an address, without port, in lower case (RFC 1123 section 2.1).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use url::Host;

/// A host name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostName(String);

/// Text that is no host name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no host name: write it like connect.example.com, without scheme, port or path")]
pub struct HostNameError(String);

impl HostName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that a `Host` header asks for, without port or last dots, in lower case. It may be nobody's.
    pub fn asked(header: &str) -> String {
        let name = header.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        name.map_or(header, |(name, _)| name).trim_end_matches('.').to_ascii_lowercase()
    }
}

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, HostNameError> {
        let bad = || HostNameError(text.chars().take(100).collect());
        let Ok(Host::Domain(name)) = Host::parse(text) else { return Err(bad()) };
        let labels = name.split('.');
        let sound = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if name.len() <= 253 && name.contains('.') && labels.clone().all(sound) { Ok(Self(name)) } else { Err(bad()) }
    }
}

impl TryFrom<String> for HostName {
    type Error = HostNameError;

    fn try_from(text: String) -> Result<Self, HostNameError> {
        text.parse()
    }
}

impl From<HostName> for String {
    fn from(name: HostName) -> Self {
        name.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_and_have_a_dot() {
        assert_eq!(
            "Connect.Acme.Example".parse::<HostName>().map(|name| name.to_string()),
            Ok("connect.acme.example".into())
        );
        assert_eq!("acme.localhost".parse::<HostName>().map(|name| name.to_string()), Ok("acme.localhost".into()));
        for bad in
            ["localhost", "10.0.0.1", "[::1]", "a.example:80", "https://a.example", "a..example", "-a.example", ""]
        {
            assert!(bad.parse::<HostName>().is_err(), "{bad}");
        }
    }
}
