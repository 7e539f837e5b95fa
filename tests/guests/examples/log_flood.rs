//! Logs without end in sight, with control characters, and then works: lines past the bound are counted, not kept.

use jackfield_guests::{manifest, me};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest, log};

struct LogFlood;

impl Connector for LogFlood {
    fn manifest() -> Manifest {
        manifest("log-flood")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        log::info("first\n{\"level\":\"fatal\"}\u{1b}[31m");
        let filler = "x".repeat(200);
        for line in 0..10_000 {
            log::info(format!("{line} {filler}"));
        }
        me(connection)
    }
}

jackfield_sdk::export!(LogFlood);
