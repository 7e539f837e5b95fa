//! Import: a connection from tokens somebody else obtained — sealed first, proven after, never half made.
//!
//! A token that works is left alone: the refresh token of a strict provider is spent only where the access token is
//! over or refused. What the provider refuses for good is no connection, and nothing of it is kept, unless the provider gave
//! newer tokens for it: nobody else has those.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    client::Client,
    connection::{Connection, TokenState, name},
    credential::{Credential, TokenSet},
    expiry::{Expiry, Source},
    failure::{Advice, Failure},
    id::{ClientId, TenantId},
    manifest::{Method, MethodKind},
    scope::{self, Grant, ScopeSet},
    secret::Secret,
    session::Endpoints,
    status::Status,
};
use jackfield_store::StoreError;
use jiff::{SignedDuration, Timestamp};

use super::{
    CreateError, Service, VerifyError,
    connect::requested,
    establish::{Agreed, EstablishError},
    fields::Typed,
    refresh::is_open,
    resolve::{Party, ResolveError},
    session::is_end_user,
};

/// How far ahead of ours the clock of whoever obtained the tokens may be, in minutes.
const CLOCK_MINUTES: i64 = 5;

/// Tokens that exist already.
#[derive(Debug)]
pub struct GivenTokens {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token, where the provider gave one.
    pub refresh_token: Option<Secret>,
    /// When the access token ends; none where nobody knows.
    pub expires_at: Option<Timestamp>,
    /// What was granted; none where nobody knows.
    pub scopes: Option<ScopeSet>,
    /// When these tokens were obtained.
    pub obtained_at: Option<Timestamp>,
    /// When the person consented: the grant counts from here.
    pub consented_at: Option<Timestamp>,
}

/// A connection to make of them.
#[derive(Debug)]
pub struct NewImport {
    /// Whose it is.
    pub tenant: TenantId,
    /// The connector.
    pub connector: String,
    /// The auth method the tokens were obtained by.
    pub method: String,
    /// The client they were obtained with; by default the one this tenant connects with.
    pub client: Option<ClientId>,
    /// Its name; by default the connector's title.
    pub name: Option<String>,
    /// The person it is private to; none for a shared one.
    pub end_user: Option<String>,
    /// What it is for.
    pub actions: BTreeSet<String>,
    /// Field values, secret ones among them.
    pub fields: Typed,
    /// The tokens.
    pub tokens: GivenTokens,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// What a connection made directly could not have either.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The method obtains no tokens from a person's consent.
    #[error("`{0}` has no tokens to import: make the connection directly")]
    NoTokens(String),
    /// The named client.
    #[error(
        "the client is none of this tenant's for this connector: tokens work only with the client they were made for"
    )]
    OtherClient,
    /// An empty token.
    #[error("the access token is empty")]
    Empty,
    /// A moment that has not come.
    #[error("`{0}` lies in the future")]
    Future(&'static str),
    /// The provider refuses the tokens for good.
    #[error(
        "the provider refuses these tokens and they cannot be refreshed, so nothing was imported: the person connects again"
    )]
    Dead(Failure),
    /// It could not be verified.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ResolveError> for ImportError {
    fn from(error: ResolveError) -> Self {
        Self::Create(error.into())
    }
}

impl From<EstablishError> for ImportError {
    fn from(error: EstablishError) -> Self {
        Self::Create(error.into())
    }
}

impl Service {
    /// Makes a connection of tokens that exist. It is kept as failing where it does not work for now, and not at all
    /// where the provider refuses it for good.
    pub async fn import(&self, new: NewImport, by: &str) -> Result<Connection, ImportError> {
        self.check_moments(&new.tokens)?;
        let (agreed, tokens) = self.agreed_import(new).await?;
        let (service, by) = (self.clone(), by.to_owned());
        // In a task of its own: a refresh that a caller's hanging up cut off would cost the grant.
        let work = self.outlive(async move { Box::pin(service.import_now(agreed, tokens, &by)).await });
        work.await.unwrap_or(Err(EstablishError::Interrupted.into()))
    }

