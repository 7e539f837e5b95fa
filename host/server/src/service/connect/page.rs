//! What the connect page shows: everything in words, nothing decided yet.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jackfield_model::{
    connection::Connection,
    connector::Connector,
    manifest::{Method, MethodKind},
    scope,
    secret::Secret,
    session::ConnectSession,
    tenant::Tenant,
};

use super::{LinkError, LinkPage};
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
    pub connector: Arc<Connector>,
    /// What the connection is for.
    pub actions: BTreeSet<String>,
    /// What each method will ask the provider for, in words.
    pub scopes: BTreeMap<String, Vec<ScopeWords>>,
    /// Methods that can be used now: a client is registered where one is needed.
    pub methods: Vec<String>,
    /// The name of the connection to reauthorize, to begin with.
    pub default_name: Option<String>,
    /// The connection to reauthorize, where it is not a new one.
    pub connection: Option<Connection>,
}

impl Service {
    /// What the page behind a link shows: the form of a connector, or the services to pick among first.
    pub async fn link_page(&self, link: &Secret, picked: Option<&str>) -> Result<LinkPage, LinkError> {
        let session = self.open_session(link).await?.record;
        let tenant = self.tenant(session.tenant).await?.ok_or(LinkError::Unknown)?;
        if session.connector.is_none() && picked.is_none() {
            return Ok(LinkPage::Pick(Box::new(self.pick_page(session, tenant).await?)));
        }
        let (connector, actions) = self.picked(&session, picked).await?;
        Ok(LinkPage::Connect(Box::new(self.connect_page(session, tenant, connector, actions).await?)))
    }

    async fn connect_page(
        &self,
        session: ConnectSession,
        tenant: Tenant,
        connector: Arc<Connector>,
        actions: BTreeSet<String>,
    ) -> Result<ConnectPage, LinkError> {
        let has_client = self.client_for(&connector.name, session.tenant).await?.is_some();
        let manifest = &connector.manifest;
        let usable = |method: &&Method| has_client || method.kind.oauth2().is_none();
        let methods = manifest.methods.iter().filter(usable).map(|method| method.id.clone()).collect();
        let words = |method: &Method| {
            let asked = match method.kind {
                MethodKind::OAuth2Code(_) => scope::least(manifest, &actions).unwrap_or_default(),
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
        Ok(ConnectPage {
            scopes: manifest.methods.iter().map(words).collect(),
            methods,
            default_name: connection.as_ref().map(|connection| connection.name.clone()),
            connection,
            tenant,
            session,
            actions,
            connector,
        })
    }
}
