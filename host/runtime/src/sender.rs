//! Sending HTTP: the one thing the sandbox needs from outside, and what it hands over to be sent.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use jackfield_model::{id::TenantId, origin::Origin};

use crate::egress::Denial;

/// Sends judged requests. Implemented where the HTTP client lives.
///
/// An implementation takes the mapped address (`EgressSettings::address_for`) or resolves the host once, judges every
/// address (`EgressSettings::judge_address`) and connects to that very address under the host's own name. It follows no
/// redirect, uses no proxy, decodes no content encoding and stops reading at `max_response_bytes`.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Sends one request and reads the whole answer.
    async fn send(&self, outbound: Outbound) -> Result<http::Response<Vec<u8>>, SendError>;
}

/// A judged request, credential included. Never printed whole.
pub struct Outbound {
    /// The request, with an absolute URI.
    pub request: http::Request<Vec<u8>>,
    /// Where it goes.
    pub origin: Origin,
    /// On whose behalf: decides which private addresses are allowed.
    pub connector: String,
    /// For which tenant: what all have to share is shared among tenants. None where it is for the host itself.
    pub tenant: Option<TenantId>,
    /// Bytes of the response read at most, headers not counted.
    pub max_response_bytes: u64,
    /// Time for the whole exchange.
    pub timeout: Duration,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Outbound({} {}{})", self.request.method(), self.origin, self.request.uri().path())
    }
}

/// A request without an answer. Holds no secret, no body and no query string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// A rule forbids it, found out on the way: an address. Nothing was sent.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// No connection came about; nothing was sent.
    #[error("could not be reached: {reason}")]
    Unreachable {
        /// Why, without addresses of ours.
        reason: String,
    },
    /// It broke off after the first byte was sent: the other side may have acted.
    #[error("broke off: {reason}")]
    Broken {
        /// Why.
        reason: String,
    },
    /// No whole answer in time: the other side may have acted.
    #[error("did not answer in time")]
    Timeout,
    /// More than is read.
    #[error("answered with more than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
}
