//! Hooks: code for what a manifest cannot say. Implement the trait and name the hook in [`crate::export!`].
//!
//! None of them ever sees a secret: what must be sent is a [`Plan`] with holes, and what was answered comes redacted.

pub use crate::bindings::authorize::AuthorizeContext;
pub use crate::bindings::callback::CallbackContext;
pub use crate::bindings::discover::Target;
pub use crate::bindings::revoke::RevokeContext;
pub use crate::bindings::sign::Additions;
pub use crate::bindings::token_request::TokenContext;
pub use crate::bindings::token_response::{TokenResponseContext, Tokens};
use crate::{Connection, Connector, Failure, Plan, Request, Response, Template, bindings, panics};

/// Adds to the authorization request what data cannot say.
pub trait Authorize: Connector {
    /// Further parameters; a standard one cannot be replaced.
    ///
    /// # Errors
    /// Why connecting cannot begin.
    fn parameters(context: AuthorizeContext) -> Result<Vec<(String, Template)>, Failure>;
}

/// Reads a callback that data cannot describe.
pub trait Callback: Connector {
    /// Values to keep as connection fields, each declared in the manifest.
    ///
    /// # Errors
    /// Why the callback is not to be trusted.
    fn read(context: CallbackContext) -> Result<Vec<(String, String)>, Failure>;
}

/// Says what a refusal means, where rules by status, header and body are not enough.
pub trait Classify: Connector {
    /// The failure of a redacted response; `None` leaves it to the manifest's rules.
    fn read(occasion: String, response: Response) -> Option<Failure>;
}

/// Lists what a fresh connection can point at.
pub trait Discover: Connector {
    /// Sites, tenants, accounts or data centres, from which the person picks.
    ///
    /// # Errors
    /// Why they cannot be listed.
    fn targets(connection: &Connection) -> Result<Vec<Target>, Failure>;
}

/// Ends a grant where RFC 7009 is not spoken.
pub trait Revoke: Connector {
    /// Requests to send in order; each must answer 2xx or 404 to count as done.
    ///
    /// # Errors
    /// Why this grant cannot be ended by a request.
    fn plans(context: RevokeContext) -> Result<Vec<Plan>, Failure>;
}

/// Signs one API request, for providers whose credential is a signature.
pub trait Sign: Connector {
    /// Headers and query parameters to add.
    ///
    /// # Errors
    /// Why the request cannot be signed.
    fn add(auth_method: String, request: Request) -> Result<Additions, Failure>;
}

/// Plans the exchange and the refresh.
pub trait TokenRequest: Connector {
    /// The request that redeems a code, or obtains the first token.
    ///
    /// # Errors
    /// Why there is none.
    fn exchange(context: TokenContext) -> Result<Plan, Failure>;

    /// The request that refreshes. Without one of its own, a connector says that its tokens cannot be refreshed.
    ///
    /// # Errors
    /// Why there is none.
    fn refresh(context: TokenContext) -> Result<Plan, Failure> {
        let method = context.auth_method;
        Err(Failure::unsupported("no-refresh", format!("Tokens of the auth method `{method}` cannot be refreshed.")))
    }
}

/// Reads a token response that data cannot describe.
pub trait TokenResponse: Connector {
    /// The tokens found, as placeholders.
    ///
    /// # Errors
    /// What the response says went wrong.
    fn read(context: TokenResponseContext, response: Response) -> Result<Tokens, Failure>;
}

impl<T: Authorize> bindings::authorize::Guest for T {
    fn parameters(context: AuthorizeContext) -> Result<Vec<(String, Template)>, Failure> {
        panics::forward();
        T::parameters(context)
    }
}

impl<T: Callback> bindings::callback::Guest for T {
    fn read(context: CallbackContext) -> Result<Vec<(String, String)>, Failure> {
        panics::forward();
        <T as Callback>::read(context)
    }
}

impl<T: Classify> bindings::classify::Guest for T {
    fn read(occasion: String, response: Response) -> Option<Failure> {
        panics::forward();
        <T as Classify>::read(occasion, response)
    }
}

impl<T: Discover> bindings::discover::Guest for T {
    fn targets(connection: &Connection) -> Result<Vec<Target>, Failure> {
        panics::forward();
        T::targets(connection)
    }
}

impl<T: Revoke> bindings::revoke::Guest for T {
    fn plans(context: RevokeContext) -> Result<Vec<Plan>, Failure> {
        panics::forward();
        T::plans(context)
    }
}

impl<T: Sign> bindings::sign::Guest for T {
    fn add(auth_method: String, request: Request) -> Result<Additions, Failure> {
        panics::forward();
        <T as Sign>::add(auth_method, request)
    }
}

impl<T: TokenRequest> bindings::token_request::Guest for T {
    fn exchange(context: TokenContext) -> Result<Plan, Failure> {
        panics::forward();
        T::exchange(context)
    }

    fn refresh(context: TokenContext) -> Result<Plan, Failure> {
        panics::forward();
        T::refresh(context)
    }
}

impl<T: TokenResponse> bindings::token_response::Guest for T {
    fn read(context: TokenResponseContext, response: Response) -> Result<Tokens, Failure> {
        panics::forward();
        <T as TokenResponse>::read(context, response)
    }
}

impl Target {
    /// A target by its id and what a person recognises it by.
    pub fn new(id: &str, label: &str) -> Self {
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            description: String::new(),
            fields: Vec::new(),
            extras: Vec::new(),
        }
    }

    /// With a sentence about it.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        text.clone_into(&mut self.description);
        self
    }

    /// With a connection field that choosing it sets.
    #[must_use]
    pub fn field(mut self, key: &str, value: &str) -> Self {
        self.fields.push((key.to_owned(), value.to_owned()));
        self
    }
}

impl Tokens {
    /// An access token alone, by its placeholder.
    pub fn new(access_token: impl Into<String>) -> Self {
        Self {
            access_token: access_token.into(),
            refresh_token: None,
            expires: None,
            scope: None,
            kept: Vec::new(),
            extras: Vec::new(),
        }
    }
}
