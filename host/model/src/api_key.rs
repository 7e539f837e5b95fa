//! API keys: bearer keys with named permissions, kept as hashes.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{ApiKeyId, TenantId};

/// What a key allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Install, approve and remove connectors; tenants, clients, keys.
    Operate,
    /// Start and complete connect sessions; create, change and delete connections.
    Connect,
    /// Read connections.
    Read,
    /// Call providers through the proxy.
    Proxy,
    /// Take credentials out as leases.
    Lease,
}

impl Permission {
    /// Every permission there is.
    pub const ALL: [Self; 5] = [Self::Operate, Self::Connect, Self::Read, Self::Proxy, Self::Lease];

    /// Its name in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operate => "operate",
            Self::Connect => "connect",
            Self::Read => "read",
            Self::Proxy => "proxy",
            Self::Lease => "lease",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A word that names no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no permission: choose among operate, connect, read, proxy, lease")]
pub struct UnknownPermission(String);

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.name() == text)
            .ok_or_else(|| UnknownPermission(text.to_owned()))
    }
}

/// A key as it is kept: its hash, whom it speaks for, and what it allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What the operator calls it.
    pub name: String,
    /// The tenant it speaks for; none for the operator.
    pub tenant: Option<TenantId>,
    /// What it allows.
    pub permissions: BTreeSet<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
}
