//! Leases: a credential handed out for a stated time, and the word that it was refused.

use std::collections::BTreeMap;

use axum::extract::State;
use jackfield_model::id::ConnectionId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    caller::{ForTenant, Lease as MayLease},
    describe::{About, Routes, Tag},
    json::Json,
    path::Id,
    problem::Problem,
    reply::{Found, found},
    view::connection::ConnectionView,
};
use crate::service::{LeaseAsk, LeaseError, LeasedCredential, RefreshError, Refused, Service};

/// For how long a credential is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaseRequest")]
struct Lease {
    /// How many seconds the credential must still be good for.
    #[serde(default = "a_minute")]
    #[schemars(example = 300)]
    min_valid: u64,
    /// Which of several tokens; left out, the first.
    #[schemars(example = &"user")]
    token: Option<String>,
}

fn a_minute() -> u64 {
    60
}

/// Word that the provider refused a credential.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RefusedCredential")]
struct Unauthorized {
    /// The version of the lease that the provider refused.
    #[schemars(example = 3)]
    version: u64,
    /// Which of several tokens it was; left out, the first.
    #[schemars(example = &"user")]
    token: Option<String>,
}

/// A credential handed out: one of the places where a secret is shown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Lease")]
struct LeaseView<'a> {
    /// What proves the connection at the provider.
    credential: CredentialView<'a>,
    /// Which of several tokens it is; null where the connection has one credential.
    #[schemars(example = &"user")]
    token: Option<&'a str>,
    /// The version to name where the provider refuses it.
    #[schemars(example = 3)]
    version: u64,
    /// Null where nobody said when it ends.
    expires_at: Option<Timestamp>,
}

/// What proves a connection.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[schemars(rename = "Credential")]
enum CredentialView<'a> {
    /// An access token.
    #[schemars(title = "TokenCredential")]
    Token {
        /// The token.
        #[schemars(extend("format" = "password"), example = &"gho_16C7e42F292c6912E7710c838347Ae178B4a")]
        token: &'a str,
    },
    /// A name and its password, as RFC 7617 puts them together.
    #[schemars(title = "BasicCredential")]
    Basic {
        /// The name.
        #[schemars(example = &"reporting")]
        name: &'a str,
        /// The password.
        #[schemars(extend("format" = "password"), example = &"s3cr3t")]
        password: &'a str,
    },
    /// What the person or the application typed in.
    #[schemars(title = "FieldsCredential")]
    Fields {
        /// The secret fields, by key.
        #[schemars(example = json!({ "token": "s3cr3t" }))]
        fields: BTreeMap<&'a str, &'a str>,
    },
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

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Leases)
        .post(
            "/v1/connections/{id}/lease",
            lease,
            About::new(
                "leaseCredential",
                "Take a credential out",
                "Answers the connection's credential, refreshed first where less than `min_valid` seconds remain, or so \
                 few that it may be over on its way. The proxy does without handing it out: prefer it.",
            )
            .refuses::<LeaseError>(),
        )
        .post(
            "/v1/connections/{id}/unauthorized",
            unauthorized,
            About::new(
                "reportUnauthorized",
                "Report a refused credential",
                "Where the version is still the current one, the connection is refreshed, once for all who report it. Then \
                 lease again.",
            )
            .refuses::<RefreshError>(),
        )
}

async fn lease(
    State(service): State<Service>,
    by: ForTenant<MayLease>,
    Id(id): Id<ConnectionId>,
    Json(asked): Json<Lease>,
) -> Result<Found<LeaseView<'static>>, Problem> {
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
) -> Result<Found<ConnectionView<'static>>, Problem> {
    let refused = Refused { version: asked.version, token: asked.token.as_deref() };
    let connection = Box::pin(service.unauthorized(by.tenant, id, refused, &by.caller.name())).await?;
    Ok(found(ConnectionView::from(&connection)))
}
