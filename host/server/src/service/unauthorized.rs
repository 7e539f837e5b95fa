//! A 401 reported by a caller: one refresh for everybody who saw the same token refused.

use jackfield_model::{
    connection::{Connection, TokenState},
    credential::Credential,
    id::{ConnectionId, TenantId},
};

use super::{RefreshError, ResolveError, Service, refresh::known, resolve::Party};

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

    /// Loads a connection as `resolve` does; where a token of it is over, that is refreshed first. Where the refresh does not
    /// succeed, the token there is may still work: the provider says.
    pub(super) async fn resolve_fresh(
        &self,
        tenant: TenantId,
        id: ConnectionId,
    ) -> Result<(Party, Credential), ResolveError> {
        let found = self.store().connections().open(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        let (connection, credential) = (found.0.record, found.1);
        let now = self.now();
        let over = |token: &TokenState| !token.covers(now, Self::margin(&connection, token)) && !token.lost;
        let tokens = connection.token_names();
        let is_over = tokens.iter().filter_map(|name| connection.token(name)).any(|token| over(&token));
        if connection.status.is_usable() && is_over {
            let _ = self.refresh_each(&connection, "host", over).await;
            return self.resolve(tenant, id).await;
        }
        let credential = credential.ok_or(ResolveError::NoCredential)?;
        Ok((self.party(connection).await?, credential))
    }
}
