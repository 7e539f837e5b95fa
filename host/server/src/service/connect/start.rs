//! The start: what a person chose and typed becomes a one-time authorization request, or waits, sealed, for completion.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jackfield_auth::{
    authorize::{self, AuthorizeError},
    fields::Inputs,
};
use jackfield_model::{
    client::Client,
    connection::{NameError, name},
    connector::Connector,
    id::{AuthorizationId, TenantId},
    manifest::{Manifest, Method, MethodKind, OAuth2},
    scope::{self, ScopeSet},
    secret::Secret,
    session::{AUTHORIZATION_SECONDS, Authorization, ConnectSession, Endpoints, PARKED_SECONDS, Stage},
};
use jackfield_store::{AuthorizationSecrets, Change, Handle, Purpose, StoreError, Versioned};
use jiff::SignedDuration;

use super::{Back, LinkError, Onward};
use crate::service::{
    ResolveError, Service,
    endpoints::EndpointsError,
    fields::{Checked, FieldFault, Typed},
};

/// What a person chose and typed.
#[derive(Debug)]
pub struct StartForm {
    /// The connector, where the person picked it.
    pub connector: Option<String>,
    /// The auth method.
    pub method: String,
    /// The connection's name.
    pub name: String,
    /// Typed values.
    pub fields: Typed,
    /// Whose host name the browser is at; none for the host's own.
    pub place: Option<TenantId>,
}

/// A cookie that binds one authorization request to one browser (ST-2).
#[derive(Debug)]
pub struct BrowserCookie {
    /// `__Host-jf-…` over https; without the prefix on a plain loopback host.
    pub name: String,
    /// Its random value.
    pub value: Secret,
    /// How long it is needed, in seconds.
    pub max_age_seconds: i64,
}

