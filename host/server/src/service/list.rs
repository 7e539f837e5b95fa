//! Lists in pages: a cursor says where a list goes on, and only for the list it was made for.
//!
//! A cursor holds the last position, the moment it was given out, and a keyed tag over both, the list's kind, whose
//! it is and what it was asked for. Nobody can make one, carry it to another list or tenant, or keep it for ever.
//! It names a position, not a count, so what is made or deleted meanwhile moves nothing.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::HEXLOWER;
use jackfield_model::{cursor::Cursor, id::TenantId};
use jackfield_store::{Page as StoredPage, Purpose, StoreError};
use serde::Serialize;

use super::Service;

/// The most one page holds.
pub const PAGE_LIMIT: usize = 200;
/// How long a cursor goes on, in seconds.
const CURSOR_SECONDS: i64 = 24 * 60 * 60;

/// Which page of a list.
#[derive(Debug, Clone)]
pub struct Turn {
    /// Where it goes on; none for the first page.
    pub cursor: Option<String>,
    /// How many it may hold: 1 to 200.
    pub limit: usize,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The cursor of the next page; none at the end.
    pub next: Option<String>,
    /// Records that could not be read.
    pub unreadable: usize,
}

/// Why a list could not be made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ListError {
    /// The cursor.
    #[error("this cursor is not one this host gave for this list and this filter: begin again without it")]
    Cursor,
    /// The cursor's age.
    #[error("this cursor is older than a day: begin again without it")]
    OldCursor,
    /// The page's size.
    #[error("`limit` is a number from 1 to {PAGE_LIMIT}")]
    Limit,
    /// The thing whose list it is.
    #[error("there is no such connection")]
    NotFound,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which list a cursor belongs to.
#[derive(Debug, Clone, Serialize)]
pub(super) struct List {
    kind: &'static str,
    tenant: Option<TenantId>,
    asked: String,
}

impl List {
    /// A list of a kind, whose it is, and what it was asked for.
    pub(super) fn of(kind: &'static str, tenant: Option<TenantId>, asked: &impl Serialize) -> Self {
        Self { kind, tenant, asked: serde_json::to_string(asked).unwrap_or_default() }
    }
}

impl Service {
    /// Where a page begins: checks its size and its cursor.
    pub(super) fn position(&self, list: &List, turn: &Turn) -> Result<Option<String>, ListError> {
        if !(1..=PAGE_LIMIT).contains(&turn.limit) {
            return Err(ListError::Limit);
        }
        let Some(cursor) = &turn.cursor else { return Ok(None) };
        let Cursor { given, tag, position } = Cursor::read(cursor).ok_or(ListError::Cursor)?;
        verify_slices_are_equal(&tag, &self.tag(list, given, &position)).map_err(|_| ListError::Cursor)?;
        if self.now().as_second().saturating_sub(given) >= CURSOR_SECONDS {
            return Err(ListError::OldCursor);
        }
        Ok(Some(position))
    }

    /// A page as the caller sees it, with the cursor that goes on from it.
    pub(super) fn page<T, U>(&self, list: &List, stored: StoredPage<T>, show: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: stored.items.into_iter().map(show).collect(),
            next: stored.next.map(|position| self.cursor(list, &position)),
            unreadable: stored.unreadable.len(),
        }
    }

    fn cursor(&self, list: &List, position: &str) -> String {
        let given = self.now().as_second();
        Cursor { given, tag: self.tag(list, given, position), position: position.to_owned() }.write()
    }

    fn tag(&self, list: &List, given: i64, position: &str) -> [u8; 16] {
        let all = serde_json::to_string(&(list, given, position)).unwrap_or_default();
        let hash = HEXLOWER.decode(self.store().keyed_hash(Purpose::Cursor, &all).as_bytes()).unwrap_or_default();
        // A keyed hash has 32 bytes.
        hash.first_chunk().copied().unwrap_or_default()
    }
}
