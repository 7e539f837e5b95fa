//! Slack, through an app that people add to a workspace: a bot's token, a person's, or both.
//!
//! The pages this follows, at <https://docs.slack.dev>: `authentication/installing-with-oauth` (two scope lists),
//! `authentication/using-token-rotation` (a refresh token for each token, good once; access tokens of 12 hours),
//! `authentication/using-pkce`, `reference/methods/oauth.v2.access`, `reference/methods/auth.test`,
//! `reference/methods/auth.revoke` and `apis/web-api` (answers have status 200 and say `ok`; `needed` names a missing scope).

mod actions;
mod answer;
mod revoke;
mod scopes;

use jackfield_sdk::{
    Account, AuthMethod, Connection, Connector, Envelope, Failure, Hook, Manifest, NamedToken, Oauth2, Origin, Request,
    RequestPattern, Revocation, Rotation,
};

const TEST: &str = "https://slack.com/api/auth.test";

/// Slack.
pub struct Slack;

impl Connector for Slack {
    fn manifest() -> Manifest {
        let manifest = Manifest::new("slack", env!("CARGO_PKG_VERSION"), "Slack")
            .description("Messages, channels and people of a Slack workspace.")
            .category("communication")
            .documentation("https://docs.slack.dev/apis/web-api/")
            .register_client(
                "Create an app and add this redirect URI under OAuth & Permissions; turn token rotation on there, or leave it off.",
                "https://api.slack.com/apps",
            )
            .origin(Origin::with_credential("api", "slack.com"))
            .auth_method(AuthMethod::oauth2_code("oauth", "Add to Slack", oauth2()).revocation(Revocation::Hook))
            .hook_requests(Hook::Verify, RequestPattern::new(&["POST"], "api", "/api/auth.test"))
            .hook_requests(Hook::Revoke, RequestPattern::new(&["POST"], "api", "/api/auth.revoke"));
        actions::declare(scopes::declare(answer::refusals(manifest)))
    }

    /// Whose the token is: an id is unique within its workspace only.
    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let response = connection.call(&Request::post(TEST))?;
        let who = answer::accepted(&response)?;
        let id = format!("{}/{}", who.text("/team_id")?, who.text("/user_id")?);
        let account = Account::new(id, format!("{} ({})", who.text("/user")?, who.text("/team")?));
        let list = if who.find("/bot_id").is_some() { scopes::List::Bot } else { scopes::List::Person };
        let stated = response.header("x-oauth-scopes");
        Ok(account.granted(stated.map(|header| scopes::granted(header, list, &connection.granted_scopes()))))
    }
}

/// Token rotation is a switch of the app: without it there is neither an end nor a refresh token.
fn oauth2() -> Oauth2 {
    Oauth2::endpoints("https://slack.com/oauth/v2/authorize", "https://slack.com/api/oauth.v2.access")
        .without_pkce(
            "Slack takes PKCE only from apps marked as public clients, which cannot be undone and ends their refresh tokens after 30 days.",
        )
        .scope_separator(",")
        .scope_list(scopes::PERSON, "user_scope")
        .granted_separator(",")
        .envelope(Envelope {
            success: "/ok".to_owned(),
            success_values: vec!["true".to_owned()],
            payload: String::new(),
            error: "/error".to_owned(),
            message: String::new(),
        })
        .token(NamedToken::new("bot").bearer_as("bot"))
        .token(NamedToken::new("user").under("/authed_user").bearer_as("user").scope_list(scopes::PERSON))
        .rotation(Rotation::Strict)
}

jackfield_sdk::export!(Slack with revoke);
