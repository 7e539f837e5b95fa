//! Puts the placeholder of a secret where public values are kept: filled there, the secret would be shown.

use jackfield_guests::{manifest, me, oauth2};
use jackfield_sdk::hooks::{TokenResponseContext, Tokens};
use jackfield_sdk::{Account, AuthMethod, Connection, Connector, Failure, Manifest, Response, TokenResponse};

struct KeptPlaceholder;

impl Connector for KeptPlaceholder {
    fn manifest() -> Manifest {
        let oauth2 = oauth2().keep("team", "/team", "[A-Za-z0-9._-]{1,128}");
        manifest("kept-placeholder").auth_method(AuthMethod::oauth2_code("code", "Sign in", oauth2))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let team = connection.value("team")?;
        me(connection).map(|account| Account { label: team, ..account })
    }
}

impl TokenResponse for KeptPlaceholder {
    fn read(_: TokenResponseContext, response: Response) -> Result<Tokens, Failure> {
        let token = response.json()?.text("/access_token")?;
        let mut tokens = Tokens::new(token.clone());
        tokens.kept.push(("team".to_owned(), token));
        Ok(tokens)
    }
}

jackfield_sdk::export!(KeptPlaceholder with token_response);
