//! The edge: a request gets its id, a refusal its body, and the log its one line.

use std::{panic::AssertUnwindSafe, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use tracing::Instrument;

use super::arriving;
use crate::{
    api::{
        self,
        problem::{Code, Problem},
    },
    pages,
    service::{RequestName, Service},
};

/// Every answer carries the id of its request: the API's under a name of its own, a page's under one that names nobody.
const REQUEST_ID: HeaderName = HeaderName::from_static("jackfield-request-id");
const NEUTRAL_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is answered at the host's own name only: where a tenant has the name, there are its pages and nothing beside them.
const OWN_ONLY: [&str; 5] = ["/v1", "/docs", "/openapi.json", "/metrics", "/assets/docs.css"];
/// What the description of the API speaks of.
const DESCRIBED: [&str; 6] = ["/v1", "/openapi.json", "/metrics", "/healthz", "/readyz", "/doctor"];

/// What probes ask even while the host ends.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// The outermost layer.
pub(super) async fn edge(State(service): State<Service>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let _under_way = service.request_begins();
    let name = service.name_request(request.headers()).ok();
    let method = request.method().clone();
    let path = request.uri().path();
    let headers = wants_page(path, request.headers()).then(|| request.headers().clone());
    let refused = service.is_stopping() && !PROBES.contains(&path);
    let at_tenant = at_tenant(&service, request.headers()).await;
    let id_header = if !at_tenant && is_below(path, &DESCRIBED) { REQUEST_ID } else { NEUTRAL_REQUEST_ID };
    // Never the path: a link is a secret.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut response = if refused {
        Problem::stopping().into_response()
    } else if at_tenant && is_below(request.uri().path(), &OWN_ONLY) {
        Problem::no_route().into_response()
    } else {
        served(&service, name.clone(), request, next).await
    };
    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = &problem {
        let before = std::mem::take(response.headers_mut());
        let page = match &headers {
            Some(headers) => pages::refusal(&service, headers, problem).await,
            None => None,
        };
        let place = (!at_tenant).then(|| service.public_url());
        response = page.unwrap_or_else(|| problem.answer(name.as_ref(), place));
        carry(before, response.headers_mut());
    }
    if refused {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let route = route.as_deref().unwrap_or("none");
    service.metrics().answered(&method, route, response.status().as_u16(), started.elapsed());
    Line { name: name.as_ref(), method: method.as_str(), route, started }.write(&response, problem.as_ref());
    if let Some(value) = name.and_then(|name| HeaderValue::from_str(name.as_str()).ok()) {
        response.headers_mut().insert(id_header, value);
    }
    response
}

/// Whether a request came to the host name of a tenant.
async fn at_tenant(service: &Service, headers: &HeaderMap) -> bool {
    let Some(host) = pages::host(headers) else { return false };
    // A store that does not answer says so to whoever asks it next.
    service.tenant_at(&host).await.is_ok_and(|tenant| tenant.is_some())
}

/// Whether a path is one of these or below it.
fn is_below(path: &str, tops: &[&str]) -> bool {
    tops.iter().any(|top| path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// What a layer said beside a refusal stays: which methods there are, what is left of a limit.
fn carry(mut before: HeaderMap, into: &mut HeaderMap) {
    for name in [header::ALLOW, api::rate::RATE, api::rate::POLICY] {
        if let Some(value) = before.remove(&name) {
            into.insert(name, value);
        }
    }
}

/// Everything done and logged meanwhile carries the request's name.
async fn served(service: &Service, name: Option<RequestName>, request: Request, next: Next) -> Response {
    let (request, arrival) = arriving::watched(request, service.request_idle());
    let work = caught(next.run(request));
    let response = match name {
        None => work.await,
        Some(name) => {
            let span = tracing::error_span!("request", request = %name);
            name.during(work.instrument(span)).await
        }
    };
    arrival.answer(response)
}

/// A handler that panics: said to the log with its place, to the caller without.
async fn caught(work: impl Future<Output = Response>) -> Response {
    // Nothing of the request is looked at again after a panic; the payload may hold anything, a secret too.
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_payload| panicked().into_response())
}

fn panicked() -> Problem {
    let told = "Something went wrong on our side. Try again; if it stays, tell the operator the request id.";
    Problem::new(Code::Internal, told).because(Panic)
}

/// A person looks at pages; everybody else reads JSON.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !path.starts_with("/v1/") && accepts.contains("text/html")
}

/// What the log says about a request.
struct Line<'a> {
    name: Option<&'a RequestName>,
    method: &'a str,
    route: &'a str,
    started: Instant,
}

impl Line<'_> {
    fn write(&self, response: &Response, problem: Option<&Problem>) {
        let request = self.name.map(RequestName::as_str).unwrap_or_default();
        let (method, route, status) = (self.method, self.route, response.status().as_u16());
        let milliseconds = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let code = problem.map(Problem::code);
        match problem.and_then(Problem::cause) {
            Some(cause) if status >= 500 => {
                tracing::error!(
                    request,
                    method,
                    route,
                    status,
                    code,
                    milliseconds,
                    cause = chain(cause),
                    "request failed"
                );
            }
            Some(cause) => {
                tracing::info!(
                    request,
                    method,
                    route,
                    status,
                    code,
                    milliseconds,
                    cause = chain(cause),
                    "request refused"
                );
            }
            None => tracing::info!(request, method, route, status, code, milliseconds, "request answered"),
        }
    }
}

/// An error and what it came from.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panic;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    #[test]
    fn pages_are_for_browsers_and_never_under_v1() {
        let mut browser = HeaderMap::new();
        browser.insert(header::ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"));
        assert!(wants_page("/connect/x", &browser));
        assert!(wants_page("/", &browser));
        assert!(!wants_page("/v1/connections", &browser));
        assert!(!wants_page("/connect/x", &HeaderMap::new()));
    }

    #[test]
    fn what_is_below_a_path_is_told_from_what_begins_alike() {
        assert!(is_below("/v1", &OWN_ONLY) && is_below("/v1/tenants", &OWN_ONLY) && is_below("/docs/", &OWN_ONLY));
        assert!(!is_below("/v1x", &OWN_ONLY) && !is_below("/doctor/x", &OWN_ONLY) && !is_below("/", &OWN_ONLY));
    }

    #[test]
    fn a_chain_says_each_cause_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::io::Error);
        assert_eq!(chain(&Outer(std::io::Error::other("inner"))), "outer: inner");
    }

    #[tokio::test]
    async fn a_panic_tells_the_caller_nothing() {
        let response = caught(async { std::panic::resume_unwind(Box::new("secret text")) }).await;
        let problem = response.extensions().get::<Problem>().unwrap();
        assert_eq!(problem.code(), "internal");
        assert!(!format!("{problem:?}").contains("secret text"));
    }
}
