//! Its connections: requests read by hand, answers written byte by byte, so that nothing makes them better than they are.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use url::form_urlencoded;

use super::deed::{Deed, Step, json_answer};
use super::desk::Answered;
use super::{Desk, Endpoint, lock};
use crate::doubles::Recorded;

/// The longest request that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

type Stream = TlsStream<TcpStream>;

/// Accepts until the task ends; its connections end with it.
pub(super) async fn accept(listener: TcpListener, acceptor: TlsAcceptor, desk: Arc<Desk>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, desk) = (acceptor.clone(), Arc::clone(&desk));
        connections.spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            // An error is the other side's leaving.
            let _ = serve(stream, &desk).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// One request, one answer: the next one comes on a connection of its own, or is never answered.
async fn serve(mut stream: Stream, desk: &Desk) -> Result<()> {
    let request = read(&mut stream).await?;
    let (issuer, endpoint) = place(&request).context("no such place")?;
    lock(&desk.heard).push((issuer.clone(), endpoint, request.clone()));
    let deed = desk.armed().get(&(issuer.clone(), endpoint)).cloned();
    let steps = steps(desk, &issuer, endpoint, &request, deed)?;
    for step in steps {
        if !take(&mut stream, step).await? {
            return Ok(());
        }
    }
    stream.shutdown().await?;
    Ok(())
}

fn steps(desk: &Desk, issuer: &str, endpoint: Endpoint, request: &Recorded, deed: Option<Deed>) -> Result<Vec<Step>> {
    let identity = match deed {
        Some(Deed::Steps(steps)) => return Ok(steps),
        Some(Deed::Identity(ref change, ref signature)) => Some((change, signature)),
        _ => None,
    };
    let Answered { status, location, mut json } = desk.honest(issuer, endpoint, request, identity)?;
    if let Some(location) = location {
        let moved =
            format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return Ok(vec![Step::Send(moved.into_bytes())]);
    }
    match deed {
        Some(Deed::Wrap(wrapped)) => return Ok(wrapped(&json.to_string())),
        Some(Deed::Edit(change)) => change(&mut json),
        _ => {}
    }
    Ok(vec![Step::Send(json_answer(status, &json.to_string()))])
}

/// Makes one move; false where it was the last.
async fn take(stream: &mut Stream, step: Step) -> Result<bool> {
    match step {
        Step::Send(bytes) => stream.write_all(&bytes).await?,
        Step::Flood(bytes) => loop {
            stream.write_all(&bytes).await?;
        },
        Step::Drip(bytes) => {
            let mut beat = tokio::time::interval(Duration::from_millis(100));
            for byte in bytes.iter().cycle() {
                beat.tick().await;
                stream.write_all(&[*byte]).await?;
                stream.flush().await?;
            }
        }
        Step::Hold => {
            let mut rest = [0; 1024];
            while stream.read(&mut rest).await? > 0 {}
        }
        Step::Close => {
            stream.shutdown().await?;
            return Ok(false);
        }
        Step::Rude => {
            stream.flush().await?;
            stream.get_mut().0.shutdown().await?;
            return Ok(false);
        }
        Step::Reset => {
            stream.flush().await?;
            // No time to linger: what is closed now is reset.
            stream.get_ref().0.set_zero_linger()?;
            return Ok(false);
        }
    }
    stream.flush().await?;
    Ok(true)
}

async fn read(stream: &mut Stream) -> Result<Recorded> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        more(stream, &mut bytes).await?;
    };
    let text = String::from_utf8(bytes.get(..head).context("a head")?.to_vec())?;
    let mut lines = text.split("\r\n");
    let mut first = lines.next().context("a request line")?.split(' ');
    let method: Method = first.next().context("a method")?.parse()?;
    let target = first.next().context("a target")?.to_owned();
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.append(name.parse::<HeaderName>()?, HeaderValue::from_str(value)?);
    }
    let length = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0);
    while bytes.len() < head + 4 + length {
        more(stream, &mut bytes).await?;
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Ok(Recorded {
        method,
        host: headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        body: bytes.split_off(head + 4).into(),
        headers,
    })
}

async fn more(stream: &mut Stream, bytes: &mut Vec<u8>) -> Result<()> {
    ensure!(bytes.len() < LONGEST, "the request is too long");
    let mut chunk = [0; 8192];
    let count = stream.read(&mut chunk).await?;
    ensure!(count > 0, "the request ended early");
    bytes.extend(chunk.get(..count).context("what was read")?);
    Ok(())
}

/// Which issuer, and what of it.
fn place(request: &Recorded) -> Option<(String, Endpoint)> {
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    match segments.as_slice() {
        [".well-known", _, issuer] | [issuer, ".well-known", _] => Some(((*issuer).to_owned(), Endpoint::Metadata)),
        [issuer, place] => {
            let refreshes =
                form_urlencoded::parse(&request.body).any(|pair| pair == ("grant_type".into(), "refresh_token".into()));
            let endpoint = match *place {
                "authorize" => Endpoint::Authorize,
                "token" if refreshes => Endpoint::Refresh,
                "token" => Endpoint::Token,
                "keys" => Endpoint::Keys,
                "me" => Endpoint::Me,
                "revoke" => Endpoint::Revoke,
                _ => return None,
            };
            Some(((*issuer).to_owned(), endpoint))
        }
        _ => None,
    }
}
