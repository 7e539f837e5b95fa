//! `/v1/doctor`: what the host finds wrong with itself, for operators; and `/doctor/{id}`, its id a nonce, which shows whoever asks
//! through the public URL that it was this host that answered.

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use serde_json::json;

use super::{caller::ForHost, json::Json as Asked, path::Id, problem::Problem, reply::found};
use crate::service::Service;

/// `POST /v1/doctor`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// 1 to 64 letters and digits, made up by whoever asks.
    nonce: String,
}

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/v1/doctor", post(diagnose)).route("/doctor/{id}", get(reached))
}

async fn diagnose(State(service): State<Service>, _: ForHost, Asked(ask): Asked<Ask>) -> Result<Response, Problem> {
    let Some(answer) = service.answer_nonce(&ask.nonce) else {
        return Err(Problem::invalid("nonce", "`nonce` is 1 to 64 letters and digits"));
    };
    let found_out = service.diagnose().await;
    Ok(found(json!({
        "public_url": found_out.public_url,
        "answer": answer.expose(),
        "checks": found_out.checks,
        "redirect_uris": found_out.redirect_uris,
    }))
    .into_response())
}

/// Sets a cookie as the pages do, and says whether it came back: what a browser would find.
async fn reached(
    State(service): State<Service>,
    Id(nonce): Id<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let answer = service.answer_nonce(&nonce).ok_or_else(Problem::no_route)?;
    let name = if service.is_secure() { "__Host-jf-doctor" } else { "jf-doctor" };
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let back = sent.flat_map(Cookie::split_parse).flatten().any(|one| one.name() == name && one.value() == nonce);
    let written = Cookie::build((name, nonce)).path("/").http_only(true).same_site(SameSite::Lax);
    let written = written.secure(service.is_secure()).max_age(cookie::time::Duration::minutes(1)).build();
    let mut response = Json(json!({ "answer": answer.expose(), "cookie": back })).into_response();
    if let Ok(value) = HeaderValue::from_str(&written.to_string()) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}
