//! An issuer that gives machines tokens, and counts how many ask it at the same moment.
//!
//! Its metadata is RFC 8414 section 2's, its answers RFC 6749 section 4.4.3's and, refusing the client, section 5.2's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use super::gate::Gate;
use super::{Double, Recorded};
use crate::authority::Authority;

/// Where it gives tokens.
pub const TOKEN: &str = "/token";

/// The running issuer. Its tokens live an hour.
pub struct Issuer {
    double: Double,
    desk: Arc<Desk>,
}

/// Who is served at the moment, and how.
struct Desk {
    name: String,
    state: Mutex<Service>,
}

#[derive(Default)]
struct Service {
    at_once: usize,
    most_at_once: usize,
    given: u64,
    gate: Option<Gate>,
    refuses: bool,
}

impl Issuer {
    /// Answers `name`.
    pub async fn start(authority: &Authority, name: &str) -> Result<Self> {
        let desk = Arc::new(Desk { name: name.to_owned(), state: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/.well-known/oauth-authorization-server", get(metadata))
            .route(TOKEN, post(token))
            .with_state(Arc::clone(&desk));
        Ok(Self { double: Double::serve(authority, vec![(name, router)]).await?, desk })
    }

    /// Its address, log and faults.
    pub fn double(&self) -> &Double {
        &self.double
    }

    /// Every request for a token so far.
    pub fn asked(&self) -> Vec<Recorded> {
        self.double.log().to(TOKEN)
    }

    /// From now on every request waits at the gate before it is answered, and the most at one moment is counted anew.
    pub fn hold(&self, gate: &Gate) {
        let mut state = self.desk.lock();
        state.gate = Some(gate.clone());
        state.most_at_once = state.at_once;
    }

    /// Whether it refuses its client from now on.
    pub fn refuse(&self, refuses: bool) {
        self.desk.lock().refuses = refuses;
    }

    /// The most requests for a token that it had before it at one moment.
    pub fn most_at_once(&self) -> usize {
        self.desk.lock().most_at_once
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Service> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn metadata(State(desk): State<Arc<Desk>>) -> Json<Value> {
    let issuer = format!("https://{}", desk.name);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}{TOKEN}"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
    }))
}

async fn token(State(desk): State<Arc<Desk>>) -> Response {
    let gate = {
        let mut state = desk.lock();
        state.at_once += 1;
        state.most_at_once = state.most_at_once.max(state.at_once);
        state.gate.clone()
    };
    match gate {
        Some(gate) => gate.pass().await,
        None => tokio::task::yield_now().await,
    }
    let mut state = desk.lock();
    state.at_once -= 1;
    if state.refuses {
        let challenge = [(WWW_AUTHENTICATE, r#"Basic realm="issuer""#)];
        return (StatusCode::UNAUTHORIZED, challenge, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    state.given += 1;
    let token = format!("machine-token-{}", state.given);
    Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 })).into_response()
}
