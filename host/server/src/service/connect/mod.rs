//! Connecting, the browser's side: the page behind a link, the start, and the provider's callback.

mod back;
mod callback;
mod hop;
mod page;
mod pick;
mod start;
mod take;

use jackfield_model::{
    secret::Secret,
    session::{ConnectSession, Stage},
};
use jackfield_store::{StoreError, Versioned};

pub use back::Back;
pub use callback::{Callback, CallbackError};
pub(super) use hop::Hops;
pub use hop::Onward;
pub use page::ConnectPage;
pub use pick::{LinkPage, PickPage};
pub(super) use start::requested;
pub use start::{BrowserCookie, StartError, StartForm, Started};
pub use take::TakeError;

use super::{ResolveError, Service};

/// Why a link leads nowhere. What a person reads; nothing was changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LinkError {
    /// Nobody made it.
    #[error("this link is not one we know: ask for a new one where you got it")]
    Unknown,
    /// It is too old.
    #[error("this link has expired: ask for a new one where you got it")]
    Expired(Box<ConnectSession>),
    /// It was used.
    #[error("this link has been used: the connection is made")]
    Used(Box<ConnectSession>),
    /// It ended without a connection.
    #[error("this link is finished and made no connection: ask for a new one where you got it")]
    Ended(Box<ConnectSession>),
    /// What it was made to renew was deleted.
    #[error("the connection that this link renews was deleted: ask for a new link where you got it")]
    Gone(Box<ConnectSession>),
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
        let over = || Box::new(session.record.clone());
        match session.stage {
            Stage::Completed { .. } | Stage::Choosing { .. } => Err(LinkError::Used(over())),
            Stage::Ended { .. } => Err(LinkError::Ended(over())),
            Stage::Open | Stage::Parked { .. } if session.expires_at <= self.now() => Err(LinkError::Expired(over())),
            Stage::Open | Stage::Parked { .. } if !self.has_its_connection(&session).await? => {
                Err(LinkError::Gone(over()))
            }
            Stage::Open | Stage::Parked { .. } => Ok(session),
        }
    }

    /// Whether the connection that a session renews is there, where it renews one: nobody is asked for what would have no place.
    pub(super) async fn has_its_connection(&self, session: &ConnectSession) -> Result<bool, StoreError> {
        match session.connection {
            Some(id) => Ok(self.connection(session.tenant, id).await?.is_some()),
            None => Ok(true),
        }
    }
}
