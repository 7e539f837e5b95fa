//! `GET /metrics`: the host's figures, for an operator's machinery.

use axum::{
    extract::{FromRequestParts, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header, request::Parts};
use serde_json::json;

use super::{
    caller::ForHost,
    describe::{About, Answer, Answers, Operation, Routes, Tag, Takes},
    problem::Problem,
};
use crate::{metrics::MEDIA_TYPE, service::Service};

/// Whoever may see the figures: an operator, or everybody where the operator said so.
struct Watcher;

/// The figures as an answer.
struct Figures(String);

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Operations).get(
        "/metrics",
        show,
        About::new(
            "getMetrics",
            "Figures",
            "Counters and gauges in the text format of OpenMetrics, which Prometheus reads: requests by route and status, \
             refreshes and verifications by outcome, proxied bytes, connections, and what waits for upkeep. No label says \
             whose something was. Where `api.open_metrics` is set, no key is needed.",
        ),
    )
}

async fn show(_: Watcher, State(service): State<Service>) -> Result<Figures, Problem> {
    Ok(Figures(service.figures().await?))
}

impl FromRequestParts<Service> for Watcher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        if !service.shows_figures_to_everybody() {
            ForHost::from_request_parts(parts, service).await?;
        }
        Ok(Self)
    }
}

impl Takes for Watcher {
    fn takes(operation: &mut Operation<'_>) {
        ForHost::takes(operation);
    }
}

impl IntoResponse for Figures {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, MEDIA_TYPE)], self.0).into_response()
    }
}

impl Answers for Figures {
    fn answers(operation: &mut Operation<'_>) {
        let schema = json!({ "type": "string", "examples": ["# TYPE jackfield_connections gauge\njackfield_connections 42\n# EOF\n"] });
        operation.answers(StatusCode::OK, Answer::with_body("The figures.", MEDIA_TYPE, &schema));
    }
}
