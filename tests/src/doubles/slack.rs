//! Slack's double: `slack.com` as Slack's documentation describes it for apps with granular permissions.
//!
//! Each answer names the page it follows. Left out: Enterprise Grid, incoming webhooks, Sign in with Slack, PKCE.

mod access;
mod authorize;
mod web_api;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::routing::{get, post};
use data_encoding::HEXLOWER;
use url::Url;

use super::Double;
use crate::authority::Authority;

/// An app registered at Slack.
#[derive(Clone, Debug)]
pub struct SlackApp {
    /// Its client id.
    pub client_id: String,
    /// Its client secret.
    pub client_secret: String,
    /// A redirect URL; those below it are registered too.
    pub redirect: Url,
    /// Whether token rotation is on.
    pub rotation: bool,
}

/// Whose a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The app's bot user.
    Bot,
    /// The person who added it.
    User,
}

/// The running double. The workspace is `T12345678`, the person `W12345678`, the bot user `W23456789`.
pub struct Slack {
    double: Double,
    state: Shared,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<State>>);

struct State {
    app: SlackApp,
    person: String,
    narrowed: Option<Vec<String>>,
    codes: BTreeMap<String, Code>,
    tokens: BTreeMap<String, Token>,
    refresh_tokens: BTreeMap<String, Token>,
    issued: u64,
}

/// What a token may do, and for whom.
#[derive(Clone)]
struct Token {
    of: Of,
    person: String,
    scopes: Vec<String>,
}

/// An authorization that waits to be redeemed.
struct Code {
    bot: Vec<String>,
    user: Vec<String>,
    person: String,
    redirect_uri: Url,
}

impl Slack {
    /// Starts it with one registered app; the person signed in is the one of Slack's examples.
    pub async fn start(authority: &Authority, app: SlackApp) -> Result<Self> {
        let state = Shared(Arc::new(Mutex::new(State {
            app,
            person: "W12345678".to_owned(),
            narrowed: None,
            codes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            refresh_tokens: BTreeMap::new(),
            issued: 0,
        })));
        let double = Double::serve(authority, vec![("slack.com", site(state.clone()))]).await?;
        Ok(Self { double, state })
    }

    /// Its addresses, log and faults.
    pub fn double(&self) -> &Double {
        &self.double
    }

    /// Who is signed in from now on, by their id.
    pub fn sign_in(&self, person: &str) {
        person.clone_into(&mut self.state.lock().person);
    }

    /// The workspace approves only these scopes from now on, of both lists.
    pub fn allow_only(&self, scopes: &[&str]) {
        self.state.lock().narrowed = Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
    }

    /// The access tokens of a kind that work.
    pub fn tokens(&self, of: Of) -> Vec<String> {
        let state = self.state.lock();
        state.tokens.iter().filter(|(_, token)| token.of == of).map(|(text, _)| text.clone()).collect()
    }

    /// Ends the access tokens of a kind, as twelve hours do.
    pub fn expire(&self, of: Of) {
        self.state.lock().tokens.retain(|_, token| token.of != of);
    }

    /// The grant of a kind of token is gone: its access and refresh tokens with it.
    pub fn end(&self, of: Of) {
        self.expire(of);
        self.state.lock().refresh_tokens.retain(|_, token| token.of != of);
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
        let name = format!("{} of {}", self.issued, self.app.client_id);
        let mut text = HEXLOWER.encode(digest(&SHA256, name.as_bytes()).as_ref());
        text.truncate(40);
        format!("{prefix}{text}")
    }
}

fn site(state: Shared) -> Router {
    Router::new()
        .route("/oauth/v2/authorize", get(authorize::ask).post(authorize::decide))
        .route("/api/oauth.v2.access", post(access::access))
        .route("/api/auth.test", post(web_api::auth_test))
        .route("/api/auth.revoke", post(web_api::auth_revoke))
        .route("/api/chat.postMessage", post(web_api::post_message))
        .route("/api/conversations.list", get(web_api::conversations))
        .with_state(state)
}
