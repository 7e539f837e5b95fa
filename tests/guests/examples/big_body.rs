//! Sends a body of 16 MiB, and asks for one: bytes are bounded in both directions.

use jackfield_guests::{attempted, get, manifest, outcome};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest, Request};

struct BigBody;

impl Connector for BigBody {
    fn manifest() -> Manifest {
        manifest("big-body")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let down = outcome(&connection.send(&get("https://provider.test/big")));
        let mut request = Request::post("https://provider.test/me");
        request.body = Some(vec![b'x'; 16 << 20]);
        let up = outcome(&connection.send(&request));
        attempted(&[("down", down), ("up", up)])
    }
}

jackfield_sdk::export!(BigBody);
