//! The authorization server's endpoints, one a file.

mod asked;
mod authorize;
mod client_credentials;
mod metadata;
mod page;
mod redeem;
mod refresh;
mod refusal;
mod request;
mod revoke;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::provider::Provider;

const LARGEST_BODY: usize = 64 * 1024;

/// All endpoints, at the root of the issuer.
pub(crate) fn router() -> Router<Arc<Provider>> {
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata::metadata))
        .route("/.well-known/openid-configuration", get(metadata::metadata))
        .route("/jwks", get(metadata::jwks))
        .route("/authorize", get(authorize::ask).post(authorize::decide))
        .route("/token", post(token::token))
        .route("/revoke", post(revoke::revoke))
        .route("/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
}
