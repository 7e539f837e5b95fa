//! Who is looked at and who waits: bounded for each provider, each tenant and all, so that a thousand connections due at once
//! are no thousand requests, and neither a slow provider nor a tenant whose places hang keeps others waiting. The same for
//! messages and the places they go to, and for revocations.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jackfield_model::{id::TenantId, upkeep::wait_left};
use jackfield_store::{Page, StoreError};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use url::Url;

/// How many connections of one provider are refreshed at a time.
const A_PROVIDER: usize = 8;
/// How many connections of one tenant are refreshed at a time: a quarter of all, and more than some providers that hang.
const A_TENANT: usize = 32;
/// How many connections are refreshed at a time.
const AT_ALL: usize = 128;
/// How many connections of one tenant at one provider may wait for their turn in memory; the index keeps the others.
const WAITING: usize = 1024;

/// How many entries of an index are read at a time.
const STRIDE: usize = 500;
/// How many entries one round reads at most; the next goes on from there.
const A_ROUND: usize = 5000;

/// How long a provider's pause is kept, whatever it asked for; then one round asks again.
pub(super) const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// What housekeeping is busy with: connections, messages, or revocations. Clones are the same.
#[derive(Clone)]
pub(in crate::service) struct Rounds<T> {
    state: Arc<Mutex<State<T>>>,
    slots: Arc<Semaphore>,
    busy: watch::Sender<usize>,
}

struct State<T> {
    admitted: HashSet<T>,
    lanes: HashMap<Lane, Queue>,
    /// Who was asked for a pause, and its end.
    pauses: HashMap<String, Timestamp>,
    /// Where the next round goes on; none at the beginning of the index.
    cursor: Option<String>,
}

/// Where turns are waited for, one lane after another.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Lane {
    /// What a tenant has at one provider: who waits for it here takes nothing of what the tenant has elsewhere.
    Share(TenantId, String),
    /// All that a tenant has. Before the provider, so that a tenant's own trouble takes no turns of a provider others ask.
    Tenant(TenantId),
    /// All that a provider is asked.
    Provider(String),
}

struct Queue {
    slots: Arc<Semaphore>,
    admitted: usize,
}

/// A place in the queue of a provider, until it is dropped.
pub(in crate::service) struct Place<T: Copy + Eq + Hash> {
    rounds: Rounds<T>,
    due: T,
    lanes: Vec<(Lane, Arc<Semaphore>)>,
}

impl<T> Default for Rounds<T> {
    fn default() -> Self {
        let slots = Arc::new(Semaphore::new(AT_ALL));
        let state = State { admitted: HashSet::new(), lanes: HashMap::new(), pauses: HashMap::new(), cursor: None };
        Self { state: Arc::new(Mutex::new(state)), slots, busy: watch::Sender::new(0) }
    }
}

impl<T: Copy + Eq + Hash> Rounds<T> {
    /// Whether it has a place already.
    pub(in crate::service) fn has(&self, due: T) -> bool {
        self.lock().admitted.contains(&due)
    }

    /// A place in a tenant's own queue at a provider; none where it is full or what is due has one.
    pub(in crate::service) fn admit(&self, due: T, tenant: TenantId, provider: String) -> Option<Place<T>> {
        let mut state = self.lock();
        if state.admitted.contains(&due) {
            return None;
        }
        let lanes = [Lane::Share(tenant, provider.clone()), Lane::Tenant(tenant), Lane::Provider(provider)];
        let [share, ..] = &lanes;
        if state.lanes.get(share).is_some_and(|queue| queue.admitted >= WAITING) {
            return None;
        }
        let lanes = lanes.map(|lane| {
            let slots = state.lanes.entry(lane.clone()).or_insert_with(|| Queue::of(&lane)).take();
            (lane, slots)
        });
        state.admitted.insert(due);
        self.busy.send_replace(state.admitted.len());
        drop(state);
        Some(Place { rounds: self.clone(), due, lanes: lanes.into() })
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
        let paused = state.pauses.get(caller).is_some_and(|until| wait_left(*until, now, LONGEST_PAUSE).is_some());
        if !paused {
            state.pauses.remove(caller);
        }
        paused
    }

