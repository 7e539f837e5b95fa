//! Twins: the same account connected twice. It is noticed when it happens, and said before one of them is ended.

use jackfield_model::{
    connection::Connection,
    credential::Credential,
    id::ConnectionId,
    manifest::{MethodKind, Reach, Revocation},
    status::Status,
};
use jackfield_store::{Change, StoreError};

use super::Service;

/// How many connections a line of the timeline names.
const NAMED: usize = 5;

impl Service {
    /// The tenant's other connections through the same connector to the same account, oldest first.
    pub async fn same_account(&self, connection: &Connection) -> Result<Vec<ConnectionId>, StoreError> {
        self.store().connections().ids_of_same_account(connection, usize::MAX).await
    }

    /// The sentence of a timeline about an account that is connected already; none where it is not.
    pub(super) async fn noted(&self, connection: &Connection, label: &str) -> Result<Option<String>, StoreError> {
        let others = self.store().connections().ids_of_same_account(connection, NAMED + 1).await?;
        let listed: Vec<String> = others.iter().take(NAMED).map(ToString::to_string).collect();
        let more = if others.len() > NAMED { " and more" } else { "" };
        Ok((!listed.is_empty()).then(|| format!("{label} is connected already: {}{more}.", listed.join(", "))))
    }

    /// Those of them that live on the same grant, as far as anybody can tell: made with the same client, at a provider
    /// whose revocation may end all an account granted it.
    pub(super) async fn twins(&self, connection: &Connection) -> Result<Vec<Connection>, StoreError> {
        let Some(client) = connection.client else { return Ok(vec![]) };
        let connector = self.store().connectors().get(&connection.connector).await?;
        let method = connector.as_ref().and_then(|connector| connector.manifest.method(&connection.method));
        let reaches = method.is_some_and(|method| {
            let asked = matches!(method.revocation, Revocation::Rfc7009 | Revocation::Hook);
            // A client's own tokens rest on no person's consent.
            let granted = matches!(method.kind, MethodKind::OAuth2Code(_));
            asked && granted && method.revocation_ends == Reach::Account
        });
        if !reaches {
            return Ok(vec![]);
        }
        let others = self.store().connections().of_same_account(connection).await?.into_iter();
        let alive = others.filter(|other| other.client == Some(client) && other.status != Status::Revoked);
        Ok(alive.map(|other| other.record).collect())
    }

    /// Stages the end of a credential that nothing will use any more; not where that would end a twin.
    pub(super) async fn discard_in(
        &self,
        change: &mut Change,
        connection: &Connection,
        credential: &Credential,
    ) -> Result<(), StoreError> {
        if self.twins(connection).await?.is_empty() {
            self.store().revocations().create(change, &self.revocation_of(connection)?, credential).await?;
        }
        Ok(())
    }
}
