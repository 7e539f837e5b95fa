//! Settling: what an answer, or its absence, does to the connection — also for answers found in the journal at start-up.

use data_encoding::BASE64;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use jackfield_auth::{
    id_token::is_same_subject,
    refresh::{self as rules, Cause, Failed, Next, Situation},
    token::{RefreshOutcome, TokenError},
};
use jackfield_model::{
    connection::{Connection, RefreshState},
    credential::{Credential, TokenSet},
    failure::{Advice, Failure},
    secret::Secret,
    status::Happening,
};
use jackfield_store::{Change, JournalEntry, StoreError, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::{
    super::{Service, resolve::Party, resolve::ResolveError, token::Answered, token::AskError},
    RefreshError, known,
    refreshed::Refreshed,
};

/// A refresh under way.
pub(in crate::service) struct Attempt {
    /// What it answers to in the journal.
    pub(in crate::service) entry: JournalEntry,
    /// When its refresh token was first shown without an answer.
    pub(in crate::service) first_sent: Timestamp,
    /// Whether it was shown before.
    pub(in crate::service) resent: bool,
    /// Tries before this one.
    pub(in crate::service) attempts: u32,
    /// Who asked.
    pub(in crate::service) by: String,
}

/// A response as it lies, sealed, in the journal.
#[derive(Serialize, Deserialize)]
struct Written {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    sent_at: Timestamp,
}

/// The bytes of an answer for the journal.
pub(super) fn encoded(answered: &Answered) -> Zeroizing<Vec<u8>> {
    let headers = answered.response.headers().iter();
    let text = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let mut written = Written {
        status: answered.response.status().as_u16(),
        headers: text.collect(),
        body: BASE64.encode(answered.response.body()),
        sent_at: answered.sent_at,
    };
    let bytes = Zeroizing::new(serde_json::to_vec(&written).unwrap_or_default());
    written.body.zeroize();
    bytes
}

/// An answer from the journal's bytes; none where they are no answer.
pub(in crate::service) fn decoded(bytes: &[u8]) -> Option<Answered> {
    let written: Written = serde_json::from_slice(bytes).ok()?;
    let mut response = Response::new(BASE64.decode(written.body.as_bytes()).ok()?);
    *response.status_mut() = StatusCode::from_u16(written.status).ok()?;
    for (name, value) in written.headers {
        let name: HeaderName = name.parse().ok()?;
        response.headers_mut().append(name, HeaderValue::try_from(value).ok()?);
    }
    Some(Answered { response, sent_at: written.sent_at })
}

impl Service {
    /// Reads an answer that lies in the journal and stores what it means.
    pub(in crate::service) async fn settle(
        &self,
        party: Party,
        old: TokenSet,
        attempt: &Attempt,
        answered: Answered,
    ) -> Result<Connection, RefreshError> {
        let read = {
            let shown: Vec<&Secret> = super::shown(&old, &party);
            self.read_refreshed(&party, &answered, &old.name, &shown).await
        };
        match read.and_then(|outcome| Ok(outcome.beside(&old)?)) {
            Ok(outcome) => match self.other_subject(&party, &outcome).await {
                None => self.store_refreshed(&party, old, attempt, outcome).await,
                Some(failure) => self.refuse(&party, attempt, failure).await,
            },
            Err(AskError::Token(error)) => {
                let failure = error.failure();
                self.fail(&party, attempt, Failed::Answered(&error), Some(failure)).await
            }
            Err(error) => self.leave_unread(&party, old, &attempt.entry, &answered, &error).await,
        }
    }

    /// ID-3: a refresh never changes whose connection it is.
    async fn other_subject(&self, party: &Party, outcome: &RefreshOutcome) -> Option<Failure> {
        let RefreshOutcome::Replaced(tokens) = outcome else { return None };
        tokens.id_token.as_ref()?;
        let pinned = Some(party.connection.subject.as_deref()?);
        match self.subject(party, tokens, None).await {
            Ok(subject) if is_same_subject(pinned, &subject) => None,
            Ok(_) => {
                let sentence = "The refreshed token belongs to another account than this connection: reauthorize it.";
                Some(Failure::new(Advice::Reauthorize, "other-account", sentence))
            }
            Err(error) => {
                tracing::warn!(connection = %party.connection.id, %error, "the ID token of a refresh was not believed, and is not used");
                None
            }
        }
    }

    /// Stores new tokens before anybody is told of them (REF-2).
    async fn store_refreshed(
        &self,
        party: &Party,
        old: TokenSet,
        attempt: &Attempt,
        outcome: RefreshOutcome,
    ) -> Result<Connection, RefreshError> {
        let (entry, before) = (&attempt.entry, &party.connection);
        let kind = if before.step.is_some() { "step-taken" } else { "refreshed" };
        let refreshed = Refreshed::of(party, old, outcome)?;
        loop {
            let Some(mut found) = self.store().connections().get(entry.tenant, entry.connection).await? else {
                return self.discard_refreshed(party, entry, &refreshed.credential).await;
            };
            let mut change = Change::new();
            self.store().journal().done(&mut change, entry).await?;
            if is_replaced(&found, entry) {
                // Reauthorized meanwhile: what a person did is newer than this answer.
                self.store().commit(change).await?;
                return Ok(found.record);
            }
            if found.version != before.version {
                // Another token was stored since this credential was read: the answer stays in the journal.
                return Err(RefreshError::Interrupted);
            }
            refreshed.enter(&mut found, &party.method, entry);
            let now = self.now();
            found.happen(Happening::Refreshed, None, now).map_err(|_| ResolveError::NotFound)?;
            self.schedule(&party.method, &mut found, &refreshed.credential);
            self.tell(&mut change, &mut found, kind, &attempt.by, None)?;
            self.store().connections().put_credential(&mut change, &mut found, &refreshed.credential).await?;
            match self.store().commit(change).await {
                Ok(()) => {
                    self.metrics.refreshed(kind);
                    self.note_accepted(party).await;
                    return Ok(found.record);
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Deleted meanwhile: the tokens of this answer are ended, not forgotten (REV-5).
    pub(super) async fn discard_refreshed(
        &self,
        party: &Party,
        entry: &JournalEntry,
        credential: &Credential,
    ) -> Result<Connection, RefreshError> {
        let like = self.revocation_of(&party.connection)?;
        Box::pin(self.discard(party, &like, credential, Some(entry))).await?;
        Err(ResolveError::NotFound.into())
    }

    /// Ends the grant for a reason that is no question of trying again.
    async fn refuse(&self, party: &Party, attempt: &Attempt, failure: Failure) -> Result<Connection, RefreshError> {
        let outcome = (&Next::Reauthorize(Cause::Revoked), RefreshState::Idle);
        self.write_outcome(party, attempt, outcome, &failure).await?;
        Err(RefreshError::Provider(failure))
    }

    /// Decides what a failure means, writes it, and says it.
    pub(in crate::service) async fn fail(
        &self,
        party: &Party,
        attempt: &Attempt,
        failed: Failed<'_>,
        failure: Option<Failure>,
    ) -> Result<Connection, RefreshError> {
        let Some(oauth2) = party.method.kind.oauth2() else { return Err(RefreshError::NotRefreshable) };
        let entry = &attempt.entry;
        let stored = self.connection(entry.tenant, entry.connection).await?.ok_or(ResolveError::NotFound)?;
        let state = known(&stored, &entry.token)?;
        let [random, ..] = self.random_bytes()?.map(u64::from);
        let situation = Situation {
            from_version: entry.from_version,
            stored_version: state.version,
            access_ends: state.access.map(|expiry| expiry.at),
            first_sent: attempt.first_sent,
            resent: attempt.resent,
            attempts: attempt.attempts,
            now: self.now(),
            random,
        };
        let next = rules::next(&party.refresh_rules(oauth2), failed, &situation);
        let failure = naming(&entry.token, said(&next, failure));
        if let (Failed::Answered(TokenError::RateLimited { .. }), Next::RetryAt(until)) = (failed, &next) {
            self.pause_rounds(&party.connection, *until);
        }
        let state = state_after(&next, attempt, is_unknown(failed));
        let after = self.write_outcome(party, attempt, (&next, state), &failure).await?;
        match next {
            // REF-5: somebody else has the newer token; nothing is lost.
            Next::UseNewer => Ok(after),
            _ => Err(RefreshError::Provider(failure)),
        }
    }

    async fn write_outcome(
        &self,
        party: &Party,
        attempt: &Attempt,
        (next, state): (&Next, RefreshState),
        failure: &Failure,
    ) -> Result<Connection, RefreshError> {
        let entry = &attempt.entry;
        if let Next::ClientRefused(error) = next {
            self.note_refused(party, error.code.name()).await?;
        }
        loop {
            let found = self.store().connections().get(entry.tenant, entry.connection).await?;
            let mut found: Versioned<Connection> = found.ok_or(ResolveError::NotFound)?;
            let mut change = Change::new();
            self.store().journal().done(&mut change, entry).await?;
            if let Some(mut token) = found.token(&entry.token).filter(|_| !is_replaced(&found, entry)) {
                token.refresh = state;
                token.failure = Some(failure.clone());
                token.lost |= next.happening() == Some(Happening::GrantLost);
                found.put_token(token);
                if let Some(happening) = happening(next, &found) {
                    let now = self.now();
                    found.happen(happening, Some(failure.clone()), now).map_err(|_| ResolveError::NotFound)?;
                }
                match next {
                    Next::ClientRefused(_) => {}
                    Next::Flag | Next::ScopeMissing(_) => self.schedule_later(&mut found),
                    _ => self.schedule_again(&party.method, &mut found),
                }
                let kind = if found.step.is_some() { "step-failed" } else { "refresh-failed" };
                self.tell(&mut change, &mut found, kind, &attempt.by, Some(failure.message.clone()))?;
                self.store().connections().update(&mut change, &mut found).await?;
            }
            match self.store().commit(change).await {
                Ok(()) => {
                    self.metrics.refreshed(next.word());
                    return Ok(found.record);
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether the token that was refreshed has a successor already, or is gone.
fn is_replaced(connection: &Connection, entry: &JournalEntry) -> bool {
    connection.token(&entry.token).is_none_or(|token| token.version > entry.from_version)
}

/// What happens to the connection: one lost token of several leaves the others in use.
fn happening(next: &Next, connection: &Connection) -> Option<Happening> {
    match next.happening() {
        Some(Happening::GrantLost) if !connection.all_lost() => Some(Happening::TokenLost),
        other => other,
    }
}

/// Says which of several tokens a failure is about.
fn naming(token: &str, mut failure: Failure) -> Failure {
    if !token.is_empty() {
        failure.message = format!("The token `{token}`: {}", failure.message);
    }
    failure
}

/// Whether the refresh token may be spent.
fn is_unknown(failed: Failed<'_>) -> bool {
    match failed {
        Failed::NotSent => false,
        Failed::Lost => true,
        Failed::Answered(error) => error.outcome_is_unknown(),
    }
}

/// A token that may be spent stays marked as such, however soon it is tried again.
fn state_after(next: &Next, attempt: &Attempt, unknown: bool) -> RefreshState {
    let unknown_until = |until: Option<Timestamp>| RefreshState::Unknown {
        from_version: attempt.entry.from_version,
        attempts: attempt.attempts,
        since: attempt.first_sent,
        until,
    };
    match next {
        Next::RetryAt(until) if unknown => unknown_until(Some(*until)),
        Next::RetryAt(until) => RefreshState::Waiting { attempts: attempt.attempts + 1, until: *until },
        Next::Uncertain(until) => unknown_until(*until),
        _ => RefreshState::Idle,
    }
}

/// The failure a person and a program are told.
fn said(next: &Next, failure: Option<Failure>) -> Failure {
    match next {
        Next::Reauthorize(Cause::RotationLost) => Failure::new(
            Advice::Reauthorize,
            "rotation-lost",
            "An earlier answer with a new refresh token never arrived, and the provider no longer takes the old one: reauthorize the connection.",
        ),
        Next::Uncertain(_) => Failure::new(
            Advice::Retry(None),
            "refresh-uncertain",
            "The provider did not answer a refresh, so the refresh token may be spent: the connection may need to be reauthorized.",
        ),
        _ => failure.unwrap_or_else(|| {
            Failure::new(Advice::ProviderDown, "refresh-failed", "The provider gave no new tokens.")
        }),
    }
}
