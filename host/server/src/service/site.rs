//! Sites: under which host name a tenant's pages live, whose pages a host name shows, and where callbacks come to.

use jackfield_model::{client::Client, id::TenantId, tenant::Tenant};
use jackfield_store::StoreError;
use url::Url;

use super::Service;

impl Service {
    /// The tenant whose pages are at a host name; the name as browsers say it, with or without a port.
    pub async fn tenant_at(&self, host: &str) -> Result<Option<Tenant>, StoreError> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        if self.public_url().host_str() == Some(name) {
            return Ok(None);
        }
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

    /// Every site of a tenant with a host name of its own.
    pub async fn sites(&self) -> Result<Vec<Url>, StoreError> {
        let tenants = self.tenants().await?;
        Ok(tenants.iter().filter(|tenant| tenant.brand.host.is_some()).map(|tenant| self.site_url(tenant)).collect())
    }

    /// The redirect URI of a client: distinct per connector and client (ST-5), unchanged by upgrades; at the host name of the
    /// tenant it belongs to, where that has one.
    pub async fn redirect_uri(&self, client: &Client) -> Result<String, StoreError> {
        let site = self.place_url(client.tenant).await?;
        Ok(callback_at(&site, client))
    }

    /// The redirect URIs of a tenant's own clients among `clients`.
    pub async fn redirect_uris(&self, tenant: &Tenant) -> Result<Vec<(Client, String)>, StoreError> {
        let site = self.site_url(tenant);
        let own = self.clients().await?.into_iter().filter(|client| client.tenant == Some(tenant.id));
        Ok(own.map(|client| (client.clone(), callback_at(&site, &client))).collect())
    }

    /// The site of a tenant, or the host's own.
    pub(super) async fn place_url(&self, tenant: Option<TenantId>) -> Result<Url, StoreError> {
        let tenant = match tenant {
            Some(id) => self.tenant(id).await?,
            None => None,
        };
        Ok(tenant.map_or_else(|| self.public_url().clone(), |tenant| self.site_url(&tenant)))
    }

    /// Whose host name a URL has; none for the host's own.
    pub(super) async fn place_of(&self, url: &str) -> Result<Option<TenantId>, StoreError> {
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        Ok(self.tenant_at(&host.unwrap_or_default()).await?.map(|tenant| tenant.id))
    }
}

fn callback_at(site: &Url, client: &Client) -> String {
    format!("{}/oauth/callback/{}/{}", site.as_str().trim_end_matches('/'), client.connector, client.id)
}
