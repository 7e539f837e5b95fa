//! The authorization request: the URL a browser is sent to, and the secrets that bind its answer.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use data_encoding::BASE64URL_NOPAD;
use jackfield_model::{
    manifest::{AuthorizeRules, Manifest, OAuth2, Pkce, Rename},
    scope::ScopeSet,
    secret::Secret,
    session::Endpoints,
    template::TemplateError,
};
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, basic::BasicClient,
};
use url::{Url, form_urlencoded};

use crate::{fields::Inputs, scope_lists};

/// Parameters that only the host fills: a connector cannot turn them into another grant, another
/// place to answer to, or no protection (CORE-1, PKCE-2).
const HOST_ONLY: [&str; 10] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
];
/// Those of them that protect, and so cannot be removed or emptied either.
const PROTECTION: [&str; 5] = ["state", "nonce", "code_challenge", "code_challenge_method", "redirect_uri"];
/// Those that a provider ignores under another name, and then does without what they protect. The others are missed: no state or
/// nonce comes back, no code arrives.
const UNDER_ITS_NAME: [&str; 2] = ["code_challenge", "code_challenge_method"];

/// Why an authorization request cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizeError {
    /// The manifest sets what only the host may set.
    #[error("the connector sets the parameter `{0}`, which only the host may set")]
    Reserved(String),
    /// The manifest removes what protects the flow, or gives it a name under which it does not.
    #[error("the connector leaves out or renames `{0}`, which protects the flow")]
    Protection(String),
    /// A field a template names has no value.
    #[error(transparent)]
    Unfilled(#[from] TemplateError),
    /// There is no authorization endpoint.
    #[error("the provider names no authorization endpoint")]
    NoEndpoint,
    /// The client has no `client_id`.
    #[error("the method needs a client, and there is none")]
    NoClient,
    /// The endpoint or the redirect URI is no URL.
    #[error("the {0} is no URL")]
    Malformed(&'static str),
}

/// What an authorization request is made from.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The connector's manifest: its scopes and their lists.
    pub manifest: &'a Manifest,
    /// The rules of the method.
    pub oauth2: &'a OAuth2,
    /// The endpoints recorded for it (ST-8).
    pub endpoints: &'a Endpoints,
    /// Public fields.
    pub inputs: Inputs<'a>,
    /// Where the browser comes back.
    pub redirect_uri: &'a str,
    /// What is asked for.
    pub scopes: &'a ScopeSet,
}

/// Fresh random bytes, 256 bits each, never used twice.
pub struct Entropy {
    /// For `state`.
    pub state: [u8; 32],
    /// For the PKCE verifier.
    pub verifier: [u8; 32],
    /// For the nonce.
    pub nonce: [u8; 32],
}

/// A request ready to be followed by a browser, and what its answer is checked against.
pub struct Asked {
    /// Where the browser is sent.
    pub url: String,
    /// Binds the callback to this request; store a keyed hash of it.
    pub state: Secret,
    /// Proves at the token endpoint that we asked (RFC 7636); none where the provider rejects PKCE.
    pub verifier: Option<Secret>,
    /// Binds the ID token to this request; none without `openid`.
    pub nonce: Option<Secret>,
}

impl fmt::Debug for Asked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Asked").finish_non_exhaustive()
    }
}

/// Whether rules keep to what a connector may bend.
fn check(rules: &AuthorizeRules) -> Result<(), AuthorizeError> {
    let reserved = |name: &str| HOST_ONLY.contains(&name);
    let set = rules.parameters.iter().map(|parameter| parameter.name.as_str());
    let lists = rules.scope_lists.iter().map(|(_, parameter)| parameter.as_str());
    let renamed =
        rules.renames.iter().filter_map(|rename| rename.actual.as_deref().filter(|to| *to != rename.standard));
    if let Some(name) = set.chain(lists).chain(renamed).find(|name| reserved(name)) {
        return Err(AuthorizeError::Reserved(name.to_owned()));
    }
    let keeps = |rename: &&Rename| match &rename.actual {
        None => false,
        Some(actual) => *actual == rename.standard || !UNDER_ITS_NAME.contains(&rename.standard.as_str()),
    };
    let removed = rules.renames.iter().filter(|rename| !keeps(rename)).map(|rename| &rename.standard);
    match removed.chain(&rules.emptied).find(|name| PROTECTION.contains(&name.as_str())) {
        Some(name) => Err(AuthorizeError::Protection(name.clone())),
        None => Ok(()),
    }
}

