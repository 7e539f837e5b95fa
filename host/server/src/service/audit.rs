//! The audit log as it is read: the operator's whole, and of each tenant its own.

use jackfield_model::{audit::AuditLine, id::TenantId};
use jackfield_store::AuditFilter;
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Service,
    list::{List, ListError, Page, Turn},
};

/// Which lines; an empty filter means all there are to see.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AuditAsked {
    /// By this actor: an API key's id, `operator`, `end-user`, `host`.
    pub by: Option<String>,
    /// Of this kind; `connection.` stands for every kind that begins so.
    pub kind: Option<String>,
    /// About this subject: an id or a connector's name.
    pub subject: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

impl Service {
    /// A page of the audit log, newest first: one tenant's lines, or everything for the operator.
    pub async fn audit_page(
        &self,
        tenant: Option<TenantId>,
        asked: AuditAsked,
        turn: &Turn,
    ) -> Result<Page<AuditLine>, ListError> {
        let list = List::of("audit", tenant, &asked);
        let after = self.position(&list, turn)?;
        let AuditAsked { by, kind, subject, since, until } = asked;
        let filter = AuditFilter { tenant, by, kind, subject, since, until };
        let stored = self.store().audit().list(&filter, after.as_deref(), turn.limit).await?;
        Ok(self.page(&list, stored, |line| line))
    }
}
