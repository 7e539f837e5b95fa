//! Connections on their way from one host to another: sealed to a passphrase or a recipient with age, taken in all
//! together or not at all. Tokens that never were in a host come in by another way.

mod held;
mod place;

use std::{collections::BTreeSet, sync::Arc};

use jackfield_model::{
    connection::{Connection, RefreshState},
    connector::Connector,
    credential::Credential,
    id::{ConnectionId, TenantId},
};
use jackfield_store::{
    Filter, Order, StoreError, Versioned,
    transfer::{self, Entry, Lock, Unread},
};
use serde::Serialize;

use super::Service;

pub use jackfield_store::transfer::{TransferKey, TransferSealError};

/// The largest sealed file with what is said of it, in bytes: some tens of thousands of connections.
pub const TRANSFER_LIMIT: usize = 128 * 1024 * 1024;

/// A sealed file.
#[derive(Debug)]
pub struct Exported {
    /// ASCII armor of age.
    pub file: String,
    /// How many connections are in it.
    pub connections: usize,
    /// Connections that were left out: without a credential, or with a refresh under way.
    pub left_out: Vec<ConnectionId>,
}

/// A connection that came in, or would.
#[derive(Debug, Serialize)]
pub struct Arrived {
    /// Its id, which it keeps.
    pub id: ConnectionId,
    /// Its connector.
    pub connector: String,
    /// Its name.
    pub name: String,
}

/// A connection as it will be here.
struct Ready {
    connector: Versioned<Arc<Connector>>,
    connection: Connection,
    credential: Credential,
}

/// Why nothing was exported or taken in.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// No such tenant.
    #[error("there is no such tenant")]
    NoTenant,
    /// The age file.
    #[error(transparent)]
    Seal(#[from] TransferSealError),
    /// It opens and holds something else.
    #[error("the file holds no connections of a Jackfield host")]
    Foreign,
    /// Written by a later version.
    #[error("the file is of version {0}, which this version does not know: use the version that wrote it")]
    Version(u32),
    /// Connections that do not fit here; nothing was taken in.
    #[error("nothing was taken in: {}", .0.join("; "))]
    Unfit(Vec<String>),
    /// It was begun, and cut off.
    #[error("the import was interrupted: look whether the connections are there")]
    Interrupted,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Unread> for TransferError {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Foreign => Self::Foreign,
            Unread::Version(version) => Self::Version(version),
        }
    }
}

impl Service {
    /// Seals a tenant's connections, of one connector or of all. Said in the audit log and in each timeline first.
    pub async fn export_connections(
        &self,
        tenant: TenantId,
        connector: Option<String>,
        key: TransferKey,
        by: &str,
    ) -> Result<Exported, TransferError> {
        self.tenant(tenant).await?.ok_or(TransferError::NoTenant)?;
        let lock = Lock::new(key)?;
        let filter = Filter { connector, ..Filter::default() };
        let listed = self.store().connections().list(tenant, &filter, Order::default(), None, usize::MAX).await?.items;
        let clients = self.clients().await?;
        let mut entries = Vec::new();
        let mut left_out = Vec::new();
        let mut change = self.audited_for(tenant, by, "connections.exported", &tenant.to_string())?;
        for one in listed {
            let settled = matches!(one.refresh, RefreshState::Idle | RefreshState::Waiting { .. });
            let Some((found, Some(credential))) =
                self.store().connections().open(tenant, one.id).await?.filter(|_| settled)
            else {
                left_out.push(one.id);
                continue;
            };
            let client = clients.iter().find(|client| Some(client.id) == found.client);
            self.jot(&mut change, &found, "exported", by, None)?;
            entries.push(Entry::new(found.record, client.map(|client| client.public_id.clone()), &credential));
        }
        self.store().commit(change).await?;
        let connections = entries.len();
        let plain = transfer::write(entries)?;
        let file = self.beside(move || lock.close(&plain)).await?;
        Ok(Exported { file, connections, left_out })
    }