/// Where the browser goes next.
#[derive(Debug)]
pub enum Started {
    /// To the provider, to consent.
    Consent {
        /// The authorization request.
        url: String,
        /// Set before the browser leaves.
        cookie: BrowserCookie,
    },
    /// To the host name the callback will come to, which sets the cookie and goes on to the provider.
    Hop {
        /// There, with a one-time ticket.
        url: String,
    },
    /// Back to the application, which finishes with the ticket it is brought.
    Return(Back),
}

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Again and again.
    #[error("this person has begun many connections at once: the next may begin in {wait} seconds")]
    TooMany {
        /// In how many seconds.
        wait: u64,
    },
    /// Typed values; the page shows each beside its input.
    #[error("some fields need another look")]
    Fields(Vec<FieldFault>),
    /// The name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The method.
    #[error("this service offers no such way to connect: choose another")]
    UnknownMethod,
    /// No client.
    #[error("this service is not set up yet: its operator has to register a client for it first")]
    NoClient,
    /// The provider's endpoints.
    #[error(transparent)]
    Endpoints(#[from] EndpointsError),
    /// The authorization request.
    #[error(transparent)]
    Authorize(#[from] AuthorizeError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ResolveError> for StartError {
    fn from(error: ResolveError) -> Self {
        Self::Link(error.into())
    }
}

/// A start that was found sound: what every authorization record is made of.
struct Sound {
    session: Versioned<ConnectSession>,
    actions: BTreeSet<String>,
    connector: Arc<Connector>,
    method: Method,
    name: String,
    typed: Checked,
    client: Option<Client>,
    place: Option<TenantId>,
}

impl Service {
    /// Takes what a person chose and typed, and says where the browser goes.
    pub async fn start(&self, link: &Secret, form: StartForm) -> Result<Started, StartError> {
        let session = self.open_session(link).await?;
        // A start is kept for ten minutes and may ask a provider: whoever has a link has it for themselves, not for a flood.
        if let Some(wait) = self.count_start(session.tenant, &session.end_user) {
            return Err(StartError::TooMany { wait });
        }
        let (connector, actions) = self.picked(&session, form.connector.as_deref()).await?;
        let method = connector.manifest.method(&form.method).cloned().ok_or(StartError::UnknownMethod)?;
        let name = name(&form.name)?;
        let typed = self.typed(&connector.manifest, &method, &session, form.fields)?;
        let client = self.client_of(&connector, &method, &session).await?;
        let place = form.place;
        let sound = Sound { session, actions, connector, method, name, typed, client, place };
        match sound.method.kind.clone() {
            MethodKind::OAuth2Code(oauth2) => self.start_consent(sound, &oauth2).await,
            MethodKind::ClientCredentials(oauth2) => self.park_typed(sound, Some(&oauth2)).await,
            MethodKind::ApiToken { .. } | MethodKind::Basic(_) => self.park_typed(sound, None).await,
        }
    }

    /// Checks what was typed; what the application gave already is not the person's to change.
    fn typed(
        &self,
        manifest: &Manifest,
        method: &Method,
        session: &ConnectSession,
        mut typed: Typed,
    ) -> Result<Checked, StartError> {
        for (key, value) in &session.fields {
            if manifest.fields_of(method).any(|field| field.key == *key) {
                typed.insert(key.clone(), Secret::new(value.clone()));
            }
        }
        self.checked_for(manifest, method, typed).map_err(StartError::Fields)
    }

    async fn client_of(
        &self,
        connector: &Connector,
        method: &Method,
        session: &ConnectSession,
    ) -> Result<Option<Client>, StartError> {
        if method.kind.oauth2().is_none() {
            return Ok(None);
        }
        let client = self.client_for(&connector.name, session.tenant).await?;
        Ok(Some(client.ok_or(StartError::NoClient)?))
    }

    async fn start_consent(&self, sound: Sound, oauth2: &OAuth2) -> Result<Started, StartError> {
        let client = sound.client.as_ref().ok_or(StartError::NoClient)?;
        let endpoints =
            self.endpoints(&sound.connector.name, sound.session.tenant, oauth2, &sound.typed.public, client).await?;
        let scopes = requested(&sound.connector.manifest, &sound.method, &sound.actions);
        let redirect_uri = self.redirect_uri(client).await?;
        let back_at = self.place_of(&redirect_uri).await?;
        let asked = self.authorization_request(&sound, oauth2, &endpoints, &redirect_uri, &scopes)?;
        let value = self.random_token()?;
        let mut authorization = self.authorization(&sound, scopes, AUTHORIZATION_SECONDS)?;
        authorization.endpoints = Some(endpoints);
        authorization.redirect_uri = Some(redirect_uri);
        authorization.cookie_hash = self.store().keyed_hash(Purpose::Cookie, value.expose());
        let cookie =
            BrowserCookie { name: self.cookie_name(authorization.id), value, max_age_seconds: AUTHORIZATION_SECONDS };
        let secrets = AuthorizationSecrets {
            verifier: asked.verifier,
            nonce: asked.nonce,
            code: None,
            fields: sound.typed.secret,
        };
        let mut change = Change::new();
        self.store().authorizations().create(&mut change, authorization, &secrets, Handle::State(&asked.state)).await?;
        self.store().commit(change).await?;
        if back_at == sound.place {
            return Ok(Started::Consent { url: asked.url, cookie });
        }
        Ok(Started::Hop { url: self.hop(Onward { url: asked.url, cookie }, back_at).await? })
    }

    fn authorization_request(
        &self,
        sound: &Sound,
        oauth2: &OAuth2,
        endpoints: &Endpoints,
        redirect_uri: &str,
        scopes: &ScopeSet,
    ) -> Result<authorize::Asked, StartError> {
        let client = sound.client.as_ref().ok_or(StartError::NoClient)?;
        let inputs =
            Inputs { fields: &sound.typed.public, client_fields: &client.fields, client_id: Some(&client.public_id) };
        let manifest = &sound.connector.manifest;
        let ask = authorize::Ask { manifest, oauth2, endpoints, inputs, redirect_uri, scopes };
        let entropy = authorize::Entropy {
            state: self.random_bytes()?,
            verifier: self.random_bytes()?,
            nonce: self.random_bytes()?,
        };
        Ok(authorize::ask(&ask, &entropy)?)
    }

    /// Parks typed secrets, sealed: only the application, for the same person, completes them.
    async fn park_typed(&self, sound: Sound, oauth2: Option<&OAuth2>) -> Result<Started, StartError> {
        let scopes = requested(&sound.connector.manifest, &sound.method, &sound.actions);
        let mut authorization = self.authorization(&sound, scopes, PARKED_SECONDS)?;
        if let (Some(oauth2), Some(client)) = (oauth2, &sound.client) {
            authorization.endpoints = Some(
                self.endpoints(&sound.connector.name, sound.session.tenant, oauth2, &sound.typed.public, client)
                    .await?,
            );
        }
        let ticket = self.random_token()?;
        let mut session = sound.session;
        session.stage = Stage::Parked { authorization: authorization.id };
        let secrets = AuthorizationSecrets { fields: sound.typed.secret, ..AuthorizationSecrets::default() };
        let mut change = Change::new();
        self.store().authorizations().create(&mut change, authorization, &secrets, Handle::Ticket(&ticket)).await?;
        self.store().sessions().update(&mut change, &mut session).await?;
        self.store().commit(change).await?;
        Ok(Started::Return(Back::of(&session, Some(("ticket", ticket.expose())))))
    }

    fn authorization(&self, sound: &Sound, scopes: ScopeSet, lasts: i64) -> Result<Authorization, StoreError> {
        let now = self.now();
        Ok(Authorization {
            id: AuthorizationId::new(now, self.id_bits()?),
            session: sound.session.id,
            tenant: sound.session.tenant,
            connector: sound.connector.name.clone(),
            digest: sound.connector.digest.clone(),
            method: sound.method.id.clone(),
            client: sound.client.as_ref().map(|client| client.id),
            end_user: sound.session.end_user.clone(),
            name: sound.name.clone(),
            fields: sound.typed.public.clone(),
            actions: sound.actions.clone(),
            takes: None,
            scopes,
            endpoints: None,
            redirect_uri: None,
            cookie_hash: String::new(),
            ticket_hash: None,
            kept: BTreeMap::new(),
            created_at: now,
            expires_at: now + SignedDuration::from_secs(lasts),
        })
    }

    /// A cookie of its own per request, so that two tabs do not overwrite each other.
    pub(super) fn cookie_name(&self, id: AuthorizationId) -> String {
        let prefix = if self.parts.settings.public_url.scheme() == "https" { "__Host-" } else { "" };
        format!("{prefix}jf-{id}")
    }
}

/// What a method asks the provider for. A machine has no person, so scopes that only accompany consent are left out.
pub(in crate::service) fn requested(manifest: &Manifest, method: &Method, actions: &BTreeSet<String>) -> ScopeSet {
    let mut scopes = scope::least(manifest, actions).unwrap_or_default();
    match method.kind {
        MethodKind::OAuth2Code(_) => {}
        MethodKind::ClientCredentials(_) => scopes.retain(|id| manifest.scope(id).is_none_or(|scope| !scope.always)),
        MethodKind::ApiToken { .. } | MethodKind::Basic(_) => scopes.clear(),
    }
    scopes
}
