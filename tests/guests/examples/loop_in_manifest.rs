//! Never returns its manifest: installing must end.

use jackfield_guests::me;
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

struct LoopInManifest;

impl Connector for LoopInManifest {
    fn manifest() -> Manifest {
        let mut turns = 0_u64;
        loop {
            turns = std::hint::black_box(turns.wrapping_add(1));
        }
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

jackfield_sdk::export!(LoopInManifest);
