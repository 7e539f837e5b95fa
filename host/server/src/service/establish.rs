//! Establishing: from what a person agreed to, to a stored and verified connection — sealed first, verified after.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jackfield_auth::{id_token::IdTokenError, token::Tokens};
use jackfield_model::{
    client::Client,
    connection::{Connection, RefreshState, TokenState},
    connector::Connector,
    credential::{Credential, SecretFields},
    expiry::Clocks,
    failure::Failure,
    id::{ConnectionId, TenantId},
    manifest::{Method, MethodKind},
    scope::{Grant, ScopeSet},
    secret::Secret,
    session::{ConnectSession, Endpoints, Stage},
    status::Status,
    target::Targeting,
    upkeep::Upkeep,
};
use jackfield_runtime::Hook;
use jackfield_store::{Change, StoreError, Versioned};

use super::{
    OtherAccount, Service, VerifyError,
    resolve::{Party, ResolveError},
    token::{Ask, AskError},
};

/// Why no connection was made, or the one there is was left as it was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EstablishError {
    /// Its connector, client or connection.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The provider gave no credential.
    #[error("the provider gave no credential: {0}")]
    Provider(Failure),
    /// The ID token cannot be believed.
    #[error("the provider's ID token cannot be believed: {0}")]
    IdToken(#[from] IdTokenError),
    /// An issuer answered without the ID token that was asked for.
    #[error("the provider answered without the ID token that was asked for")]
    NoIdToken,
    /// The issuer's keys could not be had.
    #[error("the issuer's keys could not be had: {0}")]
    Keys(String),
    /// Another account than the connection's (product.md: refused, not swapped).
    #[error(transparent)]
    OtherAccount(#[from] OtherAccount),
    /// The new credential did not prove itself, so the old one stays.
    #[error("the new credential did not prove itself, so the connection was left as it was: {0}")]
    Unproven(Failure),
    /// What it was to renew was deleted meanwhile.
    #[error("the connection that this renews was deleted meanwhile: make a session for a new one")]
    Gone,
    /// The work was interrupted.
    #[error("the work was interrupted: look at the connection, then try again")]
    Interrupted,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<VerifyError> for EstablishError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Resolve(error) => Self::Resolve(error),
            VerifyError::Ended(_) | VerifyError::ChooseTarget(_) => Self::Resolve(ResolveError::NotFound),
            VerifyError::Store(error) => Self::Store(error),
        }
    }
}

/// A code on its way to being redeemed.
pub(super) struct Code {
    pub(super) text: Secret,
    pub(super) verifier: Option<Secret>,
    pub(super) nonce: Option<Secret>,
    pub(super) redirect_uri: String,
}

/// Everything agreed to.
pub(super) struct Agreed {
    pub(super) tenant: TenantId,
    pub(super) connector: Versioned<Arc<Connector>>,
    pub(super) method: Method,
    pub(super) client: Option<Client>,
    pub(super) endpoints: Option<Endpoints>,
    pub(super) end_user: Option<String>,
    pub(super) name: String,
    pub(super) fields: BTreeMap<String, String>,
    pub(super) secrets: SecretFields,
    pub(super) actions: BTreeSet<String>,
    pub(super) scopes: ScopeSet,
    pub(super) code: Option<Code>,
    /// The connection to reauthorize.
    pub(super) existing: Option<ConnectionId>,
    /// The session it completes.
    pub(super) session: Option<Versioned<ConnectSession>>,
}

/// What the provider gave for it.
pub(super) struct Proven {
    pub(super) party: Party,
    pub(super) credential: Credential,
}

impl Service {
    /// Does the work in a task of its own, so that a caller who hangs up loses nothing.
    pub(super) async fn establish(&self, agreed: Agreed, by: &str) -> Result<Connection, EstablishError> {
        let (service, by) = (self.clone(), by.to_owned());
        let work = self.tasks.spawn(async move { Box::pin(service.establish_now(agreed, &by)).await });
        work.await.unwrap_or(Err(EstablishError::Interrupted))
    }

    async fn establish_now(&self, agreed: Agreed, by: &str) -> Result<Connection, EstablishError> {
        let existing = agreed.existing;
        let (session, proven) = self.prove(agreed).await?;
        match existing {
            None => self.store_new(proven, session, by).await,
            Some(id) => Box::pin(self.replace(id, proven, session, by)).await,
        }
    }

