//! Lists in an order: the entries of several stretches of an index as one, each page reading what it shows.

use std::collections::{BTreeSet, VecDeque};

use jackfield_model::{connection::Connection, id::TenantId};

use super::{Connections, Filter, Sort};
use crate::{
    core::{Core, Order, STRIDE, tail},
    error::StoreError,
    record::{Page, Versioned},
    schema::CONNECTION,
};

/// How many connections one page looks at, at most, before it answers with what it has.
const LOOKS: usize = 2_000;

/// Whose connections.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Everybody's.
    All,
    /// Those that belong to no person.
    Shared,
    /// This person's, by the application's id.
    Of(String),
}

/// Which connections, and in which order.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose: what any of them has. None of them twice.
    pub audiences: Vec<Audience>,
    /// Which of those.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
}

/// A stretch of the index, read piece by piece.
struct Stretch {
    prefix: Vec<u8>,
    ready: VecDeque<String>,
    after: Option<String>,
    ended: bool,
}

impl Stretch {
    /// The next entry, without what the stretch has in common.
    async fn peek(&mut self, core: &Core, direction: Order, piece: usize) -> Result<Option<&String>, StoreError> {
        if self.ready.is_empty() && !self.ended {
            let (pairs, next) = core.scan(&self.prefix, self.after.as_deref(), piece, direction).await?;
            self.ended = next.is_none();
            self.ready = pairs.iter().map(|(key, _)| tail(&self.prefix, key)).collect();
            self.after = self.ready.back().cloned();
        }
        Ok(self.ready.front())
    }
}

impl Connections<'_> {
    /// A page of a tenant's connections in an order. One that looked at many may hold fewer than `limit` and still go on.
    pub async fn sorted(
        &self,
        tenant: TenantId,
        wanted: &Wanted,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Versioned<Connection>>, StoreError> {
        let mut stretches: Vec<Stretch> = self.stretches(tenant, wanted, after);
        let direction = wanted.sort.direction();
        // Where nothing is left out, not more is read than shown.
        let piece = if wanted.filter.is_empty() { limit.saturating_add(1) } else { STRIDE };
        let mut page = Page::default();
        let mut looks = 0;
        while let Some(at) = self.next_entry(&mut stretches, direction, piece).await? {
            if page.items.len() >= limit || looks >= LOOKS {
                return Ok(page);
            }
            looks += 1;
            let id = at.rsplit('/').next().unwrap_or_default();
            match self.0.get::<Connection>(CONNECTION, &CONNECTION.key(&[&tenant, &id])).await {
                Ok(Some(connection)) if wanted.filter.admits(&connection) => page.items.push(connection),
                Ok(_) => {}
                Err(StoreError::Unreadable(reason)) => page.unreadable.push(reason),
                Err(error) => return Err(error),
            }
            page.next = Some(at);
        }
        page.next = None;
        Ok(page)
    }

    async fn next_entry(
        &self,
        stretches: &mut [Stretch],
        direction: Order,
        piece: usize,
    ) -> Result<Option<String>, StoreError> {
        let mut first: Option<(usize, String)> = None;
        for (place, stretch) in stretches.iter_mut().enumerate() {
            let Some(entry) = stretch.peek(self.0, direction, piece).await? else { continue };
            let sooner = first.as_ref().is_none_or(|(_, best)| match direction {
                Order::Oldest => entry < best,
                Order::Newest => entry > best,
            });
            if sooner {
                first = Some((place, entry.clone()));
            }
        }
        let Some((place, entry)) = first else { return Ok(None) };
        if let Some(stretch) = stretches.get_mut(place) {
            stretch.ready.pop_front();
        }
        Ok(Some(entry))
    }

    /// By age, a service or some statuses are stretches of their own; in other orders they are looked for.
    fn stretches(&self, tenant: TenantId, wanted: &Wanted, after: Option<&str>) -> Vec<Stretch> {
        let by_age = matches!(wanted.sort, Sort::Newest | Sort::Oldest);
        let mut prefixes = BTreeSet::new();
        for audience in &wanted.audiences {
            match (&wanted.filter.connector, wanted.filter.status.as_slice()) {
                (None, statuses) if by_age && !statuses.is_empty() => {
                    prefixes.extend(statuses.iter().map(|status| self.stretch_of_status(tenant, audience, *status)));
                }
                (Some(connector), _) if by_age => {
                    prefixes.insert(self.stretch_of_service(tenant, audience, connector));
                }
                _ => {
                    prefixes.insert(self.stretch(tenant, audience, wanted.sort));
                }
            }
        }
        let begin = |prefix| Stretch { prefix, ready: VecDeque::new(), after: after.map(str::to_owned), ended: false };
        prefixes.into_iter().map(begin).collect()
    }
}
