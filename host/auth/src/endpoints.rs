//! From a manifest's templates and an issuer's metadata to endpoints that are recorded once (ST-8, ST-9).

use std::collections::BTreeSet;

use jackfield_model::{
    manifest::OAuth2,
    origin::{Origin, Scheme, is_label},
    session::Endpoints,
    template::{Template, TemplateError},
};
use url::Url;

use crate::{fields::Inputs, metadata::Metadata};

/// Whether an endpoint may be spoken to without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// Never: the rule.
    Refused,
    /// On loopback, under the operator's explicit setting.
    LoopbackAllowed,
}

/// Why an endpoint cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// A field it needs has no value.
    #[error("the {which} URL cannot be filled")]
    Unfilled {
        /// Which endpoint.
        which: &'static str,
        /// The missing field.
        source: TemplateError,
    },
    /// It does not parse, carries a user name or a fragment.
    #[error("the {which} URL is no plain URL: no user name, no fragment, at most 2048 bytes")]
    Unreadable {
        /// Which endpoint.
        which: &'static str,
    },
    /// It is not https.
    #[error("the {which} URL is not https")]
    NotHttps {
        /// Which endpoint.
        which: &'static str,
    },
    /// A field's value would change the host or the shape of the URL.
    #[error(
        "the value of `{key}` cannot stand in the {which} URL: only letters, digits and -._~ may, and in a host one label"
    )]
    UnsafeValue {
        /// Which endpoint.
        which: &'static str,
        /// The field's key.
        key: String,
    },
    /// Neither the manifest nor the issuer names it.
    #[error("neither the connector nor the issuer's metadata names a {which} URL")]
    Missing {
        /// Which endpoint.
        which: &'static str,
    },
    /// The metadata belongs to another issuer.
    #[error("the metadata belongs to another issuer")]
    ForeignMetadata,
}

/// The longest URL of an endpoint, in bytes: every request and every connection records several.
const URL_LIMIT: usize = 2048;

/// A URL of bearable length that is https (or plain on loopback, where allowed), without user information and fragment.
pub(crate) fn checked(which: &'static str, text: &str, plain: Plain) -> Result<Url, EndpointError> {
    let unreadable = EndpointError::Unreadable { which };
    let Ok(url) = Url::parse(text) else { return Err(unreadable) };
    let Ok(origin) = Origin::of(&url) else { return Err(unreadable) };
    if url.fragment().is_some() || text.len() > URL_LIMIT {
        return Err(unreadable);
    }
    if origin.scheme() == Scheme::Https || (plain == Plain::LoopbackAllowed && is_loopback(&origin)) {
        return Ok(url);
    }
    Err(EndpointError::NotHttps { which })
}

fn is_loopback(origin: &Origin) -> bool {
    origin.host() == "localhost" || origin.address().is_some_and(|address| address.is_loopback())
}

/// The issuer of a method, filled; none where the manifest pins the endpoints itself.
pub fn issuer(oauth2: &OAuth2, inputs: &Inputs<'_>, plain: Plain) -> Result<Option<String>, EndpointError> {
    oauth2.issuer.as_ref().map(|template| filled("issuer", template, inputs, plain)).transpose()
}

/// The endpoints of a method. What the manifest pins was approved by the operator and wins; what it
/// leaves open comes from the metadata of its one issuer.
pub fn resolve(
    oauth2: &OAuth2,
    inputs: &Inputs<'_>,
    metadata: Option<&Metadata>,
    plain: Plain,
) -> Result<Endpoints, EndpointError> {
    let issuer = issuer(oauth2, inputs, plain)?;
    if metadata.is_some_and(|metadata| issuer.as_ref() != Some(&metadata.issuer)) {
        return Err(EndpointError::ForeignMetadata);
    }
    let pinned = |which, template: &Option<Template>| {
        template.as_ref().map(|template| filled(which, template, inputs, plain)).transpose()
    };
    let announced = |pick: fn(&Metadata) -> &Option<String>| metadata.and_then(|metadata| pick(metadata).clone());
    let token = pinned("token", &oauth2.token_url)?.or_else(|| announced(|metadata| &metadata.token_endpoint));
    Ok(Endpoints {
        authorize: pinned("authorize", &oauth2.authorize_url)?.or_else(|| announced(|m| &m.authorization_endpoint)),
        token: token.ok_or(EndpointError::Missing { which: "token" })?,
        refresh: pinned("refresh", &oauth2.refresh_url)?,
        revoke: pinned("revoke", &oauth2.revoke_url)?.or_else(|| announced(|m| &m.revocation_endpoint)),
        userinfo: announced(|metadata| &metadata.userinfo_endpoint),
        jwks: announced(|metadata| &metadata.jwks_uri),
        iss_in_callback: metadata.is_some_and(|metadata| metadata.iss_in_callback),
        id_token_algorithms: metadata.map_or_else(BTreeSet::new, |metadata| metadata.id_token_algorithms.clone()),
        issuer,
    })
}

fn filled(
    which: &'static str,
    template: &Template,
    inputs: &Inputs<'_>,
    plain: Plain,
) -> Result<String, EndpointError> {
    let unfilled = |source| EndpointError::Unfilled { which, source };
    let source = template.source();
    let host = source.strip_prefix("https://").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    let host = Template::new(host.unwrap_or_default()).map_err(unfilled)?;
    // A URL the operator typed for the client stands in front as it is; everything else is a piece of one.
    let leading =
        template.keys().next().filter(|key| key.starts_with("client.") && source.starts_with(&format!("{{{key}}}")));
    for key in template.keys().filter(|key| Some(*key) != leading) {
        let value = inputs.lookup(key).ok_or_else(|| unfilled(TemplateError::Missing(key.to_owned())))?;
        let in_host = host.keys().any(|other| other == key);
        if !(if in_host { is_label(value) } else { is_piece(value) }) {
            return Err(EndpointError::UnsafeValue { which, key: key.to_owned() });
        }
    }
    let text = inputs.fill(template).map_err(unfilled)?;
    checked(which, &text, plain)?;
    Ok(text)
}

/// Unreserved characters only (RFC 3986 section 2.3), and no dot segment.
fn is_piece(value: &str) -> bool {
    let unreserved = value.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c));
    unreserved && !value.is_empty() && value != "." && value != ".."
}

#[cfg(test)]
mod tests;
