//! Lists of connections: by tenant, by end user, of the whole store, and those with an open refresh.

use jackfield_model::{connection::Connection, id::TenantId, status::Status};

use super::Connections;
use crate::{
    core::{Order, STRIDE},
    engine::Pair,
    error::{StoreError, Unreadable},
    record::{self, Page, Versioned},
    schema::{CONNECTION, CONNECTION_BY_USER, CONNECTION_REFRESHING},
    seal::Purpose,
};

/// Which connections of a tenant; an empty filter means all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Through this connector.
    pub connector: Option<String>,
    /// Of this person.
    pub end_user: Option<String>,
    /// With this status.
    pub status: Option<Status>,
}

impl Filter {
    fn admits(&self, connection: &Connection) -> bool {
        self.connector.as_ref().is_none_or(|connector| *connector == connection.connector)
            && self.end_user.as_ref().is_none_or(|user| connection.end_user.as_ref() == Some(user))
            && self.status.is_none_or(|status| status == connection.status)
    }
}

impl Connections<'_> {
    /// A tenant's connections, oldest first.
    pub async fn list(
        &self,
        tenant: TenantId,
        filter: &Filter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Versioned<Connection>>, StoreError> {
        let prefix = match &filter.end_user {
            None => CONNECTION.prefix(&[&tenant]),
            Some(user) => CONNECTION_BY_USER.prefix(&[&tenant, &self.0.keys.hash(Purpose::EndUser, user)]),
        };
        let mut page = Page::default();
        let mut cursor = after.map(str::to_owned);
        loop {
            let (pairs, next) =
                self.0.scan(&prefix, cursor.as_deref(), STRIDE.min(limit.max(1)), Order::Oldest).await?;
            for pair in pairs {
                let at = crate::core::tail(&prefix, &pair.0);
                match self.listed(tenant, &at, pair, filter.end_user.is_some()).await? {
                    Some(Ok(connection)) if !filter.admits(&connection) => {}
                    Some(found) => page.add(found),
                    None => {}
                }
                if page.items.len() >= limit {
                    // Whether anything follows is not known here; an empty last page is harmless.
                    page.next = Some(at);
                    return Ok(page);
                }
            }
            cursor = next;
            if cursor.is_none() {
                return Ok(page);
            }
        }
    }

    /// What a pair of the list stands for: the record itself, or an index entry that names it.
    async fn listed(
        &self,
        tenant: TenantId,
        id: &str,
        (key, bytes): Pair,
        indexed: bool,
    ) -> Result<Option<Result<Versioned<Connection>, Unreadable>>, StoreError> {
        if !indexed {
            return Ok(Some(record::decode(CONNECTION, &key, &bytes)));
        }
        readable(self.0.get(CONNECTION, &CONNECTION.key(&[&tenant, &id])).await)
    }

    /// Every connection of every tenant, by tenant and age.
    pub async fn every(&self, after: Option<&str>, limit: usize) -> Result<Page<Versioned<Connection>>, StoreError> {
        self.0.page(CONNECTION, &CONNECTION.prefix(&[]), after, limit, Order::Oldest).await
    }

    /// Connections whose refresh was sent and has no known outcome: what a start-up has to settle.
    pub async fn refreshing(&self) -> Result<Page<Versioned<Connection>>, StoreError> {
        let prefix = CONNECTION_REFRESHING.prefix(&[]);
        let (pairs, _) = self.0.scan(&prefix, None, usize::MAX, Order::Oldest).await?;
        let mut page = Page::default();
        for (key, _) in pairs {
            let id = crate::core::tail(&prefix, &key);
            if let Some(found) = readable(self.0.get(CONNECTION, &CONNECTION.key(&[&id])).await)? {
                page.add(found);
            }
        }
        Ok(page)
    }
}

/// One unreadable record is an entry of the list; a failing store ends it.
fn readable<T>(read: Result<Option<T>, StoreError>) -> Result<Option<Result<T, Unreadable>>, StoreError> {
    match read {
        Ok(found) => Ok(found.map(Ok)),
        Err(StoreError::Unreadable(reason)) => Ok(Some(Err(reason))),
        Err(error) => Err(error),
    }
}
