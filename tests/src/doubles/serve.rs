//! The connections of a double: TLS, the log, the fault set for the request, then the double's own answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::header::HOST;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::fault::{Fault, Faults};
use super::log::{Log, Recorded};

/// The routers of a double by name, and what every request passes.
pub(super) struct Sites {
    routers: BTreeMap<String, Router>,
    log: Log,
    faults: Faults,
    bodies: Bodies,
}

/// What becomes of the bodies of requests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bodies {
    /// Read whole, for the log.
    Logged,
    /// Handed on as they arrive; the log has none.
    Passed,
}

/// Accepts until the task ends; its connections end with it.
pub(super) async fn accept(listener: TcpListener, acceptor: TlsAcceptor, sites: Arc<Sites>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(connection(stream, acceptor.clone(), Arc::clone(&sites)));
        while connections.try_join_next().is_some() {}
    }
}

/// A failed handshake or a fault ends the connection, which is all that a provider would show of it.
async fn connection(stream: TcpStream, acceptor: TlsAcceptor, sites: Arc<Sites>) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let service = service_fn(|request| {
        let sites = Arc::clone(&sites);
        async move { sites.answer(request).await }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

impl Sites {
    pub(super) fn new(sites: Vec<(&str, Router)>, log: Log, faults: Faults, bodies: Bodies) -> Self {
        let sites = sites.into_iter();
        Self { routers: sites.map(|(name, router)| (name.to_owned(), router)).collect(), log, faults, bodies }
    }

    /// An error closes the connection without an answer.
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>> {
        let (parts, body) = request.into_parts();
        let (seen, body) = match self.bodies {
            Bodies::Passed => (Bytes::new(), Body::new(body)),
            Bodies::Logged => {
                let whole = body.collect().await?.to_bytes();
                (whole.clone(), Body::from(whole))
            }
        };
        let host = parts.headers.get(HOST).context("a request without a host")?.to_str()?;
        let host = host.split(':').next().unwrap_or(host).to_owned();
        self.log.write(Recorded::of(&host, &parts, &seen));
        let fault = self.faults.take(&parts.method, parts.uri.path());
        let request = Request::from_parts(parts, body);
        match fault {
            None => self.own(&host, request).await,
            Some(fault) => self.faulty(&host, request, &fault).await,
        }
    }

    async fn faulty(&self, host: &str, request: Request<Body>, fault: &Fault) -> Result<Response<Body>> {
        match fault {
            Fault::Dropped => bail!("dropped on purpose"),
            Fault::Held(gate) => gate.pass().await,
            _ => {}
        }
        if let Some(response) = fault.instead() {
            return Ok(response);
        }
        let request = fault.asking(request).await?;
        let response = self.own(host, request).await?;
        match fault {
            Fault::Lost => bail!("lost on purpose"),
            Fault::HeldAnswer(gate) => gate.pass().await,
            _ => {}
        }
        fault.change(response).await
    }

    /// The name decides, as at any host that answers for several: 421 for a name it does not have.
    async fn own(&self, host: &str, request: Request<Body>) -> Result<Response<Body>> {
        let below = || host.split_once('.').map(|(_, domain)| format!("*.{domain}"));
        let router = self.routers.get(host).or_else(|| self.routers.get(&below()?));
        if let Some(router) = router {
            return Ok(router.clone().oneshot(request).await?);
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
        Ok(response)
    }
}
