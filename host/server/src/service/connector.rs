//! Connectors: installed from a component, approved by an operator, removed when nothing uses them.

use std::{io, sync::Arc};

use jackfield_model::{
    approval,
    connector::{Approval, Brief, Connector},
};
use jackfield_runtime::{InstallError as ComponentRefused, LoadError, Source};
use jackfield_store::{ComponentError, StoreError, Versioned};

use super::Service;

/// How often a removal is begun again because something was made of the connector meanwhile.
const ATTEMPTS: usize = 16;

/// Why a component was not installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The component itself.
    #[error(transparent)]
    Component(#[from] ComponentRefused),
    /// Another component of this name is installed.
    #[error("a connector named `{0}` is installed with another component: remove it first")]
    OtherInstalled(String),
    /// The component could not be kept.
    #[error(transparent)]
    Kept(#[from] ComponentError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InstallError {
    /// Whether nothing is wrong with the component, and the host's own disk does not take it.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::Kept(_) | Self::Component(ComponentRefused::Load(LoadError::Cache(_))))
    }

    /// Whether nothing is wrong with the component, and other calls left its reading no room.
    pub fn is_for_want_of_room(&self) -> bool {
        matches!(self, Self::Component(refused) if refused.is_for_want_of_room())
    }
}

/// Why a connector was not approved.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    /// It is not installed.
    #[error("no connector named `{0}` is installed")]
    NotFound(String),
    /// What was shown is not what is installed.
    #[error("the installed component is {installed}, not {given}: look at what it asks for again")]
    OtherDigest {
        /// The installed digest.
        installed: String,
        /// The approved one.
        given: String,
    },
    /// Its component is gone.
    #[error("the component of `{0}` is no longer in the store: install it again")]
    NoComponent(String),
    /// Its component cannot be read.
    #[error(transparent)]
    Component(#[from] ComponentError),
    /// It could not be made ready to run.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ApproveError {
    /// Whether nothing is wrong with the component, and the host's own disk does not give it, or does not take it.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::Component(ComponentError::Io { .. }) | Self::Load(LoadError::Cache(_)))
    }
}

