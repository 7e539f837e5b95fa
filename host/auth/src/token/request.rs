//! Token requests: the standard ones, bent as the manifest says.

use std::borrow::Cow;

use http::{
    HeaderName, HeaderValue, Method, Request,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use jackfield_model::{
    credential::TokenSet,
    manifest::{BodyFormat, ClientAuth, Parameter, RefreshUsing, Rename},
    scope::{Grant, ScopeSet},
    secret::Secret,
    template::TemplateError,
};
use oauth2::{AuthType, AuthorizationCode, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::{
    Call,
    standard::{self, HandOver, TokenClient},
};
use crate::scope_lists;

/// Parameters that only the host fills.
const HOST_ONLY: [&str; 6] =
    ["code", "code_verifier", "redirect_uri", "refresh_token", "client_secret", "client_assertion"];
/// Headers that only the host sets.
const HOST_HEADERS: [&str; 7] =
    ["authorization", "host", "content-length", "content-type", "transfer-encoding", "connection", "cookie"];

/// Why a request cannot be built. Names settings, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The `token-request` hook makes it.
    #[error("this connector makes its token requests itself")]
    Custom,
    /// A field a template names has no value.
    #[error(transparent)]
    Unfilled(#[from] TemplateError),
    /// The manifest sets what only the host may set.
    #[error("the connector sets `{0}`, which only the host may set")]
    Reserved(String),
    /// The client has no `client_id`.
    #[error("the method needs a client, and there is none")]
    NoClient,
    /// There is nothing to show the provider.
    #[error("there is no refresh token, and the method cannot refresh without one")]
    NotRefreshable,
    /// The provider names no endpoint for this.
    #[error("the provider names no such endpoint")]
    NoEndpoint,
    /// A URL or header is malformed.
    #[error("the {0} is malformed")]
    Malformed(&'static str),
}

/// A request of the standard, taken apart.
pub(crate) struct Parts {
    pairs: Vec<(String, String)>,
    authorization: Option<HeaderValue>,
}

/// Redeems a code (RFC 6749 section 4.1.3). `redirect_uri` is the one of the authorization request,
/// byte for byte (CORE-2).
pub fn exchange(
    call: &Call<'_>,
    code: &Secret,
    redirect_uri: &str,
    verifier: Option<&Secret>,
) -> Result<Request<Vec<u8>>, RequestError> {
    let redirect = RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| RequestError::Malformed("redirect URI"))?;
    let parts = authenticated(call, &call.endpoints.token, |client, hand_over| {
        let request = client.exchange_code(AuthorizationCode::new(code.expose().to_owned()));
        let request = request.set_redirect_uri(Cow::Owned(redirect));
        let request = match verifier {
            Some(verifier) => request.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned())),
            None => request,
        };
        drop(request.request(hand_over));
    })?;
    finish(call, &call.endpoints.token, parts, &[])
}

/// Asks for a token in the client's own name (RFC 6749 section 4.4).
pub fn client_credentials(call: &Call<'_>, scopes: &ScopeSet) -> Result<Request<Vec<u8>>, RequestError> {
    let parts = authenticated(call, &call.endpoints.token, |client, hand_over| {
        let mut request = client.exchange_client_credentials();
        for (parameter, scopes) in scope_lists::joined(call.manifest, call.oauth2, scopes) {
            request = match parameter.as_str() {
                scope_lists::SCOPE => request.add_scope(Scope::new(scopes)),
                _ => request.add_extra_param(parameter, scopes),
            };
        }
        drop(request.request(hand_over));
    })?;
    finish(call, &call.endpoints.token, parts, &[])
}

/// Asks for new tokens (RFC 6749 section 6), showing what the manifest says proves the refresh.
pub fn refresh(call: &Call<'_>, tokens: &TokenSet, grant: &Grant) -> Result<Request<Vec<u8>>, RequestError> {
    let proof = match call.oauth2.refresh.using {
        RefreshUsing::RefreshToken => tokens.refresh_token.as_ref(),
        RefreshUsing::AccessToken => Some(&tokens.access_token),
        RefreshUsing::SameGrant => return client_credentials(call, &grant.requested),
        RefreshUsing::None => None,
    };
    let proof = RefreshToken::new(proof.ok_or(RequestError::NotRefreshable)?.expose().to_owned());
    let url = call.endpoints.refresh.as_deref().unwrap_or(&call.endpoints.token);
    let parts = authenticated(call, url, |client, hand_over| {
        let mut request = client.exchange_refresh_token(&proof);
        for (parameter, scopes) in scope_lists::joined(call.manifest, call.oauth2, &repeated(call, grant)) {
            request = match parameter.as_str() {
                scope_lists::SCOPE => request.add_scope(Scope::new(scopes)),
                _ => request.add_extra_param(parameter, scopes),
            };
        }
        drop(request.request(hand_over));
    })?;
    finish(call, url, parts, &call.oauth2.refresh.parameters)
}

/// The scopes a refresh repeats: what was asked for and granted, never more (CORE-11).
/// Providers do not echo `offline_access`; the refresh token itself shows that it was granted.
fn repeated(call: &Call<'_>, grant: &Grant) -> ScopeSet {
    if !call.oauth2.refresh.repeat_scope {
        return ScopeSet::new();
    }
    let kept = grant.requested.iter().filter(|scope| grant.granted.contains(*scope) || *scope == "offline_access");
    kept.cloned().collect()
}