    /// Obtains the credential: redeems the code, asks in the client's name, or takes what was typed.
    async fn prove(&self, mut agreed: Agreed) -> Result<(Option<Versioned<ConnectSession>>, Proven), EstablishError> {
        let session = agreed.session.take();
        let code = agreed.code.take();
        let secrets = std::mem::take(&mut agreed.secrets);
        let mut party = self.new_party(agreed).await?;
        let credential = match party.method.kind {
            MethodKind::ApiToken { .. } | MethodKind::Basic(_) => Credential::Fields(secrets),
            MethodKind::OAuth2Code(_) | MethodKind::ClientCredentials(_) => {
                self.obtain(&mut party, code.as_ref(), secrets).await?
            }
        };
        Ok((session, Proven { party, credential }))
    }

    /// An id for a new connection.
    pub(super) fn connection_id(&self) -> Result<ConnectionId, StoreError> {
        let (at, bits) = self.ordered()?;
        Ok(ConnectionId::new(at, bits))
    }

    #[allow(clippy::too_many_lines, reason = "one record, a field a line")]
    pub(super) async fn new_party(&self, agreed: Agreed) -> Result<Party, EstablishError> {
        let now = self.now();
        let id = match agreed.existing {
            Some(id) => id,
            None => self.connection_id()?,
        };
        let client_secret = self.client_secret(agreed.client.as_ref()).await?;
        let connection = Connection {
            id,
            tenant: agreed.tenant,
            connector: agreed.connector.name.clone(),
            method: agreed.method.id.clone(),
            client: agreed.client.as_ref().map(|client| client.id),
            end_user: agreed.end_user,
            name: agreed.name,
            status: Status::Pending,
            failure: None,
            account: None,
            subject: None,
            fields: agreed.fields,
            actions: agreed.actions,
            grant: Grant::new(agreed.scopes, None),
            endpoints: agreed.endpoints,
            version: 1,
            clocks: Clocks::default(),
            step: agreed.method.kind.oauth2().and_then(|oauth2| oauth2.request.step_after(0)),
            refresh: RefreshState::Idle,
            upkeep: Upkeep::default(),
            tokens: vec![],
            target: Targeting::None,
            verification: None,
            uses: 0,
            said: jackfield_model::notice::Said::default(),
            created_at: now,
            updated_at: now,
        };
        let party = Party {
            connection,
            connector: agreed.connector,
            method: agreed.method,
            client: agreed.client,
            client_secret,
        };
        let mut party = party.with_its_lifetime();
        party.connection.clocks.grant = party.grant_end(now);
        party.connection.upkeep.grant_since = Some(now);
        Ok(party)
    }

    async fn obtain(
        &self,
        party: &mut Party,
        code: Option<&Code>,
        secrets: SecretFields,
    ) -> Result<Credential, EstablishError> {
        let refused = |error: AskError| EstablishError::Provider(error.failure());
        let ask = match code {
            Some(code) => {
                Ask::Exchange { code: &code.text, verifier: code.verifier.as_ref(), redirect_uri: &code.redirect_uri }
            }
            None => Ask::ClientCredentials,
        };
        let answered = self.ask_token(party, &ask).await.map_err(refused)?;
        let of_code = code.iter().flat_map(|code| [Some(&code.text), code.verifier.as_ref()]).flatten();
        let shown: Vec<&Secret> = of_code.chain(&party.client_secret).collect();
        let tokens = self.read_tokens(party, &answered, &shown).await.map_err(refused)?;
        if let Some(code) = code {
            party.connection.subject = self.identify(party, &tokens, code.nonce.as_ref()).await?;
        }
        let connection = &mut party.connection;
        if let Some(oauth2) = party.method.kind.oauth2() {
            connection.grant = tokens.grant(std::mem::take(&mut connection.grant.requested), oauth2);
        }
        connection.clocks.access = tokens.expiry;
        connection.upkeep.token_since = Some(answered.sent_at);
        connection.set_tokens(states(&tokens, connection.version));
        connection.fields.extend(tokens.kept.clone());
        Ok(Credential::Tokens(tokens.into_token_set(secrets)))
    }

    /// Stores what the caller gave and still has, once, with what its verify found: a crash before that leaves nothing
    /// behind, and the caller unanswered.
    async fn store_verified(&self, proven: Proven, by: &str) -> Result<Connection, EstablishError> {
        let Proven { party, credential } = proven;
        let answer = self.ask(&party, &credential).await;
        let mut connection = party.connection.clone();
        let finding = self.finding(&connection, answer).await?;
        let mut change = self.making(connection.tenant, by, "connection.created", &connection.id.to_string()).await?;
        self.tell(&mut change, &mut connection, "created", by, None)?;
        self.enter_finding(&mut change, &mut connection, &finding, by)?;
        self.place(&mut change, &party.connector, &connection, &credential).await?;
        self.store().commit(change).await?;
        Ok(connection)
    }

