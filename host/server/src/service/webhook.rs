//! Webhooks: made, changed, tried, given new secrets, paused and removed.

mod send;
mod sign;

use std::collections::BTreeSet;

use jackfield_model::{
    event::EventType,
    id::{TenantId, WebhookId},
    message::Message,
    secret::Secret,
    webhook::{BOTH_SECRETS_HOURS, Pause, PauseCause, Webhook},
};
use jackfield_store::{DueMessage, StoreError, Versioned};
use jiff::SignedDuration;

use super::{
    Service,
    list::{List, ListError, Page, Turn},
    outbox::WEBHOOKS_LIMIT,
};

/// The longest address of a webhook, in bytes.
const URL_LIMIT: usize = 2048;
/// A webhook that nothing arrived at for this long is paused.
const PAUSED_AFTER: SignedDuration = SignedDuration::from_hours(3 * 24);
/// When the host looks after a test that was cut off.
const TEST_LEFT: SignedDuration = SignedDuration::from_hours(1);

/// A webhook to make.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Where it is sent.
    pub url: String,
    /// What it hears of; empty is everything.
    pub events: BTreeSet<EventType>,
}

/// What to change; absent stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    /// Another address.
    pub url: Option<String>,
    /// What it hears of, all of it.
    pub events: Option<BTreeSet<EventType>>,
    /// Whether it is paused.
    pub paused: Option<bool>,
}

