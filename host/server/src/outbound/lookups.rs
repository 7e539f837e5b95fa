//! Looking up names. A look-up takes a thread for as long as the name's servers are silent, whoever still waits for it: so
//! they are counted until they end, shared among tenants, and one of a name serves everybody who asks for it meanwhile.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use jackfield_model::id::TenantId;
use tokio::sync::oneshot;

use super::{
    Judged, Resolver,
    places::{Place, Places},
};

/// How many names are looked up at once: an eighth of the threads that wait for anything.
const AT_ALL: usize = 64;
/// How many names of one registrable domain are looked up at once for one tenant.
const A_DOMAIN: usize = 4;

type Found = Result<Vec<IpAddr>, io::ErrorKind>;
/// What a look-up finds, for everybody who waits for it.
type Answer = Shared<BoxFuture<'static, Found>>;

/// Every look-up there is. Clones are the same.
#[derive(Clone)]
pub(super) struct Lookups {
    resolver: Arc<dyn Resolver>,
    running: Arc<Mutex<HashMap<String, Running>>>,
    places: Arc<Places>,
}

/// A look-up under way.
struct Running {
    found: Answer,
    tenant: Option<TenantId>,
    domain: String,
}

/// Ends a look-up's being under way when it is dropped, then gives its place back.
struct Ending {
    lookups: Lookups,
    host: String,
    _place: Place,
}

impl Lookups {
    pub(super) fn new(resolver: Arc<dyn Resolver>) -> Self {
        Self { resolver, running: Arc::default(), places: Places::of(AT_ALL) }
    }

    /// Every address of the origin's name. Waits until there is a place for the look-up, as long as the caller does; a
    /// look-up that has begun goes on to its end.
    pub(super) async fn addresses(&self, judged: &Judged) -> io::Result<Vec<IpAddr>> {
        loop {
            // What is freed from here on wakes this one.
            let freed = self.places.freed.notified();
            if let Some(found) = self.join(judged) {
                return found.await.map_err(io::Error::from);
            }
            freed.await;
        }
    }

    /// The look-up of this name that is under way, or a new one; none where there is no place for it.
    fn join(&self, judged: &Judged) -> Option<Answer> {
        let (origin, tenant) = (&judged.origin, judged.tenant);
        let mut running = self.running();
        if let Some(same) = running.get(origin.host()) {
            return Some(same.found.clone());
        }
        let domain = origin.registrable_domain().unwrap_or(origin.host());
        let beside = running.values().filter(|one| one.tenant == tenant && one.domain == domain).count();
        if beside >= A_DOMAIN {
            return None;
        }
        let place = self.places.take(tenant)?;
        let (tell, told) = oneshot::channel();
        let found: Answer = told.map(|found| found.unwrap_or(Err(io::ErrorKind::Interrupted))).boxed().shared();
        let begun = Running { found: found.clone(), tenant, domain: domain.to_owned() };
        running.insert(origin.host().to_owned(), begun);
        // Free before the task is there: one that a runtime at its end does not take is dropped at once, and wants it.
        drop(running);
        self.begin(Ending { lookups: self.clone(), host: origin.host().to_owned(), _place: place }, tell);
        Some(found)
    }

    /// In a task of its own: whoever asked may hang up, and the thread is taken all the same.
    fn begin(&self, ending: Ending, tell: oneshot::Sender<Found>) {
        let resolver = Arc::clone(&self.resolver);
        tokio::spawn(async move {
            let found = resolver.addresses(&ending.host).await.map_err(|error| error.kind());
            drop(ending);
            // Nobody may be waiting any more.
            let _gone = tell.send(found);
        });
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

impl Drop for Ending {
    fn drop(&mut self) {
        self.lookups.running().remove(&self.host);
    }
}
