//! Events: changes of connections as they leave the host. No secret is in them, and no word a provider chose.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    connection::Connection,
    failure::{Advice, Failure},
    id::{ConnectionId, EventId, TenantId},
    notice::Notice,
    status::Status,
};

/// What happened, in one stable word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("examples" = ["connection.active"]))]
pub enum EventType {
    /// A connection was made.
    #[serde(rename = "connection.created")]
    Created,
    /// It works, for the first time or again.
    #[serde(rename = "connection.active")]
    Active,
    /// It works, and its permission ends soon.
    #[serde(rename = "connection.expiring")]
    Expiring,
    /// A refresh went out and its answer is unknown.
    #[serde(rename = "connection.uncertain")]
    Uncertain,
    /// It does not work for a stated reason.
    #[serde(rename = "connection.failing")]
    Failing,
    /// A person has to consent again.
    #[serde(rename = "connection.needs-reauthorization")]
    NeedsReauthorization,
    /// A person consented again.
    #[serde(rename = "connection.reauthorized")]
    Reauthorized,
    /// Another account took the place of its own, as somebody asked.
    #[serde(rename = "connection.account-replaced")]
    AccountReplaced,
    /// It has another name.
    #[serde(rename = "connection.renamed")]
    Renamed,
    /// It is gone.
    #[serde(rename = "connection.deleted")]
    Deleted,
    /// Nothing happened: somebody tries a webhook.
    #[serde(rename = "webhook.test")]
    Test,
}

impl EventType {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "connection.created",
            Self::Active => "connection.active",
            Self::Expiring => "connection.expiring",
            Self::Uncertain => "connection.uncertain",
            Self::Failing => "connection.failing",
            Self::NeedsReauthorization => "connection.needs-reauthorization",
            Self::Reauthorized => "connection.reauthorized",
            Self::AccountReplaced => "connection.account-replaced",
            Self::Renamed => "connection.renamed",
            Self::Deleted => "connection.deleted",
            Self::Test => "webhook.test",
        }
    }

    /// What a line of the timeline is to others, whatever the status.
    pub fn of_kind(kind: &str) -> Option<Self> {
        match kind {
            "created" | "imported" => Some(Self::Created),
            "reauthorized" => Some(Self::Reauthorized),
            "account-replaced" => Some(Self::AccountReplaced),
            "renamed" => Some(Self::Renamed),
            "deleted" | "import-refused" => Some(Self::Deleted),
            // Said at every step of the ladder, though the status changes at the first only.
            "nears-end" => Some(Self::Expiring),
            _ => None,
        }
    }

    /// What another status is to others; none where another event says it.
    pub fn of_status(status: Status) -> Option<Self> {
        match status {
            Status::Pending | Status::Revoked => None,
            Status::Active => Some(Self::Active),
            Status::Expiring => Some(Self::Expiring),
            Status::Uncertain => Some(Self::Uncertain),
            Status::NeedsReauthorization => Some(Self::NeedsReauthorization),
            Status::Failing => Some(Self::Failing),
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A change on its way out: written in the commit of the change itself, gone once every message about it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The id of its line in the timeline.
    pub id: EventId,
    /// Whose connection.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
    /// What applications hear, in this order.
    pub events: Vec<EventType>,
    /// What people hear.
    pub notice: Option<Notice>,
    /// The connection as it was then.
    pub about: About,
}

/// What is said of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The connection.
    pub connection: ConnectionId,
    /// The connector, by name.
    pub connector: String,
    /// The person it belongs to, by the application's id.
    pub end_user: Option<String>,
    /// What people call it.
    pub name: String,
    /// How it stands.
    pub status: Status,
    /// The account's label.
    pub account: Option<String>,
    /// Why it stands badly.
    pub reason: Option<Reason>,
    /// When its permission ends, where that is known.
    pub ends_at: Option<Timestamp>,
}

impl About {
    /// What is said of a connection as it stands.
    pub fn of(connection: &Connection) -> Self {
        Self {
            connection: connection.id,
            connector: connection.connector.clone(),
            end_user: connection.end_user.clone(),
            name: connection.name.clone(),
            status: connection.status,
            account: connection.account.as_ref().map(|account| account.label.clone()),
            reason: connection.failure.as_ref().map(Reason::of),
            ends_at: match (connection.status, connection.said.ends) {
                (Status::Expiring, Some(end)) => Some(end.at),
                _ => connection.clocks.grant.map(|grant| grant.at),
            },
        }
    }
}

/// Why a connection stands badly, in our own words: what a provider said may quote anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EventReason")]
pub struct Reason {
    /// What to do about it, in one word.
    #[schemars(example = &"reauthorize")]
    pub advice: String,
    /// Stable, for programs.
    #[schemars(example = &"invalid_grant")]
    pub code: String,
    /// What it means, for a person.
    #[schemars(example = &"The permission at the service has ended: connect again.")]
    pub words: String,
}

impl Reason {
    /// The reason that a failure is to others.
    pub fn of(failure: &Failure) -> Self {
        let words = match failure.advice {
            Advice::Reauthorize => "The permission at the service has ended: connect again.",
            Advice::InsufficientScope(_) => "A permission is missing: connect again and allow it.",
            Advice::Misconfigured => "Something is set up wrongly: whoever runs this has to mend it.",
            Advice::Retry(_) => "The service asks to wait: it is tried again.",
            Advice::ProviderDown => "The service does not answer as it should: it is tried again.",
            Advice::Unsupported => "The service cannot do this.",
            Advice::Other(_) => "The service refuses.",
        };
        Self { advice: failure.advice.word().to_owned(), code: failure.code.clone(), words: words.to_owned() }
    }
}
