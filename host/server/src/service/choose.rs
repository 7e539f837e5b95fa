//! Choosing: another account consented than the connection's, and the application says what becomes of it.
//!
//! Each choice is one change: the waiting credential, the session, the connections and the queue move together or not at all.

use jackfield_model::{
    connection::{Connection, NAME_LIMIT},
    credential::Credential,
    id::{SessionId, TenantId},
    session::{ConnectSession, Stage},
};
use jackfield_store::{Change, Choice as Waiting, StoreError, Versioned, if_readable};
use jiff::Timestamp;

use super::{EstablishError, ResolveError, Service};

/// How many choices nobody made one tick ends.
const OVER_A_TICK: usize = 20;

/// What becomes of a connection for which another account consented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It stays as it is; the other account's credential is ended.
    Keep,
    /// It becomes the other account's, under its own id; the credential it had is ended.
    Replace,
    /// It stays as it is, and the other account gets a connection of its own.
    ConnectAsNew,
}

/// Why nothing was chosen.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ChooseError {
    /// This tenant has no such session.
    #[error("there is no such connect session")]
    NotFound,
    /// Nobody else consented.
    #[error("there is nothing to choose: no other account consented in this session")]
    Nothing,
    /// It was chosen, or completed without a choice.
    #[error("the session is over: its connection is {0}")]
    Completed(jackfield_model::id::ConnectionId),
    /// It ended.
    #[error("the session ended without a change ({0}): make a new one")]
    Ended(String),
    /// Too late.
    #[error("nobody chose until {0}: the connection was left as it is, and the other account's credential is ended")]
    Over(Timestamp),
    /// It could not be carried out.
    #[error(transparent)]
    Establish(#[from] EstablishError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ResolveError> for ChooseError {
    fn from(error: ResolveError) -> Self {
        Self::Establish(error.into())
    }
}

/// What a choice is made over.
struct Open {
    session: Versioned<ConnectSession>,
    waiting: Versioned<Waiting>,
    credential: Credential,
}

impl Service {
    /// Carries a choice out; answers the connection that was kept, replaced or made.
    pub async fn choose(
        &self,
        tenant: TenantId,
        session: SessionId,
        choice: Choice,
        by: &str,
    ) -> Result<Connection, ChooseError> {
        let (service, by) = (self.clone(), by.to_owned());
        let work = self.tasks.spawn(async move { Box::pin(service.choose_now(tenant, session, choice, &by)).await });
        work.await.unwrap_or(Err(EstablishError::Interrupted.into()))
    }

    async fn choose_now(
        &self,
        tenant: TenantId,
        session: SessionId,
        choice: Choice,
        by: &str,
    ) -> Result<Connection, ChooseError> {
        let session = self.store().sessions().get(tenant, session).await?.ok_or(ChooseError::NotFound)?;
        let until = match &session.stage {
            Stage::Choosing { until, .. } => *until,
            Stage::Completed { connection } => return Err(ChooseError::Completed(*connection)),
            Stage::Ended { code } => return Err(ChooseError::Ended(code.clone())),
            Stage::Open | Stage::Parked { .. } => return Err(ChooseError::Nothing),
        };
        let waiting = self.store().choices().get(session.id).await?.ok_or(ChooseError::Over(until))?;
        if until <= self.now() {
            self.end_choice(waiting, "choice-over", "host").await?;
            return Err(ChooseError::Over(until));
        }
        let credential = self.store().choices().credential(&waiting).await?;
        let open = Open { session, waiting, credential };
        match choice {
            Choice::Keep => self.keep(open, by).await,
            Choice::Replace => self.replace_account(open, by).await,
            Choice::ConnectAsNew => self.connect_as_new(open, by).await,
        }
    }

    async fn keep(&self, open: Open, by: &str) -> Result<Connection, ChooseError> {
        let (tenant, existing) = (open.waiting.tenant, open.waiting.existing);
        self.end_choice(open.waiting, "kept", by).await?;
        Ok(self.connection(tenant, existing).await?.ok_or(ResolveError::NotFound)?)
    }

