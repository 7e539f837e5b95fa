//! A connector whose actions list their requests, one of them indivisible, and that says how its provider fails and paces.

use jackfield_guests::me;
use jackfield_sdk::{
    Account, Action, Advice, AuthMethod, Connection, Connector, Expiry, Failure, FailureRule, Field, Hook, Manifest,
    Oauth2, Origin, RateLimit, Scope,
};

struct Bounded;

impl Connector for Bounded {
    fn manifest() -> Manifest {
        let token = AuthMethod::api_token("token", "API token", Field::secret("token", "API token"));
        let machine =
            AuthMethod::client_credentials("machine", "Machine", Oauth2::token_endpoint("https://login.test/token"));
        Manifest::new("bounded", "1.0.0", "Bounded")
            .origin(Origin::with_credential("api", "provider.test"))
            .origin(Origin::with_credential("files", "files.test"))
            .origin(Origin::without_credential("status", "status.test"))
            .origin(Origin::without_credential("login", "login.test"))
            .scope(Scope::new("notes:write", "Write notes", "Make and change notes."))
            .action(
                Action::read("read-notes", "Read notes")
                    .get("api", "/notes")
                    .get("api", "/notes/*")
                    .get("files", "/attachments/**"),
            )
            .action(Action::write("write-notes", "Write notes").needs(&["notes:write"]).post("api", "/notes").request(
                &["PUT", "DELETE"],
                "api",
                "/notes/*",
            ))
            .action(Action::write("query", "Ask anything").post("api", "/graphql").indivisible())
            .action(Action::read("see-status", "See the status page").get("status", "/now"))
            .auth_method(token)
            .auth_method(machine)
            .failure(
                FailureRule::status(200, Advice::Reauthorize, "token_expired").with_body("/error", &["token_expired"]),
            )
            .failure(FailureRule::status(400, Advice::Retry(None), "too_fast").with_body("/error", &["too_fast"]))
            .rate_limit(RateLimit::headers("x-calls", "x-calls-left", "x-calls-reset", Expiry::EpochSeconds))
            .hook_get(Hook::Verify, "api", "/me")
            .hook_get(Hook::Verify, "login", "/**")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

jackfield_sdk::export!(Bounded);
