//! Who is looked at and who waits: bounded for each provider and for all, so that a thousand connections due at once are no
//! thousand requests, and a slow provider keeps nobody else waiting. The same for messages and the places they go to.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How many connections of one provider are refreshed at a time.
const A_PROVIDER: usize = 8;
/// How many connections are refreshed at a time.
const AT_ALL: usize = 64;
/// How many connections of one provider may wait for their turn in memory; the index keeps the others.
const WAITING: usize = 1024;

/// What housekeeping is busy with: connections, or messages. Clones are the same.
#[derive(Clone)]
pub(in crate::service) struct Rounds<T> {
    state: Arc<Mutex<State<T>>>,
    slots: Arc<Semaphore>,
    busy: watch::Sender<usize>,
}

struct State<T> {
    admitted: HashSet<T>,
    providers: HashMap<String, Provider>,
    /// Who was asked for a pause, and its end.
    pauses: HashMap<String, Timestamp>,
    /// Where the next round goes on; none at the beginning of the index.
    cursor: Option<String>,
}

struct Provider {
    slots: Arc<Semaphore>,
    admitted: usize,
}

/// A place in the queue of a provider, until it is dropped.
pub(in crate::service) struct Place<T: Copy + Eq + Hash> {
    rounds: Rounds<T>,
    provider: String,
    due: T,
    slots: Arc<Semaphore>,
}

impl<T> Default for Rounds<T> {
    fn default() -> Self {
        let slots = Arc::new(Semaphore::new(AT_ALL));
        let state = State { admitted: HashSet::new(), providers: HashMap::new(), pauses: HashMap::new(), cursor: None };
        Self { state: Arc::new(Mutex::new(state)), slots, busy: watch::Sender::new(0) }
    }
}

impl<T: Copy + Eq + Hash> Rounds<T> {
    /// Whether it has a place already.
    pub(in crate::service) fn has(&self, due: T) -> bool {
        self.lock().admitted.contains(&due)
    }

    /// A place in the queue of a provider; none where it is full or what is due has one.
    pub(in crate::service) fn admit(&self, due: T, provider: String) -> Option<Place<T>> {
        let mut state = self.lock();
        if state.admitted.contains(&due) {
            return None;
        }
        let queue = state.providers.entry(provider.clone()).or_insert_with(Provider::new);
        if queue.admitted >= WAITING {
            return None;
        }
        queue.admitted += 1;
        let slots = Arc::clone(&queue.slots);
        state.admitted.insert(due);
        self.busy.send_replace(state.admitted.len());
        drop(state);
        Some(Place { rounds: self.clone(), provider, due, slots })
    }

    /// Nobody of whom a pause was asked is looked after before `until`. In memory: a host that starts anew asks anew.
    pub(super) fn pause(&self, caller: String, until: Timestamp) {
        let mut state = self.lock();
        let end = state.pauses.entry(caller).or_insert(until);
        *end = (*end).max(until);
    }

    /// Whether a pause was asked of them that is not over.
    pub(super) fn is_paused(&self, caller: &str, now: Timestamp) -> bool {
        let mut state = self.lock();
        let paused = state.pauses.get(caller).is_some_and(|until| now < *until);
        if !paused {
            state.pauses.remove(caller);
        }
        paused
    }

    /// Where the round goes on, and where the one after it does.
    pub(in crate::service) fn cursor(&self) -> Option<String> {
        self.lock().cursor.clone()
    }

    pub(in crate::service) fn go_on_at(&self, cursor: Option<String>) {
        self.lock().cursor = cursor;
    }

    /// Ends the waiting of everybody who has not begun.
    pub(in crate::service) fn close(&self) {
        self.slots.close();
        for provider in self.lock().providers.values() {
            provider.slots.close();
        }
    }

    /// How many have a place.
    pub(in crate::service) fn busy(&self) -> usize {
        *self.busy.borrow()
    }

    /// Returns once nobody has a place any more.
    pub(in crate::service) async fn rest(&self) {
        // The sender is borrowed here, so it cannot be gone.
        let _ = self.busy.subscribe().wait_for(|busy| *busy == 0).await;
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Provider {
    fn new() -> Self {
        Self { slots: Arc::new(Semaphore::new(A_PROVIDER)), admitted: 0 }
    }
}

impl<T: Copy + Eq + Hash> Place<T> {
    /// What is due.
    pub(in crate::service) fn due(&self) -> T {
        self.due
    }

    /// Waits for its turn, first at its provider, then at all; none when the host stops.
    pub(in crate::service) async fn turn(&self) -> Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        let own = Arc::clone(&self.slots).acquire_owned().await.ok()?;
        let any = Arc::clone(&self.rounds.slots).acquire_owned().await.ok()?;
        Some((own, any))
    }
}

impl<T: Copy + Eq + Hash> Drop for Place<T> {
    fn drop(&mut self) {
        let mut state = self.rounds.lock();
        state.admitted.remove(&self.due);
        if let Some(queue) = state.providers.get_mut(&self.provider) {
            queue.admitted -= 1;
            if queue.admitted == 0 {
                state.providers.remove(&self.provider);
            }
        }
        self.rounds.busy.send_replace(state.admitted.len());
    }
}
