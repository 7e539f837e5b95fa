//! Revocation at the provider: by RFC 7009, by the connector's plans, or in words for a person.

mod queue;

pub(super) use queue::shadow;

use std::time::Duration;

use jackfield_auth::{
    failures,
    revoke::{self as rules, Revoked},
};
use jackfield_model::{
    connection::Connection,
    credential::{Credential, NamedToken},
    failure::{Advice, Failure},
    manifest::{Guide, Manifest, Revocation as Way},
    origin::Origin,
};
use jackfield_runtime::{Denial, Hook, Outbound as Asked, egress};
use jackfield_store::Revocation;
use jiff::{SignedDuration, Timestamp};

use super::{Service, holes, outcome, resolve::Party};

/// The longest answer to a revocation, in bytes.
const ANSWER_LIMIT: u64 = 64 * 1024;
/// How long one request waits at most: what is not answered is asked again by the queue.
const PATIENCE: Duration = Duration::from_secs(15);

/// What became of a credential at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// It is no longer good there.
    Done,
    /// The provider cannot; it is gone here only.
    Unsupported,
    /// A person can do it there.
    Page(Guide),
    /// Not yet; a queue tries again.
    Later { after: Option<SignedDuration>, why: String },
    /// It was refused.
    Refused(String),
    /// Nobody asked: a connection would have ended with it for which nobody said so.
    Kept,
}

/// Where the secrets of a hook's plans may go. A client's secret never goes to a host that a person or a provider
/// named: the operator entrusted it to the hosts that were approved.
struct HookOrigins {
    of_connection: Vec<Origin>,
    of_client: Vec<Origin>,
}

impl Service {
    /// Ends a credential at the provider where no connection ends with it unasked. Looked at now and not when it was queued:
    /// whoever connected meanwhile, or renewed what they have, lives on the same grant.
    pub(super) async fn end_unless_shared(&self, due: &Revocation, party: &Party, credential: &Credential) -> Ended {
        let shared = self.on_its_grant(&party.connection, party.client.as_ref(), &party.method).await;
        match shared.map(|sharing| sharing.iter().any(|other| !was_said_to_end(due, other))) {
            Ok(false) => self.end_at_provider(party, credential).await,
            Ok(true) => Ended::Kept,
            Err(error) => Ended::Later { after: None, why: error.to_string() },
        }
    }

    /// Ends a credential at the provider, refresh token first (REF-8).
    pub(super) async fn end_at_provider(&self, party: &Party, credential: &Credential) -> Ended {
        match &party.method.revocation {
            Way::None => Ended::Unsupported,
            Way::Page(guide) => Ended::Page(guide.clone()),
            Way::Hook => self.end_by_plans(party, credential).await,
            Way::Rfc7009 => self.end_by_rfc7009(party, credential).await,
        }
    }

    async fn end_by_rfc7009(&self, party: &Party, credential: &Credential) -> Ended {
        let Credential::Tokens(tokens) = credential else { return Ended::Unsupported };
        let call = party.method.kind.oauth2().and_then(|oauth2| party.token_call(oauth2));
        let Some(call) = call.filter(|call| call.endpoints.revoke.is_some()) else { return Ended::Unsupported };
        let mut outcome = Ended::Done;
        for (which, token) in rules::order(tokens) {
            let request = match rules::request(&call, which, token) {
                Ok(request) => request,
                Err(error) => return Ended::Refused(error.to_string()),
            };
            let response = match self.send_ending(party, request).await {
                Ok(response) => response,
                Err(ended) => return ended,
            };
            match rules::read(&response, token, self.now()) {
                Revoked::Done => {}
                Revoked::Unsupported => outcome = Ended::Unsupported,
                Revoked::Later { retry_after } => {
                    return Ended::Later { after: retry_after, why: "the provider asks to try later".into() };
                }
                Revoked::Refused { error, .. } => return Ended::Refused(error.to_string()),
            }
        }
        outcome
    }

    /// The connector's plans: each secret only to origins that a declared request of the hook names.
    async fn end_by_plans(&self, party: &Party, credential: &Credential) -> Ended {
        let settings = self.parts.outbound.egress();
        let context = match party.context(Hook::Revoke, Some(credential), settings, self.now()) {
            Ok(context) => context,
            Err(denial) => return Ended::Refused(denial.message),
        };
        let account = party.connection.account.as_ref().map(|account| account.id.as_str());
        let planned = match self.parts.runtime.revoke_plans(context, account).await.result {
            Ok(planned) => planned,
            Err(error) => return unplanned(outcome::of_call(&error)),
        };
        let origins = match self.hook_origins(party, "revoke") {
            Ok(origins) => origins,
            Err(denial) => return Ended::Refused(denial.message),
        };
        for token in each_token(credential) {
            let mut filling = holes::of_client(party, &origins.of_client);
            holes::add_credential(&mut filling, credential, &origins.of_connection);
            if let Some(token) = token {
                holes::add_token(&mut filling, token, &origins.of_connection);
            }
            for plan in &planned {
                let filled = match plan.fill(&filling) {
                    Ok(filled) => filled,
                    Err(denial) => return Ended::Refused(denial.message),
                };
                let ended = match self.send_ending(party, filled.request).await {
                    Ok(response) => read_ending(party.manifest(), &response, self.now()),
                    Err(ended) => ended,
                };
                if ended != Ended::Done {
                    return ended;
                }
            }
        }
        Ended::Done
    }

