//! What the connect page shows: everything in words, nothing decided yet.

use std::collections::BTreeMap;

use jackfield_model::{
    connection::Connection,
    connector::Connector,
    manifest::{Method, MethodKind},
    scope,
    secret::Secret,
    session::ConnectSession,
    tenant::Tenant,
};

use super::LinkError;
use crate::service::{
    Service,
    permissions::{ScopeWords, in_words},
};

/// What the connect page shows.
#[derive(Debug, Clone)]
pub struct ConnectPage {
    /// The session behind the link.
    pub session: ConnectSession,
    /// In whose name the page speaks.
    pub tenant: Tenant,
    /// The connector, with its manifest.
    pub connector: Connector,
    /// What each method will ask the provider for, in words.
    pub scopes: BTreeMap<String, Vec<ScopeWords>>,
    /// Methods that can be used now: a client is registered where one is needed.
    pub methods: Vec<String>,
    /// A name to begin with.
    pub default_name: String,
    /// The connection to reauthorize, where it is not a new one.
    pub connection: Option<Connection>,
}

impl Service {
    /// What the page behind a link shows.
    pub async fn connect_page(&self, link: &Secret) -> Result<ConnectPage, LinkError> {
        let session = self.open_session(link).await?.record;
        let connector = self.approved(&session.connector).await?;
        let tenant = self.tenant(session.tenant).await?.ok_or(LinkError::Unknown)?;
        let has_client = self.client_for(&connector.name, session.tenant).await?.is_some();
        let manifest = &connector.manifest;
        let usable = |method: &&Method| has_client || method.kind.oauth2().is_none();
        let methods = manifest.methods.iter().filter(usable).map(|method| method.id.clone()).collect();
        let words = |method: &Method| {
            let asked = match method.kind {
                MethodKind::OAuth2Code(_) => scope::least(manifest, &session.actions).unwrap_or_default(),
                MethodKind::ClientCredentials(_) | MethodKind::ApiToken { .. } | MethodKind::Basic(_) => {
                    scope::ScopeSet::new()
                }
            };
            (method.id.clone(), in_words(manifest, &asked))
        };
        let connection = match session.connection {
            Some(id) => self.connection(session.tenant, id).await?,
            None => None,
        };
        let default_name = match &connection {
            Some(connection) => connection.name.clone(),
            None => format!("My {} connection", manifest.presentation.title),
        };
        Ok(ConnectPage {
            scopes: manifest.methods.iter().map(words).collect(),
            methods,
            default_name,
            connection,
            tenant,
            session,
            connector,
        })
    }
}
