//! Token responses: from whatever a provider answers to tokens, or to the class of its refusal.

use std::collections::BTreeMap;

use http::{HeaderMap, Response, header::SET_COOKIE};
use jackfield_model::{
    credential::{NamedToken, SecretFields, TokenSet},
    expiry::Expiry,
    manifest::{KeptFrom, KeptValue, OAuth2, ScopeFormat, TokenRules, TokenSource, WithoutToken},
    scope::{Grant, ScopeSet},
    secret::Secret,
};
use serde_json::Value;

use super::{
    Reading, TokenError, Unusable,
    body::{self, Body},
    expiry, several, standard,
};
use crate::{failures, json, leak, provider_error::ProviderError};

/// The longest token that is kept, in bytes as it is written down.
const TOKEN_LIMIT: usize = 10 * 1024;
/// The most bytes of stated scopes that are kept.
const SCOPES_LIMIT: usize = 8 * 1024;
/// The longest kept value, in bytes.
pub(crate) const KEPT_LIMIT: usize = 128;

/// What a token endpoint gave.
#[derive(Debug)]
pub struct Tokens {
    /// What the method calls this token; empty where it has one only.
    pub name: String,
    /// The access token; a bearer token.
    pub access_token: Secret,
    /// The refresh token, where it gave one.
    pub refresh_token: Option<Secret>,
    /// The ID token, unchecked.
    pub id_token: Option<Secret>,
    /// When the access token ends; none is unknown.
    pub expiry: Option<Expiry>,
    /// The scope it stated; none means as requested (RFC 6749 section 5.1).
    pub scopes: Option<ScopeSet>,
    /// Public values kept as fields.
    pub kept: BTreeMap<String, String>,
    /// Keys whose value was there and was refused: against its pattern, too long, or part of a secret.
    pub refused: Vec<String>,
    /// The other tokens of the answer, in the manifest's order.
    pub further: Vec<Tokens>,
}

/// What a refresh gave.
#[derive(Debug)]
pub enum RefreshOutcome {
    /// New tokens.
    Replaced(Tokens),
    /// The token there is was extended.
    Extended {
        /// Its new end.
        expiry: Option<Expiry>,
    },
}

impl Tokens {
    /// The credential to store after a first grant.
    pub fn into_token_set(self, fields: SecretFields) -> TokenSet {
        let further = self.further.into_iter().map(|token| NamedToken {
            name: token.name,
            access_token: token.access_token,
            refresh_token: token.refresh_token,
        });
        TokenSet {
            name: self.name,
            access_token: self.access_token,
            refresh_token: self.refresh_token,
            fields,
            further: further.collect(),
        }
    }

    /// The grant after a first exchange.
    pub fn grant(&self, requested: ScopeSet, oauth2: &OAuth2) -> Grant {
        several::grant(self, requested, oauth2)
    }
}

impl RefreshOutcome {
    /// The same, where there is room for it beside what stays of `old`, which is led by the token that was refreshed: all
    /// of it is one sealed record.
    pub fn beside(self, old: &TokenSet) -> Result<Self, TokenError> {
        if several::fits(&self, old) { Ok(self) } else { Err(Unusable::BadToken.into()) }
    }

    /// The credential to store, `old` led by the token that was refreshed: a refresh token that did not come back is
    /// kept (CORE-10).
    pub fn into_token_set(self, old: TokenSet) -> TokenSet {
        match self {
            Self::Extended { .. } => old,
            Self::Replaced(new) => TokenSet {
                access_token: new.access_token,
                refresh_token: new.refresh_token.or(old.refresh_token),
                ..old
            },
        }
    }

    /// When the access token ends now.
    pub fn expiry(&self) -> Option<Expiry> {
        match self {
            Self::Replaced(tokens) => tokens.expiry,
            Self::Extended { expiry } => *expiry,
        }
    }

    /// The grant afterwards: unchanged where the answer does not state a scope, and in the lists of other tokens.
    pub fn grant(&self, before: Grant, oauth2: &OAuth2) -> Grant {
        match self {
            Self::Replaced(tokens) => several::regrant(tokens, before, oauth2),
            Self::Extended { .. } => before,
        }
    }
}

/// An answer that is no refusal.
pub(super) struct Accepted {
    pub(super) payload: Option<Value>,
    text: String,
    pub(super) body_fault: Option<Unusable>,
}

