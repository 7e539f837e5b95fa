//! Refresh: one at a time per connection, in a task of its own — intent first, the raw answer sealed before it is read,
//! the result by compare-and-set.

mod settle;

use jackfield_auth::refresh::{self as rules, Failed, Need};
use jackfield_model::{
    connection::{Connection, RefreshState},
    credential::{Credential, TokenSet},
    failure::Failure,
    id::{ConnectionId, TenantId},
    secret::Secret,
    status::Status,
};
use jackfield_runtime::SendError;
use jackfield_store::{JournalEntry, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::{
    Service,
    resolve::{Party, ResolveError},
    token::{Ask, AskError},
};

pub(super) use settle::{Attempt, decoded};

/// What is known of the access token when a refresh is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// It may still work.
    MayWork,
    /// The provider refused it.
    Refused,
}

/// Why there are no new tokens. The ones there are may still work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RefreshError {
    /// It cannot be worked with.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Its method has nothing to refresh with.
    #[error("this connection cannot be refreshed: reauthorize it when its token ends")]
    NotRefreshable,
    /// Its status forbids it.
    #[error("the connection is {0}: reauthorize it")]
    Unusable(Status),
    /// The provider refused the client itself.
    #[error("the provider refused the client ({0}): an operator mends its id or secret, then refreshes go on")]
    ClientFault(String),
    /// It failed a moment ago and waits.
    #[error("a refresh failed a moment ago and is tried again after {until}")]
    Waiting {
        /// When it may be tried again.
        until: Timestamp,
    },
    /// An earlier refresh has no known outcome, and the old token is kept for the last moment.
    #[error(
        "an earlier refresh was never answered: the refresh token is tried once more when the access token is nearly over"
    )]
    Uncertain,
    /// The provider refuses to refresh so early.
    #[error("the provider refuses to refresh while the token has so long to live")]
    TooEarly,
    /// The provider did not give new tokens.
    #[error("{0}")]
    Provider(Failure),
    /// The work was interrupted.
    #[error("the refresh was interrupted: it is settled when the host starts again")]
    Interrupted,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Refreshes now. Whoever asks while one is under way shares its outcome; hanging up ends nothing.
    pub async fn refresh(&self, tenant: TenantId, id: ConnectionId, by: &str) -> Result<Connection, RefreshError> {
        let seen = self.connection(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        self.refresh_from(&seen, by).await
    }

    /// Refreshes the credential that was seen; where a newer one is stored by now, that is the answer.
    pub(super) async fn refresh_from(&self, seen: &Connection, by: &str) -> Result<Connection, RefreshError> {
        self.refresh_seen(seen, Access::MayWork, by).await
    }

    /// As `refresh_from`, when the provider refused the access token: nothing is left to wait for.
    pub(super) async fn refresh_refused(&self, seen: &Connection, by: &str) -> Result<Connection, RefreshError> {
        self.refresh_seen(seen, Access::Refused, by).await
    }

    async fn refresh_seen(&self, seen: &Connection, access: Access, by: &str) -> Result<Connection, RefreshError> {
        let (service, by, seen) = (self.clone(), by.to_owned(), seen.clone());
        let id = seen.id;
        let work = async move { Box::pin(service.refresh_now(&seen, access, &by)).await };
        self.flights.join(id, &self.tasks, work).await
    }

    /// How much life a token must have left to be used: never more than a fifth of a short one.
    pub(super) fn margin(connection: &Connection) -> SignedDuration {
        let since = connection.upkeep.token_since.unwrap_or(connection.updated_at);
        let life = connection.clocks.access.map(|expiry| expiry.at.duration_since(since));
        life.filter(SignedDuration::is_positive).map_or(rules::SAFETY, |life| rules::SAFETY.min(life / 5))
    }

    async fn refresh_now(&self, seen: &Connection, access: Access, by: &str) -> Result<Connection, RefreshError> {
        let (party, credential) = self.resolve(seen.tenant, seen.id).await?;
        if party.connection.version != seen.version {
            return Ok(party.connection);
        }
        if matches!(party.connection.refresh, RefreshState::Refreshing { .. }) {
            // This flight is the only one, so that one ended without an outcome: first what became of it.
            return self.settle_leftover(&party.connection).await;
        }
        let Credential::Tokens(tokens) = credential else { return Err(RefreshError::NotRefreshable) };
        self.check_refreshable(&party, &tokens, access)?;
        let attempt = self.intend(&party, by).await?;
        let answered = match self.ask_token(&party, &Ask::Refresh(&tokens)).await {
            Ok(answered) => answered,
            Err(error) => {
                let failed = if may_have_been_sent(&error) { Failed::Lost } else { Failed::NotSent };
                return self.fail(&party, &attempt, failed, Some(error.failure())).await;
            }
        };
        // Sealed and synced before anybody looks at it: from here on a crash loses nothing.
        if let Err(error) = self.store().journal().append(&attempt.entry, &settle::encoded(&answered)).await {
            tracing::error!(connection = %seen.id, %error, "an answer could not be put into the journal");
        }
        self.settle(party, tokens, &attempt, answered).await
    }

    /// Everything that can be said before a byte is sent.
    fn check_refreshable(&self, party: &Party, tokens: &TokenSet, access: Access) -> Result<(), RefreshError> {
        let connection = &party.connection;
        if !connection.status.is_usable() {
            return Err(RefreshError::Unusable(connection.status));
        }
        let oauth2 = party.method.kind.oauth2().ok_or(RefreshError::NotRefreshable)?;
        if !rules::can_refresh(&oauth2.refresh, tokens) {
            return Err(RefreshError::NotRefreshable);
        }
        if let Some(fault) = party.client.as_ref().and_then(|client| client.fault.as_ref()) {
            return Err(RefreshError::ClientFault(fault.code.clone()));
        }
        let now = self.now();
        match connection.refresh {
            RefreshState::Waiting { until, .. } if now < until => return Err(RefreshError::Waiting { until }),
            RefreshState::Unknown { until, .. }
                if access == Access::MayWork && until.is_none_or(|until| now < until) =>
            {
                return Err(RefreshError::Uncertain);
            }
            _ => {}
        }
        let longest = SignedDuration::from_secs(i64::MAX / 1_000_000_000);
        match rules::on_demand(&oauth2.refresh, &connection.clocks, None, now, longest) {
            Need::TooEarly => Err(RefreshError::TooEarly),
            Need::Fresh | Need::Refresh => Ok(()),
        }
    }

    /// Writes the intent, durably, before the call (security: windows W1 and W2).
    async fn intend(&self, party: &Party, by: &str) -> Result<Attempt, RefreshError> {
        let (tenant, id, version) = (party.connection.tenant, party.connection.id, party.connection.version);
        let since = self.now();
        let mut attempt = None;
        let connections = self.store().connections();
        let amended = connections.amend(tenant, id, |connection, _| {
            if connection.version != version {
                return Err(RefreshError::Interrupted);
            }
            let (attempts, first_sent, resent) = match connection.refresh {
                RefreshState::Idle => (0, since, false),
                RefreshState::Waiting { attempts, .. } => (attempts, since, false),
                RefreshState::Refreshing { attempts, since, .. } => (attempts + 1, since, true),
                RefreshState::Unknown { attempts, since, .. } => (attempts + 1, since, true),
            };
            connection.refresh =
                RefreshState::Refreshing { from_version: version, attempts, since: first_sent, resent };
            let entry =
                JournalEntry { tenant, connection: id, from_version: version, attempt: attempts, sent_at: since };
            attempt = Some(Attempt { entry, first_sent, resent, attempts, by: by.to_owned() });
            Ok(())
        });
        amended.await?.ok_or(ResolveError::NotFound)?;
        attempt.ok_or(RefreshError::Interrupted)
    }
}

/// The secrets a refresh shows the provider, for masking its answer.
fn shown<'a>(tokens: &'a TokenSet, party: &'a Party) -> Vec<&'a Secret> {
    let token = std::iter::once(&tokens.access_token);
    token.chain(&tokens.refresh_token).chain(&party.client_secret).collect()
}

/// Whether the provider may have seen the refresh token: everything after the first byte.
fn may_have_been_sent(error: &AskError) -> bool {
    matches!(error, AskError::Send(SendError::Broken { .. } | SendError::Timeout | SendError::TooLarge { .. }))
}
