//! The audit log: one line after another, and an index of each tenant's own.
//!
//! Lines that are written together share a record, which has the id of its newest line: a host that hands out thousands of
//! credentials a second writes a record for each sync, and not for each credential. Another record may lie between two lines
//! of such a one; reading merges them, so that a page goes from line to line by their ids whatever record they are in.

use std::collections::BTreeMap;

use jackfield_model::{
    audit::AuditLine,
    id::{EventId, TenantId},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    change::Change,
    core::{Core, Order, STRIDE, tail},
    error::{StoreError, Unreadable},
    record::{self, Page},
    schema::{AUDIT, AUDIT_BY_TENANT, AUDIT_TOGETHER},
};

/// How many lines one page looks at, at most, before it answers with what it has.
const LOOKS: usize = 5_000;

/// How far apart the lines of one record are at most; they are written in one moment.
const SPAN: SignedDuration = SignedDuration::from_secs(2);
/// What stands in a cursor between a line and the record whose older lines come next.
const BEFORE: char = '~';

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

    /// Stages lines that happen together, the oldest first.
    pub fn append_together(&self, change: &mut Change, lines: &[AuditLine]) -> Result<(), StoreError> {
        let [.., newest] = lines else { return Ok(()) };
        let of_tenants = lines.iter().filter_map(|line| Some((line.tenant?, line.id)));
        for (tenant, id) in of_tenants.collect::<BTreeMap<_, _>>() {
            change.write(AUDIT_BY_TENANT.key(&[&tenant, &id]), newest.id.to_string().into_bytes());
        }
        change.insert(AUDIT_TOGETHER, AUDIT.key(&[&newest.id]), &lines)
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
        let mut reading = Reading::of(filter, limit);
        let mut cursor = after.map(str::to_owned).or_else(|| filter.until.map(first_behind));
        // In the middle of a record: what of it comes behind the line that was shown last.
        if let Some((line, record)) = cursor.as_deref().and_then(split) {
            let key = [prefix.as_slice(), record.as_bytes()].concat();
            if let Some(value) = self.0.engine.get(&key).await? {
                let lines = self.lines(filter, &key, value, &mut reading.page).await?;
                reading.add(&record, lines.into_iter().filter(|of| of.id.to_string() < line));
            }
            cursor = Some(line);
        }
        loop {
            let (pairs, next) = self.0.scan(&prefix, cursor.as_deref(), STRIDE, Order::Newest).await?;
            for (key, value) in pairs {
                let at = tail(&prefix, &key);
                if reading.shown_down_to(Some(&at)) {
                    return Ok(reading.page);
                }
                let lines = self.lines(filter, &key, value, &mut reading.page).await?;
                reading.add(&at, lines.into_iter());
            }
            cursor = next;
            if cursor.is_none() {
                reading.shown_down_to(None);
                return Ok(reading.page);
            }
        }
    }

    /// The lines behind one entry, which the filter's tenant may see.
    async fn lines(
        &self,
        filter: &AuditFilter,
        key: &[u8],
        value: Vec<u8>,
        page: &mut Page<AuditLine>,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let read = if filter.tenant.is_none() {
            decoded(key, &value)
        } else {
            // An entry of a line that shares its record says which; any other has the id of its record.
            let own = || key.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
            let id = if value.is_empty() { own() } else { value };
            let record = AUDIT.key(&[&String::from_utf8_lossy(&id)]);
            match self.0.engine.get(&record).await? {
                Some(bytes) => decoded(&record, &bytes),
                None => Ok(Vec::new()),
            }
        };
        let mut lines = read.unwrap_or_else(|reason| {
            page.unreadable.push(reason);
            Vec::new()
        });
        lines.retain(|line| filter.tenant.is_none_or(|tenant| line.tenant == Some(tenant)));
        Ok(lines)
    }
}

/// The lines of a record of either layout.
fn decoded(key: &[u8], bytes: &[u8]) -> Result<Vec<AuditLine>, Unreadable> {
    if bytes.first() == Some(&AUDIT_TOGETHER.layout) {
        return Ok(record::decode::<Vec<AuditLine>>(AUDIT_TOGETHER, key, bytes)?.record);
    }
    Ok(vec![record::decode::<AuditLine>(AUDIT, key, bytes)?.record])
}

/// Line and record of a cursor that stands inside a record.
fn split(cursor: &str) -> Option<(String, String)> {
    cursor.split_once(BEFORE).map(|(line, record)| (line.to_owned(), record.to_owned()))
}

/// A page while it is filled.
struct Reading<'a> {
    filter: &'a AuditFilter,
    limit: usize,
    looks: usize,
    page: Page<AuditLine>,
    /// Lines that were read and are not shown yet, the newest last; beyond one of them they are all of one record.
    read: Vec<AuditLine>,
    /// The entry that record was found by.
    record: String,
}

impl<'a> Reading<'a> {
    fn of(filter: &'a AuditFilter, limit: usize) -> Self {
        Self { filter, limit, looks: 0, page: Page::default(), read: Vec::new(), record: String::new() }
    }

    fn add(&mut self, record: &str, lines: impl Iterator<Item = AuditLine>) {
        let was_empty = self.read.is_empty();
        self.read.extend(lines);
        self.read.sort_by_key(|line| line.id);
        if was_empty {
            record.clone_into(&mut self.record);
        }
    }

    /// Shows what was read and is newer than the next entry; answers whether the page ends there.
    fn shown_down_to(&mut self, next: Option<&str>) -> bool {
        while let Some(line) = self.read.pop_if(|line| next.is_none_or(|next| line.id.to_string().as_str() > next)) {
            if self.filter.since.is_some_and(|since| line.id < EventId::new(since, 0)) {
                return true;
            }
            if self.filter.until.is_some_and(|until| line.at >= until) {
                continue;
            }
            let id = line.id;
            self.looks += 1;
            if self.filter.admits(&line) {
                self.page.items.push(line);
            }
            if self.page.items.len() >= self.limit || self.looks >= LOOKS {
                let inside = !self.read.is_empty();
                self.page.next = Some(if inside { format!("{id}{BEFORE}{}", self.record) } else { id.to_string() });
                return true;
            }
        }
        false
    }
}

/// Where a list that goes back from a moment begins: a little later, because the newest line of a record may be behind the
/// moment and others of it before.
fn first_behind(moment: Timestamp) -> String {
    EventId::new(moment.saturating_add(SPAN).unwrap_or(Timestamp::MAX), u128::MAX).to_string()
}
