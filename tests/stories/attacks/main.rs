//! Attacks: requests led inside, connections led to the wrong person, and providers that mean harm. Each table says what it counted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test is a panic"
)]

mod addresses;
mod hostile_provider;
mod mis_link;
mod ssrf;
mod stage;

/// `jackfield`, for compiling components.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
