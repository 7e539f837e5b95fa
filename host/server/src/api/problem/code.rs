//! Every way this host refuses: one table with the stable word, the status code, what it means and what to do about it.

use http::StatusCode;
use url::Url;

/// A line a code: its meaning, the word, the status code, and what a caller can do.
macro_rules! codes {
    ($(#[doc = $meaning:literal] $name:ident = $word:literal, $status:ident, $advice:literal;)+) => {
        /// What went wrong: a stable word for programs and the status code that goes with it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $name,)+
        }

        impl Code {
            /// Every code, in the order of their words.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The status code.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// The stable word.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// What it means: one sentence, the same for every occurrence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning.trim_ascii(),)+ }
            }

            /// Its meaning as a title: without the full stop.
            pub fn title(self) -> &'static str {
                self.meaning().trim_end_matches('.')
            }

            /// The address of the page about it on a host, which names its type (RFC 9457 section 3.1.1).
            pub fn page(self, host: &Url) -> String {
                format!("{}/docs/problems/{}", host.as_str().trim_end_matches('/'), self.word())
            }

            /// What a caller can do about it: one or two sentences.
            pub fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }
        }
    };
}

codes! {
    /// None of the connection's actions makes the request.
    ActionMissing = "action-missing", FORBIDDEN,
        "Reauthorize the connection with an action that makes the request; `detail` names it where there is one.";
    /// A file that is no good backup of this host.
    BackupRefused = "backup-refused", UNPROCESSABLE_ENTITY, "`detail` says what is wrong with it; take another copy.";
    /// The body ended before it was whole.
    BodyCutOff = "body-cut-off", BAD_REQUEST, "Send the request again; check what cuts it off on its way.";
    /// The rest of the body did not arrive in time.
    BodyStalled = "body-stalled", REQUEST_TIMEOUT, "Send the request again, without long pauses in its body.";
    /// The call took longer than the operator allows.
    CallTooLong = "call-too-long", GATEWAY_TIMEOUT,
        "Ask for less at once; an operator may raise the setting that `detail` names.";
    /// A callback that was not believed.
    CallbackRefused = "callback-refused", BAD_REQUEST, "The person starts again from the application.";
    /// The provider refused the client itself.
    ClientFault = "client-fault", CONFLICT,
        "Ask again in some minutes; where that changes nothing, an operator checks the client's id and secret at the provider and rotates them.";
    /// The client a connection was made with is gone.
    ClientGone = "client-gone", CONFLICT, "An operator registers a client for the connector; then connect again.";
    /// The component of an installed connector is gone or changed on disk.
    ComponentGone = "component-gone", CONFLICT, "An operator installs the connector again.";
    /// A component that is no connector for this host.
    ComponentRefused = "component-refused", UNPROCESSABLE_ENTITY,
        "Build it with the SDK of this host's version, and see what `jackfield connector check` says.";
    /// Somebody else changed it meanwhile.
    Conflict = "conflict", CONFLICT, "Read it again, then repeat.";
    /// The status of the connection forbids it.
    ConnectionUnusable = "connection-unusable", CONFLICT,
        "Read the connection: its status and failure say what is wrong.";
    /// The application says that something works with the connection.
    ConnectionUsed = "connection-used", CONFLICT,
        "`errors` names where it is used: end those uses first, or delete with `force=true`.";
    /// The connector is installed and not approved.
    ConnectorNotApproved = "connector-not-approved", CONFLICT, "An operator reads what it asks for and approves it.";
    /// A cursor that is too old.
    CursorOld = "cursor-old", BAD_REQUEST, "Begin again without the cursor.";
    /// A cursor this host did not give for this list and filter.
    CursorUnknown = "cursor-unknown", BAD_REQUEST,
        "Begin again without the cursor; send a cursor only with the very filter it was given for.";
    /// An egress rule refused the request.
    EgressDenied = "egress-denied", FORBIDDEN,
        "`rule` names the rule; ask only for what the connector declared and an operator approved.";
    /// A form that another site posted.
    ForeignForm = "foreign-form", FORBIDDEN, "Open the link again and fill in the form there.";
    /// A header that cannot be read.
    HeaderInvalid = "header-invalid", BAD_REQUEST, "`detail` names the header and what it should be.";
    /// The first request with this idempotency key is still being done.
    IdempotencyInFlight = "idempotency-in-flight", CONFLICT, "Wait for its answer, or ask again in a few seconds.";
    /// A header that is no idempotency key.
    IdempotencyKeyInvalid = "idempotency-key-invalid", BAD_REQUEST,
        "Send one Idempotency-Key: 1 to 255 letters, digits and punctuation, in double quotes; a UUID is a good one.";
    /// The idempotency key was used for another request.
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY,
        "Repeat the first request unchanged, or use a new key.";
    /// What the first request with this idempotency key made is there, and its answer was lost.
    IdempotencyUnanswered = "idempotency-unanswered", CONFLICT,
        "`detail` names what was made: read it. Use a new key to make another.";
    /// Something still uses it.
    InUse = "in-use", CONFLICT, "Remove what uses it first.";
    /// The grant lacks scopes.
    InsufficientScope = "insufficient-scope", CONFLICT,
        "Reauthorize with the actions that are missing; `failure.scopes` names what they lack.";
    /// Our fault.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Try again; if it stays, tell the operator the request id.";
    /// A value that cannot be.
    Invalid = "invalid", UNPROCESSABLE_ENTITY, "`errors` names each wrong value and what it should be.";
    /// A body whose shape is not the route's.
    InvalidBody = "invalid-body", UNPROCESSABLE_ENTITY,
        "Compare the body with the description of the operation: unknown fields are refused too.";
    /// A query this route does not know.
    InvalidQuery = "invalid-query", BAD_REQUEST,
        "Compare the query with the description of the operation; a cursor is used as it was given, or not at all.";
    /// No API key.
    KeyMissing = "key-missing", UNAUTHORIZED, "Send `Authorization: Bearer jf_…`.";
    /// A key ring that does not open what the store holds.
    KeyRingRefused = "key-ring-refused", CONFLICT,
        "`detail` says what is wrong with the file; the host goes on with the ring it has. Put the right ring back.";
    /// An API key nobody knows.
    KeyUnknown = "key-unknown", UNAUTHORIZED, "Check the key: it may have been removed, or belong to another host.";
    /// A link that was used, or is too old.
    LinkOver = "link-over", GONE, "The person goes back to the application, which makes a new connect session.";
    /// A link nobody made.
    LinkUnknown = "link-unknown", NOT_FOUND, "Check that the link arrived whole.";
    /// Not JSON at all.
    MalformedJson = "malformed-json", BAD_REQUEST, "`detail` names the line and column where the JSON breaks off.";
    /// The message is on its way already.
    MessageWaiting = "message-waiting", CONFLICT, "Wait: it is tried again by itself; read it to see when.";
    /// The auth method is no longer offered.
    MethodGone = "method-gone", CONFLICT, "Connect again with a method that the connector offers.";
    /// The route does not take this method.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "The header `Allow` names the methods it takes.";
    /// Client, field or manifest are wrong.
    Misconfigured = "misconfigured", UNPROCESSABLE_ENTITY,
        "Check the fields of the connection and of the client against the provider.";
    /// A person has to consent again.
    NeedsReauthorization = "needs-reauthorization", CONFLICT,
        "Reauthorize the connection and send the person to the link.";
    /// The connection waits for no choice.
    NoChoice = "no-choice", CONFLICT, "Read the connection: `target` says what it points at.";
    /// Nothing here.
    NoRoute = "no-route", NOT_FOUND, "Check the path against the description of the API.";
    /// No such thing, or not for this tenant.
    NotFound = "not-found", NOT_FOUND, "Check the id, and that the key speaks for the tenant it belongs to.";
    /// A body that is not declared as JSON.
    NotJson = "not-json", UNSUPPORTED_MEDIA_TYPE, "Send `Content-Type: application/json`.";
    /// A tenant's key on an operator's route.
    OperatorsOnly = "operators-only", FORBIDDEN, "Use an operator's key.";
    /// The connection has no origin of that name.
    OriginUnknown = "origin-unknown", UNPROCESSABLE_ENTITY,
        "Name one of the origins that `detail` lists in the header `jackfield-origin`.";
    /// The connection has several origins, and none was named.
    OriginUnnamed = "origin-unnamed", UNPROCESSABLE_ENTITY,
        "Name one of the origins that `detail` lists in the header `jackfield-origin`.";
    /// Another account at the provider than the connection's.
    OtherAccount = "other-account", CONFLICT,
        "`choice` says what can be done and until when: keep the connection as it is, replace its account, or connect the other one as a new connection.";
    /// What was approved is not what is installed.
    OtherDigest = "other-digest", CONFLICT, "Read what the installed component asks for, and approve its digest.";
    /// Another end user than the one it was made for.
    OtherEndUser = "other-end-user", FORBIDDEN, "Only the end user it was made for may finish it.";
    /// Another component of that name is installed.
    OtherInstalled = "other-installed", CONFLICT, "Remove the installed one first.";
    /// The key lacks a permission.
    PermissionMissing = "permission-missing", FORBIDDEN, "Use a key with the permission that `detail` names.";
    /// The provider is broken or unreachable.
    ProviderDown = "provider-down", BAD_GATEWAY, "Try again later; nothing was changed.";
    /// The provider refused.
    ProviderRefused = "provider-refused", BAD_GATEWAY, "`failure` says what the provider's side answered.";
    /// The provider did not answer in time.
    ProviderTimeout = "provider-timeout", GATEWAY_TIMEOUT,
        "Try again later; the provider may have done what was asked, so look before repeating a change.";
    /// The provider asked for a pause, and the host keeps it.
    RateLimited = "rate-limited", TOO_MANY_REQUESTS, "Wait as long as `Retry-After` says, then repeat.";
    /// The request's headers are too large to pass on.
    RequestHeadersTooLarge = "request-headers-too-large", REQUEST_HEADER_FIELDS_TOO_LARGE,
        "Send fewer or shorter headers; an operator may raise the setting that `detail` names.";
    /// The request's body is too large to pass on.
    RequestTooLarge = "request-too-large", PAYLOAD_TOO_LARGE,
        "Send less at once; an operator may raise the setting that `detail` names.";
    /// The provider's headers are too large to pass back.
    ResponseHeadersTooLarge = "response-headers-too-large", BAD_GATEWAY,
        "An operator may raise the setting that `detail` names.";
    /// The provider's body is too large to pass back.
    ResponseTooLarge = "response-too-large", BAD_GATEWAY,
        "Ask for less at once; an operator may raise the setting that `detail` names.";
    /// The person has not come back yet.
    SessionNotReady = "session-not-ready", CONFLICT,
        "Complete it when the person is back at the return URL with a ticket.";
    /// The session is over.
    SessionOver = "session-over", CONFLICT, "Make a new connect session.";
    /// The connection is another than the request expects.
    Stale = "stale", PRECONDITION_FAILED, "Read it again, look what changed, and repeat with the `ETag` of that answer.";
    /// The host is ending.
    Stopping = "stopping", SERVICE_UNAVAILABLE, "Repeat the request: the host is being restarted or replaced.";
    /// The store takes no changes.
    StoreReadOnly = "store-read-only", SERVICE_UNAVAILABLE,
        "An operator makes room on the disk and restarts the host.";
    /// The store does not answer.
    StoreUnavailable = "store-unavailable", SERVICE_UNAVAILABLE, "Try again in a moment.";
    /// A person has to choose first what the connection points at.
    TargetWanted = "target-wanted", CONFLICT,
        "Choose one of the connection's `target.choices` with `POST /v1/connections/{id}/target`.";
    /// An operator's key that names no tenant.
    TenantMissing = "tenant-missing", BAD_REQUEST, "Name the tenant in the header `jackfield-tenant`.";
    /// A one-time ticket that is not good.
    TicketRefused = "ticket-refused", FORBIDDEN, "Use the ticket that the return URL brought, once.";
    /// The provider refuses the tokens that were to be imported, and they cannot be refreshed.
    TokensDead = "tokens-dead", UNPROCESSABLE_ENTITY,
        "Nothing was imported; `failure` says what the provider said. The person connects again through a session.";
    /// Larger than allowed.
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "Send less; `detail` names the limit.";
    /// Too many calls are under way at once.
    TooManyCalls = "too-many-calls", TOO_MANY_REQUESTS,
        "Wait for some to end, then repeat; an operator may raise the setting that `detail` names.";
    /// More requests than this API key may send.
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS,
        "Wait as long as `Retry-After` says; an operator can raise `api.requests_per_minute`.";
    /// A file of connections that cannot be taken in here.
    TransferRefused = "transfer-refused", UNPROCESSABLE_ENTITY,
        "`detail` names every reason; nothing was taken in. Mend them, then send the file again.";
    /// Try again later.
    TryLater = "try-later", SERVICE_UNAVAILABLE, "Wait as long as `Retry-After` says, where it is sent, then repeat.";
    /// Deleting this connection may end others that live on the same grant.
    Twins = "twins", CONFLICT,
        "`connections` names them: delete with `twins=keep` to leave the provider alone, or with `twins=end` to revoke all the same.";
    /// No connector of that name.
    UnknownConnector = "unknown-connector", UNPROCESSABLE_ENTITY,
        "Check the name, or have an operator install the connector.";
    /// The provider cannot do this.
    Unsupported = "unsupported", UNPROCESSABLE_ENTITY, "There is no other way at this provider.";
    /// Websockets and other upgrades are not passed on.
    UpgradeRefused = "upgrade-refused", UNPROCESSABLE_ENTITY,
        "Take a lease of the credential and open the connection to the provider yourself.";
    /// The webhook is paused.
    WebhookPaused = "webhook-paused", CONFLICT, "Change it with `paused: false`, then repeat.";
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn words_are_in_order_and_every_code_says_what_to_do() {
        assert!(Code::ALL.is_sorted_by(|one, next| one.word() < next.word()));
        for code in Code::ALL {
            assert!(code.word().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{code:?}");
            assert!(code.meaning().ends_with('.') && code.advice().ends_with('.'), "{code:?}");
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
        }
    }
}
