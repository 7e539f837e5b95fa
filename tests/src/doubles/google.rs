//! Google's double: `accounts.google.com`, `oauth2.googleapis.com`, `www.googleapis.com`, `openidconnect.googleapis.com` and
//! `gmail.googleapis.com`, as Google's documentation describes them for web server applications.
//!
//! Each answer names the page it follows. ID tokens are signed for real, by a key that the double publishes. Left out:
//! service accounts, device codes, cross-account protection, most of each API.

mod apis;
mod consent;
mod token;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::routing::post;
use data_encoding::HEXLOWER;

use super::Double;
use super::keys::IssuerKey;
use crate::authority::Authority;

/// A client of the type web application.
#[derive(Clone, Debug)]
pub struct OauthClient {
    /// Its client id.
    pub id: String,
    /// Its client secret.
    pub secret: String,
}

/// Somebody with a Google account.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// "An identifier for the user, unique among all Google accounts and never reused."
    pub sub: String,
    /// The address.
    pub email: String,
}

/// The running double.
pub struct Google {
    double: Double,
    state: Shared,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<State>>);

struct State {
    client: OauthClient,
    redirect_uris: BTreeSet<String>,
    key: Arc<IssuerKey>,
    person: Person,
    unticked: BTreeSet<String>,
    /// What each person granted so far, by `sub`.
    granted: BTreeMap<String, BTreeSet<String>>,
    codes: BTreeMap<String, Code>,
    access: BTreeMap<String, Grant>,
    refresh: BTreeMap<String, Grant>,
    now: i64,
    issued: u64,
}

/// What a token stands for.
#[derive(Clone)]
struct Grant {
    person: Person,
    scopes: Vec<String>,
}

/// A code that waits to be exchanged.
struct Code {
    grant: Grant,
    redirect_uri: String,
    challenge: Option<String>,
    nonce: Option<String>,
    /// Whether a refresh token comes with it.
    offline: bool,
}

impl Google {
    /// Starts it with one client. `now` is where its clock stands, in seconds since 1970.
    pub async fn start(authority: &Authority, client: OauthClient, now: i64) -> Result<Self> {
        let state = Shared(Arc::new(Mutex::new(State {
            client,
            redirect_uris: BTreeSet::new(),
            key: Arc::new(IssuerKey::new()?),
            person: Person { sub: "10769150350006150715113082367".to_owned(), email: "jsmith@example.com".to_owned() },
            unticked: BTreeSet::new(),
            granted: BTreeMap::new(),
            codes: BTreeMap::new(),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            now,
            issued: 0,
        })));
        let sites = vec![
            ("accounts.google.com", consent::routes(state.clone())),
            ("oauth2.googleapis.com", token_routes(state.clone())),
            ("www.googleapis.com", apis::www(state.clone())),
            ("openidconnect.googleapis.com", apis::openid(state.clone())),
            ("gmail.googleapis.com", apis::gmail(state.clone())),
        ];
        let double = Double::serve(authority, sites).await?;
        Ok(Self { double, state })
    }

    /// Its addresses, log and faults.
    pub fn double(&self) -> &Double {
        &self.double
    }

    /// Adds an authorized redirect URI to the client.
    pub fn register(&self, redirect_uri: &str) {
        self.state.lock().redirect_uris.insert(redirect_uri.to_owned());
    }

    /// Who is signed in from now on.
    pub fn sign_in(&self, person: Person) {
        self.state.lock().person = person;
    }

    /// People untick these scopes from now on.
    pub fn untick(&self, scopes: &[&str]) {
        self.state.lock().unticked = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    }

    /// Its clock goes on; ID tokens are dated by it.
    pub fn pass(&self, seconds: i64) {
        self.state.lock().now += seconds;
    }

    /// The refresh tokens that work.
    pub fn refresh_tokens(&self) -> Vec<String> {
        self.state.lock().refresh.keys().cloned().collect()
    }

    /// Seven days pass for an app in testing: its refresh tokens are over.
    pub fn end_refresh_tokens(&self) {
        self.state.lock().refresh.clear();
    }

    /// An hour passes: access tokens are over.
    pub fn end_access_tokens(&self) {
        self.state.lock().access.clear();
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
        let name = format!("{} of {}", self.issued, self.client.id);
        let mut text = HEXLOWER.encode(digest(&SHA256, name.as_bytes()).as_ref());
        text.truncate(length);
        format!("{prefix}{text}")
    }
}

fn token_routes(state: Shared) -> Router {
    Router::new().route("/token", post(token::token)).route("/revoke", post(token::revoke)).with_state(state)
}
