//! Problem details (RFC 9457), and every status code this API answers with.

use std::{error::Error, sync::Arc};

use axum::{
    Json,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use jackfield_model::{api_key::Permission, failure::Failure, id::RequestId};
use serde::Serialize;

use super::view::failure::FailureView;

/// What went wrong: a stable word for programs and the status code that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The body ended before it was whole.
    BodyCutOff,
    /// A callback that was not believed.
    CallbackRefused,
    /// The provider refused the client itself.
    ClientFault,
    /// The client a connection was made with is gone.
    ClientGone,
    /// The component of an installed connector is gone or changed on disk.
    ComponentGone,
    /// A component that is no connector for this host.
    ComponentRefused,
    /// Somebody else changed it meanwhile.
    Conflict,
    /// The connector is installed and not approved.
    ConnectorNotApproved,
    /// The status of the connection forbids it.
    ConnectionUnusable,
    /// An egress rule refused the request.
    EgressDenied,
    /// A form that another site posted.
    ForeignForm,
    /// Something still uses it.
    InUse,
    /// The grant lacks scopes.
    InsufficientScope,
    /// Our fault.
    Internal,
    /// A value that cannot be.
    Invalid,
    /// A body whose shape is not the route's.
    InvalidBody,
    /// A query this route does not know.
    InvalidQuery,
    /// No API key.
    KeyMissing,
    /// An API key nobody knows.
    KeyUnknown,
    /// A link that was used, or is too old.
    LinkOver,
    /// A link nobody made.
    LinkUnknown,
    /// Not JSON at all.
    MalformedJson,
    /// The auth method is no longer offered.
    MethodGone,
    /// The route does not take this method.
    MethodNotAllowed,
    /// Client, field or manifest are wrong.
    Misconfigured,
    /// A person has to consent again.
    NeedsReauthorization,
    /// Nothing here.
    NoRoute,
    /// No such thing, or not for this tenant.
    NotFound,
    /// A body that is not declared as JSON.
    NotJson,
    /// A tenant's key on an operator's route.
    OperatorsOnly,
    /// Another account at the provider than the connection's.
    OtherAccount,
    /// Another end user than the one it was made for.
    OtherEndUser,
    /// What was approved is not what is installed.
    OtherDigest,
    /// Another component of that name is installed.
    OtherInstalled,
    /// The key lacks a permission.
    PermissionMissing,
    /// The provider is broken or unreachable.
    ProviderDown,
    /// The provider refused.
    ProviderRefused,
    /// The person has not come back yet.
    SessionNotReady,
    /// The session is over.
    SessionOver,
    /// The store takes no changes.
    StoreReadOnly,
    /// The store does not answer.
    StoreUnavailable,
    /// An operator's key that names no tenant.
    TenantMissing,
    /// A one-time ticket that is not good.
    TicketRefused,
    /// Try again later.
    TryLater,
    /// Larger than allowed.
    TooLarge,
    /// No connector of that name.
    UnknownConnector,
    /// The provider cannot do this.
    Unsupported,
}

impl Code {
    /// The status code.
    pub fn status(self) -> StatusCode {
        self.parts().1
    }

