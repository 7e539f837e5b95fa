//! A front for a real peer: gives it a name and TLS, and with them the log and the faults of a double.

use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use url::Url;

use super::Double;
use crate::authority::Authority;
use crate::wire::Wire;

/// Answers `name` with what the server at `behind`, on this machine and over plain HTTP, answers.
pub async fn relay(authority: &Authority, name: &str, behind: Url) -> Result<Double> {
    relay_later(authority, name, Arc::new(OnceLock::from(behind))).await
}

/// The same for a server that starts after its front: `behind` is set once it has.
pub async fn relay_later(authority: &Authority, name: &str, behind: Arc<OnceLock<Url>>) -> Result<Double> {
    let own = name.to_owned();
    let router = Router::new().fallback(move |request: Request<Body>| {
        let (own, behind) = (own.clone(), Arc::clone(&behind));
        async move {
            match forward(&own, behind.get(), request).await {
                Ok(response) => response,
                Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
            }
        }
    });
    Double::serve(authority, vec![(name, router)]).await
}

async fn forward(name: &str, behind: Option<&Url>, request: Request<Body>) -> Result<Response<Body>> {
    let behind = behind.context("the server behind has not started")?;
    let (mut parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().context("a request has a path")?;
    let url = behind.join(target.as_str())?;
    parts.headers.remove(HOST);
    parts.headers.insert("x-forwarded-host", HeaderValue::from_str(name)?);
    parts.headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
    let body = body.collect().await?.to_bytes();
    let response = Wire::loopback().send(&url, Request::from_parts(parts, body)).await?;
    let (mut parts, body) = response.into_parts();
    // The body is whole by now; its framing is this connection's own.
    for framing in [TRANSFER_ENCODING, CONTENT_LENGTH, CONNECTION] {
        parts.headers.remove(framing);
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}
