//! Using connections: verify, refresh, lease, proxy, reauthorize, revoke.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test is a panic"
)]

mod api_token;

/// `jackfield`, for compiling components and for the stories of the command line.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
