//! The token endpoint: one request built by data or by the connector's plan, sent once, read by data or by its hook.

use std::time::Duration;

use http::Response;
use jackfield_auth::token::{self, Call, Reading, RefreshOutcome, RequestError, TokenError, Tokens};
use jackfield_model::{
    credential::TokenSet,
    failure::{Advice, Failure},
    manifest::{KeptFrom, OAuth2, TokenResponseRules},
    origin::Origin,
    plan::Hole,
    secret::Secret,
};
use jackfield_runtime::{CallError, Denial, Hook, Occasion, Outbound as Asked, ReadTokens, SendError};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, sleep};
use zeroize::Zeroize as _;

use super::{Service, holes, outcome, resolve::Party};

/// The longest answer of a token endpoint, in bytes.
const ANSWER_LIMIT: u64 = 256 * 1024;
/// How long a hook is asked again that found no room, and the pause in between.
const ROOM_PATIENCE: Duration = Duration::from_secs(10);
const ROOM_PAUSE: Duration = Duration::from_millis(50);

/// What is asked of a token endpoint.
pub(super) enum Ask<'a> {
    /// Redeem a code.
    Exchange { code: &'a Secret, verifier: Option<&'a Secret>, redirect_uri: &'a str },
    /// A token in the client's own name.
    ClientCredentials,
    /// New tokens for old.
    Refresh(&'a TokenSet),
    /// A further step of the exchange, by the token of the step before.
    Further { step: u32, tokens: &'a TokenSet },
}

impl Ask<'_> {
    fn occasion(&self) -> Occasion {
        match self {
            Self::Exchange { .. } | Self::ClientCredentials => Occasion::Exchange,
            Self::Refresh(_) => Occasion::Refresh,
            Self::Further { step, .. } => Occasion::Further(*step),
        }
    }
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Denied(#[from] Denial),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the connection's method asks no token endpoint")]
    NoTokens,
}

impl AskError {
    pub(super) fn failure(&self) -> Failure {
        let misconfigured = |code: &str, message: &str| Failure::new(Advice::Misconfigured, code, message);
        match self {
            Self::Request(error) => misconfigured("token-request", &error.to_string()),
            Self::Call(error) => outcome::of_call(error),
            Self::Denied(denial) => misconfigured(denial.rule, &denial.message),
            Self::Send(error) => outcome::of_send(error),
            Self::Token(error) => error.failure(),
            Self::NoTokens => misconfigured("no-token-endpoint", &self.to_string()),
        }
    }
}

/// An answer as it arrived, and when its question was sent. Its body holds tokens, so it is wiped when dropped.
pub(super) struct Answered {
    pub(super) response: Response<Vec<u8>>,
    pub(super) sent_at: Timestamp,
}

impl Drop for Answered {
    fn drop(&mut self) {
        self.response.body_mut().zeroize();
    }
}

impl Service {
    /// Builds and sends one request to the token endpoint.
    pub(super) async fn ask_token(&self, party: &Party, ask: &Ask<'_>) -> Result<Answered, AskError> {
        let (request, origin) = self.token_request(party, ask).await?;
        let asked = Asked {
            request,
            origin,
            connector: party.connector.name.clone(),
            tenant: Some(party.connection.tenant),
            max_response_bytes: ANSWER_LIMIT,
            timeout: self.parts.settings.token_timeout,
        };
        let sent_at = self.now();
        let response = self.parts.outbound.send_once(asked).await?;
        Ok(Answered { response, sent_at })
    }

    async fn token_request(&self, party: &Party, ask: &Ask<'_>) -> Result<(http::Request<Vec<u8>>, Origin), AskError> {
        if party.has_hook("token-request") {
            return self.planned_request(party, ask).await;
        }
        let oauth2 = party.method.kind.oauth2().ok_or(AskError::NoTokens)?;
        let call = party.token_call(oauth2).ok_or(AskError::NoTokens)?;
        let request = match ask {
            Ask::Exchange { code, verifier, redirect_uri } => token::exchange(&call, code, redirect_uri, *verifier)?,
            Ask::ClientCredentials => token::client_credentials(&call, &party.connection.grant.requested)?,
            Ask::Refresh(tokens) => token::refresh(&call, tokens, &party.connection.grant)?,
            // The manifest's check saw to it that the hook is there.
            Ask::Further { .. } => return Err(RequestError::Custom.into()),
        };
        let (_, origin) = self.endpoint_url(&party.connector.name, &request.uri().to_string())?;
        Ok((request, origin))
    }

    /// The connector's plan, filled after the guest has returned; secrets go to the token endpoint's origin only.
    async fn planned_request(
        &self,
        party: &Party,
        ask: &Ask<'_>,
    ) -> Result<(http::Request<Vec<u8>>, Origin), AskError> {
        let egress = self.parts.outbound.egress();
        let context = party.context(Hook::TokenRequest, None, egress, self.now())?;
        let planned = self.parts.runtime.token_request(context, ask.occasion()).await.result?;
        let origins = self.token_origins(party)?;
        let mut filling = holes::of_client(party, &origins);
        match ask {
            Ask::Exchange { code, verifier, redirect_uri } => {
                filling.secret(Hole::Code, holes::copy(code), &origins);
                filling.public(Hole::RedirectUri, (*redirect_uri).to_owned());
                if let Some(verifier) = verifier {
                    filling.secret(Hole::Verifier, holes::copy(verifier), &origins);
                }
            }
            Ask::Refresh(tokens) | Ask::Further { tokens, .. } => holes::add_tokens(&mut filling, tokens, &origins),
            Ask::ClientCredentials => {}
        }
        let filled = planned.fill(&filling)?;
        Ok((filled.request, filled.origin))
    }

    fn token_origins(&self, party: &Party) -> Result<Vec<Origin>, AskError> {
        let endpoints = party.connection.endpoints.as_ref().ok_or(AskError::NoTokens)?;
        let urls = std::iter::once(&endpoints.token).chain(&endpoints.refresh);
        let origins = urls.map(|url| Ok(self.endpoint_url(&party.connector.name, url)?.1));
        Ok(origins.collect::<Result<_, Denial>>()?)
    }

    /// Reads the answer to a first grant.
    pub(super) async fn read_tokens(
        &self,
        party: &Party,
        answered: &Answered,
        shown: &[&Secret],
    ) -> Result<Tokens, AskError> {
        let oauth2 = party.method.kind.oauth2().ok_or(AskError::NoTokens)?;
        if let Some((response, rules)) = self.read_by_hook(party, oauth2, answered, Occasion::Exchange, shown).await? {
            return Ok(token::read(&response, &party.reading(&rules, answered.sent_at, shown))?);
        }
        Ok(token::read(&answered.response, &party.reading(oauth2, answered.sent_at, shown))?)
    }

    /// Reads the answer to a refresh, or to the further step that is due.
    pub(super) async fn read_refreshed(
        &self,
        party: &Party,
        answered: &Answered,
        token: &str,
        shown: &[&Secret],
    ) -> Result<RefreshOutcome, AskError> {
        let oauth2 = party.method.kind.oauth2().ok_or(AskError::NoTokens)?;
        let occasion = party.connection.step.map_or(Occasion::Refresh, Occasion::Further);
        if let Some((response, rules)) = self.read_by_hook(party, oauth2, answered, occasion, shown).await? {
            return Ok(token::read_refresh(&response, &party.reading(&rules, answered.sent_at, shown))?);
        }
        party.read_as_declared(answered, token, shown)
    }

    /// What the `token-response` hook found in a redacted success, as a standard response; none without the hook.
    async fn read_by_hook(
        &self,
        party: &Party,
        oauth2: &OAuth2,
        answered: &Answered,
        occasion: Occasion,
        shown: &[&Secret],
    ) -> Result<Option<(Response<Vec<u8>>, OAuth2)>, AskError> {
        if !party.has_hook("token-response") || !answered.response.status().is_success() {
            return Ok(None);
        }
        let read = self.found_by_hook(party, answered, occasion, shown).await?;
        let mut body = json!({ "access_token": read.access_token.expose(), "token_type": "Bearer", "kept": read.kept });
        if let Some(members) = body.as_object_mut() {
            let refresh = read.refresh_token.as_ref().map(|token| token.expose().to_owned());
            for (name, value) in [("refresh_token", refresh), ("expires_in", read.expires), ("scope", read.scope)] {
                members.extend(value.map(|value| (name.to_owned(), value.into())));
            }
        }
        let mut response = Response::new(body.to_string().into_bytes());
        response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        Ok(Some((response, standard(oauth2))))
    }

    /// What the hook found. An answer to a code comes once: where other calls leave the hook no room, it is asked again for a
    /// while.
    async fn found_by_hook(
        &self,
        party: &Party,
        answered: &Answered,
        occasion: Occasion,
        shown: &[&Secret],
    ) -> Result<ReadTokens, AskError> {
        let runtime = &self.parts.runtime;
        let until = Instant::now() + ROOM_PATIENCE;
        loop {
            let context = party.context(Hook::TokenResponse, None, self.parts.outbound.egress(), self.now())?;
            match runtime.token_response(context, occasion, &answered.response, shown).await.result {
                Err(error) if error.is_for_want_of_room() && Instant::now() < until => sleep(ROOM_PAUSE).await,
                found => return Ok(found?),
            }
        }
    }
}

/// The method's rules with the places of a standard response: what the hook found is written there.
fn standard(oauth2: &OAuth2) -> OAuth2 {
    let mut rules = oauth2.clone();
    rules.response = TokenResponseRules {
        expiry: oauth2.response.expiry.clone(),
        scope_format: oauth2.response.scope_format.clone(),
        keep: oauth2.response.keep.clone(),
        ..TokenResponseRules::standard()
    };
    for kept in &mut rules.response.keep {
        if let KeptFrom::Response(pointer) = &mut kept.place {
            *pointer = format!("/kept/{}", kept.key);
        }
    }
    rules
}

impl Party {
    /// What a token request is made from.
    pub(super) fn token_call<'a>(&'a self, oauth2: &'a OAuth2) -> Option<Call<'a>> {
        Some(Call {
            manifest: self.manifest(),
            oauth2,
            endpoints: self.connection.endpoints.as_ref()?,
            inputs: self.inputs()?,
            client_secret: self.client_secret.as_ref(),
        })
    }

    /// The public values templates may name.
    pub(super) fn inputs(&self) -> Option<jackfield_auth::fields::Inputs<'_>> {
        let client = self.client.as_ref()?;
        Some(jackfield_auth::fields::Inputs {
            fields: &self.connection.fields,
            client_fields: &client.fields,
            client_id: Some(&client.public_id),
        })
    }

    /// Reads the answer to a refresh by what the manifest says of it.
    pub(super) fn read_as_declared(
        &self,
        answered: &Answered,
        token: &str,
        shown: &[&Secret],
    ) -> Result<RefreshOutcome, AskError> {
        let oauth2 = self.method.kind.oauth2().ok_or(AskError::NoTokens)?;
        let reading = Reading { token, ..self.reading(oauth2, answered.sent_at, shown) };
        Ok(token::read_refresh(&answered.response, &reading)?)
    }

    fn reading<'a>(&'a self, oauth2: &'a OAuth2, sent_at: Timestamp, shown: &'a [&'a Secret]) -> Reading<'a> {
        let manifest = self.manifest();
        Reading {
            oauth2,
            failures: &manifest.failures,
            token: "",
            rate_limit: manifest.rate_limit.as_ref(),
            shown,
            sent_at,
        }
    }
}