impl Accepted {
    /// The part of it that holds one of several tokens.
    pub(super) fn under(&self, pointer: &str) -> Self {
        let payload = self.payload.as_ref().and_then(|payload| payload.pointer(pointer)).cloned();
        Self { payload, text: String::new(), body_fault: self.body_fault }
    }
}

/// Reads the answer to a first grant.
pub fn read(response: &Response<Vec<u8>>, reading: &Reading<'_>) -> Result<Tokens, TokenError> {
    let accepted = accept(response, reading)?;
    let found = match reading.oauth2.response.tokens.as_slice() {
        [] => tokens(response.headers(), &accepted, reading, None)?,
        several => several::read(response.headers(), &accepted, reading, several)?,
    };
    let Some(mut found) = found else { return Err(without_token(response, &accepted, reading)) };
    keep(&mut found, accepted.payload.as_ref(), reading);
    Ok(found)
}

/// Reads the answer to a refresh: one token, at the standard places, whichever of several was asked for.
pub fn read_refresh(response: &Response<Vec<u8>>, reading: &Reading<'_>) -> Result<RefreshOutcome, TokenError> {
    let accepted = accept(response, reading)?;
    let asked = reading.oauth2.response.tokens.iter().find(|rules| rules.name == reading.token);
    if let Some(mut tokens) = tokens(response.headers(), &accepted, reading, asked)? {
        keep(&mut tokens, accepted.payload.as_ref(), reading);
        return Ok(RefreshOutcome::Replaced(tokens));
    }
    if reading.oauth2.refresh.without_token == WithoutToken::IsFailure || accepted.body_fault.is_some() {
        return Err(without_token(response, &accepted, reading));
    }
    Ok(RefreshOutcome::Extended { expiry: end(&accepted, "", reading) })
}

/// Sorts refusals out: by status, by the body's own success code, by an error in a success.
fn accept(response: &Response<Vec<u8>>, reading: &Reading<'_>) -> Result<Accepted, TokenError> {
    let status = response.status();
    let (value, text, body_fault) = match body::read(response.headers(), response.body()) {
        Body::Members(value) => (Some(value), String::new(), None),
        Body::Text(text) => (None, text, Some(Unusable::Unreadable)),
        Body::Html => (None, String::new(), Some(Unusable::Html)),
        Body::Empty => (None, String::new(), Some(Unusable::Empty)),
        Body::TooLarge => (None, String::new(), Some(Unusable::TooLarge)),
    };
    if status.is_redirection() {
        return Err(Unusable::Redirect.into());
    }
    if !status.is_success() || unsuccessful(value.as_ref(), reading) {
        return Err(refusal(response, value.as_ref(), reading));
    }
    let payload = match &reading.oauth2.response.envelope {
        Some(envelope) => value.and_then(|value| value.pointer(&envelope.payload).cloned()),
        None => value,
    };
    Ok(Accepted { payload, text, body_fault })
}

/// Whether a body says of itself that it is no success.
fn unsuccessful(value: Option<&Value>, reading: &Reading<'_>) -> bool {
    let Some(value) = value else { return false };
    if let Some(envelope) = &reading.oauth2.response.envelope {
        let code = value.pointer(&envelope.success).and_then(json::scalar);
        return !code.is_some_and(|code| envelope.success_values.contains(&code));
    }
    let error = value.get("error").and_then(Value::as_str).unwrap_or_default();
    !error.is_empty() && find(&reading.oauth2.response.access_token, "/access_token", value).is_none()
}

/// The class of a refusal. What a rule says about the body comes first, then the standard's own
/// codes, then rules by status or header alone, then the status.
fn refusal(response: &Response<Vec<u8>>, value: Option<&Value>, reading: &Reading<'_>) -> TokenError {
    let (status, headers) = (response.status(), response.headers());
    let error = value.and_then(|value| stated(value, reading));
    let wait = failures::retry_after(headers, reading.rate_limit, reading.sent_at);
    let mut rules = reading.failures.iter().filter(|rule| failures::matches(rule, status, headers, value));
    let first = rules.clone().next();
    if let Some(rule) = rules.find(|rule| rule.body.is_some()) {
        return TokenError::declared(rule, several::missing(rule, value, reading), status, error, wait);
    }
    let standard = TokenError::of(status, error.clone(), wait);
    let recognised = matches!(standard, TokenError::InvalidGrant(_) | TokenError::ClientMisconfigured(_));
    match first {
        Some(rule) if !recognised => {
            TokenError::declared(rule, several::missing(rule, value, reading), status, error, wait)
        }
        _ => standard,
    }
}

