//! Timelines: what happened to each connection. Stays when the connection goes.

use jackfield_model::{
    id::{ConnectionId, TenantId},
    timeline::Event,
};

use crate::{
    change::Change,
    core::{Core, Order},
    error::StoreError,
    record::Page,
    schema::TIMELINE,
};

/// Timelines.
pub struct Timeline<'a>(pub(crate) &'a Core);

impl Timeline<'_> {
    /// Stages a line.
    pub fn append(&self, change: &mut Change, event: &Event) -> Result<(), StoreError> {
        change.insert(TIMELINE, TIMELINE.key(&[&event.tenant, &event.connection, &event.id]), event)
    }

    /// A connection's lines, newest first.
    pub async fn list(
        &self,
        tenant: TenantId,
        connection: ConnectionId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Event>, StoreError> {
        let prefix = TIMELINE.prefix(&[&tenant, &connection]);
        let page = self.0.page(TIMELINE, &prefix, after, limit, Order::Newest).await?;
        Ok(page.map(|event| event.record))
    }
}
