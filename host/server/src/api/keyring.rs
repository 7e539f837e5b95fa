//! `/v1/keyring`: what the keys of the ring wrap, and another ring from the same file. For operators.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    caller::ForHost,
    describe::{About, Codes, Refuses, Routes, Tag},
    problem::{Code, Problem},
    reply::{Found, found},
};
use crate::service::{KeyRingStatus, ReloadError, Service, StoreError};

/// One key of the ring.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RingKey")]
struct KeyView {
    /// Its id, 32 hexadecimal digits.
    #[schemars(example = &"5f0c9a7be1d24c3388f6a0b1c2d3e4f5")]
    id: String,
    /// Whether new keys of the store are wrapped under it.
    primary: bool,
    /// How many keys of the store are wrapped under it. One with none can be taken out of the ring.
    #[schemars(example = 12)]
    wrapped: u64,
}

/// The ring as the running host has it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "KeyRing")]
struct RingView {
    /// Its keys.
    keys: Vec<KeyView>,
    /// How many keys of the store cannot be read.
    #[schemars(example = 0)]
    unreadable: u64,
    /// How many keys of the store this request wrapped anew; 0 where it only asked.
    #[schemars(example = 12)]
    rewrapped: u64,
}

impl RingView {
    fn of(status: &KeyRingStatus, rewrapped: u64) -> Self {
        let key = |(id, wrapped): (_, &u64)| {
            let id = ToString::to_string(id);
            KeyView { primary: id == status.primary.to_string(), id, wrapped: *wrapped }
        };
        Self { keys: status.wrapped.iter().map(key).collect(), unreadable: status.unreadable, rewrapped }
    }
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Operations)
        .get(
            "/v1/keyring",
            show,
            About::new(
                "showKeyRing",
                "Look at the key ring",
                "Answers which keys the ring of the running host has, and how many keys of the store each of them wraps. \
                 The keys themselves leave the host by no route.",
            )
            .refuses::<StoreError>(),
        )
        .post(
            "/v1/keyring/reload",
            reload,
            About::new(
                "reloadKeyRing",
                "Take another key ring",
                "Reads the key ring's file again and wraps every key of the store under its primary key, while the host goes \
                 on. A ring that does not open everything is refused, and the host keeps the one it has. \
                 `jackfield keyring rotate` and `retire` write the file and then ask for this.",
            )
            .refuses::<ReloadError>(),
        )
}

async fn show(State(service): State<Service>, _: ForHost) -> Result<Found<RingView>, Problem> {
    let status = service.key_ring_status().await?;
    Ok(found(RingView::of(&status, 0)))
}

async fn reload(State(service): State<Service>, host: ForHost) -> Result<Found<RingView>, Problem> {
    let reloaded = service.reload_key_ring(&host.caller.name()).await?;
    Ok(found(RingView::of(&reloaded.status, reloaded.rewrapped)))
}

impl From<ReloadError> for Problem {
    fn from(error: ReloadError) -> Self {
        match error {
            ReloadError::Store(error) => error.into(),
            ReloadError::File(_) | ReloadError::Open(_) => {
                Self::new(Code::KeyRingRefused, error.to_string()).because(error)
            }
            error @ ReloadError::Interrupted(_) => Self::internal(error),
        }
    }
}

impl Refuses for ReloadError {
    fn codes() -> Codes {
        Codes::of(&[Code::KeyRingRefused, Code::Internal]).and::<StoreError>()
    }
}
