//! What the path and the query of a request say, parsed once.

use std::{collections::BTreeMap, str::FromStr};

use axum::extract::{FromRequestParts, Path, Query};
use http::request::Parts;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{
    describe::{Operation, Takes},
    problem::{Code, Problem},
};

/// The `{id}` of a path. Text that cannot be such an id names nothing.
pub(super) struct Id<T>(pub(super) T);

impl<T, S> FromRequestParts<S> for Id<T>
where
    T: FromStr,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(mut named)| named.remove("id"));
        let parsed = id.and_then(|id| id.parse().ok());
        parsed.map(Self).ok_or_else(|| Problem::not_found("thing of this id"))
    }
}

impl<T: JsonSchema> Takes for Id<T> {
    fn takes(operation: &mut Operation<'_>) {
        operation.in_path::<T>("id", "Which.");
        operation.refuses(&[Code::NotFound]);
    }
}

/// The `{reference}` of a path: the application's own text.
pub(super) struct Reference(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Reference {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let reference = path.ok().and_then(|Path(mut named)| named.remove("reference"));
        reference.map(Self).ok_or_else(|| Problem::not_found("thing of this name"))
    }
}

impl Takes for Reference {
    fn takes(operation: &mut Operation<'_>) {
        operation.in_path::<String>(
            "reference",
            "The application's own id of the place, percent-encoded: at most 200 bytes.",
        );
        operation.refuses(&[Code::NotFound]);
    }
}

/// The `{end_user}` of a path: the application's own id of a person.
pub(super) struct EndUser(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for EndUser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let end_user = path.ok().and_then(|Path(mut named)| named.remove("end_user"));
        end_user.map(Self).ok_or_else(|| Problem::not_found("person of this id"))
    }
}

impl Takes for EndUser {
    fn takes(operation: &mut Operation<'_>) {
        operation.in_path::<String>("end_user", "The application's own id of the person, percent-encoded.");
        operation.refuses(&[Code::NotFound]);
    }
}

/// A query of known parameters only.
pub(super) struct Asked<T>(pub(super) T);

impl<T, S> FromRequestParts<S> for Asked<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => Err(Problem::query(&rejection.body_text())),
        }
    }
}

impl<T: JsonSchema> Takes for Asked<T> {
    fn takes(operation: &mut Operation<'_>) {
        operation.in_query::<T>();
        operation.refuses(&[Code::InvalidQuery]);
    }
}
