//! Connecting, the browser's side: the page behind a link, the start, and the provider's callback.

mod callback;
mod hop;
mod page;
mod start;

use jackfield_model::{
    secret::Secret,
    session::{ConnectSession, Stage},
};
use jackfield_store::{StoreError, Versioned};
use url::Url;

pub use callback::{Callback, CallbackError};
pub(super) use hop::Hops;
pub use hop::Onward;
pub use page::ConnectPage;
pub(super) use start::requested;
pub use start::{BrowserCookie, StartError, StartForm, Started};

use super::{ResolveError, Service};

/// Why a link leads nowhere. What a person reads; nothing was changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LinkError {
    /// Nobody made it.
    #[error("this link is not one we know: ask for a new one where you got it")]
    Unknown,
    /// It is too old.
    #[error("this link has expired: ask for a new one where you got it")]
    Expired,
    /// It was used.
    #[error("this link has been used: the connection is made")]
    Used,
    /// It ended without a connection.
    #[error("this link is finished and made no connection: ask for a new one where you got it")]
    Ended,
    /// The connector cannot be used now.
    #[error(transparent)]
    Connector(#[from] ResolveError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// The session behind a link that can still be used.
    async fn open_session(&self, link: &Secret) -> Result<Versioned<ConnectSession>, LinkError> {
        let session = self.store().sessions().find(link).await?.ok_or(LinkError::Unknown)?;
        match session.stage {
            Stage::Completed { .. } | Stage::Choosing { .. } => Err(LinkError::Used),
            Stage::Ended { .. } => Err(LinkError::Ended),
            Stage::Open | Stage::Parked { .. } if session.expires_at <= self.now() => Err(LinkError::Expired),
            Stage::Open | Stage::Parked { .. } => Ok(session),
        }
    }
}

/// Where a person goes back to: the session's registered URL, with what the application needs to finish.
fn return_to(session: &ConnectSession, parameters: &[(&str, &str)]) -> String {
    // A registered return URL parsed when it was registered.
    let Ok(mut url) = Url::parse(&session.return_url) else { return session.return_url.clone() };
    url.query_pairs_mut().append_pair("session", &session.id.to_string()).extend_pairs(parameters);
    url.into()
}
