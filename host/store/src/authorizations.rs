//! Authorization requests: one-time records, each found by the keyed hash of one handle that works once.
//!
//! First the handle is `state`; once the browser came back it is the ticket. Verifier, nonce, code and typed
//! secrets are sealed beside the record. Whether it is too late is for the caller to say, who has the clock.

mod private;

use jackfield_model::{id::AuthorizationId, secret::Secret, session::Authorization};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    core::{Core, Order, STRIDE},
    engine::Expect,
    error::{Cause, StoreError, unreadable},
    record::Versioned,
    schema::{AUTHORIZATION, AUTHORIZATION_BY_STATE, AUTHORIZATION_BY_TICKET, AUTHORIZATION_SECRET, Kind},
    seal::{Context, Purpose, Scope},
};

pub use private::AuthorizationSecrets;

#[derive(Serialize, Deserialize)]
pub(crate) struct Stored {
    authorization: Authorization,
    /// Until the state is taken.
    state_hash: Option<String>,
    /// Counts what was sealed for it.
    generation: u64,
}

/// What an authorization request is found by. Random, at least 128 bits.
#[derive(Debug, Clone, Copy)]
pub enum Handle<'a> {
    /// `state` of the authorization request.
    State(&'a Secret),
    /// The one-time value the application completes with.
    Ticket(&'a Secret),
}

/// A request whose handle was taken: nobody else gets it.
#[derive(Debug)]
pub struct Claim {
    /// The record.
    pub authorization: Authorization,
    /// What was sealed beside it.
    pub secrets: AuthorizationSecrets,
    revision: u64,
    generation: u64,
}

/// Authorization requests.
pub struct Authorizations<'a>(pub(crate) &'a Core);

