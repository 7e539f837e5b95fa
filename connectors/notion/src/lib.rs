//! Notion, through a public connection (OAuth) or with the token of an internal one.
//!
//! The pages this follows, at <https://developers.notion.com>: `guides/get-started/authorization` (`owner=user`; a
//! client authenticates with HTTP Basic), `reference/create-a-token` and `reference/refresh-a-token` (JSON bodies; each
//! refresh brings a new refresh token; no `expires_in`), `reference/revoke-token`, `reference/versioning` (the header
//! `Notion-Version` is required), `reference/status-codes`, `reference/request-limits` (`Retry-After` in seconds),
//! `reference/capabilities` (what is allowed is set at the connection: there are no scopes) and `reference/get-self`.
//! None of them mentions PKCE; its parameters are sent all the same, as OAuth 2.1 asks of clients.

mod actions;
mod revoke;

use jackfield_sdk::manifest::BodyFormat;
use jackfield_sdk::{
    Account, Advice, AuthMethod, ClientAuth, Connection, Connector, Expiry, Failure, FailureRule, Field, Hook,
    Manifest, Oauth2, Origin, Pagination, RateLimit, RequestPattern, Revocation, Rotation,
};

/// The version of the API that the answers are read as; a caller may ask for another.
pub(crate) const VERSION: &str = "2025-09-03";
/// The version's header.
pub(crate) const VERSION_HEADER: &str = "Notion-Version";
/// An id, with its hyphens or without.
const UUID: &str = "[0-9a-fA-F-]{32,36}";

/// Notion.
pub struct Notion;

impl Connector for Notion {
    fn manifest() -> Manifest {
        let manifest = Manifest::new("notion", env!("CARGO_PKG_VERSION"), "Notion")
            .description("Pages, databases and comments in a Notion workspace.")
            .category("productivity")
            .documentation("https://developers.notion.com/reference/intro")
            .register_client(
                "Create a public connection in Notion's developer portal, with this redirect URI and the capabilities you need.",
                "https://www.notion.so/developers/connections",
            )
            .origin(Origin::with_credential("api", "api.notion.com"))
            .auth_method(
                AuthMethod::oauth2_code("oauth", "Sign in with Notion", oauth2())
                    .help(
                        "You choose the pages on Notion's own page. What may be done with them was set when the connection was registered there.",
                        "https://developers.notion.com/reference/capabilities",
                    )
                    .revocation(Revocation::Hook),
            )
            .auth_method(
                AuthMethod::api_token("token", "Token of an internal connection", Field::secret("token", "Token")).help(
                    "A workspace owner finds it in the configuration of the connection, and shares the pages it may use.",
                    "https://developers.notion.com/guides/get-started/internal-connections",
                ),
            )
            .default_call_header(VERSION_HEADER, VERSION)
            .hook_get(Hook::Verify, "api", "/v1/users/me")
            .hook_requests(Hook::Revoke, RequestPattern::new(&["POST"], "api", "/v1/oauth/revoke"))
            .rate_limit(RateLimit::headers("", "", "", Expiry::Seconds))
            .pagination(Pagination::Cursor(("/next_cursor".to_owned(), "start_cursor".to_owned())));
        actions::declare(refusals(manifest))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let me = connection.get_json("https://api.notion.com/v1/users/me")?;
        let workspace = me.find("/bot/workspace_name").or_else(|| connection.config("workspace_name"));
        let label = workspace.or_else(|| me.find("/name"));
        Ok(Account::new(me.text("/id")?, label.unwrap_or_else(|| "Notion".to_owned())).avatar(me.find("/avatar_url")))
    }
}

/// No end is told; the token is refreshed once Notion refuses it, and the old refresh token ends with that.
fn oauth2() -> Oauth2 {
    Oauth2::endpoints("https://api.notion.com/v1/oauth/authorize", "https://api.notion.com/v1/oauth/token")
        .authorize_parameter("owner", "user")
        .client_auth(ClientAuth::Basic)
        .token_body(BodyFormat::Json)
        .token_header(VERSION_HEADER, VERSION)
        .rotation(Rotation::Strict)
        .keep("workspace_id", "/workspace_id", UUID)
        .keep("workspace_name", "/workspace_name", "[^\\x00-\\x1f\\x7f]+")
        .keep("bot_id", "/bot_id", UUID)
        .keep("owner_id", "/owner/user/id", UUID)
}

/// Token requests are refused in the shape of every other refusal: the code is in `code`, not in `error`.
fn refusals(manifest: Manifest) -> Manifest {
    let refused = |status, advice, code| FailureRule::status(status, advice, code).with_body("/code", &[code]);
    manifest
        .failure(refused(400, Advice::Reauthorize, "invalid_grant"))
        .failure(refused(401, Advice::Misconfigured, "unauthorized"))
        .failure(refused(401, Advice::Misconfigured, "invalid_client"))
        .failure(refused(400, Advice::Misconfigured, "validation_error"))
        .failure(refused(409, Advice::Retry(None), "conflict_error"))
        .failure(refused(529, Advice::Retry(None), "service_overload"))
}

jackfield_sdk::export!(Notion with revoke);
