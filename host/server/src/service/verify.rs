//! Verify: asks the provider whether a credential works and whose it is; never changes the credential.

use std::time::{Duration, Instant};

use jackfield_auth::upkeep::{DOUBTS, asked_again_at};
use jackfield_model::{
    account::Account,
    connection::{Connection, Verification},
    credential::Credential,
    failure::{Advice, Failure},
    id::{ConnectionId, TenantId},
    status::{Happening, Status},
};
use jackfield_runtime::{Hook, Verified};
use jackfield_store::{Change, StoreError};
use jiff::Timestamp;

use super::{RefreshError, ResolveError, Service, outcome, resolve::Party, target::Pointed, unauthorized::Refused};

/// Why a verify could not even be asked. A provider's refusal is no error: it is in the connection's verification.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VerifyError {
    /// It cannot be worked with.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Its status forbids it.
    #[error("the connection is {0}: there is nothing to verify")]
    Ended(Status),
    /// A person has to choose first what it points at.
    #[error("the connection waits for a choice among its {0} targets: choose one, then it is verified")]
    ChooseTarget(usize),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An answer of `verify` and how long it took.
pub(super) struct Answer {
    pub(super) result: Result<Account, Failure>,
    pub(super) latency_ms: u64,
    /// What of the account could not be taken, for its timeline.
    left_out: Option<String>,
    /// Whether it says something about the connection, and not only about a token whose refresh has to wait.
    decides: bool,
}

/// A connection after its provider was asked about it.
pub(super) enum Asked {
    /// What its connector said, or why it could not.
    Answered(Box<Party>, Answer),
    /// A person has to choose first what it points at: this is how it stands.
    Open(Box<Connection>),
}

/// What a verify found out about a connection.
pub(super) struct Finding {
    answer: Answer,
    /// What is to be said where the account is connected already.
    already: Option<String>,
}

impl Answer {
    /// A failure before anything could be verified.
    pub(super) fn failed(failure: Failure, took: Duration) -> Self {
        Self { result: Err(failure), latency_ms: milliseconds(took), left_out: None, decides: true }
    }

    /// A refused token whose refresh waits is no lost grant: what the refresh says is the reason.
    fn explain(&mut self, error: &RefreshError) {
        match error {
            RefreshError::NotRefreshable | RefreshError::Unusable(_) | RefreshError::Resolve(_) => {}
            RefreshError::Provider(failure) => {
                self.decides = failure.advice == Advice::Reauthorize;
                self.result = Err(failure.clone());
            }
            waiting => {
                self.decides = false;
                self.result = Err(Failure::new(Advice::Retry(None), "refresh-waits", &waiting.to_string()));
            }
        }
    }
}

impl Service {
    /// Verifies a connection; refreshes first where its token is over.
    pub async fn verify(&self, tenant: TenantId, id: ConnectionId, by: &str) -> Result<Connection, VerifyError> {
        let (party, credential) = self.resolve_fresh(tenant, id).await?;
        if party.connection.status == Status::Revoked {
            return Err(VerifyError::Ended(party.connection.status));
        }
        if !party.connection.target.choices().is_empty() {
            return Err(VerifyError::ChooseTarget(party.connection.target.choices().len()));
        }
        let asked = self.ask_about(party, &credential, by).await?;
        let asked = self.ask_refreshed(asked, by).await?;
        self.record_asked(asked, by).await
    }

    /// Asks what a stored connection points at, where nobody did yet, and then whose it is.
    pub(super) async fn ask_about(
        &self,
        party: Party,
        credential: &Credential,
        by: &str,
    ) -> Result<Asked, VerifyError> {
        Ok(match self.point(party, credential, by).await? {
            Pointed::At(party) => {
                let answer = self.ask(&party, credential).await;
                Asked::Answered(party, answer)
            }
            Pointed::Unknown(party, answer) => Asked::Answered(party, answer),
            Pointed::Open(connection) => Asked::Open(connection),
        })
    }

    /// BEAR-2: a refused token is refreshed once, where it can be, before the grant is called lost.
    async fn ask_refreshed(&self, asked: Asked, by: &str) -> Result<Asked, VerifyError> {
        let (party, mut answer) = match asked {
            Asked::Answered(party, answer) if may_be_stale(&party, &answer) => (party, answer),
            other => return Ok(other),
        };
        let Connection { tenant, id, version, .. } = party.connection;
        match self.unauthorized(tenant, id, Refused { version, token: None }, "host").await {
            Ok(connection) if connection.version > version => {
                let (party, credential) = self.resolve(tenant, id).await?;
                return self.ask_about(party, &credential, by).await;
            }
            Ok(_) => {}
            Err(error) => answer.explain(&error),
        }
        Ok(Asked::Answered(party, answer))
    }

    /// Writes what came of asking; how the connection stands then.
    pub(super) async fn record_asked(&self, asked: Asked, by: &str) -> Result<Connection, VerifyError> {
        match asked {
            Asked::Answered(party, answer) => self.record_verify(&party.connection, answer, by).await,
            Asked::Open(connection) => Ok(*connection),
        }
    }

