//! How end users are reached, by a keyed hash of the application's own id.

use jackfield_model::{id::TenantId, person::Reached};

use crate::{
    change::Change,
    core::{Core, Order, tail},
    error::StoreError,
    record::Versioned,
    schema::{CONTACT, TENANT},
    seal::Purpose,
};

/// How many contacts end in one commit: whoever reads and writes meanwhile waits as long as it is applied.
const GROUP: usize = 256;

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

    /// Ends all contacts of a tenant that is no more, a group at a time.
    pub async fn clear(&self, tenant: TenantId) -> Result<(), StoreError> {
        loop {
            let (found, more) = self.0.scan(&CONTACT.prefix(&[&tenant]), None, GROUP, Order::Oldest).await?;
            let mut change = Change::new();
            for (key, _) in found {
                change.delete(key);
            }
            self.0.commit(change).await?;
            if more.is_none() {
                return Ok(());
            }
        }
    }

    /// Ends the contacts of every tenant that is no more: what a stop cut off ends here.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let prefix = CONTACT.prefix(&[]);
        let mut after: Option<String> = None;
        loop {
            let (found, _) = self.0.scan(&prefix, after.as_deref(), 1, Order::Oldest).await?;
            let Some((key, _)) = found.first() else { return Ok(()) };
            let entry = tail(&prefix, key);
            let owner = entry.split('/').next().unwrap_or_default();
            if let Ok(tenant) = owner.parse()
                && self.0.engine.get(&TENANT.key(&[&tenant])).await?.is_none()
            {
                self.clear(tenant).await?;
            }
            // Behind all of this owner: `0` follows `/`.
            after = Some(format!("{owner}0"));
        }
    }

    fn key(&self, tenant: TenantId, end_user: &str) -> Vec<u8> {
        CONTACT.key(&[&tenant, &self.0.keys.hash(Purpose::EndUser, end_user)])
    }
}
