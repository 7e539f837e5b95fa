//! Sends a body of 16 MiB, and asks for one: bytes are bounded in both directions.

use jackfield_guests::{attempted, get, manifest, outcome};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest, Request, log};

struct BigBody;

impl Connector for BigBody {
    fn manifest() -> Manifest {
        manifest("big-body")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        log::info(format!("down={}", outcome(&connection.send(&get("https://provider.test/big")))));
        let mut request = Request::post("https://provider.test/me");
        request.body = Some(vec![b'x'; 16 << 20]);
        attempted(&[("up", outcome(&connection.send(&request)))])
    }
}

jackfield_sdk::export!(BigBody);
