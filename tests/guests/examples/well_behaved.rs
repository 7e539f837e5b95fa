//! A neighbour that works, whatever the others do.

use jackfield_guests::{manifest, me};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

struct WellBehaved;

impl Connector for WellBehaved {
    fn manifest() -> Manifest {
        manifest("well-behaved")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

jackfield_sdk::export!(WellBehaved);
