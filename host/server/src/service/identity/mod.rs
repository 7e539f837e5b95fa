//! Signing people in by the operator's identity provider: the code flow with PKCE, nonce and a state bound to the browser.
//!
//! Nothing is kept before the person is back: what they began travels in the state, and what binds it (and the verifier and
//! the nonce) is derived from the value their browser holds. A visitor who begins and never returns leaves nothing behind.

mod bounds;
mod who;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use http::{HeaderValue, header};
use jackfield_auth::{
    authorize::{self, AuthorizeError, Entropy},
    callback::{self, CallbackError as Refused},
    fields::Inputs,
    id_token::{self, Expected, IdTokenError, KeySet},
    token::{self, Call, Reading, RequestError, TokenError, Tokens},
};
use jackfield_model::{
    id::TenantId,
    manifest::{ClientAuth, Manifest, OAuth2},
    secret::Secret,
    session::Endpoints,
};
use jackfield_runtime::{Denial, Outbound as Asked, SendError};
use jackfield_store::{Purpose, SignIn as Offered, StoreError};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use super::{
    EndpointsError, PageSessionError, Service, SignInLink,
    page_session::{is_mark, is_own_path},
};
use crate::config;

pub(super) use bounds::Bounds;
pub use who::Nobody;

/// What outbound requests of this sign-in are named by in `egress.allow_private`: no connector's name has an underscore.
const NAME: &str = "sign_in";
/// Where the identity provider sends people back to, on the host's own site.
const RETURN: &str = "/sign-in/return";
/// How long somebody may take there, in seconds.
const ASKED_SECONDS: i64 = 10 * 60;
/// How long the link lives that ends a sign-in: it is followed at once.
const LINK_SECONDS: i64 = 60;
/// The longest answer that is read, in bytes.
const ANSWER_LIMIT: u64 = 64 * 1024;

/// The operator's identity provider.
#[derive(Debug)]
pub struct IdentityProvider {
    rules: config::SignIn,
    issuer: String,
    client_id: String,
    secret: Option<Secret>,
}

impl IdentityProvider {
    /// What the configuration names; none where it names none.
    pub fn of(rules: &config::SignIn, secret: Option<Secret>) -> Option<Self> {
        let (issuer, client_id) = (rules.issuer.clone()?, rules.client_id.clone()?);
        Some(Self { rules: rules.clone(), issuer, client_id, secret })
    }
}

/// What somebody began: it goes with them and comes back.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Begun {
    /// The page they go on to.
    to: String,
    /// The tenant whose site they began at.
    tenant: Option<TenantId>,
    /// The mark of their browser on that site.
    mark: Option<String>,
    /// Until when.
    until: i64,
    /// What no other has, so that two that are begun at the same moment are two.
    #[serde(default)]
    number: u64,
}

/// Where a sign-in was begun.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The page they go on to.
    pub to: String,
    /// The tenant whose site it was.
    pub tenant: Option<TenantId>,
    /// The mark of their browser on that site.
    pub mark: Option<String>,
}

