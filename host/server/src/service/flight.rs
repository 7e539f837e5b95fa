//! Single flight: one refresh per connection at a time, shared by everybody who waits for it.
//!
//! The work runs in a task of its own, so that it outlives the request that asked for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, TenantId},
};
use tokio_util::task::TaskTracker;

use super::RefreshError;

type Outcome = Result<Connection, RefreshError>;
/// Whose refresh it is. With the tenant: nothing outside the store keeps two tenants from one connection id.
type Of = (TenantId, ConnectionId);
type Flight = Shared<BoxFuture<'static, Flown>>;

/// A flight that ended.
#[derive(Clone)]
pub(super) struct Flown {
    /// The token it was for; empty for the only one.
    pub(super) token: String,
    /// What came of it.
    pub(super) outcome: Outcome,
}

/// The refreshes under way.
#[derive(Clone, Default)]
pub(super) struct Flights {
    current: Arc<Mutex<HashMap<Of, Flight>>>,
}

impl Flights {
    /// Joins the flight of this connection, whichever token it is for, or starts `work` for `token` as one.
    pub(super) async fn join<F>(&self, of: Of, token: &str, tasks: &TaskTracker, work: F) -> Flown
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let flight = self.find_or_start(of, token, tasks, work);
        flight.await
    }

    /// Whether one is under way for this connection.
    pub(super) fn is_out(&self, of: Of) -> bool {
        self.lock().contains_key(&of)
    }

    /// Returns when the one that is under way for this connection, if any, has ended.
    pub(super) async fn landed(&self, of: Of) {
        let flight = self.lock().get(&of).cloned();
        if let Some(flight) = flight {
            flight.await;
        }
    }

    fn find_or_start<F>(&self, of: Of, token: &str, tasks: &TaskTracker, work: F) -> Flight
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let mut current = self.lock();
        if let Some(flight) = current.get(&of) {
            return flight.clone();
        }
        let flights = self.clone();
        // The landing waits for the lock held here, so it never precedes the insert below.
        let task = tasks.spawn(async move {
            let _landing = Landing { flights, of };
            work.await
        });
        let token = token.to_owned();
        let landed =
            |joined: Result<Outcome, _>| Flown { token, outcome: joined.unwrap_or(Err(RefreshError::Interrupted)) };
        let flight = task.map(landed).boxed().shared();
        current.insert(of, flight.clone());
        flight
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Of, Flight>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the flight off the list when its work ends, even by a panic.
struct Landing {
    flights: Flights,
    of: Of,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.flights.lock().remove(&self.of);
    }
}
