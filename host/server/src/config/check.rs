//! The rules a configuration must meet before a host starts with it.

use std::path::{Component, Path, PathBuf};

use url::{Host, Url};

use super::{Config, ConfigError};

impl Config {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if let Some(url) = &self.public_url {
            check_public_url(url)?;
        }
        let over_tls = self.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
        if !self.listen.ip().is_loopback() && (!self.behind_proxy || !over_tls) {
            return Err(ConfigError::Exposed { listen: self.listen });
        }
        if plain(&self.keyring).starts_with(plain(&self.data_dir)) {
            return Err(ConfigError::KeyringInside { path: self.keyring.clone() });
        }
        if let Some(name) = &self.log.request_id_header {
            check_header(name)?;
        }
        self.sign_in.check()?;
        refuse_zero("limits", &serde_json::to_value(&self.limits).unwrap_or_default())?;
        self.check_memory()?;
        refuse_zero("timeouts", &serde_json::to_value(self.timeouts).unwrap_or_default())?;
        refuse_zero("proxy", &serde_json::to_value(self.proxy).unwrap_or_default())
    }
}

impl Config {
    /// What one instance may have fits into a connector's share of the whole.
    fn check_memory(&self) -> Result<(), ConfigError> {
        let (limits, half) = (&self.limits, self.limits.memory_total_bytes / 2);
        let largest = [
            ("limits.memory_bytes", limits.memory_bytes),
            ("limits.guest_runtime_memory_bytes", limits.guest_runtime_memory_bytes),
        ];
        match largest.into_iter().find(|(_, bytes)| *bytes > half) {
            Some((key, _)) => Err(ConfigError::SmallMemory { key }),
            None => Ok(()),
        }
    }
}

fn refuse_zero(table: &str, values: &serde_json::Value) -> Result<(), ConfigError> {
    let zero = values.as_object().and_then(|values| values.iter().find(|(_, value)| value.as_u64() == Some(0)));
    match zero {
        Some((key, _)) => Err(ConfigError::ZeroLimit { key: format!("{table}.{key}") }),
        None => Ok(()),
    }
}

/// Headers that say something else already, or that carry secrets.
const TAKEN: [&str; 6] = ["authorization", "cookie", "host", "content-length", "content-type", "transfer-encoding"];

fn check_header(name: &str) -> Result<(), ConfigError> {
    let lower = name.to_ascii_lowercase();
    let fits = http::HeaderName::from_bytes(lower.as_bytes()).is_ok() && !TAKEN.contains(&lower.as_str());
    if fits { Ok(()) } else { Err(ConfigError::RequestIdHeader { name: name.chars().take(80).collect() }) }
}

fn check_public_url(url: &Url) -> Result<(), ConfigError> {
    let too_much = if !url.username().is_empty() || url.password().is_some() {
        Some("the user name and password")
    } else if url.path() != "/" {
        Some("the path")
    } else if url.query().is_some() {
        Some("the query")
    } else if url.fragment().is_some() {
        Some("the fragment")
    } else {
        None
    };
    if let Some(what) = too_much {
        return Err(ConfigError::PublicUrlParts { what });
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        _ => Err(ConfigError::PlainPublicUrl { url: url.to_string() }),
    }
}

/// Whether a URL's host is this machine and no other.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// A path without `.` and without the `..` that can be resolved by its spelling.
fn plain(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(parts.components().next_back(), Some(Component::Normal(_))) => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts
}
