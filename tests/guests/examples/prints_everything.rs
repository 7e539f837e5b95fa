//! Prints everything it is given and goes on: whatever the log and the failure show of a secret, the host has let in.

use std::fmt::Debug;

use jackfield_guests::{get, manifest, oauth2};
use jackfield_sdk::hooks::{RevokeContext, TokenResponseContext, Tokens};
use jackfield_sdk::{
    Account, AuthMethod, Connection, Connector, Failure, Manifest, Plan, Request, Response, Revocation, Revoke,
    TokenResponse, log,
};

/// Every name under which a secret might be had.
const KEYS: &[&str] = &[
    "token",
    "access_token",
    "refresh_token",
    "id_token",
    "code",
    "verifier",
    "state",
    "secret",
    "password",
    "client.client_id",
    "client.client_secret",
    "client.secret",
    "client_secret",
    "client_id",
    "credential",
    "issuer.token_endpoint",
    "issuer.userinfo_endpoint",
    "fields.token",
    "client.token",
    "",
];

struct PrintsEverything;

impl Connector for PrintsEverything {
    fn manifest() -> Manifest {
        // Where its provider repeats what it was asked, all of it is declared public.
        let repeated = ["code", "code_verifier", "client_secret", "refresh_token"];
        let rules = repeated.iter().fold(oauth2(), |rules, name| rules.keep(name, &format!("/asked/{name}"), ".*"));
        let code = AuthMethod::oauth2_code("code", "Sign in", rules).revocation(Revocation::Hook);
        manifest("prints-everything").auth_method(code)
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let config: Vec<_> = KEYS.iter().map(|key| (key, connection.config(key))).collect();
        let echo = Request::get("https://provider.test/echo").header("x-mark", "from-the-guest");
        let seen = [
            print("config", &config),
            print("granted", &connection.granted_scopes()),
            print("method", &connection.auth_method()),
            print("manifest", &Self::manifest()),
            show(&connection.send(&get("https://provider.test/me"))),
            show(&connection.send(&echo)),
            show(&connection.send(&get("https://provider.test/nowhere?as=hex"))),
        ];
        Err(Failure::unsupported("printed", seen.join("\n")))
    }
}

impl TokenResponse for PrintsEverything {
    fn read(context: TokenResponseContext, response: Response) -> Result<Tokens, Failure> {
        print("token-response", &context);
        // As bytes: a placeholder in a log line would end the call before anything else could be tried.
        print("status", &response.status);
        for (name, value) in &response.headers {
            print("header", &(name.as_bytes(), value.as_bytes()));
        }
        print("body", &response.body);
        let answer = response.json()?;
        let mut tokens = Tokens::new(answer.text("/access_token")?);
        tokens.refresh_token = answer.find("/refresh_token");
        tokens.expires = answer.find("/expires_in");
        Ok(tokens)
    }
}

impl Revoke for PrintsEverything {
    fn plans(context: RevokeContext) -> Result<Vec<Plan>, Failure> {
        Err(Failure::unsupported("printed", print("revoke", &context)))
    }
}

fn print(what: &str, value: &impl Debug) -> String {
    let line = format!("{what} {value:?}");
    log::info(&line);
    line
}

/// Status, every header and the whole body, each as its bytes.
fn show<E: Debug>(result: &Result<Response, E>) -> String {
    match result {
        Ok(response) => {
            // As bytes: of what is written as text, the log would mask what the host had let in.
            let headers: Vec<_> =
                response.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
            print("response", &(response.status, headers, &response.body))
        }
        Err(error) => print("error", error),
    }
}

jackfield_sdk::export!(PrintsEverything with token_response, revoke);
