//! What it answers while it is honest, and what it remembers for that.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use url::Url;

use super::identity::{Change, Signature};
use super::{Desk, Endpoint, Hostile};
use crate::doubles::Recorded;
use crate::doubles::keys::at_hash;

/// How long an access token lives, in seconds.
const LIFE: i64 = 3600;

/// What it remembers.
pub(super) struct Books {
    now: i64,
    issued: u64,
    codes: BTreeMap<String, Code>,
    /// Whose a token is, by issuer and token.
    people: BTreeMap<(String, String), String>,
    /// Redirect URIs by issuer and client.
    pub(super) registered: BTreeMap<(String, String), String>,
    /// Issuers that never look at a verifier.
    pub(super) careless: BTreeSet<String>,
    /// Every code and token, with its issuer.
    pub(super) given: Vec<(String, String)>,
}

/// A code that waits to be redeemed.
struct Code {
    issuer: String,
    client: String,
    redirect_uri: String,
    challenge: Option<String>,
    nonce: Option<String>,
    login: String,
}

/// An honest answer: JSON, or a redirect.
pub(super) struct Answered {
    pub(super) status: &'static str,
    pub(super) location: Option<String>,
    pub(super) json: Value,
}

impl Answered {
    fn good(json: Value) -> Self {
        Self { status: "200 OK", location: None, json }
    }

    fn refused(error: &str) -> Self {
        Self { status: "400 Bad Request", location: None, json: json!({ "error": error }) }
    }
}

impl Books {
    pub(super) fn at(now: i64) -> Self {
        Self {
            now,
            issued: 0,
            codes: BTreeMap::new(),
            people: BTreeMap::new(),
            registered: BTreeMap::new(),
            careless: BTreeSet::new(),
            given: Vec::new(),
        }
    }

    fn fresh(&mut self, issuer: &str, what: &str) -> String {
        self.issued += 1;
        let hash = digest(&SHA256, format!("{what} {} of {issuer}", self.issued).as_bytes());
        let secret = format!("{what}-{}", BASE64URL_NOPAD.encode(hash.as_ref().get(..18).unwrap_or_default()));
        self.given.push((issuer.to_owned(), secret.clone()));
        secret
    }
}

impl Desk {
    pub(super) fn honest(
        &self,
        issuer: &str,
        endpoint: Endpoint,
        request: &Recorded,
        forged: Option<(&Change, &Signature)>,
    ) -> Result<Answered> {
        match endpoint {
            Endpoint::Metadata => Ok(Answered::good(metadata(issuer))),
            Endpoint::Authorize => self.authorize(issuer, request),
            Endpoint::Token => self.redeem(issuer, request, forged),
            Endpoint::Refresh => self.refresh(issuer, request, forged),
            Endpoint::Keys => Ok(Answered::good(self.key.published())),
            Endpoint::Me => Ok(self.me(issuer, request)),
            Endpoint::Revoke => Ok(Answered::good(json!({}))),
        }
    }

    /// RFC 6749 section 4.1.2; a redirect URI that is not the registered one is sent nothing (section 3.1.2.4).
    fn authorize(&self, issuer: &str, request: &Recorded) -> Result<Answered> {
        let redirect_uri = request.query_value("redirect_uri").context("a redirect URI")?;
        let client = request.query_value("client_id").context("a client")?;
        let mut books = self.books();
        let known = books.registered.get(&(issuer.to_owned(), client.clone()));
        if known != Some(&redirect_uri) {
            return Ok(Answered::refused("invalid_request"));
        }
        let code = books.fresh(issuer, "code");
        let kept = Code {
            issuer: issuer.to_owned(),
            client,
            redirect_uri: redirect_uri.clone(),
            challenge: request.query_value("code_challenge"),
            nonce: request.query_value("nonce"),
            login: request.query_value("login").unwrap_or_else(|| "alice".to_owned()),
        };
        books.codes.insert(code.clone(), kept);
        let mut to = Url::parse(&redirect_uri)?;
        to.query_pairs_mut().append_pair("code", &code).append_pair("iss", &Hostile::issuer(issuer));
        if let Some(state) = request.query_value("state") {
            to.query_pairs_mut().append_pair("state", &state);
        }
        Ok(Answered { status: "303 See Other", location: Some(to.into()), json: Value::Null })
    }

