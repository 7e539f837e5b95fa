//! The shapes answers share: lists, things made, nothing.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// A list, and where it continues.
#[derive(Debug, Serialize)]
pub(super) struct List<T> {
    /// What is on this page.
    pub(super) items: Vec<T>,
    /// The cursor of the next page; null at the end.
    pub(super) next: Option<String>,
    /// How many records could not be unsealed and are left out.
    #[serde(skip_serializing_if = "is_none")]
    pub(super) unreadable: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl<T> List<T> {
    /// A list that fits on one page.
    pub(super) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None, unreadable: 0 }
    }
}

/// 201, where the thing now is, and the thing.
pub(super) fn created(location: &str, body: impl Serialize) -> Response {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// 200 and the thing.
pub(super) fn found(body: impl Serialize) -> Response {
    Json(body).into_response()
}

/// 204.
pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