/// A success without a token: a rule may know what it means.
fn without_token(response: &Response<Vec<u8>>, accepted: &Accepted, reading: &Reading<'_>) -> TokenError {
    let rule = failures::classify(reading.failures, response.status(), response.headers(), response.body());
    match (rule, accepted.body_fault) {
        (Some(rule), _) => {
            let scopes = several::missing(rule, accepted.payload.as_ref(), reading);
            TokenError::declared(rule, scopes, response.status(), None, None)
        }
        (None, Some(fault)) => fault.into(),
        (None, None) => Unusable::NoToken.into(),
    }
}

fn stated(value: &Value, reading: &Reading<'_>) -> Option<ProviderError> {
    let at = |pointer: &str| value.pointer(pointer).and_then(json::scalar);
    let envelope = reading.oauth2.response.envelope.as_ref();
    let declared = envelope.and_then(|envelope| Some((at(&envelope.error)?, at(&envelope.message))));
    provider_error(value, reading.shown)
        .or_else(|| declared.map(|(code, text)| ProviderError::new(&code, text.as_deref(), reading.shown)))
}

/// The standard members of an error response (RFC 6749 section 5.2).
pub(crate) fn provider_error(value: &Value, shown: &[&Secret]) -> Option<ProviderError> {
    let code = value.get("error")?.as_str().filter(|code| !code.is_empty())?;
    Some(ProviderError::new(code, value.get("error_description").and_then(Value::as_str), shown))
}

/// The token in an answer; `asked` names it where the method has several.
pub(super) fn tokens(
    headers: &HeaderMap,
    accepted: &Accepted,
    reading: &Reading<'_>,
    asked: Option<&TokenRules>,
) -> Result<Option<Tokens>, TokenError> {
    let rules = &reading.oauth2.response;
    let Some(access) = taken(&rules.access_token, "/access_token", headers, accepted) else { return Ok(None) };
    if !is_token(&access) {
        return Err(Unusable::BadToken.into());
    }
    let refresh = taken(&rules.refresh_token, "/refresh_token", headers, accepted).filter(|token| is_token(token));
    let member = |pointer: &str, standard: &'static str| {
        accepted.payload.as_ref().and_then(|payload| payload.pointer(or_standard(pointer, standard)))
    };
    let token_type = member(&rules.token_type, "/token_type").and_then(Value::as_str).unwrap_or("bearer");
    let token_type = several::bearer(token_type, asked);
    let read =
        standard::read(&standard::Standard { access_token: &access, token_type, refresh_token: refresh.as_deref() });
    let read = read.ok_or(Unusable::Unreadable)?;
    if !read.is_bearer {
        return Err(Unusable::TokenType.into());
    }
    let id_token = member(&rules.id_token, "/id_token").and_then(Value::as_str).filter(|token| is_token(token));
    let stated = member(&rules.scope, "/scope").and_then(|value| scopes(&rules.scope_format, value));
    let own = [Some(&read.access_token), read.refresh_token.as_ref()].into_iter().flatten();
    let secrets: Vec<&Secret> = own.chain(reading.shown.iter().copied()).collect();
    let stated = stated.map(|scopes| public(scopes, &secrets));
    Ok(Some(Tokens {
        name: asked.map(|rules| rules.name.clone()).unwrap_or_default(),
        expiry: end(accepted, read.access_token.expose(), reading),
        scopes: stated.map(|scopes| several::in_list(scopes, asked)),
        id_token: id_token.map(|token| Secret::new(token.to_owned())),
        access_token: read.access_token,
        refresh_token: read.refresh_token,
        kept: BTreeMap::new(),
        refused: Vec::new(),
        further: Vec::new(),
    }))
}

fn end(accepted: &Accepted, access_token: &str, reading: &Reading<'_>) -> Option<Expiry> {
    let rules = &reading.oauth2.response;
    let told =
        accepted.payload.as_ref().and_then(|payload| payload.pointer(or_standard(&rules.expires, "/expires_in")));
    expiry::of_token(&rules.expiry, told, access_token, reading.sent_at)
}

