//! Tenants: who owns connections, the wall between customers.

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
    /// When it was made.
    pub created_at: Timestamp,
}

impl Tenant {
    /// Whether a person may be sent to this URL: exact match, no prefixes (RFC 9700 section 4.11).
    pub fn may_return_to(&self, url: &str) -> bool {
        self.return_urls.iter().any(|allowed| allowed == url)
    }
}