    /// Ends a choice without a change: the waiting credential goes to the revocation queue. What of it cannot be read keeps it
    /// from nothing else.
    async fn end_choice(&self, waiting: Versioned<Waiting>, code: &str, by: &str) -> Result<(), StoreError> {
        let credential = if_readable(self.store().choices().credential(&waiting).await.map(Some))?;
        let kind = if credential.is_some() { "connection.account-kept" } else { "choice.given-up" };
        let mut change = self.audited_for(waiting.tenant, by, kind, &waiting.existing.to_string())?;
        if let Some(credential) = &credential {
            self.discard_in(&mut change, &waiting.candidate, credential).await?;
        }
        if let Some(existing) = if_readable(self.connection(waiting.tenant, waiting.existing).await)? {
            self.jot(&mut change, &existing, "account-kept", by, None)?;
        }
        let session = self.store().sessions().get(waiting.tenant, waiting.session).await;
        if let Some(mut session) = if_readable(session)? {
            session.stage = Stage::Ended { code: code.to_owned() };
            self.store().sessions().update(&mut change, &mut session).await?;
        }
        self.store().choices().done(&mut change, &waiting);
        self.store().commit(change).await
    }

    async fn connect_as_new(&self, open: Open, by: &str) -> Result<Connection, ChooseError> {
        let Open { session, waiting, credential } = open;
        let mut candidate = waiting.candidate.clone();
        if let Some(existing) = self.connection(waiting.tenant, waiting.existing).await? {
            candidate.name = named(&candidate, &existing.name);
        }
        let party = self.party(candidate).await?;
        let mut candidate = party.connection;
        self.schedule(&party.method, &mut candidate, &credential);
        let mut change = self.audited_for(waiting.tenant, by, "connection.created", &candidate.id.to_string())?;
        self.tell(&mut change, &mut candidate, "created", by, None)?;
        self.place(&mut change, &party.connector, &candidate, &credential).await?;
        self.say_same_account(&mut change, &candidate).await?;
        self.complete_in(&mut change, Some(session), candidate.id).await?;
        self.store().choices().done(&mut change, &waiting);
        self.store().commit(change).await?;
        Ok(self.finish_stored(&candidate, by).await?)
    }

    async fn replace_account(&self, open: Open, by: &str) -> Result<Connection, ChooseError> {
        let Open { session, waiting, credential } = open;
        let method = self.party(waiting.candidate.clone()).await?.method;
        loop {
            let opened = self.store().connections().open(waiting.tenant, waiting.existing).await?;
            let (mut found, old) = opened.ok_or(ResolveError::NotFound)?;
            let before = found.record.clone();
            self.take_over(&mut found, &waiting.candidate)?;
            found.account.clone_from(&waiting.candidate.account);
            self.schedule(&method, &mut found, &credential);
            let mut change =
                self.audited_for(waiting.tenant, by, "connection.account-replaced", &found.id.to_string())?;
            self.store().connections().leave_account(&mut change, &before);
            let note = from_to(&before, &found);
            self.tell(&mut change, &mut found, "account-replaced", by, Some(note))?;
            self.store().connections().put_credential(&mut change, &mut found, &credential).await?;
            self.say_same_account(&mut change, &found).await?;
            if let Some(old) = &old {
                self.discard_in(&mut change, &before, old).await?;
            }
            self.complete_in(&mut change, Some(session.clone()), found.id).await?;
            self.store().choices().done(&mut change, &waiting);
            match self.store().commit(change).await {
                Ok(()) => return Ok(self.finish_stored(&found, by).await?),
                Err(StoreError::Conflict) if self.is_still_at(Some(&session)).await? => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Says in a connection's timeline that its account is connected already.
    async fn say_same_account(&self, change: &mut Change, connection: &Connection) -> Result<(), StoreError> {
        let label = connection.account.as_ref().map_or("", |account| account.label.as_str());
        match self.noted(connection, label).await? {
            Some(note) => self.jot(change, connection, "same-account", "host", Some(note)),
            None => Ok(()),
        }
    }

    /// Ends the choices that nobody made in time.
    pub(super) async fn end_choices_over(&self) -> Result<(), StoreError> {
        for waiting in self.store().choices().over(self.now(), OVER_A_TICK).await? {
            match self.end_choice(waiting, "choice-over", "host").await {
                // Chosen at the last moment.
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => tracing::warn!(%error, "a choice that is over could not be ended"),
            }
        }
        Ok(())
    }
}

/// A name that tells the new connection from the one beside it.
fn named(candidate: &Connection, beside: &str) -> String {
    let label = candidate.account.as_ref().map_or("", |account| account.label.as_str());
    if candidate.name != beside || label.is_empty() {
        return candidate.name.clone();
    }
    format!("{} ({label})", candidate.name).chars().filter(|c| !c.is_control()).take(NAME_LIMIT).collect()
}

fn from_to(before: &Connection, after: &Connection) -> String {
    let label = |connection: &Connection| connection.account.as_ref().map_or("nobody", |known| &known.label).to_owned();
    format!("From {} to {}.", label(before), label(after))
}