    /// The word and the status code.
    fn parts(self) -> (&'static str, StatusCode) {
        match self {
            Self::BodyCutOff => ("body-cut-off", StatusCode::BAD_REQUEST),
            Self::CallbackRefused => ("callback-refused", StatusCode::BAD_REQUEST),
            Self::ClientFault => ("client-fault", StatusCode::CONFLICT),
            Self::ClientGone => ("client-gone", StatusCode::CONFLICT),
            Self::ComponentGone => ("component-gone", StatusCode::CONFLICT),
            Self::ComponentRefused => ("component-refused", StatusCode::UNPROCESSABLE_ENTITY),
            Self::Conflict => ("conflict", StatusCode::CONFLICT),
            Self::ConnectorNotApproved => ("connector-not-approved", StatusCode::CONFLICT),
            Self::ConnectionUnusable => ("connection-unusable", StatusCode::CONFLICT),
            Self::EgressDenied => ("egress-denied", StatusCode::FORBIDDEN),
            Self::ForeignForm => ("foreign-form", StatusCode::FORBIDDEN),
            Self::InUse => ("in-use", StatusCode::CONFLICT),
            Self::InsufficientScope => ("insufficient-scope", StatusCode::CONFLICT),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Self::Invalid => ("invalid", StatusCode::UNPROCESSABLE_ENTITY),
            Self::InvalidBody => ("invalid-body", StatusCode::UNPROCESSABLE_ENTITY),
            Self::InvalidQuery => ("invalid-query", StatusCode::BAD_REQUEST),
            Self::KeyMissing => ("key-missing", StatusCode::UNAUTHORIZED),
            Self::KeyUnknown => ("key-unknown", StatusCode::UNAUTHORIZED),
            Self::LinkOver => ("link-over", StatusCode::GONE),
            Self::LinkUnknown => ("link-unknown", StatusCode::NOT_FOUND),
            Self::MalformedJson => ("malformed-json", StatusCode::BAD_REQUEST),
            Self::MethodGone => ("method-gone", StatusCode::CONFLICT),
            Self::MethodNotAllowed => ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED),
            Self::Misconfigured => ("misconfigured", StatusCode::UNPROCESSABLE_ENTITY),
            Self::NeedsReauthorization => ("needs-reauthorization", StatusCode::CONFLICT),
            Self::NoRoute => ("no-route", StatusCode::NOT_FOUND),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND),
            Self::NotJson => ("not-json", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::OperatorsOnly => ("operators-only", StatusCode::FORBIDDEN),
            Self::OtherAccount => ("other-account", StatusCode::CONFLICT),
            Self::OtherEndUser => ("other-end-user", StatusCode::FORBIDDEN),
            Self::OtherDigest => ("other-digest", StatusCode::CONFLICT),
            Self::OtherInstalled => ("other-installed", StatusCode::CONFLICT),
            Self::PermissionMissing => ("permission-missing", StatusCode::FORBIDDEN),
            Self::ProviderDown => ("provider-down", StatusCode::BAD_GATEWAY),
            Self::ProviderRefused => ("provider-refused", StatusCode::BAD_GATEWAY),
            Self::SessionNotReady => ("session-not-ready", StatusCode::CONFLICT),
            Self::SessionOver => ("session-over", StatusCode::CONFLICT),
            Self::StoreReadOnly => ("store-read-only", StatusCode::SERVICE_UNAVAILABLE),
            Self::StoreUnavailable => ("store-unavailable", StatusCode::SERVICE_UNAVAILABLE),
            Self::TenantMissing => ("tenant-missing", StatusCode::BAD_REQUEST),
            Self::TicketRefused => ("ticket-refused", StatusCode::FORBIDDEN),
            Self::TryLater => ("try-later", StatusCode::SERVICE_UNAVAILABLE),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::UnknownConnector => ("unknown-connector", StatusCode::UNPROCESSABLE_ENTITY),
            Self::Unsupported => ("unsupported", StatusCode::UNPROCESSABLE_ENTITY),
        }
    }
}

/// One wrong value of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// Which.
    pub field: String,
    /// What to do, for a person.
    pub message: String,
}

