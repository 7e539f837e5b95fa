//! The callback: checked in every way before anything is believed, then parked, sealed, for the application to complete.

use std::collections::BTreeMap;

use jackfield_auth::callback as protocol;
use jackfield_model::{
    id::TenantId,
    manifest::OAuth2,
    secret::Secret,
    session::{Authorization, ConnectSession, PARKED_SECONDS, Stage},
};
use jackfield_store::{Change, Claim, Purpose, StoreError, Versioned};
use jiff::SignedDuration;

use super::Back;
use crate::service::{ResolveError, Service};

/// What a browser brought back.
#[derive(Debug)]
pub struct Callback {
    /// The connector in the path.
    pub connector: String,
    /// The client in the path.
    pub client: String,
    /// Whose host name it came to; none for the host's own.
    pub place: Option<TenantId>,
    /// The query, as it arrived.
    pub query: String,
    /// The browser's cookies for this host.
    pub cookies: BTreeMap<String, Secret>,
}

/// Why a callback made nothing. A person reads this; no token request was sent.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// No live request: never made, used, or expired.
    #[error("there is nothing waiting for this answer, so nothing was changed: begin again where you started")]
    NothingPending,
    /// It came to another connector's or client's address than it was asked at (ST-5).
    #[error(
        "the answer came to another address than it was asked for, so it was refused: begin again where you started"
    )]
    OtherAddress,
    /// It came in another browser than the one that started (ST-2).
    #[error(
        "the answer came in another browser than the one that started, so it was refused: begin again in one browser, with cookies allowed"
    )]
    OtherBrowser,
    /// It cannot be believed or read.
    #[error("the provider's answer was refused, and nothing was changed: {error}")]
    Refused {
        /// Why.
        #[source]
        error: protocol::CallbackError,
        /// The way back, where it is known whose it was.
        back: Option<Box<Back>>,
    },
    /// The connector cannot be used now.
    #[error(transparent)]
    Connector(#[from] ResolveError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Takes a callback and says where the browser goes: back to the application, with a ticket or with an error.
    pub async fn callback(&self, callback: Callback) -> Result<Back, CallbackError> {
        let refused = |error| CallbackError::Refused { error, back: None };
        let parameters = protocol::parse(&callback.query).map_err(refused)?;
        let connector = match self.approved(&callback.connector).await {
            Err(ResolveError::NoConnector(_)) => return Err(CallbackError::NothingPending),
            other => other?,
        };
        let methods = connector.manifest.methods.iter().filter_map(|method| method.kind.oauth2());
        let mut states = methods.filter_map(|oauth2| parameters.state(oauth2));
        let state = states.next().ok_or(CallbackError::NothingPending)?;
        // Taken first, once for ever: whatever is wrong with it below, nobody can try it again (ST-10).
        let claim = self.store().authorizations().take_state(&state).await?.ok_or(CallbackError::NothingPending)?;
        let asked_at = self.place_of(claim.authorization.redirect_uri.as_deref().unwrap_or_default()).await?;
        if asked_at != callback.place {
            return Err(CallbackError::OtherAddress);
        }
        self.check_bound(&callback, &claim.authorization)?;
        let asked = &claim.authorization;
        let session =
            self.store().sessions().get(asked.tenant, asked.session).await?.ok_or(CallbackError::NothingPending)?;
        if !matches!(session.stage, Stage::Open | Stage::Parked { .. }) {
            return Err(CallbackError::NothingPending);
        }
        let oauth2 = connector.manifest.method(&asked.method).and_then(|method| method.kind.oauth2());
        let oauth2 = oauth2.ok_or(CallbackError::NothingPending)?;
        self.take_answer(&parameters, oauth2, claim, session).await
    }

    /// Address, age and browser.
    fn check_bound(&self, callback: &Callback, asked: &Authorization) -> Result<(), CallbackError> {
        let client = asked.client.map(|client| client.to_string());
        if asked.connector != callback.connector || client.as_deref() != Some(callback.client.as_str()) {
            return Err(CallbackError::OtherAddress);
        }
        if asked.expires_at <= self.now() {
            return Err(CallbackError::NothingPending);
        }
        let cookie = callback.cookies.get(&self.cookie_name(asked.id)).ok_or(CallbackError::OtherBrowser)?;
        let hash = Secret::new(self.store().keyed_hash(Purpose::Cookie, cookie.expose()));
        // `Secret` compares in constant time.
        if hash == Secret::new(asked.cookie_hash.clone()) { Ok(()) } else { Err(CallbackError::OtherBrowser) }
    }

    async fn take_answer(
        &self,
        parameters: &protocol::Parameters,
        oauth2: &OAuth2,
        claim: Claim,
        session: Versioned<ConnectSession>,
    ) -> Result<Back, CallbackError> {
        let endpoints = claim.authorization.endpoints.clone().unwrap_or_default();
        match parameters.read(oauth2, &endpoints) {
            Ok(returned) => self.park(returned, claim, session).await,
            Err(protocol::CallbackError::Provider(error)) => {
                let code = error.code.name();
                self.end(session.clone(), claim, code).await?;
                Ok(Back::over(&session, code))
            }
            Err(error) => {
                let back = Some(Box::new(Back::over(&session, "refused")));
                self.end(session, claim, "refused").await?;
                Err(CallbackError::Refused { error, back })
            }
        }
    }

    async fn park(
        &self,
        returned: protocol::Returned,
        mut claim: Claim,
        mut session: Versioned<ConnectSession>,
    ) -> Result<Back, CallbackError> {
        let ticket = self.random_token()?;
        claim.secrets.code = Some(returned.code);
        claim.authorization.kept = returned.kept;
        claim.authorization.expires_at = self.now() + SignedDuration::from_secs(PARKED_SECONDS);
        session.stage = Stage::Parked { authorization: claim.authorization.id };
        let mut change = Change::new();
        self.store().authorizations().park(&mut change, claim, &ticket).await?;
        self.store().sessions().update(&mut change, &mut session).await?;
        self.store().commit(change).await?;
        Ok(Back::of(&session, Some(("ticket", ticket.expose()))))
    }

    async fn end(&self, mut session: Versioned<ConnectSession>, claim: Claim, code: &str) -> Result<(), StoreError> {
        session.stage = Stage::Ended { code: code.to_owned() };
        let mut change = Change::new();
        self.store().authorizations().delete(&mut change, claim.authorization.id).await?;
        self.store().sessions().update(&mut change, &mut session).await?;
        self.store().commit(change).await
    }
}
