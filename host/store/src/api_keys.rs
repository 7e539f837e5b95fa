//! API keys: found by what a caller presents, kept as a keyed hash of it.

use jackfield_model::{api_key::ApiKey, id::ApiKeyId, secret::Secret};
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    core::{Core, Order},
    engine::Expect,
    error::StoreError,
    record::Page,
    schema::{API_KEY, API_KEY_BY_HASH},
    seal::Purpose,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct Stored {
    key: ApiKey,
    hash: String,
}

/// API keys.
pub struct ApiKeys<'a>(pub(crate) &'a Core);

impl ApiKeys<'_> {
    /// Stages a new key with the text its holder will present.
    pub fn insert(&self, change: &mut Change, key: &ApiKey, text: &Secret) -> Result<(), StoreError> {
        let hash = self.0.keys.hash(Purpose::ApiKey, text.expose());
        let by_hash = API_KEY_BY_HASH.key(&[&hash]);
        change.expect(by_hash.clone(), Expect::Absent);
        change.write(by_hash, key.id.to_string().into_bytes());
        change.insert(API_KEY, API_KEY.key(&[&key.id]), &Stored { key: key.clone(), hash })
    }

    /// The key somebody presents.
    pub async fn find(&self, presented: &Secret) -> Result<Option<ApiKey>, StoreError> {
        let hash = self.0.keys.hash(Purpose::ApiKey, presented.expose());
        let Some(id) = self.0.pointer(&API_KEY_BY_HASH.key(&[&hash])).await? else { return Ok(None) };
        let stored = self.0.get::<Stored>(API_KEY, &API_KEY.key(&[&id])).await?;
        Ok(stored.map(|stored| stored.record).filter(|stored| stored.hash == hash).map(|stored| stored.key))
    }

    /// One key.
    pub async fn get(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        let stored = self.0.get::<Stored>(API_KEY, &API_KEY.key(&[&id])).await?;
        Ok(stored.map(|stored| stored.record.key))
    }

    /// Keys, oldest first.
    pub async fn list(&self, after: Option<&str>, limit: usize) -> Result<Page<ApiKey>, StoreError> {
        let page = self.0.page::<Stored>(API_KEY, &API_KEY.prefix(&[]), after, limit, Order::Oldest).await?;
        Ok(page.map(|stored| stored.record.key))
    }

    /// Stages the end of a key; answers whether there was one.
    pub async fn delete(&self, change: &mut Change, id: ApiKeyId) -> Result<bool, StoreError> {
        let key = API_KEY.key(&[&id]);
        let Some(stored) = self.0.get::<Stored>(API_KEY, &key).await? else { return Ok(false) };
        change.delete(API_KEY_BY_HASH.key(&[&stored.hash]));
        change.remove(API_KEY, key, stored.revision);
        Ok(true)
    }
}
