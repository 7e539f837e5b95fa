//! The audit log: who did what to what, without secrets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{EventId, TenantId};

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Its id; sorts by time.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// Who: an API key's id, `operator` on the command line, `end-user`, or `host`.
    pub by: String,
    /// What: `connector.installed`, `client.added`, `connection.deleted`, …
    pub kind: String,
    /// Whose it is; none for the operator's own.
    pub tenant: Option<TenantId>,
    /// To what: an id or a connector's name.
    pub subject: String,
    /// One sentence for a person, where there is something to say.
    pub note: Option<String>,
    /// The id of the request it was done for; none for what the host does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}
