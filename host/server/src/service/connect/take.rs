//! Taking a connection there is already, instead of making one: a ticket too, because a link alone completes nothing.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    connection::Connection,
    id::{AuthorizationId, ConnectionId},
    scope::ScopeSet,
    secret::Secret,
    session::{Authorization, ConnectSession, PARKED_SECONDS, Stage},
};
use jackfield_store::{AuthorizationSecrets, Change, Handle, StoreError, Versioned};
use jiff::SignedDuration;

use super::{Back, LinkError};
use crate::service::{ResolveError, Service};

/// Why a connection was not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TakeError {
    /// The link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// It is none this person can take here.
    #[error("this connection is not one that can be used here: choose another, or make a new one")]
    NotTheirs,
    /// Again and again.
    #[error("this person has begun many connections at once: the next may begin in {wait} seconds")]
    TooMany {
        /// In how many seconds.
        wait: u64,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Takes a connection for a link's session; the application completes with the ticket, as for one that is made.
    pub async fn take_connection(&self, link: &Secret, id: ConnectionId) -> Result<Back, TakeError> {
        let mut session = self.open_session(link).await?;
        let connection = self.connection(session.tenant, id).await?.ok_or(TakeError::NotTheirs)?;
        let connector = self.may_take(&session, &connection).await?;
        let connector = connector.filter(|_| session.connection.is_none()).ok_or(TakeError::NotTheirs)?;
        if let Some(wait) = self.count_start(session.tenant, &session.end_user) {
            return Err(TakeError::TooMany { wait });
        }
        let now = self.now();
        let authorization = Authorization {
            id: AuthorizationId::new(now, self.id_bits()?),
            session: session.id,
            tenant: session.tenant,
            connector: connector.name.clone(),
            digest: connector.digest.clone(),
            method: connection.method,
            client: None,
            end_user: session.end_user.clone(),
            name: connection.name,
            fields: BTreeMap::new(),
            actions: BTreeSet::new(),
            takes: Some(id),
            scopes: ScopeSet::new(),
            endpoints: None,
            redirect_uri: None,
            cookie_hash: String::new(),
            ticket_hash: None,
            kept: BTreeMap::new(),
            created_at: now,
            expires_at: now + SignedDuration::from_secs(PARKED_SECONDS),
        };
        let ticket = self.random_token()?;
        session.stage = Stage::Parked { authorization: authorization.id };
        let (mut change, none) = (Change::new(), AuthorizationSecrets::default());
        self.store().authorizations().create(&mut change, authorization, &none, Handle::Ticket(&ticket)).await?;
        self.store().sessions().update(&mut change, &mut session).await?;
        self.store().commit(change).await?;
        Ok(Back::of(&session, Some(("ticket", ticket.expose()))))
    }

    /// Completes a session with the connection its person took, if it still is theirs to take.
    pub(in crate::service) async fn finish_taken(
        &self,
        session: Versioned<ConnectSession>,
        id: ConnectionId,
    ) -> Result<Connection, ResolveError> {
        let connection = self.connection(session.tenant, id).await?.ok_or(ResolveError::NotFound)?;
        let theirs = connection.end_user.as_ref().is_none_or(|owner| *owner == session.end_user);
        if !theirs {
            return Err(ResolveError::NotFound);
        }
        let mut change = Change::new();
        self.complete_in(&mut change, Some(session), id).await?;
        self.store().commit(change).await?;
        Ok(connection)
    }
}
