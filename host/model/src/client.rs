//! Clients: our registrations at providers. The secret is sealed apart and never part of this record.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{ClientId, TenantId};

/// A registration at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Our id of it; part of its redirect URI.
    pub id: ClientId,
    /// The connector it serves.
    pub connector: String,
    /// The tenant it belongs to; none for the operator's own.
    pub tenant: Option<TenantId>,
    /// The provider's `client_id` (RFC 6749 section 2.2).
    pub public_id: String,
    /// Whether a client secret is sealed beside it.
    pub has_secret: bool,
    /// The operator's fields, among them the issuer it is pinned to.
    pub fields: BTreeMap<String, String>,
    /// The endpoints its issuer announced when it was first used, by their names in the metadata: others are not used
    /// before the operator accepts them (MD-5).
    #[serde(default)]
    pub announced: BTreeMap<String, String>,
    /// Set when the provider refused the client itself, for one connection at least: those wait, and ask again.
    pub fault: Option<ClientFault>,
    /// When it was registered here.
    pub created_at: Timestamp,
}

/// The provider refused the client itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientFault {
    /// The provider's error code.
    #[schemars(example = &"invalid_client")]
    pub code: String,
    /// Since when.
    pub since: Timestamp,
}

impl Client {
    /// Whether a tenant may connect with it: its own, or the operator's.
    pub fn serves(&self, tenant: TenantId) -> bool {
        self.tenant.is_none_or(|owner| owner == tenant)
    }

    /// Whether the provider takes both for one client: what a person granted one of them, the other has.
    pub fn is_same_registration(&self, other: &Self) -> bool {
        self.connector == other.connector && self.public_id == other.public_id && self.fields == other.fields
    }
}
