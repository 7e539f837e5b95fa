//! A refused credential: one refresh for everybody who was refused, and what a second refusal says about the connection.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, TenantId},
};
use jiff::{SignedDuration, Timestamp};

use crate::service::{RefreshError, Refused, Service, resolve::Party};

/// For how long a credential that a refresh did not help is not refreshed again, nor asked about.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(5);
/// A verify this recent is not repeated for a refusal.
const RECENT: SignedDuration = SignedDuration::from_mins(1);
/// Beyond so many, what is over is looked for.
const MANY: usize = 1024;

/// A connection and which of its tokens.
type Token = (ConnectionId, String);

/// Versions of credentials that were refused although nothing newer is to be had.
#[derive(Debug, Clone, Default)]
pub(super) struct Refusals(Arc<Mutex<HashMap<Token, (u64, Timestamp)>>>);

impl Refusals {
    fn is_known(&self, token: &Token, version: u64, now: Timestamp) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(token).is_some_and(|(refused, until)| *refused == version && now < *until)
    }

    /// Whether this is the first to say so.
    fn is_news(&self, token: Token, version: u64, now: Timestamp) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.get(&token).is_some_and(|(refused, until)| *refused == version && now < *until) {
            return false;
        }
        if known.len() >= MANY {
            known.retain(|_, (_, until)| *until > now);
        }
        known.insert(token, (version, now.checked_add(REMEMBERED).unwrap_or(Timestamp::MAX)));
        true
    }
}

/// What can be done about a refused credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// There is a newer one.
    Newer,
    /// There is none, and that is the connection's state.
    NoneToHave,
    /// There is none for now: what hinders it is written where it belongs.
    NotNow,
}

impl Service {
    /// BEAR-2: one refresh for a refused credential, shared by everybody who was refused with it.
    pub(super) async fn remedy(&self, party: &Party, token: &str) -> Remedy {
        let Connection { tenant, id, version, .. } = party.connection;
        if self.proxy.refusals.is_known(&(id, token.to_owned()), version, self.now()) {
            return Remedy::NotNow;
        }
        match self.unauthorized(tenant, id, Refused { version, token: Some(token) }, "host").await {
            Ok(connection) if connection.version > version => Remedy::Newer,
            Ok(_) | Err(RefreshError::NotRefreshable) => Remedy::NoneToHave,
            Err(_) => Remedy::NotNow,
        }
    }

    /// A credential that is as new as can be was refused. One path may refuse what others take, so the connector's
    /// `verify` decides what that means; once, whoever else is refused with it, and even if the caller hangs up.
    pub(super) async fn suspect(&self, party: &Party, token: &str, was_refreshed: bool) {
        let (seen, now) = (&party.connection, self.now());
        let good = seen.verification.as_ref().filter(|last| last.failure.is_none());
        let is_good = good.is_some_and(|last| now.duration_since(last.at) < RECENT) && !was_refreshed;
        if is_good || !self.proxy.refusals.is_news((seen.id, token.to_owned()), seen.version, now) {
            return;
        }
        let (service, tenant, id, version) = (self.clone(), seen.tenant, seen.id, seen.version);
        let asking = self.tasks.spawn(async move { Box::pin(service.verify_as_it_is(tenant, id, version)).await });
        // A panic there is in the log already.
        let _ended = asking.await;
    }

    /// As `verify`, without a refresh: one was just made, or there is none to make.
    async fn verify_as_it_is(&self, tenant: TenantId, id: ConnectionId, version: u64) {
        let Ok((party, credential)) = self.resolve(tenant, id).await else { return };
        if party.connection.version != version || !party.connection.status.is_usable() {
            return;
        }
        let answer = self.ask(&party, &credential).await;
        if let Err(error) = self.record_verify(&party.connection, answer, "host").await {
            tracing::warn!(connection = %id, %error, "what a verify found could not be stored");
        }
    }
}
