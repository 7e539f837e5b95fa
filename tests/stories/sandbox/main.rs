//! The sandbox: hostile guests as real components, each contained, named, and no harm to a neighbour.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a failed test is a panic"
)]

mod approval;
mod arrivals;
mod bounds;
mod breaker;
mod canaries;
mod compiling;
mod components;
mod conformance;
mod hostile;
mod leaks;
mod login;
mod manifests;
mod memory_image;
mod memory_of_all;
mod neighbour;
mod placeholders;
mod python;
mod reach;
mod scene;
mod secrets;
mod shares;
mod targets;
mod unread;

/// `jackfield`, for compiling components and for the stories of the command line.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
