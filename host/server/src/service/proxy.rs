//! The authenticated proxy: a caller's request with the connection's credential placed on it, streamed both ways.
//!
//! Judged first (`prepare`), then sent within its bounds (`activity`), read as far as it says something about the
//! connection (`answer`), and sent once more where a refresh helps (`refused`).

mod activity;
mod answer;
mod body;
mod calls;
mod counts;
mod download;
mod error;
mod headers;
mod origin;
mod pace;
mod prepare;
mod refused;
mod settings;
mod upload;

use std::{collections::BTreeMap, sync::Arc};

use http::{HeaderMap, Method};
use hyper::body::Body as _;
use jackfield_auth::rate_limit::{self, Limits};
use jackfield_model::{
    credential::Credential,
    failure::Advice,
    id::{ConnectionId, TenantId},
    scope,
};

pub use error::ProxyError;
pub use settings::{Bound, ProxySettings};

use super::{Service, resolve::Party};
use crate::{metrics::Metrics, outbound::StreamBody};
use activity::{Activity, Ended, Stage};
use answer::Answer;
use calls::Place;
use prepare::Ready;
use refused::Remedy;
use upload::Outgoing;

/// A request to pass on, without its body.
pub struct ProxyRequest {
    /// Its method.
    pub method: Method,
    /// Path and query below the origin.
    pub path_and_query: String,
    /// The caller's headers, without those meant for this host.
    pub headers: HeaderMap,
    /// The origin's id, where the connection has several.
    pub origin: Option<String>,
    /// Which of several tokens; none is the one its actions need there, or the first.
    pub token: Option<String>,
}

/// A provider's answer.
pub struct Proxied {
    /// Its status and headers, and its body as it arrives.
    pub response: http::Response<StreamBody>,
    /// What the host read from it.
    pub told: Told,
}

/// What the host read from an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The provider's limits.
    pub limits: Limits,
    /// What it says about the connection; none where it is an ordinary answer.
    pub advice: Option<Advice>,
    /// For lacking scopes: the actions that need them.
    pub actions: Vec<String>,
    /// Whether the credential was refreshed and the request, whose body is gone, only needs to be sent again.
    pub send_again: bool,
}

/// What the proxy knows of the calls under way and of the last answers.
#[derive(Debug, Clone)]
pub(super) struct ProxyState {
    calls: calls::Calls,
    counts: counts::Counts,
    pace: pace::Pace,
    refusals: refused::Refusals,
}

impl ProxyState {
    /// Nothing under way, counted there.
    pub(super) fn counting(metrics: &Metrics) -> Self {
        Self {
            calls: calls::Calls::default(),
            counts: counts::Counts::into(metrics),
            pace: pace::Pace::default(),
            refusals: refused::Refusals::default(),
        }
    }
}

/// One call: what moves, and its place among those under way.
struct Call {
    activity: Arc<Activity>,
    place: Place,
    tenant: TenantId,
    id: ConnectionId,
}

impl Service {
    /// Passes a request on with the credential; refreshes first where the token is over, and once where it is refused.
    pub async fn proxy(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        asked: ProxyRequest,
        body: StreamBody,
    ) -> Result<Proxied, ProxyError> {
        if headers::asks_for_upgrade(&asked.headers) {
            return Err(ProxyError::Upgrade);
        }
        let settings = &self.parts.settings.proxy;
        let activity = Activity::begin(settings, &self.proxy.counts);
        let over = |bound| activity.end(Ended::Bound(bound));
        let place = self.proxy.calls.enter(tenant, id, settings).map_err(over)?;
        if headers::size(&asked.headers) > settings.request_header_bytes {
            return Err(over(Bound::RequestHeaders).into());
        }
        let (party, ready) = self.judged(self.resolve_fresh(tenant, id).await?, &asked)?;
        if let Some(wait) = self.proxy.pace.wait(id, ready.origin(), self.now()) {
            return Err(ProxyError::Paused { wait });
        }
        let held = ready.gate.needs_body().then_some(body::MOST);
        let body = Outgoing::of(body, settings, held, &activity).await?;
        Box::pin(self.carry(Call { activity, place, tenant, id }, (party, ready), &asked, body)).await
    }

    /// How often each bound ended a call since the host started.
    pub fn proxy_bounds(&self) -> BTreeMap<Bound, u64> {
        self.proxy.counts.all()
    }

    fn judged(
        &self,
        (party, credential): (Party, Credential),
        asked: &ProxyRequest,
    ) -> Result<(Party, Ready), ProxyError> {
        if !party.connection.status.is_usable() {
            return Err(ProxyError::Unusable(party.connection.status));
        }
        let ready = self.ready(&party, &credential, asked)?;
        Ok((party, ready))
    }

