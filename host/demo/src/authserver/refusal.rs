//! The errors of the token and revocation endpoints (RFC 6749 section 5.2).

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use oxide_auth::code_grant::error::{AccessTokenError, AccessTokenErrorType};
use oxide_auth::code_grant::{accesstoken, client_credentials, refresh};
use serde_json::json;

/// Why a client gets no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Request,
    Client,
    Grant,
    UnauthorizedClient,
    GrantType,
    Scope,
    Server,
}

impl Refusal {
    fn code(self) -> &'static str {
        match self {
            Self::Request => "invalid_request",
            Self::Client => "invalid_client",
            Self::Grant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::GrantType => "unsupported_grant_type",
            Self::Scope => "invalid_scope",
            Self::Server => "server_error",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Client => StatusCode::UNAUTHORIZED,
            Self::Server => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Request | Self::Grant | Self::UnauthorizedClient | Self::GrantType | Self::Scope => {
                StatusCode::BAD_REQUEST
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.code() }));
        let silence = [(CACHE_CONTROL, "no-store")];
        if self == Self::Client {
            let challenge = [(WWW_AUTHENTICATE, r#"Basic realm="jackfield-demo""#)];
            return (self.status(), silence, challenge, body).into_response();
        }
        (self.status(), silence, body).into_response()
    }
}

impl From<AccessTokenErrorType> for Refusal {
    fn from(kind: AccessTokenErrorType) -> Self {
        match kind {
            AccessTokenErrorType::InvalidRequest => Self::Request,
            AccessTokenErrorType::InvalidClient => Self::Client,
            AccessTokenErrorType::InvalidGrant => Self::Grant,
            AccessTokenErrorType::UnauthorizedClient => Self::UnauthorizedClient,
            AccessTokenErrorType::UnsupportedGrantType => Self::GrantType,
            AccessTokenErrorType::InvalidScope => Self::Scope,
        }
    }
}

impl From<accesstoken::Error> for Refusal {
    fn from(mut error: accesstoken::Error) -> Self {
        let kind = error.description().map(AccessTokenError::kind);
        kind.map_or(Self::Server, Self::from)
    }
}

impl From<refresh::Error> for Refusal {
    fn from(mut error: refresh::Error) -> Self {
        let kind = error.description().map(AccessTokenError::kind);
        kind.map_or(Self::Server, Self::from)
    }
}

impl From<client_credentials::Error> for Refusal {
    fn from(mut error: client_credentials::Error) -> Self {
        let kind = error.description().map(AccessTokenError::kind);
        kind.map_or(Self::Server, Self::from)
    }
}
