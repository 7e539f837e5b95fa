//! Connections, each with its credential sealed beside it, one per version.

mod account;
mod due;
mod filter;
mod list;
mod order;
mod sorted;

use jackfield_model::{
    connection::{Connection, RefreshState},
    credential::Credential,
    id::{ConnectionId, TenantId},
};

use crate::{
    change::Change,
    core::Core,
    engine::Expect,
    error::{Cause, StoreError, unreadable},
    record::Versioned,
    schema::{CONNECTION, CONNECTION_BY_USER, CONNECTION_REFRESHING, CREDENTIAL},
    seal::{Context, Purpose, Scope},
};

pub use crate::core::Order;
pub use due::Due;
pub use filter::Filter;
pub use order::Sort;
pub use sorted::{Audience, Wanted};

/// How often a decision is made again because the record changed under it.
const ATTEMPTS: usize = 64;

/// Connections.
pub struct Connections<'a>(pub(crate) &'a Core);

impl Connections<'_> {
    /// Stages a new connection with its first credential.
    pub async fn create(
        &self,
        change: &mut Change,
        connection: &Connection,
        credential: &Credential,
    ) -> Result<(), StoreError> {
        self.seal(change, connection, credential).await?;
        if let Some(key) = self.user_key(connection) {
            change.write(key, vec![]);
        }
        self.mark_account(change, connection);
        mark_refreshing(change, connection);
        due::mark(change, None, Some(connection));
        order::mark_orders(change, None, Some(connection));
        change.connections += 1;
        change.insert(CONNECTION, key(connection), connection)
    }

    /// A tenant's connection.
    pub async fn get(&self, tenant: TenantId, id: ConnectionId) -> Result<Option<Versioned<Connection>>, StoreError> {
        self.0.get(CONNECTION, &CONNECTION.key(&[&tenant, &id])).await
    }

    /// A connection together with the credential of its version; no credential once it was erased.
    pub async fn open(
        &self,
        tenant: TenantId,
        id: ConnectionId,
    ) -> Result<Option<(Versioned<Connection>, Option<Credential>)>, StoreError> {
        let Some(mut connection) = self.get(tenant, id).await? else { return Ok(None) };
        loop {
            if let Some(credential) = self.credential(&connection).await? {
                return Ok(Some((connection, Some(credential))));
            }
            // Replaced between the two reads: then the record has a newer version.
            let Some(again) = self.get(tenant, id).await? else { return Ok(None) };
            if again.version == connection.version {
                return Ok(Some((again, None)));
            }
            connection = again;
        }
    }

    /// The credential of exactly this version; none once another took its place.
    pub async fn credential(&self, connection: &Connection) -> Result<Option<Credential>, StoreError> {
        let key = credential_key(connection);
        let Some(envelope) = self.0.engine.get(&key).await? else { return Ok(None) };
        let name = connection.id.to_string();
        let plain = self.0.keys.open(&*self.0.engine, &context(connection, &name), &key, &envelope).await?;
        Ok(Some(Credential::from_sealable(&plain).map_err(|_| unreadable(&key, Cause::Damaged))?))
    }

    /// Stages a changed connection, if nobody changed it since it was read. Tenant and end user are fixed.
    pub async fn update(&self, change: &mut Change, changed: &mut Versioned<Connection>) -> Result<(), StoreError> {
        // Where this is not what `changed` was read from, its revision refuses the whole change.
        let stored = self.get(changed.tenant, changed.id).await?;
        due::mark(change, stored.as_deref(), Some(changed));
        order::mark_orders(change, stored.as_deref(), Some(changed));
        self.mark_account(change, changed);
        mark_refreshing(change, changed);
        change.replace(CONNECTION, key(changed), changed)
    }

    /// Stages a changed connection with a new credential: its version counts up, and the old credential goes.
    pub async fn put_credential(
        &self,
        change: &mut Change,
        changed: &mut Versioned<Connection>,
        credential: &Credential,
    ) -> Result<(), StoreError> {
        change.delete(credential_key(changed));
        changed.version += 1;
        self.seal(change, changed, credential).await?;
        self.update(change, changed).await
    }

    /// Stages a changed connection without a credential.
    pub async fn erase_credential(
        &self,
        change: &mut Change,
        changed: &mut Versioned<Connection>,
    ) -> Result<(), StoreError> {
        change.delete(credential_key(changed));
        self.update(change, changed).await
    }

    /// Stages the end of a connection, as it was read, and of its credential. Its timeline stays.
    pub fn delete(&self, change: &mut Change, connection: &Versioned<Connection>) {
        change.delete(credential_key(connection));
        change.delete(CONNECTION_REFRESHING.key(&[&connection.tenant, &connection.id]));
        due::mark(change, Some(connection), None);
        order::mark_orders(change, Some(connection), None);
        if let Some(key) = self.user_key(connection) {
            change.delete(key);
        }
        self.unmark_account(change, connection);
        change.connections -= 1;
        change.remove(CONNECTION, key(connection), connection.revision);
    }

    /// Decides over the newest state of a connection and stores the outcome, deciding again when it changed meanwhile.
    ///
    /// `decide` changes the connection and may stage what belongs to it; its refusal is answered as it is.
    pub async fn amend<E: From<StoreError>>(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        mut decide: impl FnMut(&mut Connection, &mut Change) -> Result<(), E>,
    ) -> Result<Option<Versioned<Connection>>, E> {
        for _ in 0..ATTEMPTS {
            let Some(mut found) = self.get(tenant, id).await? else { return Ok(None) };
            let mut change = Change::new();
            decide(&mut found.record, &mut change)?;
            self.update(&mut change, &mut found).await?;
            match self.0.commit(change).await {
                Ok(()) => return Ok(Some(found)),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn seal(
        &self,
        change: &mut Change,
        connection: &Connection,
        credential: &Credential,
    ) -> Result<(), StoreError> {
        let key = credential_key(connection);
        let name = connection.id.to_string();
        let sealed =
            self.0.keys.seal(&*self.0.engine, &context(connection, &name), &key, &credential.to_sealable()).await?;
        change.expect(key.clone(), Expect::Absent);
        change.write(key, sealed);
        Ok(())
    }

    fn user_key(&self, connection: &Connection) -> Option<Vec<u8>> {
        let hash = self.0.keys.hash(Purpose::EndUser, connection.end_user.as_deref()?);
        Some(CONNECTION_BY_USER.key(&[&connection.tenant, &hash, &connection.id]))
    }
}

fn key(connection: &Connection) -> Vec<u8> {
    CONNECTION.key(&[&connection.tenant, &connection.id])
}

fn credential_key(connection: &Connection) -> Vec<u8> {
    CREDENTIAL.key(&[&connection.tenant, &connection.id, &connection.version])
}

fn context<'a>(connection: &Connection, record: &'a str) -> Context<'a> {
    let scope = Scope::Tenant(connection.tenant);
    Context { scope, kind: CREDENTIAL.name, record, field: "credential", generation: connection.version }
}

fn mark_refreshing(change: &mut Change, connection: &Connection) {
    let key = CONNECTION_REFRESHING.key(&[&connection.tenant, &connection.id]);
    let open = matches!(connection.refresh, RefreshState::Refreshing { .. } | RefreshState::Unknown { .. });
    if open || connection.step.is_some() { change.write(key, vec![]) } else { change.delete(key) }
}