    /// Begins what is due and has no place yet, a page of its index after the other, from where the last round stopped.
    pub(in crate::service) async fn begin_due<P, B>(
        &self,
        page: impl Fn(Option<String>, usize) -> P,
        begin: impl Fn(T) -> B,
    ) -> Result<(), StoreError>
    where
        P: Future<Output = Result<Page<T>, StoreError>>,
        B: Future<Output = Result<(), StoreError>>,
    {
        let mut after = self.lock().cursor.clone();
        for _ in 0..A_ROUND / STRIDE {
            let found = page(after, STRIDE).await?;
            for due in found.items.into_iter().filter(|due| !self.has(*due)) {
                begin(due).await?;
            }
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        self.lock().cursor = after;
        Ok(())
    }

    /// Ends the waiting of everybody who has not begun.
    pub(in crate::service) fn close(&self) {
        self.slots.close();
        for queue in self.lock().lanes.values() {
            queue.slots.close();
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

impl Queue {
    fn of(lane: &Lane) -> Self {
        let slots = match lane {
            Lane::Share(..) | Lane::Provider(_) => A_PROVIDER,
            Lane::Tenant(_) => A_TENANT,
        };
        Self { slots: Arc::new(Semaphore::new(slots)), admitted: 0 }
    }

    fn take(&mut self) -> Arc<Semaphore> {
        self.admitted += 1;
        Arc::clone(&self.slots)
    }
}

impl<T: Copy + Eq + Hash> Place<T> {
    /// What is due.
    pub(in crate::service) fn due(&self) -> T {
        self.due
    }

    /// Waits for its turn in one lane after another, and at last among all; none when the host stops.
    pub(in crate::service) async fn turn(&self) -> Option<Vec<OwnedSemaphorePermit>> {
        let mut turn = Vec::with_capacity(self.lanes.len() + 1);
        for slots in self.lanes.iter().map(|(_, slots)| slots).chain([&self.rounds.slots]) {
            turn.push(Arc::clone(slots).acquire_owned().await.ok()?);
        }
        Some(turn)
    }
}

impl<T: Copy + Eq + Hash> Drop for Place<T> {
    fn drop(&mut self) {
        let mut state = self.rounds.lock();
        state.admitted.remove(&self.due);
        for (lane, _) in &self.lanes {
            if let Some(queue) = state.lanes.get_mut(lane) {
                queue.admitted -= 1;
                if queue.admitted == 0 {
                    state.lanes.remove(lane);
                }
            }
        }
        self.rounds.busy.send_replace(state.admitted.len());
    }
}

/// The host name in a URL: whose turns are taken there.
pub(in crate::service) fn host_of(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    #[test]
    fn what_a_tenant_waits_for_at_one_provider_takes_no_turn_of_what_it_has_elsewhere() {
        let (rounds, mut looked) = (Rounds::default(), Context::from_waker(Waker::noop()));
        let tenant: TenantId = "ten_01K742SGZ80000000000000001".parse().unwrap();
        let places: Vec<_> =
            (0..2 * A_TENANT).map(|due| rounds.admit(due, tenant, "hangs".to_owned()).unwrap()).collect();
        // Whoever waits goes on waiting.
        let mut turns: Vec<_> = places.iter().map(|place| Box::pin(place.turn())).collect();
        let begun: Vec<_> = turns.iter_mut().map(|turn| turn.as_mut().poll(&mut looked)).collect();
        assert_eq!(begun.iter().filter(|turn| turn.is_ready()).count(), A_PROVIDER);
        let elsewhere = rounds.admit(usize::MAX, tenant, "works".to_owned()).unwrap();
        assert!(matches!(pin!(elsewhere.turn()).poll(&mut looked), Poll::Ready(Some(_))));
        // Nor do two tenants have more of one provider than one.
        let other: TenantId = "ten_01K742SGZ80000000000000002".parse().unwrap();
        let beside = rounds.admit(2 * A_TENANT, other, "hangs".to_owned()).unwrap();
        assert!(pin!(beside.turn()).poll(&mut looked).is_pending());
    }

    #[test]
    fn a_tenant_whose_queue_is_full_keeps_no_other_out() {
        let rounds = Rounds::default();
        let [one, other]: [TenantId; 2] =
            ["ten_01K742SGZ80000000000000001", "ten_01K742SGZ80000000000000002"].map(|id| id.parse().unwrap());
        let admit = |due: usize, tenant| rounds.admit(due, tenant, "mail".to_owned());
        let held: Vec<_> = (0..=WAITING).map_while(|due| admit(due, one)).collect();
        assert_eq!(held.len(), WAITING);
        assert!(admit(WAITING + 1, other).is_some(), "the queue is the tenant's own");
        drop(held);
        assert!(admit(0, one).is_some());
    }
}
