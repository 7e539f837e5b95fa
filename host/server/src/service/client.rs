//! Clients: our registrations at providers, their redirect URIs and their secrets.

use std::collections::BTreeMap;

use jackfield_model::{
    client::Client,
    id::{ClientId, TenantId},
    manifest::Manifest,
    secret::Secret,
};
use jackfield_store::{Made, StoreError};

use super::{
    ResolveError, Service,
    fields::{FieldFault, Typed},
};

/// A client to register.
#[derive(Debug)]
pub struct NewClient {
    /// The connector it serves.
    pub connector: String,
    /// The tenant it belongs to; none for the operator's own.
    pub tenant: Option<TenantId>,
    /// The provider's `client_id`.
    pub client_id: String,
    /// The provider's `client_secret`; none for a public client.
    pub client_secret: Option<Secret>,
    /// The connector's client fields.
    pub fields: BTreeMap<String, String>,
}

/// What to change of a client; absent stays. What was made with it fixes its id and fields, not its secret.
#[derive(Debug, Default)]
pub struct ClientChange {
    /// The provider's `client_id`.
    pub client_id: Option<String>,
    /// The provider's `client_secret`.
    pub client_secret: Option<Secret>,
    /// The connector's client fields, all of them.
    pub fields: Option<BTreeMap<String, String>>,
    /// Whether the endpoints its issuer announces now are accepted in place of the recorded ones.
    pub accept_endpoints: bool,
}

/// Why a client could not be registered or changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// Its connector.
    #[error(transparent)]
    Connector(#[from] ResolveError),
    /// Its tenant.
    #[error("there is no such tenant")]
    NoTenant,
    /// The provider's id is empty or not plain text.
    #[error("the client id is the provider's `client_id`: one line of plain text")]
    PublicId,
    /// The connector's client fields.
    #[error("{}", told(.0))]
    Fields(Vec<FieldFault>),
    /// It is not there.
    #[error("there is no such client")]
    NotFound,
    /// Connections were made with it.
    #[error("connections were made with this client: delete or reauthorize them first")]
    InUse,
    /// A provider that was down is still to be asked to end what was made with it.
    #[error("connections of this client are deleted and not yet revoked: it is needed until the provider has answered")]
    Awaited,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Several faults as one sentence.
pub(super) fn told(faults: &[FieldFault]) -> String {
    faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
}

impl Service {
    /// Registers a client.
    pub async fn add_client(&self, new: NewClient, by: &str) -> Result<Client, ClientError> {
        let connector = self.approved(&new.connector).await?;
        if let Some(tenant) = new.tenant
            && self.store().tenants().get(tenant).await?.is_none()
        {
            return Err(ClientError::NoTenant);
        }
        check_public_id(&new.client_id)?;
        let now = self.now();
        let client = Client {
            id: ClientId::new(now, self.id_bits()?),
            connector: new.connector,
            tenant: new.tenant,
            public_id: new.client_id,
            has_secret: new.client_secret.is_some(),
            fields: self.client_fields(&connector.manifest, new.fields)?,
            announced: BTreeMap::new(),
            fault: None,
            created_at: now,
        };
        let mut change = self.making(client.tenant, by, "client.added", &client.id.to_string()).await?;
        if let Some(tenant) = client.tenant {
            self.store().tenants().hold(&mut change, tenant);
        }
        self.store().connectors().hold(&mut change, &connector);
        self.store().clients().insert(&mut change, &client, new.client_secret.as_ref()).await?;
        self.store().commit(change).await?;
        Ok(client)
    }

    fn client_fields(
        &self,
        manifest: &Manifest,
        given: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, ClientError> {
        let typed: Typed = given.into_iter().map(|(key, value)| (key, Secret::new(value))).collect();
        let checked =
            self.checked(&manifest.name, manifest.client_fields.iter(), typed).map_err(ClientError::Fields)?;
        Ok(checked.public)
    }

    /// Every client.
    pub async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        let page = self.store().clients().list(None, usize::MAX).await?;
        Ok(page.items.into_iter().map(|client| client.record).collect())
    }

    /// One client.
    pub async fn client(&self, id: ClientId) -> Result<Option<Client>, StoreError> {
        Ok(self.store().clients().get(id).await?.map(|client| client.record))
    }

    /// Fills in what the provider gave for the redirect URI, which is known before.
    pub async fn change_client(&self, id: ClientId, asked: ClientChange, by: &str) -> Result<Client, ClientError> {
        let mut client = self.store().clients().get(id).await?.ok_or(ClientError::NotFound)?;
        let fixed = asked.client_id.is_some() || asked.fields.is_some();
        let unused = if fixed { Some(self.check_unused(id).await?) } else { None };
        if let Some(public_id) = asked.client_id {
            check_public_id(&public_id)?;
            client.public_id = public_id;
        }
        if let Some(fields) = asked.fields {
            let connector = self.approved(&client.connector).await?;
            client.fields = self.client_fields(&connector.manifest, fields)?;
        }
        if fixed || asked.accept_endpoints {
            client.announced.clear();
        }
        client.fault = None;
        let mut change = self.audited_for(client.tenant, by, "client.changed", &id.to_string())?;
        if let Some(unused) = &unused {
            self.store().clients().unused_since(&mut change, unused);
        }
        match asked.client_secret {
            Some(secret) => self.store().clients().set_secret(&mut change, &mut client, &secret).await?,
            None => self.store().clients().update(&mut change, &mut client).await?,
        }
        self.commit_then(change, move |service| service.refusals.forget(id)).await?;
        Ok(client.record)
    }

    /// Replaces a client's secret and clears its fault.
    pub async fn rotate_client_secret(&self, id: ClientId, secret: Secret, by: &str) -> Result<Client, ClientError> {
        self.change_client(id, ClientChange { client_secret: Some(secret), ..ClientChange::default() }, by).await
    }

    /// Removes a client nothing was made with.
    pub async fn remove_client(&self, id: ClientId, by: &str) -> Result<(), ClientError> {
        let client = self.store().clients().get(id).await?.ok_or(ClientError::NotFound)?;
        let unused = self.check_unused(id).await?;
        let mut change = self.audited_for(client.tenant, by, "client.removed", &id.to_string())?;
        self.store().clients().delete(&mut change, id, unused).await?;
        Ok(self.store().commit(change).await?)
    }

    /// What was made with it, and what a provider is still to be asked to end with it, keep it as it is. Answers from when on
    /// nothing may be made with it.
    async fn check_unused(&self, id: ClientId) -> Result<Made, ClientError> {
        let made = self.store().clients().made(id).await?;
        if self.any_connection(|connection| connection.client == Some(id)).await? {
            return Err(ClientError::InUse);
        }
        let queued = self.store().revocations().all().await?;
        let awaited = queued.items.iter().any(|revocation| revocation.client == Some(id));
        if awaited { Err(ClientError::Awaited) } else { Ok(made) }
    }

    /// The client a tenant connects with: its own before the operator's, the newest of each.
    pub(super) async fn client_for(&self, connector: &str, tenant: TenantId) -> Result<Option<Client>, StoreError> {
        let all = self.clients().await?;
        let serving = all.into_iter().filter(|client| client.connector == connector && client.serves(tenant));
        Ok(serving.max_by_key(|client| (client.tenant.is_some(), client.id)))
    }
}

fn check_public_id(text: &str) -> Result<(), ClientError> {
    let fits = !text.is_empty() && text.len() <= 1024 && !text.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(ClientError::PublicId) }
}
