//! Audit lines that share a record: read as if each had its own, by whoever may see it, from page to page.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use jackfield_model::{audit::AuditLine, id::EventId};

use super::sample::{self, at};
use crate::{AuditFilter, Change, Store};

/// A line of that moment, in milliseconds, of a tenant or the operator's own.
fn line(moment: i64, tenant: Option<u128>) -> AuditLine {
    let at = at(0) + jiff::SignedDuration::from_millis(moment);
    let id = EventId::new(at, u128::try_from(moment).unwrap());
    AuditLine { id, at, tenant: tenant.map(sample::tenant_id), ..sample::audit_line(1) }
}

/// Single lines and shared records, one of which reaches around a single line and begins before another.
async fn filled() -> (Store, Vec<AuditLine>) {
    let (store, ..) = sample::in_memory().await;
    let together = [
        vec![line(1, Some(1)), line(2, Some(2)), line(3, None)],
        vec![line(5, Some(1)), line(6, Some(1)), line(8, Some(2)), line(10, Some(1))],
        vec![line(13, Some(2))],
    ];
    let single = [line(4, Some(2)), line(7, Some(1)), line(9, None), line(11, Some(1)), line(12, Some(2))];
    let mut change = Change::new();
    for lines in &together {
        store.audit().append_together(&mut change, lines).unwrap();
    }
    for line in &single {
        store.audit().append(&mut change, line).unwrap();
    }
    store.audit().append_together(&mut change, &[]).unwrap();
    store.commit(change).await.unwrap();
    let mut all: Vec<AuditLine> = together.into_iter().flatten().chain(single).collect();
    all.sort_by_key(|line| std::cmp::Reverse(line.id));
    (store, all)
}

async fn walked(store: &Store, filter: &AuditFilter, limit: usize) -> Vec<AuditLine> {
    let (mut seen, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = store.audit().list(filter, after.as_deref(), limit).await.unwrap();
        assert!(page.items.len() <= limit && page.unreadable.is_empty());
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            return seen;
        }
    }
}

#[tokio::test]
async fn every_line_is_read_once_and_in_order_whatever_a_page_holds() {
    let (store, all) = filled().await;
    for limit in 1..=all.len() + 1 {
        assert_eq!(walked(&store, &AuditFilter::default(), limit).await, all, "pages of {limit}");
        for tenant in [1, 2, 3] {
            let filter = AuditFilter { tenant: Some(sample::tenant_id(tenant)), ..AuditFilter::default() };
            let own: Vec<_> = all.iter().filter(|line| line.tenant == filter.tenant).cloned().collect();
            assert_eq!(walked(&store, &filter, limit).await, own, "tenant {tenant}, pages of {limit}");
        }
    }
}

#[tokio::test]
async fn moments_inside_a_shared_record_are_bounds_like_others() {
    let (store, all) = filled().await;
    let moment = |millisecond| Some(at(0) + jiff::SignedDuration::from_millis(millisecond));
    for (since, until) in [(6, 9), (2, 6), (7, 8), (10, 14), (0, 2)] {
        let filter = AuditFilter { since: moment(since), until: moment(until), ..AuditFilter::default() };
        let inside = |line: &&AuditLine| filter.since <= Some(line.at) && Some(line.at) < filter.until;
        let expected: Vec<_> = all.iter().filter(inside).cloned().collect();
        for limit in [1, 2, 20] {
            assert_eq!(walked(&store, &filter, limit).await, expected, "{since} to {until}, pages of {limit}");
        }
    }
}

#[tokio::test]
async fn a_damaged_shared_record_is_named_and_hides_no_other() {
    let (store, _) = filled().await;
    let mut change = Change::new();
    let key = crate::schema::AUDIT.key(&[&line(10, None).id]);
    change.write(key, vec![2, 0, 0, 0, 0, 0, 0, 0, 0, b'{']);
    store.commit(change).await.unwrap();
    let page = store.audit().list(&AuditFilter::default(), None, 50).await.unwrap();
    assert_eq!((page.items.len(), page.unreadable.len()), (9, 1));
}
