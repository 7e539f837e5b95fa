//! Every status code this host refuses with, and the stable word that goes with it.

use http::StatusCode;

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

    /// The stable word.
    pub fn word(self) -> &'static str {
        self.parts().0
    }

    /// The word and the status code.
    #[allow(clippy::too_many_lines, reason = "one table, a line a code")]
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