/// Why a connector was not removed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RemoveConnectorError {
    /// It is not installed.
    #[error("no connector named `{0}` is installed")]
    NotFound(String),
    /// Connections use it.
    #[error("connections use the connector `{0}`: delete them first, so that each is revoked")]
    InUse(String),
    /// Clients are registered for it.
    #[error(
        "clients are registered for the connector `{0}`: remove them first, so that nothing installed under its name inherits their secrets"
    )]
    HasClients(String),
    /// Revocations wait for it.
    #[error("the connector `{0}` is still revoking what was deleted: try again when that is done, a day at most")]
    Revoking(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Installs a component. Its manifest is read once, here; nothing runs before it is approved.
    pub async fn install(&self, component: Vec<u8>, by: &str) -> Result<Connector, InstallError> {
        let prepared = self.parts.runtime.prepare(&component).await?;
        let name = prepared.manifest.name.clone();
        if let Some(installed) = self.store().connectors().get(&name).await? {
            if installed.digest == prepared.digest {
                // Installing it again is how a file that was lost or damaged on disk comes back.
                self.store().components().put(&component)?;
                return Ok(installed);
            }
            self.forget_compiled(&prepared.digest);
            return Err(InstallError::OtherInstalled(name));
        }
        self.store().components().put(&component)?;
        let connector = Connector {
            name,
            digest: prepared.digest,
            size: prepared.size,
            class: prepared.class,
            manifest: prepared.manifest,
            hooks: prepared.hooks,
            approval: None,
            installed_at: self.now(),
        };
        let mut change =
            self.making(None, by, "connector.installed", &format!("{} {}", connector.name, connector.digest)).await?;
        self.store().connectors().insert(&mut change, &connector)?;
        self.store().commit(change).await?;
        Ok(connector)
    }

    /// Approves all that the installed component of this digest asks for, and makes it ready to run.
    pub async fn approve(&self, name: &str, digest: &str, by: &str) -> Result<Connector, ApproveError> {
        let found = self.installed(name).await?;
        let mut connector = found.ok_or_else(|| ApproveError::NotFound(name.to_owned()))?;
        if connector.digest != digest {
            return Err(ApproveError::OtherDigest {
                installed: connector.record.digest,
                given: digest.chars().take(64).collect(),
            });
        }
        let requests = approval::requests(&connector.manifest);
        connector.approval = Some(Approval { requests, digest: digest.to_owned(), by: by.to_owned(), at: self.now() });
        self.load(&connector.brief()).await?;
        let mut change = self.audited(by, "connector.approved", &format!("{name} {digest}"))?;
        // What was removed meanwhile stays removed.
        self.store().connectors().replace(&mut change, &connector).await?;
        self.store().commit(change).await?;
        Ok(connector.record)
    }

    /// Makes a connector ready to run, from the compiled cache or, where that is gone, from its component.
    pub(super) async fn load(&self, connector: &Brief) -> Result<(), ApproveError> {
        if self.parts.runtime.load_cached(&connector.digest, connector.class).await? {
            return Ok(());
        }
        let component = self.store().components().get(&connector.digest)?;
        let component = component.ok_or_else(|| ApproveError::NoComponent(connector.name.clone()))?;
        self.parts.runtime.load(&component).await?;
        Ok(())
    }

    /// Where components are that have to be compiled again for a first call.
    pub(super) fn component_source(&self) -> Source {
        let components = self.store().components().clone();
        Arc::new(move |digest| {
            let component = components.get(digest).map_err(io::Error::other)?;
            component.ok_or_else(|| io::Error::other("it is no longer in the store: install it again"))
        })
    }

    /// Every installed connector.
    pub async fn connectors(&self) -> Result<Vec<Connector>, StoreError> {
        Ok(self.store().connectors().list().await?.items)
    }

    /// One installed connector.
    pub async fn connector(&self, name: &str) -> Result<Option<Connector>, StoreError> {
        self.store().connectors().get(name).await
    }

    /// One installed connector, to be changed: what is changed in it or removed is this installation and no later one.
    pub(super) async fn installed(&self, name: &str) -> Result<Option<Versioned<Connector>>, StoreError> {
        let found = self.store().connectors().shared(name).await?;
        Ok(found.map(|found| found.map(Arc::unwrap_or_clone)))
    }

    /// Removes a connector no connection uses. Looking for one takes a while: where something was made of it meanwhile, it is looked
    /// for again.
    pub async fn remove_connector(&self, name: &str, by: &str) -> Result<(), RemoveConnectorError> {
        let found = self.store().connectors().shared(name).await?;
        let installed = found.ok_or_else(|| RemoveConnectorError::NotFound(name.to_owned()))?;
        for _ in 0..ATTEMPTS {
            match self.remove_as_it_is(&installed, by).await {
                Err(RemoveConnectorError::Store(StoreError::Conflict)) => {}
                other => return other,
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn remove_as_it_is(
        &self,
        installed: &Versioned<Arc<Connector>>,
        by: &str,
    ) -> Result<(), RemoveConnectorError> {
        let name = installed.name.as_str();
        let made = self.store().connectors().made(name).await?;
        let found = self.store().connectors().shared(name).await?;
        let connector = found.ok_or_else(|| RemoveConnectorError::NotFound(name.to_owned()))?;
        if !self.store().connectors().is_installed(installed).await? {
            return Err(RemoveConnectorError::NotFound(name.to_owned()));
        }
        if self.any_connection(|connection| connection.connector == name).await? {
            return Err(RemoveConnectorError::InUse(name.to_owned()));
        }
        // Whatever is installed under this name next must not inherit a client's secret or a token to revoke.
        if self.clients().await?.iter().any(|client| client.connector == name) {
            return Err(RemoveConnectorError::HasClients(name.to_owned()));
        }
        let waiting = self.store().revocations().all().await?;
        if waiting.items.iter().any(|revocation| revocation.connector == name) {
            return Err(RemoveConnectorError::Revoking(name.to_owned()));
        }
        let mut change = self.audited(by, "connector.removed", &format!("{name} {}", connector.digest))?;
        self.store().connectors().delete(&mut change, installed, made).await?;
        self.store().commit(change).await?;
        self.forget_compiled(&connector.digest);
        Ok(())
    }

    /// Forgets a component that no connector has any more, with the machine code made from it. Calls on their way end as they
    /// would: a file that is mapped goes when the last of them is over.
    pub(super) fn forget_compiled(&self, digest: &str) {
        if let Err(error) = self.parts.runtime.forget(digest) {
            tracing::warn!(digest, %error, "the machine code of a component that is gone stays on disk");
        }
    }
}
