//! Connect sessions: a link for one end user, made by the application.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, SessionId, TenantId},
    origin::Origin,
    person::Contact,
    scope::{self, UnknownAction},
    secret::Secret,
    session::{ConnectSession, SESSION_SECONDS, Stage},
    tenant::Tenant,
};
use jackfield_store::StoreError;
use jiff::SignedDuration;

use super::{ContactError, ResolveError, Service};

/// A session to make.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Whose it is.
    pub tenant: TenantId,
    /// The connector to connect through; none where the person picks a service.
    pub connector: Option<String>,
    /// What the connection is for.
    pub actions: BTreeSet<String>,
    /// What the person picks among: connectors, and what each would be for. Empty: every connector that is set up.
    pub offers: BTreeMap<String, BTreeSet<String>>,
    /// The person, by the application's own id.
    pub end_user: String,
    /// The connection to reauthorize, where it is not a new one.
    pub connection: Option<ConnectionId>,
    /// Public field values the application knows already.
    pub fields: BTreeMap<String, String>,
    /// Where the person goes afterwards.
    pub return_url: String,
    /// The origin of the window that opens the link and is told how it went.
    pub opener: Option<Origin>,
    /// How the person is reached from now on, where the application says so.
    pub contact: Option<Contact>,
}

/// A connection to reauthorize.
#[derive(Debug, Clone)]
pub struct Reauthorize {
    /// The person who will.
    pub end_user: String,
    /// Where they go afterwards.
    pub return_url: String,
    /// Further actions; what it is for already stays.
    pub actions: BTreeSet<String>,
}

/// What does not go together with a service the person picks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenSessionError {
    /// Offers beside a connector.
    #[error("`connectors` is what a person picks among: leave it out where `connector` says what to connect")]
    Offers,
    /// Actions without a connector.
    #[error("actions are a connector's: name them in `connectors` where the person picks the service")]
    Actions,
    /// Fields without a connector.
    #[error("fields are a connector's: leave them out where the person picks the service")]
    Fields,
    /// A connection to reauthorize without its connector.
    #[error("a connection to reauthorize needs its `connector`")]
    Connection,
}

