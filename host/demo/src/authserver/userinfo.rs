//! The userinfo endpoint (OpenID Connect Core section 5.3).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::bearer::{Caller, Denied};
use crate::params::Params;
use crate::people::Subject;
use crate::provider::Provider;

/// `GET` or `POST /userinfo`, with an access token that reaches `openid`.
pub(super) async fn userinfo(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let no_query = Params::parse(&[]);
    let caller = Caller::find(&provider.books(), &headers, &no_query);
    match caller.and_then(|caller| claims(&caller)) {
        Ok(claims) => Json(claims).into_response(),
        Err(denied) => denied.into_response(),
    }
}

fn claims(caller: &Caller) -> Result<Value, Denied> {
    let Caller::Token { subject: Subject::Person(person), .. } = caller else {
        return Err(Denied::Invalid);
    };
    caller.need("openid")?;
    let mut claims = json!({ "sub": person.as_str() });
    if let Some(members) = claims.as_object_mut() {
        if caller.need("profile").is_ok() {
            members.insert("name".into(), person.name().into());
            members.insert("preferred_username".into(), person.as_str().into());
        }
        if caller.need("email").is_ok() {
            members.insert("email".into(), person.email().into());
            members.insert("email_verified".into(), false.into());
        }
    }
    Ok(claims)
}
