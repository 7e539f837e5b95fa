//! Lists of connections: by tenant, by end user, of the whole store, and those with an open refresh.

use jackfield_model::{connection::Connection, id::TenantId};

use super::{Connections, Filter};
use crate::{
    core::{Order, STRIDE},
    engine::Pair,
    error::{StoreError, Unreadable},
    record::{self, Page, Versioned},
    schema::{CONNECTION, CONNECTION_BY_USER, CONNECTION_REFRESHING},
    seal::Purpose,
};

/// How many connections one page looks at, at most, before it answers with what it has.
const LOOKS: usize = 5_000;

impl Connections<'_> {
    /// A tenant's connections by age. A page that looked at many may hold fewer than `limit` and still go on.
    pub async fn list(
        &self,
        tenant: TenantId,
        filter: &Filter,
        order: Order,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Versioned<Connection>>, StoreError> {
        let prefix = match &filter.end_user {
            None => CONNECTION.prefix(&[&tenant]),
            Some(user) => CONNECTION_BY_USER.prefix(&[&tenant, &self.0.keys.hash(Purpose::EndUser, user)]),
        };
        let mut page = Page::default();
        let mut cursor = after.map(str::to_owned);
        let mut looks = 0;
        loop {
            let (pairs, next) = self.0.scan(&prefix, cursor.as_deref(), STRIDE, order).await?;
            for pair in pairs {
                looks += 1;
                let at = crate::core::tail(&prefix, &pair.0);
                match self.listed(tenant, &at, pair, filter.end_user.is_some()).await? {
                    Some(Ok(connection)) if !filter.admits(&connection) => {}
                    Some(found) => page.add(found),
                    None => {}
                }
                if page.items.len() >= limit || looks >= LOOKS {
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

    /// Connections whose refresh was sent and has no known outcome, or whose exchange has steps left: what a start-up has
    /// to settle.
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
