//! `/v1/transfers`: connections from one host to another, as a sealed file. For operators whose key may lease, too: what is
//! in the file is credentials.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use http::request::Parts;
use jackfield_model::{
    api_key::Permission,
    id::{ConnectionId, TenantId},
    secret::Secret,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    body::whole,
    caller::{ForTenant, Lease},
    describe::{About, Codes, Operation, Refuses, Routes, Tag, Takes},
    json::{Json, is_json, optional_secret, parse},
    problem::{Code, Problem},
    reply::{Found, List, found},
};
use crate::service::{
    Arrived, Exported, Service, StoreError, TRANSFER_LIMIT, TransferError, TransferKey, TransferSealError,
};

/// Which connections, and who can open the file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewTransfer")]
struct Export {
    /// Only this connector's connections; left out, every connector's.
    #[schemars(example = &"github")]
    connector: Option<String>,
    /// Seals to whoever knows it; at least 12 characters. Give this or `recipient`.
    #[serde(default, deserialize_with = "optional_secret")]
    passphrase: Option<Secret>,
    /// Seals to this public key of age. Give this or `passphrase`.
    #[schemars(extend("examples" = [null]))]
    recipient: Option<String>,
}

/// A file that another host sealed, and what opens it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "GivenTransfer")]
struct Receive {
    /// The file, in ASCII armor.
    #[serde(default, deserialize_with = "optional_secret")]
    file: Option<Secret>,
    /// Opens it, where it was sealed to a passphrase.
    #[serde(default, deserialize_with = "optional_secret")]
    passphrase: Option<Secret>,
    /// The private key of age that opens it, where it was sealed to a public one.
    #[serde(default, deserialize_with = "optional_secret")]
    #[schemars(extend("examples" = [null]))]
    identity: Option<Secret>,
    /// Say what would be taken in, and take in nothing.
    #[serde(default)]
    check: bool,
}

/// A sealed file.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Transfer")]
struct ExportedView {
    /// The file, in ASCII armor of age.
    #[schemars(
        example = &"-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3Yx\n-----END AGE ENCRYPTED FILE-----\n"
    )]
    file: String,
    /// How many connections are in it.
    #[schemars(example = 12)]
    connections: usize,
    /// Connections that were left out: without a credential, or with a refresh under way.
    #[schemars(extend("examples" = [[]]))]
    left_out: Vec<ConnectionId>,
}

/// A connection that came in, or would.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ArrivedConnection")]
struct ArrivedView {
    /// Its id, which it keeps.
    id: ConnectionId,
    /// Its connector.
    #[schemars(example = &"github")]
    connector: String,
    /// Its name.
    #[schemars(example = &"GitHub of octocat")]
    name: String,
}

impl From<Exported> for ExportedView {
    fn from(exported: Exported) -> Self {
        Self { file: exported.file, connections: exported.connections, left_out: exported.left_out }
    }
}

impl From<Arrived> for ArrivedView {
    fn from(arrived: Arrived) -> Self {
        Self { id: arrived.id, connector: arrived.connector, name: arrived.name }
    }
}

/// An operator whose key may lease, too, and the tenant whose connections move. A tenant's own key moves nothing between
/// hosts.
struct Mover {
    name: String,
    tenant: TenantId,
}

impl FromRequestParts<Service> for Mover {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let by = ForTenant::<Lease>::from_request_parts(parts, service).await?;
        match by.caller.tenant {
            Some(_) => Err(Problem::operators_only()),
            None if by.caller.may(Permission::Operate) => Ok(Self { name: by.caller.name(), tenant: by.tenant }),
            None => Err(Problem::permission_missing(Permission::Operate)),
        }
    }
}

impl Takes for Mover {
    fn takes(operation: &mut Operation<'_>) {
        ForTenant::<Lease>::takes(operation);
        operation.refuses(&[Code::OperatorsOnly]);
    }
}

/// A body that may be as large as a file of connections.
struct Given(Receive);

impl<S: Send + Sync> FromRequest<S> for Given {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::not_json());
        }
        parse(&whole(request.into_body(), TRANSFER_LIMIT).await?).map(Self)
    }
}

impl Takes for Given {
    fn takes(operation: &mut Operation<'_>) {
        Json::<Receive>::takes(operation);
    }
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Backups)
        .post(
            "/v1/transfers",
            export,
            About::new(
                "exportConnections",
                "Seal connections for another host",
                "Answers a tenant's connections with their credentials as a file that only the passphrase or the private \
                 key opens. They stay here: delete them once the other host has them, so that one host alone refreshes. \
                 The key needs `operate` as well.",
            )
            .refuses::<TransferError>(),
        )
        .post(
            "/v1/transfers/receive",
            receive,
            About::new(
                "receiveConnections",
                "Take connections in",
                "Takes in the connections of a file that another host sealed: all of them or none. They keep their ids. \
                 With `check`, says what would come in and changes nothing. The key needs `operate` as well.",
            )
            .refuses::<TransferError>(),
        )
}

async fn export(
    State(service): State<Service>,
    by: Mover,
    Json(asked): Json<Export>,
) -> Result<Found<ExportedView>, Problem> {
    let key = match (asked.passphrase, asked.recipient) {
        (Some(passphrase), None) => TransferKey::Passphrase(passphrase),
        (None, Some(recipient)) => TransferKey::Recipient(recipient),
        _ => return Err(Problem::invalid("passphrase", "give either `passphrase` or `recipient`")),
    };
    let exported = service.export_connections(by.tenant, asked.connector, key, &by.name).await?;
    Ok(found(ExportedView::from(exported)))
}

async fn receive(
    State(service): State<Service>,
    by: Mover,
    Given(asked): Given,
) -> Result<Found<List<ArrivedView>>, Problem> {
    let key = match (asked.passphrase, asked.identity) {
        (Some(passphrase), None) => TransferKey::Passphrase(passphrase),
        (None, Some(identity)) => TransferKey::Identity(identity),
        _ => return Err(Problem::invalid("passphrase", "give either `passphrase` or `identity`")),
    };
    let file = asked.file.ok_or_else(|| Problem::invalid("file", "give the file in `file`"))?;
    let file = file.expose().to_owned();
    let arrived = service.import_connections(by.tenant, file, key, asked.check, &by.name).await?;
    let items = arrived.into_iter().map(ArrivedView::from).collect();
    Ok(found(List { items, next: None, unreadable: 0 }))
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        let told = error.to_string();
        match error {
            TransferError::NoTenant => Self::not_found("tenant"),
            TransferError::Seal(TransferSealError::Short) => Self::invalid("passphrase", told),
            TransferError::Seal(TransferSealError::Recipient) => Self::invalid("recipient", told),
            TransferError::Seal(TransferSealError::Identity) => Self::invalid("identity", told),
            TransferError::Seal(TransferSealError::Failed) | TransferError::Interrupted => Self::internal(error),
            TransferError::Seal(_) | TransferError::Foreign | TransferError::Version(_) | TransferError::Unfit(_) => {
                Self::new(Code::TransferRefused, told)
            }
            TransferError::Store(error) => error.into(),
        }
    }
}

impl Refuses for TransferError {
    fn codes() -> Codes {
        Codes::of(&[Code::NotFound, Code::Invalid, Code::Internal, Code::TransferRefused]).and::<StoreError>()
    }
}
