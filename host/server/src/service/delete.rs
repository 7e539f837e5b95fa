//! Delete: the credential leaves the connection at once; the provider is told, and what it answers is said.

use jackfield_model::{
    connection::Connection,
    credential::Credential,
    id::{ConnectionId, TenantId},
    manifest::Guide,
    status::Happening,
    uses::Use,
};
use jackfield_store::{Change, Revocation, StoreError};
use jiff::SignedDuration;

use super::{Conditions, Service, Stale, resolve::ResolveError, revoke::Ended};

/// How many uses a refusal names.
const USES_NAMED: usize = 20;
/// How often it is begun again because somebody else changed the connection meanwhile.
const ATTEMPTS: usize = 16;

/// How the provider took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevocationOutcome {
    /// It is no longer good there.
    Revoked,
    /// The provider cannot revoke it; it is gone here only.
    Unsupported,
    /// A person can end it there.
    Instructions(Guide),
    /// Not yet; it is tried again until it is done.
    Queued(String),
    /// The provider refused, or nothing could be asked.
    Failed(String),
    /// Nobody asked the provider: other connections live on the same grant.
    Kept,
}

/// What becomes of the other connections to the same account, where revoking may end them too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twins {
    /// They stay: the provider is not asked to revoke.
    Keep,
    /// The provider is asked, and they may end with this one.
    End,
}

/// What a delete is bound to.
#[derive(Debug, Clone, Default)]
pub struct Leave {
    /// Whether it goes on although the connection is used.
    pub although_used: bool,
    /// What becomes of its twins.
    pub twins: Option<Twins>,
    /// The state the caller expects.
    pub conditions: Conditions,
}

/// A deleted connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// How the provider took it.
    pub revocation: RevocationOutcome,
    /// The other connections to the same account that may have ended with it, as they stand now.
    pub twins: Vec<Connection>,
}

