//! Authorization server metadata (RFC 8414) and OpenID Connect discovery: where it is, and reading it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    endpoints::{EndpointError, Plain, checked},
    json::{self, JsonError},
};

/// The largest document that is read (MD-3).
pub const DOCUMENT_LIMIT: usize = 64 * 1024;
/// Metadata is asked for again at the earliest after this many seconds (MD-5).
pub const SHORTEST_CACHE: u64 = 5 * 60;
/// Metadata is asked for again at the latest after this many seconds (MD-5).
pub const LONGEST_CACHE: u64 = 24 * 60 * 60;

/// What an issuer announces, as far as it is used here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The issuer identifier, identical to the one asked for.
    pub issuer: String,
    /// Authorization endpoint.
    pub authorization_endpoint: Option<String>,
    /// Token endpoint.
    pub token_endpoint: Option<String>,
    /// RFC 7009 endpoint.
    pub revocation_endpoint: Option<String>,
    /// OpenID Connect userinfo endpoint.
    pub userinfo_endpoint: Option<String>,
    /// Where its keys are.
    pub jwks_uri: Option<String>,
    /// ID token signing algorithms.
    pub id_token_algorithms: BTreeSet<String>,
    /// Whether callbacks carry `iss` (RFC 9207).
    pub iss_in_callback: bool,
    /// What an operator should know about it.
    pub warnings: Vec<Warning>,
}

/// Something weaker than it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// PKCE methods are announced, and S256 is not among them (PKCE-5).
    #[error("the issuer announces PKCE methods without S256; S256 is used all the same")]
    PkceWithoutS256,
}

/// Why metadata is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The issuer is no https URL without query and fragment.
    #[error("an issuer is an https URL without query and fragment")]
    Issuer,
    /// Larger than the limit, too deep, or no JSON object.
    #[error("the metadata document cannot be read: {0}")]
    Unreadable(&'static str),
    /// It names another issuer than the one asked (RFC 8414 section 3.3).
    #[error("the metadata names another issuer than the one asked; both must be identical, down to a last slash")]
    OtherIssuer,
    /// An endpoint in it cannot be used.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
}

impl From<JsonError> for MetadataError {
    fn from(error: JsonError) -> Self {
        Self::Unreadable(match error {
            JsonError::TooLarge => "it is larger than 64 KiB",
            JsonError::TooDeep => "it is nested too deeply",
            JsonError::Malformed => "it is not JSON",
        })
    }
}

/// Where an issuer's metadata may be, in the order to ask: RFC 8414 section 3.1 with the well-known
/// part between host and path, then OpenID Connect Discovery section 4 with it at the end, then the
/// OpenID document at RFC 8414's place (its section 5).
pub fn well_known_urls(issuer: &str, plain: Plain) -> Result<Vec<String>, MetadataError> {
    let url = checked("issuer", issuer, plain).map_err(|_| MetadataError::Issuer)?;
    if url.query().is_some() {
        return Err(MetadataError::Issuer);
    }
    let path = url.path().trim_end_matches('/').to_owned();
    let at = |path: String| {
        let mut there = url.clone();
        there.set_path(&path);
        there.to_string()
    };
    let mut urls = vec![
        at(format!("/.well-known/oauth-authorization-server{path}")),
        at(format!("{path}/.well-known/openid-configuration")),
    ];
    if !path.is_empty() {
        urls.push(at(format!("/.well-known/openid-configuration{path}")));
    }
    Ok(urls)
}

/// Reads a document that came from one of `well_known_urls(issuer)`.
pub fn read(issuer: &str, document: &[u8], plain: Plain) -> Result<Metadata, MetadataError> {
    let document = json::parse(document, DOCUMENT_LIMIT)?;
    if !document.is_object() {
        return Err(MetadataError::Unreadable("it is no JSON object"));
    }
    if document.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return Err(MetadataError::OtherIssuer);
    }
    let endpoint = |name: &'static str| -> Result<Option<String>, EndpointError> {
        let Some(text) = document.get(name).and_then(Value::as_str) else { return Ok(None) };
        checked(name, text, plain).map(|_| Some(text.to_owned()))
    };
    let methods = strings(&document, "code_challenge_methods_supported");
    let weak = methods.as_ref().is_some_and(|methods| !methods.contains("S256"));
    Ok(Metadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: endpoint("authorization_endpoint")?,
        token_endpoint: endpoint("token_endpoint")?,
        revocation_endpoint: endpoint("revocation_endpoint")?,
        userinfo_endpoint: endpoint("userinfo_endpoint")?,
        jwks_uri: endpoint("jwks_uri")?,
        id_token_algorithms: strings(&document, "id_token_signing_alg_values_supported").unwrap_or_default(),
        iss_in_callback: document.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)),
        warnings: if weak { vec![Warning::PkceWithoutS256] } else { Vec::new() },
    })
}

fn strings(document: &Value, name: &str) -> Option<BTreeSet<String>> {
    let list = document.get(name)?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// How many seconds a document may be used, from its `Cache-Control`, within our bounds (MD-5).
pub fn cache_seconds(cache_control: Option<&str>) -> u64 {
    let directives = cache_control.unwrap_or_default().split(',').map(str::trim);
    let age = directives.filter_map(|directive| directive.strip_prefix("max-age=")).find_map(|age| age.parse().ok());
    age.unwrap_or(SHORTEST_CACHE).clamp(SHORTEST_CACHE, LONGEST_CACHE)
}

impl Metadata {
    /// Its endpoints, by their names in the document.
    pub fn announced(&self) -> BTreeMap<String, String> {
        let named = [
            ("authorization_endpoint", &self.authorization_endpoint),
            ("token_endpoint", &self.token_endpoint),
            ("revocation_endpoint", &self.revocation_endpoint),
            ("userinfo_endpoint", &self.userinfo_endpoint),
            ("jwks_uri", &self.jwks_uri),
        ];
        named.into_iter().filter_map(|(name, url)| Some((name.to_owned(), url.clone()?))).collect()
    }
}

/// The endpoints that differ between what was announced before and now, by name: what an operator
/// must accept before the newer ones are used (MD-5).
pub fn changed_endpoints(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != now.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests;
