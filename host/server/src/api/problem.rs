//! Problem details (RFC 9457): how this API refuses. The status codes are in `code`.

mod code;

use std::{error::Error, sync::Arc};

use axum::{
    Json,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use jackfield_model::{
    api_key::Permission,
    failure::Failure,
    id::{ConnectionId, SessionId},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;

use super::view::failure::FailureView;
use crate::service::RequestName;

pub use code::Code;

/// Whose answer one of the proxy is: the `provider`'s, or the `host`'s own.
pub(super) const ANSWERED_BY: HeaderName = HeaderName::from_static("jackfield-answered-by");

/// One wrong value of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldProblem {
    /// Which.
    #[schemars(example = &"return_url")]
    pub field: String,
    /// What to do, for a person.
    #[schemars(example = &"`return_url` is not one of the tenant's registered return URLs")]
    pub message: String,
}

/// A refusal. Carried to the edge in the response's extensions, where the request id is known;
/// there it is written, and its cause logged, once.
#[derive(Debug, Clone)]
pub struct Problem(Box<Told>);

#[derive(Debug, Clone)]
struct Told {
    code: Code,
    detail: String,
    errors: Vec<FieldProblem>,
    rule: Option<&'static str>,
    failure: Option<Failure>,
    retry_after_seconds: Option<u64>,
    for_provider: bool,
    choice: Option<Choices>,
    connections: Vec<ConnectionId>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A refusal that says what to do about it.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let detail = sentence(&detail.into());
        Self(Box::new(Told {
            code,
            detail,
            errors: Vec::new(),
            rule: None,
            failure: None,
            retry_after_seconds: None,
            for_provider: false,
            choice: None,
            connections: Vec::new(),
            cause: None,
        }))
    }

    /// Our fault: the cause goes to the log, not to the caller.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::new(
            Code::Internal,
            "Something went wrong on our side. Try again; if it stays, tell the operator the request id.",
        )
        .because(cause)
    }

    /// No such thing, or not for this tenant: the two are not told apart.
    pub fn not_found(noun: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {noun}."))
    }

    /// One wrong value.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(Code::Invalid, message.clone()).with_errors(vec![FieldProblem { field: field.to_owned(), message }])
    }

    pub(super) fn key_missing() -> Self {
        Self::new(Code::KeyMissing, "Send an API key: Authorization: Bearer jf_….")
    }

    pub(super) fn key_unknown() -> Self {
        Self::new(Code::KeyUnknown, "This API key is not one of this host's.")
    }

    pub(super) fn permission_missing(permission: Permission) -> Self {
        Self::new(
            Code::PermissionMissing,
            format!("This API key lacks the permission `{permission}`: an operator can make one that has it."),
        )
    }

    pub(super) fn operators_only() -> Self {
        Self::new(Code::OperatorsOnly, "This API key speaks for a tenant; this route is for the operator's.")
    }

    pub(super) fn tenant_missing() -> Self {
        Self::new(
            Code::TenantMissing,
            "This API key speaks for the operator: name the tenant in the header jackfield-tenant.",
        )
    }

    pub(super) fn not_json() -> Self {
        Self::new(Code::NotJson, "The body must be JSON: send Content-Type: application/json.")
    }

    pub(super) fn too_large(limit: usize) -> Self {
        Self::new(Code::TooLarge, format!("The body is larger than this route takes: at most {limit} bytes."))
    }

    pub(super) fn cut_off() -> Self {
        Self::new(Code::BodyCutOff, "The body ended before it was whole.")
    }

    /// Whoever sends the body dawdles over it.
    pub fn stalled() -> Self {
        Self::new(Code::BodyStalled, "The body came to a standstill: send it again, without long pauses.")
    }

    pub(super) fn malformed(place: &str) -> Self {
        Self::new(Code::MalformedJson, format!("The body is not JSON: {place}."))
    }

    pub(super) fn body(place: &str) -> Self {
        Self::new(Code::InvalidBody, format!("The body does not fit: {place}."))
    }

    pub(super) fn query(detail: &str) -> Self {
        Self::new(Code::InvalidQuery, detail)
    }

    /// Nothing new begins any more.
    pub fn stopping() -> Self {
        Self::new(Code::Stopping, "The host is stopping and takes no new requests: repeat it in a moment.")
            .retry_after(1000)
    }

    /// The route does not take this method.
    pub fn method() -> Self {
        Self::new(Code::MethodNotAllowed, "This route does not take this method.")
    }

    /// No such route.
    pub fn no_route() -> Self {
        Self::new(Code::NoRoute, "There is nothing at this address.")
    }

    /// With the wrong values named one by one.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldProblem>) -> Self {
        self.0.errors = errors;
        self
    }

    /// With the rule that refused.
    #[must_use]
    pub fn by_rule(mut self, rule: &'static str) -> Self {
        self.0.rule = Some(rule);
        self
    }

    /// With what the provider's side said.
    #[must_use]
    pub fn with_failure(mut self, failure: Failure) -> Self {
        self.0.failure = Some(failure);
        self
    }

    /// With the question that a session asks about another account, and until when.
    #[must_use]
    pub fn asking(mut self, session: SessionId, until: Timestamp) -> Self {
        let choose = format!("/v1/connect-sessions/{session}/choose");
        self.0.choice = Some(Choices { choices: &["keep", "replace", "connect-as-new"], choose, until });
        self
    }

    /// With the connections it is about.
    #[must_use]
    pub fn beside(mut self, connections: Vec<ConnectionId>) -> Self {
        self.0.connections = connections;
        self
    }

    /// With the shortest wait.
    #[must_use]
    pub fn retry_after(mut self, milliseconds: u64) -> Self {
        self.0.retry_after_seconds = Some(milliseconds.div_ceil(1000));
        self
    }

    /// In place of a provider's answer, and marked as such.
    #[must_use]
    pub fn for_provider(mut self) -> Self {
        self.0.for_provider = true;
        self
    }

    /// With a cause for the log. Errors of this host hold no secrets.
    #[must_use]
    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Arc::new(cause));
        self
    }

    /// What it is.
    pub fn kind(&self) -> Code {
        self.0.code
    }

    /// Its status code.
    pub fn status(&self) -> StatusCode {
        self.0.code.status()
    }

    /// Its stable word.
    pub fn code(&self) -> &'static str {
        self.0.code.word()
    }

    /// Its sentence for a person.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Why, for the log.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync)> {
        self.0.cause.as_deref()
    }

    /// The body and headers, now that the request has its id. `host` is where the pages about each code are; without one the
    /// type says no more than the status code does (RFC 9457 section 4.2.1).
    pub fn answer(&self, request: Option<&RequestName>, host: Option<&Url>) -> Response {
        let status = self.status();
        let body = ProblemView {
            kind: host.map_or_else(|| "about:blank".to_owned(), |host| self.0.code.page(host)),
            title: self.0.code.title(),
            status: status.as_u16(),
            detail: &self.0.detail,
            code: self.code(),
            request_id: request,
            errors: &self.0.errors,
            rule: self.0.rule,
            failure: self.0.failure.as_ref().map(FailureView::from),
            choice: self.0.choice.as_ref(),
            connections: &self.0.connections,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(seconds) = self.0.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.0.for_provider {
            headers.insert(ANSWERED_BY, HeaderValue::from_static("host"));
        }
        // RFC 6750 section 3: no error code where no key was sent.
        match self.0.code {
            Code::KeyMissing => headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Code::KeyUnknown => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
            }
            _ => None,
        };
        response
    }
}

