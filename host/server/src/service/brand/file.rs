//! Files of a brand: kept where they are pictures or fonts, taken away, and read.

use jackfield_model::{
    brand::{BrandFile, FileFault, Picture, examine},
    id::TenantId,
    tenant::Tenant,
};
use jackfield_store::{StoreError, StoredFile};

use crate::service::Service;

/// Why a file was not kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BrandFileError {
    /// No such tenant.
    #[error("there is no such tenant")]
    NotFound,
    /// It is none that is kept.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Keeps a file of a tenant's brand in place of an earlier one.
    pub async fn put_brand_file(
        &self,
        tenant: TenantId,
        which: BrandFile,
        bytes: Vec<u8>,
        by: &str,
    ) -> Result<Tenant, BrandFileError> {
        let media_type = examine(which, &bytes)?.to_owned();
        self.set_brand_file(tenant, which, Some(StoredFile { media_type, bytes }), by).await
    }

    /// Takes a file of a tenant's brand away.
    pub async fn remove_brand_file(
        &self,
        tenant: TenantId,
        which: BrandFile,
        by: &str,
    ) -> Result<Tenant, BrandFileError> {
        self.set_brand_file(tenant, which, None, by).await
    }

    async fn set_brand_file(
        &self,
        id: TenantId,
        which: BrandFile,
        file: Option<StoredFile>,
        by: &str,
    ) -> Result<Tenant, BrandFileError> {
        let mut tenant = self.store().tenants().get(id).await?.ok_or(BrandFileError::NotFound)?;
        let mut change = self.audited_for(id, by, &format!("tenant.{}", which.word()), &id.to_string())?;
        let picture = match file {
            Some(file) => {
                let digest = self.store().brand_files().put(&mut change, id, &file)?;
                Some(Picture { digest, media_type: file.media_type })
            }
            None => None,
        };
        let gone = tenant.brand.set_file(which, picture).into_iter().collect();
        self.store().brand_files().delete(&mut change, id, &gone).await?;
        self.store().tenants().update(&mut change, &mut tenant).await?;
        self.store().commit(change).await?;
        Ok(tenant.record)
    }

    /// A file of a tenant's brand.
    pub async fn brand_file(&self, tenant: TenantId, digest: &str) -> Result<Option<StoredFile>, StoreError> {
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_digest { self.store().brand_files().get(tenant, digest).await } else { Ok(None) }
    }
}
