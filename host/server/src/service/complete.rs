//! Completion: the application finishes, server to server, in the name of the very person the link was made for.

use jackfield_model::{
    connection::Connection,
    id::{SessionId, TenantId},
    secret::Secret,
    session::{ConnectSession, Stage},
};
use jackfield_store::{Claim, Handle, StoreError, Versioned};

use super::{
    OtherAccount, ResolveError, Service,
    establish::{Agreed, Code, EstablishError},
};

/// Why a session was not completed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CompleteError {
    /// This tenant has no such session.
    #[error("there is no such connect session")]
    NotFound,
    /// Another person than the one it was made for (ST-3). Nothing was consumed.
    #[error("the session was made for another end user: a link sent to somebody else never connects in their name")]
    OtherEndUser,
    /// The person has not come back yet.
    #[error("the person has not come back from the provider yet")]
    NotReady,
    /// It was completed before.
    #[error("the session was completed before: its connection is {0}")]
    Completed(jackfield_model::id::ConnectionId),
    /// It ended without a connection.
    #[error("the session ended without a connection ({0}): make a new one")]
    Ended(String),
    /// No live ticket of this session.
    #[error("the ticket is not one of this session, was used, or is older than two minutes: make a new session")]
    Ticket,
    /// The connector was replaced in between.
    #[error("the connector was replaced meanwhile: make a new session")]
    ConnectorChanged,
    /// No connection came of it.
    #[error(transparent)]
    Establish(#[from] EstablishError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ResolveError> for CompleteError {
    fn from(error: ResolveError) -> Self {
        Self::Establish(error.into())
    }
}

impl Service {
    /// Completes a session with the ticket its person came back with.
    pub async fn complete(
        &self,
        tenant: TenantId,
        id: SessionId,
        ticket: &Secret,
        end_user: &str,
        by: &str,
    ) -> Result<Connection, CompleteError> {
        let session = self.store().sessions().get(tenant, id).await?.ok_or(CompleteError::NotFound)?;
        if session.end_user != end_user {
            return Err(CompleteError::OtherEndUser);
        }
        match &session.stage {
            Stage::Open => return Err(CompleteError::NotReady),
            Stage::Choosing { expected, given, until } => {
                let expected =
                    expected.as_ref().map_or_else(|| "another account".to_owned(), |known| known.label.clone());
                let other = OtherAccount { expected, given: given.label.clone(), asks: Some((id, *until)) };
                return Err(EstablishError::from(other).into());
            }
            Stage::Completed { connection } => return Err(CompleteError::Completed(*connection)),
            Stage::Ended { code } => return Err(CompleteError::Ended(code.clone())),
            Stage::Parked { .. } => {}
        }
        // In a task of its own from here on: a ticket is spent when it is taken, and a caller may hang up.
        let (service, by, ticket) = (self.clone(), by.to_owned(), Secret::new(ticket.expose().to_owned()));
        let work = self.tasks.spawn(async move { Box::pin(service.finish(session, &ticket, &by)).await });
        work.await.unwrap_or(Err(EstablishError::Interrupted.into()))
    }

    async fn finish(
        &self,
        session: Versioned<ConnectSession>,
        ticket: &Secret,
        by: &str,
    ) -> Result<Connection, CompleteError> {
        let claim = self.claim(&session, ticket).await?;
        if let Some(taken) = claim.authorization.takes {
            return Ok(self.finish_taken(session, taken).await?);
        }
        let outcome = match self.agreed(session.clone(), claim).await {
            Ok(agreed) => self.establish(agreed, by).await.map_err(CompleteError::from),
            Err(error) => Err(error),
        };
        match &outcome {
            Ok(_) => {}
            // The session goes on: it asks what is to become of the other account.
            Err(CompleteError::Establish(EstablishError::OtherAccount(other))) if other.asks.is_some() => {}
            Err(_) => self.give_up(session).await?,
        }
        outcome
    }

    /// Takes the parked answer, once, if it is this session's and not too old.
    async fn claim(&self, session: &Versioned<ConnectSession>, ticket: &Secret) -> Result<Claim, CompleteError> {
        let parked = self.store().authorizations().find(Handle::Ticket(ticket)).await?.ok_or(CompleteError::Ticket)?;
        let current = session.stage == Stage::Parked { authorization: parked.id };
        if parked.session != session.id || !current {
            return Err(CompleteError::Ticket);
        }
        let claim = self.store().authorizations().take_ticket(ticket).await?.ok_or(CompleteError::Ticket)?;
        if claim.authorization.expires_at <= self.now() {
            return Err(CompleteError::Ticket);
        }
        Ok(claim)
    }

    async fn agreed(&self, session: Versioned<ConnectSession>, claim: Claim) -> Result<Agreed, CompleteError> {
        if !self.has_its_connection(&session).await? {
            return Err(EstablishError::Gone.into());
        }
        let Claim { authorization, secrets, .. } = claim;
        let connector = self.approved(&authorization.connector).await?;
        if connector.digest != authorization.digest {
            return Err(CompleteError::ConnectorChanged);
        }
        let method =
            connector.manifest.method(&authorization.method).cloned().ok_or(CompleteError::ConnectorChanged)?;
        let client = match authorization.client {
            Some(client) => Some(self.client(client).await?.ok_or(ResolveError::NoClient)?),
            None => None,
        };
        let code = secrets.code.zip(authorization.redirect_uri).map(|(text, redirect_uri)| Code {
            text,
            redirect_uri,
            verifier: secrets.verifier,
            nonce: secrets.nonce,
        });
        let mut fields = authorization.fields;
        fields.extend(authorization.kept);
        Ok(Agreed {
            tenant: authorization.tenant,
            connector,
            method,
            client,
            endpoints: authorization.endpoints,
            end_user: Some(authorization.end_user),
            name: authorization.name,
            fields,
            secrets: secrets.fields,
            actions: authorization.actions,
            scopes: authorization.scopes,
            code,
            existing: session.connection,
            session: Some(session),
        })
    }

    /// A code that was tried is spent, whatever came of it.
    async fn give_up(&self, mut session: Versioned<ConnectSession>) -> Result<(), StoreError> {
        session.stage = Stage::Ended { code: "failed".into() };
        let mut change = jackfield_store::Change::new();
        self.store().sessions().update(&mut change, &mut session).await?;
        match self.store().commit(change).await {
            // Completed after all, by a task that outlived its caller.
            Err(StoreError::Conflict) => Ok(()),
            other => other,
        }
    }
}
