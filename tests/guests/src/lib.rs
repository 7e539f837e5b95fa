//! What the guests share: one plain manifest, and a way to say how an attempt ended.
//!
//! Every guest is an example of this package, so that each becomes a component of its own. Each is connected with an API
//! token to `provider.test`, which receives the credential; `other.test` is declared but does not.

use jackfield_sdk::{
    Account, AuthMethod, Connection, Failure, Field, Hook, Manifest, Oauth2, Origin, Request, RequestPattern, Response,
    SendError,
};

/// A manifest without a fault, named after the guest.
pub fn manifest(name: &str) -> Manifest {
    Manifest::new(name, "1.0.0", name)
        .origin(Origin::with_credential("api", "provider.test"))
        .origin(Origin::without_credential("other", "other.test"))
        .auth_method(AuthMethod::api_token("token", "API token", Field::secret("token", "API token")))
        .hook_requests(Hook::Verify, RequestPattern::new(&["GET", "POST"], "api", "/**"))
        .hook_requests(Hook::Verify, RequestPattern::new(&["GET", "POST"], "other", "/**"))
}

/// An OAuth method at `login.test`, for guests that read token responses.
pub fn oauth2() -> Oauth2 {
    Oauth2::endpoints("https://login.test/authorize", "https://login.test/token")
}

/// What an honest connector does: asks `/me` whose the credential is.
///
/// # Errors
/// As the provider or the host says.
pub fn me(connection: &Connection) -> Result<Account, Failure> {
    let me = connection.get_json("https://provider.test/me")?;
    Ok(Account::new(me.text("/id")?, me.text("/name")?))
}

/// A plain `GET`.
pub fn get(url: &str) -> Request {
    Request::get(url)
}

/// How an attempt ended, in a word or two that a test can look for.
pub fn outcome(result: &Result<Response, SendError>) -> String {
    match result {
        Ok(response) => format!("answered:{}", response.status),
        Err(SendError::Denied(denial)) => format!("denied:{}", denial.rule),
        Err(SendError::Limit(_)) => "limit".to_owned(),
        Err(SendError::Unreachable(_)) => "unreachable".to_owned(),
        Err(SendError::Other(name)) => format!("other:{name}"),
    }
}

/// Ends a call by saying how each attempt ended: `name=outcome`, separated by spaces.
///
/// # Errors
/// Always, with the code `attempted`.
pub fn attempted(outcomes: &[(&str, String)]) -> Result<Account, Failure> {
    let said: Vec<String> = outcomes.iter().map(|(name, outcome)| format!("{name}={outcome}")).collect();
    Err(Failure::unsupported("attempted", said.join(" ")))
}
