//! Reauthorizing: the old credential stays in use until the new one has proved to be the same account's; another account's
//! waits, sealed, until the application chooses.

use jackfield_auth::id_token::is_same_subject;
use jackfield_model::{
    account::Account,
    connection::{Connection, RefreshState, TokenState},
    id::{ConnectionId, SessionId},
    manifest::Reach,
    session::{CHOICE_SECONDS, ConnectSession, Stage},
    status::Happening,
};
use jackfield_store::{Choice, StoreError, Versioned};
use jiff::{SignedDuration, Timestamp};

use super::{
    ResolveError, Service,
    establish::{EstablishError, Proven},
    verify::Answer,
};

/// Another account than the connection's consented, and nothing was changed.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "this is {given}, and the connection belongs to {expected}: nothing was changed. Keep it as it is, replace its account, or connect the other one as a new connection"
)]
pub struct OtherAccount {
    /// Whose the connection is.
    pub expected: String,
    /// Who consented.
    pub given: String,
    /// The session that asks which of the three, and until when.
    pub asks: Option<(SessionId, Timestamp)>,
}

impl Service {
    /// Puts a proven credential in the place of a connection's own.
    pub(super) async fn replace(
        &self,
        id: ConnectionId,
        mut proven: Proven,
        session: Option<Versioned<ConnectSession>>,
        by: &str,
    ) -> Result<Connection, EstablishError> {
        let tenant = proven.party.connection.tenant;
        let Some(old) = self.connection(tenant, id).await? else {
            let account = self.ask(&proven.party, &proven.credential).await.result.ok();
            return Err(self.too_late(proven, account).await?);
        };
        let pointed = self.point_again(&mut proven.party, &proven.credential, &old).await;
        pointed.map_err(EstablishError::Unproven)?;
        let answer = self.ask(&proven.party, &proven.credential).await;
        proven.party.connection.account = answer.result.as_ref().ok().cloned();
        self.put_in_place(id, proven, answer, session, by).await
    }

