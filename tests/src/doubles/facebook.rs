//! Facebook's double: `www.facebook.com` and `graph.facebook.com` as Meta's documentation describes Facebook Login and the
//! Graph API, version 25.0.
//!
//! Each answer names the page it follows. Left out: other versions, pages' tokens, app tokens, `appsecret_proof`.

mod dialog;
mod graph;
mod token;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::routing::{delete, get};
use data_encoding::HEXLOWER;

use super::Double;
use crate::authority::Authority;

/// An app registered with Facebook.
#[derive(Clone, Debug)]
pub struct App {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// Somebody with a Facebook account.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The id of the account for this app.
    pub id: String,
    /// The name.
    pub name: String,
}

/// The running double.
pub struct Facebook {
    double: Double,
    state: Shared,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<State>>);

struct State {
    app: App,
    redirect_uris: BTreeSet<String>,
    person: Person,
    declined: BTreeSet<String>,
    /// By person: each permission somebody was asked for, and whether it was granted.
    grants: BTreeMap<String, BTreeMap<String, bool>>,
    codes: BTreeMap<String, Code>,
    used: BTreeSet<String>,
    tokens: BTreeMap<String, Token>,
    issued: u64,
}

/// A code that waits to be exchanged.
struct Code {
    person: Person,
    redirect_uri: String,
    challenge: Option<String>,
}

/// A user access token.
#[derive(Clone)]
struct Token {
    person: Person,
    long: bool,
}

impl Facebook {
    /// Starts it with one app.
    pub async fn start(authority: &Authority, app: App) -> Result<Self> {
        let state = Shared(Arc::new(Mutex::new(State {
            app,
            redirect_uris: BTreeSet::new(),
            person: Person { id: "10210000000000001".to_owned(), name: "Peter Chang".to_owned() },
            declined: BTreeSet::new(),
            grants: BTreeMap::new(),
            codes: BTreeMap::new(),
            used: BTreeSet::new(),
            tokens: BTreeMap::new(),
            issued: 0,
        })));
        let sites = vec![("www.facebook.com", website(state.clone())), ("graph.facebook.com", api(state.clone()))];
        let double = Double::serve(authority, sites).await?;
        Ok(Self { double, state })
    }

    /// Its addresses, log and faults.
    pub fn double(&self) -> &Double {
        &self.double
    }

    /// Adds a valid OAuth redirect URI to the app.
    pub fn register(&self, redirect_uri: &str) {
        self.state.lock().redirect_uris.insert(redirect_uri.to_owned());
    }

    /// Who is logged in from now on.
    pub fn log_in(&self, person: Person) {
        self.state.lock().person = person;
    }

    /// People untick these permissions from now on.
    pub fn decline(&self, permissions: &[&str]) {
        self.state.lock().declined = permissions.iter().map(|permission| (*permission).to_owned()).collect();
    }

    /// The tokens that work, and whether each is long-lived.
    pub fn tokens(&self) -> Vec<(String, bool)> {
        let state = self.state.lock();
        state.tokens.iter().map(|(token, kept)| (token.clone(), kept.long)).collect()
    }

    /// The person removes the app in the settings of the account.
    pub fn remove_app(&self) {
        let mut state = self.state.lock();
        state.tokens.clear();
        state.grants.clear();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A value nobody used before; the same in every run.
    fn fresh(&mut self, prefix: &str, length: usize) -> String {
        self.issued += 1;
        let name = format!("{} of {}", self.issued, self.app.id);
        let mut text = HEXLOWER.encode(digest(&SHA256, name.as_bytes()).as_ref());
        text.truncate(length);
        format!("{prefix}{text}")
    }

    fn has(&self, person: &Person, permission: &str) -> bool {
        self.grants.get(&person.id).and_then(|granted| granted.get(permission)).copied().unwrap_or(false)
    }
}

fn website(state: Shared) -> Router {
    Router::new().route("/v25.0/dialog/oauth", get(dialog::ask).post(dialog::decide)).with_state(state)
}

fn api(state: Shared) -> Router {
    Router::new()
        .route("/v25.0/oauth/access_token", get(token::exchange))
        .route("/v25.0/me", get(graph::me))
        .route("/v25.0/me/posts", get(graph::posts))
        .route("/v25.0/{person}/permissions", delete(graph::revoke).get(graph::permissions))
        .with_state(state)
}
