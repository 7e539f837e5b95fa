//! Lists in an order: the entries of several stretches of an index as one, each page reading what it shows.

use std::collections::{BTreeSet, VecDeque};

use jackfield_model::{connection::Connection, id::TenantId};

use super::{
    Connections, Filter, Sort,
    order::{self, List},
};
use crate::{
    core::{Core, Order, STRIDE, tail},
    error::StoreError,
    record::{Page, Versioned},
    schema::{CONNECTION, CONNECTION_BY_USER},
    seal::Purpose,
};

/// How many connections one page looks at, at most, before it answers with what it has; and how many of one end user are put
/// in an order. Who has more gets them by age.
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
    fn behind(prefix: Vec<u8>, after: Option<&str>) -> Self {
        Self { prefix, ready: VecDeque::new(), after: after.map(str::to_owned), ended: false }
    }

    /// One that was read already, in its order.
    fn whole(mut entries: Vec<String>, after: Option<&str>) -> Self {
        entries.retain(|entry| after.is_none_or(|after| entry.as_str() > after));
        entries.sort();
        Self { prefix: vec![], ready: entries.into(), after: None, ended: true }
    }

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
        let mut stretches = self.stretches(tenant, wanted, after).await?;
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
            let read = self.0.get::<Connection>(CONNECTION, &CONNECTION.key(&[&tenant, &id])).await;
            page.take(read.map(|found| found.filter(|connection| wanted.filter.admits(connection))))?;
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

    async fn stretches(
        &self,
        tenant: TenantId,
        wanted: &Wanted,
        after: Option<&str>,
    ) -> Result<Vec<Stretch>, StoreError> {
        let (mut prefixes, mut stretches) = (BTreeSet::new(), Vec::new());
        for audience in &wanted.audiences {
            match audience {
                Audience::All => prefixes.extend(prefixes_of(tenant, List::All, wanted)),
                Audience::Shared => prefixes.extend(prefixes_of(tenant, List::Shared, wanted)),
                Audience::Of(user) => stretches.push(self.own(tenant, user, wanted, after).await?),
            }
        }
        stretches.extend(prefixes.into_iter().map(|prefix| Stretch::behind(prefix, after)));
        Ok(stretches)
    }

    /// What an end user has, put in its order here: it is little, and an entry for each order would cost every connection more
    /// than reading it costs now and then.
    async fn own(
        &self,
        tenant: TenantId,
        user: &str,
        wanted: &Wanted,
        after: Option<&str>,
    ) -> Result<Stretch, StoreError> {
        let prefix = CONNECTION_BY_USER.prefix(&[&tenant, &self.0.keys.hash(Purpose::EndUser, user)]);
        if wanted.sort.is_by_age() {
            return Ok(Stretch::behind(prefix, after));
        }
        let (pairs, more) = self.0.scan(&prefix, None, LOOKS, Order::Oldest).await?;
        if more.is_some() {
            return Ok(Stretch::behind(prefix, after));
        }
        let mut entries = Vec::with_capacity(pairs.len());
        for (key, _) in pairs {
            let id = tail(&prefix, &key);
            match self.0.get::<Connection>(CONNECTION, &CONNECTION.key(&[&tenant, &id])).await {
                Ok(Some(found)) if !wanted.filter.admits(&found) => {}
                Ok(Some(found)) => entries.push(format!("{}/{id}", wanted.sort.place(&found))),
                Ok(None) => {}
                // First, so that whoever reads the page is told of it.
                Err(StoreError::Unreadable(_)) => entries.push(format!("/{id}")),
                Err(error) => return Err(error),
            }
        }
        Ok(Stretch::whole(entries, after))
    }
}

/// By age, a service or some statuses are stretches of their own; in other orders they are looked for.
fn prefixes_of(tenant: TenantId, list: List, wanted: &Wanted) -> Vec<Vec<u8>> {
    match (&wanted.filter.connector, wanted.filter.status.as_slice()) {
        (None, statuses) if wanted.sort.is_by_age() && !statuses.is_empty() => {
            statuses.iter().map(|status| order::stretch_of_status(tenant, list, *status)).collect()
        }
        (Some(connector), _) if wanted.sort.is_by_age() => {
            vec![order::stretch_of_service(tenant, list, connector)]
        }
        _ => vec![order::stretch(tenant, list, wanted.sort)],
    }
}
