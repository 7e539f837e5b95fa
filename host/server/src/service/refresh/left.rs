//! Answers whose connection is deleted before anybody read or stored them: what they hold may be the only live tokens of its
//! grant, and ends with it.

use jackfield_auth::token::RefreshOutcome;
use jackfield_model::{
    connection::Connection,
    credential::{Credential, TokenSet},
};
use jackfield_store::{Change, JournalEntry, Pending, Revocation, StoreError, if_readable};

use super::{
    super::{Service, resolve::Party, resolve::ResolveError, revoke::shadow, token::Answered, token::AskError},
    RefreshError, decoded, shown,
};

impl Service {
    /// Ends every answer that lies in the journal for a connection that was deleted; the tokens in it are queued to be ended
    /// like those of `like`, where they can be read.
    pub(in crate::service) async fn discard_left(
        &self,
        connection: &Connection,
        credential: &Credential,
        like: &Revocation,
    ) -> Result<(), StoreError> {
        let left = self.store().journal().pending_of(connection.tenant, connection.id).await?.items;
        if left.is_empty() {
            return Ok(());
        }
        let party = self.party(connection.clone()).await.ok();
        for pending in left {
            self.discard_pending(party.as_ref(), credential, like, &pending).await?;
        }
        Ok(())
    }

    /// The same at a start, for an answer whose connection was deleted before a crash: as long as one may come, its revocation
    /// waits in the queue. What has none there is dropped.
    pub(in crate::service) async fn discard_orphan(&self, pending: &Pending) -> Result<(), StoreError> {
        let entry = &pending.entry;
        let mut queued = self.store().revocations().all().await?.items.into_iter();
        let like = queued.find(|due| due.tenant == entry.tenant && due.connection == entry.connection);
        let Some(like) = like else { return self.drop_answer(entry).await };
        match if_readable(self.store().revocations().credential(&like).await.map(Some))? {
            Some(credential) => {
                let party = self.party(shadow(&like)).await.ok();
                self.discard_pending(party.as_ref(), &credential, &like, pending).await
            }
            None => self.drop_answer(entry).await,
        }
    }

    async fn discard_pending(
        &self,
        party: Option<&Party>,
        credential: &Credential,
        like: &Revocation,
        pending: &Pending,
    ) -> Result<(), StoreError> {
        let read = match party {
            Some(party) => self.read_left(party, credential, pending).await.map(|read| (party, read)),
            None => None,
        };
        let Some((party, credential)) = read else {
            tracing::warn!(connection = %like.connection, "an answer of a deleted connection holds no token anybody can read");
            return self.drop_answer(&pending.entry).await;
        };
        Box::pin(self.discard(party, like, &credential, Some(&pending.entry))).await.map(drop)
    }

    /// Stages the end of every answer of a connection whose grant others live on.
    pub(in crate::service) async fn drop_left(
        &self,
        change: &mut Change,
        connection: &Connection,
    ) -> Result<(), StoreError> {
        for pending in self.store().journal().pending_of(connection.tenant, connection.id).await?.items {
            self.store().journal().done(change, &pending.entry).await?;
        }
        Ok(())
    }

    /// The provider answered and the connector could not read it: the answer stays in the journal, where the next refresh and
    /// the next start find it. Where the connection was deleted meanwhile neither comes, and what its manifest says has to do.
    pub(super) async fn leave_unread(
        &self,
        party: &Party,
        old: TokenSet,
        entry: &JournalEntry,
        answered: &Answered,
        unread: &AskError,
    ) -> Result<Connection, RefreshError> {
        if self.connection(entry.tenant, entry.connection).await?.is_some() {
            return Err(RefreshError::Provider(unread.failure()));
        }
        let read = party.read_as_declared(answered, &old.name, &shown(&old, party));
        if let Some(credential) = read.ok().and_then(|outcome| new_tokens(outcome, old)) {
            return self.discard_refreshed(party, entry, &credential).await;
        }
        self.drop_answer(entry).await?;
        Err(ResolveError::NotFound.into())
    }

    /// The tokens of an answer; none where it holds none, or nobody can read it.
    async fn read_left(&self, party: &Party, credential: &Credential, pending: &Pending) -> Option<Credential> {
        let Credential::Tokens(old) = credential.led_by(&pending.entry.token)? else { return None };
        let answered = decoded(&pending.response)?;
        let outcome = {
            let shown = shown(&old, party);
            match self.read_refreshed(party, &answered, &old.name, &shown).await {
                Ok(outcome) => outcome,
                // It may lie there because the connector cannot read it: then by what its manifest says.
                Err(_) => party.read_as_declared(&answered, &old.name, &shown).ok()?,
            }
        };
        new_tokens(outcome, old)
    }
}

/// What an answer brought beside the tokens there were; none where they only live longer.
fn new_tokens(outcome: RefreshOutcome, old: TokenSet) -> Option<Credential> {
    let outcome = outcome.beside(&old).ok()?;
    matches!(outcome, RefreshOutcome::Replaced(_)).then(|| Credential::Tokens(outcome.into_token_set(old)))
}