    async fn put_in_place(
        &self,
        id: ConnectionId,
        proven: Proven,
        answer: Answer,
        session: Option<Versioned<ConnectSession>>,
        by: &str,
    ) -> Result<Connection, EstablishError> {
        let tenant = proven.party.connection.tenant;
        let account = match &answer.result {
            Ok(account) => account.clone(),
            // Not revoked: it may be the same account's, and ending one grant could end the old credential too.
            Err(failure) => return Err(EstablishError::Unproven(failure.clone())),
        };
        loop {
            let Some(mut found) = self.store().connections().get(tenant, id).await? else {
                return Err(self.too_late(proven, Some(account)).await?);
            };
            // Each time anew: somebody may have chosen another account for it meanwhile.
            if !is_of(&found, &proven.party.connection, &account) {
                return Err(self.offer(&found, proven, account, session).await?.into());
            }
            let Proven { party, credential } = &proven;
            self.take_over(&mut found, &party.connection)?;
            self.schedule(&party.method, &mut found, credential);
            let mut change = self.making(tenant, by, "connection.reauthorized", &id.to_string()).await?;
            self.tell(&mut change, &mut found, "reauthorized", by, None)?;
            self.hold_tools(&mut change, &party.connector, party.connection.client);
            self.store().connections().put_credential(&mut change, &mut found, credential).await?;
            self.complete_in(&mut change, session.clone(), id).await?;
            match self.store().commit(change).await {
                Ok(()) if found.step.is_some() => return self.finish_stored(&found, by).await,
                Ok(()) => return Ok(self.record_verify(&found, answer, by).await?),
                Err(StoreError::Conflict) if !self.has_tools(party).await? => {
                    self.end_unplaced(party, credential).await?;
                    return Err(StoreError::Conflict.into());
                }
                Err(StoreError::Conflict) if self.is_still_at(session.as_ref()).await? => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Deleted meanwhile: what was consented to for it is ended, not forgotten. Where nobody can say whose it is, it is left:
    /// ending it could end a connection that lives on the same grant.
    async fn too_late(&self, proven: Proven, account: Option<Account>) -> Result<EstablishError, StoreError> {
        let Proven { mut party, credential } = proven;
        let renewed = &mut party.connection;
        if account.is_none() && party.method.revocation_ends == Reach::Account {
            tracing::warn!(connection = %renewed.id, "a credential that came for a deleted connection is left at the provider");
            return Ok(EstablishError::Gone);
        }
        renewed.account = account;
        let like = self.revocation_of(&party.connection)?;
        self.discard(&party, &like, &credential, None).await?;
        Ok(EstablishError::Gone)
    }

    /// Lets another account's credential wait for a choice; where nobody can be asked, it is ended.
    async fn offer(
        &self,
        old: &Connection,
        proven: Proven,
        given: Account,
        session: Option<Versioned<ConnectSession>>,
    ) -> Result<OtherAccount, EstablishError> {
        let Proven { mut party, credential } = proven;
        let expected = old.account.as_ref().map_or_else(|| "another account".to_owned(), |known| known.label.clone());
        let mut other = OtherAccount { expected, given: given.label.clone(), asks: None };
        party.connection.id = self.connection_id()?;
        party.connection.account = Some(given.clone());
        let mut change = self.audited_for(old.tenant, "host", "connection.other-account", &old.id.to_string())?;
        self.jot(&mut change, old, "other-account", "host", Some(format!("{} consented.", given.label)))?;
        self.store().tenants().hold(&mut change, old.tenant);
        self.hold_tools(&mut change, &party.connector, party.connection.client);
        match session {
            None => self.discard_in(&mut change, &party.connection, &credential).await?,
            Some(mut session) => {
                let until = self.now() + SignedDuration::from_secs(CHOICE_SECONDS);
                let (tenant, candidate) = (session.tenant, party.connection.clone());
                let choice = Choice { session: session.id, tenant, existing: old.id, candidate, until };
                self.store().choices().create(&mut change, &choice, &credential).await?;
                session.stage = Stage::Choosing { expected: old.account.clone(), given, until };
                self.store().sessions().update(&mut change, &mut session).await?;
                other.asks = Some((session.id, until));
            }
        }
        match self.store().commit(change).await {
            Err(StoreError::Conflict) => {
                self.end_unplaced(&party, &credential).await?;
                Err(StoreError::Conflict.into())
            }
            committed => Ok(committed.map(|()| other)?),
        }
    }

    /// What consenting again changes: everything but id, name, owner and account.
    pub(super) fn take_over(&self, found: &mut Versioned<Connection>, new: &Connection) -> Result<(), EstablishError> {
        found.method.clone_from(&new.method);
        found.client = new.client;
        found.subject.clone_from(&new.subject);
        found.fields.clone_from(&new.fields);
        found.target.clone_from(&new.target);
        found.actions.clone_from(&new.actions);
        found.grant = new.grant.clone();
        found.endpoints.clone_from(&new.endpoints);
        found.clocks = new.clocks;
        found.upkeep = new.upkeep;
        found.step = new.step;
        found.refresh = RefreshState::Idle;
        found.said.ends = None;
        let version = found.version + 1;
        found.set_tokens(new.tokens.iter().map(|token| TokenState { version, ..token.clone() }).collect());
        let now = self.now();
        found.happen(Happening::Reauthorized, None, now).map_err(|_| ResolveError::NotFound)?;
        Ok(())
    }

    /// Whether a session is where it was read.
    pub(super) async fn is_still_at(&self, session: Option<&Versioned<ConnectSession>>) -> Result<bool, StoreError> {
        let Some(session) = session else { return Ok(true) };
        let now = self.store().sessions().get(session.tenant, session.id).await?;
        Ok(now.is_some_and(|now| now.stage == session.stage))
    }
}

/// Whether what a person consented to now is the account that a connection belongs to.
fn is_of(found: &Connection, consented: &Connection, account: &Account) -> bool {
    let subject = consented.subject.as_deref();
    let same_subject = subject.is_none_or(|subject| is_same_subject(found.subject.as_deref(), subject));
    found.is_same_account(account) && same_subject
}
