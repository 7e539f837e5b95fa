//! Liveness and readiness, for the machinery around the host. Asks for no key.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    describe::{About, Answer, Answers, Operation, Routes, Tag},
    reply::{Found, found},
};
use crate::service::{Health, Service};

/// The process answers.
#[derive(Debug, Serialize, JsonSchema)]
struct Alive {
    /// Always `ok`.
    #[schemars(example = &"ok")]
    status: &'static str,
}

/// Whether the host can serve.
#[derive(Debug, Serialize, JsonSchema)]
struct Readiness {
    /// Whether it can.
    ready: bool,
    /// `ok` or `read-only`.
    #[schemars(example = &"ok")]
    store: &'static str,
    /// The version of the engine that runs connectors.
    #[schemars(example = &"48.0.8")]
    engine: String,
    /// How many connectors are ready to run.
    #[schemars(example = 3)]
    connectors: usize,
    /// What is wrong, a sentence each.
    #[schemars(example = json!([]))]
    problems: Vec<String>,
}

impl From<Health> for Readiness {
    fn from(health: Health) -> Self {
        Self {
            ready: health.ready,
            store: health.store,
            engine: health.engine,
            connectors: health.connectors,
            problems: health.problems,
        }
    }
}

impl IntoResponse for Readiness {
    fn into_response(self) -> Response {
        let status = if self.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (status, Json(self)).into_response()
    }
}

impl Answers for Readiness {
    fn answers(operation: &mut Operation<'_>) {
        let schema = operation.schema::<Self>();
        for (status, told) in [(StatusCode::OK, "Ready."), (StatusCode::SERVICE_UNAVAILABLE, "Not ready.")] {
            operation.answers(status, Answer::with_body(told, "application/json", &schema));
        }
    }
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Operations).get("/healthz", alive, About::new("getHealth", "Liveness", "The process answers.")).get(
        "/readyz",
        ready,
        About::new(
            "getReadiness",
            "Readiness",
            "Whether the host can serve: its store takes changes, and every approved connector can be called.",
        ),
    )
}

async fn alive() -> Found<Alive> {
    found(Alive { status: "ok" })
}

async fn ready(State(service): State<Service>) -> Readiness {
    service.health().await.into()
}
