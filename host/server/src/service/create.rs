//! Creating directly: a connection from a key the application holds, or from the client's own grant.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    client::Client,
    connection::{Connection, NameError, name},
    id::TenantId,
    manifest::{Method, MethodKind},
    scope::{self, UnknownAction},
    session::Endpoints,
};
use jackfield_store::StoreError;

use super::{
    ResolveError, Service,
    connect::requested,
    endpoints::EndpointsError,
    establish::{Agreed, EstablishError},
    fields::{FieldFault, Typed},
    session::is_end_user,
};

/// A connection to make without a browser.
#[derive(Debug)]
pub struct NewConnection {
    /// Whose it is.
    pub tenant: TenantId,
    /// The connector.
    pub connector: String,
    /// The auth method: one that needs no consent in a browser.
    pub method: String,
    /// Its name; by default the connector's title.
    pub name: Option<String>,
    /// The person it is private to; none for a shared one.
    pub end_user: Option<String>,
    /// What it is for; where nothing is named, all that can be had without asking for a scope.
    pub actions: Option<BTreeSet<String>>,
    /// Field values, secret ones among them.
    pub fields: Typed,
}

/// Why no connection was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Its tenant.
    #[error("there is no such tenant")]
    NoTenant,
    /// Its connector.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Its method.
    #[error("the connector has no auth method `{0}`")]
    UnknownMethod(String),
    /// A person has to consent.
    #[error("`{0}` needs a person's consent: make a connect session and send them its link")]
    NeedsConsent(String),
    /// The person's id.
    #[error("end_user is the application's own id of the person: 1 to 200 characters of plain text")]
    EndUser,
    /// An action.
    #[error(transparent)]
    Action(#[from] UnknownAction),
    /// Its name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Its fields.
    #[error("some fields need another look")]
    Fields(Vec<FieldFault>),
    /// No client.
    #[error("no client is registered for this connector and tenant: an operator adds one first")]
    NoClient,
    /// The provider's endpoints.
    #[error(transparent)]
    Endpoints(#[from] EndpointsError),
    /// No connection came of it.
    #[error(transparent)]
    Establish(#[from] EstablishError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Makes a connection from what the application gives; it is verified, and kept as failing if it does not work.
    pub async fn create_connection(&self, new: NewConnection, by: &str) -> Result<Connection, CreateError> {
        self.tenant(new.tenant).await?.ok_or(CreateError::NoTenant)?;
        let connector = self.approved(&new.connector).await?;
        let manifest = &connector.manifest;
        let method = manifest.method(&new.method).cloned().ok_or(CreateError::UnknownMethod(new.method))?;
        if matches!(method.kind, MethodKind::OAuth2Code(_)) {
            return Err(CreateError::NeedsConsent(method.id));
        }
        if !new.end_user.as_deref().is_none_or(is_end_user) {
            return Err(CreateError::EndUser);
        }
        let unnamed = || manifest.actions_unnamed(method.kind.oauth2().is_some());
        let actions = new.actions.unwrap_or_else(unnamed);
        scope::least(manifest, &actions)?;
        let name = name(&new.name.unwrap_or_else(|| manifest.presentation.title.clone()))?;
        let checked = self.checked_for(manifest, &method, new.fields).map_err(CreateError::Fields)?;
        let scopes = requested(manifest, &method, &actions);
        let (client, endpoints) = self.token_source(&connector.name, &method, &checked.public, new.tenant).await?;
        let agreed = Agreed {
            tenant: new.tenant,
            method,
            client,
            endpoints,
            end_user: new.end_user,
            name,
            fields: checked.public,
            secrets: checked.secret,
            actions,
            scopes,
            code: None,
            existing: None,
            session: None,
            connector,
        };
        Ok(self.establish(agreed, by).await?)
    }

    /// The client and the endpoints of a method that has some.
    async fn token_source(
        &self,
        connector: &str,
        method: &Method,
        fields: &BTreeMap<String, String>,
        tenant: TenantId,
    ) -> Result<(Option<Client>, Option<Endpoints>), CreateError> {
        let Some(oauth2) = method.kind.oauth2() else { return Ok((None, None)) };
        let client = self.client_for(connector, tenant).await?.ok_or(CreateError::NoClient)?;
        let endpoints = self.endpoints(connector, tenant, oauth2, fields, &client).await?;
        Ok((Some(client), Some(endpoints)))
    }
}
