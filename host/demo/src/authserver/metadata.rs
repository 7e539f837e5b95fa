//! What the server says about itself (RFC 8414, OpenID Connect Discovery) and its public keys.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jsonwebtoken::jwk::JwkSet;
use serde_json::{Value, json};

use crate::provider::Provider;
use crate::scopes::PERMISSIONS;

/// One document for both well-known addresses.
pub(super) async fn metadata(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(document(&provider.issuer))
}

/// The key that signs ID tokens.
pub(super) async fn jwks(State(provider): State<Arc<Provider>>) -> Json<JwkSet> {
    Json(provider.key.public().clone())
}

fn document(issuer: &str) -> Value {
    let scopes = PERMISSIONS.map(|permission| permission.scope);
    let client_authentication = ["client_secret_basic", "client_secret_post"];
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": client_authentication,
        "revocation_endpoint_auth_methods_supported": client_authentication,
        "authorization_response_iss_parameter_supported": true,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "name", "preferred_username", "email", "email_verified"],
    })
}
