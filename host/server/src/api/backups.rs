//! `/v1/backups`: everything the store holds, sealed, as a stream; and whether such a file is good. For operators.

use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::stream;
use http::{StatusCode, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    caller::ForHost,
    describe::{About, Answer, Answers, Codes, Operation, Refuses, Routes, Tag, Takes},
    problem::{Code, Problem},
    reply::{Found, found},
};
use crate::service::{BackupError, BadBackup, Service, StoreError};

/// The media type of a sealed file.
const SEALED: &str = "application/octet-stream";

/// What a backup holds, once all of it was read and found good.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BackupSummary")]
struct SummaryView {
    /// When it was made.
    made_at: Timestamp,
    /// The version that made it.
    #[schemars(example = &"0.1.0")]
    software: String,
    /// How many records it holds.
    #[schemars(example = 1204)]
    records: u64,
    /// How many files of components it holds.
    #[schemars(example = 3)]
    components: u64,
    /// The key of the ring it is sealed under, 32 hexadecimal digits.
    #[schemars(example = &"5f0c9a7be1d24c3388f6a0b1c2d3e4f5")]
    key: String,
}

/// A backup on its way out.
struct Sealed(Body);

impl IntoResponse for Sealed {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, SEALED)], self.0).into_response()
    }
}

impl Answers for Sealed {
    fn answers(operation: &mut Operation<'_>) {
        let schema = json!({ "type": "string", "format": "binary" });
        operation.answers(StatusCode::OK, Answer::with_body("The sealed file.", SEALED, &schema));
    }
}

/// A backup on its way in, read piece by piece.
struct Given(Body);

impl<S: Send + Sync> FromRequest<S> for Given {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Ok(Self(request.into_body()))
    }
}

impl Takes for Given {
    fn takes(operation: &mut Operation<'_>) {
        operation.takes_bytes("The sealed file, whole.", &[SEALED]);
        operation.refuses(&[Code::BodyCutOff, Code::BodyStalled]);
    }
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Backups)
        .post(
            "/v1/backups",
            make,
            About::new(
                "makeBackup",
                "Back the host up",
                "Answers everything the store holds as of now, sealed under the host's key ring, while the host goes on. \
                 What goes wrong on the way ends the file early: verify it before relying on it. The key ring is not in \
                 it: keep a copy of that elsewhere.",
            )
            .refuses::<BackupError>(),
        )
        .post(
            "/v1/backups/verify",
            verify,
            About::new(
                "verifyBackup",
                "Check a backup",
                "Reads a backup to its end with this host's key ring and says what it holds. Nothing of it is kept.",
            )
            .refuses_with(&[Code::BackupRefused]),
        )
}

/// The answer is the file. What goes wrong on the way ends it early, and an end that is missing is noticed by whoever
/// reads it.
async fn make(State(service): State<Service>, host: ForHost) -> Result<Sealed, Problem> {
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
    Ok(Sealed(Body::from_stream(Box::pin(begun))))
}

/// The body is the file. Nothing of it is kept.
async fn verify(
    State(service): State<Service>,
    _: ForHost,
    Given(mut body): Given,
) -> Result<Found<SummaryView>, Problem> {
    let mut verification = service.backup_verification();
    let mut bad = None;
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame.map_err(|_| Problem::cut_off())?.into_data() else { continue };
        // The rest of a bad file is taken in too: who is refused while sending may never read why.
        if bad.is_none() {
            bad = verification.feed(&bytes).err();
        }
    }
    if let Some(error) = bad {
        return Err(refused(error));
    }
    let good = verification.finish().map_err(refused)?;
    Ok(found(SummaryView {
        made_at: good.made_at,
        software: good.software,
        records: good.records,
        components: good.components,
        key: good.key,
    }))
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

impl Refuses for BackupError {
    fn codes() -> Codes {
        Codes::of(&[Code::Conflict, Code::Internal]).and::<StoreError>()
    }
}
