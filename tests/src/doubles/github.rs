//! GitHub's double: `github.com` and `api.github.com` as GitHub's documentation describes them for OAuth apps.
//!
//! Each answer names the page it follows. Left out: XML answers, GitHub Apps, device flow, rate limits (a fault sets those).

mod authorize;
mod rest;
mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::routing::{delete, get, post};
use data_encoding::HEXLOWER;
use url::Url;

use super::Double;
use crate::authority::Authority;

/// An OAuth app registered at GitHub.
#[derive(Clone, Debug)]
pub struct OauthApp {
    /// Its client id.
    pub client_id: String,
    /// Its client secret.
    pub client_secret: String,
    /// Its authorization callback URL.
    pub callback: Url,
}

/// Somebody with a GitHub account.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The account's id, which stays when the login changes.
    pub id: u64,
    /// The login.
    pub login: String,
}

/// The running double.
pub struct GitHub {
    double: Double,
    state: Shared,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<State>>);

struct State {
    app: OauthApp,
    person: Person,
    narrowed: Option<Vec<String>>,
    codes: BTreeMap<String, Code>,
    tokens: BTreeMap<String, Grant>,
    issued: u64,
}

/// What a person allowed.
#[derive(Clone)]
struct Grant {
    person: Person,
    scopes: Vec<String>,
}

/// A grant that waits to be redeemed.
struct Code {
    grant: Grant,
    redirect_uri: Url,
    challenge: Option<String>,
}

impl GitHub {
    /// Starts it with one registered app; the account signed in is the one of GitHub's examples.
    pub async fn start(authority: &Authority, app: OauthApp) -> Result<Self> {
        let state = Shared(Arc::new(Mutex::new(State {
            app,
            person: Person { id: 1, login: "octocat".to_owned() },
            narrowed: None,
            codes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            issued: 0,
        })));
        let sites = vec![("github.com", website(state.clone())), ("api.github.com", api(state.clone()))];
        let double = Double::serve(authority, sites).await?;
        Ok(Self { double, state })
    }

    /// Its addresses, log and faults.
    pub fn double(&self) -> &Double {
        &self.double
    }

    /// Who is signed in from now on.
    pub fn sign_in(&self, person: Person) {
        self.state.lock().person = person;
    }

    /// People allow only these scopes from now on, whatever is asked for.
    pub fn allow_only(&self, scopes: &[&str]) {
        self.state.lock().narrowed = Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
    }

    /// The tokens that work, in no order that means anything.
    pub fn tokens(&self) -> Vec<String> {
        self.state.lock().tokens.keys().cloned().collect()
    }

    /// The person ends every grant in the settings of the account.
    pub fn revoke_all(&self) {
        self.state.lock().tokens.clear();
    }

    /// Ten minutes pass: codes not redeemed yet are void.
    pub fn expire_codes(&self) {
        self.state.lock().codes.clear();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A value nobody used before, of `length` characters; the same in every run.
    fn fresh(&mut self, length: usize) -> String {
        self.issued += 1;
        let name = format!("{} of {}", self.issued, self.app.client_id);
        let mut text = HEXLOWER.encode(digest(&SHA256, name.as_bytes()).as_ref());
        text.truncate(length);
        text
    }
}

fn website(state: Shared) -> Router {
    Router::new()
        .route("/login/oauth/authorize", get(authorize::ask).post(authorize::decide))
        .route("/login/oauth/access_token", post(token::redeem))
        .with_state(state)
}

fn api(state: Shared) -> Router {
    Router::new()
        .route("/user", get(rest::user))
        .route("/user/emails", get(rest::emails))
        .route("/user/repos", get(rest::repos))
        .route("/applications/{client_id}/token", delete(rest::delete_token))
        .route("/applications/{client_id}/grant", delete(rest::delete_grant))
        .fallback(rest::not_found)
        .layer(axum::middleware::from_fn(rest::user_agent))
        .with_state(state)
}
