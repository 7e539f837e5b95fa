//! Which connections a list is asked for.

use jackfield_model::{connection::Connection, id::ClientId, status::Status};
use jiff::Timestamp;

/// Which connections of a tenant; an empty filter means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Through this connector.
    pub connector: Option<String>,
    /// By this auth method.
    pub method: Option<String>,
    /// Made with this client.
    pub client: Option<ClientId>,
    /// Of this person.
    pub end_user: Option<String>,
    /// With one of these statuses; none means any.
    pub status: Vec<Status>,
    /// With this text in its name, its account's label or id, its connector or its person's id; case is ignored.
    pub text: Option<String>,
    /// Made at or after this moment.
    pub created_since: Option<Timestamp>,
    /// Made before this moment.
    pub created_before: Option<Timestamp>,
    /// Whose permission ends before this moment, as far as anybody knows.
    pub expiring_before: Option<Timestamp>,
}

impl Filter {
    /// Whether it leaves nothing out.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn admits(&self, connection: &Connection) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        let ends = connection.clocks.grant.map(|expiry| expiry.at);
        is(&self.connector, &connection.connector)
            && is(&self.method, &connection.method)
            && self.client.is_none_or(|client| connection.client == Some(client))
            && self.end_user.as_ref().is_none_or(|user| connection.end_user.as_ref() == Some(user))
            && (self.status.is_empty() || self.status.contains(&connection.status))
            && self.text.as_ref().is_none_or(|text| holds(connection, text))
            && self.created_since.is_none_or(|since| connection.created_at >= since)
            && self.created_before.is_none_or(|before| connection.created_at < before)
            && self.expiring_before.is_none_or(|before| ends.is_some_and(|at| at < before))
    }
}

fn holds(connection: &Connection, text: &str) -> bool {
    let wanted = text.to_lowercase();
    let account = connection.account.as_ref();
    let places = [
        Some(connection.name.as_str()),
        Some(connection.connector.as_str()),
        connection.end_user.as_deref(),
        account.map(|account| account.label.as_str()),
        account.map(|account| account.id.as_str()),
    ];
    places.into_iter().flatten().any(|place| place.to_lowercase().contains(&wanted))
}
