//! Twins: the same account connected twice. It is noticed when it happens, and said before one of them is ended.

use jackfield_model::{
    client::Client,
    connection::Connection,
    id::ConnectionId,
    manifest::{Method, MethodKind, Reach, Revocation},
    status::Status,
};
use jackfield_store::StoreError;

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
            Some(client) => self.client(client).await?,
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
        let (Some(client), Some(account)) = (client, &connection.account) else { return Ok(vec![]) };
        let asked = matches!(method.revocation, Revocation::Rfc7009 | Revocation::Hook);
        // A client's own tokens rest on no person's consent.
        let granted = matches!(method.kind, MethodKind::OAuth2Code(_));
        if !(asked && granted && method.revocation_ends == Reach::Account) {
            return Ok(vec![]);
        }
        let registered = self.clients().await?.into_iter().filter(|other| other.is_same_registration(client));
        let same: Vec<_> = registered.map(|other| other.id).collect();
        let all = self.store().connections().of_account(connection.tenant, &connection.connector, &account.id).await?;
        let mut sharing: Vec<_> = all.into_iter().map(|other| other.record).collect();
        sharing.retain(|other| other.client.is_some_and(|id| same.contains(&id)) && other.status != Status::Revoked);
        Ok(sharing)
    }
}
