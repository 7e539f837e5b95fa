//! How end users are reached, by a keyed hash of the application's own id.

use jackfield_model::{id::TenantId, person::Reached};

use crate::{
    change::Change,
    core::{Core, Order},
    error::StoreError,
    record::Versioned,
    schema::CONTACT,
    seal::Purpose,
};

/// Contacts.
pub struct Contacts<'a>(pub(crate) &'a Core);

impl Contacts<'_> {
    /// How one end user is reached.
    pub async fn get(&self, tenant: TenantId, end_user: &str) -> Result<Option<Versioned<Reached>>, StoreError> {
        self.0.get(CONTACT, &self.key(tenant, end_user)).await
    }

    /// Stages how an end user is reached, whatever was known.
    pub fn put(&self, change: &mut Change, tenant: TenantId, reached: &Reached) -> Result<(), StoreError> {
        change.put(CONTACT, self.key(tenant, &reached.end_user), reached)
    }

    /// Stages another state of a contact, if nobody changed it since it was read.
    pub fn update(
        &self,
        change: &mut Change,
        tenant: TenantId,
        changed: &mut Versioned<Reached>,
    ) -> Result<(), StoreError> {
        let key = self.key(tenant, &changed.end_user);
        change.replace(CONTACT, key, changed)
    }

    /// Stages that nothing is known of an end user any more.
    pub fn delete(&self, change: &mut Change, tenant: TenantId, end_user: &str) {
        change.delete(self.key(tenant, end_user));
    }

    /// Stages the end of all contacts of a tenant.
    pub async fn clear(&self, change: &mut Change, tenant: TenantId) -> Result<(), StoreError> {
        let (found, _) = self.0.scan(&CONTACT.prefix(&[&tenant]), None, usize::MAX, Order::Oldest).await?;
        for (key, _) in found {
            change.delete(key);
        }
        Ok(())
    }

    fn key(&self, tenant: TenantId, end_user: &str) -> Vec<u8> {
        CONTACT.key(&[&tenant, &self.0.keys.hash(Purpose::EndUser, end_user)])
    }
}
