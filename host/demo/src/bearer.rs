//! Who calls: reading the credential of an API request and looking it up (RFC 6750).

use axum::Json;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use oxide_auth::primitives::scope::Scope;
use serde_json::json;

use crate::books::Books;
use crate::params::Params;
use crate::people::Subject;
use crate::scopes;

/// The header that may carry an API token instead of `Authorization`.
const API_KEY_HEADER: &str = "x-api-key";
/// The query parameter that may carry an API token.
const API_KEY_PARAMETER: &str = "api_key";

/// Whoever presented a valid credential.
pub(crate) enum Caller {
    /// An access token of the authorization server.
    Token { subject: Subject, client_id: String, scope: Scope },
    /// An API token, which may do everything its owner may.
    ApiToken { subject: Subject },
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// No credential at all: no error code either (RFC 6750 section 3.1).
    Missing,
    /// A credential in more than one place.
    Several,
    /// Unknown, ended or revoked.
    Invalid,
    /// Valid, but without this scope.
    Scope(&'static str),
}

impl Caller {
    /// Finds the caller in the `Authorization` header, the `X-Api-Key` header or the `api_key`
    /// parameter; the last two take API tokens only.
    pub(crate) fn find(books: &Books, headers: &HeaderMap, query: &Params) -> Result<Self, Denied> {
        let bearer = headers.get(AUTHORIZATION).map(bearer);
        let key = headers.get(API_KEY_HEADER).map(|key| key.to_str().ok());
        let parameter = query.one(API_KEY_PARAMETER).map(Some);
        match (bearer, key, parameter) {
            (None, None, None) => Err(Denied::Missing),
            (Some(token), None, None) => {
                let token = token.ok_or(Denied::Invalid)?;
                Self::by_token(books, token).or_else(|_| Self::by_api_token(books, token))
            }
            (None, Some(key), None) | (None, None, Some(key)) => Self::by_api_token(books, key.ok_or(Denied::Invalid)?),
            _ => Err(Denied::Several),
        }
    }

    /// Whose name the caller acts in.
    pub(crate) fn subject(&self) -> &Subject {
        match self {
            Self::Token { subject, .. } | Self::ApiToken { subject } => subject,
        }
    }

    /// Refuses a caller that lacks `scope`.
    pub(crate) fn need(&self, scope: &'static str) -> Result<(), Denied> {
        match self {
            Self::Token { scope: held, .. } if !scopes::has(held, scope) => Err(Denied::Scope(scope)),
            Self::Token { .. } | Self::ApiToken { .. } => Ok(()),
        }
    }

    fn by_token(books: &Books, token: &str) -> Result<Self, Denied> {
        let grant = books.ledger.access(token).ok_or(Denied::Invalid)?;
        Ok(Self::Token {
            subject: Subject::parse(&grant.owner_id).map_err(|_| Denied::Invalid)?,
            client_id: grant.client_id.clone(),
            scope: grant.scope.clone(),
        })
    }

    fn by_api_token(books: &Books, token: &str) -> Result<Self, Denied> {
        let owner = books.api_tokens.get(token).ok_or(Denied::Invalid)?;
        let subject = Subject::Person(owner.clone());
        Ok(Self::ApiToken { subject })
    }
}

/// The token of a `Bearer` header; the scheme's case does not matter (RFC 9110 section 11.1).
fn bearer(header: &HeaderValue) -> Option<&str> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

impl Denied {
    fn status(self) -> StatusCode {
        match self {
            Self::Missing | Self::Invalid => StatusCode::UNAUTHORIZED,
            Self::Several => StatusCode::BAD_REQUEST,
            Self::Scope(_) => StatusCode::FORBIDDEN,
        }
    }

    /// The error code and its explanation.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => ("unauthenticated", "no credential was sent"),
            Self::Several => ("invalid_request", "send one credential, in one place"),
            Self::Invalid => ("invalid_token", "the token is unknown, ended or revoked"),
            Self::Scope(_) => ("insufficient_scope", "the token does not reach this far"),
        }
    }

    fn challenge(self) -> String {
        let (error, description) = self.words();
        let named = format!(r#", error="{error}", error_description="{description}""#);
        let details = match self {
            Self::Missing => String::new(),
            Self::Several | Self::Invalid => named,
            Self::Scope(scope) => format!(r#"{named}, scope="{scope}""#),
        };
        format!(r#"Bearer realm="jackfield-demo"{details}"#)
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let (error, description) = self.words();
        let body = Json(json!({ "error": error, "error_description": description }));
        let challenge = [(WWW_AUTHENTICATE, self.challenge())];
        (self.status(), challenge, body).into_response()
    }
}
