//! Where a connection is used: said by the application, counted in the connection, named before a delete.

use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, TenantId},
    uses::{self, USES_LIMIT, Use, UseFault},
};
use jackfield_store::{Change, StoreError, Versioned};

use super::{
    Conditions, Service,
    condition::Stale,
    list::{List, ListError, Page, Turn},
};

/// How often a change is tried again because the connection changed under it.
const ATTEMPTS: usize = 16;

/// A use to note.
#[derive(Debug, Clone)]
pub struct NewUse {
    /// The application's own id of the place.
    pub reference: String,
    /// What people call it.
    pub label: String,
    /// Where a person finds it.
    pub url: Option<String>,
}

/// Why a use was not noted or ended.
#[derive(Debug, Clone, thiserror::Error)]
pub enum UseError {
    /// What was said about it.
    #[error(transparent)]
    Fault(#[from] UseFault),
    /// This tenant has no such connection.
    #[error("there is no such connection")]
    NotFound,
    /// The connection is not used there.
    #[error("the connection has no such use")]
    NoUse,
    /// Too many.
    #[error("a connection has at most {USES_LIMIT} uses: end those that are over")]
    TooMany,
    /// The connection is another than expected.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Notes that a connection is used somewhere, or says it in other words; answers whether it is new.
    pub async fn put_use(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        new: NewUse,
        conditions: &Conditions,
        by: &str,
    ) -> Result<(Use, bool), UseError> {
        let label = uses::check(&new.reference, &new.label, new.url.as_deref())?;
        let wanted = Use { reference: new.reference, label, url: new.url, by: by.to_owned(), since: self.now() };
        for _ in 0..ATTEMPTS {
            let mut connection = self.unchanged(tenant, id, conditions).await?;
            let known = self.store().uses().get(tenant, id, &wanted.reference).await?;
            let mut change = Change::new();
            let (kept, is_new) = match known {
                Some(known) if known.label == wanted.label && known.url == wanted.url => {
                    return Ok((known.record, false));
                }
                Some(mut known) => {
                    known.record = Use { since: known.since, ..wanted.clone() };
                    self.store().uses().update(&mut change, &connection, &mut known)?;
                    (known.record, false)
                }
                None if connection.uses >= USES_LIMIT => return Err(UseError::TooMany),
                None => {
                    self.store().uses().insert(&mut change, &connection, &wanted)?;
                    connection.uses += 1;
                    self.jot(&mut change, &connection, "used", by, Some(wanted.label.clone()))?;
                    (wanted.clone(), true)
                }
            };
            if self.commit_uses(change, connection).await? {
                return Ok((kept, is_new));
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Ends a use.
    pub async fn remove_use(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        reference: &str,
        conditions: &Conditions,
        by: &str,
    ) -> Result<(), UseError> {
        for _ in 0..ATTEMPTS {
            let mut connection = self.unchanged(tenant, id, conditions).await?;
            let gone = self.store().uses().get(tenant, id, reference).await?.ok_or(UseError::NoUse)?;
            let mut change = Change::new();
            self.store().uses().remove(&mut change, &connection, &gone);
            connection.uses = connection.uses.saturating_sub(1);
            self.jot(&mut change, &connection, "no-longer-used", by, Some(gone.label.clone()))?;
            if self.commit_uses(change, connection).await? {
                return Ok(());
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Where a connection is used.
    pub async fn uses(&self, tenant: TenantId, id: ConnectionId, turn: &Turn) -> Result<Page<Use>, ListError> {
        self.connection(tenant, id).await?.ok_or(ListError::NotFound)?;
        let list = List::of("uses", Some(tenant), &id);
        let after = self.position(&list, turn)?;
        let stored = self.store().uses().list(tenant, id, after.as_deref(), turn.limit).await?;
        Ok(self.page(&list, stored, |used| used))
    }

    /// A connection in the state the caller expects.
    async fn unchanged(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        conditions: &Conditions,
    ) -> Result<Versioned<Connection>, UseError> {
        let found = self.store().connections().get(tenant, id).await?.ok_or(UseError::NotFound)?;
        conditions.allow(&self.entity_tag(&found))?;
        Ok(found)
    }

    /// Whether a change of uses happened; not, where somebody changed the connection meanwhile.
    async fn commit_uses(&self, mut change: Change, mut connection: Versioned<Connection>) -> Result<bool, StoreError> {
        connection.updated_at = self.now();
        self.store().connections().update(&mut change, &mut connection).await?;
        match self.store().commit(change).await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
