//! Choices: what another account than a connection's consented to, sealed until the application says what becomes of it.

use jackfield_model::{
    connection::Connection,
    credential::Credential,
    id::{ConnectionId, SessionId, TenantId},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    core::Core,
    error::{Cause, StoreError, unreadable},
    made,
    record::Versioned,
    schema::{CHOICE, CHOICE_DUE, CHOICE_SECRET, Padded},
    seal::{Context, Scope},
};

/// A connection that could be: it takes the place of another, becomes one of its own, or is discarded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The session that asks.
    pub session: SessionId,
    /// The tenant.
    pub tenant: TenantId,
    /// The connection that was to be reauthorized.
    pub existing: ConnectionId,
    /// What the other account's would be, under an id of its own; its account is the one that consented.
    pub candidate: Connection,
    /// Until when it waits.
    pub until: Timestamp,
}

/// Choices that wait.
pub struct Choices<'a>(pub(crate) &'a Core);

impl Choices<'_> {
    /// Stages a choice with the credential it is about.
    pub async fn create(
        &self,
        change: &mut Change,
        choice: &Choice,
        credential: &Credential,
    ) -> Result<(), StoreError> {
        let key = CHOICE_SECRET.key(&[&choice.session]);
        let name = choice.session.to_string();
        let (plain, context) = (credential.to_sealable(), context(choice, &name));
        self.0.keys.seal_held(&*self.0.engine, change, &context, key, &plain).await?;
        change.makes(made::TENANT, &choice.tenant);
        change.write(due_key(choice), vec![]);
        change.insert(CHOICE, CHOICE.key(&[&choice.session]), choice)
    }

    /// The choice of a session.
    pub async fn get(&self, session: SessionId) -> Result<Option<Versioned<Choice>>, StoreError> {
        self.0.get(CHOICE, &CHOICE.key(&[&session])).await
    }

    /// The credential it is about.
    pub async fn credential(&self, choice: &Choice) -> Result<Credential, StoreError> {
        let key = CHOICE_SECRET.key(&[&choice.session]);
        let sealed = self.0.engine.get(&key).await?.ok_or_else(|| unreadable(&key, Cause::Missing))?;
        let name = choice.session.to_string();
        let plain = self.0.keys.open(&*self.0.engine, &context(choice, &name), &key, &sealed).await?;
        Ok(Credential::from_sealable(&plain).map_err(|_| unreadable(&key, Cause::Damaged))?)
    }

    /// Choices nobody made in time: at most `limit` that ended at or before `now`.
    pub async fn over(&self, now: Timestamp, limit: usize) -> Result<Vec<Versioned<Choice>>, StoreError> {
        // One that cannot be read never hides the others.
        Ok(self.0.due(CHOICE, CHOICE_DUE, now, limit).await?.items)
    }

    /// Whether any of a tenant's waits.
    pub(crate) async fn any_of(&self, tenant: TenantId) -> Result<bool, StoreError> {
        let waiting = self.0.all::<Choice>(CHOICE, &CHOICE.prefix(&[])).await?;
        Ok(waiting.items.iter().any(|choice| choice.tenant == tenant))
    }

    /// Stages the end of a choice, with its credential.
    pub fn done(&self, change: &mut Change, choice: &Versioned<Choice>) {
        change.delete(due_key(choice));
        change.delete(CHOICE_SECRET.key(&[&choice.session]));
        change.remove(CHOICE, CHOICE.key(&[&choice.session]), choice.revision);
    }
}

fn milliseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or(0)
}

fn due_key(choice: &Choice) -> Vec<u8> {
    CHOICE_DUE.key(&[&Padded(milliseconds(choice.until)), &choice.session])
}

fn context<'a>(choice: &Choice, record: &'a str) -> Context<'a> {
    let scope = Scope::Tenant(choice.tenant);
    Context { scope, kind: CHOICE_SECRET.name, record, field: "credential", generation: 0 }
}
