//! Everything OAuth 2 that varies between providers, as data.

use serde::{Deserialize, Serialize};

use super::Condition;
use crate::{pattern::Pattern, template::Template};

/// OAuth 2 rules of one method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuth2 {
    /// The issuer whose metadata names the endpoints.
    pub issuer: Option<Template>,
    /// Where the person consents.
    pub authorize_url: Option<Template>,
    /// Where tokens come from.
    pub token_url: Option<Template>,
    /// Where refreshing differs.
    pub refresh_url: Option<Template>,
    /// RFC 7009 endpoint.
    pub revoke_url: Option<Template>,
    /// The authorization request.
    pub authorize: AuthorizeRules,
    /// The token request.
    pub request: TokenRequestRules,
    /// The token response.
    pub response: TokenResponseRules,
    /// Refreshing.
    pub refresh: RefreshRules,
}

impl OAuth2 {
    /// The list that a scope's id says it is in; empty for the first. The id of a scope in a further list is the list's name,
    /// a slash, and the provider's string, so that the same string may be in several lists.
    pub fn list_of(&self, scope: &str) -> &str {
        let mut lists = self.authorize.scope_lists.iter().map(|(name, _)| name.as_str());
        lists.find(|list| in_list(scope, list).is_some()).unwrap_or_default()
    }

    /// The token that a scope belongs to, by its list; none where the method names no tokens.
    pub fn token_of(&self, scope: &str) -> Option<&TokenRules> {
        let list = self.list_of(scope);
        self.response.tokens.iter().find(|token| token.scope_list == list)
    }
}

/// The provider's string of a scope in a further list; none where its id says another, and none in the first list, whose
/// ids are the provider's strings as they are: a leading slash, as in `/authenticate`, belongs to them.
pub fn in_list<'a>(scope: &'a str, list: &str) -> Option<&'a str> {
    if list.is_empty() { None } else { scope.strip_prefix(list)?.strip_prefix('/') }
}

/// A parameter or header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Template,
    /// Sent only then.
    pub when: Option<Condition>,
}

/// A standard parameter that travels otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// The standard name.
    pub standard: String,
    /// Its name here; none removes it.
    pub actual: Option<String>,
}

/// The authorization request and its callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizeRules {
    /// Further parameters.
    pub parameters: Vec<Parameter>,
    /// Renamed and removed ones.
    pub renames: Vec<Rename>,
    /// Sent empty.
    pub emptied: Vec<String>,
    /// Sent without percent-encoding.
    pub unencoded: Vec<String>,
    /// The route behind `#` that takes the query.
    pub fragment_route: Option<String>,
    /// Between scopes.
    pub scope_separator: String,
    /// Further scope lists: name and parameter.
    pub scope_lists: Vec<(String, String)>,
    /// Proof Key for Code Exchange.
    pub pkce: Pkce,
    /// The callback's name for `code`, where it has another.
    pub code_parameter: Option<String>,
}

impl AuthorizeRules {
    /// The callback's name for `code`.
    pub fn code_parameter(&self) -> &str {
        self.code_parameter.as_deref().unwrap_or("code")
    }

    /// The callback's name for `state`.
    pub fn state_parameter(&self) -> &str {
        let renamed = self.renames.iter().find(|rename| rename.standard == "state");
        renamed.and_then(|rename| rename.actual.as_deref()).unwrap_or("state")
    }
}

/// Proof Key for Code Exchange (RFC 7636).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pkce {
    /// Always, with SHA-256.
    S256,
    /// Rejected by the provider, for this reason.
    Unsupported(String),
}

/// How the client proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientAuth {
    /// RFC 6749 section 2.3.1, header.
    Basic,
    /// In the body.
    Body,
    /// A public client.
    None,
    /// By the `token-request` hook.
    Custom,
}

/// How a token request's body is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyFormat {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
    /// In the query, for this reason.
    Query(String),
}

/// The token request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRequestRules {
    /// How the client proves itself.
    pub client_auth: ClientAuth,
    /// How the body is written.
    pub body: BodyFormat,
    /// Why it is a GET; none means POST.
    pub get_because: Option<String>,
    /// Further headers.
    pub headers: Vec<Parameter>,
    /// Further parameters.
    pub parameters: Vec<Parameter>,
    /// Renamed and removed ones.
    pub renames: Vec<Rename>,
    /// The steps that follow the first exchange, by name; the `token-request` hook plans them.
    #[serde(default)]
    pub further_steps: Vec<String>,
}

impl TokenRequestRules {
    /// The step after `done`, counted from 0; none when all are taken.
    pub fn step_after(&self, done: u32) -> Option<u32> {
        let next = done.checked_add(1)?;
        (u32::try_from(self.further_steps.len()).ok()? >= next).then_some(next)
    }
}

/// Where a token comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenSource {
    /// A pointer into the JSON body.
    Pointer(String),
    /// The body itself.
    WholeBody,
    /// A response header.
    Header(String),
    /// A response cookie.
    Cookie(String),
}

