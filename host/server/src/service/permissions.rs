//! Access rights in words: requested, granted, implied and missing scopes, and which action needs each.

use jackfield_model::{
    id::{ConnectionId, TenantId},
    manifest::{Access, Action, Enforced, Manifest},
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

/// A scope in words, and the actions it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The scope.
    pub words: ScopeWords,
    /// Ids of the actions that need it, in one of their alternatives, or something it brings along.
    pub serves: Vec<String>,
}

/// An action in words, and whether the grant allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionWords {
    /// Its id.
    pub id: String,
    /// In words.
    pub title: String,
    /// In a sentence.
    pub description: String,
    /// How strong it is.
    pub access: Access,
    /// Sets of scopes of which one is needed; none where it needs no scope.
    pub any_of: Vec<Vec<String>>,
    /// Whether the connection was made for it.
    pub chosen: bool,
    /// Whether the grant allows it.
    pub allowed: bool,
    /// The scopes its nearest alternative lacks.
    pub missing: Vec<String>,
    /// Whether choosing it bounds what passes through the proxy: it lists its requests, and paths tell them apart.
    pub enforceable: bool,
}

/// What a connection may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// Asked for.
    pub requested: Vec<Right>,
    /// Given.
    pub granted: Vec<Right>,
    /// Given with others.
    pub implied: Vec<Right>,
    /// Asked for and not given.
    pub missing: Vec<Right>,
    /// Given without being asked for.
    pub unasked: Vec<Right>,
    /// Whether the provider said what it granted.
    pub stated: bool,
    /// Whether the provider can limit what a credential may do; where not, it may do whatever its owner may.
    pub limited: bool,
    /// Whether only the requests of the chosen actions pass through the proxy.
    pub enforced: Enforced,
    /// Whether a person can prolong the permission by consenting again, as the connector declares.
    pub renewable: bool,
    /// Every action of the connector.
    pub actions: Vec<ActionWords>,
    /// What the grant lacks for them, in words.
    pub further: Vec<ScopeWords>,
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
                description: action.description.clone(),
                access: action.access,
                any_of: action.any_of.clone(),
                chosen: connection.actions.contains(&action.id),
                allowed: lacking.is_none(),
                missing: lacking.map(|blocked| blocked.missing.iter().cloned().collect()).unwrap_or_default(),
                enforceable: action.is_enforceable(),
            }
        });
        Ok(Permissions {
            requested: rights(manifest, &grant.requested),
            granted: rights(manifest, &grant.granted),
            implied: rights(manifest, &implied),
            missing: rights(manifest, &grant.missing(manifest)),
            unasked: rights(manifest, &grant.unasked(manifest)),
            stated: grant.stated,
            limited: is_limited(manifest, &connection.method),
            enforced: manifest.enforced(&connection.actions),
            renewable: manifest.method(&connection.method).is_none_or(|method| method.lifetime.renewable),
            actions: actions.collect(),
            further: in_words(manifest, &blocked.iter().flat_map(|lacking| lacking.missing.clone()).collect()),
        })
    }
}

/// Scopes in words, each with what it is good for.
fn rights(manifest: &Manifest, scopes: &ScopeSet) -> Vec<Right> {
    let with_actions = in_words(manifest, scopes).into_iter().map(|words| {
        let brings = scope::closure(manifest, &ScopeSet::from([words.id.clone()]));
        let needs = |action: &&Action| action.any_of.iter().flatten().any(|needed| brings.contains(needed));
        let serves = manifest.actions.iter().filter(needs).map(|action| action.id.clone()).collect();
        Right { words, serves }
    });
    with_actions.collect()
}

/// Scopes are asked for in an authorization; a key a person typed has whatever rights it was given elsewhere.
fn is_limited(manifest: &Manifest, method: &str) -> bool {
    let asks = manifest.method(method).is_some_and(|method| method.kind.oauth2().is_some());
    asks && !manifest.scopes.is_empty()
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
