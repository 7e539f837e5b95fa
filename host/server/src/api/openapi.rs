//! `GET /openapi.json`: the description of the API, made once from the routes themselves.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::describe::{About, Answer, Answers, Operation, Routes, Tag};

/// The description, written.
static WRITTEN: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", super::description()));

/// The description as an answer.
struct Description;

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Operations).get(
        "/openapi.json",
        show,
        About::new(
            "getDescription",
            "This description",
            "The description of the API (OpenAPI 3.1). `jackfield openapi` prints the same, and `/docs` shows it to people.",
        ),
    )
}

/// What `GET /openapi.json` answers.
pub fn written() -> &'static str {
    &WRITTEN
}

async fn show() -> Description {
    Description
}

impl IntoResponse for Description {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], written()).into_response()
    }
}

impl Answers for Description {
    fn answers(operation: &mut Operation<'_>) {
        let schema: Value = json!({ "type": "object", "examples": [{ "openapi": "3.1.0" }] });
        operation.answers(StatusCode::OK, Answer::with_body("The description.", "application/json", &schema));
    }
}