    fn check_moments(&self, tokens: &GivenTokens) -> Result<(), ImportError> {
        let latest = self.now() + SignedDuration::from_mins(CLOCK_MINUTES);
        let is_future = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment > latest);
        if is_future(tokens.obtained_at) {
            return Err(ImportError::Future("obtained_at"));
        }
        if is_future(tokens.consented_at) {
            return Err(ImportError::Future("consented_at"));
        }
        if tokens.access_token.is_empty() { Err(ImportError::Empty) } else { Ok(()) }
    }

    /// Checks everything that needs no provider.
    async fn agreed_import(&self, new: NewImport) -> Result<(Agreed, GivenTokens), ImportError> {
        self.tenant(new.tenant).await?.ok_or(CreateError::NoTenant)?;
        let connector = self.approved(&new.connector).await?;
        let manifest = &connector.manifest;
        let method = manifest.method(&new.method).cloned().ok_or(CreateError::UnknownMethod(new.method))?;
        if !matches!(method.kind, MethodKind::OAuth2Code(_)) {
            return Err(ImportError::NoTokens(method.id));
        }
        if !new.end_user.as_deref().is_none_or(is_end_user) {
            return Err(CreateError::EndUser.into());
        }
        scope::least(manifest, &new.actions).map_err(CreateError::from)?;
        let given = new.name.unwrap_or_else(|| manifest.presentation.title.clone());
        let name = name(&given).map_err(CreateError::from)?;
        let fields = manifest.fields_of(&method);
        let checked = self.checked(&connector.name, fields, new.fields).map_err(CreateError::Fields)?;
        let scopes = requested(manifest, &method, &new.actions);
        let (client, endpoints) =
            self.import_source(&connector.name, &method, &checked.public, new.client, new.tenant).await?;
        let agreed = Agreed {
            tenant: new.tenant,
            method,
            client: Some(client),
            endpoints: Some(endpoints),
            end_user: new.end_user,
            name,
            fields: checked.public,
            secrets: checked.secret,
            actions: new.actions,
            scopes,
            code: None,
            existing: None,
            session: None,
            connector,
        };
        Ok((agreed, new.tokens))
    }

    /// The client the tokens belong to, and where its provider's endpoints are.
    async fn import_source(
        &self,
        connector: &str,
        method: &Method,
        fields: &BTreeMap<String, String>,
        client: Option<ClientId>,
        tenant: TenantId,
    ) -> Result<(Client, Endpoints), ImportError> {
        let client = match client {
            Some(id) => {
                let named = self.client(id).await?;
                let fits = |client: &Client| client.connector == connector && client.serves(tenant);
                named.filter(fits).ok_or(ImportError::OtherClient)?
            }
            None => self.client_for(connector, tenant).await?.ok_or(CreateError::NoClient)?,
        };
        let oauth2 = method.kind.oauth2().ok_or_else(|| ImportError::NoTokens(method.id.clone()))?;
        let endpoints = self.endpoints(connector, tenant, oauth2, fields, &client).await.map_err(CreateError::from)?;
        Ok((client, endpoints))
    }

    async fn import_now(&self, mut agreed: Agreed, tokens: GivenTokens, by: &str) -> Result<Connection, ImportError> {
        let secrets = std::mem::take(&mut agreed.secrets);
        let mut party = self.new_party(agreed).await?;
        self.know(&mut party, &tokens);
        let name = first_token(&party);
        if !name.is_empty() {
            let (access, version) = (party.connection.clocks.access, party.connection.version);
            party.connection.set_tokens(vec![TokenState::fresh(&name, access, version)]);
        }
        let credential = Credential::Tokens(TokenSet {
            name,
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            fields: secrets,
            further: vec![],
        });
        self.schedule(&party.method, &mut party.connection, &credential);
        let Party { connection, connector, .. } = &mut party;
        let (tenant, id, given) = (connection.tenant, connection.id, connection.version);
        let mut change = self.making(tenant, by, "connection.imported", &id.to_string()).await?;
        self.tell(&mut change, connection, "imported", by, None)?;
        self.place(&mut change, connector, connection, &credential).await?;
        self.store().commit(change).await?;
        let proven = Box::pin(self.verify(tenant, id, by)).await?;
        if proven.status != Status::NeedsReauthorization || is_spent(&proven, given) {
            return Ok(proven);
        }
        let unsaid = || Failure::new(Advice::Reauthorize, "refused", "The provider refuses the tokens.");
        let failure = proven.failure.clone().unwrap_or_else(unsaid);
        self.drop_dead(&proven, &failure, by).await?;
        Err(ImportError::Dead(failure))
    }

    /// What is known of the tokens, and from where.
    fn know(&self, party: &mut Party, tokens: &GivenTokens) {
        let now = self.now();
        let connection = &mut party.connection;
        if let Some(scopes) = &tokens.scopes {
            connection.grant = Grant { requested: scopes.clone(), granted: scopes.clone(), stated: false };
        }
        connection.clocks.access = tokens.expires_at.map(|at| Expiry { at, source: Source::Imported });
        let consented = tokens.consented_at.or(tokens.obtained_at).unwrap_or(now);
        // What is given is what there is: no step of an exchange follows it.
        connection.step = None;
        party.connection.clocks.grant = party.grant_end(consented);
        party.connection.upkeep.grant_since = Some(consented);
    }

    /// Takes away what the provider refuses for good and never replaced: there is nothing left at the provider to end.
    async fn drop_dead(&self, dead: &Connection, failure: &Failure, by: &str) -> Result<(), ImportError> {
        let Some(mut found) = self.store().connections().get(dead.tenant, dead.id).await? else { return Ok(()) };
        let mut change = self.audited_for(dead.tenant, by, "connection.import-refused", &dead.id.to_string())?;
        self.store().connections().delete(&mut change, &found);
        let _ = found.happen(jackfield_model::status::Happening::Revoked, None, self.now());
        self.tell(&mut change, &mut found, "import-refused", by, Some(failure.message.clone()))?;
        self.forget_deed(&mut change).await?;
        Ok(self.store().commit(change).await?)
    }
}

/// Whether the provider was answered with the tokens that were given and gave others for them, read or not: those are
/// nowhere but here.
fn is_spent(connection: &Connection, given: u64) -> bool {
    let mut tokens = connection.token_names().into_iter().filter_map(|name| connection.token(&name));
    connection.version > given || tokens.any(|token| is_open(&token))
}

/// What the method calls the token that is imported: its first, where it has several.
fn first_token(party: &Party) -> String {
    let rules = party.method.kind.oauth2().and_then(|oauth2| oauth2.response.tokens.first());
    rules.map(|rules| rules.name.clone()).unwrap_or_default()
}
