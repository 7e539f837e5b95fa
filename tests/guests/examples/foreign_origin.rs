//! Asks for the credential at an origin that is declared, but not for the credential.

use jackfield_guests::{attempted, get, manifest, outcome};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest, http};

struct ForeignOrigin;

impl Connector for ForeignOrigin {
    fn manifest() -> Manifest {
        manifest("foreign-origin")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let request = get("https://other.test/collect");
        attempted(&[("send", outcome(&connection.send(&request))), ("fetch", outcome(&http::fetch(&request)))])
    }
}

jackfield_sdk::export!(ForeignOrigin);
