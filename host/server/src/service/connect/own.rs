//! Connecting from our own pages: the person is signed in here, so here is where it is completed, in that person's name.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{id::ConnectionId, person::Person};

use crate::service::{NewSession, ResolveError, Service, SessionError};

/// What somebody who is signed in wants to connect.
#[derive(Debug, Clone)]
pub struct OwnSession {
    /// Through which connector.
    pub connector: String,
    /// What the connection is for; beside what the one to reauthorize is for already.
    pub actions: BTreeSet<String>,
    /// The connection to reauthorize, where it is not a new one.
    pub connection: Option<ConnectionId>,
}

impl Service {
    /// Makes a session for somebody who is signed in, and the link to go on to. It comes back to `/connected` of their site.
    pub async fn own_session(&self, person: &Person, wanted: OwnSession) -> Result<String, SessionError> {
        let id = person.tenant.ok_or(SessionError::NoTenant)?;
        let tenant = self.tenant(id).await?.ok_or(SessionError::NoTenant)?;
        let mut actions = wanted.actions;
        if let Some(connection) = wanted.connection {
            let connection = self.connection(id, connection).await?.ok_or(ResolveError::NotFound)?;
            actions.extend(connection.actions);
        }
        let return_url = self.site_url(&tenant).join("/connected").map_err(|_| SessionError::ReturnUrl)?;
        let new = NewSession {
            tenant: id,
            connector: Some(wanted.connector),
            actions,
            offers: BTreeMap::new(),
            end_user: person.subject.clone(),
            connection: wanted.connection,
            fields: BTreeMap::new(),
            return_url: return_url.into(),
            opener: None,
        };
        self.check_wanted(&new).await?;
        if let Some(connection) = new.connection {
            self.check_mendable(&new, connection).await?;
        }
        Ok(self.make_session(new, &person.author()).await?.1)
    }
}
