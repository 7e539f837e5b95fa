//! The floor of the API: axum, answering the same bytes without having to find them.

use std::io::Write;

use anyhow::Result;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::CONTENT_TYPE;

/// Serves a body until it is killed: what the file has.
pub(crate) fn serve(file: &str) -> Result<()> {
    let body = Bytes::from(std::fs::read(file)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let app = Router::new()
            .route("/v1/connections/{id}/lease", post(lease))
            .route("/v1/connections", get(listed))
            .with_state(body);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        writeln!(std::io::stdout(), "listens on {}", listener.local_addr()?)?;
        axum::serve(
            axum::serve::ListenerExt::tap_io(listener, |stream| {
                let _nagle = stream.set_nodelay(true);
            }),
            app,
        )
        .await?;
        Ok(())
    })
}

async fn lease(State(body): State<Bytes>, Path(_id): Path<String>, _asked: Bytes) -> impl axum::response::IntoResponse {
    ([(CONTENT_TYPE, "application/json")], body)
}

async fn listed(State(body): State<Bytes>) -> impl axum::response::IntoResponse {
    ([(CONTENT_TYPE, "application/json")], body)
}
