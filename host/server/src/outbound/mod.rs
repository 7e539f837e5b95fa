//! Outbound HTTP: the one place that connects to providers.
//!
//! The rules are `jackfield_runtime::egress`'s; this module resolves a name, lets every address be
//! judged, connects to the judged address itself, and never follows a redirect.

mod connect;
mod line;
mod lookups;
mod places;
mod resolve;
mod roots;
#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioTimer},
};
use jackfield_model::{id::TenantId, origin::Origin};
use jackfield_runtime::{EgressSettings, Outbound as Asked, SendError, Sender};

use connect::DialError;
pub use connect::{Connector, Dialer, Judged};
pub use line::Line;
pub use resolve::{Resolver, SystemResolver};
pub use roots::{RootsError, roots, tls_config};

/// Any error of a streamed body.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;
/// A body that streams.
pub type StreamBody = UnsyncBoxBody<Bytes, BodyError>;

type Client = legacy::Client<Connector, StreamBody>;

/// Which connections are kept for the next request to their host.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    /// Those that were used within this time; they are closed before twice that has passed.
    pub idle: Duration,
    /// So many to one host, those in use not counted.
    pub a_host: usize,
    /// So many in all, those in use counted. A connection beyond is closed after its request, so nobody waits for one.
    pub at_all: usize,
}

impl Keeping {
    /// As a host does that has room for so many.
    pub fn of(at_all: usize) -> Self {
        Self { idle: Duration::from_secs(30), a_host: 32, at_all }
    }
}

/// The outbound client. Cheap to share.
pub struct Outbound {
    /// Keeps connections: verify and proxy.
    pooled: Client,
    /// Never reuses one: token endpoints, so that nothing is ever sent twice unasked.
    fresh: Client,
    egress: Arc<EgressSettings>,
}

impl Outbound {
    /// A client under the operator's egress settings and trust roots.
    #[allow(clippy::disallowed_methods, reason = "the one place where a client is made")]
    ///
    /// A connection that is not up, TLS included, within `patience` is none: nothing was sent on it.
    pub fn new(
        egress: Arc<EgressSettings>,
        resolver: Arc<dyn Resolver>,
        tls: rustls::ClientConfig,
        patience: Duration,
        keeping: Keeping,
    ) -> Self {
        let (dialer, tls) = (Dialer::new(Arc::clone(&egress), resolver), Arc::new(tls));
        let connector = |dialer| connect::connector(dialer, Arc::clone(&tls), patience);
        let builder = || legacy::Client::builder(TokioExecutor::new());
        let pooled = builder()
            // Without a timer nothing ever closes what lies idle.
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(keeping.idle)
            .pool_max_idle_per_host(keeping.a_host)
            .retry_canceled_requests(false)
            .build(connector(dialer.keeping(keeping.at_all)));
        let fresh = builder().pool_max_idle_per_host(0).retry_canceled_requests(false).build(connector(dialer));
        Self { pooled, fresh, egress }
    }

    /// The operator's egress settings.
    pub fn egress(&self) -> &Arc<EgressSettings> {
        &self.egress
    }

    /// A connector with private hosts of its own shares no connection: another could ride on it.
    fn client_for(&self, connector: &str) -> &Client {
        if self.egress.allow_private.contains_key(connector) { &self.fresh } else { &self.pooled }
    }

    /// Sends a request of a flow (token, metadata, revocation) on a connection of its own.
    pub async fn send_once(&self, asked: Asked) -> Result<http::Response<Vec<u8>>, SendError> {
        exchange(&self.fresh, asked).await
    }

    /// Sends a request on a connection of its own and answers as soon as the head of the answer is there. The caller has
    /// judged the origin, and waits as long as it likes.
    pub async fn stream_once(
        &self,
        request: http::Request<StreamBody>,
        judged: &Judged,
    ) -> Result<http::Response<StreamBody>, SendError> {
        let answer = judged.scope(self.fresh.request(request)).await;
        Ok(answer.map_err(|error| told(&error))?.map(|body| body.map_err(Into::into).boxed_unsync()))
    }

    /// Sends a request and streams the answer. The caller has judged origin and headers, and waits as long as it likes.
    pub async fn stream(
        &self,
        request: http::Request<StreamBody>,
        judged: &Judged,
    ) -> Result<http::Response<StreamBody>, SendError> {
        let answer = judged.scope(self.client_for(&judged.connector).request(request)).await;
        Ok(answer.map_err(|error| told(&error))?.map(|body| body.map_err(Into::into).boxed_unsync()))
    }
}

#[async_trait]
impl Sender for Outbound {
    async fn send(&self, outbound: Asked) -> Result<http::Response<Vec<u8>>, SendError> {
        exchange(self.client_for(&outbound.connector), outbound).await
    }
}

async fn exchange(client: &Client, asked: Asked) -> Result<http::Response<Vec<u8>>, SendError> {
    let judged = Judged { connector: asked.connector, tenant: asked.tenant, origin: asked.origin };
    let request = asked.request.map(|body| Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync());
    let started = Instant::now();
    let work = judged.scope(async {
        let response = client.request(request).await.map_err(|error| told(&error))?;
        let (parts, body) = response.into_parts();
        let body = collect(body, asked.max_response_bytes).await?;
        Ok(http::Response::from_parts(parts, body))
    });
    let answer = tokio::time::timeout(asked.timeout, work).await.unwrap_or(Err(SendError::Timeout));
    let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(origin = %judged.origin, ok = answer.is_ok(), took_ms = took, "outbound request");
    answer
}

async fn collect(mut body: hyper::body::Incoming, limit: u64) -> Result<Vec<u8>, SendError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| SendError::Broken { reason: "the answer broke off".into() })?;
        let Ok(data) = frame.into_data() else { continue };
        let total = u64::try_from(bytes.len() + data.len()).unwrap_or(u64::MAX);
        if total > limit {
            return Err(SendError::TooLarge { limit });
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// What a client error means: refused by a rule, never reached, or broken after the first byte.
fn told(error: &legacy::Error) -> SendError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(DialError::Denied(denial)) = inner.downcast_ref() {
            return SendError::Denied(denial.clone());
        }
        cause = inner.source();
    }
    if error.is_connect() {
        SendError::Unreachable { reason: "no connection could be made".into() }
    } else {
        SendError::Broken { reason: "the connection broke off".into() }
    }
}

/// An origin judged for a connector of a tenant, as the request travels with it.
pub fn judged(connector: &str, tenant: TenantId, origin: Origin) -> Judged {
    Judged { connector: connector.to_owned(), tenant: Some(tenant), origin }
}