    /// Stores first, verifies after: a connection that does not prove itself is kept as failing, never lost.
    async fn store_new(
        &self,
        proven: Proven,
        session: Option<Versioned<ConnectSession>>,
        by: &str,
    ) -> Result<Connection, EstablishError> {
        let Proven { mut party, credential } = proven;
        self.schedule(&party.method, &mut party.connection, &credential);
        if session.is_none() && is_at_hand(&party, &credential) {
            return self.store_verified(Proven { party, credential }, by).await;
        }
        match self.store_unproven(&mut party, &credential, session, by).await {
            Ok(()) => {}
            Err(StoreError::Conflict) => {
                self.end_unplaced(&party, &credential).await?;
                return Err(StoreError::Conflict.into());
            }
            Err(error) => return Err(error.into()),
        }
        if party.connection.step.is_some() {
            return self.finish_stored(&party.connection, by).await;
        }
        let asked = self.ask_about(party, &credential, by).await?;
        Ok(self.record_asked(asked, by).await?)
    }

    async fn store_unproven(
        &self,
        party: &mut Party,
        credential: &Credential,
        session: Option<Versioned<ConnectSession>>,
        by: &str,
    ) -> Result<(), StoreError> {
        let connection = &mut party.connection;
        let mut change = self.making(connection.tenant, by, "connection.created", &connection.id.to_string()).await?;
        self.tell(&mut change, connection, "created", by, None)?;
        self.place(&mut change, &party.connector, connection, credential).await?;
        self.complete_in(&mut change, session, connection.id).await?;
        self.store().commit(change).await
    }

    /// Stages a new connection in a tenant, of a connector and with a client that are there, and still are when it is committed.
    pub(super) async fn place(
        &self,
        change: &mut Change,
        connector: &Versioned<Arc<Connector>>,
        connection: &Connection,
        credential: &Credential,
    ) -> Result<(), StoreError> {
        // Asked before anything is sealed: what is sealed for a tenant makes it a key.
        if self.tenant(connection.tenant).await?.is_none() {
            return Err(StoreError::Conflict);
        }
        self.store().tenants().hold(change, connection.tenant);
        self.hold_tools(change, connector, connection.client);
        self.store().connections().create(change, connection, credential).await
    }

    /// Ends what the provider gave for a connection whose tenant, connector or client went meanwhile; what cannot be ended now waits
    /// in the queue. Where all are there, nothing is ended: an earlier connection to the same account may live on the same grant.
    pub(super) async fn end_unplaced(&self, party: &Party, credential: &Credential) -> Result<(), StoreError> {
        if self.has_tools(party).await? && self.tenant(party.connection.tenant).await?.is_some() {
            return Ok(());
        }
        let like = self.revocation_of(&party.connection)?;
        if let Some(queued) = self.discard(party, &like, credential, None).await? {
            let ended = Box::pin(self.end_unless_shared(&queued, party, credential)).await;
            self.note_ended(&queued, &ended).await?;
        }
        Ok(())
    }

    /// What follows once a credential is stored: the steps of the exchange that are left, then whose it is.
    pub(super) async fn finish_stored(&self, stored: &Connection, by: &str) -> Result<Connection, EstablishError> {
        self.take_steps(stored, by).await;
        let (party, credential) = self.resolve(stored.tenant, stored.id).await?;
        let asked = self.ask_about(party, &credential, by).await?;
        Ok(self.record_asked(asked, by).await?)
    }

    pub(super) async fn complete_in(
        &self,
        change: &mut Change,
        session: Option<Versioned<ConnectSession>>,
        connection: ConnectionId,
    ) -> Result<(), StoreError> {
        let Some(mut session) = session else { return Ok(()) };
        session.stage = Stage::Completed { connection };
        self.store().sessions().update(change, &mut session).await
    }
}

/// Whether the credential is what the caller gave, nothing of it the host's own, and it is complete as it is.
fn is_at_hand(party: &Party, credential: &Credential) -> bool {
    matches!(credential, Credential::Fields(_)) && !party.has_hook(Hook::Discover.name())
}

/// How the tokens of a first answer stand, where there are several.
fn states(tokens: &Tokens, version: u64) -> Vec<TokenState> {
    let all = std::iter::once(tokens).chain(&tokens.further).filter(|token| !token.name.is_empty());
    all.map(|token| TokenState::fresh(&token.name, token.expiry, version)).collect()
}
