//! Where a connection's credential goes on a request, and the placing itself.

use http::{HeaderMap, HeaderName};
use jackfield_model::{
    credential::Credential,
    manifest::{Method, MethodKind, Placement},
    secret::Secret,
    template::Template,
};
use url::Url;

use super::{
    denial::{Denial, shown},
    headers,
    values::PublicValues,
};

/// A secret and the one place it goes. Made from an access token or a typed token only:
/// a refresh token or a client secret never becomes one.
#[derive(Debug, PartialEq, Eq)]
pub enum PlacedSecret {
    /// In a header.
    Header {
        /// Its name.
        name: HeaderName,
        /// Its whole value, prefix included.
        value: Secret,
    },
    /// In a query parameter.
    Query {
        /// Its name.
        name: String,
        /// Its value.
        value: Secret,
    },
}

/// Makes the placements a method declares from a connection's credential.
pub fn placements(
    method: &Method,
    credential: &Credential,
    values: &PublicValues,
) -> Result<Vec<PlacedSecret>, Denial> {
    let token = token(method, credential)?;
    method.placements.iter().map(|placement| place(placement, token, values)).collect()
}

/// The secret that is placed on calls.
fn token<'a>(method: &Method, credential: &'a Credential) -> Result<&'a Secret, Denial> {
    let found = match (&method.kind, credential) {
        (MethodKind::ApiToken { field }, credential) => credential.field(field),
        (_, Credential::Tokens(tokens)) => Some(&tokens.access_token),
        (_, Credential::Fields(_)) => None,
    };
    found.ok_or_else(|| {
        Denial::new(
            "credential-missing",
            format!(
                "the connection holds no credential of the method `{}`: whoever owns it may reauthorize it",
                method.id
            ),
        )
    })
}

fn place(placement: &Placement, token: &Secret, values: &PublicValues) -> Result<PlacedSecret, Denial> {
    match placement {
        Placement::Header { name, prefix } => {
            let name = headers::name(&filled(name, values)?)?;
            let value = Secret::new(format!("{}{}", filled(prefix, values)?, token.expose()));
            headers::value(name.as_str(), value.expose())?;
            Ok(PlacedSecret::Header { name, value })
        }
        Placement::Query { name } => {
            Ok(PlacedSecret::Query { name: filled(name, values)?, value: Secret::new(token.expose().to_owned()) })
        }
    }
}

fn filled(template: &Template, values: &PublicValues) -> Result<String, Denial> {
    let missing = |error: jackfield_model::template::TemplateError| {
        Denial::new("template", format!("the placement `{}` cannot be filled: {error}", shown(template.source())))
    };
    template.fill(|key| values.get(key).cloned()).map_err(missing)
}

impl PlacedSecret {
    /// The header it goes into, where it goes into one.
    pub fn header(&self) -> Option<&str> {
        match self {
            Self::Header { name, .. } => Some(name.as_str()),
            Self::Query { .. } => None,
        }
    }

    /// The query parameter it goes into, where it goes into one.
    pub fn query(&self) -> Option<&str> {
        match self {
            Self::Query { name, .. } => Some(name),
            Self::Header { .. } => None,
        }
    }

    /// Puts it on a request.
    pub(super) fn put(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), Denial> {
        match self {
            Self::Header { name, value } => {
                let mut value = headers::value(name.as_str(), value.expose())?;
                value.set_sensitive(true);
                headers.insert(name.clone(), value);
            }
            Self::Query { name, value } => {
                url.query_pairs_mut().append_pair(name, value.expose());
            }
        }
        Ok(())
    }
}
