//! Sign-ins to the pages: links that start one, once, and the sessions they become. Found by keyed hashes; tokens are not kept.

use jackfield_model::{
    person::{PAGE_IDLE_SECONDS, PageSession, Person},
    secret::Secret,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    core::{Core, Order, STRIDE},
    error::StoreError,
    record::Versioned,
    schema::{Kind, PAGE_SESSION, SIGN_IN},
    seal::Purpose,
};

/// A link that signs somebody in, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Who will be signed in.
    pub person: Person,
    /// The page they go on to: a path of ours.
    pub to: String,
    /// The mark of the browser that began it: a keyed hash of what that browser holds. None where the application began it.
    pub begun: Option<String>,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// Links and sessions of the pages.
pub struct PageSessions<'a>(pub(crate) &'a Core);

impl PageSessions<'_> {
    /// Stages a sign-in link.
    pub fn offer(&self, change: &mut Change, link: &Secret, sign_in: &SignIn) -> Result<(), StoreError> {
        change.insert(SIGN_IN, self.key(SIGN_IN, Purpose::SignIn, link), sign_in)
    }

    /// What a link would do.
    pub async fn offered(&self, link: &Secret) -> Result<Option<Versioned<SignIn>>, StoreError> {
        self.0.get(SIGN_IN, &self.key(SIGN_IN, Purpose::SignIn, link)).await
    }

    /// Stages the end of a link: of two who take it, one succeeds.
    pub fn taken(&self, change: &mut Change, link: &Secret, sign_in: &Versioned<SignIn>) {
        change.remove(SIGN_IN, self.key(SIGN_IN, Purpose::SignIn, link), sign_in.revision);
    }

    /// Stages a session.
    pub fn begin(&self, change: &mut Change, token: &Secret, session: &PageSession) -> Result<(), StoreError> {
        change.insert(PAGE_SESSION, self.key(PAGE_SESSION, Purpose::PageSession, token), session)
    }

    /// The session of a token.
    pub async fn get(&self, token: &Secret) -> Result<Option<Versioned<PageSession>>, StoreError> {
        self.0.get(PAGE_SESSION, &self.key(PAGE_SESSION, Purpose::PageSession, token)).await
    }

    /// Stages a changed session.
    pub fn update(
        &self,
        change: &mut Change,
        token: &Secret,
        changed: &mut Versioned<PageSession>,
    ) -> Result<(), StoreError> {
        change.replace(PAGE_SESSION, self.key(PAGE_SESSION, Purpose::PageSession, token), changed)
    }

    /// Stages the end of a session.
    pub fn end(&self, change: &mut Change, token: &Secret, session: &Versioned<PageSession>) {
        change.remove(PAGE_SESSION, self.key(PAGE_SESSION, Purpose::PageSession, token), session.revision);
    }

    /// Deletes links and sessions that are over; answers how many.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        let idle = now - SignedDuration::from_secs(PAGE_IDLE_SECONDS);
        let links = self.sweep_kind::<SignIn>(SIGN_IN, |link| link.expires_at <= now).await?;
        let over = |session: &PageSession| session.expires_at <= now || session.used_at <= idle;
        Ok(links + self.sweep_kind::<PageSession>(PAGE_SESSION, over).await?)
    }

    async fn sweep_kind<T: serde::de::DeserializeOwned>(
        &self,
        kind: Kind,
        over: impl Fn(&T) -> bool,
    ) -> Result<usize, StoreError> {
        let (mut swept, mut after) = (0, None);
        loop {
            let (pairs, next) = self.0.scan(&kind.prefix(&[]), after.as_deref(), STRIDE, Order::Oldest).await?;
            let mut change = Change::new();
            for (key, bytes) in pairs {
                let found = crate::record::decode::<T>(kind, &key, &bytes);
                if found.is_ok_and(|record| over(&record.record)) {
                    change.delete(key);
                    swept += 1;
                }
            }
            self.0.commit(change).await?;
            after = next;
            if after.is_none() {
                return Ok(swept);
            }
        }
    }

    fn key(&self, kind: Kind, purpose: Purpose, token: &Secret) -> Vec<u8> {
        kind.key(&[&self.0.keys.hash(purpose, token.expose())])
    }
}
