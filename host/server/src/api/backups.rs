//! `/v1/backups`: everything the store holds, sealed, as a stream; and whether such a file is good. For operators.

use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::Bytes;
use futures::stream;
use http::{HeaderValue, header};
use http_body_util::BodyExt;

use super::{
    caller::ForHost,
    problem::{Code, Problem},
    reply::found,
};
use crate::service::{BackupError, BadBackup, Service};

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/v1/backups", post(make)).route("/v1/backups/verify", post(verify))
}

/// The answer is the file. What goes wrong on the way ends it early, and an end that is missing is noticed by whoever
/// reads it.
async fn make(State(service): State<Service>, host: ForHost) -> Result<Response, Problem> {
    let mut backup = service.backup(&host.caller.name()).await?;
    let first = backup.next().await?;
    let begun = stream::unfold((backup, first), async |(mut backup, ready)| {
        let piece = match ready {
            Some(piece) => Ok(Some(piece)),
            None => backup.next().await,
        };
        match piece {
            Ok(piece) => piece.map(|piece| (Ok(Bytes::from(piece)), (backup, None))),
            Err(error) => {
                tracing::error!(%error, "a backup broke off");
                Some((Err(error), (backup, None)))
            }
        }
    });
    let mut response = Body::from_stream(Box::pin(begun)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    Ok(response)
}

/// The body is the file. Nothing of it is kept.
async fn verify(State(service): State<Service>, _: ForHost, mut body: Body) -> Result<Response, Problem> {
    let mut verification = service.backup_verification();
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame.map_err(|_| Problem::cut_off())?.into_data() else { continue };
        verification.feed(&bytes).map_err(refused)?;
    }
    Ok(found(verification.finish().map_err(refused)?).into_response())
}

fn refused(error: BadBackup) -> Problem {
    Problem::new(Code::BackupRefused, error.to_string()).because(error)
}

impl From<BackupError> for Problem {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Store(error) => error.into(),
            BackupError::Removed(_) => Self::new(Code::Conflict, error.to_string()),
            error => Self::internal(error),
        }
    }
}
