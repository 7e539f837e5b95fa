//! The way back to the application: its registered URL, and the window that opened ours, where it may be told.

use jackfield_model::{id::TenantId, origin::Origin, session::ConnectSession};
use url::Url;

/// Where a person goes back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// Whose session it was.
    pub tenant: TenantId,
    /// The session's registered URL, with what the application needs to finish.
    pub url: String,
    /// The only origin that may be told, where the session names one.
    pub opener: Option<Origin>,
    /// What it is told: the parameters of the URL.
    pub told: Vec<(&'static str, String)>,
}

impl Back {
    /// The way back of a session; `how` is `ticket`, `error`, or nothing to say.
    pub(super) fn of(session: &ConnectSession, how: Option<(&'static str, &str)>) -> Self {
        let mut told = vec![("session", session.id.to_string())];
        told.extend(how.map(|(name, value)| (name, value.to_owned())));
        // A registered return URL parsed when it was registered.
        let url = Url::parse(&session.return_url).map_or_else(
            |_| session.return_url.clone(),
            |mut url| {
                url.query_pairs_mut().extend_pairs(&told);
                url.into()
            },
        );
        Self { tenant: session.tenant, url, opener: session.opener.clone(), told }
    }

    /// The way back for a link that leads nowhere any more.
    pub fn over(session: &ConnectSession, code: &str) -> Self {
        Self::of(session, Some(("error", code)))
    }
}
