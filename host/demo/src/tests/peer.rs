//! A plain HTTP client that follows no redirect and keeps nothing.

use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use data_encoding::BASE64;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use url::{Url, form_urlencoded};

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    pub(super) fn text(&self, member: &str) -> String {
        self.json()[member].as_str().expect(member).to_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(super) fn location(&self) -> Url {
        self.headers[LOCATION].to_str().unwrap().parse().unwrap()
    }

    /// Status and `error` at once, for refusals.
    pub(super) fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.text("error"))
    }
}

#[allow(clippy::disallowed_methods, reason = "the peer of a test, not a client of the host")]
async fn send(request: Request<Full<Bytes>>) -> Answer {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: head.status, headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// A request with these headers and this body.
pub(super) async fn ask(method: Method, url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(request.body(Full::new(body.into())).unwrap()).await
}

pub(super) async fn get(url: &str) -> Answer {
    ask(Method::GET, url, &[], "").await
}

pub(super) async fn get_with(url: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    ask(Method::GET, url, &[("authorization", &bearer)], "").await
}

/// Posts a form, with the client in a Basic header if there is one.
pub(super) async fn post(url: &str, client: Option<(&str, &str)>, form: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = Request::post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some((id, secret)) = client {
        let pair = format!("{}:{}", encoded(id), encoded(secret));
        let basic = format!("Basic {}", BASE64.encode(pair.as_bytes()));
        request = request.header(AUTHORIZATION, basic);
    }
    send(request.body(Full::new(body.into())).unwrap()).await
}

fn encoded(word: &str) -> String {
    form_urlencoded::byte_serialize(word.as_bytes()).collect()
}
