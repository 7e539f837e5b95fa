//! The authenticated proxy: a caller's request with the connection's credential placed on it, streamed both ways.

mod body;

use http::{HeaderMap, Method, header};
use jackfield_model::{
    credential::Credential,
    id::{ConnectionId, TenantId},
    status::Status,
};
use jackfield_runtime::{
    Denial, SendError,
    egress::{self, AllowedOrigin, Asked, Gate, Requests},
};
use jackfield_store::StoreError;
use url::Url;

use super::{
    ResolveError, Service,
    resolve::Party,
    which_token::{Wanted, credential_for},
};
use crate::outbound::{StreamBody, judged};

/// Headers that belong to one hop (RFC 9110 section 7.6.1), and those that could set cookies here.
const NOT_PASSED_ON: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers about how a body is packed and which part of it is wanted.
const CODING: [&str; 4] = ["accept-encoding", "content-encoding", "if-range", "range"];

/// A request to pass on.
pub struct ProxyRequest {
    /// Its method.
    pub method: Method,
    /// Path and query below the origin.
    pub path_and_query: String,
    /// The caller's headers, without those meant for this host.
    pub headers: HeaderMap,
    /// Its body.
    pub body: StreamBody,
    /// The origin's id, where the connector has several that take the credential.
    pub origin: Option<String>,
    /// Which of several tokens; none is the one its actions need there, or the first.
    pub token: Option<String>,
}

/// Why a request was not passed on or not answered.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// It cannot be worked with.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Its status forbids it.
    #[error("the connection is {0}: reauthorize it")]
    Unusable(Status),
    /// No origin of the connector takes the credential under that id.
    #[error("the connection has no origin `{given}` for its credential: choose among {known}")]
    NoOrigin {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// It has no token of that name, or lost it.
    #[error(transparent)]
    Token(super::RefreshError),
    /// The path.
    #[error("the path is no URL path")]
    Path,
    /// Protocol upgrades.
    #[error("websockets and other upgrades are not passed on: take a lease and connect yourself")]
    Upgrade,
    /// A rule.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The provider did not answer.
    #[error("the provider did not answer: {0}")]
    Send(#[from] SendError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Passes a request on with the credential; refreshes first where the token is over.
    pub async fn proxy(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        asked: ProxyRequest,
    ) -> Result<http::Response<StreamBody>, ProxyError> {
        if asked.headers.contains_key(header::UPGRADE) {
            return Err(ProxyError::Upgrade);
        }
        // A failure is left to the call itself: the provider says what it thinks of the token there is.
        let _ = self.refresh_if_over(tenant, id).await;
        let (party, credential) = self.resolve(tenant, id).await?;
        if !party.connection.status.is_usable() {
            return Err(ProxyError::Unusable(party.connection.status));
        }
        let (gate, target) = self.gate(&party, &credential, &asked)?;
        let mut url = below(&target, &asked.path_and_query)?;
        let (mut headers, coding) = callers(&asked.headers);
        let origin = gate.judge(&Asked { method: &asked.method, url: &url, headers: &headers, credential: true })?;
        gate.place(&mut url, &mut headers)?;
        let body = body::with_credential(&gate, &headers, &coding, asked.body).await?;
        headers.extend(coding);
        let mut request =
            http::Request::builder().method(asked.method).uri(url.as_str()).body(body).map_err(|_| ProxyError::Path)?;
        *request.headers_mut() = headers;
        let judged = judged(&party.connector.name, origin);
        let answer = self.parts.outbound.stream(request, judged, self.parts.settings.proxy_first_byte).await?;
        let (mut head, body) = answer.into_parts();
        head.headers = passed_on(&head.headers);
        Ok(http::Response::from_parts(head, body))
    }

    /// The gate of this connection, and the origin chosen among those that take its credential.
    fn gate(
        &self,
        party: &Party,
        credential: &Credential,
        asked: &ProxyRequest,
    ) -> Result<(Gate, AllowedOrigin), ProxyError> {
        let (manifest, connection) = (party.manifest(), &party.connection);
        let endpoints = connection.endpoints.as_ref();
        let values =
            egress::public_values(manifest, &party.method, &connection.fields, party.client.as_ref(), endpoints);
        let settings = self.parts.outbound.egress();
        let origins = egress::allowed_origins(manifest, &values, endpoints, settings)?;
        let target = choose(&origins, asked.origin.as_deref())?.clone();
        let path = asked.path_and_query.split('?').next().unwrap_or_default();
        let wanted = Wanted { method: &asked.method, origin: &target.id, path, token: asked.token.as_deref() };
        let led = credential_for(party, credential, &values, wanted).map_err(ProxyError::Token)?;
        let placements = egress::placements(manifest, &party.method, led.as_ref().unwrap_or(credential), &values)?;
        let gate = Gate {
            connector: party.connector.name.clone(),
            origins,
            requests: Requests::AnyAtOrigins,
            placements,
            egress: std::sync::Arc::clone(settings),
        };
        Ok((gate, target))
    }
}

fn choose<'a>(origins: &'a [AllowedOrigin], wanted: Option<&str>) -> Result<&'a AllowedOrigin, ProxyError> {
    let mut taking = origins.iter().filter(|origin| origin.credential);
    let found = match wanted {
        Some(id) => taking.find(|origin| origin.id == id),
        None => taking.next(),
    };
    found.ok_or_else(|| ProxyError::NoOrigin {
        given: wanted.unwrap_or("(the first)").chars().take(64).collect(),
        known: origins
            .iter()
            .filter(|origin| origin.credential)
            .map(|origin| origin.id.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    })
}

