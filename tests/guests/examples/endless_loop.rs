//! Never returns from verify: the CPU bound must end it.

use jackfield_guests::manifest;
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

struct EndlessLoop;

impl Connector for EndlessLoop {
    fn manifest() -> Manifest {
        manifest("endless-loop")
    }

    fn verify(_connection: &Connection) -> Result<Account, Failure> {
        let mut turns = 0_u64;
        loop {
            turns = std::hint::black_box(turns.wrapping_add(1));
        }
    }
}

jackfield_sdk::export!(EndlessLoop);