impl Authorizations<'_> {
    /// Stages a new request under its first handle.
    pub async fn create(
        &self,
        change: &mut Change,
        authorization: Authorization,
        secrets: &AuthorizationSecrets,
        handle: Handle<'_>,
    ) -> Result<(), StoreError> {
        let mut stored = Stored { authorization, state_hash: None, generation: 1 };
        self.point(change, &mut stored, handle);
        self.seal(change, &stored, secrets).await?;
        change.insert(AUTHORIZATION, AUTHORIZATION.key(&[&stored.authorization.id]), &stored)
    }

    /// A request by its id.
    pub async fn get(&self, id: AuthorizationId) -> Result<Option<Authorization>, StoreError> {
        Ok(self.stored(&id.to_string()).await?.map(|stored| stored.record.authorization))
    }

    /// The request a handle would take, left as it is.
    pub async fn find(&self, handle: Handle<'_>) -> Result<Option<Authorization>, StoreError> {
        let found = self.resolve(handle).await?;
        Ok(found.map(|(_, stored)| stored.record.authorization))
    }

    /// Takes the request of this state, once for ever: of any number of callers one gets it (CORE-14, ST-1).
    pub async fn take_state(&self, state: &Secret) -> Result<Option<Claim>, StoreError> {
        self.take(Handle::State(state), |change, stored| {
            stored.state_hash = None;
            change.replace(AUTHORIZATION, AUTHORIZATION.key(&[&stored.authorization.id]), stored)
        })
        .await
    }

    /// Takes the parked request of this ticket, once for ever. Nothing of it stays in the store.
    pub async fn take_ticket(&self, ticket: &Secret) -> Result<Option<Claim>, StoreError> {
        self.take(Handle::Ticket(ticket), |change, stored| {
            change.delete(secret_key(stored));
            change.remove(AUTHORIZATION, AUTHORIZATION.key(&[&stored.authorization.id]), stored.revision);
            Ok(())
        })
        .await
    }

    /// Stages a claimed request back, changed and found by a ticket from now on.
    pub async fn park(&self, change: &mut Change, claim: Claim, ticket: &Secret) -> Result<(), StoreError> {
        let record = Stored { authorization: claim.authorization, state_hash: None, generation: claim.generation };
        let mut stored = Versioned { record, revision: claim.revision };
        change.delete(secret_key(&stored));
        stored.generation += 1;
        self.point(change, &mut stored, Handle::Ticket(ticket));
        self.seal(change, &stored, &claim.secrets).await?;
        change.replace(AUTHORIZATION, AUTHORIZATION.key(&[&stored.authorization.id]), &mut stored)
    }

    /// Stages the end of a request, if it is still there.
    pub async fn delete(&self, change: &mut Change, id: AuthorizationId) -> Result<(), StoreError> {
        if let Some(stored) = self.stored(&id.to_string()).await? {
            erase(change, &stored);
        }
        Ok(())
    }

    /// Deletes every request that ended at or before `now`; answers how many.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        let (mut swept, mut after) = (0, None);
        loop {
            let prefix = AUTHORIZATION.prefix(&[]);
            let page = self.0.page::<Stored>(AUTHORIZATION, &prefix, after.as_deref(), STRIDE, Order::Oldest).await?;
            for stored in page.items.iter().filter(|stored| stored.authorization.expires_at <= now) {
                let mut change = Change::new();
                erase(&mut change, stored);
                match self.0.commit(change).await {
                    Ok(()) => swept += 1,
                    Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(swept);
            }
        }
    }

    async fn take(
        &self,
        handle: Handle<'_>,
        stage: impl FnOnce(&mut Change, &mut Versioned<Stored>) -> Result<(), StoreError>,
    ) -> Result<Option<Claim>, StoreError> {
        let Some((pointer, mut stored)) = self.resolve(handle).await? else { return Ok(None) };
        let Some(secrets) = self.unseal(&stored).await? else { return Ok(None) };
        let mut change = Change::new();
        let id = stored.authorization.id.to_string();
        change.expect(pointer.clone(), Expect::Equals(id.into_bytes()));
        change.delete(pointer);
        stage(&mut change, &mut stored)?;
        match self.0.commit(change).await {
            Ok(()) => {}
            Err(StoreError::Conflict) => return Ok(None),
            Err(error) => return Err(error),
        }
        let Versioned { record, revision } = stored;
        Ok(Some(Claim { authorization: record.authorization, secrets, revision, generation: record.generation }))
    }

    fn hash(&self, handle: Handle<'_>) -> (Kind, String) {
        match handle {
            Handle::State(state) => (AUTHORIZATION_BY_STATE, self.0.keys.hash(Purpose::State, state.expose())),
            Handle::Ticket(ticket) => (AUTHORIZATION_BY_TICKET, self.0.keys.hash(Purpose::Ticket, ticket.expose())),
        }
    }

    /// Lets a handle lead to a request.
    fn point(&self, change: &mut Change, stored: &mut Stored, handle: Handle<'_>) {
        let (kind, hash) = self.hash(handle);
        let pointer = kind.key(&[&hash]);
        change.expect(pointer.clone(), Expect::Absent);
        change.write(pointer, stored.authorization.id.to_string().into_bytes());
        match handle {
            Handle::State(_) => stored.state_hash = Some(hash),
            Handle::Ticket(_) => stored.authorization.ticket_hash = Some(hash),
        }
    }

    async fn resolve(&self, handle: Handle<'_>) -> Result<Option<(Vec<u8>, Versioned<Stored>)>, StoreError> {
        let (kind, hash) = self.hash(handle);
        let pointer = kind.key(&[&hash]);
        let Some(id) = self.0.pointer(&pointer).await? else { return Ok(None) };
        let Some(stored) = self.stored(&id).await? else { return Ok(None) };
        let kept = match handle {
            Handle::State(_) => &stored.state_hash,
            Handle::Ticket(_) => &stored.authorization.ticket_hash,
        };
        if kept.as_ref() == Some(&hash) { Ok(Some((pointer, stored))) } else { Ok(None) }
    }

    async fn stored(&self, id: &str) -> Result<Option<Versioned<Stored>>, StoreError> {
        self.0.get(AUTHORIZATION, &AUTHORIZATION.key(&[&id])).await
    }

    async fn seal(
        &self,
        change: &mut Change,
        stored: &Stored,
        secrets: &AuthorizationSecrets,
    ) -> Result<(), StoreError> {
        let key = secret_key(stored);
        let name = stored.authorization.id.to_string();
        let sealed = self.0.keys.seal(&*self.0.engine, &context(stored, &name), &key, &secrets.to_sealable()).await?;
        change.write(key, sealed);
        Ok(())
    }

    /// None where somebody took the request meanwhile.
    async fn unseal(&self, stored: &Stored) -> Result<Option<AuthorizationSecrets>, StoreError> {
        let key = secret_key(stored);
        let Some(envelope) = self.0.engine.get(&key).await? else { return Ok(None) };
        let name = stored.authorization.id.to_string();
        let plain = self.0.keys.open(&*self.0.engine, &context(stored, &name), &key, &envelope).await?;
        let secrets = AuthorizationSecrets::from_sealable(&plain).ok_or_else(|| unreadable(&key, Cause::Damaged))?;
        Ok(Some(secrets))
    }
}

fn secret_key(stored: &Stored) -> Vec<u8> {
    AUTHORIZATION_SECRET.key(&[&stored.authorization.id, &stored.generation])
}

fn context<'a>(stored: &Stored, record: &'a str) -> Context<'a> {
    let scope = Scope::Tenant(stored.authorization.tenant);
    Context { scope, kind: AUTHORIZATION_SECRET.name, record, field: "private", generation: stored.generation }
}

fn erase(change: &mut Change, stored: &Versioned<Stored>) {
    if let Some(hash) = &stored.state_hash {
        change.delete(AUTHORIZATION_BY_STATE.key(&[hash]));
    }
    if let Some(hash) = &stored.authorization.ticket_hash {
        change.delete(AUTHORIZATION_BY_TICKET.key(&[hash]));
    }
    change.delete(secret_key(stored));
    change.remove(AUTHORIZATION, AUTHORIZATION.key(&[&stored.authorization.id]), stored.revision);
}
