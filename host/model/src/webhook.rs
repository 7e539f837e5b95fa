//! Webhooks: where a tenant's application hears of changes. What is sent follows Standard Webhooks.

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    event::EventType,
    id::{TenantId, WebhookId},
};

/// How long the secret before the last one signs too, in hours.
pub const BOTH_SECRETS_HOURS: i64 = 24;

/// A webhook, without its secret, which is sealed beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Where it is sent.
    pub url: String,
    /// What it hears of; empty is everything.
    pub events: BTreeSet<EventType>,
    /// Counts its secrets; the present one is sealed under this number.
    pub generation: u64,
    /// Until when the secret before signs too; none where there is none.
    pub former_until: Option<Timestamp>,
    /// Since when nothing arrived there; none while it works.
    pub failing_since: Option<Timestamp>,
    /// Set while nothing is sent there.
    pub paused: Option<Pause>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Why and since when nothing is sent to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "WebhookPause")]
pub struct Pause {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub because: PauseCause,
}

/// Why nothing is sent to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PauseCause {
    /// Somebody asked for it.
    Asked,
    /// Nothing arrived there for days.
    Failing,
    /// It answered 410: gone.
    Gone,
}

impl Webhook {
    /// Whether it hears of an event. A test is heard by whoever is tested.
    pub fn hears(&self, event: EventType) -> bool {
        event == EventType::Test || self.events.is_empty() || self.events.contains(&event)
    }

    /// The numbers of the secrets that sign at `now`, the present one first.
    pub fn signing(&self, now: Timestamp) -> Vec<u64> {
        let former = self.former_until.is_some_and(|until| now < until).then(|| self.generation.saturating_sub(1));
        std::iter::once(self.generation).chain(former).collect()
    }
}
