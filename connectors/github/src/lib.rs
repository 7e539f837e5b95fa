//! GitHub, through an OAuth app.
//!
//! The pages this follows, at <https://docs.github.com/en>: `apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps`
//! (the web application flow; PKCE with S256), `apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps`,
//! `apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors`,
//! `rest/using-the-rest-api/getting-started-with-the-rest-api` (the User-Agent is mandatory) and
//! `rest/using-the-rest-api/rate-limits-for-the-rest-api`.

mod actions;
mod revoke;
mod scopes;

use jackfield_sdk::{
    Account, Advice, AuthMethod, ClientAuth, Connection, Connector, Expiry, Failure, FailureRule, Hook, Manifest,
    Oauth2, Origin, Pagination, RateLimit, Request, RequestPattern, Revocation,
};

/// Refused without one.
pub(crate) const USER_AGENT: &str = "Jackfield";

/// GitHub.
pub struct GitHub;

impl Connector for GitHub {
    fn manifest() -> Manifest {
        let manifest = Manifest::new("github", env!("CARGO_PKG_VERSION"), "GitHub")
            .description("Repositories, issues and gists on github.com.")
            .category("developer")
            .documentation("https://docs.github.com/en/rest")
            .register_client(
                "Register an OAuth app in your developer settings, with this redirect URI as its callback URL.",
                "https://github.com/settings/applications/new",
            )
            .origin(Origin::with_credential("api", "api.github.com"))
            .auth_method(AuthMethod::oauth2_code("oauth", "Sign in with GitHub", oauth2()).revocation(Revocation::Hook))
            .hook_get(Hook::Verify, "api", "/user")
            .hook_requests(Hook::Revoke, RequestPattern::new(&["DELETE"], "api", "/applications/*/grant"))
            .rate_limit(RateLimit::headers(
                "x-ratelimit-limit",
                "x-ratelimit-remaining",
                "x-ratelimit-reset",
                Expiry::EpochSeconds,
            ))
            .pagination(Pagination::LinkHeader);
        actions::declare(scopes::declare(refusals(manifest)))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let request = Request::get("https://api.github.com/user").header("user-agent", USER_AGENT);
        let response = connection.call(&request)?;
        let user = response.json()?;
        let account = Account::new(user.text("/id")?, user.text("/login")?);
        Ok(account.avatar(user.find("/avatar_url")).granted(response.header("x-oauth-scopes").map(scopes::granted)))
    }
}

/// A classic OAuth app's token does not expire and there is no refresh token.
fn oauth2() -> Oauth2 {
    Oauth2::endpoints("https://github.com/login/oauth/authorize", "https://github.com/login/oauth/access_token")
        .client_auth(ClientAuth::Body)
        // Without it the answer is form-encoded.
        .token_header("Accept", "application/json")
        .granted_separator(",")
        .expiry(Expiry::Never)
        .without_refresh()
}

/// Token requests are refused with status 200 and a code in the body.
fn refusals(manifest: Manifest) -> Manifest {
    let refused = |advice, code| FailureRule::status(200, advice, code).with_body("/error", &[code]);
    manifest
        .failure(refused(Advice::Reauthorize, "bad_verification_code"))
        .failure(refused(Advice::Misconfigured, "incorrect_client_credentials"))
        .failure(refused(Advice::Misconfigured, "redirect_uri_mismatch"))
        .failure(refused(Advice::Misconfigured, "unverified_user_email"))
}

jackfield_sdk::export!(GitHub with revoke);
