//! Contradicts itself: a field, a scope and an origin that do not exist, and two origins of one name.

use jackfield_guests::{manifest, me};
use jackfield_sdk::manifest::MethodKind;
use jackfield_sdk::{Account, Action, AuthMethod, Connection, Connector, Failure, Manifest, Origin, Placement};

struct ContradictoryManifest;

impl Connector for ContradictoryManifest {
    fn manifest() -> Manifest {
        let method = AuthMethod::new("broken", "Broken", MethodKind::ApiToken("absent_field".to_owned()))
            .placement(Placement::named_header("{absent_header}", ""));
        manifest("contradictory-manifest")
            .origin(Origin::with_credential("api", "second.test"))
            .auth_method(method)
            .action(Action::read("read", "Read").needs(&["absent-scope"]).get("absent-origin", "/"))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

jackfield_sdk::export!(ContradictoryManifest);
