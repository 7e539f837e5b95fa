//! The answers of handlers: each type is a status code, a body of a stated shape, and the headers that go with it.

use std::marker::PhantomData;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    describe::{Answer, Answers, Operation},
    problem::Problem,
};

/// A list, and where it continues.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub(super) struct List<T> {
    /// What is on this page.
    pub(super) items: Vec<T>,
    /// The cursor of the next page; null at the end.
    #[schemars(extend("examples" = [null]))]
    pub(super) next: Option<String>,
    /// How many records could not be unsealed and are left out.
    #[serde(skip_serializing_if = "is_none")]
    #[schemars(extend("examples" = [0]))]
    pub(super) unreadable: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// A body of the shape `V`, written already. Contravariant, so that a view may borrow from what the handler holds.
struct Written<V> {
    json: Result<Vec<u8>, serde_json::Error>,
    shape: PhantomData<fn(V)>,
}

impl<V: Serialize> Written<V> {
    fn of(view: &V) -> Self {
        Self { json: serde_json::to_vec(view), shape: PhantomData }
    }
}

impl<V> Written<V> {
    fn answer(self, status: StatusCode) -> Response {
        match self.json {
            Ok(json) => (status, [(header::CONTENT_TYPE, "application/json")], json).into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

/// 200 and a `V`.
pub(super) struct Found<V>(Written<V>);

/// 201, where the `V` now is, and the `V`.
pub(super) struct Created<V> {
    location: String,
    body: Written<V>,
}

/// 204.
pub(super) struct Nothing;

/// 200 and the thing.
pub(super) fn found<V: Serialize>(view: V) -> Found<V> {
    Found(Written::of(&view))
}

/// 201, where the thing now is, and the thing.
pub(super) fn created<V: Serialize>(location: String, view: V) -> Created<V> {
    Created { location, body: Written::of(&view) }
}

impl<V> IntoResponse for Found<V> {
    fn into_response(self) -> Response {
        self.0.answer(StatusCode::OK)
    }
}

impl<V> IntoResponse for Created<V> {
    fn into_response(self) -> Response {
        let mut response = self.body.answer(StatusCode::CREATED);
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

impl IntoResponse for Nothing {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// 201 or 200, and the `V` under the name the caller gave it.
pub(super) struct Put<V> {
    is_new: bool,
    body: Written<V>,
}

impl<V: Serialize> Put<V> {
    /// 201 where it is new, 200 where it was there.
    pub(super) fn of(is_new: bool, view: &V) -> Self {
        Self { is_new, body: Written::of(view) }
    }
}

impl<V> IntoResponse for Put<V> {
    fn into_response(self) -> Response {
        self.body.answer(if self.is_new { StatusCode::CREATED } else { StatusCode::OK })
    }
}

impl<V: JsonSchema> Answers for Put<V> {
    fn answers(operation: &mut Operation<'_>) {
        let schema = operation.schema::<V>();
        operation.answers(StatusCode::OK, Answer::with_body("It was there.", "application/json", &schema));
        operation.answers(StatusCode::CREATED, Answer::with_body("Made.", "application/json", &schema));
    }
}

/// An answer with the entity tag of what it shows (RFC 9110 section 8.8.3).
pub(super) struct Tagged<A> {
    tag: String,
    answer: A,
}

impl<A> Tagged<A> {
    /// `answer`, which shows the state of this tag.
    pub(super) fn of(tag: String, answer: A) -> Self {
        Self { tag, answer }
    }
}

impl<A: IntoResponse> IntoResponse for Tagged<A> {
    fn into_response(self) -> Response {
        tagged(&self.tag, self.answer.into_response())
    }
}

/// A response with an entity tag.
pub(super) fn tagged(tag: &str, mut response: Response) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

impl<A: Answers> Answers for Tagged<A> {
    fn answers(operation: &mut Operation<'_>) {
        A::answers(operation);
        let told = "The state it shows: send it as `If-Match` with a change that is meant for this state only.";
        operation.answers_with_header("ETag", told, &json!({ "type": "string" }));
    }
}

impl<V: JsonSchema> Answers for Found<V> {
    fn answers(operation: &mut Operation<'_>) {
        let schema = operation.schema::<V>();
        operation.answers(StatusCode::OK, Answer::with_body("Done.", "application/json", &schema));
    }
}

impl<V: JsonSchema> Answers for Created<V> {
    fn answers(operation: &mut Operation<'_>) {
        let schema = operation.schema::<V>();
        let place = json!({ "type": "string", "format": "uri-reference" });
        let answer = Answer::with_body("Made.", "application/json", &schema);
        operation.answers(StatusCode::CREATED, answer.with_header("Location", "The path of what was made.", &place));
    }
}

impl Answers for Nothing {
    fn answers(operation: &mut Operation<'_>) {
        operation.answers(StatusCode::NO_CONTENT, Answer::empty("Done; there is nothing to say."));
    }
}
