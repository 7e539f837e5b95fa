//! The hidden command the host starts to compile one component: its limits are the worker's own.

use std::{io, process::ExitCode};

/// Reads the order from standard input, answers on standard output.
pub(super) fn run() -> ExitCode {
    jackfield_runtime::compile::worker(io::stdin().lock(), io::stdout().lock())
}
