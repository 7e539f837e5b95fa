//! Handing out a credential is written before it is answered: lines of those who wait meanwhile are written together.
//!
//! While one record is written and synced, further lines gather for the next one. So a lease costs a sync when it is alone, and
//! a share of one when it is not.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jackfield_model::{audit::AuditLine, id::TenantId};
use jackfield_store::{Change, Fault, StoreError};
use tokio::sync::oneshot;

use super::{RequestName, Service};

/// How many lines share a record, which the store bounds in bytes.
const TOGETHER: usize = 48;

/// Lines that wait to be written.
#[derive(Debug, Default)]
pub(super) struct Reveals(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<Line>,
    is_writing: bool,
}

#[derive(Debug)]
struct Line {
    tenant: TenantId,
    by: String,
    kind: &'static str,
    subject: String,
    request: Option<String>,
    written: oneshot::Sender<Result<(), StoreError>>,
}

impl Reveals {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line; answers whether somebody has to begin to write.
    fn add(&self, line: Line) -> bool {
        let mut waiting = self.waiting();
        waiting.lines.push(line);
        !std::mem::replace(&mut waiting.is_writing, true)
    }

    /// The lines that are written next, the oldest first; none where nobody waits any more.
    fn next(&self) -> Option<Vec<Line>> {
        let mut waiting = self.waiting();
        let count = waiting.lines.len().min(TOGETHER);
        if count == 0 {
            waiting.is_writing = false;
            return None;
        }
        Some(waiting.lines.drain(..count).collect())
    }
}

impl Service {
    /// Writes that a credential is handed out; returns once that is on disk.
    pub(super) async fn revealed(
        &self,
        tenant: TenantId,
        by: &str,
        kind: &'static str,
        subject: String,
    ) -> Result<(), StoreError> {
        let (written, answer) = oneshot::channel();
        let request = RequestName::current().map(|name| name.to_string());
        if self.reveals.add(Line { tenant, by: by.to_owned(), kind, subject, request, written }) {
            let service = self.clone();
            // A task of its own: whoever asks may go, and the others still wait.
            self.tasks.spawn(async move { service.write_reveals().await });
        }
        answer.await.unwrap_or(Err(StoreError::ReadOnly(Fault::Stopped)))
    }

    async fn write_reveals(&self) {
        while let Some(lines) = self.reveals.next() {
            let written = self.write_together(&lines).await;
            for line in lines {
                // Whoever asked may have gone; the line stands all the same.
                let _gone = line.written.send(written.clone());
            }
        }
    }

    async fn write_together(&self, lines: &[Line]) -> Result<(), StoreError> {
        let audit = lines.iter().map(|line| {
            Ok(AuditLine {
                id: self.event_id()?,
                at: self.now(),
                by: line.by.clone(),
                kind: line.kind.to_owned(),
                tenant: Some(line.tenant),
                subject: line.subject.clone(),
                note: None,
                request: line.request.clone(),
            })
        });
        let audit = audit.collect::<Result<Vec<_>, StoreError>>()?;
        let mut change = Change::new();
        match audit.as_slice() {
            [only] => self.store().audit().append(&mut change, only)?,
            several => self.store().audit().append_together(&mut change, several)?,
        }
        self.store().commit(change).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use jiff::Timestamp;

    use super::*;

    fn line(subject: usize) -> Line {
        let (written, _) = oneshot::channel();
        let tenant = TenantId::new(Timestamp::UNIX_EPOCH, 1);
        Line {
            tenant,
            by: "key_1".into(),
            kind: "connection.leased",
            subject: subject.to_string(),
            request: None,
            written,
        }
    }

    #[test]
    fn one_writes_for_all_who_come_meanwhile_in_their_order() {
        let reveals = Reveals::default();
        assert!(reveals.add(line(0)), "the first begins to write");
        assert!((1..TOGETHER + 5).all(|number| !reveals.add(line(number))), "the others are written with it");
        let subjects = |lines: Vec<Line>| lines.into_iter().map(|line| line.subject).collect::<Vec<_>>();
        let first = subjects(reveals.next().unwrap());
        assert_eq!(first, (0..TOGETHER).map(|number| number.to_string()).collect::<Vec<_>>());
        assert!(!reveals.add(line(99)), "who comes while a record is written waits for the next");
        assert_eq!(subjects(reveals.next().unwrap()).len(), 6);
        assert!(reveals.next().is_none());
        assert!(reveals.add(line(100)), "and after the last the next begins again");
    }
}
