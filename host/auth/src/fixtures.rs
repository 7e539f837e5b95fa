//! Rules, endpoints and manifests for this crate's tests: a provider that keeps to every standard.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::collections::BTreeMap;

use jackfield_model::{
    manifest::{
        AuthorizeRules, BodyFormat, ClientAuth, ExpiryFormat, Manifest, OAuth2, Parameter, Pkce, Presentation,
        RefreshRules, RefreshUsing, Rename, Rotation, Scope, ScopeFormat, TokenRequestRules, TokenResponseRules,
        TokenSource, WithoutToken,
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
    OAuth2 {
        issuer: None,
        authorize_url: None,
        token_url: None,
        refresh_url: None,
        revoke_url: None,
        authorize: AuthorizeRules {
            parameters: vec![],
            renames: vec![],
            emptied: vec![],
            unencoded: vec![],
            fragment_route: None,
            scope_separator: " ".into(),
            scope_lists: vec![],
            pkce: Pkce::S256,
            code_parameter: None,
        },
        request: TokenRequestRules {
            client_auth: ClientAuth::Basic,
            body: BodyFormat::Form,
            get_because: None,
            headers: vec![],
            parameters: vec![],
            renames: vec![],
            further_steps: vec![],
        },
        response: response(),
        refresh: RefreshRules {
            parameters: vec![],
            repeat_scope: false,
            rotation: Rotation::Strict,
            earliest: None,
            margin: None,
            without_token: WithoutToken::IsFailure,
            using: RefreshUsing::RefreshToken,
        },
    }
}

fn response() -> TokenResponseRules {
    let pointer = || TokenSource::Pointer(String::new());
    TokenResponseRules {
        access_token: pointer(),
        refresh_token: pointer(),
        token_type: String::new(),
        expires: String::new(),
        scope: String::new(),
        id_token: String::new(),
        expiry: ExpiryFormat::Seconds,
        scope_format: ScopeFormat::Separated(" ".into()),
        envelope: None,
        keep: vec![],
        tokens: vec![],
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
