//! Asks a host it never declared, with the credential and without.

use jackfield_guests::{attempted, get, manifest, outcome};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest, http};

struct UndeclaredHost;

impl Connector for UndeclaredHost {
    fn manifest() -> Manifest {
        manifest("undeclared-host")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let request = get("https://undeclared.test/");
        attempted(&[("send", outcome(&connection.send(&request))), ("fetch", outcome(&http::fetch(&request)))])
    }
}

jackfield_sdk::export!(UndeclaredHost);
