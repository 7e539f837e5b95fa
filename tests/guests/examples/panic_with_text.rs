//! Panics with a text that the operator should find in the log, beside a trap that says nothing.
#![allow(clippy::panic, reason = "the panic is what this guest is for")]

use jackfield_guests::manifest;
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

struct PanicWithText;

impl Connector for PanicWithText {
    fn manifest() -> Manifest {
        manifest("panic-with-text")
    }

    fn verify(_: &Connection) -> Result<Account, Failure> {
        panic!("the flux capacitor is missing");
    }
}

jackfield_sdk::export!(PanicWithText);
