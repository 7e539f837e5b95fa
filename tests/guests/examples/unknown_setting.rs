//! Sets what no host knows: it must be said at install, not ignored.

use jackfield_guests::{manifest, me};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

struct UnknownSetting;

impl Connector for UnknownSetting {
    fn manifest() -> Manifest {
        let mut manifest = manifest("unknown-setting");
        manifest.extras.push(("skip-verification".to_owned(), "true".to_owned()));
        manifest
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

jackfield_sdk::export!(UnknownSetting);
