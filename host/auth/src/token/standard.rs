//! The hand-over to the `oauth2` crate, in both directions.
//!
//! The crate builds the standard request and reads the standard answer; it never sends. Its errors
//! can carry a raw token response, so they end here and nothing prints them.

use std::cell::RefCell;

use jackfield_model::secret::Secret;
use oauth2::{
    AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, SyncHttpClient,
    TokenResponse, TokenUrl,
    basic::{BasicClient, BasicTokenType},
};
use serde_json::{Value, json};
use url::Url;

/// A client with a token endpoint.
pub(crate) type TokenClient = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// A client as the crate knows it.
pub(super) fn client(id: &str, secret: Option<&Secret>, auth: AuthType, token_url: Url) -> TokenClient {
    let client = BasicClient::new(ClientId::new(id.to_owned())).set_auth_type(auth);
    let client = match secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
        None => client,
    };
    client.set_token_uri(TokenUrl::from_url(token_url))
}

/// Stands where an HTTP client would: keeps the request, or answers what was received.
#[derive(Default)]
pub(crate) struct HandOver {
    request: RefCell<Option<HttpRequest>>,
    response: RefCell<Option<HttpResponse>>,
}

/// The request was kept, not sent.
#[derive(Debug, thiserror::Error)]
#[error("kept, not sent")]
pub(crate) struct Kept;

impl SyncHttpClient for HandOver {
    type Error = Kept;

    fn call(&self, request: HttpRequest) -> Result<HttpResponse, Kept> {
        self.request.replace(Some(request));
        self.response.take().ok_or(Kept)
    }
}

impl HandOver {
    /// The request the crate built.
    pub(super) fn into_request(self) -> Option<HttpRequest> {
        self.request.into_inner()
    }
}

/// A token response in the one form the crate reads.
pub(super) struct Standard<'a> {
    pub(super) access_token: &'a str,
    pub(super) token_type: &'a str,
    pub(super) refresh_token: Option<&'a str>,
}

/// What the crate read.
pub(super) struct Read {
    pub(super) access_token: Secret,
    pub(super) refresh_token: Option<Secret>,
    pub(super) is_bearer: bool,
}

/// Has the crate read an answer that was normalised before; none where it refuses.
pub(super) fn read(answer: &Standard<'_>) -> Option<Read> {
    let mut body = json!({ "access_token": answer.access_token, "token_type": answer.token_type });
    if let (Some(token), Some(members)) = (answer.refresh_token, body.as_object_mut()) {
        members.insert("refresh_token".into(), Value::from(token));
    }
    let response = HttpResponse::new(serde_json::to_vec(&body).ok()?);
    let hand_over = HandOver { response: RefCell::new(Some(response)), ..HandOver::default() };
    // The endpoint is never spoken to: the answer is here already.
    let endpoint = Url::parse("https://token.invalid/").ok()?;
    let client = client("", None, AuthType::RequestBody, endpoint);
    let read = client.exchange_client_credentials().request(&hand_over).ok()?;
    Some(Read {
        access_token: Secret::new(read.access_token().secret().clone()),
        refresh_token: read.refresh_token().map(|token| Secret::new(token.secret().clone())),
        is_bearer: *read.token_type() == BasicTokenType::Bearer,
    })
}
