//! Answers that lie in the journal, unread or unstored, when their connection is deleted: what they hold may be the only live
//! tokens of its grant, and ends with it.

use jackfield_auth::token::RefreshOutcome;
use jackfield_model::{connection::Connection, credential::Credential, id::EventId};
use jackfield_store::{Change, Pending, Revocation, StoreError};

use super::{super::Service, super::resolve::Party, decoded, shown};

impl Service {
    /// Stages the end of every answer of a connection that is deleted; the tokens in it are queued to be ended like those of
    /// `like`, where they can be read.
    pub(in crate::service) async fn discard_left(
        &self,
        change: &mut Change,
        connection: &Connection,
        credential: &Credential,
        like: &Revocation,
    ) -> Result<(), StoreError> {
        let left = self.store().journal().pending_of(connection.tenant, connection.id).await?.items;
        if left.is_empty() {
            return Ok(());
        }
        let party = self.party(connection.clone()).await;
        for pending in left {
            let read = match &party {
                Ok(party) => self.read_left(party, credential, &pending).await,
                Err(_) => None,
            };
            if let Some(credential) = read {
                let revocation = Revocation { id: EventId::new(self.now(), self.id_bits()?), ..like.clone() };
                self.store().revocations().create(change, &revocation, &credential).await?;
            } else {
                tracing::warn!(connection = %connection.id, "an answer of a deleted connection holds no token anybody can read");
            }
            self.store().journal().done(change, &pending.entry).await?;
        }
        Ok(())
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
        let outcome = outcome.beside(&old).ok()?;
        matches!(outcome, RefreshOutcome::Replaced(_)).then(|| Credential::Tokens(outcome.into_token_set(old)))
    }
}
