//! The token endpoint: picks the grant, and writes the answer with its ID token.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawForm, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use oxide_auth::primitives::grant::Grant;
use serde_json::{Value, json};

use super::asked::NONCE;
use super::refusal::Refusal;
use super::request::Authenticated;
use super::{client_credentials, redeem, refresh};
use crate::params::Params;
use crate::people::Subject;
use crate::provider::Provider;
use crate::scopes;
use crate::signing::Identity;

/// What a grant brought.
pub(super) struct Granted {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    /// Whose it is, for which client and how far it reaches.
    pub(super) grant: Grant,
    /// Whether a person was just asked, so that the `nonce` belongs into the ID token.
    pub(super) fresh: bool,
}

/// `POST /token`.
pub(super) async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let answer = granted(&provider, &headers, Params::parse(&body)).and_then(|granted| written(&provider, &granted));
    match answer {
        Ok(answer) => ([(CACHE_CONTROL, "no-store")], Json(answer)).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn granted(provider: &Provider, headers: &HeaderMap, form: Params) -> Result<Granted, Refusal> {
    let mut books = provider.books();
    let request = Authenticated::check(&books, headers, form)?;
    match request.one("grant_type") {
        Some("authorization_code") => redeem::redeem(&mut books, &request),
        Some("refresh_token") => refresh::refresh(&mut books, &request),
        Some("client_credentials") => client_credentials::grant(&mut books, &request, provider.ambient.now()),
        Some(_) => Err(Refusal::GrantType),
        None => Err(Refusal::Request),
    }
}

fn written(provider: &Provider, granted: &Granted) -> Result<Value, Refusal> {
    let mut answer = json!({
        "access_token": granted.access_token,
        "token_type": "Bearer",
        "expires_in": provider.lifetime.as_secs(),
        "scope": scopes::written(&granted.grant.scope),
    });
    let id_token = id_token(provider, granted)?;
    if let Some(members) = answer.as_object_mut() {
        let refresh = granted.refresh_token.clone().map(Value::from);
        members.extend(refresh.map(|token| ("refresh_token".to_owned(), token)));
        members.extend(id_token.map(|token| ("id_token".to_owned(), token.into())));
    }
    Ok(answer)
}

/// An ID token, where a person gave the scope `openid`.
fn id_token(provider: &Provider, granted: &Granted) -> Result<Option<String>, Refusal> {
    let grant = &granted.grant;
    let subject = Subject::parse(&grant.owner_id).map_err(|_| Refusal::Server)?;
    let Subject::Person(person) = subject else {
        return Ok(None);
    };
    if !scopes::has(&grant.scope, "openid") {
        return Ok(None);
    }
    let mut notes = grant.extensions.private();
    let nonce = notes.find_map(|(name, value)| value.filter(|_| name == NONCE));
    let identity = Identity {
        sub: person.as_str(),
        client_id: &grant.client_id,
        access_token: &granted.access_token,
        nonce: nonce.filter(|_| granted.fresh),
    };
    provider.key.id_token(&provider.issuer, &identity, provider.ambient.now()).map(Some).map_err(|_| Refusal::Server)
}
