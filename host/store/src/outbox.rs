//! The outbox: changes of connections that applications and people have not been written about yet, in order.

use jackfield_model::event::Told;

use crate::{
    change::Change,
    core::{Core, Order},
    error::StoreError,
    record::{Page, Versioned},
    schema::OUTBOX,
};

/// The outbox.
pub struct Outbox<'a>(pub(crate) &'a Core);

impl Outbox<'_> {
    /// Stages a change on its way out, in the change itself.
    pub fn put(&self, change: &mut Change, told: &Told) -> Result<(), StoreError> {
        change.insert(OUTBOX, OUTBOX.key(&[&told.id]), told)
    }

    /// At most `limit` of them, the oldest first, behind the cursor.
    pub async fn waiting(&self, after: Option<&str>, limit: usize) -> Result<Page<Versioned<Told>>, StoreError> {
        self.0.page(OUTBOX, &OUTBOX.prefix(&[]), after, limit, Order::Oldest).await
    }

    /// Stages that every message about it is written.
    pub fn done(&self, change: &mut Change, told: &Versioned<Told>) {
        change.remove(OUTBOX, OUTBOX.key(&[&told.id]), told.revision);
    }
}
