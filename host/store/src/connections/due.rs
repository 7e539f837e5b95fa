//! The index of due times: which connections the host has to look at, longest due first.

use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, TenantId},
};
use jiff::Timestamp;

use super::Connections;
use crate::{
    change::Change,
    core::{Order, tail},
    error::{Cause, StoreError, unreadable},
    record::Page,
    schema::{CONNECTION_DUE, Padded},
};

/// A connection whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Due {
    /// Whose it is.
    pub tenant: TenantId,
    /// The connection.
    pub connection: ConnectionId,
}

impl Connections<'_> {
    /// At most `limit` connections that are due at `now`, longest due first, behind the cursor. Reads the index only.
    pub async fn due(&self, now: Timestamp, after: Option<&str>, limit: usize) -> Result<Page<Due>, StoreError> {
        let prefix = CONNECTION_DUE.prefix(&[]);
        let (pairs, next) = self.0.scan(&prefix, after, limit, Order::Oldest).await?;
        let last = Padded(u64::try_from(now.as_millisecond()).unwrap_or(0)).to_string();
        let mut page = Page { next, ..Page::default() };
        for (key, _) in pairs {
            let entry = tail(&prefix, &key);
            if entry.split('/').next().is_some_and(|at| at > last.as_str()) {
                page.next = None;
                break;
            }
            page.add(parsed(&entry).ok_or_else(|| unreadable(&key, Cause::Damaged)));
        }
        Ok(page)
    }
}

impl Connections<'_> {
    /// The moment of the entry that is due first; none where no connection will ever be due.
    pub async fn first_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let prefix = CONNECTION_DUE.prefix(&[]);
        let (pairs, _) = self.0.scan(&prefix, None, 1, Order::Oldest).await?;
        let moment = |entry: String| Timestamp::from_millisecond(entry.split('/').next()?.parse().ok()?).ok();
        Ok(pairs.first().and_then(|(key, _)| moment(tail(&prefix, key))))
    }
}

fn parsed(entry: &str) -> Option<Due> {
    let mut parts = entry.split('/').skip(1);
    Some(Due { tenant: parts.next()?.parse().ok()?, connection: parts.next()?.parse().ok()? })
}

/// Moves the entry of a connection from where it was to where it is.
pub(super) fn mark(change: &mut Change, before: Option<&Connection>, after: Option<&Connection>) {
    let (old, new) = (before.and_then(key), after.and_then(key));
    if old == new {
        return;
    }
    if let Some(old) = old {
        change.delete(old);
    }
    if let Some(new) = new {
        change.write(new, vec![]);
    }
}

fn key(connection: &Connection) -> Option<Vec<u8>> {
    let at = Padded(rounded_up(connection.upkeep.due?));
    Some(CONNECTION_DUE.key(&[&at, &connection.tenant, &connection.id]))
}

/// In milliseconds; up, so that a connection is not found before its time.
fn rounded_up(at: Timestamp) -> u64 {
    let whole = at.as_nanosecond().div_euclid(1_000_000) + i128::from(at.as_nanosecond() % 1_000_000 != 0);
    u64::try_from(whole).unwrap_or(0)
}
