//! One HTTP exchange with something on this machine, plain or over TLS; follows nothing, remembers nothing.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::authority::Authority;

/// The way to names and addresses of this machine, and the authority trusted on it.
#[derive(Clone, Default)]
pub struct Wire {
    trust: Option<Arc<ClientConfig>>,
    places: BTreeMap<String, SocketAddr>,
}

impl Wire {
    /// Reaches loopback addresses over plain HTTP only.
    pub fn loopback() -> Self {
        Self::default()
    }

    /// Reaches names over TLS too, where their certificate is of `authority`.
    pub fn trusting(authority: &Authority) -> Result<Self> {
        Ok(Self { trust: Some(authority.client()?), places: BTreeMap::new() })
    }

    /// Says where `host` answers.
    pub fn place(&mut self, host: &str, at: SocketAddr) {
        self.places.insert(host.to_owned(), at);
    }

    /// Sends one request to `url`, whatever URI it carries itself, and reads the whole answer.
    pub async fn send(&self, url: &Url, mut request: Request<Bytes>) -> Result<Response<Bytes>> {
        *request.uri_mut() = origin_form(url)?;
        request.headers_mut().insert(HOST, HeaderValue::from_str(&authority_of(url)?)?);
        let stream = TcpStream::connect(self.address(url)?)
            .await
            .with_context(|| format!("nothing listens for {}", authority_of(url).unwrap_or_default()))?;
        match url.scheme() {
            "http" => exchange(stream, request).await,
            "https" => {
                let trust = self.trust.clone().context("no authority is trusted here")?;
                let name = ServerName::try_from(url.host_str().unwrap_or_default().to_owned())?;
                let stream = TlsConnector::from(trust).connect(name, stream).await?;
                exchange(stream, request).await
            }
            other => bail!("{other} is not a way to send a request"),
        }
    }

    fn address(&self, url: &Url) -> Result<SocketAddr> {
        let port = url.port_or_known_default().context("a URL has a port")?;
        let address = match url.host().context("a URL has a host")? {
            Host::Domain(name) => match self.places.get(name) {
                Some(address) => *address,
                // As browsers have it: names below `localhost` are this machine.
                None if name.ends_with(".localhost") => SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
                None => bail!("no double answers for {name}"),
            },
            Host::Ipv4(address) => SocketAddr::from((address, port)),
            Host::Ipv6(address) => SocketAddr::from((address, port)),
        };
        ensure!(address.ip().is_loopback(), "{address} is not on this machine");
        Ok(address)
    }
}

async fn exchange<S>(stream: S, request: Request<Bytes>) -> Result<Response<Bytes>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request.map(Full::new)).await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    driver.abort();
    Ok(Response::from_parts(parts, body))
}

fn origin_form(url: &Url) -> Result<Uri> {
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    Ok(target.parse()?)
}

fn authority_of(url: &Url) -> Result<String> {
    let host = url.host_str().context("a URL has a host")?;
    Ok(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}
