//! The small API: it checks the credential of each request and answers in the caller's name.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bearer::{Caller, Denied};
use crate::books::{Books, MOST_ITEMS};
use crate::params::Params;
use crate::people::Subject;
use crate::provider::Provider;
use crate::scopes;

const LARGEST_BODY: usize = 64 * 1024;
const LONGEST_TITLE: usize = 200;

/// `GET /whoami`, `GET /items`, `POST /items`, `POST /echo`.
pub(crate) fn router() -> Router<Arc<Provider>> {
    Router::new()
        .route("/whoami", get(whoami))
        .route("/items", get(items).post(add_item))
        .route("/echo", post(echo))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
}

/// Lets a valid caller through to `answer`, counts both outcomes.
fn answered(
    provider: &Provider,
    headers: &HeaderMap,
    query: Option<&str>,
    answer: impl FnOnce(&mut Books, &Caller) -> Result<Response, Denied>,
) -> Response {
    let query = Params::parse(query.unwrap_or_default().as_bytes());
    let mut books = provider.books();
    let found = Caller::find(&books, headers, &query);
    match found.and_then(|caller| answer(&mut books, &caller)) {
        Ok(response) => {
            books.counts.api_calls += 1;
            response
        }
        Err(denied) => {
            books.counts.api_refusals += 1;
            denied.into_response()
        }
    }
}

async fn whoami(State(provider): State<Arc<Provider>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    answered(&provider, &headers, query.as_deref(), |_, caller| Ok(Json(described(caller)).into_response()))
}

async fn items(State(provider): State<Arc<Provider>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    answered(&provider, &headers, query.as_deref(), |books, caller| {
        caller.need("items:read")?;
        let items: Vec<Value> =
            (1_usize..).zip(&books.items).map(|(id, title)| json!({ "id": id, "title": title })).collect();
        Ok(Json(json!({ "items": items })).into_response())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewItem {
    title: String,
}

async fn add_item(
    State(provider): State<Arc<Provider>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Json(NewItem { title }): Json<NewItem>,
) -> Response {
    answered(&provider, &headers, query.as_deref(), |books, caller| {
        caller.need("items:write")?;
        let fits = (1..=LONGEST_TITLE).contains(&title.len());
        if !fits || books.items.len() >= MOST_ITEMS {
            let reason = json!({ "error": "invalid_item" });
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(reason)).into_response());
        }
        let item = json!({ "id": books.items.len() + 1, "title": &title });
        books.items.push(title);
        Ok((StatusCode::CREATED, Json(item)).into_response())
    })
}

async fn echo(
    State(provider): State<Arc<Provider>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    answered(&provider, &headers, query.as_deref(), |_, caller| {
        let sub = caller.subject().sub();
        Ok(Json(json!({ "sub": sub, "echo": body })).into_response())
    })
}

fn described(caller: &Caller) -> Value {
    let subject = caller.subject();
    let kind = match subject {
        Subject::Person(_) => "person",
        Subject::Client(_) => "client",
    };
    match caller {
        Caller::Token { client_id, scope, .. } => json!({
            "sub": subject.sub(),
            "name": subject.name(),
            "kind": kind,
            "via": "access token",
            "client_id": client_id,
            "scope": scopes::written(scope),
        }),
        Caller::ApiToken { .. } => json!({
            "sub": subject.sub(),
            "name": subject.name(),
            "kind": kind,
            "via": "API token",
        }),
    }
}
