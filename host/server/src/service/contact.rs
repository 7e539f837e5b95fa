//! Contacts: how end users are reached, as the application says.

use jackfield_model::{
    brand::is_mailbox,
    id::TenantId,
    person::{Contact, Reached},
};
use jackfield_store::{Change, StoreError};

use super::{Service, session::is_end_user};

/// The longest name of a person, in characters.
const NAME_LIMIT: usize = 120;
/// The longest language tag.
const TAG_LIMIT: usize = 35;

/// Why a contact could not be kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ContactError {
    /// The address.
    #[error("`email` is an address like ada@example.com")]
    Email,
    /// The name.
    #[error("a person's name is one line of at most {NAME_LIMIT} characters")]
    Name,
    /// The language.
    #[error("`language` is a tag like en or de-AT (BCP 47)")]
    Language,
    /// The person's id.
    #[error("an end user's id is the application's own: 1 to 200 characters of plain text")]
    EndUser,
    /// Nothing is known of the person.
    #[error("no contact of this end user is known")]
    NotFound,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Keeps how an end user is reached; answers whether nothing was known before.
    pub async fn put_contact(
        &self,
        tenant: TenantId,
        end_user: &str,
        contact: Contact,
        by: &str,
    ) -> Result<(Reached, bool), ContactError> {
        let subject = format!("contact of {}", end_user.chars().take(64).collect::<String>());
        let mut change = self.audited_for(tenant, by, "contact.changed", &subject)?;
        let kept = self.keep_contact(&mut change, tenant, end_user, contact).await?;
        self.store().tenants().hold(&mut change, tenant);
        self.store().commit(change).await?;
        Ok(kept)
    }

    /// Stages how an end user is reached.
    pub(super) async fn keep_contact(
        &self,
        change: &mut Change,
        tenant: TenantId,
        end_user: &str,
        contact: Contact,
    ) -> Result<(Reached, bool), ContactError> {
        check(end_user, &contact)?;
        let before = self.store().contacts().get(tenant, end_user).await?;
        // Mail to the same address bounces whatever else is said.
        let bouncing_since = before.as_ref().filter(|before| before.contact.email == contact.email);
        let bouncing_since = bouncing_since.and_then(|before| before.bouncing_since);
        let reached = Reached { end_user: end_user.to_owned(), contact, bouncing_since, updated_at: self.now() };
        self.store().contacts().put(change, tenant, &reached)?;
        Ok((reached, before.is_none()))
    }

    /// How an end user is reached.
    pub async fn contact(&self, tenant: TenantId, end_user: &str) -> Result<Reached, ContactError> {
        let found = self.store().contacts().get(tenant, end_user).await?;
        Ok(found.ok_or(ContactError::NotFound)?.record)
    }

    /// Forgets how an end user is reached.
    pub async fn remove_contact(&self, tenant: TenantId, end_user: &str, by: &str) -> Result<(), ContactError> {
        self.contact(tenant, end_user).await?;
        let subject = format!("contact of {}", end_user.chars().take(64).collect::<String>());
        let mut change = self.audited_for(tenant, by, "contact.removed", &subject)?;
        self.store().contacts().delete(&mut change, tenant, end_user);
        Ok(self.store().commit(change).await?)
    }

    /// Notes that the mail server refuses a person's address for good.
    pub(super) async fn bounced(&self, tenant: TenantId, end_user: &str, address: &str) -> Result<(), StoreError> {
        let Some(mut found) = self.store().contacts().get(tenant, end_user).await? else { return Ok(()) };
        if found.contact.email.as_deref() != Some(address) || found.bouncing_since.is_some() {
            return Ok(());
        }
        found.bouncing_since = Some(self.now());
        let mut change = Change::new();
        self.store().contacts().update(&mut change, tenant, &mut found)?;
        // The application may say something newer.
        self.commit_unless_beaten(change).await
    }
}

fn check(end_user: &str, contact: &Contact) -> Result<(), ContactError> {
    if !is_end_user(end_user) {
        return Err(ContactError::EndUser);
    }
    if contact.email.as_deref().is_some_and(|email| !is_mailbox(email)) {
        return Err(ContactError::Email);
    }
    let name = contact.name.as_deref().unwrap_or("x").trim();
    if name.is_empty() || name.chars().count() > NAME_LIMIT || name.chars().any(char::is_control) {
        return Err(ContactError::Name);
    }
    let tag = |tag: &str| {
        let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        tag.len() <= TAG_LIMIT && tag.split('-').all(part)
    };
    if contact.language.as_deref().is_some_and(|language| !tag(language)) {
        return Err(ContactError::Language);
    }
    Ok(())
}
