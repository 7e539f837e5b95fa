//! The revocation queue: tokens a provider has not yet been told to end, sealed, by when to try next (REV-3, REV-5).

use std::collections::BTreeMap;

use jackfield_model::{
    credential::Credential,
    id::{ClientId, ConnectionId, EventId, TenantId},
    session::Endpoints,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    core::Core,
    error::{Cause, StoreError, unreadable},
    made,
    record::{Page, Versioned},
    schema::{Padded, REVOCATION, REVOCATION_DUE, REVOCATION_SECRET},
    seal::{Context, Scope},
};

/// What a retry of a revocation needs, when the connection itself may be gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Its id.
    pub id: EventId,
    /// The tenant.
    pub tenant: TenantId,
    /// The connection it belonged to.
    pub connection: ConnectionId,
    /// The connector.
    pub connector: String,
    /// The auth method.
    pub method: String,
    /// The client.
    pub client: Option<ClientId>,
    /// The id of its account at the provider, where that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The other connections to that account which were said to end with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<ConnectionId>,
    /// The provider's endpoints as recorded at the start.
    pub endpoints: Option<Endpoints>,
    /// Public field values of the connection.
    pub fields: BTreeMap<String, String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When to try next.
    pub next_at: Timestamp,
    /// Since when it waits.
    pub created_at: Timestamp,
}

/// The revocation queue.
pub struct Revocations<'a>(pub(crate) &'a Core);

impl Revocations<'_> {
    /// Stages a revocation with the credential that a retry needs, and no more of it than that. Where its tenant's keys end
    /// meanwhile, the commit is refused: staged anew, it waits with a new one.
    pub async fn create(
        &self,
        change: &mut Change,
        revocation: &Revocation,
        credential: &Credential,
    ) -> Result<(), StoreError> {
        let key = REVOCATION_SECRET.key(&[&revocation.id]);
        let name = revocation.id.to_string();
        let (plain, context) = (credential.to_sealable(), context(revocation, &name));
        self.0.keys.seal_held(&*self.0.engine, change, &context, key, &plain).await?;
        change.makes(made::TENANT, &revocation.tenant);
        change.write(due_key(revocation), vec![]);
        change.insert(REVOCATION, REVOCATION.key(&[&revocation.id]), revocation)
    }

    /// At most `limit` revocations to try at `now`, longest due first, behind the cursor. Reads the index only.
    pub async fn due(&self, now: Timestamp, after: Option<&str>, limit: usize) -> Result<Page<EventId>, StoreError> {
        self.0.named_due(REVOCATION_DUE, now, after, limit, |id| id.parse().ok()).await
    }

    /// Every revocation that waits.
    pub async fn all(&self) -> Result<Page<Versioned<Revocation>>, StoreError> {
        self.0.all(REVOCATION, &REVOCATION.prefix(&[])).await
    }

    /// Whether any of a tenant's waits.
    pub(crate) async fn any_of(&self, tenant: TenantId) -> Result<bool, StoreError> {
        Ok(self.all().await?.items.iter().any(|revocation| revocation.tenant == tenant))
    }

    /// One revocation of the queue; none once it is done.
    pub async fn get(&self, id: EventId) -> Result<Option<Versioned<Revocation>>, StoreError> {
        self.0.get(REVOCATION, &REVOCATION.key(&[&id])).await
    }

    /// The credential to revoke.
    pub async fn credential(&self, revocation: &Revocation) -> Result<Credential, StoreError> {
        let key = REVOCATION_SECRET.key(&[&revocation.id]);
        let sealed = self.0.engine.get(&key).await?.ok_or_else(|| unreadable(&key, Cause::Missing))?;
        let name = revocation.id.to_string();
        let plain = self.0.keys.open(&*self.0.engine, &context(revocation, &name), &key, &sealed).await?;
        Ok(Credential::from_sealable(&plain).map_err(|_| unreadable(&key, Cause::Damaged))?)
    }

    /// Stages another try at `next_at`.
    pub fn postpone(
        &self,
        change: &mut Change,
        revocation: &mut Versioned<Revocation>,
        next_at: Timestamp,
    ) -> Result<(), StoreError> {
        change.delete(due_key(revocation));
        revocation.attempts += 1;
        revocation.next_at = next_at;
        change.write(due_key(revocation), vec![]);
        change.replace(REVOCATION, REVOCATION.key(&[&revocation.id]), revocation)
    }

    /// Stages the end of a revocation: done, or given up.
    pub fn done(&self, change: &mut Change, revocation: &Versioned<Revocation>) {
        change.delete(due_key(revocation));
        change.delete(REVOCATION_SECRET.key(&[&revocation.id]));
        change.remove(REVOCATION, REVOCATION.key(&[&revocation.id]), revocation.revision);
    }
}

fn milliseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or(0)
}

fn due_key(revocation: &Revocation) -> Vec<u8> {
    REVOCATION_DUE.key(&[&Padded(milliseconds(revocation.next_at)), &revocation.id])
}

fn context<'a>(revocation: &Revocation, record: &'a str) -> Context<'a> {
    let scope = Scope::Tenant(revocation.tenant);
    Context { scope, kind: REVOCATION_SECRET.name, record, field: "credential", generation: 0 }
}