fn below(target: &AllowedOrigin, path_and_query: &str) -> Result<Url, ProxyError> {
    let path = path_and_query.strip_prefix('/').unwrap_or(path_and_query);
    if path.contains(['\\', '#']) || path.chars().any(|c| c.is_control() || c == ' ') {
        return Err(ProxyError::Path);
    }
    Url::parse(&format!("{}/{path}", target.origin)).map_err(|_| ProxyError::Path)
}

/// A caller's headers, and apart from them those about coding and ranges: a caller reads the answer unmasked, so
/// they may choose what a connector may not. What else the host owns stays behind.
fn callers(headers: &HeaderMap) -> (HeaderMap, HeaderMap) {
    let (mut kept, mut coding) = (HeaderMap::new(), HeaderMap::new());
    for (name, value) in &passed_on(headers) {
        if CODING.contains(&name.as_str()) {
            coding.append(name.clone(), value.clone());
        } else if !egress::is_owned(name.as_str()) {
            kept.append(name.clone(), value.clone());
        }
    }
    (kept, coding)
}

fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let named_by_connection: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(',').map(|name| name.trim().to_ascii_lowercase()))
        .collect();
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let hop =
            NOT_PASSED_ON.contains(&name.as_str()) || named_by_connection.iter().any(|named| named == name.as_str());
        if !hop {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn hop_by_hop_headers_and_cookies_stay_behind() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, x-secret-hop"),
            ("x-secret-hop", "1"),
            ("set-cookie", "a=b"),
            ("x-kept", "1"),
            ("te", "trailers"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        let kept = passed_on(&headers);
        assert_eq!(kept.keys().map(http::HeaderName::as_str).collect::<Vec<_>>(), ["x-kept"]);
    }

    #[test]
    fn ordinary_headers_of_clients_pass_and_smuggling_ones_do_not() {
        let mut headers = HeaderMap::new();
        for name in
            ["accept-encoding", "range", "accept", "x-method-override", "x-forwarded-for", "authorization", "cookie"]
        {
            headers.append(name, "1".parse().unwrap());
        }
        let (kept, coding) = callers(&headers);
        assert_eq!(kept.keys().map(http::HeaderName::as_str).collect::<Vec<_>>(), ["accept"]);
        assert_eq!(coding.len(), 2);
    }

    #[test]
    fn a_path_cannot_leave_its_origin() {
        let target =
            AllowedOrigin { id: "api".into(), origin: "https://api.example.com".parse().unwrap(), credential: true };
        assert_eq!(below(&target, "/v1/x?y=1").unwrap().as_str(), "https://api.example.com/v1/x?y=1");
        assert_eq!(below(&target, "//evil.example/x").unwrap().host_str(), Some("api.example.com"));
        assert_eq!(below(&target, "@evil.example/x").unwrap().host_str(), Some("api.example.com"));
        assert!(below(&target, "/\\evil").is_err() && below(&target, "/#x").is_err());
    }
}
