//! `/docs`: the description of the API for people, and a page for every problem, to which its `type` leads. Asks for no key.

mod document;
mod index;
mod operation;
mod problem;
mod prose;
mod schema;
mod shell;

use axum::{
    Extension, Router,
    extract::{Path, rejection::PathRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use maud::{Markup, html};
use serde_json::Value;

use self::{document::Document, shell::Shell};
use crate::service::Service;

/// What the pages here need beside the stylesheet of every page.
const STYLESHEET: &str = include_str!("../docs.css");

/// The last part of an address.
type Named = Result<Path<String>, PathRejection>;

/// The pages, drawn from what `description` answers.
pub(super) fn routes(description: fn() -> Value) -> Router<Service> {
    Router::new()
        .route("/docs", get(index))
        .route("/docs/operations/{id}", get(operation))
        .route("/docs/schemas/{name}", get(schema))
        .route("/docs/problems", get(problems))
        .route("/docs/problems/{code}", get(problem))
        .route("/assets/docs.css", get(stylesheet))
        .layer(Extension(Document::of(description)))
}

async fn index(Extension(document): Extension<Document>) -> Response {
    page("API", index::page(&document))
}

async fn operation(Extension(document): Extension<Document>, named: Named) -> Response {
    let found = named.ok().and_then(|Path(id)| document.operation(&id).map(|one| operation::page(&document, &one)));
    found.map_or_else(|| missing("operation"), |main| page("Operation", main))
}

async fn schema(Extension(document): Extension<Document>, named: Named) -> Response {
    let found = named.ok().and_then(|Path(name)| schema::page(&document, &name));
    found.map_or_else(|| missing("schema"), |main| page("Schema", main))
}

async fn problems() -> Response {
    page("Problems", problem::list())
}

async fn problem(Extension(document): Extension<Document>, named: Named) -> Response {
    let found = named.ok().and_then(|Path(word)| problem::page(&document, &word));
    found.map_or_else(|| missing("problem"), |main| page("Problem", main))
}

async fn stylesheet() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLESHEET).into_response()
}

fn page(title: &str, main: Markup) -> Response {
    Shell { title, main }.answer(StatusCode::OK)
}

fn missing(noun: &str) -> Response {
    let main = html! {
        h1 { "There is no such " (noun) }
        p { "This host's version has none of that name. " a href="/docs" { "All operations" } " and "
            a href="/docs/problems" { "all problems" } " are listed." }
    };
    Shell { title: "Not found", main }.answer(StatusCode::NOT_FOUND)
}
