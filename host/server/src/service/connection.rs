//! Connections as records: listed, read, renamed, and changed by compare-and-set.

use jackfield_model::{
    connection::{Connection, NameError, name},
    id::{ClientId, ConnectionId, TenantId},
    status::Status,
    timeline::Event,
};
use jackfield_store::{Change, Filter as StoredFilter, Order, StoreError};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Conditions, Service, Stale,
    list::{List, ListError, Page, Turn},
};

/// How many connections a walk over all of them reads at a time.
const STRIDE: usize = 500;

/// Which connections to list; an empty filter means all.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Filter {
    /// Through this connector.
    pub connector: Option<String>,
    /// By this auth method.
    pub method: Option<String>,
    /// Made with this client.
    pub client: Option<ClientId>,
    /// Of this end user.
    pub end_user: Option<String>,
    /// With one of these statuses; none means any.
    pub status: Vec<Status>,
    /// With this text in its name, its account's label or id, its connector or its person's id; case is ignored.
    pub text: Option<String>,
    /// Made at or after this moment.
    pub created_since: Option<Timestamp>,
    /// Made before this moment.
    pub created_before: Option<Timestamp>,
    /// Whose permission ends before this moment, as far as anybody knows.
    pub expiring_before: Option<Timestamp>,
    /// Whether the newest come first.
    pub newest_first: bool,
}

/// Why a connection could not be renamed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RenameError {
    /// The name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// This tenant has no such connection.
    #[error("there is no such connection")]
    NotFound,
    /// It is another than expected.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// A page of a tenant's connections, by age.
    pub async fn connections(
        &self,
        tenant: TenantId,
        filter: Filter,
        turn: &Turn,
    ) -> Result<Page<Connection>, ListError> {
        let list = List::of("connections", Some(tenant), &filter);
        let after = self.position(&list, turn)?;
        let order = if filter.newest_first { Order::Newest } else { Order::Oldest };
        let wanted = StoredFilter {
            connector: filter.connector,
            method: filter.method,
            client: filter.client,
            end_user: filter.end_user,
            status: filter.status,
            text: filter.text,
            created_since: filter.created_since,
            created_before: filter.created_before,
            expiring_before: filter.expiring_before,
        };
        let stored = self.store().connections().list(tenant, &wanted, order, after.as_deref(), turn.limit).await?;
        Ok(self.page(&list, stored, |connection| connection.record))
    }

    /// One connection of a tenant.
    pub async fn connection(&self, tenant: TenantId, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        Ok(self.store().connections().get(tenant, id).await?.map(|connection| connection.record))
    }

    /// Renames a connection, if it is as the caller expects it.
    pub async fn rename(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        given: &str,
        conditions: &Conditions,
        by: &str,
    ) -> Result<Connection, RenameError> {
        let kept = name(given)?;
        let connections = self.store().connections();
        let amended = connections.amend(tenant, id, |connection, change| {
            conditions.allow(&self.entity_tag(connection))?;
            connection.name.clone_from(&kept);
            connection.updated_at = self.now();
            self.tell(change, connection, "renamed", by, None).map_err(RenameError::from)
        });
        Ok(amended.await?.ok_or(RenameError::NotFound)?.record)
    }

    /// What happened to a connection, newest first. Stays readable once it is deleted.
    pub async fn timeline(&self, tenant: TenantId, id: ConnectionId, turn: &Turn) -> Result<Page<Event>, ListError> {
        let list = List::of("timeline", Some(tenant), &id);
        let after = self.position(&list, turn)?;
        let stored = self.store().timeline().list(tenant, id, after.as_deref(), turn.limit).await?;
        if stored.items.is_empty() && after.is_none() {
            return Err(ListError::NotFound);
        }
        Ok(self.page(&list, stored, |event| event))
    }

    /// Whether any connection of any tenant, or one that waits for a choice, answers to a question.
    pub(super) async fn any_connection(&self, is_asked_for: impl Fn(&Connection) -> bool) -> Result<bool, StoreError> {
        let waiting = self.store().choices().over(jiff::Timestamp::MAX, usize::MAX).await?;
        if waiting.iter().any(|choice| is_asked_for(&choice.candidate)) {
            return Ok(true);
        }
        let mut after = None;
        loop {
            let page = self.store().connections().every(after.as_deref(), STRIDE).await?;
            if page.items.iter().any(|connection| is_asked_for(connection)) {
                return Ok(true);
            }
            after = page.next;
            if after.is_none() {
                return Ok(false);
            }
        }
    }

    /// Writes a line about a tenant's subject into the audit log.
    pub(super) async fn audit(&self, tenant: TenantId, by: &str, kind: &str, subject: &str) -> Result<(), StoreError> {
        let change: Change = self.audited_for(tenant, by, kind, subject)?;
        self.store().commit(change).await
    }
}