    /// Takes in what another host sealed, all of it or nothing; with `check`, only says what it would do.
    pub async fn import_connections(
        &self,
        tenant: TenantId,
        file: String,
        key: TransferKey,
        check: bool,
        by: &str,
    ) -> Result<Vec<Arrived>, TransferError> {
        self.tenant(tenant).await?.ok_or(TransferError::NoTenant)?;
        let plain = self.beside(move || transfer::open(file.as_bytes(), key)).await?;
        let (service, by, entries) = (self.clone(), by.to_owned(), transfer::read(&plain)?);
        // In a task of its own: the next one looks when this one's change is made, though its caller may have gone.
        let work = self.outlive(async move { Box::pin(service.take_in_all(tenant, entries, check, &by)).await });
        work.await.unwrap_or(Err(TransferError::Interrupted))
    }

    /// One file at a time: that a connection is nowhere here is true until it is here, whichever tenant another file is for.
    async fn take_in_all(
        &self,
        tenant: TenantId,
        entries: Vec<Entry>,
        check: bool,
        by: &str,
    ) -> Result<Vec<Arrived>, TransferError> {
        let _alone = self.arriving.lock().await;
        let ready = self.fitting(tenant, entries).await?;
        let arrived = ready.iter().map(|Ready { connection, .. }| Arrived {
            id: connection.id,
            connector: connection.connector.clone(),
            name: connection.name.clone(),
        });
        let arrived = arrived.collect();
        if !check {
            let mut change = self.audited_for(tenant, by, "connections.imported", &tenant.to_string())?;
            for Ready { connector, mut connection, credential } in ready {
                self.tell(&mut change, &mut connection, "imported", by, None)?;
                self.place(&mut change, &connector, &connection, &credential).await?;
            }
            self.store().commit(change).await?;
        }
        Ok(arrived)
    }

    /// Does work that blocks beside everything else. One at a time: each takes a passphrase's memory, and an opened file's.
    async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, TransferSealError> + Send + 'static,
    ) -> Result<T, TransferSealError> {
        let alone = Arc::clone(&self.transferring).lock_owned().await;
        let work = move || {
            // Kept to its end, though whoever asked may have gone.
            let _alone = alone;
            work()
        };
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(TransferSealError::Failed))
    }

    /// Every connection as it will be here; every reason against any of them.
    async fn fitting(&self, tenant: TenantId, entries: Vec<Entry>) -> Result<Vec<Ready>, TransferError> {
        let tenants: Vec<TenantId> =
            self.store().tenants().list(None, usize::MAX).await?.items.iter().map(|tenant| tenant.id).collect();
        let mut ids = BTreeSet::new();
        let mut unfit = Vec::new();
        let mut ready = Vec::new();
        for entry in entries {
            let id = entry.connection.id;
            let place = match self.placed(tenant, &entry).await? {
                Ok(place) => place,
                Err(reason) => {
                    unfit.push(format!("{id}: {reason}"));
                    continue;
                }
            };
            if !ids.insert(id) {
                unfit.push(format!("{id} is in the file twice"));
            } else if self.is_here(&tenants, id).await? {
                unfit.push(format!("{id} is here already"));
            } else if let Some(same) = self.twin_of(tenant, &entry.connection).await? {
                unfit.push(format!("{id}: the account is connected here already, as {same}"));
            } else {
                let credential = entry.credential().ok_or(TransferError::Foreign)?;
                let mut moved = Connection {
                    tenant,
                    client: place.client,
                    endpoints: place.endpoints,
                    refresh: RefreshState::Idle,
                    // Who uses it said so there.
                    uses: 0,
                    updated_at: self.now(),
                    ..entry.connection
                };
                moved.tokens.iter_mut().for_each(|token| token.refresh = RefreshState::Idle);
                ready.push(Ready { connector: place.connector, connection: moved, credential });
            }
        }
        if unfit.is_empty() { Ok(ready) } else { Err(TransferError::Unfit(unfit)) }
    }

    /// Whether any tenant has a connection of that id: one that is moved may not live on twice.
    async fn is_here(&self, tenants: &[TenantId], id: ConnectionId) -> Result<bool, StoreError> {
        for tenant in tenants {
            if self.store().connections().get(*tenant, id).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The tenant's connection of the same person to the same account, from the index of accounts.
    async fn twin_of(&self, tenant: TenantId, arriving: &Connection) -> Result<Option<ConnectionId>, StoreError> {
        let Some(account) = &arriving.account else { return Ok(None) };
        let here = self.store().connections().of_account(tenant, &arriving.connector, &account.id).await?;
        Ok(here.iter().find(|one| one.end_user == arriving.end_user).map(|one| one.id))
    }
}
