//! How many requests a key may send, said with every answer (draft-ietf-httpapi-ratelimit-headers) and held; behind it, what is
//! sent twice and made once (`once`). One layer for both, since every request pays for each.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue};

use super::{
    caller::authenticated,
    once::once,
    problem::{Code, Problem},
};
use crate::service::{Allowance, Service, WINDOW_SECONDS};

pub(crate) const RATE: HeaderName = HeaderName::from_static("ratelimit");
pub(crate) const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The layer. Looks the key up once for every layer and handler behind it.
pub(crate) async fn rate(State(service): State<Service>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/v1/") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let caller = authenticated(&mut parts, &service).await;
    let is_proxied = parts.extensions.get::<MatchedPath>().is_some_and(|path| path.as_str().contains("/proxy"));
    let allowance = caller.ok().and_then(|caller| service.count(caller.key));
    let wait = allowance.and_then(|allowance| allowance.wait);
    let mut response = match wait {
        Some(seconds) => refused(seconds),
        None => once(&service, Request::from_parts(parts, body), next).await,
    };
    // What a provider says of its own limits is not written over.
    if let Some(allowance) = allowance.filter(|_| !is_proxied || wait.is_some()) {
        say(&mut response, allowance);
    }
    response
}

fn refused(seconds: u64) -> Response {
    let told = "this API key has sent more requests than it may: wait as long as Retry-After says";
    Problem::new(Code::TooManyRequests, told).retry_after(seconds.saturating_mul(1000)).into_response()
}

fn say(response: &mut Response, allowance: Allowance) {
    let Allowance { limit, remaining, reset, .. } = allowance;
    let said = [
        (POLICY, format!("\"api-key\";q={limit};w={WINDOW_SECONDS}")),
        (RATE, format!("\"api-key\";r={remaining};t={reset}")),
    ];
    for (name, value) in said {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
}
