//! The audit log: one line after another, and an index of each tenant's own.

use jackfield_model::{
    audit::AuditLine,
    id::{EventId, TenantId},
};
use jiff::Timestamp;

use crate::{
    change::Change,
    core::{Core, Order, STRIDE, tail},
    error::StoreError,
    record::{self, Page},
    schema::{AUDIT, AUDIT_BY_TENANT},
};

/// How many lines one page looks at, at most, before it answers with what it has.
const LOOKS: usize = 5_000;

/// Which lines; an empty filter means all.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this tenant.
    pub tenant: Option<TenantId>,
    /// By this actor.
    pub by: Option<String>,
    /// Of this kind, or of a group of kinds: `connection.` is every kind that begins so.
    pub kind: Option<String>,
    /// About this subject.
    pub subject: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    fn admits(&self, line: &AuditLine) -> bool {
        let kind = |wanted: &String| line.kind == *wanted || (wanted.ends_with('.') && line.kind.starts_with(wanted));
        // Connectors are named with their digest behind; the name alone finds them too.
        let subject = |wanted: &String| {
            line.subject == *wanted || line.subject.split(' ').next().is_some_and(|name| name == wanted)
        };
        self.tenant.is_none_or(|tenant| line.tenant == Some(tenant))
            && self.by.as_ref().is_none_or(|by| line.by == *by)
            && self.kind.as_ref().is_none_or(kind)
            && self.subject.as_ref().is_none_or(subject)
            && self.since.is_none_or(|since| line.at >= since)
            && self.until.is_none_or(|until| line.at < until)
    }
}

/// The audit log.
pub struct Audit<'a>(pub(crate) &'a Core);

impl Audit<'_> {
    /// Stages a line.
    pub fn append(&self, change: &mut Change, line: &AuditLine) -> Result<(), StoreError> {
        if let Some(tenant) = line.tenant {
            change.write(AUDIT_BY_TENANT.key(&[&tenant, &line.id]), vec![]);
        }
        change.insert(AUDIT, AUDIT.key(&[&line.id]), line)
    }

    /// Lines, newest first. A page that looked at many lines may hold fewer than `limit` and still go on.
    pub async fn list(
        &self,
        filter: &AuditFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<AuditLine>, StoreError> {
        let prefix = match &filter.tenant {
            None => AUDIT.prefix(&[]),
            Some(tenant) => AUDIT_BY_TENANT.prefix(&[tenant]),
        };
        let mut page = Page::default();
        let mut cursor = after.map(str::to_owned).or_else(|| filter.until.map(first_behind));
        let mut looks = 0;
        loop {
            let (pairs, next) = self.0.scan(&prefix, cursor.as_deref(), STRIDE, Order::Newest).await?;
            for (key, bytes) in pairs {
                let at = tail(&prefix, &key);
                if filter.since.is_some_and(|since| at < EventId::new(since, 0).to_string()) {
                    return Ok(page);
                }
                looks += 1;
                self.look(filter, &at, (key, bytes), &mut page).await?;
                if page.items.len() >= limit || looks >= LOOKS {
                    page.next = Some(at);
                    return Ok(page);
                }
            }
            cursor = next;
            if cursor.is_none() {
                return Ok(page);
            }
        }
    }

    async fn look(
        &self,
        filter: &AuditFilter,
        id: &str,
        (key, bytes): (Vec<u8>, Vec<u8>),
        page: &mut Page<AuditLine>,
    ) -> Result<(), StoreError> {
        let read = if filter.tenant.is_none() {
            record::decode::<AuditLine>(AUDIT, &key, &bytes).map(Some)
        } else {
            match self.0.get::<AuditLine>(AUDIT, &AUDIT.key(&[&id])).await {
                Ok(found) => Ok(found),
                Err(StoreError::Unreadable(reason)) => Err(reason),
                Err(error) => return Err(error),
            }
        };
        match read {
            Ok(Some(line)) if filter.admits(&line) => page.items.push(line.record),
            Ok(_) => {}
            Err(reason) => page.unreadable.push(reason),
        }
        Ok(())
    }
}

/// Where a list that goes back from a moment begins.
fn first_behind(moment: Timestamp) -> String {
    EventId::new(moment, u128::MAX).to_string()
}
