//! Sites: under which host name a tenant's pages live, and whose pages a host name shows.

use jackfield_model::tenant::Tenant;
use jackfield_store::StoreError;
use url::Url;

use super::Service;

impl Service {
    /// The tenant whose pages are at a host name; the name as browsers say it, with or without a port.
    pub async fn tenant_at(&self, host: &str) -> Result<Option<Tenant>, StoreError> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let Ok(name) = name.parse() else { return Ok(None) };
        Ok(self.store().tenants().at(&name).await?.map(|tenant| tenant.record))
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
