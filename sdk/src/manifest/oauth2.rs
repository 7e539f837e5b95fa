//! OAuth 2 settings. What the RFCs say is the default: PKCE S256, Basic client authentication, form bodies, standard names
//! and pointers, seconds, scopes separated by spaces; each deviation is a call here.

use super::{
    AuthorizeRules, BodyFormat, ClientAuth, Envelope, Expiry, KeptFrom, KeptValue, NamedToken, Oauth2, Parameter, Pkce,
    RefreshRules, RefreshUsing, Rename, Rotation, ScopeFormat, Start, TokenRequestRules, TokenResponseRules,
    TokenSource, WithoutToken,
};

impl Oauth2 {
    /// Endpoints announced by an issuer (RFC 8414, OpenID Connect Discovery): a template, such as `{client.issuer}`.
    pub fn issuer(template: &str) -> Self {
        Self { issuer: Some(template.to_owned()), ..Self::standard() }
    }

    /// Endpoints that no metadata announces; templates.
    pub fn endpoints(authorize: &str, token: &str) -> Self {
        Self { authorize_url: Some(authorize.to_owned()), ..Self::token_endpoint(token) }
    }

    /// A token endpoint alone, for methods without a consent page; a template.
    pub fn token_endpoint(token: &str) -> Self {
        Self { token_url: Some(token.to_owned()), ..Self::standard() }
    }

    fn standard() -> Self {
        Self {
            issuer: None,
            authorize_url: None,
            token_url: None,
            refresh_url: None,
            revoke_url: None,
            device_url: None,
            authorize: authorize_rules(),
            request: request_rules(),
            response: response_rules(),
            refresh: refresh_rules(),
            extras: Vec::new(),
        }
    }

    /// Where refreshing differs from the token URL.
    #[must_use]
    pub fn refresh_url(mut self, url: &str) -> Self {
        self.refresh_url = Some(url.to_owned());
        self
    }

    /// Where tokens are revoked (RFC 7009).
    #[must_use]
    pub fn revoke_url(mut self, url: &str) -> Self {
        self.revoke_url = Some(url.to_owned());
        self
    }

    /// One more parameter of the authorization request; the value is a template.
    #[must_use]
    pub fn authorize_parameter(mut self, name: &str, value: &str) -> Self {
        self.authorize.parameters.push(parameter(name, value));
        self
    }

    /// A standard parameter of the authorization request that travels under another name.
    #[must_use]
    pub fn authorize_rename(mut self, standard: &str, actual: &str) -> Self {
        let rename = Rename { standard: standard.to_owned(), actual: Some(actual.to_owned()) };
        self.authorize.renames.push(rename);
        self
    }

    /// What separates the scopes of the request.
    #[must_use]
    pub fn scope_separator(mut self, separator: &str) -> Self {
        separator.clone_into(&mut self.authorize.scope_separator);
        self
    }

    /// A further scope list and the parameter it travels in.
    #[must_use]
    pub fn scope_list(mut self, name: &str, parameter: &str) -> Self {
        self.authorize.scope_lists.push((name.to_owned(), parameter.to_owned()));
        self
    }

    /// The provider rejects PKCE, for this reason. A deviation that the operator approves.
    #[must_use]
    pub fn without_pkce(mut self, reason: &str) -> Self {
        self.authorize.pkce = Pkce::Unsupported(reason.to_owned());
        self
    }

    /// How the client proves itself at the token endpoint.
    #[must_use]
    pub fn client_auth(mut self, auth: ClientAuth) -> Self {
        self.request.client_auth = auth;
        self
    }

    /// How the body of the token request is written.
    #[must_use]
    pub fn token_body(mut self, format: BodyFormat) -> Self {
        self.request.body = format;
        self
    }

