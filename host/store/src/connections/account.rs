//! The index of connections by the account they belong to: the same account connected twice is noticed.
//!
//! Keys hold a keyed hash of connector and account id, so the index tells nobody which accounts there are.

use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, TenantId},
};

use super::Connections;
use crate::{
    change::Change,
    core::{Order, tail},
    error::StoreError,
    record::Versioned,
    schema::{CONNECTION, CONNECTION_BY_ACCOUNT},
    seal::Purpose,
};

/// How many connections of one account are looked at: enough to say that there are others, and a bound for a robot's
/// thousand.
const MOST_OF_AN_ACCOUNT: usize = 100;

impl Connections<'_> {
    /// A tenant's other connections through the same connector to the same account, oldest first; none where its account
    /// is not known. What cannot be read is left out.
    pub async fn of_same_account(&self, connection: &Connection) -> Result<Vec<Versioned<Connection>>, StoreError> {
        let Some(account) = connection.account.as_ref().map(|account| account.id.as_str()) else { return Ok(vec![]) };
        let mut found = self.of_account(connection.tenant, &connection.connector, account).await?;
        found.retain(|other| other.id != connection.id);
        Ok(found)
    }

    /// The ids of a tenant's other connections through the same connector to the same account, oldest first, at most so many
    /// and a hundred. Reads the index only.
    pub async fn ids_of_same_account(
        &self,
        connection: &Connection,
        most: usize,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        let Some(account) = &connection.account else { return Ok(vec![]) };
        let hash = self.account_hash(&connection.connector, &account.id);
        let prefix = CONNECTION_BY_ACCOUNT.prefix(&[&connection.tenant, &hash]);
        let most = most.min(MOST_OF_AN_ACCOUNT);
        // One more, which may be this one.
        let (pairs, _) = self.0.scan(&prefix, None, most + 1, Order::Oldest).await?;
        let ids = pairs.iter().filter_map(|(key, _)| tail(&prefix, key).parse().ok());
        Ok(ids.filter(|id| *id != connection.id).take(most).collect())
    }

    /// A tenant's connections through a connector to an account, oldest first, a hundred at most. What cannot be read is left
    /// out.
    pub async fn of_account(
        &self,
        tenant: TenantId,
        connector: &str,
        account: &str,
    ) -> Result<Vec<Versioned<Connection>>, StoreError> {
        let prefix = CONNECTION_BY_ACCOUNT.prefix(&[&tenant, &self.account_hash(connector, account)]);
        let (pairs, _) = self.0.scan(&prefix, None, MOST_OF_AN_ACCOUNT, Order::Oldest).await?;
        let mut found = Vec::new();
        for (key, _) in pairs {
            match self.0.get::<Connection>(CONNECTION, &CONNECTION.key(&[&tenant, &tail(&prefix, &key)])).await {
                Ok(Some(connection)) if is_of(&connection, connector, account) => found.push(connection),
                Ok(_) | Err(StoreError::Unreadable(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Stages that a connection leaves the account it had: called with the connection as it was, where a change gives it
    /// another account.
    pub fn leave_account(&self, change: &mut Change, before: &Connection) {
        self.unmark_account(change, before);
    }

    pub(super) fn mark_account(&self, change: &mut Change, connection: &Connection) {
        if let Some(key) = self.account_key(connection) {
            change.write(key, vec![]);
        }
    }

    pub(super) fn unmark_account(&self, change: &mut Change, connection: &Connection) {
        if let Some(key) = self.account_key(connection) {
            change.delete(key);
        }
    }

    fn account_key(&self, connection: &Connection) -> Option<Vec<u8>> {
        let hash = self.account_hash(&connection.connector, &connection.account.as_ref()?.id);
        let id: ConnectionId = connection.id;
        Some(CONNECTION_BY_ACCOUNT.key(&[&connection.tenant, &hash, &id]))
    }

    fn account_hash(&self, connector: &str, account: &str) -> String {
        // A connector's name has no slash, so no two pairs read alike.
        self.0.keys.hash(Purpose::Account, &format!("{connector}/{account}"))
    }
}

fn is_of(connection: &Connection, connector: &str, account: &str) -> bool {
    connection.connector == connector && connection.account.as_ref().is_some_and(|known| known.id == account)
}
