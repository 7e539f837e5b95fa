//! Start-up: connectors made ready, answers in the journal settled, refreshes that a crash cut off given their outcome.

use jackfield_auth::refresh::Failed;
use jackfield_model::{
    connection::{Connection, RefreshState},
    credential::Credential,
};
use jackfield_store::{JournalEntry, Pending, StoreError};

use super::{
    Service,
    refresh::{Attempt, RefreshError, decoded},
};

impl Service {
    /// Brings the service from what the store holds to ready. Called once, before the first request.
    pub async fn recover(&self) -> Result<(), StoreError> {
        for connector in self.connectors().await?.into_iter().filter(jackfield_model::connector::Connector::is_approved)
        {
            if let Err(error) = self.load(&connector).await {
                tracing::error!(connector = %connector.name, %error, "an approved connector could not be made ready");
            }
        }
        for connection in self.store().connections().refreshing().await?.items {
            let open = matches!(connection.refresh, RefreshState::Refreshing { .. });
            if open && let Err(error) = self.settle_leftover(&connection).await {
                tracing::warn!(connection = %connection.id, %error, "a refresh that was cut off did not succeed");
            }
        }
        self.drop_orphans().await
    }

    /// Answers whose refresh has an outcome already, or whose connection is gone.
    async fn drop_orphans(&self) -> Result<(), StoreError> {
        for pending in self.store().journal().pending().await?.items {
            let entry = pending.entry;
            let connection = self.connection(entry.tenant, entry.connection).await?;
            if connection.is_none_or(|connection| connection.version != entry.from_version) {
                let mut change =
                    self.audited_for(entry.tenant, "host", "answer.dropped", &entry.connection.to_string())?;
                self.store().journal().done(&mut change, &entry).await?;
                self.store().commit(change).await?;
            }
        }
        Ok(())
    }

    /// Gives a refresh that ended without an outcome one: from the newest answer in the journal, or from its absence.
    pub(super) async fn settle_leftover(&self, connection: &Connection) -> Result<Connection, RefreshError> {
        let mut answers = self.store().journal().pending().await?.items;
        answers.retain(|pending| {
            pending.entry.connection == connection.id && pending.entry.from_version == connection.version
        });
        match answers.into_iter().max_by_key(|pending| pending.entry.sent_at) {
            Some(pending) => self.settle_pending(pending).await,
            None => self.settle_unanswered(connection).await,
        }
    }

    async fn settle_pending(&self, pending: Pending) -> Result<Connection, RefreshError> {
        let entry = pending.entry;
        let (party, credential) = self.resolve(entry.tenant, entry.connection).await?;
        let Credential::Tokens(tokens) = credential else { return Err(RefreshError::NotRefreshable) };
        let attempt = attempt(&party.connection, entry);
        match decoded(&pending.response) {
            Some(answered) => self.settle(party, tokens, &attempt, answered).await,
            None => self.fail(&party, &attempt, Failed::Lost, None).await,
        }
    }

    /// The intent is there and no answer is: the provider may have rotated. Its policy decides.
    async fn settle_unanswered(&self, connection: &Connection) -> Result<Connection, RefreshError> {
        let (party, _) = self.resolve(connection.tenant, connection.id).await?;
        let entry = JournalEntry {
            tenant: connection.tenant,
            connection: connection.id,
            from_version: connection.version,
            attempt: 0,
            sent_at: self.now(),
        };
        let attempt = attempt(connection, entry);
        self.fail(&party, &attempt, Failed::Lost, None).await
    }
}

fn attempt(connection: &Connection, entry: JournalEntry) -> Attempt {
    let (attempts, first_sent, resent) = match connection.refresh {
        RefreshState::Refreshing { attempts, since, resent, .. } => (attempts, since, resent),
        RefreshState::Unknown { attempts, since, .. } => (attempts, since, true),
        RefreshState::Idle | RefreshState::Waiting { .. } => (0, entry.sent_at, false),
    };
    Attempt { entry, first_sent, resent, attempts, by: "host".into() }
}
