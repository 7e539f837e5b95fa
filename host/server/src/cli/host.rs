//! The running host, as this command line reaches it: its HTTP API and nothing else.

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use http_body_util::{BodyExt as _, Full, Limited, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jackfield_model::secret::Secret;
use serde_json::{Value, json};
use url::Url;

use crate::{config::is_loopback, outbound, service::TRANSFER_LIMIT};

mod problem;
mod stream;

pub(super) use problem::Problem;

/// How many a page of a list holds at most.
const PAGE: &str = "200";
/// The longest answer read, in bytes: what one host hands out, another takes.
const ANSWER_LIMIT: usize = TRANSFER_LIMIT;
/// Installing compiles and verifying waits for a provider: longer than both may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// Why a command got no good answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum HostError {
    #[error("`{0}` is no address of a host: write it like https://connect.example.com")]
    Address(String),
    #[error("{0} is plain HTTP to another machine: the API key would travel in the clear; use https")]
    Plain(String),
    #[error("the API key has characters that no key of a host has")]
    Key,
    #[error("the tenant's id has characters that no id has")]
    Tenant,
    #[error("no host answers at {url}: is it running? (`jackfield serve`)")]
    Unreachable { url: String, source: hyper_util::client::legacy::Error },
    #[error("the host at {url} did not answer within {} seconds", PATIENCE.as_secs())]
    Slow { url: String },
    #[error("the host's answer broke off or is too long")]
    Broken,
    #[error("{0}")]
    Refused(Problem),
    #[error("the host answered {status} with something that is not its API: is {url} a Jackfield host?")]
    Foreign { status: u16, url: String },
    #[error(transparent)]
    Tls(#[from] outbound::RootsError),
    #[error("what the host sent could not be written")]
    Written(#[source] io::Error),
    #[error("the file cannot be read")]
    File(#[source] io::Error),
    #[error("the request could not be written")]
    Request(#[from] http::Error),
}

impl HostError {
    /// Whether it is what this command was given, and not what the host said.
    pub(super) fn is_wrong_use(&self) -> bool {
        matches!(self, Self::Address(_) | Self::Plain(_) | Self::Key | Self::Tenant)
    }
}

/// A body as it is sent: whole, or piece by piece.
type Sent = UnsyncBoxBody<Bytes, io::Error>;

/// A running host and the key it is asked with.
pub(super) struct Host {
    base: Url,
    key: Secret,
    tenant: Option<String>,
    client: Client<HttpsConnector<HttpConnector>, Sent>,
}

impl Host {
    /// The host at a URL.
    pub(super) fn new(url: &str, key: Secret, tenant: Option<String>) -> Result<Self, HostError> {
        let base = Url::parse(url).ok().filter(|url| url.has_host() && matches!(url.scheme(), "http" | "https"));
        let base = base.ok_or_else(|| HostError::Address(url.to_owned()))?;
        if base.scheme() == "http" && !is_loopback(&base) {
            return Err(HostError::Plain(base.to_string()));
        }
        Ok(Self { client: client(base.scheme() == "https")?, base, key, tenant })
    }

    /// Reads.
    pub(super) async fn get(&self, path: &[&str]) -> Result<Value, HostError> {
        self.ask(Method::GET, self.url(path), None).await
    }

    /// Reads a list, narrowed, and every page of it: it is for a person, not for a program.
    pub(super) async fn list(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, HostError> {
        let (mut all, mut unreadable) = (Vec::new(), 0);
        let mut cursor: Option<String> = None;
        loop {
            let mut url = self.url(path);
            url.query_pairs_mut().extend_pairs(query).append_pair("limit", PAGE);
            if let Some(cursor) = &cursor {
                url.query_pairs_mut().append_pair("cursor", cursor);
            }
            let mut page = self.ask(Method::GET, url, None).await?;
            if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
                all.extend(items);
            }
            unreadable += page.get("unreadable").and_then(Value::as_u64).unwrap_or(0);
            let next = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if next.is_none() || next == cursor {
                return Ok(json!({ "items": all, "next": null, "unreadable": unreadable }));
            }
            cursor = next;
        }
    }

    /// Makes or does.
    pub(super) async fn post(&self, path: &[&str], body: &Value) -> Result<Value, HostError> {
        self.ask(Method::POST, self.url(path), Some(("application/json", body.to_string().into()))).await
    }

    /// Does, with nothing to say.
    pub(super) async fn post_nothing(&self, path: &[&str]) -> Result<Value, HostError> {
        self.ask(Method::POST, self.url(path), None).await
    }

    /// Hands over a component.
    pub(super) async fn post_component(&self, path: &[&str], component: Bytes) -> Result<Value, HostError> {
        self.ask(Method::POST, self.url(path), Some(("application/wasm", component))).await
    }

    /// Puts bytes in their place.
    pub(super) async fn put_bytes(&self, path: &[&str], bytes: Bytes) -> Result<Value, HostError> {
        self.ask(Method::PUT, self.url(path), Some(("application/octet-stream", bytes))).await
    }

    /// Changes.
    pub(super) async fn patch(&self, path: &[&str], body: &Value) -> Result<Value, HostError> {
        self.ask(Method::PATCH, self.url(path), Some(("application/json", body.to_string().into()))).await
    }

    /// Removes.
    pub(super) async fn delete(&self, path: &[&str]) -> Result<Value, HostError> {
        self.ask(Method::DELETE, self.url(path), None).await
    }

    /// Removes, with something to say about it.
    pub(super) async fn delete_asking(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, HostError> {
        self.ask(Method::DELETE, self.narrowed(path, query), None).await
    }

    fn narrowed(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Each part of the path is escaped: an id can be no other path.
    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    async fn ask(&self, method: Method, url: Url, body: Option<(&'static str, Bytes)>) -> Result<Value, HostError> {
        let body = body.map(|(kind, bytes)| (kind, Full::new(bytes).map_err(|never| match never {}).boxed_unsync()));
        let shown = self.base.to_string();
        let whole = async {
            let (parts, body) = self.exchange(method, &url, body).await?;
            Ok::<_, HostError>((parts, collect(body, ANSWER_LIMIT).await?))
        };
        let answer = tokio::time::timeout(PATIENCE, whole).await;
        let (parts, body) = answer.map_err(|_| HostError::Slow { url: shown.clone() })??;
        read(&parts, &body).ok_or(HostError::Foreign { status: parts.status.as_u16(), url: shown })?
    }

    async fn exchange(
        &self,
        method: Method,
        url: &Url,
        body: Option<(&'static str, Sent)>,
    ) -> Result<(http::response::Parts, Incoming), HostError> {
        let request = self.request(method, url, body)?;
        let answer = self.client.request(request).await;
        let unreachable = |source| HostError::Unreachable { url: self.base.to_string(), source };
        Ok(answer.map_err(unreachable)?.into_parts())
    }

    fn request(
        &self,
        method: Method,
        url: &Url,
        body: Option<(&'static str, Sent)>,
    ) -> Result<Request<Sent>, HostError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", self.key.expose())).map_err(|_| HostError::Key)?;
        bearer.set_sensitive(true);
        let mut request = Request::builder().method(method).uri(url.as_str()).header(header::AUTHORIZATION, bearer);
        if let Some(tenant) = &self.tenant {
            let tenant = HeaderValue::try_from(tenant.as_str()).map_err(|_| HostError::Tenant)?;
            request = request.header("jackfield-tenant", tenant);
        }
        let body = match body {
            Some((kind, bytes)) => {
                request = request.header(header::CONTENT_TYPE, kind);
                bytes
            }
            None => Full::new(Bytes::new()).map_err(|never| match never {}).boxed_unsync(),
        };
        Ok(request.body(body)?)
    }
}

async fn collect(body: Incoming, limit: usize) -> Result<Bytes, HostError> {
    Ok(Limited::new(body, limit).collect().await.map_err(|_| HostError::Broken)?.to_bytes())
}

/// `None` where the answer is none of a host's API.
fn read(parts: &http::response::Parts, body: &[u8]) -> Option<Result<Value, HostError>> {
    if parts.status.is_success() {
        let value = if body.is_empty() { Some(Value::Null) } else { serde_json::from_slice(body).ok() };
        return value.map(Ok);
    }
    let value = serde_json::from_slice(body).ok()?;
    Some(Err(HostError::Refused(Problem::read(parts.status.as_u16(), &value)?)))
}

#[allow(
    clippy::disallowed_methods,
    reason = "the command line's own client, which speaks to a host and to nobody else"
)]
fn client(over_tls: bool) -> Result<Client<HttpsConnector<HttpConnector>, Sent>, HostError> {
    let tls = if over_tls { outbound::tls_config(None)? } else { without_trust()? };
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    let connector = HttpsConnector::from((http, Arc::new(tls)));
    Ok(Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build(connector))
}

/// Loopback needs no certificates, and reading the system's takes a moment.
fn without_trust() -> Result<rustls::ClientConfig, outbound::RootsError> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = rustls::ClientConfig::builder_with_provider(provider.into()).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn host(url: &str) -> Result<Host, HostError> {
        Host::new(url, Secret::new("jf_x".into()), None)
    }

    #[test]
    fn a_key_never_travels_in_the_clear_to_another_machine() {
        assert!(host("http://127.0.0.1:8080").is_ok());
        assert!(matches!(host("http://connect.example.com"), Err(HostError::Plain(_))));
        assert!(matches!(host("connect.example.com"), Err(HostError::Address(_))));
    }

    #[tokio::test]
    async fn what_a_host_exports_is_read_whatever_its_length() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = host(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let length = 17 * 1024 * 1024;
        let answering = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", length + 2);
            // Who reads no further closes: that is what is looked for.
            let _ = stream.write_all(format!("{head}\"{}\"", "x".repeat(length)).as_bytes()).await;
        };
        let (answer, ()) = tokio::join!(host.post_nothing(&["v1", "transfers", "export"]), answering);
        assert_eq!(answer.unwrap().as_str().unwrap().len(), length);
    }

    #[test]
    fn an_id_cannot_become_another_path() {
        let host = host("http://127.0.0.1:8080/").unwrap();
        let url = host.url(&["v1", "connectors", "../tenants?x"]);
        assert_eq!(url.as_str(), "http://127.0.0.1:8080/v1/connectors/..%2Ftenants%3Fx");
    }
}
