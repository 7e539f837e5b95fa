//! Hops: where the callback comes to another host name than the page a person is at, that host name has to set the cookie
//! first. So the browser goes there with a one-time ticket, and from there on to the provider.
//!
//! Kept in memory: a hop lives for a minute, and what a restart loses costs one more click.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jackfield_model::{id::TenantId, secret::Secret};
use jackfield_store::{Purpose, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::BrowserCookie;
use crate::service::Service;

/// How long a hop waits for its browser.
const HOP_SECONDS: i64 = 60;

/// Where a browser goes from a host name, and what it takes along.
#[derive(Debug)]
pub struct Onward {
    /// The authorization request.
    pub url: String,
    /// Set before the browser leaves.
    pub cookie: BrowserCookie,
}

struct Hop {
    onward: Onward,
    place: Option<TenantId>,
    until: Timestamp,
}

/// Hops under way, by the keyed hash of their tickets.
#[derive(Default)]
pub(in crate::service) struct Hops(Mutex<HashMap<String, Hop>>);

impl Service {
    /// Keeps what another host name has to do; answers the address to go to there.
    pub(super) async fn hop(&self, onward: Onward, place: Option<TenantId>) -> Result<String, StoreError> {
        let ticket = self.random_token()?;
        let base = self.place_url(place).await?;
        let hash = self.store().keyed_hash(Purpose::Cookie, ticket.expose());
        let now = self.now();
        let mut hops = self.hops.0.lock().unwrap_or_else(PoisonError::into_inner);
        hops.retain(|_, hop| hop.until > now);
        hops.insert(hash, Hop { onward, place, until: now + SignedDuration::from_secs(HOP_SECONDS) });
        Ok(format!("{}/oauth/begin/{}", base.as_str().trim_end_matches('/'), ticket.expose()))
    }

    /// What a ticket stands for at the host name of `place`, once.
    pub fn take_hop(&self, ticket: &Secret, place: Option<TenantId>) -> Option<Onward> {
        let hash = self.store().keyed_hash(Purpose::Cookie, ticket.expose());
        let mut hops = self.hops.0.lock().unwrap_or_else(PoisonError::into_inner);
        // At another host name the cookie would be lost, so the ticket is kept for the right one.
        hops.get(&hash).filter(|hop| hop.place == place)?;
        let hop = hops.remove(&hash)?;
        (hop.until > self.now()).then_some(hop.onward)
    }
}
