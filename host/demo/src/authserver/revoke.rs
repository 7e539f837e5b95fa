//! The revocation endpoint (RFC 7009), which oxide-auth does not have.

use std::sync::Arc;

use axum::extract::{RawForm, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use super::request::Authenticated;
use crate::params::Params;
use crate::provider::Provider;

/// `POST /revoke`. A `token_type_hint` is read by nobody: each token is found without it.
pub(super) async fn revoke(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    match revoked(&provider, &headers, Params::parse(&body)) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// An unknown token is as good as revoked (section 2.2); another client's is refused (section 2.1).
fn revoked(provider: &Provider, headers: &HeaderMap, form: Params) -> Result<(), Refusal> {
    let mut books = provider.books();
    let request = Authenticated::check(&books, headers, form)?;
    let token = request.one("token").ok_or(Refusal::Request)?;
    match books.ledger.client_of(token) {
        None => Ok(()),
        Some(owner) if owner != request.client_id() => Err(Refusal::UnauthorizedClient),
        Some(_) => {
            books.ledger.revoke(token);
            books.counts.revocations += 1;
            Ok(())
        }
    }
}
