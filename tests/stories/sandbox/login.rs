//! An authorization server of no provider in particular, which tells whoever reads its answers everything it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::Double;
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

/// An access token and its refresh token.
pub(crate) type Pair = (&'static str, &'static str);

/// The running server at `login.test`.
pub(crate) struct Login {
    double: Double,
    shared: Shared,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Issues>>);

#[derive(Default)]
struct Issues {
    code: String,
    tokens: VecDeque<Pair>,
    unread: bool,
}

impl Login {
    pub(crate) async fn start(authority: &Authority) -> Self {
        let shared = Shared::default();
        let router = Router::new()
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/revoke", post(revoke));
        let router = router.with_state(shared.clone());
        Self { double: Double::serve(authority, vec![("login.test", router)]).await.unwrap(), shared }
    }

    pub(crate) fn double(&self) -> &Double {
        &self.double
    }

    /// The code of the next consent, and the tokens of the next answers.
    pub(crate) fn issues(&self, code: &str, tokens: impl IntoIterator<Item = Pair>) {
        let tokens = tokens.into_iter().collect();
        *self.shared.0.lock().unwrap() = Issues { code: code.to_owned(), tokens, unread: false };
    }

    /// What it issues from now on names a scope, which the guest `unread` does not read.
    pub(crate) fn is_unread(&self) {
        self.shared.0.lock().unwrap().unread = true;
    }
}

/// Everybody consents at once.
async fn authorize(State(shared): State<Shared>, Query(asked): Query<Vec<(String, String)>>) -> Redirect {
    let value = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap();
    let mut to = Url::parse(&value("redirect_uri")).unwrap();
    let code = shared.0.lock().unwrap().code.clone();
    to.query_pairs_mut().append_pair("code", &code).append_pair("state", &value("state"));
    Redirect::to(to.as_str())
}

/// RFC 7009 section 2.2: whatever is asked is done.
async fn revoke() -> StatusCode {
    StatusCode::OK
}

/// The tokens, and every parameter and the authorization header back: as members, in a header, as a cookie.
async fn token(State(shared): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let (access, refresh) = shared.0.lock().unwrap().tokens.pop_front().expect("more tokens are asked for than issued");
    let unread = shared.0.lock().unwrap().unread;
    let asked: Map<String, Value> =
        form_urlencoded::parse(body.as_bytes()).map(|(name, value)| (name.into_owned(), json!(value))).collect();
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut answer = json!({
        "access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": 3600,
        "team": "T012", "asked": asked, "basic": basic, access: "a key can be a secret too",
    });
    if unread {
        answer["scope"] = json!("unread");
    }
    let told = [
        (HeaderName::from_static("x-asked"), HeaderValue::from_str(&body).unwrap()),
        (HeaderName::from_static("x-token"), HeaderValue::from_static(access)),
        (header::SET_COOKIE, HeaderValue::from_str(&format!("refresh={refresh}")).unwrap()),
    ];
    (HeaderMap::from_iter(told), Json(answer)).into_response()
}
