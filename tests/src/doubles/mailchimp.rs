//! Mailchimp's double: `login.mailchimp.com` and `us6.api.mailchimp.com` as Mailchimp's documentation describes them.
//!
//! Follows <https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/> (consent, token, metadata),
//! <https://mailchimp.com/developer/marketing/docs/fundamentals/> (authentication of calls),
//! <https://mailchimp.com/developer/marketing/docs/errors/> (problem details) and
//! <https://mailchimp.com/developer/marketing/api/root/>. Left out: everything of the API but its root and its lists.

mod api;
mod login;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::routing::{get, post};
use url::Url;

use super::Double;
use crate::authority::Authority;

/// An app registered at Mailchimp.
#[derive(Clone, Debug)]
pub struct MailchimpApp {
    /// Its client id.
    pub client_id: String,
    /// Its client secret.
    pub client_secret: String,
    /// Its redirect URI; what lies below it is taken too.
    pub redirect: Url,
}

/// The running double. Its one account lives in the data centre `us6`.
pub struct Mailchimp {
    double: Double,
    state: Shared,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<State>>);

struct State {
    app: MailchimpApp,
    codes: BTreeMap<String, Url>,
    tokens: BTreeSet<String>,
    keys: BTreeSet<String>,
}

impl Mailchimp {
    /// Starts it with one registered app.
    pub async fn start(authority: &Authority, app: MailchimpApp) -> Result<Self> {
        let (codes, tokens, keys) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        let state = Shared(Arc::new(Mutex::new(State { app, codes, tokens, keys })));
        let sites =
            vec![("login.mailchimp.com", website(state.clone())), ("us6.api.mailchimp.com", api(state.clone()))];
        let double = Double::serve(authority, sites).await?;
        Ok(Self { double, state })
    }

    /// Its addresses, log and faults.
    pub fn double(&self) -> &Double {
        &self.double
    }

    /// Makes an API key of the account.
    pub fn accept(&self, key: &str) {
        self.state.lock().keys.insert(key.to_owned());
    }

    /// The owner ends every grant and disables every key.
    pub fn revoke_all(&self) {
        let mut state = self.state.lock();
        state.tokens.clear();
        state.keys.clear();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn website(state: Shared) -> Router {
    Router::new()
        .route("/oauth2/authorize", get(login::ask).post(login::decide))
        .route("/oauth2/token", post(login::token))
        .route("/oauth2/metadata", get(login::metadata))
        .with_state(state)
}

fn api(state: Shared) -> Router {
    Router::new()
        .route("/3.0/", get(api::root))
        .route("/3.0/lists", get(api::lists))
        .fallback(api::not_found)
        .with_state(state)
}
