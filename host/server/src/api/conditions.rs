//! `If-Match`, `If-None-Match` and `ETag` on connections (RFC 9110 sections 8.8.3 and 13).

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderName, StatusCode, header, request::Parts};
use schemars::JsonSchema;

use super::{
    describe::{Answer, Answers, Operation, Takes},
    problem::{Code, Problem},
    reply::{Found, Tagged, tagged},
};
use crate::service::{Conditions, Tags};

/// What a request says about the state it expects.
pub(super) struct If(pub(super) Conditions);

impl<S: Send + Sync> FromRequestParts<S> for If {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let matches = tags(parts, &header::IF_MATCH)?;
        let matches_none = tags(parts, &header::IF_NONE_MATCH)?;
        Ok(Self(Conditions { matches, matches_none }))
    }
}

/// Several headers of one name are one list (RFC 9110 section 5.3).
fn tags(parts: &Parts, name: &HeaderName) -> Result<Option<Tags>, Problem> {
    let lines: Vec<String> = parts
        .headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let read = Tags::parse(&lines.join(","));
    read.map(Some)
        .map_err(|error| Problem::new(Code::HeaderInvalid, format!("the header {name} does not fit: {error}")))
}

impl Takes for If {
    fn takes(operation: &mut Operation<'_>) {
        let told = "Goes on only where the connection still has this `ETag`; `*` where it is there at all.";
        operation.in_header::<String>("If-Match", told);
        operation.refuses(&[Code::HeaderInvalid, Code::Stale]);
    }
}

/// What a reader knows already: `If-None-Match`.
pub(super) struct Known(pub(super) Conditions);

impl<S: Send + Sync> FromRequestParts<S> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        If::from_request_parts(parts, state).await.map(|conditions| Self(conditions.0))
    }
}

impl Takes for Known {
    fn takes(operation: &mut Operation<'_>) {
        let told = "The `ETag` of an answer that is at hand: where nothing changed since, 304 says so without a body.";
        operation.in_header::<String>("If-None-Match", told);
        operation.refuses(&[Code::HeaderInvalid, Code::Stale]);
    }
}

/// An answer, unless the reader has it already.
pub(super) enum Unless<V> {
    /// 304: the reader has it.
    Known(String),
    /// 200 and the thing.
    New(Tagged<Found<V>>),
}

impl<V> IntoResponse for Unless<V> {
    fn into_response(self) -> Response {
        match self {
            Self::Known(tag) => tagged(&tag, StatusCode::NOT_MODIFIED.into_response()),
            Self::New(found) => found.into_response(),
        }
    }
}

impl<V: JsonSchema> Answers for Unless<V> {
    fn answers(operation: &mut Operation<'_>) {
        operation
            .answers(StatusCode::NOT_MODIFIED, Answer::empty("Nothing changed since the answer with that `ETag`."));
        Tagged::<Found<V>>::answers(operation);
    }
}
