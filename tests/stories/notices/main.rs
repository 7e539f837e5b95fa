//! What the host says without being asked: webhooks, mails, the ladder before an end, digests, and the verifying behind it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a failed test is a panic"
)]

mod blocked;
mod brands;
mod delivery;
mod digest;
mod ladder;
mod mail;
mod page;
mod stage;
mod webhooks;

/// `jackfield`, for compiling components.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
