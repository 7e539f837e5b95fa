//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): before every route that makes something.
//!
//! A request with a key runs in a task of its own, so that a caller who hangs up and asks again meets its end and not
//! its beginning. Without the header nothing changes.

use aws_lc_rs::digest::{Context, SHA256};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, MatchedPath, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use jackfield_model::idempotency_key::{self, KEY_LIMIT};
use zeroize::Zeroizing;

use super::{
    body::whole,
    caller::{TENANT_HEADER, authenticated},
    connectors::COMPONENT_LIMIT,
    describe::{Operation, Refuses, Takes},
    json::JSON_LIMIT,
    problem::{Code, Problem},
};
use crate::service::{Begun, KeptAnswer, OnceError, Service};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is an earlier one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// What belongs to an answer beside its body.
const KEPT: [HeaderName; 5] =
    [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::CACHE_CONTROL, header::X_CONTENT_TYPE_OPTIONS];

/// Every POST that makes something; a connector's is the only one that takes more than JSON.
const MAKES: [(&str, usize); 10] = [
    ("/v1/api-keys", JSON_LIMIT),
    ("/v1/clients", JSON_LIMIT),
    ("/v1/connect-sessions", JSON_LIMIT),
    ("/v1/connect-sessions/{id}/complete", JSON_LIMIT),
    ("/v1/connections", JSON_LIMIT),
    ("/v1/connections/import", JSON_LIMIT),
    ("/v1/connections/{id}/reauthorize", JSON_LIMIT),
    ("/v1/connectors", COMPONENT_LIMIT),
    ("/v1/tenants", JSON_LIMIT),
    ("/v1/webhooks", JSON_LIMIT),
];

/// The service of a route that makes something: it notes what it makes for whoever asks again.
pub(super) struct Making(pub(super) Service);

impl FromRequestParts<Service> for Making {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        Ok(Self(parts.extensions.get::<Service>().unwrap_or(service).clone()))
    }
}

impl Takes for Making {
    fn takes(operation: &mut Operation<'_>) {
        let told = "One string of 1 to 255 ASCII characters, in double quotes: a UUID is a good one. Sent again with the same \
                    request within a day, it makes nothing and is answered as the first time, with \
                    `Idempotency-Replayed: true`.";
        operation.in_header::<String>("Idempotency-Key", told);
        operation.refuses_as(&OnceError::codes());
    }
}

/// What a layer does with a request whose caller was looked up.
pub(super) async fn once(service: &Service, request: Request, next: Next) -> Response {
    let Some(limit) = limit_of(&request) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    // Who may not call, or not send anything as large as a component, is told so by the route itself, before a body is read.
    let caller = authenticated(&mut parts, service).await.ok();
    let Some(caller) = caller.filter(|caller| limit <= JSON_LIMIT || caller.operates()) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let begun = async {
        let key = key(&parts.headers)?;
        let body = Zeroizing::new(whole(body, limit).await?);
        let route = format!("{} {}", parts.method, parts.uri.path());
        let begun = service.once(&caller, &route, &key, &asked(&parts, &body)).await?;
        Ok::<_, Problem>((begun, body))
    };
    match begun.await {
        Err(problem) => problem.into_response(),
        Ok((Begun::Before(answer), _)) => again(&answer),
        Ok((Begun::Now(doing), mut body)) => {
            parts.extensions.insert(Service::clone(&doing));
            // Handed on, not copied: a component may have 64 MiB.
            let request = Request::from_parts(parts, Body::from(std::mem::take(&mut *body)));
            let work = async move { kept(*doing, next.run(request).await).await };
            service.outlive(work).await.unwrap_or_else(|| Problem::internal(CutOff).into_response())
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the work on a request with an idempotency key ended without an answer")]
struct CutOff;

/// How large a body the route takes, where it makes something and the request has a key.
fn limit_of(request: &Request) -> Option<usize> {
    let route = request.extensions().get::<MatchedPath>()?;
    let limit = MAKES.iter().find(|(path, _)| *path == route.as_str()).map(|(_, limit)| *limit);
    limit.filter(|_| request.method() == Method::POST && request.headers().contains_key(KEY))
}

/// The one key of a request.
fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let mut all = headers.get_all(KEY).iter();
    let only = match (all.next(), all.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    };
    only.and_then(idempotency_key::read).ok_or_else(|| {
        let told = format!("Idempotency-Key is one string of 1 to {KEY_LIMIT} ASCII characters, in double quotes");
        Problem::new(Code::IdempotencyKeyInvalid, told)
    })
}

/// What stands for all of a request: whose behalf it is on, its query and its body.
fn asked(parts: &Parts, body: &[u8]) -> String {
    let mut digest = Context::new(&SHA256);
    let tenant = parts.headers.get(TENANT_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    let kind = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    for part in [tenant, kind, parts.uri.query().unwrap_or_default().as_bytes(), body] {
        digest.update(&part.len().to_be_bytes());
        digest.update(part);
    }
    HEXLOWER.encode(digest.finish().as_ref())
}

/// Keeps an answer for whoever asks again; a refusal that made nothing frees the key.
async fn kept(service: Service, response: Response) -> Response {
    if !response.status().is_success() {
        if let Err(error) = service.release().await {
            tracing::warn!(%error, "an idempotency key could not be freed");
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return Problem::internal(error).into_response(),
    };
    let header = |name: &HeaderName| {
        let value = parts.headers.get(name)?.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    };
    let answer = KeptAnswer {
        status: parts.status.as_u16(),
        headers: KEPT.iter().filter_map(header).collect(),
        body: Zeroizing::new(body.to_vec()),
    };
    // Made is made: the caller gets its answer, and asking again is told what was made.
    if let Err(error) = service.answer_again(&answer).await {
        tracing::warn!(%error, "an answer could not be kept for its idempotency key");
    }
    Response::from_parts(parts, Body::from(body))
}

/// An earlier answer, again.
fn again(answer: &KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body.to_vec()));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    fn read(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(KEY, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        key(&headers).ok()
    }

    #[test]
    fn a_request_has_one_key() {
        assert_eq!(read(&["\"8e03978e\""]).unwrap(), "8e03978e");
        for several in [&["a", "b"][..], &["ä"], &[""], &[]] {
            assert_eq!(read(several), None);
        }
    }

    #[test]
    fn everything_that_is_asked_counts() {
        let parts = |uri: &str, tenant: &str| {
            let request = http::Request::post(uri).header(TENANT_HEADER, tenant).body(()).unwrap();
            request.into_parts().0
        };
        let base = asked(&parts("/v1/tenants", "a"), b"{}");
        assert_eq!(base, asked(&parts("/v1/tenants", "a"), b"{}"));
        assert_ne!(base, asked(&parts("/v1/tenants", "b"), b"{}"));
        assert_ne!(base, asked(&parts("/v1/tenants?x", "a"), b"{}"));
        assert_ne!(base, asked(&parts("/v1/tenants", "a"), b"{ }"));
        assert_ne!(asked(&parts("/v1/tenants", "a{"), b"}"), base);
    }
}
