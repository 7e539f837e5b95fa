//! The one egress gate: every request of a connector, and of a caller through it, passes here.

use std::sync::Arc;

use http::{HeaderMap, Method};
use jackfield_model::origin::Origin;
use url::Url;

use super::{
    denial::Denial, origins::AllowedOrigin, placement::Placements, requests::Requests, settings::EgressSettings,
};

/// What one connection may be used for, for the time of one call.
#[derive(Debug)]
pub struct Gate {
    /// The connector's name.
    pub connector: String,
    /// Where requests may go.
    pub origins: Vec<AllowedOrigin>,
    /// Which requests.
    pub requests: Requests,
    /// What proves the connection.
    pub placements: Placements,
    /// The operator's word.
    pub egress: Arc<EgressSettings>,
}

/// A request that somebody other than the host wants to make.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The HTTP method.
    pub method: &'a Method,
    /// Where to.
    pub url: &'a Url,
    /// The headers as they were set, without the host's own.
    pub headers: &'a HeaderMap,
    /// Whether the credential is to be placed on it.
    pub credential: bool,
}

impl Gate {
    /// Judges a request by every rule that its text can be judged by; addresses are judged after resolution.
    pub fn judge(&self, asked: &Asked<'_>) -> Result<Origin, Denial> {
        let origin = self.judge_place(asked.method, asked.url, asked.credential)?;
        self.placements.judge(asked.url, asked.headers, asked.credential)?;
        Ok(origin)
    }

    /// Judges method and URL alone: scheme, origin, credential, declared request.
    pub(crate) fn judge_place(&self, method: &Method, url: &Url, credential: bool) -> Result<Origin, Denial> {
        let origin = self.egress.judge_endpoint(&self.connector, url)?;
        let here: Vec<&AllowedOrigin> = self.origins.iter().filter(|allowed| allowed.origin == origin).collect();
        if here.is_empty() {
            let message = format!(
                "`{}` did not declare the origin {origin}: its author adds it to `origins` in the manifest, and the operator approves that version",
                self.connector
            );
            return Err(Denial::new("origin-not-declared", message));
        }
        let fit: Vec<&str> = here
            .iter()
            .filter(|allowed| allowed.credential || !credential)
            .map(|allowed| allowed.id.as_str())
            .collect();
        if fit.is_empty() {
            let message = format!(
                "the credential may not go to {origin}: `{}` declares that origin without `credential`; its author may change that, and the operator approves that version",
                self.connector
            );
            return Err(Denial::new("credential-origin", message));
        }
        self.requests.judge(&self.connector, method.as_str(), &fit, url.path())?;
        Ok(origin)
    }

    /// Places the credential on a request that was judged with it; what goes into the body, [`Gate::place_in_body`] does.
    pub fn place(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), Denial> {
        self.placements.put(url, headers)
    }

    /// Whether some of the credential goes into the body, which then must be whole, a JSON object or a form.
    pub fn needs_body(&self) -> bool {
        self.placements.need_body()
    }

    /// The body with what goes there; the same where nothing does. `headers` say what kind of body it is.
    pub fn place_in_body(&self, headers: &HeaderMap, body: Vec<u8>) -> Result<Vec<u8>, Denial> {
        self.placements.put_in_body(headers, body)
    }
}

#[cfg(test)]
mod tests;
