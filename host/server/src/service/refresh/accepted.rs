//! Whether the provider accepts the client a refresh was asked as: a fault is noted at the first refusal, and ends with the last.

use jackfield_model::client::ClientFault;
use jackfield_store::StoreError;

use super::super::{Service, refusals::Asker, resolve::Party};

impl Party {
    /// As whom this connection asks; none where it has no client.
    pub(super) fn asker(&self) -> Option<Asker> {
        let client = self.client.as_ref()?.id;
        Some(Asker { client, tenant: self.connection.tenant, connection: self.connection.id })
    }
}

impl Service {
    /// CORE-12: the client is marked once, and the operator told; who waits for it keeps their status.
    pub(super) async fn note_refused(&self, party: &Party, code: &str) -> Result<(), StoreError> {
        let Some(asker) = party.asker() else { return Ok(()) };
        self.refusals.refused(asker, self.now());
        let Some(mut client) = self.store().clients().get(asker.client).await? else { return Ok(()) };
        if client.fault.is_some() {
            return Ok(());
        }
        client.fault = Some(ClientFault { code: code.to_owned(), since: self.now() });
        let mut change = self.audited_for(client.tenant, "host", "client.refused", &asker.client.to_string())?;
        self.store().clients().update(&mut change, &mut client).await?;
        match self.store().commit(change).await {
            // Somebody else marked or mended it.
            Err(StoreError::Conflict) => Ok(()),
            Ok(()) => {
                tracing::error!(client = %asker.client, connection = %asker.connection, code, "the provider refused this client: connections it is refused for wait");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// The client works, if it is refused for nobody else. The tokens are stored by now, whatever becomes of this.
    pub(super) async fn note_accepted(&self, party: &Party) {
        let Some(asker) = party.asker() else { return };
        let nobody_waits = self.refusals.accepted(asker, self.now());
        let is_marked = party.client.as_ref().is_some_and(|client| client.fault.is_some());
        if is_marked
            && nobody_waits
            && let Err(error) = self.clear_fault(asker).await
        {
            tracing::warn!(client = %asker.client, %error, "a client works again, and is still marked as refused");
        }
    }

    async fn clear_fault(&self, asker: Asker) -> Result<(), StoreError> {
        let Some(mut client) = self.store().clients().get(asker.client).await? else { return Ok(()) };
        if client.fault.take().is_none() {
            return Ok(());
        }
        let mut change = self.audited_for(client.tenant, "host", "client.accepted", &asker.client.to_string())?;
        self.store().clients().update(&mut change, &mut client).await?;
        // Where somebody changes it, the next refresh sees how it is.
        self.commit_unless_beaten(change).await
    }
}