/// Why a webhook could not be made or changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WebhookError {
    /// The address.
    #[error("the webhook's address cannot be used: {0}")]
    Url(String),
    /// Too many.
    #[error("a tenant has at most {WEBHOOKS_LIMIT} webhooks: remove one first")]
    TooMany,
    /// It is not there.
    #[error("there is no such webhook")]
    NotFound,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Makes a webhook; its secret is shown this once.
    pub async fn create_webhook(
        &self,
        tenant: TenantId,
        new: NewWebhook,
        by: &str,
    ) -> Result<(Webhook, Secret), WebhookError> {
        self.check_webhook_url(&new.url)?;
        if self.store().webhooks().list(tenant, None, WEBHOOKS_LIMIT).await?.items.len() >= WEBHOOKS_LIMIT {
            return Err(WebhookError::TooMany);
        }
        let now = self.now();
        let webhook = Webhook {
            id: WebhookId::new(now, self.id_bits()?),
            tenant,
            url: new.url,
            events: new.events,
            generation: 1,
            former_until: None,
            failing_since: None,
            paused: None,
            created_at: now,
        };
        let secret = sign::secret(self.random_bytes()?);
        let mut change = self.making(tenant, by, "webhook.created", &webhook.id.to_string()).await?;
        self.store().tenants().hold(&mut change, tenant);
        self.store().webhooks().insert(&mut change, &webhook, &secret).await?;
        self.store().commit(change).await?;
        Ok((webhook, secret))
    }

    /// A page of a tenant's webhooks, oldest first.
    pub async fn webhooks_page(&self, tenant: TenantId, turn: &Turn) -> Result<Page<Webhook>, ListError> {
        let list = List::of("webhooks", Some(tenant), &());
        let after = self.position(&list, turn)?;
        let stored = self.store().webhooks().list(tenant, after.as_deref(), turn.limit).await?;
        Ok(self.page(&list, stored, |webhook| webhook.record))
    }

    /// One webhook of a tenant.
    pub async fn webhook(&self, tenant: TenantId, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        Ok(self.store().webhooks().get(tenant, id).await?.map(|webhook| webhook.record))
    }

    /// Changes a webhook. One that goes on after a pause hears of what comes; what it missed is replayed on request.
    pub async fn change_webhook(
        &self,
        tenant: TenantId,
        id: WebhookId,
        change: WebhookChange,
        by: &str,
    ) -> Result<Webhook, WebhookError> {
        let mut webhook = self.stored_webhook(tenant, id).await?;
        if let Some(url) = change.url {
            self.check_webhook_url(&url)?;
            webhook.url = url;
            webhook.failing_since = None;
        }
        if let Some(events) = change.events {
            webhook.events = events;
        }
        match change.paused {
            Some(true) if webhook.paused.is_none() => {
                webhook.paused = Some(Pause { since: self.now(), because: PauseCause::Asked });
            }
            Some(false) => {
                webhook.paused = None;
                webhook.failing_since = None;
            }
            _ => {}
        }
        let mut staged = self.audited_for(tenant, by, "webhook.changed", &id.to_string())?;
        self.store().webhooks().update(&mut staged, &mut webhook)?;
        self.store().commit(staged).await?;
        Ok(webhook.record)
    }

    /// Gives a webhook a new secret, shown this once; the one before signs too for a day.
    pub async fn rotate_webhook_secret(
        &self,
        tenant: TenantId,
        id: WebhookId,
        by: &str,
    ) -> Result<(Webhook, Secret), WebhookError> {
        let mut webhook = self.stored_webhook(tenant, id).await?;
        let secret = sign::secret(self.random_bytes()?);
        webhook.former_until = Some(self.now() + SignedDuration::from_hours(BOTH_SECRETS_HOURS));
        let mut change = self.audited_for(tenant, by, "webhook.secret-rotated", &id.to_string())?;
        self.store().webhooks().put_secret(&mut change, &mut webhook, &secret).await?;
        self.store().commit(change).await?;
        Ok((webhook.record, secret))
    }

    /// Removes a webhook; what waits for it is dropped.
    pub async fn remove_webhook(&self, tenant: TenantId, id: WebhookId, by: &str) -> Result<(), WebhookError> {
        self.stored_webhook(tenant, id).await?;
        let mut change = self.audited_for(tenant, by, "webhook.removed", &id.to_string())?;
        self.store().webhooks().delete(&mut change, tenant, id).await?;
        Ok(self.store().commit(change).await?)
    }

    /// Sends a webhook a test, once, and answers what became of it.
    pub async fn test_webhook(&self, tenant: TenantId, id: WebhookId, by: &str) -> Result<Message, WebhookError> {
        let webhook = self.stored_webhook(tenant, id).await?;
        let owner = self.tenant(tenant).await?.ok_or(WebhookError::NotFound)?;
        let mut message = self.test_message(&webhook, &owner)?;
        // Sent right here; the index is for a host that stops before it could.
        message.next_at = Some(self.now() + TEST_LEFT);
        let mut change = self.audited_for(tenant, by, "webhook.tested", &id.to_string())?;
        self.store().messages().insert(&mut change, &message)?;
        self.store().commit(change).await?;
        let (service, due) = (self.clone(), DueMessage { tenant, message: message.id });
        let sent = self.outlive(async move { Box::pin(service.deliver(due)).await }).await;
        sent.transpose()?;
        Ok(self.message(tenant, message.id).await?.unwrap_or(message))
    }

    /// Notes what a try says about the webhook itself: that it works, or how long it has not.
    pub(super) async fn learn(&self, webhook: &Webhook, arrived: bool, status: Option<u16>) -> Result<(), StoreError> {
        let now = self.now();
        let webhooks = self.store().webhooks();
        let amended = webhooks.amend(webhook.tenant, webhook.id, |found, change| {
            if arrived {
                return Ok(found.failing_since.take().is_some());
            }
            let since = *found.failing_since.get_or_insert(now);
            let cause = match status {
                Some(410) => Some(PauseCause::Gone),
                _ if now.duration_since(since) >= PAUSED_AFTER => Some(PauseCause::Failing),
                _ => None,
            };
            let Some(because) = cause.filter(|_| found.paused.is_none()) else { return Ok(since == now) };
            found.paused = Some(Pause { since: now, because });
            *change = self.audited_for(found.tenant, "host", "webhook.paused", &found.id.to_string())?;
            Ok(true)
        });
        let paused = amended.await?.is_some_and(|found| found.paused.is_some() && webhook.paused.is_none());
        if paused {
            tracing::warn!(webhook = %webhook.id, "a webhook is paused: nothing arrives there");
        }
        Ok(())
    }

    async fn stored_webhook(&self, tenant: TenantId, id: WebhookId) -> Result<Versioned<Webhook>, WebhookError> {
        self.store().webhooks().get(tenant, id).await?.ok_or(WebhookError::NotFound)
    }

    /// As far as the text goes; where the name leads is judged at every try.
    fn check_webhook_url(&self, url: &str) -> Result<(), WebhookError> {
        if url.len() > URL_LIMIT {
            return Err(WebhookError::Url(format!("it has more than {URL_LIMIT} bytes")));
        }
        let parsed = url::Url::parse(url).map_err(|_| WebhookError::Url("it is no whole URL".to_owned()))?;
        let judged = self.parts.outbound.egress().judge_endpoint(send::EGRESS_NAME, &parsed);
        judged.map(drop).map_err(|denial| WebhookError::Url(denial.message))
    }
}
