//! The pages in a real browser: what people see, press and read, looked at with axe-core and kept as pictures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test is a panic"
)]

mod admin;
mod application;
mod connections;
mod consent;
mod desk;
mod frame;
mod looked;
mod midway;
mod own;
mod picker;
mod pressed;
mod refusals;
mod renewed;
mod stage;
mod token;

/// `jackfield`, for compiling components.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
