//! Refresh: one at a time per connection, in a task of its own — intent first, the raw answer sealed before it is read,
//! the result by compare-and-set.

mod accepted;
mod left;
mod refreshed;
mod settle;

use jackfield_auth::refresh::{self as rules, Failed, Need};
use jackfield_model::{
    connection::{Connection, RefreshState, TokenState},
    credential::{Credential, TokenSet},
    expiry::Clocks,
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
    /// It has no token of that name.
    #[error("the connection has no token `{given}`: it has {known}")]
    NoToken {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// The grant of this one of its tokens is gone.
    #[error("the grant of the token `{0}` is gone: reauthorize the connection")]
    TokenLost(String),
    /// Its status forbids it.
    #[error("the connection is {0}: reauthorize it")]
    Unusable(Status),
    /// The provider refused the client itself, and this connection waits for that.
    #[error(
        "the provider refuses the client ({0}): it is asked again in some minutes, and at once when an operator mended it"
    )]
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
        self.refresh_each(&seen, by, |_| true).await
    }

    /// Refreshes the tokens that are wanted, each on its own: what one of them meets with keeps no other from its turn.
    /// Answers the first failure; a token that nothing can refresh is none while another can.
    pub(super) async fn refresh_each(
        &self,
        seen: &Connection,
        by: &str,
        wanted: impl Fn(&TokenState) -> bool,
    ) -> Result<Connection, RefreshError> {
        let (mut done, mut lasting, mut failed) = (None, None, None);
        for token in seen.token_names().iter().filter_map(|name| seen.token(name)).filter(wanted) {
            match self.refresh_from(seen, &token.name, by).await {
                Ok(connection) => done = Some(connection),
                Err(RefreshError::NotRefreshable) => lasting = Some(RefreshError::NotRefreshable),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match (failed, done, lasting) {
            (Some(error), ..) | (None, None, Some(error)) => Err(error),
            (None, Some(connection), _) => Ok(connection),
            (None, None, None) => Ok(seen.clone()),
        }
    }

    /// Refreshes a token of the credential that was seen; where a newer one is stored by now, that is the answer.
    pub(super) async fn refresh_from(
        &self,
        seen: &Connection,
        token: &str,
        by: &str,
    ) -> Result<Connection, RefreshError> {
        self.refresh_seen(seen, token, Access::MayWork, by).await
    }

    /// As `refresh_from`, when the provider refused the access token: nothing is left to wait for.
    pub(super) async fn refresh_refused(
        &self,
        seen: &Connection,
        token: &str,
        by: &str,
    ) -> Result<Connection, RefreshError> {
        self.refresh_seen(seen, token, Access::Refused, by).await
    }

    async fn refresh_seen(
        &self,
        seen: &Connection,
        token: &str,
        access: Access,
        by: &str,
    ) -> Result<Connection, RefreshError> {
        loop {
            let (service, by, seen, name) = (self.clone(), by.to_owned(), seen.clone(), token.to_owned());
            let of = (seen.tenant, seen.id);
            let work = async move { Box::pin(service.refresh_now(&seen, &name, access, &by)).await };
            let flown = self.flights.join(of, token, &self.tasks, work).await;
            // One flight at a time for a connection, so this may have been another token's: then ours is next.
            if flown.token == token {
                return flown.outcome;
            }
        }
    }

    /// How much life a token must have left to be used: never more than a fifth of a short one.
    pub(super) fn margin(connection: &Connection, token: &TokenState) -> SignedDuration {
        let since = connection.upkeep.token_since.unwrap_or(connection.updated_at);
        let life = token.access.map(|expiry| expiry.at.duration_since(since));
        life.filter(SignedDuration::is_positive).map_or(rules::SAFETY, |life| rules::SAFETY.min(life / 5))
    }

    async fn refresh_now(
        &self,
        seen: &Connection,
        token: &str,
        access: Access,
        by: &str,
    ) -> Result<Connection, RefreshError> {
        let (mut party, mut credential) = self.resolve(seen.tenant, seen.id).await?;
        let state = known(&party.connection, token)?;
        if state.version > seen.version {
            return Ok(party.connection);
        }
        for name in party.connection.token_names() {
            if party.connection.token(&name).is_some_and(|state| is_open(&state)) {
                // This flight is the only one, so that one ended without an outcome: first what became of it.
                let settled = self.settle_leftover(&party.connection, &name).await;
                if name == token {
                    return settled;
                }
                (party, credential) = self.resolve(seen.tenant, seen.id).await?;
            }
        }
        let Credential::Tokens(tokens) = credential else { return Err(RefreshError::NotRefreshable) };
        let tokens = tokens.led_by(token).ok_or(RefreshError::NotRefreshable)?;
        if access == Access::MayWork && self.is_past_grace(&party, token)? {
            return self.settle_unanswered(&party.connection, token).await;
        }
        self.check_refreshable(&party, &tokens, access)?;
        let attempt = self.intend(&party, token, by).await?;
        let ask = match party.connection.step {
            Some(step) => Ask::Further { step, tokens: &tokens },
            None => Ask::Refresh(&tokens),
        };
        let answered = match self.ask_token(&party, &ask).await {
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

    /// Whether an earlier refresh has no known outcome, and the provider takes its token for theft from now on.
    fn is_past_grace(&self, party: &Party, token: &str) -> Result<bool, RefreshError> {
        let state = known(&party.connection, token)?;
        let RefreshState::Unknown { since, until: Some(until), .. } = state.refresh else { return Ok(false) };
        let (now, ends) = (self.now(), state.access.map(|expiry| expiry.at));
        let over = |oauth2| rules::grace_is_over(&party.refresh_rules(oauth2), since, ends, now);
        Ok(until <= now && party.method.kind.oauth2().is_some_and(over))
    }

    /// Everything that can be said before a byte is sent.
    fn check_refreshable(&self, party: &Party, tokens: &TokenSet, access: Access) -> Result<(), RefreshError> {
        let connection = &party.connection;
        if !connection.status.is_usable() {
            return Err(RefreshError::Unusable(connection.status));
        }
        let state = known(connection, &tokens.name)?;
        if state.lost {
            return Err(RefreshError::TokenLost(state.name));
        }
        let oauth2 = party.method.kind.oauth2().ok_or(RefreshError::NotRefreshable)?;
        let due = connection.step.is_some();
        if !due && !rules::can_refresh(&oauth2.refresh, tokens) {
            return Err(RefreshError::NotRefreshable);
        }
        let now = self.now();
        match state.refresh {
            RefreshState::Waiting { until, .. } if now < rules::wait_ends(until, now) => {
                return Err(RefreshError::Waiting { until });
            }
            RefreshState::Unknown { until, .. }
                if access == Access::MayWork && until.is_none_or(|until| now < until) =>
            {
                return Err(RefreshError::Uncertain);
            }
            _ => {}
        }
        let longest = SignedDuration::from_secs(i64::MAX / 1_000_000_000);
        let clocks = Clocks { access: state.access, ..connection.clocks };
        if !due && rules::on_demand(&oauth2.refresh, &clocks, None, now, longest) == Need::TooEarly {
            return Err(RefreshError::TooEarly);
        }
        self.check_accepted(party)
    }

    /// Last of all: whoever may ask here asks for everybody who waits with them (CORE-12).
    fn check_accepted(&self, party: &Party) -> Result<(), RefreshError> {
        let Some(asker) = party.asker() else { return Ok(()) };
        if self.refusals.may_ask(asker, self.now()) {
            return Ok(());
        }
        let fault = party.client.as_ref().and_then(|client| client.fault.as_ref());
        let code = fault.map_or("invalid_client", |fault| fault.code.as_str());
        Err(RefreshError::ClientFault(code.to_owned()))
    }

    /// Writes the intent, durably, before the call (security: windows W1 and W2).
    async fn intend(&self, party: &Party, token: &str, by: &str) -> Result<Attempt, RefreshError> {
        let (tenant, id, version) = (party.connection.tenant, party.connection.id, party.connection.version);
        let since = self.now();
        let mut attempt = None;
        let connections = self.store().connections();
        let amended = connections.amend(tenant, id, |connection, _| {
            if connection.version != version {
                return Err(RefreshError::Interrupted);
            }
            let mut state = known(connection, token)?;
            let (attempts, first_sent, resent) = match state.refresh {
                RefreshState::Idle => (0, since, false),
                RefreshState::Waiting { attempts, .. } => (attempts, since, false),
                RefreshState::Refreshing { attempts, since, .. } => (attempts + 1, since, true),
                RefreshState::Unknown { attempts, since, .. } => (attempts + 1, since, true),
            };
            state.refresh = RefreshState::Refreshing { from_version: version, attempts, since: first_sent, resent };
            connection.put_token(state);
            let entry = JournalEntry {
                tenant,
                connection: id,
                token: token.to_owned(),
                from_version: version,
                attempt: attempts,
                sent_at: since,
            };
            attempt = Some(Attempt { entry, first_sent, resent, attempts, by: by.to_owned() });
            Ok(())
        });
        amended.await?.ok_or(ResolveError::NotFound)?;
        attempt.ok_or(RefreshError::Interrupted)
    }
}

/// The secrets a refresh shows the provider, for masking its answer.
fn shown<'a>(tokens: &'a TokenSet, party: &'a Party) -> Vec<&'a Secret> {
    tokens.secrets().chain(&party.client_secret).collect()
}

/// How the named token stands.
pub(super) fn known(connection: &Connection, token: &str) -> Result<TokenState, RefreshError> {
    connection.token(token).ok_or_else(|| RefreshError::NoToken {
        given: token.chars().take(64).collect(),
        known: connection.token_names().iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(", "),
    })
}

/// Whether its refresh was begun and has no outcome.
pub(super) fn is_open(token: &TokenState) -> bool {
    matches!(token.refresh, RefreshState::Refreshing { .. })
}

/// Whether the provider may have seen the refresh token: everything after the first byte.
fn may_have_been_sent(error: &AskError) -> bool {
    matches!(error, AskError::Send(SendError::Broken { .. } | SendError::Timeout | SendError::TooLarge { .. }))
}
