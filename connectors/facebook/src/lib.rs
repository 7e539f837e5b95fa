//! Facebook, through an app of the operator's.
//!
//! The pages this follows, at <https://developers.facebook.com/documentation/facebook-login/guides>: `advanced/manual-flow`
//! (the login dialog and the code), `advanced/oidc-token` (PKCE), `access-tokens/get-long-lived` (the second exchange) and
//! `permissions/request-revoke`; and at <https://developers.facebook.com/docs/graph-api>: `reference/user/permissions`
//! (granted and declined), `guides/error-handling`, `overview/rate-limiting`. Every address carries the version of the Graph
//! API that this was written for.
//!
//! Left out: `appsecret_proof` on calls (`guides/secure-requests`). It is a signature over each request's token, which only
//! the `sign` hook can say; "Require App Secret" has to stay off in the app's settings.

mod actions;
mod refusals;
mod revoke;
mod scopes;
mod token_request;

use jackfield_sdk::{
    Account, AuthMethod, ClientAuth, Connection, Connector, Failure, Hook, Json, Manifest, Oauth2, Origin,
    RequestPattern, Revocation, Rotation,
};

/// The Graph API, in the version whose pages this follows.
pub(crate) const GRAPH: &str = "https://graph.facebook.com/v25.0";
/// How long a permission lasts that its person does not renew: "about 60 days".
const SIXTY_DAYS: u64 = 60 * 24 * 60 * 60;

/// Facebook.
pub struct Facebook;

impl Connector for Facebook {
    fn manifest() -> Manifest {
        let manifest = Manifest::new("facebook", env!("CARGO_PKG_VERSION"), "Facebook")
            .description("Profiles, pages and advertising accounts on facebook.com.")
            .category("social")
            .documentation("https://developers.facebook.com/docs/graph-api")
            .register_client(
                "Create an app with Facebook Login, add this redirect URI to its valid OAuth redirect URIs, and leave \"Require App Secret\" off.",
                "https://developers.facebook.com/apps",
            )
            .origin(Origin::with_credential("graph", "graph.facebook.com"))
            .auth_method(
                AuthMethod::oauth2_code("oauth", "Continue with Facebook", oauth2())
                    .ends_after(SIXTY_DAYS)
                    .revocation(Revocation::Hook),
            )
            .hook_get(Hook::Verify, "graph", "/v25.0/me")
            .hook_get(Hook::Verify, "graph", "/v25.0/me/permissions")
            .hook_get(Hook::TokenRequest, "graph", "/v25.0/oauth/access_token")
            .hook_requests(Hook::Revoke, RequestPattern::new(&["DELETE"], "graph", "/v25.0/*/permissions"));
        actions::declare(scopes::declare(refusals::declare(manifest)))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let me = read(connection, &format!("{GRAPH}/me?fields=id,name,picture"))?;
        let granted = scopes::granted(&read(connection, &format!("{GRAPH}/me/permissions"))?)?;
        let picture = me.find("/picture/data/url").filter(|url| url.starts_with("https://"));
        Ok(Account::new(me.text("/id")?, me.text("/name")?).avatar(picture).granted(Some(granted)))
    }
}

/// An answer of the Graph API, or what its error means.
fn read(connection: &Connection, url: &str) -> Result<Json, Failure> {
    let response = connection.send(&jackfield_sdk::Request::get(url))?;
    match refusals::meaning(&response) {
        Some(failure) => Err(failure),
        None => response.success()?.json(),
    }
}

/// A token of an hour or two, exchanged for one of about 60 days; there is no refresh token.
fn oauth2() -> Oauth2 {
    Oauth2::endpoints("https://www.facebook.com/v25.0/dialog/oauth", &format!("{GRAPH}/oauth/access_token"))
        .scope_separator(",")
        // Else what somebody declined once is never asked again.
        .authorize_parameter("auth_type", "rerequest")
        .client_auth(ClientAuth::Custom)
        .token_by_get("Facebook documents its token endpoint as a GET with everything in the query.")
        .further_step("fb_exchange_token")
        .rotation(Rotation::None)
        .without_refresh()
}

jackfield_sdk::export!(Facebook with revoke, token_request);
