//! Connections as records: listed, read, renamed, and changed by compare-and-set.

use jackfield_model::{
    connection::{Connection, NameError, name},
    id::{ConnectionId, TenantId},
    status::Status,
    timeline::Event,
};
use jackfield_store::{Change, Filter as StoredFilter, Order, StoreError};

use super::Service;

/// The most connections one page holds.
pub(super) const PAGE_LIMIT: usize = 200;
/// How many connections a walk over all of them reads at a time.
const STRIDE: usize = 500;

/// Which connections to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Through this connector.
    pub connector: Option<String>,
    /// Of this end user.
    pub end_user: Option<String>,
    /// With this status.
    pub status: Option<Status>,
}

/// A page of connections, in the order they were made.
#[derive(Debug, Clone)]
pub struct Page {
    /// The connections.
    pub items: Vec<Connection>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
    /// Records that could not be read.
    pub unreadable: usize,
}

/// Why a list could not be made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ListError {
    /// The cursor.
    #[error("this cursor is not one this host gave: begin again without it")]
    Cursor,
    /// The page's size.
    #[error("a page holds 1 to {PAGE_LIMIT} connections")]
    Limit,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
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
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// A page of a tenant's connections.
    pub async fn connections(
        &self,
        tenant: TenantId,
        filter: Filter,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page, ListError> {
        if !(1..=PAGE_LIMIT).contains(&limit) {
            return Err(ListError::Limit);
        }
        if cursor.as_ref().is_some_and(|cursor| cursor.parse::<ConnectionId>().is_err()) {
            return Err(ListError::Cursor);
        }
        let wanted = StoredFilter {
            connector: filter.connector,
            end_user: filter.end_user,
            status: filter.status.into_iter().collect(),
            ..StoredFilter::default()
        };
        let listed = self.store().connections().list(tenant, &wanted, Order::Oldest, cursor.as_deref(), limit).await?;
        let items = listed.items.into_iter().map(|connection| connection.record).collect();
        Ok(Page { items, next: listed.next, unreadable: listed.unreadable.len() })
    }

    /// One connection of a tenant.
    pub async fn connection(&self, tenant: TenantId, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        Ok(self.store().connections().get(tenant, id).await?.map(|connection| connection.record))
    }

    /// Renames a connection.
    pub async fn rename(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        given: &str,
        by: &str,
    ) -> Result<Connection, RenameError> {
        let kept = name(given)?;
        let connections = self.store().connections();
        let amended = connections.amend(tenant, id, |connection, change| {
            connection.name.clone_from(&kept);
            connection.updated_at = self.now();
            self.tell(change, connection, "renamed", by, None)
        });
        Ok(amended.await?.ok_or(RenameError::NotFound)?.record)
    }

    /// What happened to a connection, newest first.
    pub async fn timeline(&self, tenant: TenantId, id: ConnectionId) -> Result<Vec<Event>, StoreError> {
        Ok(self.store().timeline().list(tenant, id, None, PAGE_LIMIT).await?.items)
    }

    /// Whether any connection of any tenant answers to a question.
    pub(super) async fn any_connection(&self, is_asked_for: impl Fn(&Connection) -> bool) -> Result<bool, StoreError> {
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
