//! A method without a connector: the protocol as the standards have it, for what the host asks in its own name.

use super::{
    AuthorizeRules, BodyFormat, ClientAuth, Manifest, OAuth2, Pkce, Presentation, RefreshRules, RefreshUsing, Rotation,
    TokenRequestRules, TokenResponseRules, WithoutToken,
};

impl Manifest {
    /// A manifest that declares nothing but its name.
    pub fn bare(name: &str) -> Self {
        let presentation = Presentation {
            title: name.to_owned(),
            description: String::new(),
            categories: vec![],
            icon: None,
            documentation: None,
            register_client: None,
        };
        Self {
            name: name.to_owned(),
            version: semver::Version::new(1, 0, 0),
            presentation,
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
}

impl OAuth2 {
    /// The code flow as RFC 6749, RFC 7636 and OpenID Connect Core have it, without a deviation. Its tokens are not refreshed.
    pub fn standard(client_auth: ClientAuth) -> Self {
        Self {
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
                client_auth,
                body: BodyFormat::Form,
                get_because: None,
                headers: vec![],
                parameters: vec![],
                renames: vec![],
                further_steps: vec![],
            },
            response: TokenResponseRules::standard(),
            refresh: RefreshRules {
                parameters: vec![],
                repeat_scope: false,
                rotation: Rotation::Unknown,
                earliest: None,
                margin: None,
                without_token: WithoutToken::IsFailure,
                using: RefreshUsing::None,
            },
        }
    }
}
