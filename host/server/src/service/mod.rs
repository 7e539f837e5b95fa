//! What the host does, a verb a file: resolve first, decide with `auth` and `model`, then let store and runtime act.
//!
//! Knows neither HTTP servers nor pages; `api`, `pages` and the command line call it.

mod api_key;
mod audit;
mod backup;
mod brand;
mod choose;
mod client;
mod complete;
mod condition;
mod connect;
mod connection;
mod connector;
mod contact;
mod create;
mod delete;
mod doctor;
mod endpoints;
mod establish;
pub mod fields;
mod figures;
mod flight;
mod habits;
mod health;
mod holes;
mod housekeeping;
mod identify;
mod identity;
mod import;
mod keyring;
mod lease;
mod lifetime;
mod list;
mod mail;
mod message;
mod notice;
mod offers;
mod once;
mod outbox;
mod outcome;
mod page_session;
mod past;
mod people;
mod permissions;
mod person_session;
mod proxy;
mod rate;
mod records;
mod recover;
mod refresh;
mod refusals;
mod replace;
mod request;
mod resolve;
mod reveal;
mod revoke;
mod sequence;
mod session;
mod site;
mod steps;
mod stopping;
mod target;
mod tenant;
mod token;
mod transfer;
mod twins;
mod typed;
mod unauthorized;
mod upgrade;
mod uses;
mod verify;
mod webhook;
mod which_token;

use std::{ops::Deref, path::PathBuf, sync::Arc, time::Duration};

use jackfield_model::{
    audit::AuditLine,
    connection::Connection,
    id::{EventId, RequestId, TenantId},
    secret::Secret,
    timeline::Event,
};
use jackfield_runtime::Runtime;
use jackfield_store::{Change, Store};
use jiff::Timestamp;
use tokio_util::task::TaskTracker;
use url::Url;

pub use api_key::{ApiKeyError, Caller, NewApiKey};
pub use audit::AuditAsked;
pub use brand::{BrandChange, BrandFileError};
pub use choose::{Choice, ChooseError};
pub use client::{ClientChange, ClientError, NewClient};
pub use complete::CompleteError;
pub use condition::{Conditions, Stale, Tags};
pub use connect::{
    Back, BrowserCookie, Callback, CallbackError, ConnectPage, LinkError, LinkPage, Onward, PickPage, StartError,
    StartForm, Started, TakeError,
};
pub use connection::{Filter, RenameError};
pub use connector::{ApproveError, InstallError, RemoveConnectorError};
pub use contact::ContactError;
pub use create::{CreateError, NewConnection};
pub use delete::{DeleteError, Deletion, Leave, RevocationOutcome, Twins};
pub use doctor::{Check, Diagnosis, Outcome, Register};
pub use endpoints::EndpointsError;
pub use establish::EstablishError;
pub use fields::{FieldFault, FieldRule, Typed};
pub use health::Health;
pub use identity::{Beginning, IdentityError, IdentityProvider, Nobody};
pub use import::{GivenTokens, ImportError, NewImport};
pub use keyring::{ReloadError, Reloaded};
pub use lease::{Lease, LeaseAsk, LeaseError, LeasedCredential};
pub use list::{ListError, PAGE_LIMIT, Page, Turn};
pub use message::{MessagesAsked, ReplayError};
pub use offers::Offer;
pub use once::{Begun, OnceError};
pub use page_session::{NewPageSession, PageSessionError, SignInLink, is_own_path};
pub use people::{BeforeDeletion, Farewell, Looked, Sort};
pub use permissions::{ActionWords, Permissions, PermissionsError, Right, ScopeWords};
pub use person_session::{FINISH, PersonAsks};
pub use proxy::{Bound, Proxied, ProxyError, ProxyRequest, ProxySettings, Told};
pub use rate::{Allowance, WINDOW_SECONDS};
pub use refresh::RefreshError;
pub use replace::OtherAccount;
pub use request::RequestName;
pub use resolve::ResolveError;
pub use session::{NewSession, OpenSessionError, Reauthorize, SessionError};
pub use target::TargetError;
pub use tenant::{NewTenant, TenantChange, TenantError};
pub use transfer::{Arrived, Exported, TRANSFER_LIMIT, TransferError, TransferKey, TransferSealError};
pub use unauthorized::Refused;
pub use upgrade::{Candidate, UpgradeError, Users};
pub use uses::{NewUse, UseError};
pub use verify::VerifyError;
pub use webhook::{NewWebhook, WebhookChange, WebhookError};

