//! The floor of the proxy: hyper, one runtime per core, both directions streamed, and nothing decided.

use std::convert::Infallible;
use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use bytes::Bytes;
use http::{HeaderName, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty, combinators::BoxBody};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Mutex;

type Passing = BoxBody<Bytes, hyper::Error>;

/// Headers that belong to one hop (RFC 9110 section 7.6.1).
const HOP: [HeaderName; 5] =
    [header::CONNECTION, header::TE, header::TRAILER, header::TRANSFER_ENCODING, header::UPGRADE];

/// Serves until it is killed. Each caller's connection has one of its own to the upstream, made with its first request.
pub(crate) fn serve(upstream: SocketAddr) -> Result<()> {
    per_core(move |listener: tokio::net::TcpListener, _| async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _nagle = stream.set_nodelay(true);
            let behind = Arc::new(Mutex::new(None));
            let answer = move |request| {
                let behind = Arc::clone(&behind);
                async move { Ok::<_, Infallible>(passed(&behind, upstream, request).await) }
            };
            tokio::spawn(async move {
                // Who breaks off ends its own connection and nothing else.
                let _ended = http1::Builder::new()
                    .pipeline_flush(true)
                    .serve_connection(TokioIo::new(stream), service_fn(answer))
                    .await;
            });
        }
    })
}

type Behind = Mutex<Option<SendRequest<Incoming>>>;

async fn passed(behind: &Behind, upstream: SocketAddr, request: Request<Incoming>) -> Response<Passing> {
    match forwarded(behind, upstream, request).await {
        Ok(answer) => answer,
        Err(_) => refused(StatusCode::BAD_GATEWAY),
    }
}

async fn forwarded(behind: &Behind, upstream: SocketAddr, mut request: Request<Incoming>) -> Result<Response<Passing>> {
    let mut behind = behind.lock().await;
    let sender = match behind.take() {
        Some(sender) if !sender.is_closed() => behind.insert(sender),
        _ => behind.insert(connected(upstream).await?),
    };
    for name in &HOP {
        request.headers_mut().remove(name);
    }
    request.headers_mut().insert(header::HOST, upstream.to_string().parse()?);
    sender.ready().await?;
    let mut answer = sender.send_request(request).await?;
    for name in &HOP {
        answer.headers_mut().remove(name);
    }
    Ok(answer.map(BodyExt::boxed))
}

async fn connected(upstream: SocketAddr) -> Result<SendRequest<Incoming>> {
    let stream = TcpStream::connect(upstream).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

fn refused(status: StatusCode) -> Response<Passing> {
    let mut answer = Response::new(Empty::new().map_err(|never| match never {}).boxed());
    *answer.status_mut() = status;
    answer
}

/// Runs a server on every core, each with a runtime of one thread and a queue of its own at the one address it says.
pub(crate) fn per_core<F>(
    serve: impl Fn(tokio::net::TcpListener, SocketAddr) -> F + Clone + Send + 'static,
) -> Result<()>
where
    F: Future<Output = ()>,
{
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Bound and never listening: it only keeps the port.
    let place = socket(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let address = place.local_addr()?;
    let threads: Vec<_> = (0..cores)
        .map(|_| {
            let serve = serve.clone();
            std::thread::spawn(move || -> Result<()> {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(async {
                    serve(socket(address)?.listen(1024)?, address).await;
                    Ok(())
                })
            })
        })
        .collect();
    writeln!(std::io::stdout(), "listens on {address}")?;
    for thread in threads {
        thread.join().map_err(|_| anyhow!("a server's thread panicked"))??;
    }
    Ok(())
}

fn socket(address: SocketAddr) -> Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Answers every request of every connection.
pub(crate) async fn serve_each<F, B>(
    listener: tokio::net::TcpListener,
    answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static,
) where
    F: Future<Output = Result<Response<B>, Infallible>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    while let Ok((stream, _)) = listener.accept().await {
        let _nagle = stream.set_nodelay(true);
        let answer = answer.clone();
        tokio::spawn(async move {
            // Who breaks off ends its own connection and nothing else.
            let _ended = http1::Builder::new()
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), service_fn(answer))
                .await;
        });
    }
}
