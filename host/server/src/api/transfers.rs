//! `/v1/transfers`: connections from one host to another, as a sealed file. For operators whose key may lease, too: what is
//! in the file is credentials.

use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use http::HeaderMap;
use jackfield_model::{api_key::Permission, secret::Secret};
use serde::Deserialize;
use serde_json::json;

use super::{
    body::whole,
    caller::{ForTenant, Lease},
    json::{Json, is_json, optional_secret, parse},
    problem::{Code, Problem},
    reply::found,
};
use crate::service::{Service, TransferError, TransferKey, TransferSealError};

/// The largest file, in bytes: some tens of thousands of connections.
const FILE_LIMIT: usize = 128 * 1024 * 1024;

/// `POST /v1/transfers`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    /// Only this connector's connections.
    connector: Option<String>,
    /// Seals to whoever knows it; at least 12 characters.
    #[serde(default, deserialize_with = "optional_secret")]
    passphrase: Option<Secret>,
    /// Seals to this public key of age.
    recipient: Option<String>,
}

/// `POST /v1/transfers/receive`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Receive {
    /// The file, in ASCII armor.
    #[serde(default, deserialize_with = "optional_secret")]
    file: Option<Secret>,
    /// Opens it, where it was sealed to a passphrase.
    #[serde(default, deserialize_with = "optional_secret")]
    passphrase: Option<Secret>,
    /// The private key of age that opens it.
    #[serde(default, deserialize_with = "optional_secret")]
    identity: Option<Secret>,
    /// Say what would be taken in, and take in nothing.
    #[serde(default)]
    check: bool,
}

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/v1/transfers", post(export)).route("/v1/transfers/receive", post(receive))
}

async fn export(
    State(service): State<Service>,
    by: ForTenant<Lease>,
    Json(asked): Json<Export>,
) -> Result<Response, Problem> {
    operating(&by)?;
    let key = match (asked.passphrase, asked.recipient) {
        (Some(passphrase), None) => TransferKey::Passphrase(passphrase),
        (None, Some(recipient)) => TransferKey::Recipient(recipient),
        _ => return Err(Problem::invalid("passphrase", "give either `passphrase` or `recipient`")),
    };
    let exported = service.export_connections(by.tenant, asked.connector, key, &by.caller.name()).await?;
    Ok(found(json!({ "file": exported.file, "connections": exported.connections, "left_out": exported.left_out }))
        .into_response())
}

async fn receive(
    State(service): State<Service>,
    by: ForTenant<Lease>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    operating(&by)?;
    if !is_json(&headers) {
        return Err(Problem::not_json());
    }
    let asked: Receive = parse(&whole(body, FILE_LIMIT).await?)?;
    let key = match (asked.passphrase, asked.identity) {
        (Some(passphrase), None) => TransferKey::Passphrase(passphrase),
        (None, Some(identity)) => TransferKey::Identity(identity),
        _ => return Err(Problem::invalid("passphrase", "give either `passphrase` or `identity`")),
    };
    let file = asked.file.ok_or_else(|| Problem::invalid("file", "give the file in `file`"))?;
    let file = file.expose().to_owned();
    let arrived = service.import_connections(by.tenant, file, key, asked.check, &by.caller.name()).await?;
    Ok(found(json!({ "items": arrived, "next": null })).into_response())
}

/// A tenant's own key moves nothing between hosts.
fn operating(by: &ForTenant<Lease>) -> Result<(), Problem> {
    match by.caller.tenant {
        Some(_) => Err(Problem::operators_only()),
        None if by.caller.may(Permission::Operate) => Ok(()),
        None => Err(Problem::permission_missing(Permission::Operate)),
    }
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        let told = error.to_string();
        match error {
            TransferError::NoTenant => Self::not_found("tenant"),
            TransferError::Seal(TransferSealError::Short) => Self::invalid("passphrase", told),
            TransferError::Seal(TransferSealError::Recipient) => Self::invalid("recipient", told),
            TransferError::Seal(TransferSealError::Identity) => Self::invalid("identity", told),
            TransferError::Seal(TransferSealError::Failed) => Self::internal(error),
            TransferError::Seal(_) | TransferError::Foreign | TransferError::Version(_) | TransferError::Unfit(_) => {
                Self::new(Code::TransferRefused, told)
            }
            TransferError::Store(error) => error.into(),
        }
    }
}
