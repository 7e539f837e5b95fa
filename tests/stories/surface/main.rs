//! The surfaces: API, command line, pages, configuration, and bad input to each of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test is a panic"
)]

mod health;

/// `jackfield`, for compiling components and for the stories of the command line.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
