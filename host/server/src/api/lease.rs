//! Leases: a credential handed out for a stated time, and the word that it was refused.

use std::collections::BTreeMap;

use axum::{Router, extract::State, response::Response, routing::post};
use jackfield_model::id::ConnectionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    caller::{ForTenant, Lease as MayLease},
    json::Json,
    path::Id,
    problem::Problem,
    reply::found,
    view::connection::ConnectionView,
};
use crate::service::{LeaseAsk, LeasedCredential, Refused, Service};

/// `POST /v1/connections/{id}/lease`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lease {
    /// How many seconds the credential must still be good for.
    #[serde(default = "a_minute")]
    min_valid: u64,
    /// Which of several tokens; left out, the first.
    token: Option<String>,
}

fn a_minute() -> u64 {
    60
}

/// `POST /v1/connections/{id}/unauthorized`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unauthorized {
    /// The version of the lease that the provider refused.
    version: u64,
    /// Which of several tokens it was; left out, the first.
    token: Option<String>,
}

/// A lease as JSON: one of the places where a secret is shown.
#[derive(Serialize)]
struct LeaseView<'a> {
    credential: CredentialView<'a>,
    /// Which of several tokens it is; null where the connection has one credential.
    token: Option<&'a str>,
    version: u64,
    /// Null where nobody said when it ends.
    expires_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
enum CredentialView<'a> {
    Token { token: &'a str },
    Basic { name: &'a str, password: &'a str },
    Fields { fields: BTreeMap<&'a str, &'a str> },
}

impl<'a> From<&'a LeasedCredential> for CredentialView<'a> {
    fn from(credential: &'a LeasedCredential) -> Self {
        match credential {
            LeasedCredential::Token(token) => Self::Token { token: token.expose() },
            LeasedCredential::Basic(pair) => Self::Basic { name: pair.name.expose(), password: pair.password.expose() },
            LeasedCredential::Fields(fields) => {
                Self::Fields { fields: fields.iter().map(|(key, value)| (key.as_str(), value.expose())).collect() }
            }
        }
    }
}

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/connections/{id}/lease", post(lease))
        .route("/v1/connections/{id}/unauthorized", post(unauthorized))
}

async fn lease(
    State(service): State<Service>,
    by: ForTenant<MayLease>,
    Id(id): Id<ConnectionId>,
    Json(asked): Json<Lease>,
) -> Result<Response, Problem> {
    let ask = LeaseAsk { min_valid: asked.min_valid, token: asked.token.as_deref() };
    let lease = Box::pin(service.lease(by.tenant, id, ask, &by.caller.name())).await?;
    Ok(found(LeaseView {
        credential: (&lease.credential).into(),
        token: lease.token.as_deref(),
        version: lease.version,
        expires_at: lease.expires_at,
    }))
}

async fn unauthorized(
    State(service): State<Service>,
    by: ForTenant<MayLease>,
    Id(id): Id<ConnectionId>,
    Json(asked): Json<Unauthorized>,
) -> Result<Response, Problem> {
    let refused = Refused { version: asked.version, token: asked.token.as_deref() };
    let connection = Box::pin(service.unauthorized(by.tenant, id, refused, &by.caller.name())).await?;
    Ok(found(ConnectionView::from(&connection)))
}
