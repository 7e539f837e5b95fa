//! Start-up: connectors made ready, answers in the journal settled, refreshes that a crash cut off given their outcome.

use futures::{StreamExt as _, stream};
use jackfield_auth::refresh::Failed;
use jackfield_model::{
    connection::{Connection, RefreshState},
    credential::Credential,
};
use jackfield_store::{JournalEntry, Pending, StoreError, if_readable};

use super::{
    Service,
    refresh::{Attempt, RefreshError, decoded, is_open, known},
};

impl Service {
    /// Brings the service from what the store holds to ready. Called once, before the first request.
    pub async fn recover(&self) -> Result<(), StoreError> {
        self.learn_habits().await?;
        self.load_all().await?;
        for connection in self.store().connections().refreshing().await?.items {
            self.settle_leftovers(connection.record).await?;
        }
        self.take_left_steps().await?;
        self.drop_orphans().await
    }

    /// Lets every approved connector be loaded by its first call. Those without machine code are compiled now, on all cores:
    /// what cannot be compiled any more is said at the start.
    async fn load_all(&self) -> Result<(), StoreError> {
        let installed = self.store().connectors().briefs().await?.items;
        let waiting = self.parts.runtime.resume(&installed, &self.component_source()).await;
        let missing = waiting.unwrap_or_else(|error| {
            tracing::error!(%error, "the directory of compiled components cannot be read: every connector is loaded now");
            installed.iter().map(|connector| connector.digest.clone()).collect()
        });
        let approved =
            installed.iter().filter(|connector| connector.is_approved && missing.contains(&connector.digest));
        let at_once = std::thread::available_parallelism().map_or(1, usize::from);
        let loading = stream::iter(approved).for_each_concurrent(at_once, async |connector| {
            if let Err(error) = self.load(connector).await {
                tracing::error!(connector = %connector.name, %error, "an approved connector could not be made ready");
            }
        });
        loading.await;
        Ok(())
    }

    /// Settles the refresh of each token that a crash cut off.
    async fn settle_leftovers(&self, mut connection: Connection) -> Result<(), StoreError> {
        for name in connection.token_names() {
            if !connection.token(&name).is_some_and(|token| is_open(&token)) {
                continue;
            }
            if let Err(error) = self.settle_leftover(&connection, &name).await {
                tracing::warn!(connection = %connection.id, token = name, %error, "a refresh that was cut off did not succeed");
            }
            let Some(now) = if_readable(self.connection(connection.tenant, connection.id).await)? else { break };
            connection = now;
        }
        Ok(())
    }

    /// Answers whose refresh has an outcome already, or whose connection is gone.
    async fn drop_orphans(&self) -> Result<(), StoreError> {
        for pending in self.store().journal().pending().await?.items {
            let entry = &pending.entry;
            let connection = match self.connection(entry.tenant, entry.connection).await {
                Err(StoreError::Unreadable(reason)) => {
                    // It stays: a connection that can be read again, out of a backup, may need it.
                    tracing::warn!(connection = %entry.connection, %reason, "whether an answer is still needed cannot be said");
                    continue;
                }
                known => known?,
            };
            let Some(connection) = connection else {
                self.discard_orphan(&pending).await?;
                continue;
            };
            if connection.token(&entry.token).is_none_or(|token| token.version > entry.from_version) {
                self.drop_answer(entry).await?;
            }
        }
        Ok(())
    }

    /// Takes an answer out of the journal that nobody needs.
    pub(super) async fn drop_answer(&self, entry: &JournalEntry) -> Result<(), StoreError> {
        let mut change = self.audited_for(entry.tenant, "host", "answer.dropped", &entry.connection.to_string())?;
        self.store().journal().done(&mut change, entry).await?;
        self.store().commit(change).await
    }

    /// Gives a refresh that ended without an outcome one: from the newest answer in the journal, or from its absence.
    pub(super) async fn settle_leftover(
        &self,
        connection: &Connection,
        token: &str,
    ) -> Result<Connection, RefreshError> {
        let state = known(connection, token)?;
        let mut answers = self.store().journal().pending_of(connection.tenant, connection.id).await?.items;
        answers.retain(|Pending { entry, .. }| entry.token == token && entry.from_version >= state.version);
        match answers.into_iter().max_by_key(|pending| pending.entry.sent_at) {
            Some(pending) => self.settle_pending(pending).await,
            None => self.settle_unanswered(connection, token).await,
        }
    }

    async fn settle_pending(&self, pending: Pending) -> Result<Connection, RefreshError> {
        let entry = pending.entry;
        let (party, credential) = self.resolve(entry.tenant, entry.connection).await?;
        let Credential::Tokens(tokens) = credential else { return Err(RefreshError::NotRefreshable) };
        let tokens = tokens.led_by(&entry.token).ok_or(RefreshError::NotRefreshable)?;
        let attempt = attempt(&party.connection, entry);
        match decoded(&pending.response) {
            Some(answered) => self.settle(party, tokens, &attempt, answered).await,
            None => self.fail(&party, &attempt, Failed::Lost, None).await,
        }
    }

    /// The intent is there and no answer is: the provider may have rotated. Its policy decides.
    pub(super) async fn settle_unanswered(
        &self,
        connection: &Connection,
        token: &str,
    ) -> Result<Connection, RefreshError> {
        let (party, _) = self.resolve(connection.tenant, connection.id).await?;
        let entry = JournalEntry {
            tenant: connection.tenant,
            connection: connection.id,
            token: token.to_owned(),
            from_version: connection.version,
            attempt: 0,
            sent_at: self.now(),
        };
        let attempt = attempt(connection, entry);
        self.fail(&party, &attempt, Failed::Lost, None).await
    }
}

fn attempt(connection: &Connection, entry: JournalEntry) -> Attempt {
    let refresh = connection.token(&entry.token).map_or(connection.refresh, |token| token.refresh);
    let (attempts, first_sent, resent) = match refresh {
        RefreshState::Refreshing { attempts, since, resent, .. } => (attempts, since, resent),
        RefreshState::Unknown { attempts, since, .. } => (attempts, since, true),
        RefreshState::Idle | RefreshState::Waiting { .. } => (0, entry.sent_at, false),
    };
    Attempt { entry, first_sent, resent, attempts, by: "host".into() }
}
