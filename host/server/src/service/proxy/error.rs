//! Why a proxied request was not passed on or not answered.

use http::Method;
use jackfield_model::status::Status;
use jackfield_runtime::{Denial, SendError};
use jackfield_store::StoreError;
use jiff::SignedDuration;

use super::{activity::Ended, settings::Bound};
use crate::service::{RefreshError, ResolveError};

/// Why a request was not passed on or not answered.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// It cannot be worked with.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Its status forbids it.
    #[error("the connection is {0}: reauthorize it")]
    Unusable(Status),
    /// It has no token of that name, or lost it.
    #[error(transparent)]
    Token(RefreshError),
    /// The connection has no such origin.
    #[error("the connection has no origin `{given}`: name one of {known} in the header jackfield-origin")]
    NoOrigin {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// There are several origins and none was named, or the name stands for several.
    #[error("the connection has several origins: name one of {known} in the header jackfield-origin")]
    WhichOrigin {
        /// What there is.
        known: String,
    },
    /// None of the connection's actions makes this request.
    #[error("the connection was not made for {method} {path}: {}", would_allow(.actions))]
    NotItsAction {
        /// The request's method.
        method: Method,
        /// Its path as it would have been sent, cut and cleaned.
        path: String,
        /// The connector's actions that make it.
        actions: Vec<String>,
    },
    /// Protocol upgrades.
    #[error(
        "websockets and other upgrades are not passed on: take a lease of the credential and connect to the provider yourself"
    )]
    Upgrade,
    /// The provider asked for a pause.
    #[error("the provider asked to be left alone: the next call of this connection there is in {} seconds", .wait.as_secs().max(1))]
    Paused {
        /// How long it still lasts.
        wait: SignedDuration,
    },
    /// A bound of the operator's ended it.
    #[error("{0}")]
    Bound(Bound),
    /// The caller's body broke off.
    #[error("the request's body broke off before it was whole")]
    CutOff,
    /// A rule.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The provider did not answer.
    #[error("the provider did not answer: {0}")]
    Send(#[from] SendError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Ended> for ProxyError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Bound(bound) => Self::Bound(bound),
            Ended::Caller => Self::CutOff,
        }
    }
}

fn would_allow(actions: &[String]) -> String {
    match actions {
        [] => "no action of its connector makes this request".to_owned(),
        [one] => format!(
            "the action `{one}` makes this request, and the connection was not made for it; reauthorize with it"
        ),
        several => {
            format!(
                "one of the actions {} makes this request, and the connection was made for none; reauthorize with one",
                several.join(", ")
            )
        }
    }
}
