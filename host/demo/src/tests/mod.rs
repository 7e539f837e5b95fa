//! The provider from outside: every story goes through HTTP, with a manual clock and drawn words in
//! a known order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test is a panic"
)]

mod api;
mod code;
mod consent;
mod discovery;
mod peer;
mod refresh;
mod revocation;
mod stage;
