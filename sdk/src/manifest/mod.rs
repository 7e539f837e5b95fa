//! The manifest, put together: builders over the contract's records that fill in what is usual and ask for what is not.

mod action;
mod auth_method;
mod failure_rule;
mod field;
mod oauth2;
mod origin;
mod placement;
mod scope;

pub use crate::bindings::base::jackfield::connector::manifest_types::*;

/// A function of the connector that sends requests, named in [`Manifest::hook_requests`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// `verify`.
    Verify,
    /// The `discover` hook.
    Discover,
    /// The `callback` hook.
    Callback,
    /// The `revoke` hook's plans.
    Revoke,
    /// The `token-request` hook's plans.
    TokenRequest,
}

impl Hook {
    fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Discover => "discover",
            Self::Callback => "callback",
            Self::Revoke => "revoke",
            Self::TokenRequest => "token-request",
        }
    }
}

impl Manifest {
    /// A manifest by its stable name (part of the redirect URI), the connector's version and the title people see.
    pub fn new(name: &str, version: &str, title: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            presentation: Presentation {
                title: title.to_owned(),
                description: String::new(),
                categories: Vec::new(),
                icon: None,
                documentation: None,
                register_client: None,
                extras: Vec::new(),
            },
            fields: Vec::new(),
            client_fields: Vec::new(),
            origins: Vec::new(),
            scopes: Vec::new(),
            actions: Vec::new(),
            methods: Vec::new(),
            requests: Vec::new(),
            headers: Vec::new(),
            failures: Vec::new(),
            rate_limit: None,
            pagination: Vec::new(),
            extras: Vec::new(),
        }
    }

    /// What the service is, in a sentence.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        text.clone_into(&mut self.presentation.description);
        self
    }

    /// One more category.
    #[must_use]
    pub fn category(mut self, name: &str) -> Self {
        self.presentation.categories.push(name.to_owned());
        self
    }

    /// An SVG without script and outside references, at most 16 KiB.
    #[must_use]
    pub fn icon(mut self, svg: &str) -> Self {
        self.presentation.icon = Some(svg.to_owned());
        self
    }

    /// The URL of the provider's documentation.
    #[must_use]
    pub fn documentation(mut self, url: &str) -> Self {
        self.presentation.documentation = Some(url.to_owned());
        self
    }

    /// How an operator registers a client at the provider: a sentence, and where.
    #[must_use]
    pub fn register_client(mut self, text: &str, url: &str) -> Self {
        self.presentation.register_client = Some(Guide::new(text, url));
        self
    }

    /// One more field, asked from the person who connects.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// One more field, asked from the operator for each client; `{client.key}` in templates.
    #[must_use]
    pub fn client_field(mut self, field: Field) -> Self {
        self.client_fields.push(field);
        self
    }

    /// One more origin that requests may go to.
    #[must_use]
    pub fn origin(mut self, origin: Origin) -> Self {
        self.origins.push(origin);
        self
    }

    /// One more scope.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scopes.push(scope);
        self
    }

    /// One more action.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    /// One more auth method.
    #[must_use]
    pub fn auth_method(mut self, method: AuthMethod) -> Self {
        self.methods.push(method);
        self
    }

    /// A request that a function makes; it can make no other.
    #[must_use]
    pub fn hook_requests(mut self, hook: Hook, request: RequestPattern) -> Self {
        match self.requests.iter_mut().find(|of| of.hook == hook.name()) {
            Some(of) => of.requests.push(request),
            None => self.requests.push(HookRequests { hook: hook.name().to_owned(), requests: vec![request] }),
        }
        self
    }

    /// The same for a `GET`: an origin's id and a path pattern.
    #[must_use]
    pub fn hook_get(self, hook: Hook, origin: &str, path: &str) -> Self {
        self.hook_requests(hook, RequestPattern::new(&["GET"], origin, path))
    }

    /// A header of every request with the credential, which nobody can replace; a template over public fields.
    #[must_use]
    pub fn call_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(CallHeader::new(name, value, false));
        self
    }

    /// The same where a request brings no value of its own: a version to begin with, for one.
    #[must_use]
    pub fn default_call_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(CallHeader::new(name, value, true));
        self
    }

    /// One more rule that says what a refusal means; the first match wins.
    #[must_use]
    pub fn failure(mut self, rule: FailureRule) -> Self {
        self.failures.push(rule);
        self
    }

    /// Where the provider tells of its limits.
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// One more way in which lists continue: a hint for callers of the proxy.
    #[must_use]
    pub fn pagination(mut self, pagination: Pagination) -> Self {
        self.pagination.push(pagination);
        self
    }
}

impl CallHeader {
    fn new(name: &str, value: &str, replaceable: bool) -> Self {
        Self { name: name.to_owned(), value: value.to_owned(), replaceable, extras: Vec::new() }
    }
}

impl Guide {
    /// A sentence and where to read on.
    pub fn new(text: &str, url: &str) -> Self {
        Self { text: text.to_owned(), url: Some(url.to_owned()) }
    }
}
