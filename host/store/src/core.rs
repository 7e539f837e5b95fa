//! What every repository stands on: typed reads and commits over an engine, and the keys.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jackfield_model::connector::{Brief, Connector};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{
    change::Change,
    connectors::Known,
    engine::{Engine, Pair, Scan},
    error::{Cause, StoreError, unreadable},
    keys::Keys,
    record::{self, Page, Versioned},
    schema::{CONNECTION_COUNT, Kind, META, Padded},
};

/// How many pairs a filtering list reads at a time.
pub(crate) const STRIDE: usize = 200;

pub(crate) struct Core {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) keys: Keys,
    /// Connectors that were read.
    pub(crate) connectors: Known<Versioned<Arc<Connector>>>,
    /// Connectors that were looked at all together.
    pub(crate) briefs: Known<Brief>,
    /// How many connections there are, from when that was read on.
    pub(crate) connections: AtomicI64,
}

/// In which order a list goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The oldest first.
    #[default]
    Oldest,
    /// The newest first.
    Newest,
}

impl Core {
    pub(crate) async fn commit(&self, mut change: Change) -> Result<(), StoreError> {
        if change.connections != 0 {
            change.batch.counts.push((META.key(&[&CONNECTION_COUNT]), change.connections));
        }
        self.engine.commit(change.batch).await?;
        self.connections.fetch_add(change.connections, Ordering::Relaxed);
        Ok(())
    }

    /// A record; none where there is no value.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        kind: Kind,
        key: &[u8],
    ) -> Result<Option<Versioned<T>>, StoreError> {
        let Some(bytes) = self.engine.get(key).await? else { return Ok(None) };
        Ok(Some(record::decode(kind, key, &bytes)?))
    }

    /// Pairs below a prefix, behind the cursor, and the cursor behind them; none at the end.
    pub(crate) async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&str>,
        limit: usize,
        order: Order,
    ) -> Result<(Vec<Pair>, Option<String>), StoreError> {
        let after = after.map(|after| [prefix, after.as_bytes()].concat());
        let backwards = order == Order::Newest;
        let mut pairs = self
            .engine
            .scan(Scan { prefix: prefix.to_vec(), after, limit: limit.saturating_add(1), backwards })
            .await?;
        let more = pairs.len() > limit;
        pairs.truncate(limit);
        let next = pairs.last().filter(|_| more).map(|(key, _)| tail(prefix, key));
        Ok((pairs, next))
    }

    /// A page of records whose keys continue a prefix.
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        kind: Kind,
        prefix: &[u8],
        after: Option<&str>,
        limit: usize,
        order: Order,
    ) -> Result<Page<Versioned<T>>, StoreError> {
        let (pairs, next) = self.scan(prefix, after, limit, order).await?;
        let mut page = Page { next, ..Page::default() };
        for (key, bytes) in pairs {
            page.add(record::decode(kind, &key, &bytes));
        }
        Ok(page)
    }

    /// Every record whose key continues a prefix. For kinds of which there are few.
    pub(crate) async fn all<T: DeserializeOwned>(
        &self,
        kind: Kind,
        prefix: &[u8],
    ) -> Result<Page<Versioned<T>>, StoreError> {
        self.page(kind, prefix, None, usize::MAX, Order::Oldest).await
    }

    /// At most `limit` records of a kind that its index of moments has at or before `now`, longest due first. What cannot be
    /// read is named, and takes nobody's place.
    pub(crate) async fn due<T: DeserializeOwned>(
        &self,
        kind: Kind,
        index: Kind,
        now: Timestamp,
        limit: usize,
    ) -> Result<Page<Versioned<T>>, StoreError> {
        let prefix = index.prefix(&[]);
        let last = Padded(u64::try_from(now.as_millisecond()).unwrap_or(0)).to_string();
        let mut page = Page::default();
        let mut after = None;
        loop {
            let (pairs, next) = self.scan(&prefix, after.as_deref(), limit, Order::Oldest).await?;
            for (key, _) in pairs {
                let entry = tail(&prefix, &key);
                let Some((at, id)) = entry.split_once('/') else { continue };
                if at > last.as_str() || page.items.len() >= limit {
                    return Ok(page);
                }
                page.take(self.get(kind, &kind.key(&[&id])).await)?;
            }
            after = next;
            if after.is_none() {
                return Ok(page);
            }
        }
    }

    /// What an index of moments names at or before `now`, longest due first, behind the cursor: at most `limit` entries, of which
    /// `parsed` reads what stands behind the moment. Reads the index only.
    pub(crate) async fn named_due<T>(
        &self,
        index: Kind,
        now: Timestamp,
        after: Option<&str>,
        limit: usize,
        parsed: impl Fn(&str) -> Option<T>,
    ) -> Result<Page<T>, StoreError> {
        let prefix = index.prefix(&[]);
        let (pairs, next) = self.scan(&prefix, after, limit, Order::Oldest).await?;
        let last = Padded(u64::try_from(now.as_millisecond()).unwrap_or(0)).to_string();
        let mut page = Page { next, ..Page::default() };
        for (key, _) in pairs {
            let entry = tail(&prefix, &key);
            let (at, named) = entry.split_once('/').unwrap_or_default();
            if at > last.as_str() {
                page.next = None;
                break;
            }
            page.add(parsed(named).ok_or_else(|| unreadable(&key, Cause::Damaged)));
        }
        Ok(page)
    }

    /// What an index entry points to: the text of its value.
    pub(crate) async fn pointer(&self, key: &[u8]) -> Result<Option<String>, StoreError> {
        let found = self.engine.get(key).await?;
        Ok(found.and_then(|bytes| String::from_utf8(bytes).ok()))
    }
}

/// What a key has behind a prefix.
pub(crate) fn tail(prefix: &[u8], key: &[u8]) -> String {
    String::from_utf8_lossy(key.strip_prefix(prefix).unwrap_or(key)).into_owned()
}
