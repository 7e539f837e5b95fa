//! Where connections are used, by a keyed hash of the application's own reference.

use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, TenantId},
    uses::Use,
};

use crate::{
    change::Change,
    core::{Core, Order},
    engine::Expect,
    error::StoreError,
    record::{Page, Versioned},
    schema::USE,
    seal::Purpose,
};

/// Where connections are used. The connection itself counts them, so each change goes with a change of it.
pub struct Uses<'a>(pub(crate) &'a Core);

impl Uses<'_> {
    /// One use.
    pub async fn get(
        &self,
        tenant: TenantId,
        connection: ConnectionId,
        reference: &str,
    ) -> Result<Option<Versioned<Use>>, StoreError> {
        self.0.get(USE, &self.key(tenant, connection, reference)).await
    }

    /// Stages a use the connection did not have.
    pub fn insert(&self, change: &mut Change, connection: &Connection, new: &Use) -> Result<(), StoreError> {
        change.insert(USE, self.key(connection.tenant, connection.id, &new.reference), new)
    }

    /// Stages other words for a use.
    pub fn update(
        &self,
        change: &mut Change,
        connection: &Connection,
        changed: &mut Versioned<Use>,
    ) -> Result<(), StoreError> {
        let key = self.key(connection.tenant, connection.id, &changed.reference);
        change.replace(USE, key, changed)
    }

    /// Stages the end of a use.
    pub fn remove(&self, change: &mut Change, connection: &Connection, gone: &Versioned<Use>) {
        change.remove(USE, self.key(connection.tenant, connection.id, &gone.reference), gone.revision);
    }

    /// A connection's uses, in no order that means anything.
    pub async fn list(
        &self,
        tenant: TenantId,
        connection: ConnectionId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Use>, StoreError> {
        let page = self.0.page::<Use>(USE, &USE.prefix(&[&tenant, &connection]), after, limit, Order::Oldest).await?;
        Ok(page.map(|found| found.record))
    }

    /// Stages the end of every use of a connection that is deleted.
    pub async fn clear(&self, change: &mut Change, connection: &Connection) -> Result<(), StoreError> {
        let prefix = USE.prefix(&[&connection.tenant, &connection.id]);
        let (found, _) = self.0.scan(&prefix, None, usize::MAX, Order::Oldest).await?;
        for (key, value) in found {
            change.expect(key.clone(), Expect::Equals(value));
            change.delete(key);
        }
        Ok(())
    }

    fn key(&self, tenant: TenantId, connection: ConnectionId, reference: &str) -> Vec<u8> {
        USE.key(&[&tenant, &connection, &self.0.keys.hash(Purpose::Use, reference)])
    }
}
