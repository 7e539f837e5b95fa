//! Pages of tenants, clients, API keys and connectors.

use jackfield_model::{api_key::ApiKey, client::Client, connector::Connector, tenant::Tenant};
use jackfield_store::Page as StoredPage;

use super::{
    Service,
    list::{List, ListError, Page, Turn},
};

impl Service {
    /// A page of tenants, oldest first.
    pub async fn tenants_page(&self, turn: &Turn) -> Result<Page<Tenant>, ListError> {
        let list = List::of("tenants", None, &());
        let after = self.position(&list, turn)?;
        let stored = self.store().tenants().list(after.as_deref(), turn.limit).await?;
        Ok(self.page(&list, stored, |tenant| tenant.record))
    }

    /// A page of clients, oldest first.
    pub async fn clients_page(&self, turn: &Turn) -> Result<Page<Client>, ListError> {
        let list = List::of("clients", None, &());
        let after = self.position(&list, turn)?;
        let stored = self.store().clients().list(after.as_deref(), turn.limit).await?;
        Ok(self.page(&list, stored, |client| client.record))
    }

    /// A page of API keys, oldest first, without their texts.
    pub async fn api_keys_page(&self, turn: &Turn) -> Result<Page<ApiKey>, ListError> {
        let list = List::of("api-keys", None, &());
        let after = self.position(&list, turn)?;
        let stored = self.store().api_keys().list(after.as_deref(), turn.limit).await?;
        Ok(self.page(&list, stored, |key| key))
    }

    /// A page of installed connectors, by name.
    pub async fn connectors_page(&self, turn: &Turn) -> Result<Page<Connector>, ListError> {
        let list = List::of("connectors", None, &());
        let after = self.position(&list, turn)?;
        let mut all = self.store().connectors().list().await?;
        all.items.retain(|connector| after.as_ref().is_none_or(|after| connector.name > *after));
        let more = all.items.len() > turn.limit;
        all.items.truncate(turn.limit);
        let next = all.items.last().filter(|_| more).map(|connector| connector.name.clone());
        Ok(self.page(&list, StoredPage { next, ..all }, |connector| connector))
    }
}