/// Why a request was refused (RFC 9457).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct ProblemView<'a> {
    /// The address of a page about the code.
    #[serde(rename = "type")]
    #[schemars(extend("format" = "uri"), example = &"https://connect.example.com/docs/problems/not-found")]
    kind: String,
    /// What the code means, the same for every occurrence.
    #[schemars(example = &"No such thing, or not for this tenant")]
    title: &'static str,
    /// The status code of the answer.
    #[schemars(range(min = 400, max = 599), example = 404)]
    status: u16,
    /// What happened this time and what to do, for a person.
    #[schemars(example = &"There is no such connection.")]
    detail: &'a str,
    /// The stable word to decide by. New ones may come.
    #[schemars(extend("pattern" = "^[a-z]+(-[a-z]+)*$"), example = &"not-found")]
    code: &'static str,
    /// The id of the request, as the log has it.
    #[schemars(example = &"req_01KAMVJ5D0Q4Z8N6T2R7W3X9YB")]
    request_id: Option<&'a RequestName>,
    /// The wrong values of the request, one by one.
    #[serde(skip_serializing_if = "<[FieldProblem]>::is_empty")]
    errors: &'a [FieldProblem],
    /// The rule that refused, for `egress-denied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"undeclared-origin")]
    rule: Option<&'static str>,
    /// What the provider's side said.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureView<'a>>,
    /// What can be done about another account, for `other-account`.
    #[serde(skip_serializing_if = "Option::is_none")]
    choice: Option<&'a Choices>,
    /// The connections it is about, for `twins`.
    #[serde(skip_serializing_if = "<[ConnectionId]>::is_empty")]
    connections: &'a [ConnectionId],
}

/// What can be done about another account, where to say it, and until when.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "OtherAccountChoice")]
#[allow(clippy::struct_field_names, reason = "the words of the answer")]
struct Choices {
    /// The words to choose among.
    #[schemars(example = ["keep", "replace", "connect-as-new"])]
    choices: &'static [&'static str],
    /// The path to send one of them to.
    #[schemars(example = &"/v1/connect-sessions/ses_01J9ZQ6Y4M5K7T8V9W0X1Y2Z3A/choose")]
    choose: String,
    /// Until when the other account's tokens wait; then they are revoked.
    until: Timestamp,
}

/// Errors begin small and end bare; a detail is a sentence.
fn sentence(text: &str) -> String {
    let mut rest = text.trim().chars();
    let Some(first) = rest.next() else { return String::new() };
    let mut sentence: String = first.to_uppercase().chain(rest).collect();
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests;
