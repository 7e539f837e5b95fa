//! The sandbox from outside: real components, real traps, and after each the next call of another connector.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::must_use_candidate,
    clippy::missing_panics_doc,
    reason = "a failed test is a panic, and these modules are nobody's library"
)]

mod calls;
mod component;
mod first_call;
mod hooks;
mod host;
mod install;
mod limits;
