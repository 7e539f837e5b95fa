//! Tenants: who owns connections, the wall between customers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{brand::Brand, id::TenantId};

/// A tenant and what its pages are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, shown on its pages.
    pub name: String,
    /// The exact URLs a person may be sent back to after connecting.
    pub return_urls: Vec<String>,
    /// How its pages and mails look, and where they live.
    #[serde(default)]
    pub brand: Brand,
    /// What its people are told without asking, and how often the host verifies.
    #[serde(default)]
    pub notices: Notices,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Tenant {
    /// Whether a person may be sent to this URL: exact match, no prefixes (RFC 9700 section 4.11).
    pub fn may_return_to(&self, url: &str) -> bool {
        self.return_urls.iter().any(|allowed| allowed == url)
    }
}

/// What a tenant's people are told without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notices {
    /// How many days before a permission ends its person is told, each once.
    pub days: BTreeSet<u16>,
    /// Who is told of connections that belong to nobody in particular.
    pub addresses: Vec<String>,
    /// How often every connection is verified, in hours; none: when somebody asks.
    pub verify_every_hours: Option<u32>,
}

impl Default for Notices {
    fn default() -> Self {
        Self { days: BTreeSet::from([2, 7, 14]), addresses: vec![], verify_every_hours: None }
    }
}
