//! What an answer makes of a connection: worked out once, entered into whatever its record is by then.

use std::collections::BTreeMap;

use jackfield_auth::{token::RefreshOutcome, upkeep};
use jackfield_model::{
    connection::{Connection, TokenState},
    credential::{Credential, TokenSet},
    expiry::Expiry,
    manifest::Method,
    scope::Grant,
};
use jackfield_store::JournalEntry;

use super::{super::resolve::Party, RefreshError};

/// What a refresh, or a further step of an exchange, brought.
pub(super) struct Refreshed {
    /// The tokens, back in the manifest's order, in which the first leads.
    pub(super) credential: Credential,
    grant: Grant,
    /// Public values to keep as fields.
    kept: BTreeMap<String, String>,
    expiry: Option<Expiry>,
    /// The step that is left after this one.
    step: Option<u32>,
}

impl Refreshed {
    /// From the tokens that were shown and what came back for them.
    pub(super) fn of(party: &Party, old: TokenSet, outcome: RefreshOutcome) -> Result<Self, RefreshError> {
        let before = &party.connection;
        let expiry = outcome.expiry();
        let kept = match &outcome {
            RefreshOutcome::Replaced(tokens) => tokens.kept.clone(),
            RefreshOutcome::Extended { .. } => BTreeMap::new(),
        };
        let grant = match party.method.kind.oauth2() {
            Some(oauth2) => outcome.grant(before.grant.clone(), oauth2),
            None => before.grant.clone(),
        };
        let tokens = outcome.into_token_set(old).led_by(before.first_token()).ok_or(RefreshError::Interrupted)?;
        let step = before.step.and_then(|step| party.step_after(step));
        Ok(Self { credential: Credential::Tokens(tokens), grant, kept, expiry, step })
    }

    /// Enters it into the connection as it is stored now; the version counts up with the credential.
    pub(super) fn enter(&self, found: &mut Connection, method: &Method, entry: &JournalEntry) {
        found.grant = self.grant.clone();
        found.fields.extend(self.kept.clone());
        found.clocks.grant = upkeep::after_use(&method.lifetime, found.clocks.grant, entry.sent_at);
        found.upkeep.token_since = Some(entry.sent_at);
        let version = found.version + 1;
        found.put_token(TokenState::fresh(&entry.token, self.expiry, version));
        found.step = self.step;
    }
}
