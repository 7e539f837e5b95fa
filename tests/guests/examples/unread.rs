//! Reads no answer of a token endpoint that names a scope, and finds out at its provider what it points at.

use jackfield_guests::{manifest, me, oauth2};
use jackfield_sdk::hooks::{Target, TokenResponseContext, Tokens};
use jackfield_sdk::{
    Account, AuthMethod, Connection, Connector, Discover, Failure, Hook, Manifest, RequestPattern, Response,
    Revocation, TokenResponse,
};

struct Unread;

impl Connector for Unread {
    fn manifest() -> Manifest {
        let oauth2 = oauth2().revoke_url("https://login.test/revoke");
        let code = AuthMethod::oauth2_code("code", "Sign in", oauth2).revocation(Revocation::Rfc7009);
        manifest("unread").auth_method(code).hook_requests(Hook::Discover, RequestPattern::new(&["GET"], "api", "/me"))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

impl TokenResponse for Unread {
    fn read(_: TokenResponseContext, response: Response) -> Result<Tokens, Failure> {
        let answer = response.json()?;
        if answer.find("/scope").is_some() {
            return Err(Failure::reauthorize("unread", "This answer is not read."));
        }
        let mut tokens = Tokens::new(answer.text("/access_token")?);
        tokens.refresh_token = answer.find("/refresh_token");
        tokens.expires = answer.find("/expires_in");
        Ok(tokens)
    }
}

impl Discover for Unread {
    fn targets(connection: &Connection) -> Result<Vec<Target>, Failure> {
        me(connection).map(|account| vec![Target::new("1", &account.label)])
    }
}

jackfield_sdk::export!(Unread with token_response, discover);
