//! Listening: accepts connections, as many at once as the host can hold, none of which may dawdle over its headers.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// How long a caller may take to send a request's headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// How long accepting rests after the system refused it, for want of file descriptors for one.
const REST: Duration = Duration::from_millis(200);

/// Serves until told to stop, then lets open requests end. So many connections are open at once; further ones wait to be
/// accepted.
pub(crate) async fn serve(
    listener: TcpListener,
    most: usize,
    app: Router,
    until: impl Future<Output = ()>,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(most));
    tokio::pin!(until);
    loop {
        tokio::select! {
            () = &mut until => break,
            (stream, place) = next(&listener, &places) => {
                let connection = connection(stream, app.clone());
                let watched = graceful.watch(connection);
                tokio::spawn(async move {
                    // A caller who breaks off ends its own connection and nothing else.
                    let _ended = watched.await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
    Ok(())
}

async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // Never closed, so there is a place sooner or later.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

fn connection(stream: TcpStream, app: Router) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    let _nagle = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
}
