//! A 401 reported by a caller: one refresh for everybody who saw the same token refused.

use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, TenantId},
};

use super::{RefreshError, ResolveError, Service};

impl Service {
    /// Refreshes if `version` is still the current credential; an old report changes nothing.
    pub async fn unauthorized(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        version: u64,
        by: &str,
    ) -> Result<Connection, RefreshError> {
        let connection = self.connection(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        if connection.version == version { self.refresh_refused(&connection, by).await } else { Ok(connection) }
    }

    /// Refreshes where the access token is over.
    pub(super) async fn refresh_if_over(&self, tenant: TenantId, id: ConnectionId) -> Result<(), RefreshError> {
        let Some(connection) = self.connection(tenant, id).await? else { return Ok(()) };
        let over = !connection.clocks.access_covers(self.now(), Self::margin(&connection));
        if connection.status.is_usable() && over {
            self.refresh_from(&connection, "host").await?;
        }
        Ok(())
    }
}
