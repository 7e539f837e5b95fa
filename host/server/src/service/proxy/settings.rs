//! What an operator sets about proxied calls, and the bounds that end one.

use std::time::Duration;

/// The bounds of proxied calls.
#[derive(Debug, Clone)]
pub struct ProxySettings {
    /// The longest body passed on to a provider, in bytes.
    pub request_bytes: u64,
    /// The longest body passed back, in bytes.
    pub response_bytes: u64,
    /// The most bytes of a caller's header names and values.
    pub request_header_bytes: u64,
    /// The most bytes of a provider's header names and values.
    pub response_header_bytes: u64,
    /// How long a provider may think once it has the whole request.
    pub first_byte: Duration,
    /// How long nothing may move in either direction.
    pub idle: Duration,
    /// How long a call may take altogether.
    pub total: Duration,
    /// Calls under way at once through one connection.
    pub calls_per_connection: u64,
    /// Calls under way at once through one tenant's connections.
    pub calls_per_tenant: u64,
    /// The longest body that is held, so that it can be sent again after a refresh, in bytes.
    pub replay_bytes: u64,
}

/// A bound of a proxied call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// The caller's headers.
    RequestHeaders,
    /// The caller's body.
    RequestBytes,
    /// The provider's headers.
    ResponseHeaders,
    /// The provider's body.
    ResponseBytes,
    /// The provider took too long to answer.
    FirstByte,
    /// The caller sent nothing more of its body.
    CallerIdle,
    /// The provider took nothing more of the body.
    ProviderIdle,
    /// The answer stood still: nothing came, or nobody read it.
    Idle,
    /// The whole call took too long.
    Total,
    /// Calls of one connection.
    ConnectionCalls,
    /// Calls of one tenant.
    TenantCalls,
}

impl Bound {
    /// The operator's setting that moves it.
    pub fn setting(self) -> &'static str {
        match self {
            Self::RequestHeaders => "proxy.request_header_bytes",
            Self::RequestBytes => "proxy.request_bytes",
            Self::ResponseHeaders => "proxy.response_header_bytes",
            Self::ResponseBytes => "proxy.response_bytes",
            Self::FirstByte => "timeouts.proxy_first_byte_ms",
            Self::CallerIdle | Self::ProviderIdle | Self::Idle => "timeouts.proxy_idle_ms",
            Self::Total => "timeouts.proxy_total_ms",
            Self::ConnectionCalls => "proxy.calls_per_connection",
            Self::TenantCalls => "proxy.calls_per_tenant",
        }
    }

    /// What happened, as a sentence begins.
    fn told(self) -> &'static str {
        match self {
            Self::RequestHeaders => "the request's headers are too large",
            Self::RequestBytes => "the request's body is too large",
            Self::ResponseHeaders => "the provider answered with headers that are too large",
            Self::ResponseBytes => "the provider answered with a body that is too large",
            Self::FirstByte => "the provider did not begin to answer in time",
            Self::CallerIdle => "the rest of the request's body did not arrive in time",
            Self::ProviderIdle => "the provider stopped taking the request's body",
            Self::Idle => "the answer stood still for too long",
            Self::Total => "the call took too long",
            Self::ConnectionCalls => "too many calls of this connection are under way",
            Self::TenantCalls => "too many calls of this tenant are under way",
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}; the operator's setting is `{}`", self.told(), self.setting())
    }
}
