//! Which of several tokens a proxied request takes: the one its caller names, else the one that the connection's own
//! actions need there, else the first.

use http::Method;
use jackfield_model::{
    credential::Credential,
    manifest::{Action, OAuth2},
    path::ReadPath,
};
use jackfield_runtime::egress::PublicValues;

use super::{RefreshError, refresh::known, resolve::Party};

/// A request as far as it decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) method: &'a Method,
    /// The id of the origin it goes to.
    pub(super) origin: &'a str,
    /// Its path, as it is sent.
    pub(super) path: &'a ReadPath,
    /// The token its caller names.
    pub(super) token: Option<&'a str>,
}

/// The token of a request.
pub(super) struct Led {
    /// What the method calls it; empty for the only one.
    pub(super) token: String,
    /// The credential led by it; none where it leads already, or is no set of tokens.
    pub(super) credential: Option<Credential>,
}

/// The token of a request, and the credential led by it.
pub(super) fn credential_for(
    party: &Party,
    credential: &Credential,
    values: &PublicValues,
    wanted: Wanted<'_>,
) -> Result<Led, RefreshError> {
    let connection = &party.connection;
    let by_action = || by_action(party, values, wanted).filter(|name| connection.token(name).is_some());
    let name = wanted.token.or_else(by_action).unwrap_or(connection.first_token());
    let state = known(connection, name)?;
    if state.lost && !connection.tokens.is_empty() {
        return Err(RefreshError::TokenLost(state.name));
    }
    let led = if name == connection.first_token() { None } else { credential.led_by(name) };
    Ok(Led { token: state.name, credential: led })
}

/// What the actions the connection was made for need at this place; the first that says something decides.
fn by_action<'a>(party: &'a Party, values: &PublicValues, wanted: Wanted<'_>) -> Option<&'a str> {
    let oauth2 = party.method.kind.oauth2().filter(|oauth2| !oauth2.response.tokens.is_empty())?;
    let chosen = party.manifest().actions.iter().filter(|action| party.connection.actions.contains(&action.id));
    let mut here = chosen.filter(|action| {
        action.requests.iter().any(|request| {
            let pattern = request.path.fill(|key| values.get(key)).unwrap_or_default();
            request.origin == wanted.origin
                && request.methods.iter().any(|method| method == wanted.method.as_str())
                && wanted.path.matches(&pattern)
        })
    });
    here.find_map(|action| token_of(action, oauth2, |scope| party.connection.grant.granted.contains(scope)))
}

/// The token whose scopes an action needs: of the first alternative that was granted.
fn token_of<'a>(action: &Action, oauth2: &'a OAuth2, granted: impl Fn(&String) -> bool) -> Option<&'a str> {
    let scope = action.any_of.iter().find(|set| set.iter().all(&granted))?.first()?;
    oauth2.token_of(scope).map(|token| token.name.as_str())
}