fn or_standard<'a>(pointer: &'a str, standard: &'static str) -> &'a str {
    if pointer.is_empty() { standard } else { pointer }
}

fn find(source: &TokenSource, standard: &'static str, payload: &Value) -> Option<String> {
    let TokenSource::Pointer(pointer) = source else { return None };
    payload.pointer(or_standard(pointer, standard))?.as_str().filter(|token| !token.is_empty()).map(str::to_owned)
}

fn taken(source: &TokenSource, standard: &'static str, headers: &HeaderMap, accepted: &Accepted) -> Option<String> {
    let found = match source {
        TokenSource::Pointer(_) => find(source, standard, accepted.payload.as_ref()?),
        TokenSource::WholeBody => Some(accepted.text.trim_matches('"').to_owned()),
        TokenSource::Header(name) => headers.get(name.as_str())?.to_str().ok().map(str::to_owned),
        TokenSource::Cookie(name) => headers.get_all(SET_COOKIE).iter().find_map(|value| {
            let (key, value) = value.to_str().ok()?.split(';').next()?.split_once('=')?;
            (key.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
        }),
    };
    found.filter(|token| !token.is_empty())
}

/// Visible characters only (RFC 6749 appendix A.12), and of a length that can be kept.
fn is_token(text: &str) -> bool {
    !text.is_empty() && written_length(text) <= TOKEN_LIMIT && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

/// How long a token is in the record that keeps it, where quotes and backslashes are escaped.
pub(super) fn written_length(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count()
}

/// Stated scopes as far as they may be shown: none carries part of a secret.
fn public(scopes: ScopeSet, secrets: &[&Secret]) -> ScopeSet {
    scopes.into_iter().filter(|scope| !leak::shares_run(scope, secrets.iter().copied())).collect()
}

/// The stated scope, in the declared format or as an array; anything else states nothing.
fn scopes(format: &ScopeFormat, value: &Value) -> Option<ScopeSet> {
    if let Value::Array(list) = value {
        return Some(bounded(list.iter().filter_map(Value::as_str)));
    }
    let text = value.as_str()?;
    let pieces: Vec<&str> = match format {
        ScopeFormat::Separated(separator) if !separator.trim().is_empty() => text.split(separator.as_str()).collect(),
        ScopeFormat::Separated(_) | ScopeFormat::Array => text.split_ascii_whitespace().collect(),
    };
    Some(bounded(pieces.into_iter().map(str::trim)))
}

/// Scopes that can be shown and kept: no control characters (RFC 6749 section 3.3 has none), and no more of them than a
/// record holds beside everything else. What an answer states beyond that counts as not granted.
fn bounded<'a>(scopes: impl Iterator<Item = &'a str>) -> ScopeSet {
    let mut left = SCOPES_LIMIT;
    let kept = scopes.filter(|scope| !scope.is_empty() && !scope.chars().any(char::is_control)).take_while(|scope| {
        left = left.saturating_sub(scope.len());
        left > 0
    });
    kept.map(str::to_owned).collect()
}

fn keep(tokens: &mut Tokens, payload: Option<&Value>, reading: &Reading<'_>) {
    for declared in &reading.oauth2.response.keep {
        let KeptFrom::Response(pointer) = &declared.place else { continue };
        let found = payload.and_then(|payload| payload.pointer(pointer)).filter(|value| !value.is_null());
        let Some(found) = found else { continue };
        let all = std::iter::once(&*tokens).chain(&tokens.further);
        let own = all.flat_map(|of| [Some(&of.access_token), of.refresh_token.as_ref(), of.id_token.as_ref()]);
        let secrets: Vec<&Secret> = own.flatten().chain(reading.shown.iter().copied()).collect();
        match json::scalar(found).filter(|value| may_be_kept(declared, value, &secrets)) {
            Some(value) => {
                tokens.kept.insert(declared.key.clone(), value);
            }
            None => tokens.refused.push(declared.key.clone()),
        }
    }
}

/// Whether a value may become a public field.
pub fn may_be_kept(declared: &KeptValue, value: &str, secrets: &[&Secret]) -> bool {
    let fits = value.len() <= KEPT_LIMIT && declared.pattern.matches(value);
    fits && !leak::carries_any(value, secrets.iter().copied())
}

#[cfg(test)]
mod tests;
