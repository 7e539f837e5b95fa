//! Another component for a connector that is installed: what would change, and the change itself, approved in one step.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    approval,
    connector::{Approval, Connector},
    id::TenantId,
};
use jackfield_store::{ComponentError, StoreError};

use super::{ApproveError, InstallError, Service};

/// How many connections are read at a time.
const STRIDE: usize = 500;

/// A component that could take the place of the installed one.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What is installed.
    pub installed: Connector,
    /// What it would become, not approved.
    pub new: Connector,
}

/// Who uses a connector: how many connections, by tenant.
#[derive(Debug, Clone, Default)]
pub struct Users {
    /// How many connections each tenant has through it.
    pub by_tenant: BTreeMap<TenantId, usize>,
    /// The auth methods they were made with.
    pub methods: BTreeSet<String>,
}

impl Users {
    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.by_tenant.values().sum()
    }
}

/// Why a connector's component was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum UpgradeError {
    /// It is not installed, or the component is not in the store.
    #[error("no connector named `{0}` waits for this component: install it again")]
    NotFound(String),
    /// Connections were made in a way the new component no longer has.
    #[error("connections were made by `{0}`, which the new component no longer offers: delete them first")]
    MethodGone(String),
    /// The component.
    #[error(transparent)]
    Component(#[from] InstallError),
    /// It could not be made ready to run.
    #[error(transparent)]
    Load(#[from] ApproveError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ComponentError> for UpgradeError {
    fn from(error: ComponentError) -> Self {
        match error {
            ComponentError::Digest(digest) => Self::NotFound(digest),
            error => Self::Component(error.into()),
        }
    }
}

impl Service {
    /// Keeps a component for a connector that is installed with another; answers the connector's name and its digest.
    pub async fn keep_candidate(&self, component: &[u8]) -> Result<(String, String), InstallError> {
        let prepared = self.parts.runtime.prepare(component).await?;
        let digest = self.store().components().put(component)?;
        Ok((prepared.manifest.name, digest))
    }

    /// A component that was kept, beside what is installed.
    pub async fn candidate(&self, name: &str, digest: &str) -> Result<Candidate, UpgradeError> {
        let missing = || UpgradeError::NotFound(name.to_owned());
        let installed = self.connector(name).await?.ok_or_else(missing)?;
        let component = self.store().components().get(digest)?.ok_or_else(missing)?;
        let prepared = self.parts.runtime.prepare(&component).await.map_err(InstallError::from)?;
        if prepared.manifest.name != name || installed.digest == digest {
            return Err(missing());
        }
        let new = Connector {
            name: name.to_owned(),
            digest: prepared.digest,
            size: prepared.size,
            class: prepared.class,
            manifest: prepared.manifest,
            hooks: prepared.hooks,
            approval: None,
            installed_at: self.now(),
        };
        Ok(Candidate { installed, new })
    }

    /// Puts it in the place of the installed one, with all it asks for approved. Connections go on with it.
    pub async fn upgrade(&self, name: &str, digest: &str, by: &str) -> Result<Connector, UpgradeError> {
        // Read before it is looked at: what is put in its place is put in the place of this one.
        let before = self.installed(name).await?.ok_or_else(|| UpgradeError::NotFound(name.to_owned()))?;
        let Candidate { mut new, .. } = self.candidate(name, digest).await?;
        let users = self.users_of(name).await?;
        if let Some(gone) = users.methods.iter().find(|method| new.manifest.method(method).is_none()) {
            return Err(UpgradeError::MethodGone(gone.clone()));
        }
        let requests = approval::requests(&new.manifest);
        new.approval = Some(Approval { requests, digest: digest.to_owned(), by: by.to_owned(), at: self.now() });
        self.load(&new.brief()).await?;
        let mut change = self.audited(by, "connector.upgraded", &format!("{name} {digest}"))?;
        let (old, after) = (before.digest.clone(), before.map(|_| new));
        self.store().connectors().replace(&mut change, &after).await?;
        self.store().commit(change).await?;
        self.forget_compiled(&old);
        Ok(after.record)
    }

    /// Forgets a component that was kept and does not take the place of the installed one.
    pub async fn drop_candidate(&self, name: &str, digest: &str) -> Result<(), UpgradeError> {
        let in_use = self.connectors().await?.iter().any(|connector| connector.digest == digest);
        if in_use {
            return Err(UpgradeError::NotFound(name.to_owned()));
        }
        self.forget_compiled(digest);
        Ok(self.store().components().delete(digest)?)
    }

    /// Who uses a connector.
    pub async fn users_of(&self, name: &str) -> Result<Users, StoreError> {
        let mut users = Users::default();
        let mut after = None;
        loop {
            let page = self.store().connections().every(after.as_deref(), STRIDE).await?;
            for connection in page.items.iter().filter(|connection| connection.connector == name) {
                *users.by_tenant.entry(connection.tenant).or_default() += 1;
                users.methods.insert(connection.method.clone());
            }
            after = page.next;
            if after.is_none() {
                return Ok(users);
            }
        }
    }
}
