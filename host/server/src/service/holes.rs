//! Holes: what the host may fill into a connector's plan, each secret with the origins it may go to.

use data_encoding::BASE64;
use jackfield_model::{
    credential::{Credential, NamedToken, TokenSet},
    origin::Origin,
    plan::Hole,
    secret::Secret,
};
use jackfield_runtime::Holes;
use url::form_urlencoded::byte_serialize;

use super::resolve::Party;

/// The client's own values: its id openly, its secret only to the endpoints' origins.
pub(super) fn of_client(party: &Party, endpoints: &[Origin]) -> Holes {
    let mut holes = Holes::new();
    for (key, value) in &party.connection.fields {
        holes.public(Hole::Field(key.clone()), value.clone());
    }
    let Some(client) = &party.client else { return holes };
    holes.public(Hole::ClientId, client.public_id.clone());
    for (key, value) in &client.fields {
        holes.public(Hole::Field(format!("client.{key}")), value.clone());
    }
    if let Some(secret) = &party.client_secret {
        holes.secret(Hole::ClientSecret, copy(secret), endpoints);
        holes.secret(Hole::BasicClient, basic(&client.public_id, secret), endpoints);
    }
    holes
}

/// Adds the tokens, for the endpoints' origins only.
pub(super) fn add_tokens(holes: &mut Holes, tokens: &TokenSet, endpoints: &[Origin]) {
    holes.secret(Hole::AccessToken, copy(&tokens.access_token), endpoints);
    if let Some(refresh) = &tokens.refresh_token {
        holes.secret(Hole::RefreshToken, copy(refresh), endpoints);
    }
}

/// Fills the holes of tokens with one of several, in place of the first.
pub(super) fn add_token(holes: &mut Holes, token: &NamedToken, endpoints: &[Origin]) {
    holes.secret(Hole::AccessToken, copy(&token.access_token), endpoints);
    if let Some(refresh) = &token.refresh_token {
        holes.secret(Hole::RefreshToken, copy(refresh), endpoints);
    }
}

/// Adds whatever a stored credential is made of.
pub(super) fn add_credential(holes: &mut Holes, credential: &Credential, endpoints: &[Origin]) {
    let fields = match credential {
        Credential::Tokens(tokens) => {
            add_tokens(holes, tokens, endpoints);
            &tokens.fields
        }
        Credential::Fields(fields) => fields,
    };
    for (key, value) in fields {
        holes.secret(Hole::Field(key.clone()), copy(value), endpoints);
    }
}

/// RFC 6749 section 2.3.1: both form-encoded before base64.
fn basic(id: &str, secret: &Secret) -> Secret {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    Secret::new(BASE64.encode(format!("{}:{}", encoded(id), encoded(secret.expose())).as_bytes()))
}

/// A copy for filling a plan; wiped with the plan's holes.
pub(super) fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_owned())
}
