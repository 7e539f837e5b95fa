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
    error::StoreError,
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
        self.0.named_due(CONNECTION_DUE, now, after, limit, parsed).await
    }

    /// The moment of the entry that is due first; none where no connection will ever be due.
    pub async fn first_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let prefix = CONNECTION_DUE.prefix(&[]);
        let (pairs, _) = self.0.scan(&prefix, None, 1, Order::Oldest).await?;
        let moment = |entry: String| Timestamp::from_millisecond(entry.split('/').next()?.parse().ok()?).ok();
        Ok(pairs.first().and_then(|(key, _)| moment(tail(&prefix, key))))
    }
}

fn parsed(entry: &str) -> Option<Due> {
    let mut parts = entry.split('/');
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
