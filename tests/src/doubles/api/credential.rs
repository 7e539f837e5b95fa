//! Where a service looks for its token, and how it reads it there.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use data_encoding::BASE64;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use serde_json::Value;
use url::form_urlencoded;

/// The largest body that is searched for a token.
const LIMIT: usize = 4 * 1024 * 1024;

/// Where the service wants its token.
#[derive(Clone, Debug)]
pub enum Placement {
    /// In that header, after that prefix: `authorization` and `Bearer `, for one.
    Header(String, String),
    /// In that query parameter.
    Query(String),
    /// In that cookie, the only one of the request.
    Cookie(String),
    /// In that member of a JSON object or a form, and nowhere twice.
    Body(String),
    /// A name and a password (RFC 7617 section 2): the token is both with a colon between them, in UTF-8.
    Basic,
    /// In that header, and a second one, with a dot between them, in that other header.
    Two(String, String),
}

impl Placement {
    /// The token a request shows, and the request as it was.
    pub(super) async fn token(&self, request: Request) -> (Option<String>, Request) {
        let text = |name: &str| header(request.headers(), name);
        let found = match self {
            Self::Header(name, prefix) => {
                text(name).and_then(|value| value.strip_prefix(prefix.as_str()).map(str::to_owned))
            }
            Self::Query(name) => in_form(request.uri().query().unwrap_or_default().as_bytes(), name),
            Self::Cookie(name) => {
                let pair = text(COOKIE.as_str());
                pair.and_then(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned))
                    .filter(|value| !value.contains(';'))
            }
            Self::Basic => text(AUTHORIZATION.as_str()).and_then(|value| {
                let encoded = value.strip_prefix("Basic ")?;
                String::from_utf8(BASE64.decode(encoded.as_bytes()).ok()?).ok()
            }),
            Self::Two(first, second) => {
                text(first).zip(text(second)).map(|(first, second)| format!("{first}.{second}"))
            }
            Self::Body(name) => return in_body(request, name).await,
        };
        (found, request)
    }
}

/// The one value of a header.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().map(str::to_owned),
        _ => None,
    }
}

/// The one value of a name.
fn in_form(form: &[u8], name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(form).filter(|(key, _)| key == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

async fn in_body(request: Request, name: &str) -> (Option<String>, Request) {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LIMIT).await.unwrap_or_default();
    let kind = header(&parts.headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    let token = if kind.starts_with("application/json") {
        let value: Option<Value> = serde_json::from_slice(&body).ok();
        value.and_then(|value| value.get(name)?.as_str().map(str::to_owned))
    } else {
        in_form(&body, name)
    };
    (token, Request::from_parts(parts, Body::from(body)))
}
