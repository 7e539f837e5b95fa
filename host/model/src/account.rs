//! The identity at a provider that a credential belongs to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::scope::ScopeSet;

/// Who a credential belongs to, as `verify` answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The provider's immutable id.
    pub id: String,
    /// A name a person recognises.
    pub label: String,
    /// An https URL of a picture.
    pub avatar: Option<String>,
    /// The scopes the provider says the credential has.
    pub granted_scopes: Option<ScopeSet>,
    /// When the credential ends, where the provider says.
    pub expires: Option<Timestamp>,
    /// Whatever else the connector tells.
    pub extras: BTreeMap<String, String>,
}
