//! Twins: the same account connected twice. It is noticed when it happens, and said before one of them is ended.

use jackfield_model::{
    client::Client,
    connection::Connection,
    id::{ClientId, ConnectionId},
    manifest::{Method, MethodKind, Reach, Revocation},
    status::Status,
};
use jackfield_store::{StoreError, if_readable};

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

    /// Those of them that live on the same grant, as far as anybody can tell.
    pub(super) async fn twins(&self, connection: &Connection) -> Result<Vec<Connection>, StoreError> {
        let connector = self.store().connectors().get(&connection.connector).await?;
        let method = connector.as_ref().and_then(|connector| connector.manifest.method(&connection.method));
        let Some(method) = method else { return Ok(vec![]) };
        let client = match connection.client {
            Some(client) => if_readable(self.client(client).await)?,
            None => None,
        };
        let mut sharing = self.on_its_grant(connection, client.as_ref(), method).await?;
        sharing.retain(|other| other.id != connection.id);
        Ok(sharing)
    }

    /// The connections that are there and live on the grant of one that may be gone, as its client may: made as the same
    /// client of the provider's, whose revocation may end all an account granted it.
    pub(super) async fn on_its_grant(
        &self,
        connection: &Connection,
        client: Option<&Client>,
        method: &Method,
    ) -> Result<Vec<Connection>, StoreError> {
        let (Some(id), Some(account)) = (connection.client, &connection.account) else { return Ok(vec![]) };
        let asked = matches!(method.revocation, Revocation::Rfc7009 | Revocation::Hook);
        // A client's own tokens rest on no person's consent.
        let granted = matches!(method.kind, MethodKind::OAuth2Code(_));
        if !(asked && granted && method.revocation_ends == Reach::Account) {
            return Ok(vec![]);
        }
        let all = self.store().connections().of_account(connection.tenant, &connection.connector, &account.id).await?;
        let mut sharing = Vec::new();
        for other in all.into_iter().filter(|other| other.status != Status::Revoked) {
            if other.client == Some(id) || self.is_same_client(client, other.client).await? {
                sharing.push(other.record);
            }
        }
        Ok(sharing)
    }

    /// Whether a connection was made through another entry of a client; not where either entry cannot be read.
    async fn is_same_client(&self, client: Option<&Client>, other: Option<ClientId>) -> Result<bool, StoreError> {
        let (Some(client), Some(other)) = (client, other) else { return Ok(false) };
        let other = if_readable(self.client(other).await)?;
        Ok(other.is_some_and(|other| other.is_same_registration(client)))
    }
}
