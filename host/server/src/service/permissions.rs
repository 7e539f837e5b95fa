//! Access rights in words: requested, granted, implied and missing scopes, and which action needs each.

use jackfield_model::{
    id::{ConnectionId, TenantId},
    manifest::{Enforced, Manifest},
    scope::{self, ScopeSet},
};
use jackfield_store::StoreError;

use super::{ResolveError, Service};

/// A scope in words; its id alone where the connector does not describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeWords {
    /// The provider's string.
    pub id: String,
    /// In words.
    pub title: String,
    /// In a sentence.
    pub description: String,
}

/// An action in words, and whether the grant allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionWords {
    /// Its id.
    pub id: String,
    /// In words.
    pub title: String,
    /// Whether the connection was made for it.
    pub chosen: bool,
    /// Whether the grant allows it.
    pub allowed: bool,
    /// The scopes it lacks.
    pub missing: Vec<String>,
    /// Whether choosing it bounds what passes through the proxy: it lists its requests, and paths tell them apart.
    pub enforceable: bool,
}

/// What a connection may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// Asked for.
    pub requested: Vec<ScopeWords>,
    /// Given.
    pub granted: Vec<ScopeWords>,
    /// Given with others.
    pub implied: Vec<ScopeWords>,
    /// Asked for and not given.
    pub missing: Vec<ScopeWords>,
    /// Given without being asked for.
    pub unasked: Vec<ScopeWords>,
    /// Whether the provider said what it granted.
    pub stated: bool,
    /// Whether only the requests of the chosen actions pass through the proxy.
    pub enforced: Enforced,
    /// Every action of the connector.
    pub actions: Vec<ActionWords>,
}

/// Why permissions could not be told.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PermissionsError {
    /// This tenant has no such connection, or its connector is gone.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// What a connection may do, in words.
    pub async fn permissions(&self, tenant: TenantId, id: ConnectionId) -> Result<Permissions, PermissionsError> {
        let connection = self.connection(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        let connector = self.approved(&connection.connector).await?;
        let manifest = &connector.manifest;
        let grant = &connection.grant;
        let implied: ScopeSet = scope::closure(manifest, &grant.granted).difference(&grant.granted).cloned().collect();
        let blocked = scope::blocked(manifest, &grant.granted);
        let actions = manifest.actions.iter().map(|action| {
            let lacking = blocked.iter().find(|blocked| blocked.action == action.id);
            ActionWords {
                id: action.id.clone(),
                title: action.title.clone(),
                chosen: connection.actions.contains(&action.id),
                allowed: lacking.is_none(),
                missing: lacking.map(|blocked| blocked.missing.iter().cloned().collect()).unwrap_or_default(),
                enforceable: action.is_enforceable(),
            }
        });
        Ok(Permissions {
            requested: in_words(manifest, &grant.requested),
            granted: in_words(manifest, &grant.granted),
            implied: in_words(manifest, &implied),
            missing: in_words(manifest, &grant.missing(manifest)),
            unasked: in_words(manifest, &grant.unasked(manifest)),
            stated: grant.stated,
            enforced: manifest.enforced(&connection.actions),
            actions: actions.collect(),
        })
    }
}

/// Scopes in the connector's words.
pub(super) fn in_words(manifest: &Manifest, scopes: &ScopeSet) -> Vec<ScopeWords> {
    let words = scopes.iter().map(|id| match manifest.scope(id) {
        Some(scope) => {
            ScopeWords { id: id.clone(), title: scope.title.clone(), description: scope.description.clone() }
        }
        None => ScopeWords { id: id.clone(), title: id.clone(), description: String::new() },
    });
    words.collect()
}
