//! Once: a request that carries an idempotency key makes one thing, however often it is sent.
//!
//! The store holds that it began, then, in the change that makes it, what was made, then the answer. So a crash
//! leaves no doubt: what only began can be done again, what was made is named, what was answered is answered again.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use jackfield_model::id::TenantId;
use jackfield_store::{Change, Deed, Fault, KeptAnswer, Outcome, Purpose, StoreError};
use jiff::SignedDuration;
use tracing::Instrument;

use super::{Caller, RequestName, Service};

/// How long an answer is given again, in hours.
pub(super) const KEPT_HOURS: i64 = 24;

/// What to do about a request with an idempotency key.
pub enum Begun {
    /// Do it, with this service, which notes what it makes.
    Now(Box<Service>),
    /// It was done: answer this again.
    Before(KeptAnswer),
}

/// Why a request with an idempotency key is not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OnceError {
    /// The first one is still being done.
    #[error("the first request with this Idempotency-Key is still being done: wait for its answer, or ask again later")]
    InFlight,
    /// The key was used for another request.
    #[error("this Idempotency-Key was used for another request: repeat that one unchanged, or use a new key")]
    OtherRequest,
    /// Something was made and its answer was lost.
    #[error(
        "the first request with this Idempotency-Key made {0}, and its answer was lost: look at it, and use a new key to make another"
    )]
    Unanswered(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The deeds being done.
#[derive(Debug, Clone, Default)]
pub(super) struct Deeds(Arc<Mutex<HashSet<Deed>>>);

/// A deed while it is being done; ends with the last clone of its service.
#[derive(Debug)]
pub(super) struct Held {
    deeds: Deeds,
    deed: Deed,
}

impl Deeds {
    fn hold(&self, deed: &Deed) -> Option<Held> {
        let is_free = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(deed.clone());
        is_free.then(|| Held { deeds: self.clone(), deed: deed.clone() })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.deeds.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.deed);
    }
}

impl Service {
    /// Begins what a caller asks once by `key` at a route, or answers what became of it. `asked` stands for all of
    /// the request.
    pub async fn once(&self, caller: &Caller, route: &str, key: &str, asked: &str) -> Result<Begun, OnceError> {
        let deeds = self.store().idempotency();
        let deed = deeds.deed(caller.key, caller.tenant, route, key);
        let asked = self.store().keyed_hash(Purpose::Idempotency, asked);
        let now = self.now();
        let held = self.deeds.hold(&deed);
        let found = deeds.find(&deed, &asked, now - SignedDuration::from_hours(KEPT_HOURS)).await?;
        let Some(held) = held else {
            let differs = matches!(found, Some((_, false)));
            return Err(if differs { OnceError::OtherRequest } else { OnceError::InFlight });
        };
        match found {
            Some((_, false)) => return Err(OnceError::OtherRequest),
            Some((Outcome::Made { subject }, true)) => return Err(OnceError::Unanswered(subject)),
            Some((Outcome::Answered { .. }, true)) => {
                if let Some(answer) = deeds.answered(&deed).await? {
                    return Ok(Begun::Before(answer));
                }
            }
            Some((Outcome::Begun, true)) | None => {}
        }
        match deeds.begin(&deed, &asked, now).await {
            Err(StoreError::Conflict) => return Err(OnceError::InFlight),
            other => other?,
        }
        let mut service = self.clone();
        service.deed = Some(Arc::new(held));
        Ok(Begun::Now(Box::new(service)))
    }

    /// Keeps the answer of what this service did once.
    pub async fn answer_again(&self, answer: &KeptAnswer) -> Result<(), StoreError> {
        match &self.deed {
            Some(held) => self.store().idempotency().answer(&held.deed, answer).await,
            None => Ok(()),
        }
    }

    /// A refusal that made nothing leaves the key free: the request can be mended and sent again.
    pub async fn release(&self) -> Result<(), StoreError> {
        let Some(held) = &self.deed else { return Ok(()) };
        if self.store().idempotency().made_something(&held.deed).await? {
            return Ok(());
        }
        let mut change = Change::new();
        self.forget_deed(&mut change).await?;
        self.store().commit(change).await
    }

    /// A change with its audit line that makes something, and says so to whoever asks for it again.
    pub(super) async fn making(
        &self,
        tenant: impl Into<Option<TenantId>>,
        by: &str,
        kind: &str,
        subject: &str,
    ) -> Result<Change, StoreError> {
        let mut change = self.audited_for(tenant, by, kind, subject)?;
        if let Some(held) = &self.deed {
            self.store().idempotency().made(&mut change, &held.deed, subject).await?;
        }
        Ok(change)
    }

    /// Stages that what was made is gone again.
    pub(super) async fn forget_deed(&self, change: &mut Change) -> Result<(), StoreError> {
        match &self.deed {
            Some(held) => self.store().idempotency().clear(change, &held.deed).await,
            None => Ok(()),
        }
    }

    /// Does work in a task of its own, so that it ends even where its caller hangs up; none where it panicked.
    pub async fn outlive<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let work = work.in_current_span();
        let named = async move {
            match RequestName::current() {
                Some(name) => self.tasks.spawn(name.during(work)).await,
                None => self.tasks.spawn(work).await,
            }
        };
        named.await.ok()
    }

    /// The same for a change: where it panicked, nobody knows how far it came.
    pub(super) async fn to_its_end<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.outlive(work).await.unwrap_or_else(|| Err(StoreError::Unavailable(Fault::Stopped).into()))
    }

    /// Commits, and does what follows from it in memory even where the caller hangs up meanwhile: the change is made all the same.
    pub(super) async fn commit_then(
        &self,
        change: Change,
        then: impl FnOnce(&Service) + Send + 'static,
    ) -> Result<(), StoreError> {
        let service = self.clone();
        self.to_its_end(async move {
            service.store().commit(change).await?;
            then(&service);
            Ok(())
        })
        .await
    }
}
