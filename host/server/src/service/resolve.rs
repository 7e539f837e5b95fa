//! Resolve first, then call: a connection with everything a call needs, loaded before anything runs.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use jackfield_model::{
    client::Client,
    connection::Connection,
    connector::Connector,
    credential::Credential,
    id::{ClientId, ConnectionId, TenantId},
    manifest::{Manifest, Method},
    secret::Secret,
};
use jackfield_runtime::{CallContext, CallInput, Denial, EgressSettings, Hook};
use jackfield_store::{Change, StoreError, Versioned};
use jiff::Timestamp;

use super::Service;

/// Why a connection cannot be worked with.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ResolveError {
    /// This tenant has no such connection.
    #[error("there is no such connection")]
    NotFound,
    /// Its credential was erased.
    #[error("the connection has no credential any more: reauthorize it")]
    NoCredential,
    /// Its connector is not installed.
    #[error("the connector `{0}` is not installed: an operator can install it again")]
    NoConnector(String),
    /// Its connector is installed and not approved.
    #[error("the connector `{0}` is not approved: an operator approves it before anything runs")]
    NotApproved(String),
    /// The installed connector no longer declares its auth method.
    #[error("the connector `{connector}` no longer offers the auth method `{method}`: reauthorize the connection")]
    NoMethod {
        /// The connector.
        connector: String,
        /// The method it was made with.
        method: String,
    },
    /// The client it was made with is gone.
    #[error(
        "the client this connection was made with is no longer registered here: an operator can add one, then reauthorize"
    )]
    NoClient,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which connectors were found approved: by the copy that was looked at, since what is approved is a property of all it says.
#[derive(Debug, Default)]
pub(super) struct Approvals(RwLock<HashMap<String, Arc<Connector>>>);

impl Approvals {
    fn hold(&self, connector: &Arc<Connector>) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&connector.name).cloned();
        if known.is_some_and(|known| Arc::ptr_eq(&known, connector)) {
            return true;
        }
        let approved = connector.is_approved();
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if approved {
            all.insert(connector.name.clone(), Arc::clone(connector));
        } else {
            all.remove(&connector.name);
        }
        approved
    }
}

/// A connection, stored or about to be, and all that belongs to it but its credential.
pub(super) struct Party {
    pub(super) connection: Connection,
    pub(super) connector: Versioned<Arc<Connector>>,
    pub(super) method: Method,
    pub(super) client: Option<Client>,
    pub(super) client_secret: Option<Secret>,
}

impl Party {
    pub(super) fn manifest(&self) -> &Manifest {
        &self.connector.manifest
    }

    /// Whether the component exports an optional hook.
    pub(super) fn has_hook(&self, hook: &str) -> bool {
        self.connector.hooks.contains(hook)
    }

    /// What a call of the hook may do for this connection.
    pub(super) fn context(
        &self,
        hook: Hook,
        credential: Option<&Credential>,
        egress: &Arc<EgressSettings>,
        now: Timestamp,
    ) -> Result<CallContext, Denial> {
        let input = CallInput {
            hook,
            tenant: self.connection.tenant,
            connection: Some(self.connection.id),
            end_user: self.connection.end_user.as_deref(),
            connector: &self.connector,
            method: &self.method,
            client: self.client.as_ref(),
            client_secret: self.client_secret.as_ref(),
            fields: &self.connection.fields,
            endpoints: self.connection.endpoints.as_ref(),
            subject: self.connection.subject.as_deref(),
            credential,
            granted: &self.connection.grant.granted,
            now,
        };
        CallContext::new(input, egress)
    }
}

impl Service {
    /// Loads a connection with its connector, method and client, and its opened credential.
    pub(super) async fn resolve(
        &self,
        tenant: TenantId,
        id: ConnectionId,
    ) -> Result<(Party, Credential), ResolveError> {
        let (connection, credential) =
            self.store().connections().open(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        let credential = credential.ok_or(ResolveError::NoCredential)?;
        Ok((self.party(connection.record).await?, credential))
    }

    /// Loads what belongs to a connection.
    pub(super) async fn party(&self, connection: Connection) -> Result<Party, ResolveError> {
        let connector = self.approved(&connection.connector).await?;
        let method = connector.manifest.method(&connection.method).cloned().ok_or_else(|| ResolveError::NoMethod {
            connector: connection.connector.clone(),
            method: connection.method.clone(),
        })?;
        let client = match connection.client {
            None => None,
            Some(client) => Some(self.client(client).await?.ok_or(ResolveError::NoClient)?),
        };
        let client_secret = self.client_secret(client.as_ref()).await?;
        Ok(Party { connection, connector, method, client, client_secret }.with_its_lifetime())
    }

    /// The secret of a client that has one.
    pub(super) async fn client_secret(&self, client: Option<&Client>) -> Result<Option<Secret>, StoreError> {
        match client.filter(|client| client.has_secret) {
            Some(client) => self.store().clients().secret(client.id).await,
            None => Ok(None),
        }
    }

    /// An installed and approved connector.
    pub(super) async fn approved(&self, name: &str) -> Result<Versioned<Arc<Connector>>, ResolveError> {
        let found = self.store().connectors().shared(name).await?;
        let connector = found.ok_or_else(|| ResolveError::NoConnector(name.to_owned()))?;
        if self.approvals.hold(&connector) { Ok(connector) } else { Err(ResolveError::NotApproved(name.to_owned())) }
    }

    /// Whether the connector and the client that a connection is worked with are still there.
    pub(super) async fn has_tools(&self, party: &Party) -> Result<bool, StoreError> {
        let has_client = match party.connection.client {
            Some(client) => self.client(client).await?.is_some(),
            None => true,
        };
        Ok(has_client && self.store().connectors().is_installed(&party.connector).await?)
    }

    /// Stages that they are still there when the change is made, and that it makes something of them.
    pub(super) fn hold_tools(
        &self,
        change: &mut Change,
        connector: &Versioned<Arc<Connector>>,
        client: Option<ClientId>,
    ) {
        self.store().connectors().hold(change, connector);
        if let Some(client) = client {
            self.store().clients().hold(change, client);
        }
    }
}
