//! Connecting: from a link to a connection, and every way in which that must not happen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test is a panic"
)]

mod again;
mod browsers;
mod choices;
mod connect;
mod crowded;
mod happy;
mod identity;
mod machine;
mod metadata;
mod mixed_up;
mod once;
mod persons;
mod pkce;
mod signing;
mod stage;
mod tokens;

/// `jackfield`, for compiling components and for the stories of the command line.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
