//! The queue of revocations: what a provider could not be told at once is told later, each in a task of its own, so that a
//! provider that does not answer keeps nobody else's waiting.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    account::Account,
    connection::{Connection, RefreshState},
    credential::Credential,
    expiry::Clocks,
    id::EventId,
    notice::Said,
    scope::Grant,
    status::Status,
    target::Targeting,
    upkeep::Upkeep,
};
use jackfield_store::{Change, JournalEntry, Revocation, StoreError, Versioned, if_readable};
use jiff::{SignedDuration, Timestamp};

use super::{
    super::{Service, housekeeping::host_of, resolve::Party},
    Ended,
};

/// How often a revocation is tried before it is given up and said.
const TRIES: u32 = 20;

impl Service {
    /// What the queue needs to end a connection's credential when the connection itself is gone.
    pub(in crate::service) fn revocation_of(&self, connection: &Connection) -> Result<Revocation, StoreError> {
        let now = self.now();
        Ok(Revocation {
            id: EventId::new(now, self.id_bits()?),
            tenant: connection.tenant,
            connection: connection.id,
            connector: connection.connector.clone(),
            method: connection.method.clone(),
            client: connection.client,
            account: connection.account.as_ref().map(|account| account.id.clone()),
            twins: vec![],
            endpoints: connection.endpoints.clone(),
            fields: connection.fields.clone(),
            attempts: 0,
            next_at: self.next_try(0, None),
            created_at: now,
        })
    }

    /// Stages the end of a credential that nothing will use any more: a live grant nobody knows of is worse than none.
    /// Whether a twin would end with it is looked at when it is sent.
    pub(in crate::service) async fn discard_in(
        &self,
        change: &mut Change,
        connection: &Connection,
        credential: &Credential,
    ) -> Result<(), StoreError> {
        self.store().revocations().create(change, &self.revocation_of(connection)?, credential).await
    }