/// A refusal. Carried to the edge in the response's extensions, where the request id is known;
/// there it is written, and its cause logged, once.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    detail: String,
    errors: Vec<FieldProblem>,
    rule: Option<&'static str>,
    failure: Option<Failure>,
    retry_after_seconds: Option<u64>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A refusal that says what to do about it.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let detail = sentence(&detail.into());
        Self { code, detail, errors: Vec::new(), rule: None, failure: None, retry_after_seconds: None, cause: None }
    }

    /// Our fault: the cause goes to the log, not to the caller.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::new(Code::Internal, "Something went wrong on our side. Try again; if it stays, tell the operator the request id.")
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

    pub(super) fn too_large() -> Self {
        Self::new(Code::TooLarge, "The body is larger than this route takes.")
    }

    pub(super) fn cut_off() -> Self {
        Self::new(Code::BodyCutOff, "The body ended before it was whole.")
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
        self.errors = errors;
        self
    }

    /// With the rule that refused.
    #[must_use]
    pub fn by_rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// With what the provider's side said.
    #[must_use]
    pub fn with_failure(mut self, failure: Failure) -> Self {
        self.failure = Some(failure);
        self
    }

    /// With the shortest wait.
    #[must_use]
    pub fn retry_after(mut self, milliseconds: u64) -> Self {
        self.retry_after_seconds = Some(milliseconds.div_ceil(1000));
        self
    }

    /// With a cause for the log. Errors of this host hold no secrets.
    #[must_use]
    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// What it is.
    pub fn kind(&self) -> Code {
        self.code
    }

    /// Its status code.
    pub fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// Its stable word.
    pub fn code(&self) -> &'static str {
        self.code.parts().0
    }

    /// Its sentence for a person.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Why, for the log.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync)> {
        self.cause.as_deref()
    }

    /// The body and headers, now that the request has its id.
    pub fn answer(&self, request: Option<RequestId>) -> Response {
        let status = self.status();
        let body = Body9457 {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: &self.detail,
            code: self.code(),
            request_id: request,
            errors: &self.errors,
            rule: self.rule,
            failure: self.failure.as_ref().map(FailureView::from),
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // RFC 6750 section 3: no error code where no key was sent.
        match self.code {
            Code::KeyMissing => headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Code::KeyUnknown => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
            }
            _ => None,
        };
        response
    }
}

#[derive(Serialize)]
struct Body9457<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    request_id: Option<RequestId>,
    #[serde(skip_serializing_if = "<[FieldProblem]>::is_empty")]
    errors: &'a [FieldProblem],
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureView<'a>>,
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
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use http_body_util::BodyExt;
    use jackfield_model::failure::Advice;
    use serde_json::{Value, json};

    use super::*;

    async fn body(problem: &Problem) -> Value {
        let request = "req_00000000000000000000000000".parse().unwrap();
        let body = problem.answer(Some(request)).into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap()
    }

    #[tokio::test]
    async fn a_problem_is_rfc_9457_with_a_stable_code() {
        let problem = Problem::not_found("connection");
        let expected = json!({
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "There is no such connection.",
            "code": "not-found",
            "request_id": "req_00000000000000000000000000",
        });
        assert_eq!(body(&problem).await, expected);
        let answer = problem.answer(None);
        assert_eq!(answer.headers().get("content-type").unwrap(), "application/problem+json");
        assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
    }

    #[tokio::test]
    async fn wrong_values_are_named() {
        let told = body(&Problem::invalid("return_url", "`return_url` is not registered")).await;
        assert_eq!(told.get("errors").unwrap(), &json!([{"field": "return_url", "message": "`return_url` is not registered"}]));
        assert_eq!(told.get("detail").unwrap(), "`return_url` is not registered.");
    }

    #[tokio::test]
    async fn a_cause_is_for_the_log_alone() {
        let problem = Problem::internal(std::io::Error::other("disk /var/lib/x is full"));
        assert!(!body(&problem).await.to_string().contains("/var/lib"));
        assert_eq!(problem.cause().unwrap().to_string(), "disk /var/lib/x is full");
    }

    #[test]
    fn a_key_is_asked_for_by_rfc_6750() {
        let header = |problem: Problem| problem.answer(None).headers().get("www-authenticate").cloned();
        assert_eq!(header(Problem::key_missing()).unwrap(), "Bearer");
        assert_eq!(header(Problem::key_unknown()).unwrap(), "Bearer error=\"invalid_token\"");
        assert_eq!(header(Problem::method()), None);
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds() {
        let failure = Failure::new(Advice::Retry(Some(1200)), "rate-limited", "Too many calls.");
        let problem = Problem::new(Code::TryLater, "too many calls").with_failure(failure).retry_after(1200);
        assert_eq!(problem.answer(None).headers().get("retry-after").unwrap(), "2");
        assert_eq!(problem.detail(), "Too many calls.");
    }
}
