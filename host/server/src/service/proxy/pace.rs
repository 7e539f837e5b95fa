//! Providers that asked to be left alone: until then the host answers in their place.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jackfield_model::{id::ConnectionId, origin::Origin, upkeep::wait_left};
use jiff::{SignedDuration, Timestamp};

/// The longest a provider is believed: then one call asks again.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// Beyond so many, what is over is looked for.
const MANY: usize = 1024;

/// Since when and until when each connection waits at each origin. In memory: a host that starts anew asks anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace(Arc<Mutex<HashMap<(ConnectionId, Origin), Timestamp>>>);

impl Pace {
    /// How long a call still has to wait.
    pub(super) fn wait(&self, connection: ConnectionId, origin: &Origin, now: Timestamp) -> Option<SignedDuration> {
        let until = *self.lock().get(&(connection, origin.clone()))?;
        wait_left(until, now, LONGEST)
    }

    /// A provider asked to wait.
    pub(super) fn hold(&self, connection: ConnectionId, origin: &Origin, wait: SignedDuration, now: Timestamp) {
        let Ok(until) = now.checked_add(wait.min(LONGEST)) else { return };
        let mut held = self.lock();
        if held.len() >= MANY {
            held.retain(|_, until| *until > now);
        }
        held.insert((connection, origin.clone()), until);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(ConnectionId, Origin), Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