    /// One more header of the token request; the value is a template.
    #[must_use]
    pub fn token_header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.push(parameter(name, value));
        self
    }

    /// One more parameter of the token request; the value is a template.
    #[must_use]
    pub fn token_parameter(mut self, name: &str, value: &str) -> Self {
        self.request.parameters.push(parameter(name, value));
        self
    }

    /// The token request is a `GET` with everything in its query, for this reason. A deviation that the operator approves.
    #[must_use]
    pub fn token_by_get(mut self, reason: &str) -> Self {
        self.request.body = BodyFormat::Query(reason.to_owned());
        self.request.get_because = Some(reason.to_owned());
        self
    }

    /// One more exchange that follows, planned by the `token-request` hook: its `step` counts from 1, and the token of
    /// the step before fills the hole `access-token`.
    #[must_use]
    pub fn further_step(mut self, name: &str) -> Self {
        self.request.further_steps.push(name.to_owned());
        self
    }

    /// Where the access token is, where it is not `/access_token`.
    #[must_use]
    pub fn access_token_at(mut self, pointer: &str) -> Self {
        self.response.access_token = TokenSource::Pointer(pointer.to_owned());
        self
    }

    /// What separates the scopes of the answer.
    #[must_use]
    pub fn granted_separator(mut self, separator: &str) -> Self {
        self.response.scope_format = ScopeFormat::Separated(separator.to_owned());
        self
    }

    /// How the end of an access token is told.
    #[must_use]
    pub fn expiry(mut self, expiry: Expiry) -> Self {
        self.response.expiry = expiry;
        self
    }

    /// A body that carries its own success code.
    #[must_use]
    pub fn envelope(mut self, envelope: Envelope) -> Self {
        self.response.envelope = Some(envelope);
        self
    }

    /// A public value of the token response, kept as a connection field; the whole value must match the pattern.
    #[must_use]
    pub fn keep(mut self, key: &str, pointer: &str, pattern: &str) -> Self {
        let place = KeptFrom::Response(pointer.to_owned());
        self.response.keep.push(KeptValue { key: key.to_owned(), place, pattern: pattern.to_owned() });
        self
    }

    /// A public parameter of the callback, kept as a connection field; the whole value must match the pattern.
    #[must_use]
    pub fn keep_from_callback(mut self, key: &str, name: &str, pattern: &str) -> Self {
        let place = KeptFrom::Callback(name.to_owned());
        self.response.keep.push(KeptValue { key: key.to_owned(), place, pattern: pattern.to_owned() });
        self
    }

    /// One of several tokens that the first answer brings; the first one named is used by default.
    #[must_use]
    pub fn token(mut self, token: NamedToken) -> Self {
        self.response.tokens.push(token);
        self
    }

    /// What the provider does with the refresh token it was shown.
    #[must_use]
    pub fn rotation(mut self, rotation: Rotation) -> Self {
        self.refresh.rotation = rotation;
        self
    }

    /// Refreshes are refused while more than this many seconds remain.
    #[must_use]
    pub fn refresh_not_before(mut self, seconds: u64) -> Self {
        self.refresh.earliest = Some(seconds);
        self
    }

    /// There is nothing to refresh with: the token lasts, or the person connects again.
    #[must_use]
    pub fn without_refresh(mut self) -> Self {
        self.refresh.using = RefreshUsing::None;
        self
    }
}

impl NamedToken {
    /// A token in the answer itself, with scopes from the first list.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            under: String::new(),
            bearer: String::new(),
            scope_list: String::new(),
            extras: Vec::new(),
        }
    }

    /// A pointer to the object in the answer that has it.
    #[must_use]
    pub fn under(mut self, pointer: &str) -> Self {
        pointer.clone_into(&mut self.under);
        self
    }

    /// The provider's own word for the type of this bearer token.
    #[must_use]
    pub fn bearer_as(mut self, token_type: &str) -> Self {
        token_type.clone_into(&mut self.bearer);
        self
    }

    /// The scope list its scopes travel in.
    #[must_use]
    pub fn scope_list(mut self, name: &str) -> Self {
        name.clone_into(&mut self.scope_list);
        self
    }
}

fn parameter(name: &str, value: &str) -> Parameter {
    Parameter { name: name.to_owned(), value: value.to_owned(), when: None }
}

fn authorize_rules() -> AuthorizeRules {
    AuthorizeRules {
        parameters: Vec::new(),
        renames: Vec::new(),
        emptied: Vec::new(),
        unencoded: Vec::new(),
        fragment_route: None,
        scope_separator: " ".to_owned(),
        scope_lists: Vec::new(),
        pkce: Pkce::S256,
        code_parameter: None,
        start: Start::Host,
        extras: Vec::new(),
    }
}

fn request_rules() -> TokenRequestRules {
    TokenRequestRules {
        client_auth: ClientAuth::Basic,
        body: BodyFormat::Form,
        get_because: None,
        headers: Vec::new(),
        parameters: Vec::new(),
        renames: Vec::new(),
        further_steps: Vec::new(),
        extras: Vec::new(),
    }
}

fn response_rules() -> TokenResponseRules {
    TokenResponseRules {
        access_token: TokenSource::Pointer("/access_token".to_owned()),
        refresh_token: TokenSource::Pointer("/refresh_token".to_owned()),
        token_type: String::new(),
        expires: String::new(),
        scope: String::new(),
        id_token: String::new(),
        expiry: Expiry::Seconds,
        scope_format: ScopeFormat::Separated(" ".to_owned()),
        envelope: None,
        keep: Vec::new(),
        tokens: Vec::new(),
        extras: Vec::new(),
    }
}

fn refresh_rules() -> RefreshRules {
    RefreshRules {
        parameters: Vec::new(),
        repeat_scope: false,
        rotation: Rotation::Unknown,
        earliest: None,
        margin: None,
        without_token: WithoutToken::IsFailure,
        using: RefreshUsing::RefreshToken,
        extras: Vec::new(),
    }
}
