//! The registered clients: oxide-auth's map of them, with scopes narrowed instead of overridden.
//!
//! `ClientMap` always grants a client's default scope; here a request gets what it asks for, as far
//! as the provider knows it.

use aws_lc_rs::{constant_time, digest};
use oxide_auth::primitives::prelude::{Client, ClientMap, ClientUrl, PreGrant, Registrar, Scope};
use oxide_auth::primitives::registrar::{BoundClient, ExactUrl, PasswordPolicy, RegisteredUrl, RegistrarError};
use url::Url;

use crate::scopes;
use crate::secret::DemoSecret;

/// Why a client cannot be registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The client has no id.
    #[error("a client needs an id")]
    NoId,
    /// The client has no secret.
    #[error("a client needs a secret")]
    NoSecret,
    /// A redirect URI has a fragment (RFC 6749 section 3.1.2).
    #[error("a redirect URI has no fragment")]
    Fragment,
    /// The provider has no scope to give; its own list is broken.
    #[error("the provider has no scope to give")]
    NoScope,
    /// A redirect URI does not survive being written down.
    #[error("the redirect URI is not a URL")]
    RedirectUri(#[from] url::ParseError),
}

/// The clients this provider knows.
pub(crate) struct Clients {
    map: ClientMap,
    /// Stands in where oxide-auth wants a redirect URI and there is none: the issuer itself.
    nowhere: Url,
}

impl Clients {
    pub(crate) fn new(issuer: Url) -> Self {
        let mut map = ClientMap::new();
        map.set_password_policy(Digest);
        Self { map, nowhere: issuer }
    }

    /// Adds a confidential client, or replaces the one of that id.
    pub(crate) fn register(
        &mut self,
        id: &str,
        secret: &DemoSecret,
        redirect_uris: &[Url],
    ) -> Result<(), RegisterError> {
        if id.is_empty() {
            return Err(RegisterError::NoId);
        }
        if secret.expose().is_empty() {
            return Err(RegisterError::NoSecret);
        }
        let allowed = redirect_uris.iter().map(exact).collect::<Result<Vec<_>, _>>()?;
        let secret = secret.expose().as_bytes();
        // oxide-auth's default scope; never granted, because `negotiate` below decides.
        let scope = scopes::narrowed(None, |_| true).ok_or(RegisterError::NoScope)?;
        let nowhere = RegisteredUrl::Semantic(self.nowhere.clone());
        let client = Client::confidential(id, nowhere, scope, secret).with_additional_redirect_uris(allowed);
        self.map.register_client(client);
        Ok(())
    }
}

fn exact(uri: &Url) -> Result<RegisteredUrl, RegisterError> {
    if uri.fragment().is_some() {
        return Err(RegisterError::Fragment);
    }
    Ok(RegisteredUrl::Exact(ExactUrl::new(uri.to_string())?))
}

impl Registrar for Clients {
    fn bound_redirect<'a>(&self, bound: ClientUrl<'a>) -> Result<BoundClient<'a>, RegistrarError> {
        self.map.bound_redirect(bound)
    }

    fn negotiate(&self, client: BoundClient<'_>, asked: Option<Scope>) -> Result<PreGrant, RegistrarError> {
        let scope = scopes::narrowed(asked.as_ref(), |_| true).ok_or(RegistrarError::Unspecified)?;
        let granted = self.map.negotiate(client, asked)?;
        Ok(PreGrant { scope, ..granted })
    }

    fn check(&self, client_id: &str, secret: Option<&[u8]>) -> Result<(), RegistrarError> {
        self.map.check(client_id, secret)
    }
}

/// Keeps a SHA-256 of each secret. Enough for secrets of 32 random bytes that live as long as the
/// process; the password hash oxide-auth uses otherwise would cost every token request 100 ms.
struct Digest;

impl PasswordPolicy for Digest {
    fn store(&self, client_id: &str, secret: &[u8]) -> Vec<u8> {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(client_id.as_bytes());
        context.update(&[0]);
        context.update(secret);
        context.finish().as_ref().to_vec()
    }

    fn check(&self, client_id: &str, secret: &[u8], stored: &[u8]) -> Result<(), RegistrarError> {
        constant_time::verify_slices_are_equal(&self.store(client_id, secret), stored)
            .map_err(|_| RegistrarError::Unspecified)
    }
}
