//! Google, through an OAuth client of the operator's.
//!
//! The pages this follows, at <https://developers.google.com/identity>: `protocols/oauth2/web-server` (offline access, consent,
//! incremental authorization, revocation), `protocols/oauth2/resources/granular-permissions` (a person may untick scopes),
//! `protocols/oauth2#expiration` (when a refresh token ends) and `openid-connect/openid-connect` (ID token, discovery,
//! userinfo). The endpoints are pinned, so that an operator approves them by name; the issuer's metadata brings its keys.

mod actions;
mod refusals;
mod scopes;

use jackfield_sdk::{
    Account, AuthMethod, ClientAuth, Connection, Connector, Failure, Field, Hook, Manifest, Oauth2, Origin, Pagination,
    Revocation, Rotation,
};

/// A refresh token nobody uses for so long ends: six months.
const SIX_MONTHS: u64 = 180 * 24 * 60 * 60;
/// A refresh token of an app whose publishing status is "Testing" ends after seven days, used or not.
const SEVEN_DAYS: u64 = 7 * 24 * 60 * 60;
/// Who a token belongs to.
const USERINFO: &str = "https://openidconnect.googleapis.com/v1/userinfo";

/// Google.
pub struct Google;

impl Connector for Google {
    fn manifest() -> Manifest {
        let manifest = Manifest::new("google", env!("CARGO_PKG_VERSION"), "Google")
            .description("Gmail, Calendar and Drive of a Google account.")
            .category("productivity")
            .documentation("https://developers.google.com/workspace")
            .register_client(
                "Create an OAuth client of the type web application, with this redirect URI, and enable the APIs you use.",
                "https://console.cloud.google.com/auth/clients",
            )
            .client_field(
                Field::choice(
                    "publishing_status",
                    "Publishing status",
                    &[("production", "In production"), ("testing", "Testing")],
                )
                .help("As the audience page of your Google project says. Google ends every permission of an app in testing after seven days.")
                .default_value("production"),
            )
            .origin(Origin::with_credential("gmail", "gmail.googleapis.com"))
            .origin(Origin::with_credential("apis", "www.googleapis.com"))
            .origin(Origin::with_credential("userinfo", "openidconnect.googleapis.com"))
            .auth_method(
                AuthMethod::oauth2_code("oauth", "Sign in with Google", oauth2())
                    .ends_when_idle_for(SIX_MONTHS)
                    .ends_after_where("client.publishing_status", &["testing"], SEVEN_DAYS)
                    // "Token revocation": it ends the token's whole grant.
                    .revocation(Revocation::Rfc7009),
            )
            .hook_get(Hook::Verify, "userinfo", "/v1/userinfo")
            .pagination(Pagination::Cursor(("/nextPageToken".to_owned(), "pageToken".to_owned())));
        actions::declare(scopes::declare(refusals::declare(manifest)))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let claims = connection.get_json(USERINFO)?;
        let id = claims.text("/sub")?;
        // OpenID Connect Core 1.0 section 5.3.2: claims about somebody else than the ID token named are never used.
        if connection.value("issuer.subject").is_ok_and(|subject| subject != id) {
            return Err(Failure::reauthorize("other-subject", "Google's answers are about two different people."));
        }
        let label = claims.find("/email").or_else(|| claims.find("/name")).unwrap_or_else(|| id.clone());
        Ok(Account::new(id, label).avatar(claims.find("/picture").filter(|url| url.starts_with("https://"))))
    }
}

/// A refresh token comes only with offline access and a consent, stays the same, and is left out of a refresh's answer.
fn oauth2() -> Oauth2 {
    let oauth2 =
        Oauth2::endpoints("https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token")
            .revoke_url("https://oauth2.googleapis.com/revoke")
            .authorize_parameter("access_type", "offline")
            .authorize_parameter("prompt", "consent")
            .authorize_parameter("include_granted_scopes", "true")
            .client_auth(ClientAuth::Body)
            .rotation(Rotation::None);
    Oauth2 { issuer: Some("https://accounts.google.com".to_owned()), ..oauth2 }
}

jackfield_sdk::export!(Google);
