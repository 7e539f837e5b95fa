//! `jackfield`: the command line, the host among its commands.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A request makes and frees a few hundred small things on one thread or another; the C library's heap makes threads wait for that.
#[global_allocator]
static HEAP: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    jackfield_server::cli::main()
}
