//! One provider with an auth method for each thing that providers do with a refresh token they were shown.

use jackfield_sdk::{
    Account, Action, AuthMethod, Connection, Connector, Failure, Hook, Manifest, Oauth2, Origin, Rotation, Scope,
};

const ISSUER: &str = "https://id.rotation.test";
const AUTHORIZE: &str = "https://id.rotation.test/authorize";

struct Rotations;

fn method(id: &str, rotation: Rotation) -> AuthMethod {
    let token = format!("https://token.rotation.test/{id}");
    let oauth2 = Oauth2::endpoints(AUTHORIZE, &token).rotation(rotation);
    AuthMethod::oauth2_code(id, id, Oauth2 { issuer: Some(ISSUER.to_owned()), ..oauth2 })
}

impl Connector for Rotations {
    fn manifest() -> Manifest {
        Manifest::new("rotations", "1.0.0", "Rotations")
            .origin(Origin::with_credential("id", "id.rotation.test"))
            .scope(Scope::new("openid", "Sign in", "Know who you are.").always())
            .action(Action::read("sign-in", "Sign in").needs(&["openid"]).get("id", "/me"))
            .auth_method(method("none", Rotation::None))
            .auth_method(method("grace", Rotation::Grace(300)))
            .auth_method(method("strict", Rotation::Strict))
            .auth_method(method("unknown", Rotation::Unknown))
            .hook_get(Hook::Verify, "id", "/me")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let me = connection.get_json("https://id.rotation.test/me")?;
        Ok(Account::new(me.text("/sub")?, me.text("/name")?))
    }
}

jackfield_sdk::export!(Rotations);
