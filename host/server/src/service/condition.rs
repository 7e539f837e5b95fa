//! The entity tag of a connection: what conditional requests compare.

use jackfield_model::connection::Connection;
use jackfield_store::Purpose;

use super::Service;

pub use jackfield_model::entity_tag::{Conditions, Stale, Tags};

impl Service {
    /// The tag of a connection's state, without quotes: it changes with anything in its record.
    pub fn entity_tag(&self, connection: &Connection) -> String {
        let state = serde_json::to_string(connection).unwrap_or_default();
        let mut hash = self.store().keyed_hash(Purpose::EntityTag, &state);
        hash.truncate(32);
        hash
    }
}
