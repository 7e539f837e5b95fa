//! Contradicts itself about places: one filled twice, one that is the host's, one that is no name, one that no request
//! has, and a secret that goes nowhere.

use jackfield_guests::me;
use jackfield_sdk::{
    Account, Action, AuthMethod, Connection, Connector, Failure, Field, Hook, Manifest, Origin, Placement,
};

struct ContradictoryPlacements;

fn method(id: &str, placement: Placement) -> AuthMethod {
    AuthMethod::api_token(id, id, Field::secret("token", "Token")).placement(placement)
}

impl Connector for ContradictoryPlacements {
    fn manifest() -> Manifest {
        Manifest::new("contradictory-placements", "1.0.0", "Contradictory placements")
            .origin(Origin::with_credential("api", "provider.test"))
            .auth_method(method("twice", Placement::header("X-Key")).also_placement(Placement::header("x_key")))
            .auth_method(method("owned", Placement::header("Host")))
            .auth_method(method("named", Placement::cookie("a=b")))
            .auth_method(method("bare", Placement::body("token")))
            .auth_method(method("spare", Placement::bearer()).field(Field::secret("spare", "Spare")))
            .auth_method(AuthMethod::basic("colon", "colon", "a:{token}", "").field(Field::secret("token", "Token")))
            .call_header("Content-Length", "0")
            .action(Action::read("read", "Read").get("api", "/**"))
            .hook_get(Hook::Verify, "api", "/me")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

jackfield_sdk::export!(ContradictoryPlacements);
