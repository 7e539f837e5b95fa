//! Files of brands, by what is in them. Their bytes lie in parts; they are public, so nothing is sealed.

use std::collections::BTreeSet;

use jackfield_model::id::TenantId;
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    components::digest_of,
    core::{Core, Order},
    error::{Cause, StoreError, unreadable},
    schema::{BRAND_FILE, BRAND_FILE_PART},
};

const PART: usize = 24 * 1024;
/// The longest file: what a brand may have is far below.
const FILE_LIMIT: usize = 2 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
pub(crate) struct Head {
    media_type: String,
    parts: usize,
}

/// A file of a brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its media type.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Files of brands: each tenant's its own, found by its digest.
pub struct BrandFiles<'a>(pub(crate) &'a Core);

impl BrandFiles<'_> {
    /// Stages a file; answers its digest. The same file again changes nothing.
    pub fn put(&self, change: &mut Change, tenant: TenantId, file: &StoredFile) -> Result<String, StoreError> {
        if file.bytes.len() > FILE_LIMIT {
            return Err(StoreError::TooLarge { bytes: file.bytes.len(), limit: FILE_LIMIT });
        }
        let digest = digest_of(&file.bytes);
        let head = Head { media_type: file.media_type.clone(), parts: file.bytes.chunks(PART).count() };
        change.put(BRAND_FILE, BRAND_FILE.key(&[&tenant, &digest]), &head)?;
        for (number, part) in file.bytes.chunks(PART).enumerate() {
            change.write(BRAND_FILE_PART.key(&[&tenant, &digest, &number]), part.to_vec());
        }
        Ok(digest)
    }

    /// A tenant's file.
    pub async fn get(&self, tenant: TenantId, digest: &str) -> Result<Option<StoredFile>, StoreError> {
        let key = BRAND_FILE.key(&[&tenant, &digest]);
        let Some(head) = self.0.get::<Head>(BRAND_FILE, &key).await? else { return Ok(None) };
        let mut bytes = Vec::new();
        for number in 0..head.parts {
            let part = self.0.engine.get(&BRAND_FILE_PART.key(&[&tenant, &digest, &number])).await?;
            // Let go of between two reads: gone is gone.
            let Some(part) = part else { return Ok(None) };
            bytes.extend(part);
        }
        if digest_of(&bytes) != digest {
            return Err(unreadable(&key, Cause::Damaged).into());
        }
        Ok(Some(StoredFile { media_type: head.record.media_type, bytes }))
    }

    /// Stages the end of a tenant's files, those of these digests.
    pub async fn delete(
        &self,
        change: &mut Change,
        tenant: TenantId,
        digests: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        for digest in digests {
            change.delete(BRAND_FILE.key(&[&tenant, digest]));
            let prefix = BRAND_FILE_PART.prefix(&[&tenant, digest]);
            let (parts, _) = self.0.scan(&prefix, None, usize::MAX, Order::Oldest).await?;
            for (key, _) in parts {
                change.delete(key);
            }
        }
        Ok(())
    }
}