/// Has the `oauth2` crate build a request with exactly one client authentication (CORE-4).
pub(crate) fn authenticated(
    call: &Call<'_>,
    url: &str,
    build: impl FnOnce(&TokenClient, &HandOver),
) -> Result<Parts, RequestError> {
    let (auth, secret) = match call.oauth2.request.client_auth {
        ClientAuth::Basic => (AuthType::BasicAuth, call.client_secret),
        ClientAuth::Body => (AuthType::RequestBody, call.client_secret),
        ClientAuth::None => (AuthType::RequestBody, None),
        ClientAuth::Custom => return Err(RequestError::Custom),
    };
    let url = Url::parse(url).map_err(|_| RequestError::Malformed("endpoint URL"))?;
    let id = call.inputs.client_id.ok_or(RequestError::NoClient)?;
    let hand_over = HandOver::default();
    build(&standard::client(id, secret, auth, url), &hand_over);
    let request = hand_over.into_request().ok_or(RequestError::Malformed("request"))?;
    let pairs = form_urlencoded::parse(request.body()).into_owned().collect();
    let authorization = request.headers().get(AUTHORIZATION).cloned().map(|mut value| {
        value.set_sensitive(true);
        value
    });
    Ok(Parts { pairs, authorization })
}

/// Renames, adds, and writes the request in the manifest's format.
fn finish(
    call: &Call<'_>,
    url: &str,
    mut parts: Parts,
    further: &[Parameter],
) -> Result<Request<Vec<u8>>, RequestError> {
    let rules = &call.oauth2.request;
    let mut added = call.inputs.parameters(&rules.parameters)?;
    for (name, value) in call.inputs.parameters(further)? {
        added.retain(|(present, _)| *present != name);
        added.push((name, value));
    }
    rename(&mut parts.pairs, &rules.renames);
    for (name, value) in added {
        add(&mut parts.pairs, name, value)?;
    }
    let get = rules.get_because.is_some();
    let method = if get { Method::GET } else { Method::POST };
    let format = match &rules.body {
        BodyFormat::Json if !get => Format::Json,
        BodyFormat::Form if !get => Format::Form,
        BodyFormat::Json | BodyFormat::Form | BodyFormat::Query(_) => Format::Query,
    };
    let mut request = written(url, &method, format, parts)?;
    for (name, value) in call.inputs.parameters(&rules.headers)? {
        let name: HeaderName = name.parse().map_err(|_| RequestError::Malformed("header name"))?;
        if HOST_HEADERS.contains(&name.as_str()) {
            return Err(RequestError::Reserved(name.to_string()));
        }
        let value = HeaderValue::try_from(value).map_err(|_| RequestError::Malformed("header value"))?;
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}

fn rename(pairs: &mut Vec<(String, String)>, renames: &[Rename]) {
    for rename in renames {
        match &rename.actual {
            None => pairs.retain(|(name, _)| *name != rename.standard),
            Some(actual) => {
                for (name, _) in pairs.iter_mut().filter(|(name, _)| *name == rename.standard) {
                    name.clone_from(actual);
                }
            }
        }
    }
}

/// A declared parameter may replace `grant_type` and nothing else of the standard.
fn add(pairs: &mut Vec<(String, String)>, name: String, value: String) -> Result<(), RequestError> {
    let present = pairs.iter_mut().find(|(present, _)| *present == name);
    match present {
        _ if HOST_ONLY.contains(&name.as_str()) => return Err(RequestError::Reserved(name)),
        Some((_, old)) if name == "grant_type" => *old = value,
        Some(_) => return Err(RequestError::Reserved(name)),
        None => pairs.push((name, value)),
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Format {
    Form,
    Json,
    Query,
}

/// A form request of the standard, as it stands.
pub(crate) fn plain(url: &str, parts: Parts) -> Result<Request<Vec<u8>>, RequestError> {
    written(url, &Method::POST, Format::Form, parts)
}

fn written(url: &str, method: &Method, format: Format, parts: Parts) -> Result<Request<Vec<u8>>, RequestError> {
    let mut url = Url::parse(url).map_err(|_| RequestError::Malformed("endpoint URL"))?;
    let (body, content_type) = match format {
        Format::Form => {
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parts.pairs).finish();
            (form.into_bytes(), Some("application/x-www-form-urlencoded"))
        }
        Format::Json => {
            let members: Map<String, Value> =
                parts.pairs.into_iter().map(|(name, value)| (name, value.into())).collect();
            (serde_json::to_vec(&members).unwrap_or_default(), Some("application/json"))
        }
        Format::Query => {
            url.query_pairs_mut().extend_pairs(&parts.pairs);
            (Vec::new(), None)
        }
    };
    let mut request = Request::builder().method(method).uri(url.as_str()).header(ACCEPT, "application/json");
    if let Some(content_type) = content_type {
        request = request.header(CONTENT_TYPE, content_type);
    }
    if let Some(authorization) = parts.authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    request.body(body).map_err(|_| RequestError::Malformed("request"))
}

#[cfg(test)]
mod tests;
