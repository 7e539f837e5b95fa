//! Tenants: made, changed and removed by the operator.

use jackfield_model::{
    brand::{Brand, is_mailbox},
    id::TenantId,
    origin::{Origin, Scheme},
    tenant::{Notices, Tenant},
};
use jackfield_store::{Change, StoreError};
use url::Url;

use super::{BrandChange, FieldFault, Service, client::told};

/// The longest name of a tenant, in characters.
const NAME_LIMIT: usize = 120;

/// A tenant to make.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its name, shown on its pages.
    pub name: String,
    /// The exact URLs people may be sent back to.
    pub return_urls: Vec<String>,
}

/// What to change; absent stays.
#[derive(Debug, Clone, Default)]
pub struct TenantChange {
    /// A new name.
    pub name: Option<String>,
    /// New return URLs, all of them.
    pub return_urls: Option<Vec<String>>,
    /// What its people are told, all of it.
    pub notices: Option<Notices>,
    /// A new brand, all of it but its files.
    pub brand: Option<BrandChange>,
}

/// Why a tenant could not be made or changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TenantError {
    /// The name.
    #[error("a tenant's name is one line of 1 to {NAME_LIMIT} characters")]
    Name,
    /// A return URL.
    #[error("`{0}` is no return URL: give a whole https URL without a fragment")]
    ReturnUrl(String),
    /// Its notices.
    #[error("{0}")]
    Notices(&'static str),
    /// Its brand.
    #[error("{}", told(.0))]
    Brand(Vec<FieldFault>),
    /// It is not there.
    #[error("there is no such tenant")]
    NotFound,
    /// It still owns connections.
    #[error("the tenant still has connections: delete them first, so that each is revoked")]
    HasConnections,
    /// Its keys are still needed to end what was made in its name.
    #[error(
        "the tenant's deleted connections are not all revoked yet, or a person's other account waits for a choice: its keys are needed until then; try again when the providers have answered, in a few weeks at most"
    )]
    Awaited,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Makes a tenant.
    pub async fn create_tenant(&self, new: NewTenant, by: &str) -> Result<Tenant, TenantError> {
        let now = self.now();
        let tenant = Tenant {
            id: TenantId::new(now, self.id_bits()?),
            name: name(&new.name)?,
            return_urls: self.return_urls(new.return_urls)?,
            brand: Brand::default(),
            notices: Notices::default(),
            created_at: now,
        };
        let mut change = self.making(tenant.id, by, "tenant.created", &tenant.id.to_string()).await?;
        self.store().tenants().insert(&mut change, &tenant)?;
        self.store().commit(change).await?;
        Ok(tenant)
    }

    /// Every tenant.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        let page = self.store().tenants().list(None, usize::MAX).await?;
        Ok(page.items.into_iter().map(|tenant| tenant.record).collect())
    }

    /// One tenant.
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        Ok(self.store().tenants().get(id).await?.map(|tenant| tenant.record))
    }

    /// Changes a tenant.
    pub async fn change_tenant(&self, id: TenantId, change: TenantChange, by: &str) -> Result<Tenant, TenantError> {
        let mut tenant = self.store().tenants().get(id).await?.ok_or(TenantError::NotFound)?;
        if let Some(given) = change.name {
            tenant.name = name(&given)?;
        }
        if let Some(urls) = change.return_urls {
            tenant.return_urls = self.return_urls(urls)?;
        }
        if let Some(brand) = &change.brand {
            self.rebrand(&mut tenant, brand).await?;
        }
        let before = tenant.notices.clone();
        if let Some(notices) = change.notices {
            tenant.notices = checked(notices)?;
        }
        let mut staged = self.audited_for(id, by, "tenant.changed", &id.to_string())?;
        self.store().tenants().update(&mut staged, &mut tenant).await?;
        let changed = tenant.record.clone();
        let noted = move |service: &Self| {
            service.habits.note(&changed);
            if (&before.days, before.verify_every_hours) != (&changed.notices.days, changed.notices.verify_every_hours)
            {
                service.look_anew(id);
            }
        };
        self.commit_then(staged, noted).await?;
        Ok(tenant.record)
    }

    /// Removes a tenant without connections of which nothing waits to be revoked, and with it its API keys and its own clients.
    pub async fn remove_tenant(&self, id: TenantId, by: &str) -> Result<(), TenantError> {
        let (service, by) = (self.clone(), by.to_owned());
        // In a task of its own: once the tenant is gone, its keys are forgotten, though the caller may have gone.
        self.to_its_end(async move { Box::pin(service.remove_tenant_now(id, &by)).await }).await
    }

    async fn remove_tenant_now(&self, id: TenantId, by: &str) -> Result<(), TenantError> {
        if self.store().tenants().get(id).await?.is_none() {
            // One that is asked for again, since the host broke off in the middle of it.
            self.end_what_came_late(id).await?;
            self.store().contacts().clear(id).await?;
            return Err(TenantError::NotFound);
        }
        let mut change = self.audited_for(id, by, "tenant.removed", &id.to_string())?;
        self.end_what_is_of(&mut change, id).await?;
        match self.store().tenants().delete(id, change).await {
            Err(StoreError::InUse) => return Err(TenantError::HasConnections),
            Err(StoreError::Awaited) => return Err(TenantError::Awaited),
            other => other?,
        }
        self.end_what_came_late(id).await?;
        Ok(self.store().contacts().clear(id).await?)
    }

    /// Ends what was made between the look at what a tenant had and its end, and forgets who called with its keys. From then on
    /// nothing is made: whoever makes something holds the tenant. Its data keys are not looked at again: a revocation that waits
    /// in no tenant may need one.
    async fn end_what_came_late(&self, id: TenantId) -> Result<(), StoreError> {
        loop {
            let mut late = Change::new();
            self.end_what_is_of(&mut late, id).await?;
            if late.is_empty() {
                self.callers.forget_all_of(id);
                return Ok(());
            }
            match self.store().commit(late).await {
                // Somebody ended some of it just now.
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Stages the end of a tenant's API keys, clients and webhooks.
    async fn end_what_is_of(&self, change: &mut Change, id: TenantId) -> Result<(), StoreError> {
        for key in self.api_keys().await?.iter().filter(|key| key.tenant == Some(id)) {
            self.store().api_keys().delete(change, key.id).await?;
        }
        for client in self.clients().await?.iter().filter(|client| client.tenant == Some(id)) {
            let made = self.store().clients().made(client.id).await?;
            self.store().clients().delete(change, client.id, made).await?;
        }
        for webhook in self.store().webhooks().list(id, None, usize::MAX).await?.items {
            self.store().webhooks().delete(change, id, webhook.id).await?;
        }
        Ok(())
    }

    fn return_urls(&self, urls: Vec<String>) -> Result<Vec<String>, TenantError> {
        let allowed = |text: &String| is_return_url(text, self.parts.settings.http_loopback);
        match urls.iter().find(|text| !allowed(text)) {
            Some(bad) => Err(TenantError::ReturnUrl(bad.chars().take(200).collect())),
            None => Ok(urls),
        }
    }
}

/// At most ten steps of at most a year, twenty addresses, and a verify at least once a year.
fn checked(notices: Notices) -> Result<Notices, TenantError> {
    if notices.days.len() > 10 || notices.days.iter().any(|days| !(1..=365).contains(days)) {
        return Err(TenantError::Notices("`notices.days` are at most ten numbers from 1 to 365"));
    }
    if notices.addresses.len() > 20 || !notices.addresses.iter().all(|address| is_mailbox(address)) {
        return Err(TenantError::Notices("`notices.addresses` are at most twenty addresses like ada@example.com"));
    }
    if notices.verify_every_hours.is_some_and(|hours| !(1..=8760).contains(&hours)) {
        return Err(TenantError::Notices("`notices.verify_every_hours` is a number from 1 to 8760"));
    }
    Ok(notices)
}

fn name(given: &str) -> Result<String, TenantError> {
    let trimmed = given.trim();
    let fits = (1..=NAME_LIMIT).contains(&trimmed.chars().count()) && !trimmed.chars().any(char::is_control);
    if fits { Ok(trimmed.to_owned()) } else { Err(TenantError::Name) }
}

fn is_return_url(text: &str, loopback: bool) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let Ok(origin) = Origin::of(&url) else { return false };
    let local = origin.host() == "localhost" || origin.address().is_some_and(|address| address.is_loopback());
    url.fragment().is_none() && (origin.scheme() == Scheme::Https || (loopback && local))
}
