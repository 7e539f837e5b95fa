//! The authenticated proxy over HTTP: streams both ways, and lets no header through that belongs to either side alone.

mod told;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
    routing::any,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use http_body_util::BodyExt;
use jackfield_model::id::ConnectionId;

use super::{
    caller::{ForTenant, Proxy},
    problem::{ANSWERED_BY, Problem},
};
use crate::service::{Proxied, ProxyRequest, Service};

/// Selects among several approved origins of a connector.
const ORIGIN_HEADER: &str = "jackfield-origin";
/// Selects among several tokens of a connection.
const TOKEN_HEADER: &str = "jackfield-token";
/// What begins with this is between the caller and us.
const OURS: &str = "jackfield-";

/// The caller's own: its key, its cookies, its route to us; and what the host writes itself.
const CALLERS: [&str; 13] = [
    "authorization",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-http-method-override",
    "x-real-ip",
];
/// What a provider may say about its own origin only.
const PROVIDERS: [&str; 8] = [
    "alt-svc",
    "clear-site-data",
    "content-security-policy",
    "content-security-policy-report-only",
    "service-worker-allowed",
    "set-cookie",
    "set-cookie2",
    "strict-transport-security",
];

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/connections/{id}/proxy", any(proxy))
        .route("/v1/connections/{id}/proxy/", any(proxy))
        .route("/v1/connections/{id}/proxy/{*path}", any(proxy))
}

async fn proxy(State(service): State<Service>, by: ForTenant<Proxy>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let id = connection(&parts.uri)?;
    if matches!(parts.method, Method::CONNECT | Method::TRACE) {
        return Err(Problem::method());
    }
    let asked = ProxyRequest {
        method: parts.method,
        path_and_query: beyond(&parts.uri),
        origin: named(&parts.headers, ORIGIN_HEADER)?,
        token: named(&parts.headers, TOKEN_HEADER)?,
        headers: outgoing(parts.headers),
    };
    let body = body.map_err(Into::into).boxed_unsync();
    let proxied = Box::pin(service.proxy(by.tenant, id, asked, body)).await;
    let Proxied { response, told } = proxied.map_err(|error| Problem::from(error).for_provider())?;
    let (mut answer, body) = response.into_parts();
    answer.headers = incoming(answer.headers);
    told::write(&mut answer.headers, &told);
    Ok(Response::from_parts(answer, Body::new(body)))
}

/// What a header of ours names; one thing, in plain text.
fn named(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(name).iter();
    let refuse = || Problem::query(&format!("the header {name} names one thing, in plain text")).for_provider();
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => one.to_str().map(|one| Some(one.to_owned())).map_err(|_| refuse()),
        (Some(_), Some(_)) => Err(refuse()),
    }
}

/// The connection, read without the rest of the path, which may be no text at all.
fn connection(uri: &Uri) -> Result<ConnectionId, Problem> {
    let id = uri.path().split('/').nth(3).and_then(|id| id.parse().ok());
    id.ok_or_else(|| Problem::not_found("connection"))
}

/// What follows `/v1/connections/{id}/proxy`, still encoded as it arrived.
fn beyond(uri: &Uri) -> String {
    let rest = uri.path().splitn(6, '/').nth(5).unwrap_or_default();
    match uri.query() {
        Some(query) => format!("/{rest}?{query}"),
        None => format!("/{rest}"),
    }
}

/// The caller's headers without what is between the caller and us. What ends at this hop the service takes off.
fn outgoing(headers: HeaderMap) -> HeaderMap {
    without(headers, &CALLERS)
}

/// The provider's headers without what speaks for its own origin, and with our own.
fn incoming(headers: HeaderMap) -> HeaderMap {
    let mut kept = without(headers, &PROVIDERS);
    kept.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    kept.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    kept.insert(ANSWERED_BY, HeaderValue::from_static("provider"));
    kept
}

fn without(mut headers: HeaderMap, dropped: &[&str]) -> HeaderMap {
    let drop = |name: &HeaderName| dropped.contains(&name.as_str()) || name.as_str().starts_with(OURS);
    let names: Vec<HeaderName> = headers.keys().filter(|name| drop(name)).cloned().collect();
    for name in names {
        headers.remove(name);
    }
    headers
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn the_callers_key_and_cookies_do_not_leave() {
        let sent = headers(&[
            ("authorization", "Bearer jf_1"),
            ("cookie", "a=1"),
            ("jackfield-tenant", "ten_1"),
            ("jackfield-origin", "api"),
            ("host", "jack.example.com"),
            ("content-length", "3"),
            ("x-forwarded-for", "192.0.2.1"),
            ("accept", "application/json"),
            ("content-type", "text/plain"),
        ]);
        assert_eq!(names(&outgoing(sent)), ["accept", "content-type"]);
    }

    #[test]
    fn an_answer_cannot_act_in_our_origins_name() {
        let answered = incoming(headers(&[
            ("set-cookie", "a=1"),
            ("strict-transport-security", "max-age=1"),
            ("content-security-policy", "default-src *"),
            ("jackfield-request-id", "req_forged"),
            ("content-type", "text/html"),
            ("content-length", "3"),
            ("etag", "\"1\""),
        ]));
        let expected = [
            "content-length",
            "content-security-policy",
            "content-type",
            "etag",
            "jackfield-answered-by",
            "x-content-type-options",
        ];
        assert_eq!(names(&answered), expected);
        assert_eq!(answered.get("content-security-policy").unwrap(), "sandbox");
        assert_eq!(answered.get("x-content-type-options").unwrap(), "nosniff");
    }

    #[test]
    fn repeated_headers_stay_repeated() {
        let mut two = HeaderMap::new();
        two.append("accept", HeaderValue::from_static("a/b"));
        two.append("accept", HeaderValue::from_static("c/d"));
        assert_eq!(outgoing(two).get_all("accept").iter().count(), 2);
    }

    #[test]
    fn the_path_is_passed_on_as_it_is_written() {
        let beyond = |uri: &str| beyond(&uri.parse().unwrap());
        assert_eq!(
            beyond("/v1/connections/conn_1/proxy/repos/a%2Fb/issues?q=a%20b&q=c"),
            "/repos/a%2Fb/issues?q=a%20b&q=c"
        );
        assert_eq!(beyond("/v1/connections/conn_1/proxy/"), "/");
        assert_eq!(beyond("/v1/connections/conn_1/proxy"), "/");
        assert_eq!(beyond("/v1/connections/conn_1/proxy?x=1"), "/?x=1");
        assert_eq!(beyond("/v1/connections/conn_1/proxy//a/../b"), "//a/../b");
    }
}
