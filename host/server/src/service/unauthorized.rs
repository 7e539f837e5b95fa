//! A 401 reported by a caller: one refresh for everybody who saw the same token refused.

use jackfield_model::{
    connection::{Connection, TokenState},
    id::{ConnectionId, TenantId},
};

use super::{RefreshError, ResolveError, Service, refresh::known};

/// The credential a provider refused.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// The version of the lease.
    pub version: u64,
    /// Which of several tokens; none is the first.
    pub token: Option<&'a str>,
}

impl Service {
    /// Refreshes the token if the one of `version` is still in use; an old report changes nothing.
    pub async fn unauthorized(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        refused: Refused<'_>,
        by: &str,
    ) -> Result<Connection, RefreshError> {
        let connection = self.connection(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        let token = known(&connection, refused.token.unwrap_or(connection.first_token()))?;
        let current = token.version <= refused.version && refused.version <= connection.version;
        if current { self.refresh_refused(&connection, &token.name, by).await } else { Ok(connection) }
    }

    /// Refreshes each token that is over.
    pub(super) async fn refresh_if_over(&self, tenant: TenantId, id: ConnectionId) -> Result<(), RefreshError> {
        let Some(connection) = self.connection(tenant, id).await? else { return Ok(()) };
        if connection.status.is_usable() {
            let now = self.now();
            let over = |token: &TokenState| !token.covers(now, Self::margin(&connection, token)) && !token.lost;
            self.refresh_each(&connection, "host", over).await?;
        }
        Ok(())
    }
}
