//! The past of a connection, as far back as a page shows it.

use jackfield_model::{connection::Connection, timeline::Event};
use jackfield_store::StoreError;
use jiff::Timestamp;

use super::Service;

/// How many lines are read at a time, and at most.
const STRIDE: usize = 200;
const MOST: usize = 1_000;

impl Service {
    /// What happened to a connection since a moment, oldest first, with the last thing before it. Of a very busy one, the
    /// newest part of that.
    pub async fn past(&self, connection: &Connection, since: Timestamp) -> Result<Vec<Event>, StoreError> {
        let (mut events, mut after): (Vec<Event>, Option<String>) = (vec![], None);
        loop {
            let page = self.store().timeline().list(connection.tenant, connection.id, after.as_deref(), STRIDE).await?;
            events.extend(page.items);
            after = page.next;
            if after.is_none() || events.len() >= MOST || events.last().is_some_and(|event| event.at < since) {
                break;
            }
        }
        let inside = events.iter().position(|event| event.at < since).map_or(events.len(), |first| first + 1);
        events.truncate(inside);
        events.reverse();
        Ok(events)
    }
}