    /// The origins that the declared requests of a hook go to, for this connection.
    fn hook_origins(&self, party: &Party, hook: &str) -> Result<HookOrigins, Denial> {
        let (manifest, connection) = (party.manifest(), &party.connection);
        let endpoints = connection.endpoints.as_ref();
        let client = party.client.as_ref();
        let values = egress::public_values(manifest, &party.method, &connection.fields, client, endpoints);
        let all = egress::allowed_origins(manifest, &values, endpoints, self.parts.outbound.egress())?;
        let named: Vec<&str> = manifest.requests_of(hook).iter().map(|request| request.origin.as_str()).collect();
        let mut found = HookOrigins { of_connection: Vec::new(), of_client: Vec::new() };
        for allowed in all.into_iter().filter(|allowed| allowed.credential && named.contains(&allowed.id.as_str())) {
            if manifest.origin(&allowed.id).is_some_and(|origin| origin.place.is_operators()) {
                found.of_client.push(allowed.origin.clone());
            }
            found.of_connection.push(allowed.origin);
        }
        Ok(found)
    }

    async fn send_ending(
        &self,
        party: &Party,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, Ended> {
        let connector = &party.connector.name;
        let refused = |denial: Denial| Ended::Refused(denial.message);
        let (_, origin) = self.endpoint_url(connector, &request.uri().to_string()).map_err(refused)?;
        let asked = Asked {
            request,
            origin,
            connector: connector.clone(),
            tenant: Some(party.connection.tenant),
            max_response_bytes: ANSWER_LIMIT,
            timeout: self.parts.settings.token_timeout.min(PATIENCE),
        };
        let sent = self.parts.outbound.send_once(asked).await;
        sent.map_err(|error| Ended::Later { after: None, why: outcome::of_send(&error).message })
    }
}

/// Whether somebody said that this connection ends too. One that was renewed since lives on what was consented to later.
fn was_said_to_end(due: &Revocation, other: &Connection) -> bool {
    let renewed = other.upkeep.grant_since.is_some_and(|since| since > due.created_at);
    due.twins.contains(&other.id) && !renewed
}

/// What comes of it where a hook planned nothing.
fn unplanned(failure: Failure) -> Ended {
    match failure.advice {
        // The host or the provider is busy: what is sealed is the last that is known of the grant.
        Advice::Retry(_) => Ended::Later { after: None, why: failure.message },
        _ => Ended::Refused(failure.message),
    }
}

/// The tokens that plans are filled with one after another: the further ones, and at last, as none, the first.
fn each_token(credential: &Credential) -> impl Iterator<Item = Option<&NamedToken>> {
    let further = match credential {
        Credential::Tokens(tokens) => tokens.further.as_slice(),
        Credential::Fields(_) => &[],
    };
    further.iter().map(Some).chain([None])
}

/// What the answer to a planned revocation means. A success whose body says otherwise is read by the manifest's rules: a
/// grant that is gone already is as good as ended.
fn read_ending(manifest: &Manifest, response: &http::Response<Vec<u8>>, now: Timestamp) -> Ended {
    let (status, headers) = (response.status(), response.headers());
    let later = || Ended::Later {
        after: failures::retry_after(headers, manifest.rate_limit.as_ref(), now),
        why: "the provider asks to try later".into(),
    };
    let rule = failures::classify(&manifest.failures, status, headers, response.body());
    match rule.filter(|rule| rule.body.is_some()).map(|rule| &rule.advice) {
        Some(Advice::Reauthorize) => Ended::Done,
        Some(Advice::Retry(_) | Advice::ProviderDown) => later(),
        Some(_) => Ended::Refused("the provider refused to revoke it".into()),
        None if status.is_success() || status.as_u16() == 404 => Ended::Done,
        None if status.is_server_error() || status.as_u16() == 429 => later(),
        None => Ended::Refused(format!("the provider answered {}", status.as_u16())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_that_cannot_be_asked_now_is_asked_again() {
        let busy = Failure::new(Advice::Retry(None), "limit", "busy");
        assert!(matches!(unplanned(busy), Ended::Later { .. }));
        let broken = Failure::new(Advice::Other("connector".into()), "trap", "broken");
        assert!(matches!(unplanned(broken), Ended::Refused(_)));
    }
}
