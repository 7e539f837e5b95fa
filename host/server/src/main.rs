//! `jackfield`: the command line, the host among its commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    jackfield_server::cli::main()
}
