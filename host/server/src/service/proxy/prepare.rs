//! A call made ready: where it goes, whether the connection's actions make it, and the credential on it.

use http::{HeaderMap, Method, Uri};
use jackfield_model::{credential::Credential, failure::plain, origin::Origin};
use jackfield_runtime::{
    Denial,
    egress::{self, Asked, Enforcement, Gate, Placements, Requests, Ruling},
};
use url::Url;

use super::{ProxyRequest, error::ProxyError, headers, origin};
use crate::{
    outbound::{Judged, judged},
    service::{
        Service,
        resolve::Party,
        which_token::{Led, Wanted, credential_for},
    },
};

/// Query parameters by which some servers take another method than the request's.
const OVERRIDES: [&str; 4] = ["_method", "x-http-method", "x-http-method-override", "x-method-override"];
/// Those that are overrides only where they name a method: they mean other things elsewhere.
const MAY_OVERRIDE: [&str; 3] = ["method", "httpmethod", "http_method"];
const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

/// A request that was judged, with the credential where its origin takes one.
pub(super) struct Ready {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    /// What goes into the body is placed by it.
    pub(super) gate: Gate,
    /// For whom it goes out, and where to.
    pub(super) judged: Judged,
    /// Whether the credential is on it.
    pub(super) credential: bool,
    /// What the method calls the token it takes; empty for the only one.
    pub(super) token: String,
    /// The actions that make it.
    pub(super) ruling: Ruling,
}

impl Ready {
    pub(super) fn origin(&self) -> &Origin {
        &self.judged.origin
    }

    /// The URL as the outbound client takes it.
    pub(super) fn uri(&self) -> Result<Uri, Denial> {
        let unreadable =
            |_| Denial::new("path-ambiguous", "the path or the query is no part of a URL: write it plainly");
        self.url.as_str().parse().map_err(unreadable)
    }
}

impl Service {
    /// Judges a request by every rule there is before a byte leaves, then places the credential.
    pub(super) fn ready(
        &self,
        party: &Party,
        credential: &Credential,
        asked: &ProxyRequest,
    ) -> Result<Ready, ProxyError> {
        let (manifest, connection) = (party.manifest(), &party.connection);
        let endpoints = connection.endpoints.as_ref();
        let values =
            egress::public_values(manifest, &party.method, &connection.fields, party.client.as_ref(), endpoints);
        let settings = self.parts.outbound.egress();
        let origins = egress::allowed_origins(manifest, &values, endpoints, settings)?;
        let target = origin::choose(manifest, &origins, asked.origin.as_deref())?.clone();
        let mut url = origin::url_at(&target.origin, &asked.path_and_query)?;
        let path = origin::read(url.path())?;
        let ruling = Enforcement::new(manifest, &connection.actions, &values)?.judge(&asked.method, &target.id, &path);
        let ruling = allowed(ruling, asked, &url)?;
        let wanted = Wanted { method: &asked.method, origin: &target.id, path: &path, token: asked.token.as_deref() };
        let Led { token, credential: led } =
            credential_for(party, credential, &values, wanted).map_err(ProxyError::Token)?;
        let placements = if target.credential {
            egress::placements(manifest, &party.method, led.as_ref().unwrap_or(credential), &values)?
        } else {
            Placements::default()
        };
        let gate = Gate {
            connector: party.connector.name.clone(),
            origins,
            requests: Requests::AnyAtOrigins,
            placements,
            egress: std::sync::Arc::clone(settings),
        };
        let (mut headers, coding) = headers::callers(&asked.headers);
        let credential = target.credential;
        let origin = gate.judge(&Asked { method: &asked.method, url: &url, headers: &headers, credential })?;
        if credential {
            gate.place(&mut url, &mut headers)?;
        }
        headers.extend(coding);
        let judged = judged(&party.connector.name, connection.tenant, origin);
        Ok(Ready { method: asked.method.clone(), url, headers, gate, judged, credential, token, ruling })
    }
}

fn allowed(ruling: Ruling, asked: &ProxyRequest, url: &Url) -> Result<Ruling, ProxyError> {
    if !ruling.passes {
        let path = plain(url.path(), 120);
        return Err(ProxyError::NotItsAction { method: asked.method.clone(), path, actions: ruling.actions });
    }
    match overriding(url).filter(|_| ruling.enforced) {
        None => Ok(ruling),
        Some(name) => {
            let message = format!(
                "the query parameter `{}` may stand for another method, and this connection is held to the methods of its actions: send the method itself",
                plain(&name, 64)
            );
            Err(Denial::new("method-override", message).into())
        }
    }
}

/// The query parameter that may override the method, if there is one.
fn overriding(url: &Url) -> Option<String> {
    url.query_pairs().find_map(|(name, value)| {
        let (folded, value) = (name.to_ascii_lowercase().replace('_', "-"), value.to_ascii_lowercase());
        let is = |known: &&str| known.replace('_', "-") == folded;
        let overrides = OVERRIDES.iter().any(&is) || (MAY_OVERRIDE.iter().any(is) && METHODS.contains(&value.trim()));
        overrides.then(|| name.into_owned())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn a_parameter_that_names_a_method_is_seen_and_other_uses_of_the_word_are_not() {
        for (query, expected) in [
            ("_method=DELETE", true),
            ("a=1&%5Fmethod=put", true),
            ("X-HTTP-Method-Override=DELETE", true),
            ("x_method_override=", true),
            ("method=delete", true),
            ("method=Delete%20", true),
            ("method=flickr.photos.search", false),
            ("payment_method=delete", false),
            ("q=_method", false),
        ] {
            let url = Url::parse(&format!("https://api.example.com/x?{query}")).unwrap();
            assert_eq!(overriding(&url).is_some(), expected, "{query}");
        }
    }
}
