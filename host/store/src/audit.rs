//! The audit log.

use jackfield_model::audit::AuditLine;

use crate::{
    change::Change,
    core::{Core, Order},
    error::StoreError,
    record::Page,
    schema::AUDIT,
};

/// The audit log.
pub struct Audit<'a>(pub(crate) &'a Core);

impl Audit<'_> {
    /// Stages a line.
    pub fn append(&self, change: &mut Change, line: &AuditLine) -> Result<(), StoreError> {
        change.insert(AUDIT, AUDIT.key(&[&line.id]), line)
    }

    /// Lines, newest first.
    pub async fn list(&self, after: Option<&str>, limit: usize) -> Result<Page<AuditLine>, StoreError> {
        let page = self.0.page(AUDIT, &AUDIT.prefix(&[]), after, limit, Order::Newest).await?;
        Ok(page.map(|line| line.record))
    }
}
