//! Rules, endpoints and manifests for this crate's tests: a provider that keeps to every standard.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::collections::BTreeMap;

use jackfield_model::{
    manifest::{
        ClientAuth, Manifest, OAuth2, Parameter, Presentation, RefreshRules, RefreshUsing, Rename, Rotation, Scope,
        TokenResponseRules, TokenSource,
    },
    secret::Secret,
    session::Endpoints,
    template::Template,
};
use jiff::Timestamp;

use crate::{fields::Inputs, token};

pub(crate) fn template(text: &str) -> Template {
    Template::new(text).unwrap()
}

pub(crate) fn parameter(name: &str, value: &str) -> Parameter {
    Parameter { name: name.into(), value: template(value), when: None }
}

pub(crate) fn rename(standard: &str, actual: Option<&str>) -> Rename {
    Rename { standard: standard.into(), actual: actual.map(str::to_owned) }
}

pub(crate) fn oauth2() -> OAuth2 {
    let standard = OAuth2::standard(ClientAuth::Basic);
    OAuth2 {
        response: response(),
        refresh: RefreshRules { rotation: Rotation::Strict, using: RefreshUsing::RefreshToken, ..standard.refresh },
        ..standard
    }
}

/// Every place empty: what a test reads, it names.
fn response() -> TokenResponseRules {
    let nowhere = || TokenSource::Pointer(String::new());
    TokenResponseRules {
        access_token: nowhere(),
        refresh_token: nowhere(),
        token_type: String::new(),
        expires: String::new(),
        scope: String::new(),
        id_token: String::new(),
        ..TokenResponseRules::standard()
    }
}

pub(crate) fn endpoints() -> Endpoints {
    Endpoints {
        issuer: Some("https://as.example".into()),
        authorize: Some("https://as.example/authorize".into()),
        token: "https://as.example/token".into(),
        revoke: Some("https://as.example/revoke".into()),
        ..Endpoints::default()
    }
}

pub(crate) fn scope(id: &str, list: &str) -> Scope {
    let text = || id.to_owned();
    Scope { id: text(), title: text(), description: text(), implies: vec![], scope_list: list.into(), always: false }
}

pub(crate) fn manifest() -> Manifest {
    Manifest {
        name: "example".into(),
        version: semver::Version::new(1, 0, 0),
        presentation: Presentation {
            title: "Example".into(),
            description: String::new(),
            categories: vec![],
            icon: None,
            documentation: None,
            register_client: None,
        },
        fields: vec![],
        client_fields: vec![],
        origins: vec![],
        scopes: vec![],
        actions: vec![],
        methods: vec![],
        requests: vec![],
        headers: vec![],
        failures: vec![],
        rate_limit: None,
        pagination: vec![],
    }
}

pub(crate) fn call<'a>(
    manifest: &'a Manifest,
    oauth2: &'a OAuth2,
    endpoints: &'a Endpoints,
    fields: &'a BTreeMap<String, String>,
    client_secret: Option<&'a Secret>,
) -> token::Call<'a> {
    let inputs = Inputs { fields, client_fields: fields, client_id: Some("client-1") };
    token::Call { manifest, oauth2, endpoints, inputs, client_secret }
}

pub(crate) fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}
