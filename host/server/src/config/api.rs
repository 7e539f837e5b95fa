//! What the API allows each of its callers, and the pages each person.

use serde::{Deserialize, Serialize};

/// Bounds of the API and of what people begin through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Api {
    /// How many requests one API key may send in a minute, all at once or spread; zero for any number.
    pub requests_per_minute: u32,
    /// How many connections one person may begin in a minute, through whatever links; zero for any number.
    pub starts_per_minute: u32,
    /// Whether `/metrics` answers without an operator's key.
    pub open_metrics: bool,
}

impl Default for Api {
    fn default() -> Self {
        Self { requests_per_minute: 12_000, starts_per_minute: 10, open_metrics: false }
    }
}
