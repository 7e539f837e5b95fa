//! Trusts its provider to answer as ever, and breaks when it does not: a connector with a defect, not with a purpose.
#![allow(clippy::expect_used, reason = "the panic is what this guest is for")]

use jackfield_guests::manifest;
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

struct Trusting;

impl Connector for Trusting {
    fn manifest() -> Manifest {
        manifest("trusting")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let me = connection.get_json("https://provider.test/me")?;
        let id = me.text("/id").expect("everybody has an id");
        Ok(Account::new(id.clone(), id))
    }
}

jackfield_sdk::export!(Trusting);
