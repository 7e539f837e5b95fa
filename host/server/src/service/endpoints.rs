//! A provider's endpoints: pinned by the manifest or announced by an issuer, fetched through the one gate and kept for a while.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::header;
use jackfield_auth::{
    endpoints::{self, EndpointError, Plain},
    fields::Inputs,
    id_token,
    metadata::{self, Metadata, MetadataError},
};
use jackfield_model::{
    client::Client,
    failure::Failure,
    id::{ClientId, TenantId},
    manifest::OAuth2,
    origin::Origin,
    session::Endpoints,
};
use jackfield_runtime::{Denial, Outbound as Asked, SendError};
use jackfield_store::{Change, StoreError};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Service, outcome};

/// Why a provider's endpoints are not known.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EndpointsError {
    /// A template or a rule.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The metadata document.
    #[error("the issuer's metadata cannot be used: {0}")]
    Metadata(#[from] MetadataError),
    /// A rule of the egress gate.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// It could not be fetched.
    #[error("the issuer's metadata could not be fetched: {}", .0.message)]
    Unreachable(Failure),
    /// It answered something else.
    #[error("the issuer answered {0} where its metadata should be: check the issuer's spelling")]
    Status(u16),
    /// It announces other endpoints than when the client was first used (MD-5).
    #[error(
        "the issuer announces another {0} than when this client was first used: an operator has to accept that first"
    )]
    Changed(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Documents fetched before: issuer metadata and key sets, by URL.
#[derive(Clone, Default)]
pub(super) struct Documents {
    kept: Arc<Mutex<HashMap<String, Kept>>>,
}

#[derive(Clone)]
struct Kept {
    body: Arc<Vec<u8>>,
    until: Timestamp,
    /// Since when it may be asked for again before its time.
    again_from: Timestamp,
}

/// A document, and whether it came from memory and may be asked for again.
pub(super) struct Document {
    pub(super) body: Arc<Vec<u8>>,
    pub(super) may_be_fetched_again: bool,
}

impl Service {
    /// The endpoints of a method for these fields and this client, fetched for the tenant if an issuer announces them.
    pub(super) async fn endpoints(
        &self,
        connector: &str,
        tenant: TenantId,
        oauth2: &OAuth2,
        fields: &BTreeMap<String, String>,
        client: &Client,
    ) -> Result<Endpoints, EndpointsError> {
        let inputs = Inputs { fields, client_fields: &client.fields, client_id: Some(&client.public_id) };
        let plain = self.plain();
        let issuer = endpoints::issuer(oauth2, &inputs, plain)?;
        let metadata = match &issuer {
            None => None,
            Some(issuer) => Some(self.metadata(connector, Some(tenant), issuer).await?),
        };
        if let Some(metadata) = metadata.as_ref().filter(|_| is_one_issuer(oauth2)) {
            check_announced(client, metadata)?;
        }
        let found = endpoints::resolve(oauth2, &inputs, metadata.as_ref(), plain)
            .map_err(EndpointsError::from)
            .and_then(|found| self.judged_endpoints(connector, found));
        let found = found.inspect_err(|_| issuer.iter().for_each(|issuer| self.forget_metadata(issuer)))?;
        // Only what was found sound is what the client goes on with from here on.
        match metadata {
            Some(metadata) if !is_one_issuer(oauth2) => warn_of(client.id, &metadata),
            Some(metadata) if client.announced.is_empty() => self.record_announced(client.id, &metadata).await?,
            _ => {}
        }
        Ok(found)
    }

    /// What cannot be used is asked for again, so that an issuer that mends it is believed at once.
    pub(super) fn forget_metadata(&self, issuer: &str) {
        metadata::well_known_urls(issuer, self.plain()).iter().flatten().for_each(|url| self.documents.forget(url));
    }

    /// Whether an issuer's metadata is at hand.
    pub(super) fn keeps_metadata(&self, issuer: &str) -> bool {
        let urls = metadata::well_known_urls(issuer, self.plain());
        urls.iter().flatten().any(|url| self.documents.fresh(url, self.now()).is_some())
    }

    /// The endpoints, if requests may go to each of them.
    pub(super) fn judged_endpoints(&self, connector: &str, found: Endpoints) -> Result<Endpoints, EndpointsError> {
        let Endpoints { authorize, token, refresh, revoke, userinfo, jwks, .. } = &found;
        for url in [authorize, refresh, revoke, userinfo, jwks].into_iter().flatten().chain([token]) {
            self.endpoint_url(connector, url)?;
        }
        Ok(found)
    }

    /// Records it once, and with it what of it is weaker than it should be (PKCE-5).
    async fn record_announced(&self, id: ClientId, metadata: &Metadata) -> Result<(), StoreError> {
        let Some(mut client) = self.store().clients().get(id).await? else { return Ok(()) };
        client.announced = metadata.announced();
        let mut change = Change::new();
        warn_of(id, metadata);
        if !metadata.warnings.is_empty() {
            change = self.audited_for(client.tenant, "host", "issuer.pkce-without-s256", &id.to_string())?;
        }
        self.store().clients().update(&mut change, &mut client).await?;
        match self.store().commit(change).await {
            // Somebody changed the client meanwhile: the next use records it.
            Err(StoreError::Conflict) => Ok(()),
            other => other,
        }
    }

    pub(super) fn plain(&self) -> Plain {
        if self.parts.settings.http_loopback { Plain::LoopbackAllowed } else { Plain::Refused }
    }

    /// An endpoint's URL and its origin, judged by the gate.
    pub(super) fn endpoint_url(&self, connector: &str, text: &str) -> Result<(Url, Origin), Denial> {
        let unreadable = || Denial {
            rule: "endpoint-url",
            message: "the endpoint is no URL: the connector's manifest or the issuer's metadata names it".into(),
        };
        let url = Url::parse(text).map_err(|_| unreadable())?;
        let origin = self.parts.outbound.egress().judge_endpoint(connector, &url)?;
        Ok((url, origin))
    }

    pub(super) async fn metadata(
        &self,
        connector: &str,
        tenant: Option<TenantId>,
        issuer: &str,
    ) -> Result<Metadata, EndpointsError> {
        let mut urls = metadata::well_known_urls(issuer, self.plain())?;
        // What is at hand comes first: an issuer that has it at the second address is not asked at the first one each time.
        urls.sort_by_key(|url| self.documents.fresh(url, self.now()).is_none());
        match self.metadata_now(connector, tenant, issuer, &urls).await {
            Err(error @ (EndpointsError::Unreachable(_) | EndpointsError::Status(_))) => {
                let stale = urls.iter().find_map(|url| self.documents.stale(url, self.now()));
                let read = stale.and_then(|body| metadata::read(issuer, &body, self.plain()).ok());
                read.inspect(|_| tracing::warn!(issuer, %error, "metadata over its time is used")).ok_or(error)
            }
            other => other,
        }
    }

    async fn metadata_now(
        &self,
        connector: &str,
        tenant: Option<TenantId>,
        issuer: &str,
        urls: &[String],
    ) -> Result<Metadata, EndpointsError> {
        let mut last = None;
        for url in urls {
            match self.document(connector, tenant, url, false).await {
                Ok(document) => match metadata::read(issuer, &document.body, self.plain()) {
                    Ok(metadata) => return Ok(metadata),
                    Err(error) => {
                        self.documents.forget(url);
                        // Some sites answer every address they do not know with a page of theirs.
                        if !matches!(error, MetadataError::Unreadable(_)) {
                            return Err(error.into());
                        }
                        last = Some(error.into());
                    }
                },
                Err(error @ EndpointsError::Status(_)) => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or(EndpointsError::Status(404)))
    }

    /// A JSON document, from memory where it is fresh; `again` asks the provider in any case.
    pub(super) async fn document(
        &self,
        connector: &str,
        tenant: Option<TenantId>,
        url: &str,
        again: bool,
    ) -> Result<Document, EndpointsError> {
        let now = self.now();
        if let Some(kept) = self.documents.fresh(url, now).filter(|kept| !again || kept.again_from > now) {
            return Ok(Document { body: kept.body, may_be_fetched_again: kept.again_from <= now });
        }
        let (parsed, origin) = self.endpoint_url(connector, url)?;
        let request = http::Request::get(parsed.as_str()).header(header::ACCEPT, "application/json").body(Vec::new());
        let asked = Asked {
            request: request.map_err(|_| EndpointsError::Status(400))?,
            origin,
            connector: connector.to_owned(),
            tenant,
            max_response_bytes: u64::try_from(metadata::DOCUMENT_LIMIT).unwrap_or(u64::MAX),
            timeout: self.parts.settings.metadata_timeout,
        };
        let response = self.parts.outbound.send_once(asked).await.map_err(|error| match error {
            // The name leads where nothing may be sent: the issuer is wrong, not down.
            SendError::Denied(denial) => EndpointsError::Denied(denial),
            other => EndpointsError::Unreachable(outcome::of_send(&other)),
        })?;
        if response.status() != http::StatusCode::OK {
            return Err(EndpointsError::Status(response.status().as_u16()));
        }
        let cache_control = response.headers().get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
        let seconds = metadata::cache_seconds(cache_control);
        let body = Arc::new(response.into_body());
        self.documents.keep(url, &body, self.now(), Duration::from_secs(seconds), again);
        Ok(Document { body, may_be_fetched_again: false })
    }
}

/// Whether a client has one issuer. One whose connections name theirs is pinned by each connection, which records its endpoints
/// when it is made: by the client, whoever came first would decide for all.
fn is_one_issuer(oauth2: &OAuth2) -> bool {
    oauth2.issuer.as_ref().is_some_and(|issuer| issuer.keys().all(|key| key.starts_with("client.")))
}

fn warn_of(client: ClientId, metadata: &Metadata) {
    for warning in &metadata.warnings {
        tracing::warn!(%client, issuer = metadata.issuer, %warning, "an issuer announces less than it should");
    }
}

/// What an issuer announced first is what the client goes on with; anything else is for the operator (MD-5).
fn check_announced(client: &Client, metadata: &Metadata) -> Result<(), EndpointsError> {
    if client.announced.is_empty() {
        return Ok(());
    }
    let changed = metadata::changed_endpoints(&client.announced, &metadata.announced());
    if changed.is_empty() { Ok(()) } else { Err(EndpointsError::Changed(changed.join(", "))) }
}

/// The most documents kept at a time.
const KEPT_LIMIT: usize = 256;

impl Documents {
    fn fresh(&self, url: &str, now: Timestamp) -> Option<Kept> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(url).filter(|kept| kept.until > now).cloned()
    }

    /// One that is over its time, while the provider cannot give a newer one: for another day at most (MD-5).
    fn stale(&self, url: &str, now: Timestamp) -> Option<Arc<Vec<u8>>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let last = |kept: &&Kept| kept.until + SignedDuration::from_hours(24) > now;
        kept.get(url).filter(last).map(|kept| Arc::clone(&kept.body))
    }

    /// A document that turned out to be none, so that the next try asks for it again.
    pub(super) fn forget(&self, url: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(url);
    }

    fn keep(&self, url: &str, body: &Arc<Vec<u8>>, now: Timestamp, lasts: Duration, again: bool) {
        let Ok(lasts) = SignedDuration::try_from(lasts) else { return };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_LIMIT && !kept.contains_key(url) {
            // The one that is over first makes room: whoever fills the memory keeps nobody else out of it.
            let first = kept.iter().min_by_key(|(_, document)| document.until).map(|(url, _)| url.clone());
            first.and_then(|first| kept.remove(&first));
        }
        // One that was asked for again before its time is not for another minute (ID-2).
        let again_from = if again { now + SignedDuration::from_secs(id_token::REFETCH_SECONDS) } else { now };
        kept.insert(url.to_owned(), Kept { body: Arc::clone(body), until: now + lasts, again_from });
    }
}