pub use jackfield_store::{BackupError, BadBackup, KeptAnswer, KeyRingStatus, StoreError, StoredFile};

use crate::{
    clock::Clock,
    descriptors::Descriptors,
    entropy::{self, Entropy},
    mail::Mailer,
    metrics::Metrics,
    outbound::Outbound,
    words::Languages,
};

/// What an operator sets about the service as a whole.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where browsers reach this host; begins every redirect URI.
    pub public_url: Url,
    /// Whether plain HTTP to loopback is allowed: for development and tests.
    pub http_loopback: bool,
    /// How long a token endpoint may take.
    pub token_timeout: Duration,
    /// How long metadata and keys may take.
    pub metadata_timeout: Duration,
    /// How long a webhook may take to answer.
    pub webhook_timeout: Duration,
    /// How long the body of a request may stand still.
    pub request_idle: Duration,
    /// How many requests an API key may send in a minute; zero for any number.
    pub requests_per_minute: u32,
    /// How many connections a person may begin in a minute; zero for any number.
    pub starts_per_minute: u32,
    /// Whether the figures are shown without a key.
    pub open_metrics: bool,
    /// The bounds of proxied calls.
    pub proxy: ProxySettings,
    /// The header whose request id is taken over from a caller.
    pub request_id_header: Option<String>,
    /// Whom people sign in to the pages by, beside their application.
    pub identity_provider: Option<Arc<IdentityProvider>>,
    /// The store's folder, for what an operator asks about it.
    pub data_dir: PathBuf,
    /// The key ring's file, for what an operator asks about it.
    pub keyring: PathBuf,
    /// How many connections and files may be open.
    pub descriptors: Descriptors,
}

/// Everything the service works with, made once.
pub struct Parts {
    /// Records.
    pub store: Store,
    /// Connectors.
    pub runtime: Arc<Runtime>,
    /// Outbound HTTP.
    pub outbound: Arc<Outbound>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The way to the mail server; none where there is none, and no mail.
    pub mailer: Option<Mailer>,
    /// Sentences for people.
    pub languages: Languages,
    /// The operator's settings.
    pub settings: Settings,
}

/// The service. Cheap to clone: every layer and handler of a request has one.
#[derive(Clone)]
pub struct Service {
    whole: Arc<Whole>,
    deed: Option<Arc<once::Held>>,
}

/// What all clones of a service are.
pub struct Whole {
    parts: Parts,
    flights: flight::Flights,
    refusals: refusals::Refusals,
    documents: endpoints::Documents,
    rounds: housekeeping::Rounds<jackfield_store::Due>,
    revoking: housekeeping::Rounds<jackfield_model::id::EventId>,
    last_round: housekeeping::LastRound,
    post: message::Post,
    habits: habits::Habits,
    hops: Arc<connect::Hops>,
    sign_ins: identity::Bounds,
    sequence: sequence::Sequence,
    rates: rate::Rates,
    callers: api_key::Callers,
    approvals: resolve::Approvals,
    reveals: reveal::Reveals,
    deeds: once::Deeds,
    proxy: proxy::ProxyState,
    transferring: Arc<tokio::sync::Mutex<()>>,
    arriving: tokio::sync::Mutex<()>,
    metrics: Arc<Metrics>,
    tasks: TaskTracker,
    stopping: stopping::Stopping,
}

impl Deref for Service {
    type Target = Whole;

    fn deref(&self) -> &Whole {
        &self.whole
    }
}

