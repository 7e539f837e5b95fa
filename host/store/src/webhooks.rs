//! Webhooks, each with its secrets sealed beside it: the present one and the one before.

use jackfield_model::{
    id::{TenantId, WebhookId},
    secret::Secret,
    webhook::Webhook,
};

use crate::{
    change::Change,
    core::{Core, Order},
    error::{Cause, StoreError, unreadable},
    record::{Page, Versioned},
    schema::{WEBHOOK, WEBHOOK_SECRET},
    seal::{Context, Scope},
};

/// How often a decision is made again because the record changed under it.
const ATTEMPTS: usize = 16;

/// Webhooks.
pub struct Webhooks<'a>(pub(crate) &'a Core);

impl Webhooks<'_> {
    /// Stages a new webhook with its first secret.
    pub async fn insert(&self, change: &mut Change, webhook: &Webhook, secret: &Secret) -> Result<(), StoreError> {
        self.seal(change, webhook, secret).await?;
        change.insert(WEBHOOK, key(webhook), webhook)
    }

    /// Stages a changed webhook. Its tenant is fixed.
    pub fn update(&self, change: &mut Change, changed: &mut Versioned<Webhook>) -> Result<(), StoreError> {
        change.replace(WEBHOOK, key(changed), changed)
    }

    /// Stages a further secret; the one before stays, and those before it go.
    pub async fn put_secret(
        &self,
        change: &mut Change,
        changed: &mut Versioned<Webhook>,
        secret: &Secret,
    ) -> Result<(), StoreError> {
        if let Some(before) = changed.generation.checked_sub(1) {
            change.delete(secret_key(changed.id, before));
        }
        changed.generation += 1;
        self.seal(change, changed, secret).await?;
        self.update(change, changed)
    }

    /// Decides over the newest state of a webhook and stores the outcome, deciding again when it changed meanwhile.
    /// `decide` may stage what belongs to it, and says whether anything is to be stored.
    pub async fn amend(
        &self,
        tenant: TenantId,
        id: WebhookId,
        mut decide: impl FnMut(&mut Webhook, &mut Change) -> Result<bool, StoreError>,
    ) -> Result<Option<Versioned<Webhook>>, StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(mut found) = self.get(tenant, id).await? else { return Ok(None) };
            let mut change = Change::new();
            if !decide(&mut found.record, &mut change)? {
                return Ok(Some(found));
            }
            self.update(&mut change, &mut found)?;
            match self.0.commit(change).await {
                Ok(()) => return Ok(Some(found)),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    /// A tenant's webhook.
    pub async fn get(&self, tenant: TenantId, id: WebhookId) -> Result<Option<Versioned<Webhook>>, StoreError> {
        self.0.get(WEBHOOK, &WEBHOOK.key(&[&tenant, &id])).await
    }

    /// One of its secrets; none once it is gone.
    pub async fn secret(&self, webhook: &Webhook, generation: u64) -> Result<Option<Secret>, StoreError> {
        let key = secret_key(webhook.id, generation);
        let Some(envelope) = self.0.engine.get(&key).await? else { return Ok(None) };
        let name = webhook.id.to_string();
        let context = context(webhook, &name, generation);
        let plain = self.0.keys.open(&*self.0.engine, &context, &key, &envelope).await?;
        let text = std::str::from_utf8(&plain).map_err(|_| unreadable(&key, Cause::Damaged))?;
        Ok(Some(Secret::new(text.to_owned())))
    }

    /// A tenant's webhooks, oldest first.
    pub async fn list(
        &self,
        tenant: TenantId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Versioned<Webhook>>, StoreError> {
        self.0.page(WEBHOOK, &WEBHOOK.prefix(&[&tenant]), after, limit, Order::Oldest).await
    }

    /// Stages the end of a webhook and its secrets.
    pub async fn delete(&self, change: &mut Change, tenant: TenantId, id: WebhookId) -> Result<(), StoreError> {
        let prefix = WEBHOOK_SECRET.prefix(&[&id]);
        let (secrets, _) = self.0.scan(&prefix, None, usize::MAX, Order::Oldest).await?;
        for (key, _) in secrets {
            change.delete(key);
        }
        change.delete(WEBHOOK.key(&[&tenant, &id]));
        Ok(())
    }

    async fn seal(&self, change: &mut Change, webhook: &Webhook, secret: &Secret) -> Result<(), StoreError> {
        let key = secret_key(webhook.id, webhook.generation);
        let name = webhook.id.to_string();
        let context = context(webhook, &name, webhook.generation);
        let sealed = self.0.keys.seal(&*self.0.engine, &context, &key, secret.expose().as_bytes()).await?;
        change.write(key, sealed);
        Ok(())
    }
}

fn key(webhook: &Webhook) -> Vec<u8> {
    WEBHOOK.key(&[&webhook.tenant, &webhook.id])
}

fn secret_key(id: WebhookId, generation: u64) -> Vec<u8> {
    WEBHOOK_SECRET.key(&[&id, &generation])
}

fn context<'a>(webhook: &Webhook, record: &'a str, generation: u64) -> Context<'a> {
    Context { scope: Scope::Tenant(webhook.tenant), kind: WEBHOOK_SECRET.name, record, field: "secret", generation }
}
