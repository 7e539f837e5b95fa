//! Where a connection that arrives belongs here: to which client, and at which endpoints of its provider. What the file says of
//! them is compared and never taken over: this host's client secret goes where this host's operator approved.

use std::sync::Arc;

use jackfield_model::{
    client::Client,
    connection::Connection,
    connector::Connector,
    id::{ClientId, TenantId},
    manifest::Method,
    session::Endpoints,
};
use jackfield_store::{StoreError, Versioned};

use super::{super::ResolveError, Entry, Service, held};

/// A connection's place here.
pub(super) struct Place {
    /// The connector that works with it.
    pub(super) connector: Versioned<Arc<Connector>>,
    /// The client its tokens belong to.
    pub(super) client: Option<ClientId>,
    /// Its provider's endpoints, as this host knows them.
    pub(super) endpoints: Option<Endpoints>,
}

impl Service {
    /// Where a connection belongs here; a reason where connector, method or client are missing, or its provider is elsewhere.
    pub(super) async fn placed(&self, tenant: TenantId, entry: &Entry) -> Result<Result<Place, String>, StoreError> {
        let name = &entry.connection.connector;
        let connector = match self.approved(name).await {
            Ok(connector) => connector,
            Err(ResolveError::Store(error)) => return Err(error),
            Err(_) => return Ok(Err(format!("the connector `{name}` is not installed and approved here"))),
        };
        let Some(method) = connector.manifest.method(&entry.connection.method) else {
            return Ok(Err(format!("`{name}` offers no method `{}` here", entry.connection.method)));
        };
        // Before anything is asked or sent anywhere: what is in the fields decides where that would be.
        if let Some(reason) =
            held::against(&connector.manifest, method, &entry.connection, self.parts.settings.http_loopback)
        {
            return Ok(Err(reason));
        }
        let Some(public_id) = &entry.client_id else {
            return Ok(Ok(Place { connector, client: None, endpoints: None }));
        };
        let clients = self.clients().await?;
        let mut fitting = clients
            .iter()
            .filter(|client| client.connector == *name && client.public_id == *public_id && client.serves(tenant));
        let Some(client) = fitting.next() else {
            return Ok(Err(format!(
                "no client of `{name}` here has the client id {public_id}, to which its tokens belong"
            )));
        };
        let endpoints = self.endpoints_here(tenant, &entry.connection, method, client).await;
        Ok(endpoints.map(|endpoints| Place { connector, client: Some(client.id), endpoints }))
    }

    /// The endpoints that this host knows for the connection's provider, where the connection was made at the same ones.
    async fn endpoints_here(
        &self,
        tenant: TenantId,
        arriving: &Connection,
        method: &Method,
        client: &Client,
    ) -> Result<Option<Endpoints>, String> {
        let Some(oauth2) = method.kind.oauth2() else { return Ok(None) };
        let found = self.endpoints(&arriving.connector, tenant, oauth2, &arriving.fields, client).await;
        let found = found.map_err(|error| format!("its provider's endpoints are not known here: {error}"))?;
        let theirs = arriving.endpoints.as_ref().map(|theirs| (&theirs.issuer, &theirs.token, &theirs.refresh));
        if theirs.is_none_or(|theirs| theirs == (&found.issuer, &found.token, &found.refresh)) {
            return Ok(Some(found));
        }
        Err(format!(
            "its tokens come from another place than those of `{}` here ({}): they would be shown to the wrong server",
            arriving.connector, found.token
        ))
    }
}
