//! Replaying: a message that is over is sent once more, under the same id.

use jackfield_model::{
    id::{MessageId, TenantId, WebhookId},
    message::{Message, MessageState},
};
use jackfield_store::{MessageFilter, StoreError};
use jiff::Timestamp;

use crate::service::Service;

/// How many messages are read at a time.
const STRIDE: usize = 500;

/// Why a message is not replayed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReplayError {
    /// It is not there.
    #[error("there is no such message")]
    NotFound,
    /// It is on its way.
    #[error("the message is on its way already: it is tried again by itself")]
    Waiting,
    /// Its webhook is gone.
    #[error("the webhook of this message is gone: make one, and it hears of what comes")]
    NoWebhook,
    /// Its webhook is paused.
    #[error("the webhook is paused: let it go on first")]
    Paused,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Sends a message that is over once more.
    pub async fn replay(&self, tenant: TenantId, id: MessageId, by: &str) -> Result<Message, ReplayError> {
        let mut message = self.store().messages().get(tenant, id).await?.ok_or(ReplayError::NotFound)?;
        if message.state == MessageState::Waiting {
            return Err(ReplayError::Waiting);
        }
        if let Some(webhook) = message.webhook() {
            self.check_goes_on(tenant, webhook).await?;
        }
        let mut change = self.audited_for(tenant, by, "message.replayed", &id.to_string())?;
        wait_again(&mut message, self.now());
        self.store().messages().update(&mut change, &mut message).await?;
        self.store().commit(change).await?;
        Ok(message.record)
    }

    /// Sends a webhook's failed messages since a moment once more; answers how many there are.
    pub async fn replay_failed(
        &self,
        tenant: TenantId,
        webhook: WebhookId,
        since: Timestamp,
        by: &str,
    ) -> Result<u64, ReplayError> {
        self.check_goes_on(tenant, webhook).await?;
        let filter = MessageFilter { webhook: Some(webhook), state: Some(MessageState::Failed), since: Some(since) };
        self.audit(tenant, by, "webhook.replayed", &webhook.to_string()).await?;
        let (mut count, mut after) = (0, None);
        loop {
            let page = self.store().messages().list(tenant, &filter, after.as_deref(), STRIDE).await?;
            for mut message in page.items {
                let mut change = jackfield_store::Change::new();
                wait_again(&mut message, self.now());
                self.store().messages().update(&mut change, &mut message).await?;
                match self.store().commit(change).await {
                    Ok(()) => count += 1,
                    // Replayed by somebody else.
                    Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(count);
            }
        }
    }

    async fn check_goes_on(&self, tenant: TenantId, webhook: WebhookId) -> Result<(), ReplayError> {
        let webhook = self.webhook(tenant, webhook).await?.ok_or(ReplayError::NoWebhook)?;
        if webhook.paused.is_some() { Err(ReplayError::Paused) } else { Ok(()) }
    }
}

fn wait_again(message: &mut Message, now: Timestamp) {
    message.state = MessageState::Waiting;
    message.tries = 0;
    message.next_at = Some(now);
}
