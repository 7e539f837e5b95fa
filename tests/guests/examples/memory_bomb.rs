//! Takes memory until there is none: the memory bound must end it.

use jackfield_guests::manifest;
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

struct MemoryBomb;

impl Connector for MemoryBomb {
    fn manifest() -> Manifest {
        manifest("memory-bomb")
    }

    fn verify(_connection: &Connection) -> Result<Account, Failure> {
        let mut taken: Vec<Vec<u8>> = Vec::new();
        loop {
            taken.push(std::hint::black_box(vec![1; 1 << 20]));
        }
    }
}

jackfield_sdk::export!(MemoryBomb);
