//! Establishing: from what a person agreed to, to a stored and verified connection — sealed first, verified after.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_auth::{
    id_token::{self, Expected, IdTokenError, KeySet},
    token::Tokens,
};
use jackfield_model::{
    client::Client,
    connection::{Connection, RefreshState, TokenState},
    connector::Connector,
    credential::{Credential, SecretFields},
    expiry::{Clocks, Expiry, Source},
    failure::Failure,
    id::{ConnectionId, TenantId},
    manifest::{Lifetime, Method, MethodKind},
    scope::{Grant, ScopeSet},
    secret::Secret,
    session::{ConnectSession, Endpoints, Stage},
    status::{Happening, Status},
    target::Targeting,
    upkeep::Upkeep,
};
use jackfield_store::{Change, StoreError, Versioned};
use jiff::{SignedDuration, Timestamp};

use super::{
    Service, VerifyError,
    resolve::{Party, ResolveError},
    target::Pointed,
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
    #[error(
        "this is {given}, and the connection belongs to {expected}: keep it as it is, or connect the other account as a new connection"
    )]
    OtherAccount {
        /// Whose the connection is.
        expected: String,
        /// Who consented.
        given: String,
    },
    /// The new credential did not prove itself, so the old one stays.
    #[error("the new credential did not prove itself, so the connection was left as it was: {0}")]
    Unproven(Failure),
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
    pub(super) connector: Connector,
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
struct Proven {
    party: Party,
    credential: Credential,
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
            Some(id) => self.replace(id, proven, session, by).await,
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

