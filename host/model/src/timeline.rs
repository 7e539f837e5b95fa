//! Timelines: what happened to a connection, in order, without secrets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    id::{ConnectionId, EventId, TenantId},
    status::Status,
};

/// One line of a connection's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id; sorts by time.
    pub id: EventId,
    /// The tenant.
    pub tenant: TenantId,
    /// The connection.
    pub connection: ConnectionId,
    /// When.
    pub at: Timestamp,
    /// Who: an API key's id, `end-user`, or `host`.
    pub by: String,
    /// What: `created`, `verified`, `refreshed`, `reauthorized`, `renamed`, `deleted`, …
    pub kind: String,
    /// The status afterwards.
    pub status: Status,
    /// One sentence for a person, where there is something to say.
    pub note: Option<String>,
}
