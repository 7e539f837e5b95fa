//! A request of an authenticated client, as oxide-auth's machines for tokens want to see it.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use data_encoding::BASE64;
use oxide_auth::code_grant::{accesstoken, client_credentials, refresh};
use oxide_auth::primitives::prelude::Registrar;
use url::form_urlencoded;

use super::refusal::Refusal;
use crate::books::Books;
use crate::params::Params;

/// The parameters that prove a client; the machines need not see them a second time.
const PROOF: [&str; 2] = ["client_id", "client_secret"];

/// The id and secret a client presented.
struct Presented {
    id: String,
    secret: String,
}

/// A form whose client is who it says it is.
pub(super) struct Authenticated {
    params: Params,
    client: Presented,
}

impl Authenticated {
    /// Reads the client's id and secret from a Basic header or from the form, never from both
    /// (RFC 6749 section 2.3), and checks them.
    pub(super) fn check(books: &Books, headers: &HeaderMap, params: Params) -> Result<Self, Refusal> {
        let client = presented(headers, &params)?;
        books.clients.check(&client.id, Some(client.secret.as_bytes())).map_err(|_| Refusal::Client)?;
        Ok(Self { params, client })
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client.id
    }

    /// A parameter of the form.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.params.one(name)
    }

    fn cow(&self, name: &str) -> Option<Cow<'_, str>> {
        self.one(name).map(Cow::Borrowed)
    }

    fn unproven(&self, name: &str) -> Option<Cow<'_, str>> {
        self.cow(name).filter(|_| !PROOF.contains(&name))
    }

    fn proof(&self) -> (Cow<'_, str>, Cow<'_, [u8]>) {
        let Presented { id, secret } = &self.client;
        (Cow::Borrowed(id), Cow::Borrowed(secret.as_bytes()))
    }
}

fn presented(headers: &HeaderMap, params: &Params) -> Result<Presented, Refusal> {
    let basic = headers.get(AUTHORIZATION);
    let posted = params.one("client_secret");
    match (basic, posted) {
        (Some(_), Some(_)) => Err(Refusal::Request),
        (None, None) => Err(Refusal::Client),
        (None, Some(secret)) => {
            Ok(Presented { id: params.one("client_id").ok_or(Refusal::Client)?.to_owned(), secret: secret.to_owned() })
        }
        (Some(header), None) => {
            let client = header.to_str().ok().and_then(basic_pair);
            let client = client.ok_or(Refusal::Client)?;
            match params.one("client_id") {
                Some(other) if other != client.id => Err(Refusal::Request),
                _ => Ok(client),
            }
        }
    }
}

/// The pair of a Basic header, each half form-urlencoded before it was joined (section 2.3.1).
fn basic_pair(header: &str) -> Option<Presented> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = BASE64.decode(encoded.trim().as_bytes()).ok()?;
    let joined = String::from_utf8(joined).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some(Presented { id: form_decoded(id)?, secret: form_decoded(secret)? })
}

/// Undoes form-urlencoding of a single word.
fn form_decoded(word: &str) -> Option<String> {
    let pair = format!("word={word}");
    let mut decoded = form_urlencoded::parse(pair.as_bytes());
    let (_, value) = decoded.next()?;
    decoded.next().is_none().then(|| value.into_owned())
}

impl accesstoken::Request for Authenticated {
    fn valid(&self) -> bool {
        true
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        self.cow("code")
    }

    fn authorization(&self) -> accesstoken::Authorization<'_> {
        let (id, secret) = self.proof();
        accesstoken::Authorization::UsernamePassword(id, secret)
    }

    fn client_id(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        self.cow("redirect_uri")
    }

    fn grant_type(&self) -> Option<Cow<'_, str>> {
        self.cow("grant_type")
    }

    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.unproven(key)
    }
}

impl refresh::Request for Authenticated {
    fn valid(&self) -> bool {
        true
    }

    fn refresh_token(&self) -> Option<Cow<'_, str>> {
        self.cow("refresh_token")
    }

    fn scope(&self) -> Option<Cow<'_, str>> {
        self.cow("scope")
    }

    fn grant_type(&self) -> Option<Cow<'_, str>> {
        self.cow("grant_type")
    }

    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        Some(self.proof())
    }

    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.unproven(key)
    }
}

impl client_credentials::Request for Authenticated {
    fn valid(&self) -> bool {
        true
    }

    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        Some(self.proof())
    }

    fn scope(&self) -> Option<Cow<'_, str>> {
        self.cow("scope")
    }

    fn grant_type(&self) -> Option<Cow<'_, str>> {
        self.cow("grant_type")
    }

    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.unproven(key)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    #[test]
    fn core_3_both_halves_of_basic_are_form_decoded() {
        let joined = "weird+id%3A%2F%2B%25:s%26cret%3D";
        let header = format!("basic {}", BASE64.encode(joined.as_bytes()));
        let client = basic_pair(&header).unwrap();
        assert_eq!(client.id, "weird id:/+%");
        assert_eq!(client.secret, "s&cret=");
        assert!(basic_pair("Bearer abc").is_none());
        assert!(basic_pair("Basic !").is_none());
    }

    #[test]
    fn core_4_a_client_is_proven_in_one_place_only() {
        let basic = format!("Basic {}", BASE64.encode(b"a:b"));
        let headers = HeaderMap::from_iter([(AUTHORIZATION, basic.parse().unwrap())]);
        let refused = |form: &[u8]| presented(&headers, &Params::parse(form)).err();
        assert_eq!(refused(b"client_id=a&client_secret=b"), Some(Refusal::Request));
        assert_eq!(refused(b"client_id=other"), Some(Refusal::Request));
        assert_eq!(refused(b"client_id=a"), None);
        let nobody = presented(&HeaderMap::new(), &Params::parse(b"client_id=a"));
        assert_eq!(nobody.err(), Some(Refusal::Client));
    }
}
