//! The compiler's process on its own, as the tests of this crate start it; the server has it as a hidden subcommand.

use std::process::ExitCode;

fn main() -> ExitCode {
    jackfield_runtime::compile::worker(std::io::stdin().lock(), std::io::stdout().lock())
}
