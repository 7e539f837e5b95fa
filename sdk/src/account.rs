//! Accounts: who a credential belongs to, as `verify` answers.

use crate::Account;

impl Account {
    /// An account by the provider's immutable id and a name a person recognises.
    pub fn new(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            avatar: None,
            granted_scopes: None,
            expires: None,
            extras: Vec::new(),
        }
    }

    /// With the https URL of a picture, where there is one.
    #[must_use]
    pub fn avatar(mut self, url: Option<String>) -> Self {
        self.avatar = url;
        self
    }

    /// With the scopes the provider says the credential has; `None` when it does not say.
    #[must_use]
    pub fn granted(mut self, scopes: Option<Vec<String>>) -> Self {
        self.granted_scopes = scopes;
        self
    }

    /// With the moment the credential ends, in milliseconds since 1970 UTC.
    #[must_use]
    pub fn expires_at(mut self, milliseconds: u64) -> Self {
        self.expires = Some(milliseconds);
        self
    }
}