    /// Calls the connector's `verify` with a credential, stored or not.
    pub(super) async fn ask(&self, party: &Party, credential: &Credential) -> Answer {
        let started = Instant::now();
        let result = match party.context(Hook::Verify, Some(credential), self.parts.outbound.egress(), self.now()) {
            Err(denial) => Err(Failure::new(Advice::Misconfigured, denial.rule, &denial.message)),
            Ok(context) => self.parts.runtime.verify(context).await.result.map_err(|error| {
                tracing::warn!(connector = %party.connector.name, kind = error.kind(), "verify did not succeed");
                outcome::with_actions(party.manifest(), outcome::of_call(&error))
            }),
        };
        let latency_ms = milliseconds(started.elapsed());
        let (result, left_out) = match result {
            Ok(Verified { account, left_out }) => (Ok(account), left_out),
            Err(failure) => (Err(failure), None),
        };
        Answer { result, latency_ms, left_out, decides: true }
    }

    /// Writes what a verify found. What it found out about a credential that was replaced meanwhile says nothing
    /// about the one there is, and is not written.
    pub(super) async fn record_verify(
        &self,
        seen: &Connection,
        answer: Answer,
        by: &str,
    ) -> Result<Connection, VerifyError> {
        let finding = self.finding(seen, answer).await?;
        let connections = self.store().connections();
        let amended = connections.amend::<StoreError>(seen.tenant, seen.id, |connection, change| {
            if connection.version != seen.version {
                return Ok(());
            }
            self.enter_finding(change, connection, &finding, by)
        });
        Ok(amended.await?.ok_or(ResolveError::NotFound)?.record)
    }

    /// What an answer means for a connection, stored or not.
    pub(super) async fn finding(&self, seen: &Connection, answer: Answer) -> Result<Finding, StoreError> {
        self.metrics.verified(answer.result.as_ref().err().map(|failure| &failure.advice));
        let already = self.connected_already(seen, &answer).await?;
        Ok(Finding { answer, already })
    }

    /// Enters it into the connection, which is staged after it, and stages what is told of it.
    pub(super) fn enter_finding(
        &self,
        change: &mut Change,
        connection: &mut Connection,
        finding: &Finding,
        by: &str,
    ) -> Result<(), StoreError> {
        apply(connection, &finding.answer, by, self.now());
        self.tell(change, connection, "verified", by, note(connection, &finding.answer))?;
        match &finding.already {
            Some(already) => self.jot(change, connection, "same-account", "host", Some(already.clone())),
            None => Ok(()),
        }
    }

    /// The sentence about an account that turns out to be connected already; none where whose it is was known before.
    async fn connected_already(&self, seen: &Connection, answer: &Answer) -> Result<Option<String>, StoreError> {
        let Ok(account) = &answer.result else { return Ok(None) };
        if seen.account.is_some() {
            return Ok(None);
        }
        let found = Connection { account: Some(account.clone()), ..seen.clone() };
        self.noted(&found, &account.label).await
    }
}

/// Whether the provider refused a token that a refresh may replace.
fn may_be_stale(party: &Party, answer: &Answer) -> bool {
    let refused = matches!(&answer.result, Err(failure) if failure.advice == Advice::Reauthorize);
    refused && party.method.kind.oauth2().is_some()
}

fn apply(connection: &mut Connection, answer: &Answer, by: &str, now: Timestamp) {
    let failure = match &answer.result {
        Ok(account) if connection.is_same_account(account) => {
            accept(connection, account);
            None
        }
        Ok(account) => Some(Failure::new(
            Advice::Reauthorize,
            "other-account",
            &format!(
                "The credential now belongs to {}: reauthorize with the account this connection was made for.",
                account.label
            ),
        )),
        Err(failure) => Some(failure.clone()),
    };
    let before = connection.verification.as_ref().map_or(0, |last| last.doubts);
    let doubts = if failure.as_ref().is_some_and(outcome::is_unreadable) { before.saturating_add(1) } else { 0 };
    let happening = match &failure {
        Some(_) if !answer.decides => None,
        None => Some(Happening::Verified),
        Some(failure) => outcome::happening(connection, failure, doubts),
    };
    if let Some(happening) = happening {
        // A revoked connection stays revoked; its verification is still written.
        let _ = connection.happen(happening, failure.clone(), now);
    }
    let latency_ms = answer.latency_ms;
    connection.verification = Some(Verification { at: now, by: by.to_owned(), latency_ms, failure, doubts });
    connection.updated_at = now;
    // Asked again soon; what else is due at that moment is found when it is looked at.
    if let Some(again) = asked_again_at(connection).filter(|_| connection.account.is_some()) {
        connection.upkeep.due = Some(connection.upkeep.due.map_or(again, |due| due.min(again)));
    }
}

/// What the timeline says beside that it was verified.
fn note(connection: &Connection, answer: &Answer) -> Option<String> {
    let Err(failure) = &answer.result else { return answer.left_out.clone() };
    let doubts = connection.verification.as_ref().map_or(0, |last| last.doubts);
    if connection.account.is_none() || !(1..DOUBTS).contains(&doubts) {
        return Some(failure.message.clone());
    }
    let (message, status) = (&failure.message, connection.status);
    Some(format!(
        "{message} That says nothing about the credential: the connection stays {status}, and is asked again."
    ))
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

fn accept(connection: &mut Connection, account: &Account) {
    if let Some(granted) = &account.granted_scopes {
        connection.grant.granted.clone_from(granted);
        connection.grant.stated = true;
    }
    connection.account = Some(account.clone());
}
