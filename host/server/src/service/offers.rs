//! What a tenant can connect: approved connectors, and whether each is set up.

use jackfield_model::{connector::Connector, id::TenantId, manifest::Method};
use jackfield_store::StoreError;

use super::Service;

/// A service that can be connected.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Its connector.
    pub connector: Connector,
    /// Whether the tenant has a client for it.
    pub has_client: bool,
}

impl Offer {
    /// The methods that can be used now, in the connector's order.
    pub fn methods(&self) -> impl Iterator<Item = &Method> {
        let methods = self.connector.manifest.methods.iter();
        methods.filter(|method| self.has_client || method.kind.oauth2().is_none())
    }
}

impl Service {
    /// What a tenant can connect now, by title.
    pub async fn offers(&self, tenant: TenantId) -> Result<Vec<Offer>, StoreError> {
        let mut offers = vec![];
        for connector in self.connectors().await?.into_iter().filter(Connector::is_approved) {
            let has_client = self.client_for(&connector.name, tenant).await?.is_some();
            let offer = Offer { connector, has_client };
            if offer.methods().next().is_some() {
                offers.push(offer);
            }
        }
        offers.sort_by_key(|offer| offer.connector.manifest.presentation.title.to_lowercase());
        Ok(offers)
    }
}
