//! OpenID Connect at the operator's issuer: signing people in, and machines with client credentials.
//!
//! Everything that differs between issuers is announced by them (OpenID Connect Discovery 1.0, RFC 8414), so this is a
//! manifest and a verify.

use jackfield_sdk::{
    Account, Action, AuthMethod, Connection, Connector, Failure, Field, Hook, Manifest, Oauth2, Origin, OriginPlace,
    Revocation, Scope,
};

/// Any OpenID provider.
pub struct OpenIdConnect;

impl Connector for OpenIdConnect {
    fn manifest() -> Manifest {
        Manifest::new("openid-connect", env!("CARGO_PKG_VERSION"), "OpenID Connect")
            .description("Signs people in at an OpenID provider of your choice, and connects machines to its services.")
            .category("identity")
            .documentation("https://openid.net/developers/how-connect-works/")
            .register_client(
                "Register a confidential web client at your OpenID provider, with this redirect URI.",
                "https://openid.net/specs/openid-connect-registration-1_0.html",
            )
            .client_field(
                Field::url("issuer", "Issuer")
                    .help("The provider's issuer identifier, as its discovery document spells it.")
                    .example("https://login.example.com"),
            )
            .client_field(
                Field::url("api_url", "Service URL")
                    .help("Asked with a machine's token to find out whether it works. Only for client credentials.")
                    .example("https://api.example.com/status")
                    .optional(),
            )
            .origin(Origin::with_credential("issuer", OriginPlace::Issuer))
            .origin(Origin::with_credential("service", OriginPlace::client_field("api_url")))
            .scope(Scope::new("openid", "Sign in", "Know who you are by an identifier.").always())
            .scope(Scope::new("profile", "Profile", "See your name, picture and language."))
            .scope(Scope::new("email", "Email address", "See your email address and whether it is verified."))
            .scope(Scope::new("offline_access", "Stay connected", "Keep access while you are away."))
            .action(Action::read("sign-in", "Sign in").needs(&["openid"]).get("issuer", "/**"))
            .action(Action::read("read-profile", "Read the profile").needs(&["openid", "profile"]).get("issuer", "/**"))
            .action(
                Action::read("read-email", "Read the email address").needs(&["openid", "email"]).get("issuer", "/**"),
            )
            .action(
                Action::read("stay-connected", "Stay connected")
                    .description("Renews access without asking again.")
                    .needs(&["openid", "offline_access"]),
            )
            .action(Action::write("call-service", "Call the service").request(
                &["GET", "POST", "PUT", "PATCH", "DELETE"],
                "service",
                "/**",
            ))
            .auth_method(
                // Without the question, `offline_access` is ignored (OpenID Connect Core 1.0 section 11).
                AuthMethod::oauth2_code(
                    "code",
                    "Sign in with OpenID Connect",
                    Oauth2::issuer("{client.issuer}").authorize_parameter("prompt", "consent"),
                )
                .revocation(Revocation::Rfc7009),
            )
            .auth_method(
                AuthMethod::client_credentials("machine", "Connect a machine", Oauth2::issuer("{client.issuer}"))
                    .revocation(Revocation::Rfc7009),
            )
            .hook_get(Hook::Verify, "issuer", "/**")
            .hook_get(Hook::Verify, "service", "/**")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        if connection.auth_method() == "machine" { machine(connection) } else { person(connection) }
    }
}

/// Asks the `UserInfo` endpoint (OpenID Connect Core 1.0 section 5.3); `sub` never changes and is never reassigned.
fn person(connection: &Connection) -> Result<Account, Failure> {
    let claims = connection.get_json(&connection.value("issuer.userinfo_endpoint")?)?;
    let id = claims.text("/sub")?;
    // Section 5.3.2: claims about somebody else than the ID token named are never used.
    if connection.value("issuer.subject").is_ok_and(|subject| subject != id) {
        return Err(Failure::reauthorize("other-subject", "The provider's answers are about two different people."));
    }
    let name = ["/name", "/preferred_username", "/email"].iter().find_map(|pointer| claims.find(pointer));
    let label = name.unwrap_or_else(|| id.clone());
    let avatar = claims.find("/picture").filter(|url| url.starts_with("https://"));
    Ok(Account::new(id, label).avatar(avatar))
}

/// A machine is its client. Without a service to ask, having got a token is all the proof there is.
fn machine(connection: &Connection) -> Result<Account, Failure> {
    let client = connection.value("client.client_id")?;
    if let Ok(service) = connection.value("client.api_url") {
        connection.call(&jackfield_sdk::Request::get(service))?;
    }
    Ok(Account::new(client.clone(), client))
}

jackfield_sdk::export!(OpenIdConnect);
