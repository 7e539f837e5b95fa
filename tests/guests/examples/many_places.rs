//! Places its secrets in every place the contract has, several at once, after prefixes, beside fixed headers.

use jackfield_guests::get;
use jackfield_sdk::{
    Account, AuthMethod, Connection, Connector, Failure, Field, Hook, Json, Manifest, Origin, Placement, Request,
    RequestPattern,
};

const ME: &str = "https://provider.test/me";

struct ManyPlaces;

fn method(id: &str, placement: Placement) -> AuthMethod {
    AuthMethod::api_token(id, id, Field::secret("token", "Token")).placement(placement)
}

impl Connector for ManyPlaces {
    fn manifest() -> Manifest {
        let two = method("two", Placement::header("X-First"))
            .field(Field::secret("second", "Second token"))
            .also_placement(Placement::header("X-Second").of_field("second"));
        let pair = AuthMethod::basic("pair", "pair", "{team}/token", "{token}")
            .field(Field::text("team", "Team"))
            .field(Field::secret("token", "Token"));
        Manifest::new("many-places", "1.0.0", "Many places")
            .origin(Origin::with_credential("api", "provider.test"))
            .auth_method(method("header", Placement::named_header("X-Key", "Key token=")))
            .auth_method(method("query", Placement::query("key")))
            .auth_method(method("cookie", Placement::cookie("sid")))
            .auth_method(method("body", Placement::body("auth_token")))
            .auth_method(two)
            .auth_method(pair)
            .call_header("X-Client", "many-places")
            .default_call_header("X-Version", "1")
            .hook_requests(Hook::Verify, RequestPattern::new(&["GET", "POST"], "api", "/*"))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let request = match connection.auth_method().as_str() {
            "body" => Request::post(ME).json(&Json::read(br#"{"n":12345678901234567890123,"why":"verify"}"#)?),
            _ => get(ME),
        };
        let me = connection.call(&request)?.json()?;
        // The service echoes it in every way it can think of: all of it comes masked.
        let echoed = connection.send(&get("https://provider.test/echo")).map(|answer| answer.json());
        let plain = echoed.ok().and_then(|json| json.ok()?.find("/plain"));
        Ok(Account::new(me.text("/id")?, plain.unwrap_or_else(|| "nothing was echoed".to_owned())))
    }
}

jackfield_sdk::export!(ManyPlaces);
