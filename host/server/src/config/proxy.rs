//! How much a proxied call may carry, and how many there may be at once. How long one may take is among the timeouts.

use serde::{Deserialize, Serialize};

/// The bounds of proxied calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxyBounds {
    /// The longest body passed on to a provider, in bytes.
    pub request_bytes: u64,
    /// The longest body passed back, in bytes.
    pub response_bytes: u64,
    /// A caller's header names and values together, in bytes.
    pub request_header_bytes: u64,
    /// A provider's header names and values together, in bytes.
    pub response_header_bytes: u64,
    /// Calls under way at once through one connection.
    pub calls_per_connection: u64,
    /// Calls under way at once through all connections of a tenant.
    pub calls_per_tenant: u64,
    /// The longest request body that is held, so that it can be sent again after a refresh, in bytes.
    pub replay_bytes: u64,
}

impl Default for ProxyBounds {
    fn default() -> Self {
        const GIB: u64 = 1024 * 1024 * 1024;
        Self {
            request_bytes: 5 * GIB,
            response_bytes: 5 * GIB,
            request_header_bytes: 32 * 1024,
            response_header_bytes: 64 * 1024,
            calls_per_connection: 100,
            calls_per_tenant: 500,
            replay_bytes: 64 * 1024,
        }
    }
}
