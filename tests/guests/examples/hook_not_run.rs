//! Exports a hook that is part of the contract and that this host does not run: installing must say so.

use jackfield_guests::{manifest, me};
use jackfield_sdk::{Account, Classify, Connection, Connector, Failure, Manifest, Response};

struct HookNotRun;

impl Connector for HookNotRun {
    fn manifest() -> Manifest {
        manifest("hook-not-run")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

impl Classify for HookNotRun {
    fn read(_: String, _: Response) -> Option<Failure> {
        None
    }
}

jackfield_sdk::export!(HookNotRun with classify);
