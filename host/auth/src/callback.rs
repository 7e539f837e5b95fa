//! Reading what the browser brings back from the provider (RFC 6749 section 4.1.2, RFC 9207).

use std::{collections::BTreeMap, fmt};

use jackfield_model::{
    manifest::{KeptFrom, OAuth2},
    secret::Secret,
    session::Endpoints,
};
use url::form_urlencoded;

use crate::{provider_error::ProviderError, token};

/// The longest query that is read, in bytes.
pub const QUERY_LIMIT: usize = 16 * 1024;

/// Why a callback brings no code. Holds nothing of the query but a cleaned error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// Longer than 16 KiB.
    #[error("the callback is too long")]
    TooLong,
    /// A parameter came more than once (RFC 6749 section 3.1).
    #[error("the callback repeats a parameter")]
    Repeated,
    /// The provider said no.
    #[error(transparent)]
    Provider(ProviderError),
    /// `iss` names another issuer: a mix-up (RFC 9207 section 2.4).
    #[error("the answer comes from another issuer than the one asked")]
    WrongIssuer,
    /// `iss` is missing although the issuer announces it.
    #[error("the answer does not say which issuer it comes from, and this one always does")]
    NoIssuer,
    /// Neither a code nor an error.
    #[error("the answer holds no code")]
    NoCode,
    /// A code no provider makes.
    #[error("the code is malformed")]
    BadCode,
    /// A value to keep is against its pattern, too long or part of a secret.
    #[error("the value of `{0}` is not one the connector declared")]
    Kept(String),
}

/// A callback's parameters, each once.
pub struct Parameters(BTreeMap<String, String>);

/// What a good callback brings.
pub struct Returned {
    /// Redeemed once.
    pub code: Secret,
    /// Public values kept as fields.
    pub kept: BTreeMap<String, String>,
}

impl fmt::Debug for Parameters {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Parameters").finish_non_exhaustive()
    }
}

impl fmt::Debug for Returned {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Returned").finish_non_exhaustive()
    }
}

/// Parses a callback's query, without its question mark.
pub fn parse(query: &str) -> Result<Parameters, CallbackError> {
    if query.len() > QUERY_LIMIT {
        return Err(CallbackError::TooLong);
    }
    let mut parameters = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(CallbackError::Repeated);
        }
    }
    Ok(Parameters(parameters))
}

impl Parameters {
    /// The state, under the name it travelled by; empty counts as absent.
    pub fn state(&self, oauth2: &OAuth2) -> Option<Secret> {
        self.get(oauth2.authorize.state_parameter()).map(|state| Secret::new(state.to_owned()))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Reads the answer against the endpoints recorded at the start. The issuer is checked first,
    /// for errors too, so that another issuer's error ends nothing in this one's name.
    pub fn read(&self, oauth2: &OAuth2, endpoints: &Endpoints) -> Result<Returned, CallbackError> {
        match (self.get("iss"), &endpoints.issuer) {
            (Some(iss), Some(issuer)) if iss != issuer => return Err(CallbackError::WrongIssuer),
            (None, _) if endpoints.iss_in_callback => return Err(CallbackError::NoIssuer),
            _ => {}
        }
        if let Some(error) = self.get("error") {
            let state = self.state(oauth2);
            let shown: Vec<&Secret> = state.iter().collect();
            return Err(CallbackError::Provider(ProviderError::new(error, self.get("error_description"), &shown)));
        }
        let code = self.get(oauth2.authorize.code_parameter()).ok_or(CallbackError::NoCode)?;
        if !code.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
            return Err(CallbackError::BadCode);
        }
        let code = Secret::new(code.to_owned());
        let kept = self.kept(oauth2, &code)?;
        Ok(Returned { code, kept })
    }

    fn kept(&self, oauth2: &OAuth2, code: &Secret) -> Result<BTreeMap<String, String>, CallbackError> {
        let state = self.state(oauth2);
        let secrets: Vec<&Secret> = state.iter().chain([code]).collect();
        let mut kept = BTreeMap::new();
        for declared in &oauth2.response.keep {
            let KeptFrom::Callback(name) = &declared.place else { continue };
            let Some(value) = self.get(name) else { continue };
            if !token::may_be_kept(declared, value, &secrets) {
                return Err(CallbackError::Kept(declared.key.clone()));
            }
            kept.insert(declared.key.clone(), value.to_owned());
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests;
