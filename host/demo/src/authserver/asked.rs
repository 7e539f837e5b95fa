//! The books and the parameters, as oxide-auth's check of an authorization request wants to see
//! them, and what is noted with a code: its PKCE challenge and the `nonce`, which oxide-auth ignores.

use std::borrow::Cow;

use oxide_auth::code_grant::authorization::{Endpoint, Extension, Request};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::{Extensions, Value};
use oxide_auth::primitives::prelude::{Authorizer, Registrar};

use crate::books::Books;
use crate::params::Params;

/// The name under which a grant keeps the `nonce`.
pub(super) const NONCE: &str = "nonce";

/// The books as oxide-auth's authorization request wants to see them.
pub(super) struct Desk<'books> {
    books: &'books mut Books,
    notes: Notes,
}

impl<'books> Desk<'books> {
    pub(super) fn new(books: &'books mut Books) -> Self {
        let pkce = Pkce::required();
        Self { books, notes: Notes { pkce } }
    }
}

impl Endpoint for Desk<'_> {
    fn registrar(&self) -> &dyn Registrar {
        &self.books.clients
    }

    fn authorizer(&mut self) -> &mut dyn Authorizer {
        &mut self.books.codes
    }

    fn extension(&mut self) -> &mut dyn Extension {
        &mut self.notes
    }
}

/// What is noted with a code: the PKCE challenge, without which there is none, and the `nonce`.
struct Notes {
    pkce: Pkce,
}

impl Extension for Notes {
    fn extend(&mut self, request: &dyn Request) -> Result<Extensions, ()> {
        let method = request.extension("code_challenge_method");
        let challenge = request.extension("code_challenge");
        let mut notes = Extensions::new();
        if let Some(challenge) = self.pkce.challenge(method, challenge)? {
            notes.set(&self.pkce, challenge);
        }
        if let Some(nonce) = request.extension(NONCE) {
            notes.set_raw(NONCE.into(), Value::private(Some(nonce.into_owned())));
        }
        Ok(notes)
    }
}

/// The parameters as oxide-auth's authorization request wants to see them.
pub(super) struct Asked<'params>(&'params Params);

impl<'params> Asked<'params> {
    pub(super) fn new(params: &'params Params) -> Self {
        Self(params)
    }

    fn one(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.one(name).map(Cow::Borrowed)
    }
}

impl Request for Asked<'_> {
    fn valid(&self) -> bool {
        true
    }

    fn client_id(&self) -> Option<Cow<'_, str>> {
        self.one("client_id")
    }

    fn scope(&self) -> Option<Cow<'_, str>> {
        self.one("scope")
    }

    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        self.one("redirect_uri")
    }

    fn state(&self) -> Option<Cow<'_, str>> {
        self.one("state")
    }

    fn response_type(&self) -> Option<Cow<'_, str>> {
        self.one("response_type")
    }

    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.one(key)
    }
}
