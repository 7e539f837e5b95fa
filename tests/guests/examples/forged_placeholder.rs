//! Reads a token response and answers with a placeholder it made up: it stands for nothing and must be refused.

use jackfield_guests::{manifest, me, oauth2};
use jackfield_sdk::hooks::{TokenResponseContext, Tokens};
use jackfield_sdk::{Account, AuthMethod, Connection, Connector, Failure, Manifest, Response, TokenResponse};

struct ForgedPlaceholder;

impl Connector for ForgedPlaceholder {
    fn manifest() -> Manifest {
        manifest("forged-placeholder").auth_method(AuthMethod::oauth2_code("code", "Sign in", oauth2()))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

impl TokenResponse for ForgedPlaceholder {
    fn read(_: TokenResponseContext, response: Response) -> Result<Tokens, Failure> {
        // As long as a real one, and as alike as a guess can be: one character of a real one is changed.
        let real = response.json()?.text("/access_token")?;
        let last = if real.ends_with('0') { '1' } else { '0' };
        let forged: String = real.chars().take(real.chars().count().saturating_sub(1)).chain([last]).collect();
        Ok(Tokens::new(forged))
    }
}

jackfield_sdk::export!(ForgedPlaceholder with token_response);