/// The token response. Pointers are JSON pointers (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponseRules {
    /// Where the access token is.
    pub access_token: TokenSource,
    /// Where the refresh token is.
    pub refresh_token: TokenSource,
    /// Pointer to the token type.
    pub token_type: String,
    /// Pointer to the end.
    pub expires: String,
    /// Pointer to the granted scope.
    pub scope: String,
    /// Pointer to the ID token.
    pub id_token: String,
    /// How the end is written.
    pub expiry: ExpiryFormat,
    /// How the scope is written.
    pub scope_format: ScopeFormat,
    /// Its own success code.
    pub envelope: Option<Envelope>,
    /// Public values to keep as fields.
    pub keep: Vec<KeptValue>,
    /// The tokens of a first answer that brings several.
    #[serde(default)]
    pub tokens: Vec<TokenRules>,
}

/// One of several tokens that an answer brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRules {
    /// What it is called.
    pub name: String,
    /// Pointer to the object that holds it, as RFC 6749 section 5.1 has it; empty for the answer itself.
    pub under: String,
    /// The provider's own word for a bearer token of this kind; empty where it says bearer.
    pub bearer: String,
    /// The scope list its scopes travel in; empty for the first.
    pub scope_list: String,
}

impl TokenResponseRules {
    /// Whether a pointer is to a token, counted from the body or from the envelope's payload.
    pub fn is_token(&self, pointer: &str) -> bool {
        let payload = self.envelope.as_ref().map(|envelope| envelope.payload.as_str()).unwrap_or_default();
        let inside = pointer.strip_prefix(payload).unwrap_or(pointer);
        let unders = self.tokens.iter().map(|token| token.under.as_str()).chain([""]);
        let mut places = unders.flat_map(|under| [pointer, inside].map(|place| place.strip_prefix(under)));
        places.any(|place| place.is_some_and(|place| self.token_pointers().any(|token| token == place)))
    }

    fn token_pointers(&self) -> impl Iterator<Item = &str> {
        let sources = [&self.access_token, &self.refresh_token].into_iter().filter_map(|source| match source {
            TokenSource::Pointer(pointer) => Some(pointer.as_str()),
            TokenSource::WholeBody | TokenSource::Header(_) | TokenSource::Cookie(_) => None,
        });
        sources.chain([self.id_token.as_str()]).filter(|pointer| !pointer.is_empty())
    }

    /// The places of RFC 6749 section 5.1 and OpenID Connect Core 3.1.3.3.
    pub fn standard() -> Self {
        Self {
            access_token: TokenSource::Pointer("/access_token".into()),
            refresh_token: TokenSource::Pointer("/refresh_token".into()),
            token_type: "/token_type".into(),
            expires: "/expires_in".into(),
            scope: "/scope".into(),
            id_token: "/id_token".into(),
            expiry: ExpiryFormat::Seconds,
            scope_format: ScopeFormat::Separated(" ".into()),
            envelope: None,
            keep: vec![],
            tokens: vec![],
        }
    }
}

/// How the granted scope is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeFormat {
    /// A string with this separator.
    Separated(String),
    /// An array of strings.
    Array,
}

/// A body that carries its own success code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Pointer to the code.
    pub success: String,
    /// Values that mean success.
    pub success_values: Vec<String>,
    /// Pointer to the payload.
    pub payload: String,
    /// Pointer to the error code.
    pub error: String,
    /// Pointer to the error text.
    pub message: String,
}

/// A public value kept as a connection field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptValue {
    /// The field's key.
    pub key: String,
    /// Where it is found.
    pub place: KeptFrom,
    /// The whole value must match.
    pub pattern: Pattern,
}

/// Where a kept value is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptFrom {
    /// A pointer into the token response.
    Response(String),
    /// A callback parameter.
    Callback(String),
}

/// How the end of something is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpiryFormat {
    /// Seconds from now.
    Seconds,
    /// Milliseconds from now.
    Milliseconds,
    /// Seconds since 1970.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMilliseconds,
    /// RFC 3339.
    IsoDate,
    /// The token's `exp`.
    Jwt,
    /// Not told: this many seconds.
    Assumed(u64),
    /// Never.
    Never,
}

/// Refreshing. Times in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshRules {
    /// Further parameters.
    pub parameters: Vec<Parameter>,
    /// Whether the scope is repeated.
    pub repeat_scope: bool,
    /// What happens to the refresh token shown.
    pub rotation: Rotation,
    /// Not before this many seconds remain.
    pub earliest: Option<u64>,
    /// Begin when this many seconds remain.
    pub margin: Option<u64>,
    /// What an answer without a token means.
    pub without_token: WithoutToken,
    /// What proves the refresh.
    pub using: RefreshUsing,
}

/// What the provider does with the refresh token it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// It stays good.
    None,
    /// It stays good for this many seconds.
    Grace(u64),
    /// It ends at once; reuse may revoke the grant.
    Strict,
    /// Nobody said: treated as strict.
    Unknown,
}

/// What a refresh answered without a token means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithoutToken {
    /// It failed.
    IsFailure,
    /// The old token was extended.
    Extends,
}

/// What is shown to refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefreshUsing {
    /// The refresh token.
    RefreshToken,
    /// The still valid access token.
    AccessToken,
    /// The same grant again (client credentials).
    SameGrant,
    /// Nothing: it cannot be refreshed.
    None,
}

#[cfg(test)]
mod tests {
    use super::in_list;

    #[test]
    fn a_scope_of_the_first_list_keeps_its_slash() {
        assert_eq!(in_list("user/chat:write", "user"), Some("chat:write"));
        for (scope, list) in [("/authenticate", ""), ("users/x", "user"), ("user", "user")] {
            assert_eq!(in_list(scope, list), None, "{scope} in `{list}`");
        }
    }
}
