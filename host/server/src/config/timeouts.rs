//! How long the host waits for providers, and for who asks it. What a connector's own call may take is among the limits.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Every wait, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// A connection to a provider, TLS included: who waits longer has sent nothing.
    pub connect_ms: u64,
    /// A token endpoint's answer: slow is not lost.
    pub token_ms: u64,
    /// An issuer's metadata or keys (MD-3).
    pub metadata_ms: u64,
    /// A webhook's answer.
    pub webhook_ms: u64,
    /// The body of a request to this host, standing still.
    pub request_idle_ms: u64,
    /// The first byte of a proxied answer.
    pub proxy_first_byte_ms: u64,
    /// Nothing moving in either direction of a proxied call.
    pub proxy_idle_ms: u64,
    /// A whole proxied call.
    pub proxy_total_ms: u64,
    /// How long a host that is told to stop waits for what is under way.
    pub shutdown_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect_ms: 10_000,
            token_ms: 180_000,
            metadata_ms: 5_000,
            webhook_ms: 15_000,
            request_idle_ms: 20_000,
            proxy_first_byte_ms: 60_000,
            proxy_idle_ms: 120_000,
            proxy_total_ms: 3_600_000,
            shutdown_ms: 30_000,
        }
    }
}

impl Timeouts {
    pub(crate) fn connect(&self) -> Duration {
        Duration::from_millis(self.connect_ms)
    }

    pub(crate) fn token(&self) -> Duration {
        Duration::from_millis(self.token_ms)
    }

    pub(crate) fn metadata(&self) -> Duration {
        Duration::from_millis(self.metadata_ms)
    }

    pub(crate) fn webhook(&self) -> Duration {
        Duration::from_millis(self.webhook_ms)
    }

    pub(crate) fn request_idle(&self) -> Duration {
        Duration::from_millis(self.request_idle_ms)
    }

    pub(crate) fn proxy_first_byte(&self) -> Duration {
        Duration::from_millis(self.proxy_first_byte_ms)
    }

    pub(crate) fn proxy_idle(&self) -> Duration {
        Duration::from_millis(self.proxy_idle_ms)
    }

    pub(crate) fn proxy_total(&self) -> Duration {
        Duration::from_millis(self.proxy_total_ms)
    }

    pub(crate) fn shutdown(&self) -> Duration {
        Duration::from_millis(self.shutdown_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn md_3_metadata_is_waited_for_five_seconds_where_nothing_else_is_said() {
        assert_eq!(Timeouts::default().metadata(), Duration::from_secs(5));
    }
}
