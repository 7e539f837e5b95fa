//! Which page of a list is asked for, and how one is answered.

use schemars::JsonSchema;
use serde::Deserialize;

use super::reply::List;
use crate::service::{Page, Turn};

/// How many are on a page where the caller does not say.
const PAGE: usize = 50;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Paged {
    /// Where to go on: the `next` of the page before, good for a day.
    #[schemars(example = &"AAAAAGkhjQBvcGFxdWU")]
    cursor: Option<String>,
    /// How many on a page; 50 where it is left out.
    #[schemars(range(min = 1, max = 200), example = 50)]
    limit: Option<usize>,
}

impl From<Paged> for Turn {
    fn from(paged: Paged) -> Self {
        turn(paged.cursor, paged.limit)
    }
}

/// The page that a query with filters asks for.
pub(super) fn turn(cursor: Option<String>, limit: Option<usize>) -> Turn {
    Turn { cursor, limit: limit.unwrap_or(PAGE) }
}

/// A page in the words of the API.
pub(super) fn list<T, V>(page: Page<T>, view: impl FnMut(T) -> V) -> List<V> {
    List { items: page.items.into_iter().map(view).collect(), next: page.next, unreadable: page.unreadable }
}