    async fn carry(
        &self,
        call: Call,
        (party, ready): (Party, Ready),
        asked: &ProxyRequest,
        mut body: Outgoing,
    ) -> Result<Proxied, ProxyError> {
        let first = self.send(&call, &party, &ready, &mut body).await?;
        if !first.refuses() {
            return self.pass_back(call, &party, &ready, first, false);
        }
        match self.remedy(&party, &ready.token).await {
            Remedy::Newer if body.is_at_hand() => {}
            Remedy::Newer => return self.pass_back(call, &party, &ready, first, true),
            Remedy::NoneToHave => {
                self.suspect(&party, &ready.token, false).await;
                return self.pass_back(call, &party, &ready, first, false);
            }
            Remedy::NotNow => return self.pass_back(call, &party, &ready, first, false),
        }
        drop(first);
        let (party, ready) = self.judged(self.resolve(call.tenant, call.id).await?, asked)?;
        let second = self.send(&call, &party, &ready, &mut body).await?;
        if second.refuses() {
            self.suspect(&party, &ready.token, true).await;
        }
        self.pass_back(call, &party, &ready, second, false)
    }

    /// Sends a request once, for as long as something moves.
    async fn send(&self, call: &Call, party: &Party, ready: &Ready, body: &mut Outgoing) -> Result<Answer, ProxyError> {
        let (activity, settings) = (&call.activity, &self.parts.settings.proxy);
        let body = if ready.gate.needs_body() {
            body.with(|held| ready.with_credential(held), activity)?
        } else {
            body.next(settings.request_bytes, activity).ok_or(ProxyError::CutOff)?
        };
        let mut request = http::Request::new(body);
        *request.method_mut() = ready.method.clone();
        *request.uri_mut() = ready.uri()?;
        *request.headers_mut() = ready.headers.clone();
        let sent = activity.within(Stage::Asking, self.parts.outbound.stream(request, &ready.judged)).await?;
        // What ended the body is why nothing came of it.
        let answer = sent.map_err(|error| activity.ended().map_or(error.into(), ProxyError::from))?;
        if headers::size(answer.headers()) > settings.response_header_bytes {
            return Err(activity.end(Ended::Bound(Bound::ResponseHeaders)).into());
        }
        let (manifest, now) = (party.manifest(), self.now());
        if ready.credential {
            Ok(Answer::read(answer, manifest, now, activity).await?)
        } else {
            Ok(Answer::unread(answer, manifest, now))
        }
    }

    /// The answer for the caller; what it asks of the next call is remembered.
    fn pass_back(
        &self,
        call: Call,
        party: &Party,
        ready: &Ready,
        answer: Answer,
        send_again: bool,
    ) -> Result<Proxied, ProxyError> {
        let Answer { mut head, body, advice, limits } = answer;
        if let Some(wait) = rate_limit::pause(head.status, &limits, advice.as_ref()) {
            self.proxy.pace.hold(call.id, ready.origin(), wait, self.now());
        }
        let limit = self.parts.settings.proxy.response_bytes;
        if body.size_hint().lower() > limit {
            return Err(call.activity.end(Ended::Bound(Bound::ResponseBytes)).into());
        }
        let actions = needing(party, ready, advice.as_ref());
        head.headers = headers::passed_on(&head.headers);
        let body = download::watched(body, limit, &call.activity, call.place);
        let told = Told { limits, advice, actions, send_again };
        Ok(Proxied { response: http::Response::from_parts(head, body), told })
    }
}

/// The actions behind a refusal for lacking scopes: those that make this request and are blocked by the grant; where
/// the grant seems to cover them, those that need what the provider named.
fn needing(party: &Party, ready: &Ready, advice: Option<&Advice>) -> Vec<String> {
    let Some(Advice::InsufficientScope(scopes)) = advice else { return Vec::new() };
    let manifest = party.manifest();
    let blocked = scope::blocked(manifest, &party.connection.grant.granted);
    let is_blocked = |id: &String| blocked.iter().any(|blocked| blocked.action == *id);
    let own: Vec<String> = ready.ruling.actions.iter().filter(|id| is_blocked(id)).cloned().collect();
    if !own.is_empty() {
        return own;
    }
    let needs = |set: &Vec<String>| set.iter().any(|scope| scopes.contains(scope));
    let named: Vec<String> = manifest
        .actions
        .iter()
        .filter(|action| action.any_of.iter().any(needs))
        .map(|action| action.id.clone())
        .collect();
    if named.is_empty() { ready.ruling.actions.clone() } else { named }
}