    /// RFC 6749 section 4.1.3 and RFC 7636 section 4.6: every binding of the code is checked, and it is void after one try.
    fn redeem(&self, issuer: &str, request: &Recorded, forged: Option<(&Change, &Signature)>) -> Result<Answered> {
        if request.form_value("grant_type").as_deref() == Some("client_credentials") {
            let access_token = self.books().fresh(issuer, "at");
            return Ok(Answered::good(
                json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": LIFE }),
            ));
        }
        let mut books = self.books();
        let code = request.form_value("code").and_then(|code| books.codes.remove(&code));
        let Some(code) = code.filter(|code| code.issuer == issuer) else {
            return Ok(Answered::refused("invalid_grant"));
        };
        let proven = books.careless.contains(issuer)
            || code.challenge.as_ref().is_none_or(|challenge| {
                let verifier = request.form_value("code_verifier").unwrap_or_default();
                BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref()) == *challenge
            });
        let same_place = request.form_value("redirect_uri").as_deref() == Some(code.redirect_uri.as_str());
        if !proven || !same_place || client_of(request).as_deref() != Some(code.client.as_str()) {
            return Ok(Answered::refused("invalid_grant"));
        }
        let shown = secret_of(request);
        let about =
            About { client: &code.client, login: &code.login, nonce: code.nonce.as_deref(), secret: shown.as_deref() };
        self.tokens(&mut books, issuer, &about, forged)
    }

    fn refresh(&self, issuer: &str, request: &Recorded, forged: Option<(&Change, &Signature)>) -> Result<Answered> {
        let mut books = self.books();
        let shown = request.form_value("refresh_token").unwrap_or_default();
        let Some(login) = books.people.remove(&(issuer.to_owned(), shown)) else {
            return Ok(Answered::refused("invalid_grant"));
        };
        let (client, secret) = (client_of(request).unwrap_or_default(), secret_of(request));
        let about = About { client: &client, login: &login, nonce: None, secret: secret.as_deref() };
        self.tokens(&mut books, issuer, &about, forged)
    }

    fn tokens(
        &self,
        books: &mut Books,
        issuer: &str,
        about: &About<'_>,
        forged: Option<(&Change, &Signature)>,
    ) -> Result<Answered> {
        let (access_token, refresh_token) = (books.fresh(issuer, "at"), books.fresh(issuer, "rt"));
        for token in [&access_token, &refresh_token] {
            books.people.insert((issuer.to_owned(), token.clone()), about.login.to_owned());
        }
        let mut claims = json!({
            "iss": Hostile::issuer(issuer), "aud": about.client, "sub": about.login, "iat": books.now,
            "exp": books.now + 7 * 24 * 3600, "at_hash": at_hash(&access_token),
        });
        if let (Some(nonce), Some(claims)) = (about.nonce, claims.as_object_mut()) {
            claims.insert("nonce".to_owned(), json!(nonce));
        }
        let id_token = self.id_token(claims, forged, about.secret)?;
        Ok(Answered::good(json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": LIFE, "refresh_token": refresh_token,
            "id_token": id_token,
        })))
    }

    fn me(&self, issuer: &str, request: &Recorded) -> Answered {
        let shown = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        match self.books().people.get(&(issuer.to_owned(), shown.to_owned())) {
            Some(login) => Answered::good(json!({ "sub": login, "name": format!("{login} of {issuer}") })),
            None => Answered { status: "401 Unauthorized", location: None, json: json!({ "error": "invalid_token" }) },
        }
    }
}

/// Whom and what tokens are about.
struct About<'a> {
    client: &'a str,
    login: &'a str,
    nonce: Option<&'a str>,
    /// What the client authenticated with.
    secret: Option<&'a str>,
}

/// The client that authenticated, by basic or in the body. Its secret is taken as given.
fn client_of(request: &Recorded) -> Option<String> {
    basic_of(request).map(|(client, _)| client).or_else(|| request.form_value("client_id"))
}

/// The secret it authenticated with.
fn secret_of(request: &Recorded) -> Option<String> {
    basic_of(request).map(|(_, secret)| secret).or_else(|| request.form_value("client_secret"))
}

/// RFC 6749 section 2.3.1, as far as names and secrets here need it: nothing in them is changed by form encoding.
fn basic_of(request: &Recorded) -> Option<(String, String)> {
    let basic = request.header("authorization")?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(data_encoding::BASE64.decode(basic.as_bytes()).ok()?).ok()?;
    pair.split_once(':').map(|(client, secret)| (client.to_owned(), secret.to_owned()))
}

fn metadata(issuer: &str) -> Value {
    let url = Hostile::issuer(issuer);
    json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "revocation_endpoint": format!("{url}/revoke"),
        "userinfo_endpoint": format!("{url}/me"),
        "jwks_uri": format!("{url}/keys"),
        "authorization_response_iss_parameter_supported": true,
        "code_challenge_methods_supported": ["S256"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}
