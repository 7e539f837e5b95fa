//! Declares addresses inside the host's own network: loopback and the metadata service, as literals.

use jackfield_guests::{attempted, get, manifest, outcome};
use jackfield_sdk::{Account, Connection, Connector, Failure, Hook, Manifest, Origin};

struct PrivateAddress;

impl Connector for PrivateAddress {
    fn manifest() -> Manifest {
        manifest("private-address")
            .origin(Origin::with_credential("loopback", "127.0.0.1"))
            .origin(Origin::with_credential("metadata", "169.254.169.254"))
            .hook_get(Hook::Verify, "loopback", "/**")
            .hook_get(Hook::Verify, "metadata", "/**")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        attempted(&[
            ("loopback", outcome(&connection.send(&get("https://127.0.0.1/")))),
            ("metadata", outcome(&connection.send(&get("https://169.254.169.254/latest/meta-data/")))),
        ])
    }
}

jackfield_sdk::export!(PrivateAddress);
