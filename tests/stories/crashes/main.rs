//! Ends that nobody asked for: kills, cut power, full disks, lost keys; and what is left afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a failed test is a panic"
)]

mod chance;
mod courses;
mod cuts;
mod deeds;
mod disk_faults;
mod forgetful;
mod kill_loop;
mod ledger;
mod load;
mod orphans;
mod refresh_windows;
mod residue;
mod rotations;
mod siege;
mod unwritten;
mod yard;

/// `jackfield`, for compiling components and for hosts in processes of their own.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