/// Builds the request (RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core 3.1.2.1).
pub fn ask(ask: &Ask<'_>, entropy: &Entropy) -> Result<Asked, AuthorizeError> {
    let rules = &ask.oauth2.authorize;
    check(rules)?;
    let endpoint = ask.endpoints.authorize.as_deref().ok_or(AuthorizeError::NoEndpoint)?;
    // Behind a fragment no server would see the request (RFC 6749 section 3.1), and without a host there is none.
    let endpoint = Url::parse(endpoint).ok().filter(|endpoint| endpoint.fragment().is_none() && endpoint.has_host());
    let mut endpoint = endpoint.ok_or(AuthorizeError::Malformed("authorization endpoint"))?;
    let state = encoded(&entropy.state);
    let verifier = (rules.pkce == Pkce::S256).then(|| encoded(&entropy.verifier));
    let nonce = ask.scopes.contains("openid").then(|| encoded(&entropy.nonce));

    let mut pairs: Vec<(String, String)> = endpoint.query_pairs().into_owned().collect();
    if let Some((name, _)) = pairs.iter().find(|(name, _)| HOST_ONLY.contains(&name.as_str())) {
        return Err(AuthorizeError::Reserved(name.clone()));
    }
    endpoint.set_query(None);
    pairs.extend(standard(ask, &endpoint, &state, verifier.as_ref(), nonce.as_ref())?);
    bend(&mut pairs, rules);
    for (name, value) in ask.inputs.parameters(&rules.parameters)? {
        if pairs.iter().any(|(present, _)| *present == name) {
            return Err(AuthorizeError::Reserved(name));
        }
        pairs.push((name, value));
    }
    let url = written(&endpoint, &pairs, rules);
    Ok(Asked { url, state, verifier, nonce })
}

fn encoded(bytes: &[u8; 32]) -> Secret {
    Secret::new(BASE64URL_NOPAD.encode(bytes))
}

/// The standard parameters, as the `oauth2` crate writes them.
fn standard(
    ask: &Ask<'_>,
    endpoint: &Url,
    state: &Secret,
    verifier: Option<&Secret>,
    nonce: Option<&Secret>,
) -> Result<Vec<(String, String)>, AuthorizeError> {
    let id = ask.inputs.client_id.ok_or(AuthorizeError::NoClient)?;
    let redirect = RedirectUrl::new(ask.redirect_uri.to_owned());
    let redirect = redirect.map_err(|_| AuthorizeError::Malformed("redirect URI"))?;
    let client = BasicClient::new(ClientId::new(id.to_owned())).set_auth_uri(AuthUrl::from_url(endpoint.clone()));
    let mut request = client.authorize_url(|| CsrfToken::new(state.expose().to_owned()));
    request = request.set_redirect_uri(Cow::Owned(redirect));
    if let Some(verifier) = verifier {
        let verifier = PkceCodeVerifier::new(verifier.expose().to_owned());
        request = request.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    }
    if let Some(nonce) = nonce {
        request = request.add_extra_param("nonce", nonce.expose());
    }
    for (parameter, scopes) in scope_lists::joined(ask.manifest, ask.oauth2, ask.scopes) {
        request = match parameter.as_str() {
            scope_lists::SCOPE => request.add_scope(Scope::new(scopes)),
            _ => request.add_extra_param(parameter, scopes),
        };
    }
    let (url, _) = request.url();
    Ok(url.query_pairs().into_owned().collect())
}

/// Renames, removes and empties what the manifest says.
fn bend(pairs: &mut Vec<(String, String)>, rules: &AuthorizeRules) {
    for name in &rules.emptied {
        match pairs.iter_mut().find(|(present, _)| present == name) {
            Some((_, value)) => value.clear(),
            None => pairs.push((name.clone(), String::new())),
        }
    }
    let renames: BTreeMap<&str, Option<&str>> =
        rules.renames.iter().map(|rename| (rename.standard.as_str(), rename.actual.as_deref())).collect();
    pairs.retain(|(name, _)| renames.get(name.as_str()) != Some(&None));
    for (name, _) in pairs.iter_mut() {
        if let Some(Some(actual)) = renames.get(name.as_str()) {
            *name = (*actual).to_owned();
        }
    }
}

fn written(endpoint: &Url, pairs: &[(String, String)], rules: &AuthorizeRules) -> String {
    let raw: BTreeSet<&str> = rules.unencoded.iter().map(String::as_str).collect();
    let pairs = pairs.iter().map(|(name, value)| {
        let value = if raw.contains(name.as_str()) { unencoded(value) } else { form_encoded(value) };
        format!("{}={value}", form_encoded(name))
    });
    let query = pairs.collect::<Vec<_>>().join("&");
    match &rules.fragment_route {
        Some(route) => format!("{endpoint}#{}?{query}", route.trim_start_matches('#')),
        None => format!("{endpoint}?{query}"),
    }
}

fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// As it stands, except for what would end the value or the URL.
fn unencoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_graphic() && !"&#\"<>".contains(character) {
            out.push(character);
        } else {
            let mut bytes = [0; 4];
            out.extend(character.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    out
}

#[cfg(test)]
mod tests;
