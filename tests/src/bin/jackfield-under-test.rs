//! `jackfield` itself, under a name the stories can find: the command line, and the worker that compiles components.

use std::process::ExitCode;

fn main() -> ExitCode {
    jackfield_server::cli::main()
}