/// Why nothing was deleted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DeleteError {
    /// This tenant has no such connection.
    #[error("there is no such connection")]
    NotFound,
    /// Something works with it.
    #[error(
        "applications say that they use this connection (places: {count}), and would stop working: end those uses, or delete it with `force=true`"
    )]
    Used {
        /// In how many.
        count: u32,
        /// Some of them.
        uses: Vec<Use>,
    },
    /// It is another than expected.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// Nobody said what becomes of its twins.
    #[error(
        "the same account is connected {} more with the same client, and revoking may end that too: delete with `twins=keep` to leave the provider alone, or with `twins=end` to revoke all the same",
        times(.0.len())
    )]
    Twins(Vec<ConnectionId>),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Deletes a connection and revokes at the provider. A crash in between leaves the revocation in the queue.
    ///
    /// Where other connections may live on the same grant, `twins` says what becomes of them; without it nothing is
    /// deleted.
    pub async fn delete(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        leave: &Leave,
        by: &str,
    ) -> Result<Deletion, DeleteError> {
        let (service, leave, by) = (self.clone(), leave.clone(), by.to_owned());
        // In a task of its own: what a refresh brought meanwhile is ended, though whoever deletes hangs up.
        self.to_its_end(async move { Box::pin(service.delete_now(tenant, id, &leave, &by)).await }).await
    }

    async fn delete_now(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        leave: &Leave,
        by: &str,
    ) -> Result<Deletion, DeleteError> {
        for _ in 0..ATTEMPTS {
            match self.delete_as_it_is(tenant, id, leave, by).await {
                Err(DeleteError::Store(StoreError::Conflict)) => {}
                other => return other,
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Deletes unless somebody else changes the connection meanwhile.
    async fn delete_as_it_is(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        leave: &Leave,
        by: &str,
    ) -> Result<Deletion, DeleteError> {
        let found = self.connection(tenant, id).await?.ok_or(DeleteError::NotFound)?;
        self.may_go(&found, leave).await?;
        let others = self.twins(&found).await?;
        match leave.twins {
            None if !others.is_empty() => Err(DeleteError::Twins(others.into_iter().map(|other| other.id).collect())),
            Some(Twins::Keep) if !others.is_empty() => self.delete_here(tenant, id, leave, by).await,
            _ => {
                let mut deletion = self.delete_and_revoke(tenant, id, leave, by, &others).await?;
                deletion.twins = self.looked_at(others, by).await?;
                Ok(deletion)
            }
        }
    }

    /// Deletes a connection without a word to the provider.
    async fn delete_here(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        leave: &Leave,
        by: &str,
    ) -> Result<Deletion, DeleteError> {
        let mut found = self.store().connections().get(tenant, id).await?.ok_or(DeleteError::NotFound)?;
        self.may_go(&found, leave).await?;
        let mut change = self.audited_for(tenant, by, "connection.deleted", &id.to_string())?;
        self.store().connections().delete(&mut change, &found);
        self.store().uses().clear(&mut change, &found).await?;
        self.drop_left(&mut change, &found).await?;
        let _ = found.happen(Happening::Revoked, None, self.now());
        let note = "The grant at the provider was left: other connections use it.";
        self.tell(&mut change, &mut found, "deleted", by, Some(note.to_owned()))?;
        self.store().commit(change).await?;
        Ok(Deletion { revocation: RevocationOutcome::Kept, twins: vec![] })
    }

    /// Asks the provider about each twin, so that its status says what the revocation did to it.
    async fn looked_at(&self, twins: Vec<Connection>, by: &str) -> Result<Vec<Connection>, StoreError> {
        let mut seen = Vec::new();
        for twin in twins {
            match Box::pin(self.verify(twin.tenant, twin.id, by)).await {
                Ok(after) => seen.push(after),
                Err(error) => {
                    tracing::warn!(connection = %twin.id, %error, "a twin of a deleted connection could not be verified");
                    seen.extend(self.connection(twin.tenant, twin.id).await?);
                }
            }
        }
        Ok(seen)
    }

    async fn delete_and_revoke(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        leave: &Leave,
        by: &str,
        others: &[Connection],
    ) -> Result<Deletion, DeleteError> {
        let (mut found, credential) =
            self.store().connections().open(tenant, id).await?.ok_or(DeleteError::NotFound)?;
        self.may_go(&found, leave).await?;
        let now = self.now();
        let mut revocation = self.revocation_of(&found)?;
        revocation.twins = others.iter().map(|other| other.id).collect();
        let mut change = self.audited_for(tenant, by, "connection.deleted", &id.to_string())?;
        self.store().connections().delete(&mut change, &found);
        self.store().uses().clear(&mut change, &found).await?;
        if let Some(credential) = &credential {
            self.store().revocations().create(&mut change, &revocation, credential).await?;
        }
        // Only for the timeline: the record itself is gone.
        let _ = found.happen(Happening::Revoked, None, now);
        let note = (found.uses > 0).then(|| format!("It was still in use (places: {}).", found.uses));
        self.tell(&mut change, &mut found, "deleted", by, note)?;
        self.store().commit(change).await?;
        let Some(credential) = credential else {
            return Ok(Deletion { revocation: RevocationOutcome::Unsupported, twins: vec![] });
        };
        let ended = match self.party(found.record.clone()).await {
            Ok(party) => self.end_unless_shared(&revocation, &party, &credential).await,
            Err(error) => unasked(&error),
        };
        if let Err(error) = self.clear_up(&found, &credential, &revocation, &ended).await {
            // The connection is gone all the same; at worst the provider is told twice.
            tracing::warn!(connection = %id, %error, "the revocation queue could not be brought up to date");
        }
        Ok(Deletion { revocation: outcome(ended), twins: vec![] })
    }

    /// Whether the caller knows what it deletes: its state, and where it is used.
    async fn may_go(&self, found: &Connection, leave: &Leave) -> Result<(), DeleteError> {
        leave.conditions.allow(&self.entity_tag(found))?;
        if found.uses == 0 || leave.although_used {
            return Ok(());
        }
        let uses = self.store().uses().list(found.tenant, found.id, None, USES_NAMED).await?.items;
        Err(DeleteError::Used { count: found.uses, uses })
    }

    /// Ends what a refresh brought meanwhile, and brings the queue up to date. Only now: what comes later finds no connection,
    /// and is ended by whoever brings it.
    async fn clear_up(
        &self,
        deleted: &Connection,
        credential: &Credential,
        revocation: &Revocation,
        ended: &Ended,
    ) -> Result<(), StoreError> {
        self.discard_left(deleted, credential, revocation).await?;
        self.note_ended(revocation, ended).await
    }

    /// Brings the queue up to date with what became of a revocation that was tried at once.
    pub(super) async fn note_ended(&self, revocation: &Revocation, ended: &Ended) -> Result<(), StoreError> {
        match ended {
            Ended::Later { after, .. } => self.put_off(revocation, *after).await,
            _ => self.forget_when_landed(revocation).await,
        }
    }

    /// Takes a settled revocation out of the queue; while a refresh is under way, when that has ended. Until then a start
    /// after a crash finds in it what the answer has to be read and ended with.
    async fn forget_when_landed(&self, revocation: &Revocation) -> Result<(), StoreError> {
        let of = (revocation.tenant, revocation.connection);
        if !self.flights.is_out(of) {
            return self.forget(revocation).await;
        }
        let (service, revocation) = (self.clone(), revocation.clone());
        self.tasks.spawn(async move {
            service.flights.landed(of).await;
            if let Err(error) = service.forget(&revocation).await {
                tracing::warn!(connection = %revocation.connection, %error, "a settled revocation stays in the queue");
            }
        });
        Ok(())
    }

    /// Takes a settled revocation out of the queue.
    async fn forget(&self, revocation: &Revocation) -> Result<(), StoreError> {
        let Some(mine) = self.store().revocations().get(revocation.id).await? else { return Ok(()) };
        let mut change =
            self.audited_for(revocation.tenant, "host", "revocation.settled", &revocation.connection.to_string())?;
        self.store().revocations().done(&mut change, &mine);
        self.store().commit(change).await
    }

    /// Leaves a revocation in the queue, for no earlier than the provider allows (REV-3).
    async fn put_off(&self, revocation: &Revocation, after: Option<SignedDuration>) -> Result<(), StoreError> {
        let mine = self.store().revocations().get(revocation.id).await?;
        let Some(mut mine) = mine.filter(|_| after.is_some()) else { return Ok(()) };
        let mut change = Change::new();
        self.store().revocations().postpone(&mut change, &mut mine, self.next_try(0, after))?;
        self.store().commit(change).await
    }
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn unasked(error: &ResolveError) -> Ended {
    match error {
        ResolveError::Store(_) => Ended::Later { after: None, why: error.to_string() },
        _ => Ended::Refused(error.to_string()),
    }
}

fn outcome(ended: Ended) -> RevocationOutcome {
    match ended {
        Ended::Done => RevocationOutcome::Revoked,
        Ended::Unsupported => RevocationOutcome::Unsupported,
        Ended::Page(guide) => RevocationOutcome::Instructions(guide),
        Ended::Later { why, .. } => RevocationOutcome::Queued(why),
        Ended::Refused(why) => RevocationOutcome::Failed(why),
        Ended::Kept => RevocationOutcome::Kept,
    }
}
