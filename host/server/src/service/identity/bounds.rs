//! What signing in may ask of the identity provider. Anybody begins as often as they like, for nothing: so a state is redeemed
//! once, a few are at a time, and while its metadata is not to be had, one of all who come asks for it.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use jackfield_auth::metadata::Metadata;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::IdentityError;
use crate::service::{EndpointsError, Service};

/// How many people's answers are redeemed at a time.
const AT_ONCE: usize = 16;
/// How many redeemed states are remembered. Beyond, the one that ends first may be redeemed again: no dearer than a new one.
const REDEEMED: usize = 16 * 1024;
/// How long what was learned of the metadata holds, in seconds, where it cannot be kept for longer.
const LEARNED_SECONDS: i64 = 5;

type Learned = (Timestamp, Result<Metadata, EndpointsError>);

/// What is under way at the identity provider, and what was.
#[derive(Debug)]
pub(in crate::service) struct Bounds {
    turns: Semaphore,
    /// States until when they count, and what proves them.
    redeemed: Mutex<BTreeSet<(i64, String)>>,
    learned: tokio::sync::Mutex<Option<Learned>>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { turns: Semaphore::new(AT_ONCE), redeemed: Mutex::default(), learned: tokio::sync::Mutex::default() }
    }
}

impl Bounds {
    /// A turn to redeem what somebody brought, where one is free. Nobody waits for one: they would wait on a crowd.
    pub(super) fn turn(&self) -> Result<SemaphorePermit<'_>, IdentityError> {
        self.turns.try_acquire().map_err(|_| IdentityError::Crowded)
    }

    /// Whether a state is redeemed for the first time. From now on it was.
    pub(super) fn is_first(&self, tag: &str, until: i64, now: Timestamp) -> bool {
        let mut redeemed = self.redeemed.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |(until, _): &(i64, String)| *until <= now.as_second();
        while redeemed.len() >= REDEEMED || redeemed.first().is_some_and(over) {
            redeemed.pop_first();
        }
        redeemed.insert((until, tag.to_owned()))
    }
}

impl Service {
    /// The identity provider's metadata. Where none is kept, one asks, and those who wait meanwhile hear the same.
    pub(super) async fn provider_metadata(&self, issuer: &str) -> Result<Metadata, EndpointsError> {
        if self.keeps_metadata(issuer) {
            return self.metadata(super::NAME, None, issuer).await;
        }
        let mut learned = self.sign_ins.learned.lock().await;
        // Either way from now, so that a clock that was ahead and comes back delays nothing.
        let holds = |at: &Timestamp| self.now().duration_since(*at).abs() < SignedDuration::from_secs(LEARNED_SECONDS);
        if let Some((_, answer)) = learned.as_ref().filter(|(at, _)| holds(at)) {
            return answer.clone();
        }
        let answer = self.metadata(super::NAME, None, issuer).await;
        *learned = Some((self.now(), answer.clone()));
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_redeemed_states_are_remembered_as_were_said_and_none_that_is_over() {
        let (bounds, now) = (Bounds::default(), Timestamp::UNIX_EPOCH);
        let until = |number: usize| i64::try_from(number).unwrap_or(i64::MAX) + 60;
        assert!((0..=REDEEMED).all(|number| bounds.is_first("state", until(number), now)));
        let count = || bounds.redeemed.lock().unwrap_or_else(PoisonError::into_inner).len();
        assert_eq!(count(), REDEEMED);
        assert!((1..=REDEEMED).rev().take(REDEEMED - 1).all(|number| !bounds.is_first("state", until(number), now)));
        let late = now + SignedDuration::from_secs(until(REDEEMED));
        assert!(bounds.is_first("another", until(REDEEMED) + 60, late));
        assert_eq!(count(), 1);
    }
}
