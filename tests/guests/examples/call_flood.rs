//! Sends a thousand requests in one call: the bound on host calls must end it.

use jackfield_guests::{attempted, get, manifest, outcome};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

struct CallFlood;

impl Connector for CallFlood {
    fn manifest() -> Manifest {
        manifest("call-flood")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let request = get("https://provider.test/me");
        let outcomes: Vec<String> = (0..1000).map(|_| outcome(&connection.send(&request))).collect();
        let answered = outcomes.iter().filter(|outcome| outcome.starts_with("answered")).count();
        attempted(&[("answered", answered.to_string()), ("last", outcomes.last().cloned().unwrap_or_default())])
    }
}

jackfield_sdk::export!(CallFlood);
