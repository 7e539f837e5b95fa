//! A provider with an issuer for each customer: which one a connection asks is a field of the connection.

use jackfield_sdk::{Account, AuthMethod, Connection, Connector, Failure, Field, Hook, Manifest, Oauth2, Origin};

struct OwnIssuers;

impl Connector for OwnIssuers {
    fn manifest() -> Manifest {
        Manifest::new("own-issuers", "1.0.0", "Own issuers")
            .field(Field::host_label("org", "Organization"))
            .origin(Origin::with_credential("issuer", "{org}.issuers.test"))
            .auth_method(AuthMethod::client_credentials(
                "machine",
                "Connect a machine",
                Oauth2::issuer("https://{org}.issuers.test"),
            ))
            .hook_get(Hook::Verify, "issuer", "/**")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let org = connection.value("org")?;
        Ok(Account::new(org.clone(), org))
    }
}

jackfield_sdk::export!(OwnIssuers);