    /// Ends what a provider gave for a connection that is not there, like what is said of it, with its answer in the journal: a live
    /// grant nobody knows of is worse than none. Answers what waits in the queue; none where its connector was removed, since what
    /// is installed under its name next would get it, or its client: that ends now, as they were, or not at all.
    pub(in crate::service) async fn discard(
        &self,
        party: &Party,
        like: &Revocation,
        credential: &Credential,
        answer: Option<&JournalEntry>,
    ) -> Result<Option<Revocation>, StoreError> {
        let id = like.connection.to_string();
        loop {
            let mut change = self.audited_for(like.tenant, "host", "credential.discarded", &id)?;
            if let Some(entry) = answer {
                self.store().journal().done(&mut change, entry).await?;
            }
            let queued = Revocation { id: EventId::new(self.now(), self.id_bits()?), ..like.clone() };
            let waits = self.has_tools(party).await?;
            if waits {
                self.hold_tools(&mut change, &party.connector, like.client);
                self.store().revocations().create(&mut change, &queued, credential).await?;
            }
            match self.store().commit(change).await {
                Ok(()) if waits => return Ok(Some(queued)),
                Ok(()) => break,
                // Its tenant, its connector or its client went just now.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        match Box::pin(self.end_unless_shared(like, party, credential)).await {
            Ended::Done | Ended::Kept => {}
            left => {
                tracing::warn!(connection = %id, ended = ?left, "a credential may be left at the provider: its connector or client is gone");
            }
        }
        Ok(None)
    }

    /// Begins every revocation that is due. What was tried too often is given up, and said.
    pub async fn retry_revocations(&self) -> Result<(), StoreError> {
        let now = self.now();
        let page = move |after: Option<String>, limit| async move {
            self.store().revocations().due(now, after.as_deref(), limit).await
        };
        let begin = move |due| async move {
            match self.begin_revocation(due).await {
                Err(error @ StoreError::Unreadable(_)) => {
                    tracing::debug!(revocation = %due, %error, "a revocation that is due cannot be read");
                    Ok(())
                }
                other => other,
            }
        };
        self.revoking.begin_due(page, begin).await
    }

    /// Gives a due revocation its place in the queue of its provider, and a task of its own that waits there.
    async fn begin_revocation(&self, id: EventId) -> Result<(), StoreError> {
        let Some(due) = self.store().revocations().get(id).await? else { return Ok(()) };
        let endpoints = due.endpoints.as_ref();
        let url = endpoints.map(|endpoints| endpoints.revoke.as_ref().unwrap_or(&endpoints.token));
        let provider = url.and_then(|url| host_of(url)).unwrap_or_else(|| due.connector.clone());
        let Some(place) = self.revoking.admit(id, due.tenant, provider) else { return Ok(()) };
        let service = self.clone();
        self.tasks.spawn(async move {
            let Some(_turn) = place.turn().await else { return };
            if let Err(error) = Box::pin(service.retry_revocation(place.due())).await {
                tracing::warn!(revocation = %place.due(), %error, "a revocation could not be tried again");
            }
        });
        Ok(())
    }

    async fn retry_revocation(&self, id: EventId) -> Result<(), StoreError> {
        // Read again: it may have waited long for its turn.
        let due = self.store().revocations().get(id).await?.filter(|due| due.next_at <= self.now());
        let Some(mut due) = due else { return Ok(()) };
        let ended = self.try_revocation(&due).await?;
        let (after, kind) = match ended {
            Ended::Later { after, .. } if due.attempts < TRIES => (after, None),
            Ended::Later { .. } => (None, Some("revocation.given-up")),
            Ended::Done => (None, Some("revocation.done")),
            Ended::Kept => (None, Some("revocation.kept")),
            Ended::Unsupported | Ended::Page(_) | Ended::Refused(_) => (None, Some("revocation.refused")),
        };
        let mut change = Change::new();
        if let Some(kind) = kind {
            change = self.audited_for(due.tenant, "host", kind, &due.connection.to_string())?;
            self.store().revocations().done(&mut change, &due);
        } else {
            let next = self.next_try(due.attempts, after);
            self.store().revocations().postpone(&mut change, &mut due, next)?;
        }
        self.store().commit(change).await
    }

    async fn try_revocation(&self, due: &Versioned<Revocation>) -> Result<Ended, StoreError> {
        // One that does not open waits its turn like one whose provider is down, and is given up as late: it holds up nobody.
        let Some(credential) = if_readable(self.store().revocations().credential(due).await.map(Some))? else {
            return Ok(Ended::Later { after: None, why: "what was sealed for it does not open".into() });
        };
        Ok(match self.party(shadow(due)).await {
            Ok(party) => self.end_unless_shared(due, &party, &credential).await,
            Err(error) => Ended::Later { after: None, why: error.to_string() },
        })
    }

    /// When to try again: doubling from half a minute to six hours, never before the provider allows it.
    pub(in crate::service) fn next_try(&self, attempts: u32, after: Option<SignedDuration>) -> Timestamp {
        let doubled = 30_i64.saturating_mul(1 << attempts.min(10));
        let wait = SignedDuration::from_secs(doubled.min(6 * 60 * 60)).max(after.unwrap_or(SignedDuration::ZERO));
        self.now() + wait
    }
}

/// The connection as its revocation remembers it: enough to find its connector, client, endpoints and account.
pub(in crate::service) fn shadow(due: &Revocation) -> Connection {
    let known = |id: &String| Account {
        id: id.clone(),
        label: String::new(),
        avatar: None,
        granted_scopes: None,
        expires: None,
        extras: BTreeMap::new(),
    };
    Connection {
        id: due.connection,
        tenant: due.tenant,
        connector: due.connector.clone(),
        method: due.method.clone(),
        client: due.client,
        end_user: None,
        name: String::new(),
        status: Status::Revoked,
        failure: None,
        account: due.account.as_ref().map(known),
        subject: None,
        fields: due.fields.clone(),
        actions: BTreeSet::new(),
        grant: Grant::default(),
        endpoints: due.endpoints.clone(),
        version: 0,
        clocks: Clocks::default(),
        step: None,
        refresh: RefreshState::Idle,
        upkeep: Upkeep::default(),
        tokens: vec![],
        target: Targeting::None,
        verification: None,
        uses: 0,
        said: Said::default(),
        created_at: due.created_at,
        updated_at: due.created_at,
    }
}
