//! Looking after connections: those whose time has come are refreshed, or it is said that they end.

use jackfield_auth::{
    refresh as rules,
    upkeep::{self, Duty, Plan, Seen},
};
use jackfield_model::{
    connection::{Connection, TokenState},
    credential::Credential,
    failure::{Advice, Failure},
    manifest::{Method, RefreshRules},
    status::{Happening, IllegalTransition},
};
use jackfield_store::{Change, Due, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::{
    super::{ResolveError, Service, resolve::Party},
    rounds::{LONGEST_PAUSE, host_of},
};

/// When a connection that cannot be worked with, or whose refresh is refused for good, is looked at again.
const LATER: SignedDuration = SignedDuration::from_hours(6);

/// Why a connection was not looked after.
#[derive(Debug, thiserror::Error)]
enum LookError {
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Status(#[from] IllegalTransition),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Begins the upkeep of every connection that is due: read from the index, never by walking the connections.
    pub async fn look_after_connections(&self) -> Result<(), StoreError> {
        self.heed_the_clock().await?;
        let now = self.now();
        let page = move |after: Option<String>, limit| async move {
            self.store().connections().due(now, after.as_deref(), limit).await
        };
        let begin = move |due| async move {
            self.begin(due).await;
            Ok(())
        };
        self.rounds.begin_due(page, begin).await
    }

    /// Returns once everything that housekeeping began has come to its end.
    pub async fn rest(&self) {
        self.rounds.rest().await;
        self.revoking.rest().await;
        self.post.rounds.rest().await;
    }

    /// Gives a due connection its place in the queue of its provider, and a task of its own that waits there.
    async fn begin(&self, due: Due) {
        let (provider, caller) = match self.connection(due.tenant, due.connection).await {
            Ok(Some(connection)) => (provider(&connection), caller(&connection)),
            Ok(None) => return,
            Err(error) => {
                // Named where connections are listed; here it would be named every round.
                tracing::debug!(connection = %due.connection, %error, "a connection that is due cannot be read");
                return;
            }
        };
        if self.rounds.is_paused(&caller, self.now()) {
            return;
        }
        let Some(place) = self.rounds.admit(due, due.tenant, provider) else { return };
        let service = self.clone();
        self.tasks.spawn(async move {
            let Some(_turn) = place.turn().await else { return };
            // Asked for while this one waited: it stays due.
            if service.rounds.is_paused(&caller, service.now()) {
                return;
            }
            let due = place.due();
            if let Err(error) = Box::pin(service.look_after(due)).await {
                tracing::warn!(connection = %due.connection, %error, "a connection could not be looked after");
            }
        });
    }

    async fn look_after(&self, due: Due) -> Result<(), LookError> {
        let resolved = match self.resolve(due.tenant, due.connection).await {
            Ok(resolved) => resolved,
            Err(ResolveError::NotFound) => return Ok(()),
            Err(error) => {
                self.postpone(due).await?;
                return Err(error.into());
            }
        };
        let (party, credential) = resolved;
        if !party.connection.upkeep.is_due(self.now()) {
            return Ok(());
        }
        let Some((claimed, duty)) = self.claim_upkeep(&party, &credential).await? else { return Ok(()) };
        if duty == Duty::Verify {
            return self.verify_unasked(due).await;
        }
        // What it came to is written by the refresh itself: status, timeline, and when to look again.
        if let Err(error) = self.refresh_each(&claimed, "host", |token| ends_now(&claimed, token)).await {
            tracing::info!(connection = %due.connection, %error, "a refresh ahead of time did not succeed");
        }
        Ok(())
    }

    /// Verifies as the tenant wishes; what it says is written like every verify.
    async fn verify_unasked(&self, due: Due) -> Result<(), LookError> {
        if let Err(error) = Box::pin(self.verify(due.tenant, due.connection, "host")).await {
            tracing::info!(connection = %due.connection, %error, "a connection could not be verified unasked");
            return Ok(self.postpone(due).await?);
        }
        let (party, credential) = match self.resolve(due.tenant, due.connection).await {
            Ok(resolved) => resolved,
            Err(ResolveError::NotFound) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let connections = self.store().connections();
        let amended = connections.amend::<StoreError>(due.tenant, due.connection, |found, _| {
            if found.version == party.connection.version {
                self.schedule(&party.method, found, &credential);
            }
            Ok(())
        });
        Ok(amended.await.map(drop)?)
    }

    /// Takes what is due in one step, so that nobody else does it too: says what is to be said, and answers the connection
    /// where it is to be refreshed. A claim that a crash cuts off runs out by itself.
    async fn claim_upkeep(
        &self,
        party: &Party,
        credential: &Credential,
    ) -> Result<Option<(Connection, Duty)>, LookError> {
        let seen = &party.connection;
        let now = self.now();
        let mut claimed = None;
        let connections = self.store().connections();
        let amended = connections.amend::<LookError>(seen.tenant, seen.id, |found, change| {
            claimed = None;
            if found.version != seen.version || !found.upkeep.is_due(now) {
                return Ok(());
            }
            let duty = self.plan(party, found, credential).duty;
            match duty {
                None => {}
                Some(duty @ (Duty::Refresh | Duty::Verify)) => {
                    claimed = Some(duty);
                    found.upkeep.due = Some(now + self.claim_lasts(found));
                    return Ok(());
                }
                Some(Duty::SayNearsEnd(step)) => {
                    found.said.ends = Some(step);
                    self.say(found, change, (Happening::NearsEnd, "nears-end"), None)?;
                }
                Some(Duty::SayEnded) => self.say(found, change, (Happening::GrantLost, "ended"), Some(ended()))?,
            }
            found.upkeep.due = self.plan(party, found, credential).due(now);
            Ok(())
        });
        let found = amended.await?;
        Ok(found.zip(claimed).map(|(found, duty)| (found.record, duty)))
    }

    fn say(
        &self,
        found: &mut Connection,
        change: &mut Change,
        (happening, kind): (Happening, &str),
        failure: Option<Failure>,
    ) -> Result<(), LookError> {
        let note = failure.as_ref().map(|failure| failure.message.clone());
        let note =
            note.unwrap_or_else(|| "The permission ends soon: reauthorize the connection before it does.".into());
        found.happen(happening, failure, self.now())?;
        Ok(self.tell(change, found, kind, "host", Some(note))?)
    }

    /// Longer than any refresh takes, so that nobody begins a second one while the first is under way.
    fn claim_lasts(&self, found: &Connection) -> SignedDuration {
        let longest = SignedDuration::try_from(self.parts.settings.token_timeout).unwrap_or(LATER);
        let spread = i64::try_from(upkeep::spread(found) % 300).unwrap_or(0);
        longest * 2 + SignedDuration::from_mins(5) + SignedDuration::from_secs(spread)
    }

    /// A connection that cannot be worked with now: its connector or client is gone, and may come back.
    async fn postpone(&self, due: Due) -> Result<(), StoreError> {
        let later = self.now() + LATER;
        let connections = self.store().connections();
        let amended = connections.amend::<StoreError>(due.tenant, due.connection, |found, _| {
            found.upkeep.due = Some(later);
            Ok(())
        });
        amended.await.map(drop)
    }

    /// A token endpoint asked for a pause: until then no round asks it as this client. Whoever needs a token still may.
    pub(in crate::service) fn pause_rounds(&self, connection: &Connection, until: Timestamp) {
        self.rounds.pause(caller(connection), until.min(self.now() + LONGEST_PAUSE));
    }

    fn plan(&self, party: &Party, connection: &Connection, credential: &Credential) -> Plan {
        self.plan_of(&party.method, connection, refreshable(&party.method, credential))
    }

    fn plan_of(&self, method: &Method, connection: &Connection, rules: Option<&RefreshRules>) -> Plan {
        let notices = self.habits.of(connection.tenant);
        let verify_every = notices.verify_every_hours.map(|hours| SignedDuration::from_hours(i64::from(hours)));
        let (lifetime, now) = (&method.lifetime, self.now());
        upkeep::plan(&Seen { connection, rules, lifetime, days: &notices.days, verify_every, now })
    }

    /// Sets when a connection is looked at next, from all that is known of it now.
    pub(in crate::service) fn schedule(&self, method: &Method, connection: &mut Connection, credential: &Credential) {
        let now = self.now();
        connection.upkeep.due = self.plan_of(method, connection, refreshable(method, credential)).due(now);
    }

    /// The same for a connection whose refresh failed, which therefore had something to refresh with.
    pub(in crate::service) fn schedule_again(&self, method: &Method, connection: &mut Connection) {
        let now = self.now();
        let rules = method.kind.oauth2().map(|oauth2| &oauth2.refresh);
        connection.upkeep.due = self.plan_of(method, connection, rules).due(now);
    }

    /// Nothing changes by itself: in hours, where nobody does something about it before.
    pub(in crate::service) fn schedule_later(&self, connection: &mut Connection) {
        connection.upkeep.due = Some(self.now() + LATER).filter(|_| connection.status.is_usable());
    }
}

/// How this credential is refreshed; none where there is nothing to refresh it with.
fn refreshable<'a>(method: &'a Method, credential: &Credential) -> Option<&'a RefreshRules> {
    let Credential::Tokens(tokens) = credential else { return None };
    let rules = method.kind.oauth2().map(|oauth2| &oauth2.refresh)?;
    rules::can_refresh(rules, tokens).then_some(rules)
}

/// Whom its refreshes ask: the host name of the token endpoint.
fn provider(connection: &Connection) -> String {
    let endpoints = connection.endpoints.as_ref();
    let url = endpoints.map(|endpoints| endpoints.refresh.as_ref().unwrap_or(&endpoints.token));
    url.and_then(|url| host_of(url)).unwrap_or_else(|| connection.connector.clone())
}

/// As whom its refreshes ask: limits are counted for a client at a provider, so that one tenant's own client costs no
/// other's.
fn caller(connection: &Connection) -> String {
    let client = connection.client.map(|client| client.to_string()).unwrap_or_default();
    format!("{} {client}", provider(connection))
}

fn ended() -> Failure {
    let sentence = "The permission has ended, and nothing but a person can renew it: reauthorize the connection.";
    Failure::new(Advice::Reauthorize, "ended", sentence)
}

/// Whether a token is one of those that are due now: the one that ends first, and what ends with it.
fn ends_now(connection: &Connection, token: &TokenState) -> bool {
    let first = connection.clocks.access.map(|expiry| expiry.at);
    let together =
        |first: Timestamp| token.access.is_some_and(|expiry| expiry.at.duration_since(first) <= rules::SAFETY);
    !token.lost && first.is_none_or(together)
}
