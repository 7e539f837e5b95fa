//! Declares an honest name, `internal.test`, that a resolver answers with an address inside the host's own network.

use jackfield_guests::{attempted, get, manifest, outcome};
use jackfield_sdk::{Account, Connection, Connector, Failure, Hook, Manifest, Origin};

struct PrivateName;

impl Connector for PrivateName {
    fn manifest() -> Manifest {
        manifest("private-name").origin(Origin::with_credential("internal", "internal.test")).hook_get(
            Hook::Verify,
            "internal",
            "/**",
        )
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        attempted(&[("internal", outcome(&connection.send(&get("https://internal.test/"))))])
    }
}

jackfield_sdk::export!(PrivateName);
