//! Notion's double: `api.notion.com` as Notion's documentation describes it for public and internal connections.
//!
//! Each answer names the page it follows. Left out: content beyond a search, link previews, webhooks, file uploads.

mod authorize;
mod rest;
mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use data_encoding::HEXLOWER;
use http::StatusCode;
use serde_json::json;
use url::Url;

use super::Double;
use crate::authority::Authority;

/// The name it answers under.
pub const NAME: &str = "api.notion.com";

/// A public connection registered at Notion.
#[derive(Clone, Debug)]
pub struct PublicConnection {
    /// Its OAuth client id.
    pub client_id: String,
    /// Its OAuth client secret.
    pub client_secret: String,
    /// Its redirect URI.
    pub redirect_uri: Url,
}

/// A workspace and the person signed in to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    /// The workspace's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The person's id.
    pub person: String,
    /// The bot that stands for the connection in this workspace: what a grant is known by.
    pub bot: String,
}

/// The running double.
pub struct Notion {
    double: Double,
    state: Shared,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<State>>);

struct State {
    registered: PublicConnection,
    workspace: Workspace,
    codes: BTreeMap<String, Code>,
    /// Access tokens that work.
    tokens: BTreeMap<String, Workspace>,
    /// Refresh tokens that work, each with the access token it came with.
    refresh: BTreeMap<String, (Workspace, String)>,
    issued: u64,
}

/// A grant that waits to be redeemed.
struct Code {
    workspace: Workspace,
    redirect_uri: Url,
}

impl Notion {
    /// Starts it with one public connection; the workspace signed in is the one of [`Workspace::example`].
    pub async fn start(authority: &Authority, registered: PublicConnection) -> Result<Self> {
        let state = Shared(Arc::new(Mutex::new(State {
            registered,
            workspace: Workspace::example(),
            codes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            refresh: BTreeMap::new(),
            issued: 0,
        })));
        let double = Double::serve(authority, vec![(NAME, router(state.clone()))]).await?;
        Ok(Self { double, state })
    }

    /// Its address, log and faults.
    pub fn double(&self) -> &Double {
        &self.double
    }

    /// Which workspace is signed in from now on.
    pub fn sign_in(&self, workspace: Workspace) {
        self.state.lock().workspace = workspace;
    }

    /// An internal connection's token of the workspace that is signed in.
    pub fn internal(&self, token: &str) {
        let mut state = self.state.lock();
        let workspace = state.workspace.clone();
        state.tokens.insert(token.to_owned(), workspace);
    }

    /// The access tokens that work.
    pub fn tokens(&self) -> Vec<String> {
        self.state.lock().tokens.keys().cloned().collect()
    }

    /// The access tokens there are end; refresh tokens stay.
    pub fn expire_tokens(&self) {
        self.state.lock().tokens.clear();
    }

    /// Somebody removes the connection from the workspace: every grant ends.
    pub fn remove_connection(&self) {
        let mut state = self.state.lock();
        state.tokens.clear();
        state.refresh.clear();
    }

    /// Codes not redeemed yet are void.
    pub fn expire_codes(&self) {
        self.state.lock().codes.clear();
    }
}

impl Workspace {
    /// A workspace to begin with.
    pub fn example() -> Self {
        Self {
            id: "9fdb7a2e-3c1f-4d0f-a1b7-0d5f7c0f8a11".to_owned(),
            name: "Garden".to_owned(),
            person: "5389a034-eb5c-47b5-8a9e-f79c99ef166c".to_owned(),
            bot: "16d84278-ab0e-484c-9bdd-b35da3bd8905".to_owned(),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A value nobody used before; the same in every run.
    fn fresh(&mut self, prefix: &str) -> String {
        self.issued += 1;
        let name = format!("{} of {}", self.issued, self.registered.client_id);
        let text = HEXLOWER.encode(digest(&SHA256, name.as_bytes()).as_ref());
        format!("{prefix}{}", text.get(..43).unwrap_or(&text))
    }
}

fn router(state: Shared) -> Router {
    Router::new()
        .route("/v1/oauth/authorize", get(authorize::ask).post(authorize::decide))
        .route("/v1/oauth/token", post(token::token))
        .route("/v1/oauth/revoke", post(token::revoke))
        .route("/v1/users/me", get(rest::me))
        .route("/v1/search", post(rest::search))
        .fallback(rest::not_found)
        .with_state(state)
}

/// A refusal: <https://developers.notion.com/reference/status-codes>, "Error codes".
fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({
        "object": "error",
        "status": status.as_u16(),
        "code": code,
        "message": message,
        "request_id": "2c1d3b1e-6f0a-4f5e-9d53-7c3d9a1b2e44",
    });
    (status, axum::Json(body)).into_response()
}