/// Why no session was made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SessionError {
    /// Its tenant.
    #[error("there is no such tenant")]
    NoTenant,
    /// Its connector or connection.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// An action.
    #[error(transparent)]
    Action(#[from] UnknownAction),
    /// A field.
    #[error("the connector has no public field `{0}`: secret fields are typed by the person")]
    Field(String),
    /// What only a session with a connector has, or only one without.
    #[error("{0}")]
    Open(#[from] OpenSessionError),
    /// The opener's origin.
    #[error("`opener_origin` is none of the origins of the tenant's brand: an operator can add it")]
    Opener,
    /// The person's id.
    #[error("end_user is the application's own id of the person: 1 to 200 characters of plain text")]
    EndUser,
    /// The return URL.
    #[error("`return_url` is none of the tenant's registered return URLs: an operator can add it")]
    ReturnUrl,
    /// The connection goes through another connector.
    #[error("the connection goes through the connector `{0}`")]
    OtherConnector(String),
    /// The connection belongs to another person.
    #[error("the connection belongs to another end user")]
    OtherEndUser,
    /// Again and again.
    #[error("this person has begun many connections at once: the next may begin in {wait} seconds")]
    TooMany {
        /// In how many seconds.
        wait: u64,
    },
    /// How the person is reached.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Makes a connect session and the link to send the person to.
    pub async fn create_session(&self, new: NewSession, by: &str) -> Result<(ConnectSession, String), SessionError> {
        let tenant = self.store().tenants().get(new.tenant).await?.ok_or(SessionError::NoTenant)?;
        self.check_wanted(&new).await?;
        if !is_end_user(&new.end_user) {
            return Err(SessionError::EndUser);
        }
        if !tenant.may_return_to(&new.return_url) {
            return Err(SessionError::ReturnUrl);
        }
        if new.opener.as_ref().is_some_and(|opener| !tenant.brand.origins.contains(opener)) {
            return Err(SessionError::Opener);
        }
        if let Some(id) = new.connection {
            self.check_mendable(&new, id).await?;
        }
        self.make_session(&tenant, new, by).await
    }

    /// Stores a session that was found sound.
    pub(super) async fn make_session(
        &self,
        tenant: &Tenant,
        new: NewSession,
        by: &str,
    ) -> Result<(ConnectSession, String), SessionError> {
        let now = self.now();
        let session = ConnectSession {
            id: SessionId::new(now, self.id_bits()?),
            tenant: new.tenant,
            connector: new.connector,
            actions: new.actions,
            offers: new.offers,
            end_user: new.end_user,
            connection: new.connection,
            fields: new.fields,
            return_url: new.return_url,
            opener: new.opener,
            stage: Stage::Open,
            created_at: now,
            expires_at: now + SignedDuration::from_secs(SESSION_SECONDS),
        };
        let link = self.random_token()?;
        let mut change = self.making(session.tenant, by, "session.created", &session.id.to_string()).await?;
        if let Some(contact) = new.contact {
            self.keep_contact(&mut change, session.tenant, &session.end_user, contact).await?;
        }
        self.store().tenants().hold(&mut change, session.tenant);
        self.store().sessions().create(&mut change, &session, &link)?;
        self.store().commit(change).await?;
        Ok((session, self.link_url(tenant, &link)))
    }

    /// What may be connected and for what: by the application here, or by the person at the picker.
    pub(super) async fn check_wanted(&self, new: &NewSession) -> Result<(), SessionError> {
        let Some(name) = &new.connector else { return self.check_open(new).await };
        if !new.offers.is_empty() {
            return Err(OpenSessionError::Offers.into());
        }
        let connector = self.approved(name).await?;
        scope::least(&connector.manifest, &new.actions)?;
        let public = |key: &String| connector.manifest.all_fields().any(|field| field.key == *key && !field.secret);
        match new.fields.keys().find(|key| !public(key)) {
            Some(unknown) => Err(SessionError::Field(unknown.clone())),
            None => Ok(()),
        }
    }

    async fn check_open(&self, new: &NewSession) -> Result<(), SessionError> {
        let refused = [
            (!new.actions.is_empty(), OpenSessionError::Actions),
            (!new.fields.is_empty(), OpenSessionError::Fields),
            (new.connection.is_some(), OpenSessionError::Connection),
        ];
        if let Some((_, error)) = refused.into_iter().find(|(wrong, _)| *wrong) {
            return Err(error.into());
        }
        for (name, actions) in &new.offers {
            let connector = self.approved(name).await?;
            scope::least(&connector.manifest, actions)?;
        }
        Ok(())
    }

    pub(super) async fn check_mendable(&self, new: &NewSession, id: ConnectionId) -> Result<(), SessionError> {
        let connection = self.connection(new.tenant, id).await?.ok_or(ResolveError::NotFound)?;
        if new.connector.as_ref() != Some(&connection.connector) {
            return Err(SessionError::OtherConnector(connection.connector));
        }
        if connection.end_user.as_ref().is_some_and(|owner| *owner != new.end_user) {
            return Err(SessionError::OtherEndUser);
        }
        Ok(())
    }

    fn link_url(&self, tenant: &Tenant, link: &Secret) -> String {
        format!("{}/connect/{}", self.site_url(tenant).as_str().trim_end_matches('/'), link.expose())
    }

    /// One session of a tenant.
    pub async fn session(&self, tenant: TenantId, id: SessionId) -> Result<Option<ConnectSession>, StoreError> {
        Ok(self.store().sessions().get(tenant, id).await?.map(|session| session.record))
    }

    /// A session in which a person consents again, for the same connection id.
    pub async fn reauthorize(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        asked: Reauthorize,
        by: &str,
    ) -> Result<(ConnectSession, String), SessionError> {
        let connection: Connection = self.connection(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        let mut actions = connection.actions.clone();
        actions.extend(asked.actions);
        let new = NewSession {
            tenant,
            connector: Some(connection.connector),
            actions,
            offers: BTreeMap::new(),
            end_user: asked.end_user,
            connection: Some(id),
            fields: BTreeMap::new(),
            return_url: asked.return_url,
            opener: None,
            contact: None,
        };
        self.create_session(new, by).await
    }
}

/// Whether a text can be the application's own id of a person.
pub(super) fn is_end_user(text: &str) -> bool {
    (1..=200).contains(&text.len()) && !text.chars().any(char::is_control)
}
