//! How people sign in to the pages by the operator's own identity provider.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Values of claims, by the claim's name.
pub(super) type Claims = BTreeMap<String, BTreeSet<String>>;

/// The identity provider, and who its people are here. Nobody signs in through one where there is no issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// The issuer identifier, as its metadata has it.
    pub issuer: Option<String>,
    /// What it calls this host.
    pub client_id: Option<String>,
    /// The file that holds the client secret; none for a public client.
    pub client_secret_file: Option<PathBuf>,
    /// What is asked for; `openid` among it.
    pub scopes: Vec<String>,
    /// The claim that holds the application's own id of a person.
    pub person_claim: String,
    /// The claim that holds what a person is called.
    pub name_claim: String,
    /// The claim that says whose person somebody is.
    pub tenant_claim: Option<String>,
    /// Tenants by the value of that claim; empty: its value is the tenant's id.
    pub tenants: BTreeMap<String, String>,
    /// Who is an administrator of that tenant: values by claim.
    pub administrators: Claims,
    /// Who is an operator: values by claim.
    pub operators: Claims,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            issuer: None,
            client_id: None,
            client_secret_file: None,
            scopes: vec!["openid".to_owned(), "profile".to_owned()],
            person_claim: "sub".to_owned(),
            name_claim: "name".to_owned(),
            tenant_claim: None,
            tenants: BTreeMap::new(),
            administrators: Claims::new(),
            operators: Claims::new(),
        }
    }
}

impl SignIn {
    /// Whether what is said is enough to sign anybody in.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Some(issuer) = &self.issuer else { return Ok(()) };
        let missing = if self.client_id.as_deref().unwrap_or_default().is_empty() {
            "`client_id`, which its issuer gave this host"
        } else if self.operators.is_empty() && self.tenant_claim.is_none() {
            "`operators` or `tenant_claim`: without either, nobody it knows is anybody here"
        } else if !self.scopes.iter().any(|scope| scope == "openid") {
            "`openid` among its `scopes`"
        } else if url::Url::parse(issuer).is_err() {
            "an issuer that is a URL"
        } else {
            return Ok(());
        };
        Err(ConfigError::SignIn { missing })
    }
}
