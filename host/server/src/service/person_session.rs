//! Connecting from a page of ours: the person is signed in here, so the host completes in their name, and theirs alone.
//!
//! A session of this kind returns to our own page. Whoever brings its ticket there is either the person it was made for, or
//! nobody to it.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, SessionId, TenantId},
    person::{Person, Role},
    scope,
    secret::Secret,
    session::ConnectSession,
};
use jackfield_store::StoreError;

use super::{
    Choice, ChooseError, CompleteError, NewSession, ResolveError, Service, SessionError, page_session::page_url,
};

/// The page a session of a person returns to.
pub const FINISH: &str = "/connections/finish";

/// What somebody wants to connect, or to connect again.
#[derive(Debug, Clone)]
pub struct PersonAsks {
    /// Through this connector.
    pub connector: String,
    /// For these actions.
    pub actions: BTreeSet<String>,
    /// The connection to reauthorize; its own actions stay.
    pub connection: Option<ConnectionId>,
    /// Whether they came to the tenant's own host name, and stay there.
    pub on_own_site: bool,
}

impl Service {
    /// Makes a session for somebody who is signed in; answers it and the path of its page.
    pub async fn session_of_person(
        &self,
        person: &Person,
        asked: PersonAsks,
    ) -> Result<(ConnectSession, String), SessionError> {
        let id = person.tenant.ok_or(SessionError::NoTenant)?;
        let tenant = self.tenant(id).await?.ok_or(SessionError::NoTenant)?;
        if let Some(wait) = self.count_start(id, &person.subject) {
            return Err(SessionError::TooMany { wait });
        }
        let mut actions = asked.actions;
        if let Some(id) = asked.connection {
            let connection = self.connection_seen(person, id).await?.ok_or(ResolveError::NotFound)?;
            if !person.may_change(&connection) {
                return Err(SessionError::OtherEndUser);
            }
            actions.extend(connection.actions);
        }
        let connector = self.approved(&asked.connector).await?;
        scope::least(&connector.manifest, &actions)?;
        let site = if asked.on_own_site { self.site_url(&tenant) } else { self.public_url().clone() };
        let new = NewSession {
            tenant: id,
            connector: Some(asked.connector),
            actions,
            offers: BTreeMap::new(),
            opener: None,
            contact: None,
            end_user: person.subject.clone(),
            connection: asked.connection,
            fields: BTreeMap::new(),
            return_url: page_url(&site, FINISH),
        };
        let (session, url) = self.make_session(&tenant, new, &person.author()).await?;
        let path = url::Url::parse(&url).map_or_else(|_| url.clone(), |url| url.path().to_owned());
        Ok((session, path))
    }

    /// A session that was made on a page for this very person.
    pub async fn session_of(&self, person: &Person, id: SessionId) -> Result<Option<ConnectSession>, StoreError> {
        let Some(tenant) = person.tenant.filter(|_| person.role != Role::Operator) else { return Ok(None) };
        let found = self.session(tenant, id).await?.filter(|session| session.end_user == person.subject);
        match found {
            Some(session) if self.returns_here(tenant, &session).await? => Ok(Some(session)),
            _ => Ok(None),
        }
    }

    /// Completes such a session in the name of the person who is signed in.
    pub async fn finish_for(
        &self,
        person: &Person,
        id: SessionId,
        ticket: &Secret,
    ) -> Result<Connection, CompleteError> {
        let session = self.session_of(person, id).await?.ok_or(CompleteError::NotFound)?;
        self.complete(session.tenant, id, ticket, &person.subject, &person.author()).await
    }

    /// Says in their name what becomes of another account that consented.
    pub async fn choose_for(&self, person: &Person, id: SessionId, choice: Choice) -> Result<Connection, ChooseError> {
        let session = self.session_of(person, id).await?.ok_or(ChooseError::NotFound)?;
        self.choose(session.tenant, id, choice, &person.author()).await
    }

    /// What an application finishes is the application's.
    async fn returns_here(&self, tenant: TenantId, session: &ConnectSession) -> Result<bool, StoreError> {
        let own = self.tenant(tenant).await?.map(|tenant| self.site_url(&tenant));
        let sites = own.into_iter().chain([self.public_url().clone()]);
        Ok(sites.into_iter().any(|site| page_url(&site, FINISH) == session.return_url))
    }
}
