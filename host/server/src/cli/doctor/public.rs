//! The public URL, asked as a browser would: whether it leads to this host, with which certificate, and whether cookies
//! come through.

use std::{path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use url::Url;

use crate::{
    clock::{Clock as _, SystemClock},
    outbound,
    service::Check,
};

/// How long the whole exchange may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// A certificate that ends within these days deserves attention.
const SOON_DAYS: u64 = 14;
const DAY_SECONDS: u64 = 86_400;
const ANSWER_LIMIT: usize = 64 * 1024;
const WHAT_TO_DO: &str =
    "Point the name in `public_url` at this host, or the proxy before it at the address it listens on.";

/// Why there was no answer to look at.
#[derive(Debug, thiserror::Error)]
enum LookError {
    #[error("it names no host")]
    NoHost,
    #[error("no connection: {0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Roots(#[from] outbound::RootsError),
    #[error("no HTTP: {0}")]
    Http(#[from] hyper::Error),
    #[error("no request: {0}")]
    Request(#[from] http::Error),
    #[error("no answer in time")]
    Slow,
}

/// What came back.
struct Seen {
    answer: Value,
    cookie: Option<String>,
    certificates: Vec<CertificateDer<'static>>,
}

/// Goes there twice: the second time with the cookie that the first one set.
pub(super) async fn look(url: &Url, nonce: &str, answer: &str, ca_file: Option<&Path>) -> Vec<Check> {
    let seen = match within(visit(url, nonce, None, ca_file)).await {
        Ok(seen) => seen,
        Err(error) => return vec![Check::failed("public-url", format!("{url} cannot be asked: {error}."), WHAT_TO_DO)],
    };
    if seen.answer.pointer("/answer").and_then(Value::as_str) != Some(answer) {
        return vec![Check::failed("public-url", format!("{url} leads to something else than this host."), WHAT_TO_DO)];
    }
    let mut checks = vec![Check::ok("public-url", format!("{url} leads to this host."))];
    checks.push(match url.scheme() {
        "https" => judge_certificate(url, &seen.certificates, ca_file),
        _ => Check::skipped("tls", "The public URL is plain HTTP on this machine: for development only."),
    });
    checks.push(cookie_check(url, nonce, seen.cookie, ca_file).await);
    checks
}

/// Goes to the host name of a tenant: its pages, links and callbacks are there.
pub(super) async fn look_at_site(url: &Url, nonce: &str, answer: &str, ca_file: Option<&Path>) -> Check {
    const NAME: &str = "tenant-site";
    const REMEDY: &str = "Point the name at this host in DNS, give the proxy before it a certificate for the name, and let it \
                        pass the `Host` header on; or change the host name of the tenant's brand.";
    let host = url.host_str().unwrap_or_default();
    match within(visit(url, nonce, None, ca_file)).await {
        Ok(seen) if seen.answer.pointer("/answer").and_then(Value::as_str) != Some(answer) => {
            Check::failed(NAME, format!("{host} leads to something else than this host."), REMEDY)
        }
        Ok(seen) if seen.answer.pointer("/site").and_then(Value::as_str) != Some(host) => {
            Check::failed(NAME, format!("{host} leads to this host, which is not told that name."), REMEDY)
        }
        Ok(_) => Check::ok(NAME, format!("{host} leads to this host and the tenant's pages.")),
        Err(error) => Check::failed(NAME, format!("{url} cannot be asked: {error}."), REMEDY),
    }
}

async fn cookie_check(url: &Url, nonce: &str, set: Option<String>, ca_file: Option<&Path>) -> Check {
    const NAME: &str = "cookies";
    let todo = "Let the proxy before this host pass `Set-Cookie` and `Cookie` on unchanged.";
    let Some(set) = set else {
        return Check::failed(NAME, "The cookie this host sets does not arrive.", todo);
    };
    let attributes: &[&str] = if url.scheme() == "https" {
        &["HttpOnly", "SameSite=Lax", "Path=/", "Secure"]
    } else {
        &["HttpOnly", "SameSite=Lax", "Path=/"]
    };
    let has = |wanted: &str| set.split(';').skip(1).any(|part| part.trim().eq_ignore_ascii_case(wanted));
    if let Some(lost) = attributes.iter().find(|attribute| !has(attribute)) {
        return Check::failed(NAME, format!("The cookie this host sets arrives without {lost}."), todo);
    }
    let pair = set.split(';').next().unwrap_or_default();
    match within(visit(url, nonce, Some(pair), ca_file)).await {
        Ok(seen) if seen.answer.pointer("/cookie") == Some(&Value::Bool(true)) => {
            Check::ok(NAME, "Cookies go to the browser and come back.")
        }
        Ok(_) => Check::failed(NAME, "A cookie that the browser sends back does not reach this host.", todo),
        Err(error) => Check::failed(NAME, format!("{url} cannot be asked again: {error}."), WHAT_TO_DO),
    }
}

async fn within(visit: impl Future<Output = Result<Seen, LookError>>) -> Result<Seen, LookError> {
    tokio::time::timeout(PATIENCE, visit).await.unwrap_or(Err(LookError::Slow))
}

async fn visit(url: &Url, nonce: &str, cookie: Option<&str>, ca_file: Option<&Path>) -> Result<Seen, LookError> {
    let host = url.host_str().ok_or(LookError::NoHost)?;
    let port = url.port_or_known_default().ok_or(LookError::NoHost)?;
    let mut request = Request::get(format!("/doctor/{nonce}")).header(header::HOST, authority(url, host));
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let request = request.body(Empty::<Bytes>::new())?;
    // As browsers have it: names below `localhost` are this machine (RFC 6761 section 6.3).
    let place = if host.ends_with(".localhost") { "localhost" } else { host.trim_matches(['[', ']']) };
    let stream = TcpStream::connect((place, port)).await?;
    if url.scheme() == "http" {
        return exchange(stream, request, Vec::new()).await;
    }
    let config = outbound::tls_config(ca_file)?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| LookError::NoHost)?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let certificates = shown.iter().map(|one| one.clone().into_owned()).collect();
    exchange(stream, request, certificates).await
}

fn authority(url: &Url, host: &str) -> String {
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

async fn exchange<S>(
    stream: S,
    request: Request<Empty<Bytes>>,
    certificates: Vec<CertificateDer<'static>>,
) -> Result<Seen, LookError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let cookie = response.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    // A body that is too long or breaks off is not this host's answer, and reads as none.
    let body =
        Limited::new(response.into_body(), ANSWER_LIMIT).collect().await.map(http_body_util::Collected::to_bytes);
    driver.abort();
    let answer = body.ok().and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or(Value::Null);
    Ok(Seen { answer, cookie, certificates })
}

/// The chain was good for the name a moment ago, or there had been no answer; what is left is how long it stays so.
fn judge_certificate(url: &Url, certificates: &[CertificateDer<'static>], ca_file: Option<&Path>) -> Check {
    let days = url.host_str().and_then(|host| days_left(host, certificates, ca_file));
    match days {
        Some(days) if days < SOON_DAYS => Check::failed(
            "tls",
            format!("The certificate of {url} ends in {days} days."),
            "Renew it, or find out why it was not renewed by itself.",
        ),
        Some(days) => Check::ok("tls", format!("The certificate of {url} is trusted, and good for {days} more days.")),
        None => Check::failed("tls", format!("The certificate of {url} cannot be judged."), "Look at its chain."),
    }
}

/// Whole days until the chain is no longer good: the verifier itself is asked about one day after another.
fn days_left(host: &str, certificates: &[CertificateDer<'static>], ca_file: Option<&Path>) -> Option<u64> {
    let (leaf, chain) = certificates.split_first()?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let roots: RootCertStore = outbound::roots(ca_file).ok()?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()?;
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let now = u64::try_from(SystemClock.now().as_second()).ok()?;
    let good = |days: u64| {
        let then = UnixTime::since_unix_epoch(Duration::from_secs(now + days * DAY_SECONDS));
        verifier.verify_server_cert(leaf, chain, &name, &[], then).is_ok()
    };
    if !good(0) {
        return None;
    }
    // Certificates that last longer are a certificate authority's own.
    let (mut least, mut most) = (0, 4_000);
    while most - least > 1 {
        let middle = u64::midpoint(least, most);
        if good(middle) { least = middle } else { most = middle }
    }
    Some(least)
}
