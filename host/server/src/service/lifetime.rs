//! Grant expiry: when the permission itself ends, by what the manifest declares and an operator states of the client.

use std::collections::BTreeMap;

use jackfield_auth::fields::Inputs;
use jackfield_model::expiry::{Expiry, Source};
use jiff::Timestamp;

use super::resolve::Party;

impl Party {
    /// With the lifetime that holds for this connection and its client, out of those its method declares.
    pub(super) fn with_its_lifetime(mut self) -> Self {
        let none = BTreeMap::new();
        let inputs = Inputs {
            fields: &self.connection.fields,
            client_fields: self.client.as_ref().map_or(&none, |client| &client.fields),
            client_id: self.client.as_ref().map(|client| client.public_id.as_str()),
        };
        self.method.lifetime = self.method.lifetime.settled(|condition| inputs.meets(Some(condition)));
        self
    }

    /// When a permission ends that was given at `consented`; none where nobody says.
    pub(super) fn grant_end(&self, consented: Timestamp) -> Option<Expiry> {
        Some(Expiry { at: self.method.lifetime.end(consented)?, source: Source::Declared })
    }
}