impl Service {
    /// A service over its parts. Call `recover` before the first request.
    pub fn new(parts: Parts) -> Self {
        let metrics = Arc::<Metrics>::default();
        let whole = Whole {
            parts,
            flights: flight::Flights::default(),
            refusals: refusals::Refusals::default(),
            documents: endpoints::Documents::default(),
            hops: Arc::default(),
            sign_ins: identity::Bounds::default(),
            sequence: sequence::Sequence::default(),
            rates: rate::Rates::default(),
            callers: api_key::Callers::default(),
            approvals: resolve::Approvals::default(),
            reveals: reveal::Reveals::default(),
            deeds: once::Deeds::default(),
            rounds: housekeeping::Rounds::default(),
            revoking: housekeeping::Rounds::default(),
            last_round: housekeeping::LastRound::default(),
            post: message::Post::default(),
            habits: habits::Habits::default(),
            proxy: proxy::ProxyState::counting(&metrics),
            transferring: Arc::default(),
            arriving: tokio::sync::Mutex::default(),
            metrics,
            tasks: TaskTracker::new(),
            stopping: stopping::Stopping::default(),
        };
        Self { whole: Arc::new(whole), deed: None }
    }

    /// What a request to this host is called: as its caller says, where the operator named a header for that, or a fresh id.
    pub fn name_request(&self, headers: &http::HeaderMap) -> Result<RequestName, StoreError> {
        let header = self.parts.settings.request_id_header.as_deref();
        let given = header.and_then(|name| headers.get(name)).and_then(|value| value.to_str().ok());
        match given.and_then(RequestName::taken_over) {
            Some(name) => Ok(name),
            None => Ok(RequestId::new(self.now(), self.id_bits()?).into()),
        }
    }

    /// How long the body of a request may stand still.
    pub fn request_idle(&self) -> Duration {
        self.parts.settings.request_idle
    }

    /// Where browsers reach this host.
    pub fn public_url(&self) -> &Url {
        &self.parts.settings.public_url
    }

    /// What this host can say to people.
    pub fn languages(&self) -> &Languages {
        &self.parts.languages
    }

    fn store(&self) -> &Store {
        &self.parts.store
    }

    /// The host's time.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    fn id_bits(&self) -> Result<u128, StoreError> {
        entropy::id_bits(&*self.parts.entropy).map_err(|_| StoreError::Random)
    }

    fn random_bytes(&self) -> Result<[u8; 32], StoreError> {
        entropy::bytes(&*self.parts.entropy).map_err(|_| StoreError::Random)
    }

    fn random_token(&self) -> Result<Secret, StoreError> {
        entropy::token(&*self.parts.entropy).map_err(|_| StoreError::Random)
    }

    /// Moment and bits for an id that sorts behind every one made before.
    fn ordered(&self) -> Result<(Timestamp, u128), StoreError> {
        Ok(self.sequence.next(self.now(), self.id_bits()?))
    }

    fn event_id(&self) -> Result<EventId, StoreError> {
        let (at, bits) = self.ordered()?;
        Ok(EventId::new(at, bits))
    }

    /// A change that carries its own audit line: who did what to which subject of the operator's.
    fn audited(&self, by: &str, kind: &str, subject: &str) -> Result<Change, StoreError> {
        self.audited_for(None, by, kind, subject)
    }

    /// As `audited`, of a tenant's subject: the tenant sees the line too.
    fn audited_for(
        &self,
        tenant: impl Into<Option<TenantId>>,
        by: &str,
        kind: &str,
        subject: &str,
    ) -> Result<Change, StoreError> {
        let line = AuditLine {
            id: self.event_id()?,
            at: self.now(),
            by: by.to_owned(),
            tenant: tenant.into(),
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            note: None,
            request: RequestName::current().map(|name| name.to_string()),
        };
        let mut change = Change::new();
        self.store().audit().append(&mut change, &line)?;
        Ok(change)
    }

    /// Stages a line of a connection's timeline that nobody outside hears of.
    fn jot(
        &self,
        change: &mut Change,
        connection: &Connection,
        kind: &str,
        by: &str,
        note: Option<String>,
    ) -> Result<(), StoreError> {
        self.line(change, connection, kind, by, note).map(drop)
    }

    fn line(
        &self,
        change: &mut Change,
        connection: &Connection,
        kind: &str,
        by: &str,
        note: Option<String>,
    ) -> Result<EventId, StoreError> {
        let event = Event {
            id: self.event_id()?,
            tenant: connection.tenant,
            connection: connection.id,
            at: self.now(),
            by: by.to_owned(),
            kind: kind.to_owned(),
            status: connection.status,
            note,
        };
        self.store().timeline().append(change, &event)?;
        Ok(event.id)
    }
}
