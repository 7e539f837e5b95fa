//! The token endpoint: what is sent to it and what its answers mean.

mod body;
mod error;
pub(crate) mod expiry;
mod request;
mod response;
mod several;
mod standard;

use jackfield_model::{
    manifest::{FailureRule, Manifest, OAuth2, RateLimit},
    secret::Secret,
    session::Endpoints,
};
use jiff::Timestamp;

use crate::fields::Inputs;

pub use error::{TokenError, Unusable};
pub use request::{RequestError, client_credentials, exchange, refresh};
pub use response::{RefreshOutcome, Tokens, read, read_refresh};

pub(crate) use request::{authenticated, plain};
pub use response::may_be_kept;
pub(crate) use response::provider_error;

/// What every request to a provider's endpoints is made from.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The connector's manifest: its scopes and their lists.
    pub manifest: &'a Manifest,
    /// The rules of the method.
    pub oauth2: &'a OAuth2,
    /// The endpoints recorded at the start (ST-8).
    pub endpoints: &'a Endpoints,
    /// Public fields.
    pub inputs: Inputs<'a>,
    /// The client secret, where the client has one.
    pub client_secret: Option<&'a Secret>,
}

/// How an answer is read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The rules of the method.
    pub oauth2: &'a OAuth2,
    /// The manifest's failure rules.
    pub failures: &'a [FailureRule],
    /// The token that was refreshed, where the method has several; else empty.
    pub token: &'a str,
    /// Where the provider tells of its limits.
    pub rate_limit: Option<&'a RateLimit>,
    /// The secrets the request carried: nothing of them may come back in an error or a kept value.
    pub shown: &'a [&'a Secret],
    /// Our wall clock at the moment of sending; lifetimes count from it (REF-4).
    pub sent_at: Timestamp,
}