    pub(super) async fn new_party(&self, agreed: Agreed) -> Result<Party, EstablishError> {
        let now = self.now();
        let id = match agreed.existing {
            Some(id) => id,
            None => {
                let (at, bits) = self.ordered()?;
                ConnectionId::new(at, bits)
            }
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
            clocks: Clocks { access: None, grant: declared_end(&agreed.method.lifetime, now) },
            refresh: RefreshState::Idle,
            upkeep: Upkeep::default(),
            tokens: vec![],
            target: Targeting::None,
            verification: None,
            uses: 0,
            created_at: now,
            updated_at: now,
        };
        Ok(Party {
            connection,
            connector: agreed.connector,
            method: agreed.method,
            client: agreed.client,
            client_secret,
        })
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
        let shown: Vec<&Secret> = code.iter().map(|code| &code.text).chain(&party.client_secret).collect();
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

    /// Who an ID token says it is. An issuer that was asked for one must bring it.
    async fn identify(
        &self,
        party: &Party,
        tokens: &Tokens,
        nonce: Option<&Secret>,
    ) -> Result<Option<String>, EstablishError> {
        let issuer = party.connection.endpoints.as_ref().and_then(|endpoints| endpoints.issuer.as_ref());
        match (&tokens.id_token, nonce, issuer) {
            (None, Some(_), Some(_)) => Err(EstablishError::NoIdToken),
            (Some(_), _, Some(_)) => Ok(Some(self.subject(party, tokens, nonce).await?)),
            _ => Ok(None),
        }
    }

    /// Checks an ID token against the issuer's keys; an unknown key fetches them once more (ID-2).
    pub(super) async fn subject(
        &self,
        party: &Party,
        tokens: &Tokens,
        nonce: Option<&Secret>,
    ) -> Result<String, EstablishError> {
        let missing = || EstablishError::NoIdToken;
        let endpoints = party.connection.endpoints.as_ref().ok_or_else(missing)?;
        let expected = Expected {
            issuer: endpoints.issuer.as_deref().ok_or_else(missing)?,
            client_id: party.client.as_ref().map(|client| client.public_id.as_str()).ok_or_else(missing)?,
            nonce,
            access_token: Some(&tokens.access_token),
            algorithms: &endpoints.id_token_algorithms,
            now: self.now(),
        };
        let token = tokens.id_token.as_ref().ok_or_else(missing)?;
        let jwks = endpoints.jwks.as_deref().ok_or_else(|| EstablishError::Keys("its metadata names none".into()))?;
        let (keys, may_be_fetched_again) = self.keys(&party.connector.name, jwks, false).await?;
        match id_token::check(token, &keys, &expected) {
            Err(IdTokenError::KeyMiss) if may_be_fetched_again => {
                let (keys, _) = self.keys(&party.connector.name, jwks, true).await?;
                Ok(id_token::check(token, &keys, &expected)?.subject)
            }
            other => Ok(other?.subject),
        }
    }

    async fn keys(&self, connector: &str, jwks: &str, again: bool) -> Result<(KeySet, bool), EstablishError> {
        let document =
            self.document(connector, jwks, again).await.map_err(|error| EstablishError::Keys(error.to_string()))?;
        let keys = KeySet::read(&document.body).map_err(|error| {
            self.documents.forget(jwks);
            EstablishError::Keys(error.to_string())
        })?;
        Ok((keys, document.may_be_fetched_again))
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
        let connection = &party.connection;
        let mut change = self.making(connection.tenant, by, "connection.created", &connection.id.to_string()).await?;
        self.store().connections().create(&mut change, connection, &credential).await?;
        self.tell(&mut change, connection, "created", by, None)?;
        self.complete_in(&mut change, session, connection.id).await?;
        self.store().commit(change).await?;
        let party = match self.point(party, &credential, by).await? {
            Pointed::At(party) => party,
            Pointed::Not(connection) => return Ok(*connection),
        };
        let answer = self.ask(&party, &credential).await;
        Ok(self.record_verify(&party.connection, answer, by).await?)
    }

    /// Reauthorizing: the old credential stays in use until the new one has proved to be the same account's.
    async fn replace(
        &self,
        id: ConnectionId,
        proven: Proven,
        session: Option<Versioned<ConnectSession>>,
        by: &str,
    ) -> Result<Connection, EstablishError> {
        let Proven { mut party, credential } = proven;
        let tenant = party.connection.tenant;
        let old = self.connection(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        self.point_again(&mut party, &credential, &old).await.map_err(EstablishError::Unproven)?;
        let answer = self.ask(&party, &credential).await;
        let account = match &answer.result {
            Ok(account) => account,
            // Not revoked: it may be the same account's, and ending one grant could end the old credential too.
            Err(failure) => return Err(EstablishError::Unproven(failure.clone())),
        };
        let same_subject =
            old.subject.is_none() || party.connection.subject.is_none() || old.subject == party.connection.subject;
        if !old.is_same_account(account) || !same_subject {
            let change = self.discarding(&party.connection, &credential).await?;
            self.store().commit(change).await?;
            let expected = old.account.map_or_else(|| "another account".to_owned(), |account| account.label);
            return Err(EstablishError::OtherAccount { expected, given: account.label.clone() });
        }
        loop {
            let mut found = self.store().connections().get(tenant, id).await?.ok_or(ResolveError::NotFound)?;
            self.take_over(&mut found, &party.connection)?;
            self.schedule(&party.method, &mut found, &credential);
            let mut change = self.making(tenant, by, "connection.reauthorized", &id.to_string()).await?;
            self.store().connections().put_credential(&mut change, &mut found, &credential).await?;
            self.tell(&mut change, &found, "reauthorized", by, None)?;
            self.complete_in(&mut change, session.clone(), id).await?;
            match self.store().commit(change).await {
                Ok(()) => return Ok(self.record_verify(&found, answer, by).await?),
                Err(StoreError::Conflict) if self.is_still_open(session.as_ref()).await? => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What consenting again changes: everything but id, name, owner and account.
    fn take_over(&self, found: &mut Versioned<Connection>, new: &Connection) -> Result<(), EstablishError> {
        found.method.clone_from(&new.method);
        found.client = new.client;
        found.subject.clone_from(&new.subject);
        found.fields.clone_from(&new.fields);
        found.target.clone_from(&new.target);
        found.actions.clone_from(&new.actions);
        found.grant = new.grant.clone();
        found.endpoints.clone_from(&new.endpoints);
        found.clocks = new.clocks;
        found.upkeep = new.upkeep;
        found.refresh = RefreshState::Idle;
        let version = found.version + 1;
        found.set_tokens(new.tokens.iter().map(|token| TokenState { version, ..token.clone() }).collect());
        let now = self.now();
        found.happen(Happening::Reauthorized, None, now).map_err(|_| ResolveError::NotFound)?;
        Ok(())
    }

    async fn complete_in(
        &self,
        change: &mut Change,
        session: Option<Versioned<ConnectSession>>,
        connection: ConnectionId,
    ) -> Result<(), StoreError> {
        let Some(mut session) = session else { return Ok(()) };
        session.stage = Stage::Completed { connection };
        self.store().sessions().update(change, &mut session).await
    }

    async fn is_still_open(&self, session: Option<&Versioned<ConnectSession>>) -> Result<bool, StoreError> {
        let Some(session) = session else { return Ok(true) };
        let now = self.store().sessions().get(session.tenant, session.id).await?;
        Ok(now.is_some_and(|now| now.stage == session.stage))
    }
}

/// How the tokens of a first answer stand, where there are several.
fn states(tokens: &Tokens, version: u64) -> Vec<TokenState> {
    let all = std::iter::once(tokens).chain(&tokens.further).filter(|token| !token.name.is_empty());
    all.map(|token| TokenState::fresh(&token.name, token.expiry, version)).collect()
}

/// When the manifest says the permission itself ends.
pub(super) fn declared_end(lifetime: &Lifetime, now: Timestamp) -> Option<Expiry> {
    let seconds = lifetime.absolute.or(lifetime.idle)?;
    let lasts = SignedDuration::from_secs(i64::try_from(seconds).ok()?);
    Some(Expiry { at: now.checked_add(lasts).ok()?, source: Source::Declared })
}
