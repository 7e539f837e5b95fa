//! Messages: what goes out to one place, until it arrived, was refused for good, or needs no saying any more.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    event::EventType,
    id::{ConnectionId, MessageId, TenantId, WebhookId},
    notice::Notice,
};

/// How many tries a message shows; earlier ones are counted only.
pub const ATTEMPTS_SHOWN: usize = 24;

/// A message to one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id: the same whenever it is sent, so that whoever gets it twice can tell.
    pub id: MessageId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is about.
    pub event: EventType,
    /// The connection it is about; none for several, and for tests.
    pub connection: Option<ConnectionId>,
    /// Where it goes, and what it says.
    pub content: Content,
    /// How far it is.
    pub state: MessageState,
    /// How often it was tried since it was last asked to be sent.
    pub tries: u32,
    /// The last tries.
    pub attempts: Vec<Attempt>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the host looks at it next: to send it, or, once it is over, to forget it. None while others go first.
    pub next_at: Option<Timestamp>,
}

/// Where a message goes, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Content {
    /// To a webhook.
    Webhook {
        /// Which.
        webhook: WebhookId,
        /// The body, byte for byte: what is signed.
        body: String,
    },
    /// To a person.
    Mail {
        /// The address.
        address: String,
        /// What they are called.
        name: Option<String>,
        /// The language they read; none: the brand's first.
        language: Option<String>,
        /// The person, by the application's id; none for who looks after the tenant.
        end_user: Option<String>,
        /// What they are told.
        letter: Letter,
    },
}

/// What a mail tells: facts, which are put into words when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What happened.
    pub notice: Notice,
    /// The connector, by name.
    pub connector: String,
    /// What the connection is called; of several, the first's name.
    pub connection: String,
    /// The account's label.
    pub account: Option<String>,
    /// What to do about it (`Advice::word`).
    pub advice: Option<String>,
    /// When the permission ends.
    pub ends_at: Option<Timestamp>,
    /// How many connections it is about.
    pub count: u64,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MessageState {
    /// To be sent, or to be tried again.
    Waiting,
    /// It arrived.
    Sent,
    /// It was tried as often as it may be, or was refused for good.
    Failed,
    /// What it says was not true any more before it could be sent.
    Dropped,
}

impl MessageState {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What was answered: an HTTP status, or the reply code of a mail server.
    pub status: Option<u16>,
    /// Why it did not arrive, in one word; none where it did.
    pub failure: Option<String>,
}

impl Message {
    /// The webhook it goes to; none for mails.
    pub fn webhook(&self) -> Option<WebhookId> {
        match &self.content {
            Content::Webhook { webhook, .. } => Some(*webhook),
            Content::Mail { .. } => None,
        }
    }

    /// The address it goes to; none for webhooks.
    pub fn address(&self) -> Option<&str> {
        match &self.content {
            Content::Webhook { .. } => None,
            Content::Mail { address, .. } => Some(address),
        }
    }

    /// Notes a try.
    pub fn tried(&mut self, attempt: Attempt) {
        self.tries = self.tries.saturating_add(1);
        self.attempts.push(attempt);
        if self.attempts.len() > ATTEMPTS_SHOWN {
            self.attempts.remove(0);
        }
    }
}