/// Why the identity provider signed nobody in.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// There is none.
    #[error("no identity provider is configured")]
    None,
    /// What came back was not begun in this browser, or too long ago.
    #[error("this sign-in was not begun in this browser, or took too long")]
    Lost,
    /// Too many answers are redeemed at the moment.
    #[error("as many people are signed in by the identity provider at this moment as may be at once")]
    Crowded,
    /// It said no.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Whoever it is, they are nobody here.
    #[error(transparent)]
    Nobody(#[from] Nobody),
    /// Its metadata.
    #[error(transparent)]
    Endpoints(#[from] EndpointsError),
    /// A request could not be made.
    #[error(transparent)]
    Authorize(#[from] AuthorizeError),
    /// A request could not be made.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A rule of the egress gate.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// It could not be reached.
    #[error(transparent)]
    Send(#[from] SendError),
    /// What its token endpoint said.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It gave no identity.
    #[error("the identity provider's answer cannot be believed: {0}")]
    Answer(&'static str),
    /// Its ID token.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// The link.
    #[error(transparent)]
    Link(#[from] PageSessionError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Whether people can sign in by an identity provider at all, and people of tenants too.
    pub fn identity_provider(&self) -> (bool, bool) {
        let provider = self.parts.settings.identity_provider.as_ref();
        (provider.is_some(), provider.is_some_and(|provider| provider.rules.tenant_claim.is_some()))
    }

    /// Where a browser goes to sign in; `held` is what it holds on the host's own site.
    pub async fn begin_identity(&self, beginning: Beginning, held: &Secret) -> Result<String, IdentityError> {
        let provider = self.provider()?;
        let to = if is_own_path(&beginning.to) { beginning.to } else { "/".to_owned() };
        let until = (self.now() + SignedDuration::from_secs(ASKED_SECONDS)).as_second();
        // Anybody can write the address that brings a mark here; what is none is left out.
        let mark = beginning.mark.filter(|mark| is_mark(mark));
        let number = u64::try_from(self.id_bits()? >> 64).unwrap_or_default();
        let begun = Begun { to, tenant: beginning.tenant, mark, until, number };
        let said = BASE64URL_NOPAD.encode(serde_json::to_string(&begun).unwrap_or_default().as_bytes());
        let endpoints = self.provider_endpoints(provider).await?;
        let (manifest, oauth2) = method(provider);
        let (fields, redirect_uri) = (std::collections::BTreeMap::new(), self.identity_return());
        let scopes = provider.rules.scopes.iter().cloned().collect();
        let ask = authorize::Ask {
            manifest: &manifest,
            oauth2: &oauth2,
            endpoints: &endpoints,
            inputs: Inputs { fields: &fields, client_fields: &fields, client_id: Some(&provider.client_id) },
            redirect_uri: &redirect_uri,
            scopes: &scopes,
        };
        let asked = authorize::ask(&ask, &self.bound(held, &said))?;
        carrying(&asked.url, &asked.state, &said)
    }

    /// Who came back: a link that signs them in, in the browser and at the site they began in.
    pub async fn finish_identity(&self, query: &str, held: &Secret) -> Result<SignInLink, IdentityError> {
        let provider = self.provider()?;
        let (manifest, oauth2) = method(provider);
        let parameters = callback::parse(query)?;
        let state = parameters.state(&oauth2).ok_or(IdentityError::Lost)?;
        let (tag, said) = state.expose().split_once('.').ok_or(IdentityError::Lost)?;
        let bound = self.bound(held, said);
        let expected = BASE64URL_NOPAD.encode(&bound.state);
        let begun = read(said).filter(|begun| begun.until > self.now().as_second());
        let begun =
            begun.filter(|_| bool::from(tag.as_bytes().ct_eq(expected.as_bytes()))).ok_or(IdentityError::Lost)?;
        let endpoints = self.provider_endpoints(provider).await?;
        let returned = parameters.read(&oauth2, &endpoints)?;
        let _turn = self.sign_ins.turn()?;
        // Whatever comes of it: else one state would have the provider asked for any number of codes.
        if !self.sign_ins.is_first(tag, begun.until, self.now()) {
            return Err(IdentityError::Lost);
        }
        let nonce = Secret::new(BASE64URL_NOPAD.encode(&bound.nonce));
        let verifier = Secret::new(BASE64URL_NOPAD.encode(&bound.verifier));
        let tokens = self.redeem(provider, (&manifest, &oauth2), &endpoints, (&returned.code, &verifier)).await?;
        let claims = self.provider_claims(provider, &endpoints, &tokens, &nonce).await?;
        let person = who::decide(&provider.rules, &claims, begun.tenant)?;
        let mark = begun.mark.unwrap_or_else(|| self.store().keyed_hash(Purpose::Begun, held.expose()));
        let to = if begun.to == "/" { super::page_session::home(person.role).to_owned() } else { begun.to };
        let offered = Offered { person, to, begun: Some(mark), expires_at: self.now() };
        Ok(self.offer_link(offered, LINK_SECONDS, "identity-provider").await?)
    }

    fn provider(&self) -> Result<&IdentityProvider, IdentityError> {
        self.parts.settings.identity_provider.as_deref().ok_or(IdentityError::None)
    }

    /// What to register at the identity provider.
    pub fn identity_return(&self) -> String {
        super::page_session::page_url(self.public_url(), RETURN)
    }

    /// State, verifier and nonce of what a browser began: nobody else can make them, and it alone can bring them back.
    fn bound(&self, held: &Secret, said: &str) -> Entropy {
        let derived = |what: &str| {
            let text = format!("{what} {} {said}", held.expose());
            let hash =
                HEXLOWER.decode(self.store().keyed_hash(Purpose::Identity, &text).as_bytes()).unwrap_or_default();
            <[u8; 32]>::try_from(hash).unwrap_or_default()
        };
        Entropy { state: derived("state"), verifier: derived("verifier"), nonce: derived("nonce") }
    }

    async fn provider_endpoints(&self, provider: &IdentityProvider) -> Result<Endpoints, IdentityError> {
        let metadata = self.provider_metadata(&provider.issuer).await?;
        let announced = Endpoints {
            issuer: Some(metadata.issuer),
            authorize: metadata.authorization_endpoint,
            token: metadata.token_endpoint.ok_or(IdentityError::Answer("its metadata names no token endpoint"))?,
            refresh: None,
            revoke: None,
            userinfo: metadata.userinfo_endpoint,
            jwks: metadata.jwks_uri,
            iss_in_callback: metadata.iss_in_callback,
            id_token_algorithms: metadata.id_token_algorithms,
        };
        // Nobody is sent to an address inside either.
        Ok(self.judged_endpoints(NAME, announced).inspect_err(|_| self.forget_metadata(&provider.issuer))?)
    }

    async fn redeem(
        &self,
        provider: &IdentityProvider,
        (manifest, oauth2): (&Manifest, &OAuth2),
        endpoints: &Endpoints,
        (code, verifier): (&Secret, &Secret),
    ) -> Result<Tokens, IdentityError> {
        let fields = std::collections::BTreeMap::new();
        let call = Call {
            manifest,
            oauth2,
            endpoints,
            inputs: Inputs { fields: &fields, client_fields: &fields, client_id: Some(&provider.client_id) },
            client_secret: provider.secret.as_ref(),
        };
        let request = token::exchange(&call, code, &self.identity_return(), Some(verifier))?;
        let sent_at = self.now();
        let response = self.ask_provider(&endpoints.token, request).await?;
        let shown = [code, verifier];
        let reading = Reading { oauth2, failures: &[], token: "", rate_limit: None, shown: &shown, sent_at };
        Ok(token::read(&response, &reading)?)
    }

    async fn ask_provider(
        &self,
        url: &str,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, IdentityError> {
        let (_, origin) = self.endpoint_url(NAME, url)?;
        let asked = Asked {
            request,
            origin,
            connector: NAME.to_owned(),
            tenant: None,
            max_response_bytes: ANSWER_LIMIT,
            timeout: self.parts.settings.metadata_timeout,
        };
        Ok(self.parts.outbound.send_once(asked).await?)
    }

    /// What the provider says of the person: its ID token, and its userinfo where that is where it says the rest.
    async fn provider_claims(
        &self,
        provider: &IdentityProvider,
        endpoints: &Endpoints,
        tokens: &Tokens,
        nonce: &Secret,
    ) -> Result<Value, IdentityError> {
        let id_token = tokens.id_token.as_ref().ok_or(IdentityError::Answer("it brought no ID token"))?;
        let jwks = endpoints.jwks.as_deref().ok_or(IdentityError::Answer("its metadata names no keys"))?;
        let expected = Expected {
            issuer: &provider.issuer,
            client_id: &provider.client_id,
            nonce: Some(nonce),
            access_token: Some(&tokens.access_token),
            algorithms: &endpoints.id_token_algorithms,
            now: self.now(),
        };
        let (keys, may_be_fetched_again) = self.provider_keys(jwks, false).await?;
        let mut claims = match id_token::claims(id_token, &keys, &expected) {
            Err(IdTokenError::KeyMiss) if may_be_fetched_again => {
                let (keys, _) = self.provider_keys(jwks, true).await?;
                id_token::claims(id_token, &keys, &expected)?
            }
            other => other?,
        };
        if let Some(url) = endpoints.userinfo.as_deref().filter(|_| who::is_incomplete(&provider.rules, &claims)) {
            let more = self.userinfo(url, &tokens.access_token).await?;
            // OpenID Connect Core 5.3.2: another subject is another person.
            if more.get("sub") != claims.get("sub") {
                return Err(IdentityError::Answer("its userinfo is of another person than its ID token"));
            }
            add(&mut claims, more);
        }
        Ok(claims)
    }

    async fn provider_keys(&self, jwks: &str, again: bool) -> Result<(KeySet, bool), IdentityError> {
        let document = self.document(NAME, None, jwks, again).await?;
        let keys = KeySet::read(&document.body).map_err(|_| {
            self.documents.forget(jwks);
            IdentityError::Answer("its keys cannot be read")
        })?;
        Ok((keys, document.may_be_fetched_again))
    }

    async fn userinfo(&self, url: &str, token: &Secret) -> Result<Value, IdentityError> {
        let unusable = || IdentityError::Answer("its userinfo cannot be read");
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| unusable())?;
        bearer.set_sensitive(true);
        let request = http::Request::get(url).header(header::AUTHORIZATION, bearer);
        let request = request.header(header::ACCEPT, "application/json").body(Vec::new()).map_err(|_| unusable())?;
        let response = self.ask_provider(url, request).await?;
        if response.status() != http::StatusCode::OK {
            return Err(unusable());
        }
        serde_json::from_slice(response.body()).map_err(|_| unusable())
    }
}

fn method(provider: &IdentityProvider) -> (Manifest, OAuth2) {
    let auth = if provider.secret.is_some() { ClientAuth::Basic } else { ClientAuth::None };
    (Manifest::bare(NAME), OAuth2::standard(auth))
}

/// What was begun, behind the part of the state that proves it.
fn read(said: &str) -> Option<Begun> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(said.as_bytes()).ok()?).ok()
}

/// The request with what was begun in its state.
fn carrying(url: &str, state: &Secret, said: &str) -> Result<String, IdentityError> {
    let mut url = url::Url::parse(url).map_err(|_| AuthorizeError::Malformed("authorization endpoint"))?;
    let whole = format!("{}.{said}", state.expose());
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let pairs =
        pairs.into_iter().map(|(name, value)| if name == "state" { (name, whole.clone()) } else { (name, value) });
    url.query_pairs_mut().clear().extend_pairs(pairs);
    Ok(url.into())
}

/// What a signed token says stands over what is only answered.
fn add(claims: &mut Value, more: Value) {
    if let (Some(claims), Value::Object(more)) = (claims.as_object_mut(), more) {
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
    }
}
