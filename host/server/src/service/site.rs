//! Sites: under which host name a tenant's pages live, and whose pages a host name shows.

use jackfield_model::tenant::Tenant;
use jackfield_store::StoreError;
use url::Url;

use super::Service;

impl Service {
    /// The tenant whose brand has this host name.
    pub async fn tenant_at(&self, host: &str) -> Result<Option<Tenant>, StoreError> {
        let at = |tenant: &Tenant| tenant.brand.host.as_ref().is_some_and(|name| name.as_str() == host);
        Ok(self.tenants().await?.into_iter().find(at))
    }

    /// Where a tenant's pages are: its own host name, with the scheme and port browsers reach this host by.
    pub fn site_url(&self, tenant: &Tenant) -> Url {
        let mut url = self.public_url().clone();
        if let Some(host) = &tenant.brand.host {
            // A host name is one a URL takes: it was parsed as one.
            let _ = url.set_host(Some(host.as_str()));
        }
        url
    }
}
