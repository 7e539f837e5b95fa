//! `api.github.com`: who a token belongs to, a little to read, and the end of a token or a grant.
//!
//! Authentication, its refusals and the `User-Agent` rule follow
//! <https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api> and
//! <https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api>; the scope headers,
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps>.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use http::header::{AUTHORIZATION, LINK, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Grant, OauthApp, Shared};

const SCOPES: HeaderName = HeaderName::from_static("x-oauth-scopes");
const ACCEPTED: HeaderName = HeaderName::from_static("x-accepted-oauth-scopes");
/// How many repositories there are to read; every second one is private.
const REPOSITORIES: usize = 5;

/// "All API requests must include a valid `User-Agent` header."
pub(super) async fn user_agent(request: Request<Body>, next: Next) -> Response {
    if request.headers().contains_key(USER_AGENT) {
        return next.run(request).await;
    }
    let text = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header";
    (StatusCode::FORBIDDEN, text).into_response()
}

/// <https://docs.github.com/en/rest/users/users#get-the-authenticated-user>
pub(super) async fn user(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let Some(grant) = authenticated(&state, &headers) else {
        return unauthorized(&headers);
    };
    let login = &grant.person.login;
    let user = json!({
        "login": login,
        "id": grant.person.id,
        "node_id": BASE64.encode(format!("04:User{}", grant.person.id).as_bytes()),
        "avatar_url": format!("https://github.com/images/{login}.gif"),
        "html_url": format!("https://github.com/{login}"),
        "type": "User",
        "site_admin": false,
        "name": format!("monalisa {login}"),
        "email": format!("{login}@github.com"),
    });
    (scope_headers(&grant, ""), Json(user)).into_response()
}

/// <https://docs.github.com/en/rest/users/emails#list-email-addresses-for-the-authenticated-user>: needs `user:email`, else 404.
pub(super) async fn emails(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let Some(grant) = authenticated(&state, &headers) else {
        return unauthorized(&headers);
    };
    let sent = scope_headers(&grant, "user, user:email");
    if !has(&grant, &["user", "user:email"]) {
        return (sent, not_found().await).into_response();
    }
    let email = format!("{}@github.com", grant.person.login);
    let emails = json!([{"email": email, "verified": true, "primary": true, "visibility": "public"}]);
    (sent, Json(emails)).into_response()
}

#[derive(Deserialize)]
pub(super) struct Paging {
    per_page: Option<usize>,
    page: Option<usize>,
}

/// <https://docs.github.com/en/rest/repos/repos#list-repositories-for-the-authenticated-user>: private ones need `repo`. Pages:
/// <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>.
pub(super) async fn repos(State(state): State<Shared>, headers: HeaderMap, Query(paging): Query<Paging>) -> Response {
    let Some(grant) = authenticated(&state, &headers) else {
        return unauthorized(&headers);
    };
    let login = &grant.person.login;
    let visible = (1..=REPOSITORIES).filter(|number| number % 2 == 1 || has(&grant, &["repo"]));
    let all: Vec<Value> = visible
        .map(|number| {
            let name = format!("hello-world-{number}");
            let full_name = format!("{login}/{name}");
            json!({"id": number, "name": name, "full_name": full_name, "private": number % 2 == 0, "owner": {"login": login}})
        })
        .collect();
    let size = paging.per_page.unwrap_or(30).clamp(1, 100);
    let page = paging.page.unwrap_or(1).max(1);
    let mut sent = scope_headers(&grant, "");
    if page * size < all.len() {
        let next = format!("<https://api.github.com/user/repos?per_page={size}&page={}>; rel=\"next\"", page + 1);
        sent.extend(HeaderValue::from_str(&next).ok().map(|next| (LINK, next)));
    }
    let shown: Vec<Value> = all.into_iter().skip((page - 1) * size).take(size).collect();
    (sent, Json(shown)).into_response()
}

#[derive(Deserialize)]
pub(super) struct Ended {
    access_token: String,
}

/// <https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-token>
pub(super) async fn delete_token(
    State(state): State<Shared>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    Json(ended): Json<Ended>,
) -> Response {
    end(&state, &client_id, &headers, &ended, |one, other| std::ptr::eq(one, other))
}

/// <https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-authorization>: every token of that person goes.
pub(super) async fn delete_grant(
    State(state): State<Shared>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    Json(ended): Json<Ended>,
) -> Response {
    end(&state, &client_id, &headers, &ended, |one, other| one.person == other.person)
}

/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>
pub(super) async fn not_found() -> Response {
    refusal(StatusCode::NOT_FOUND, "Not Found")
}

/// 204, or 422 for a token that is none of the app's; basic authentication with client id and secret.
fn end(
    state: &Shared,
    client_id: &str,
    headers: &HeaderMap,
    ended: &Ended,
    with: impl Fn(&Grant, &Grant) -> bool,
) -> Response {
    let mut state = state.lock();
    if client_id != state.app.client_id || !is_app(&state.app, headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Bad credentials");
    }
    let Some(grant) = state.tokens.get(&ended.access_token) else {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed");
    };
    let others = state.tokens.iter().filter(|(_, other)| with(grant, other));
    let gone: Vec<String> = others.map(|(token, _)| token.clone()).collect();
    state.tokens.retain(|token, _| !gone.contains(token));
    StatusCode::NO_CONTENT.into_response()
}

fn is_app(app: &OauthApp, headers: &HeaderMap) -> bool {
    let pair = format!("{}:{}", app.client_id, app.client_secret);
    let expected = format!("Basic {}", BASE64.encode(pair.as_bytes()));
    headers.get(AUTHORIZATION).is_some_and(|value| value.as_bytes() == expected.as_bytes())
}

/// "You can use `Authorization: Bearer` or `Authorization: token`."
fn authenticated(state: &Shared, headers: &HeaderMap) -> Option<Grant> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token");
    known.then(|| state.lock().tokens.get(token).cloned()).flatten()
}

fn unauthorized(headers: &HeaderMap) -> Response {
    let known = headers.contains_key(AUTHORIZATION);
    refusal(StatusCode::UNAUTHORIZED, if known { "Bad credentials" } else { "Requires authentication" })
}

fn refusal(status: StatusCode, message: &str) -> Response {
    let body = json!({
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": status.as_str(),
    });
    (status, Json(body)).into_response()
}

fn has(grant: &Grant, any: &[&str]) -> bool {
    grant.scopes.iter().any(|scope| any.contains(&scope.as_str()))
}

fn scope_headers(grant: &Grant, accepted: &'static str) -> HeaderMap {
    let granted = HeaderValue::from_str(&grant.scopes.join(", "));
    let mut headers = HeaderMap::new();
    headers.extend(granted.ok().map(|granted| (SCOPES, granted)));
    headers.insert(ACCEPTED, HeaderValue::from_static(accepted));
    headers
}
