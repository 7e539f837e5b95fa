//! Dialling: resolve once, judge every address, connect to a judged one; in time, or it is known that nothing was sent.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use jackfield_model::{id::TenantId, origin::Origin};
use jackfield_runtime::{Denial, EgressSettings};
use tower::Service;

use super::{BodyError, Resolver, line::Line, lookups::Lookups, places::Places};

/// The connector of the outbound client: TLS over our own dialling, both within one patience. Whoever waits longer has not
/// sent a byte, and may say so.
#[derive(Clone)]
pub struct Connector {
    over_tls: HttpsConnector<Dialer>,
    patience: Duration,
}

tokio::task_local! {
    static JUDGED: Judged;
}

/// For whom a request goes out, and the origin that was judged for it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The connector's name.
    pub connector: String,
    /// The tenant; none where it is for the host itself.
    pub tenant: Option<TenantId>,
    /// The judged origin.
    pub origin: Origin,
}

impl Judged {
    /// Runs a request; a connection it opens is dialled under this judgement.
    pub(super) async fn scope<F: Future>(&self, work: F) -> F::Output {
        JUDGED.scope(self.clone(), work).await
    }
}

/// A connection that was not made.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// A rule forbids the address.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The request was not judged: a fault of this host.
    #[error("a request was about to leave without having been judged")]
    Unjudged,
    /// The name has no address.
    #[error("the name has no address")]
    NoAddress,
    /// The network refused.
    #[error("no connection: {0}")]
    Io(#[from] io::Error),
    /// It took too long, TLS included.
    #[error("no connection in time")]
    Timeout,
}

/// Opens TCP connections to judged addresses.
#[derive(Clone)]
pub struct Dialer {
    egress: Arc<EgressSettings>,
    resolver: Arc<dyn Resolver>,
    lookups: Lookups,
    /// For connections that are kept; none where none are.
    kept: Option<Arc<Places>>,
}

/// A connector over a dialler.
pub(super) fn connector(dialer: Dialer, tls: Arc<rustls::ClientConfig>, patience: Duration) -> Connector {
    Connector { over_tls: HttpsConnector::from((dialer, tls)), patience }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<Line>;
    type Error = BodyError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BodyError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BodyError>> {
        self.over_tls.poll_ready(context)
    }

    /// Called while the request's own future is polled, and calls the dialler at once: the judgement is at hand.
    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = tokio::time::timeout(self.patience, self.over_tls.call(uri));
        Box::pin(async move { connecting.await.unwrap_or_else(|_| Err(DialError::Timeout.into())) })
    }
}

impl Service<Uri> for Dialer {
    type Response = Line;
    type Error = DialError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, DialError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DialError>> {
        Poll::Ready(Ok(()))
    }

    /// Called while the request's own future is polled, so the judgement is at hand.
    fn call(&mut self, uri: Uri) -> Self::Future {
        let judged = JUDGED
            .try_with(Clone::clone)
            .ok()
            .filter(|judged| uri.host().is_some_and(|host| same_host(host, &judged.origin)));
        let dialer = self.clone();
        Box::pin(async move {
            let judged = judged.ok_or(DialError::Unjudged)?;
            dialer.dial(&judged).await
        })
    }
}

fn same_host(host: &str, origin: &Origin) -> bool {
    host.strip_suffix('.').unwrap_or(host).eq_ignore_ascii_case(origin.host())
}

impl Dialer {
    /// A dialler whose connections are not kept.
    pub(super) fn new(egress: Arc<EgressSettings>, resolver: Arc<dyn Resolver>) -> Self {
        let lookups = Lookups::new(Arc::clone(&resolver));
        Self { egress, resolver, lookups, kept: None }
    }

    /// The same, of whose connections so many are kept.
    pub(super) fn keeping(&self, most: usize) -> Self {
        Self { kept: Some(Places::of(most)), ..self.clone() }
    }

    async fn dial(&self, judged: &Judged) -> Result<Line, DialError> {
        let addresses = self.judged_addresses(judged).await?;
        let stream = self.resolver.connect(&addresses).await?;
        stream.set_nodelay(true)?;
        Ok(Line::new(stream, self.kept.as_ref().and_then(|kept| kept.take(judged.tenant))))
    }

    /// Every address of the name, all of them judged: one bad answer refuses the name.
    async fn judged_addresses(&self, judged: &Judged) -> Result<Vec<SocketAddr>, DialError> {
        let origin = &judged.origin;
        if let Some(mapped) = self.egress.address_for(origin) {
            return Ok(vec![mapped]);
        }
        let found = match origin.address() {
            Some(literal) => vec![literal],
            None => self.lookups.addresses(judged).await?,
        };
        for address in &found {
            self.egress.judge_address(&judged.connector, origin, *address)?;
        }
        let found: Vec<_> = found.into_iter().map(|address| SocketAddr::new(address, origin.port())).collect();
        if found.is_empty() { Err(DialError::NoAddress) } else { Ok(found) }
    }
}
