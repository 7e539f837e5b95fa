//! The public values of a connection: what templates are filled with and `connection.config` answers. Never a secret field.

use std::collections::BTreeMap;

use jackfield_model::{
    client::Client,
    manifest::{Field, Manifest, Method},
    session::Endpoints,
};

/// Values by key: a field's `key`, a client's `client.key`, an announced endpoint as `issuer.userinfo_endpoint`.
pub type PublicValues = BTreeMap<String, String>;

/// Gathers the public values of one connection, or of one about to be made.
pub fn public_values(
    manifest: &Manifest,
    method: &Method,
    fields: &BTreeMap<String, String>,
    client: Option<&Client>,
    endpoints: Option<&Endpoints>,
) -> PublicValues {
    let mut values = PublicValues::new();
    for field in manifest.fields_of(method).filter(|field| !field.secret) {
        insert(&mut values, field.key.clone(), typed(field, fields));
    }
    for kept in method.kind.oauth2().into_iter().flat_map(|oauth2| &oauth2.response.keep) {
        insert(&mut values, kept.key.clone(), fields.get(&kept.key).cloned());
    }
    if let Some(client) = client {
        values.insert("client.client_id".into(), client.public_id.clone());
        for field in manifest.client_fields.iter().filter(|field| !field.secret) {
            insert(&mut values, format!("client.{}", field.key), typed(field, &client.fields));
        }
    }
    if let Some(endpoints) = endpoints {
        announced(&mut values, endpoints);
    }
    values
}

fn typed(field: &Field, given: &BTreeMap<String, String>) -> Option<String> {
    let default = || field.default.as_ref().map(|value| format!("{}{value}{}", field.prefix, field.suffix));
    given.get(&field.key).cloned().or_else(default)
}

fn insert(values: &mut PublicValues, key: String, value: Option<String>) {
    if let Some(value) = value {
        values.insert(key, value);
    }
}

/// Endpoints under the names of RFC 8414 section 2.
fn announced(values: &mut PublicValues, endpoints: &Endpoints) {
    let named = [
        ("issuer.issuer", &endpoints.issuer),
        ("issuer.authorization_endpoint", &endpoints.authorize),
        ("issuer.token_endpoint", &Some(endpoints.token.clone())),
        ("issuer.revocation_endpoint", &endpoints.revoke),
        ("issuer.userinfo_endpoint", &endpoints.userinfo),
        ("issuer.jwks_uri", &endpoints.jwks),
    ];
    for (key, value) in named {
        insert(values, key.to_owned(), value.clone());
    }
}
