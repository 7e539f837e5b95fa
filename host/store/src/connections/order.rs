//! The index of orders: a tenant's connections as people sort them, so that a page reads what it shows and no more.
//!
//! Each connection has an entry per order in the list of all, and a shared one in that of the shared ones. What an end user
//! has is little and put in order as it is read. Names are in hex, for no key holds what somebody typed.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use jackfield_model::{connection::Connection, id::TenantId, status::Status};
use jiff::Timestamp;

use super::Connections;
use crate::{
    change::Change,
    core::{Order, tail},
    error::StoreError,
    schema::{CONNECTION, CONNECTION_ORDER, META, Padded},
};

/// How much of a name is sorted by, in bytes: keys are bounded, and names differ earlier.
const SORTED_BYTES: usize = 140;
/// How many connections are entered at a time where a store has no such index yet.
const STRIDE: usize = 200;
/// What the mark of a store says whose entries are the ones written here. Those of before had lists of end users as well.
const MARK: u8 = 2;
/// How many entries of before are looked at at a time.
const LOOKS: usize = 2_000;

/// An order of connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// By name, without regard to case.
    Name,
    /// By connector.
    Service,
    /// What needs a person first.
    Attention,
    /// What was never verified, then what was verified longest ago.
    Verified,
    /// What ends soonest, and last what has no known end.
    Ends,
}

/// A list that has entries of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Of all.
    All,
    /// Of those that belong to no person.
    Shared,
}

impl List {
    fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Shared => "shared",
        }
    }
}

impl Sort {
    /// Those by something else than age.
    const PLACED: [Self; 5] = [Self::Name, Self::Service, Self::Attention, Self::Verified, Self::Ends];

    pub(super) fn direction(self) -> Order {
        if self == Self::Newest { Order::Newest } else { Order::Oldest }
    }

    pub(super) fn is_by_age(self) -> bool {
        matches!(self, Self::Newest | Self::Oldest)
    }

    /// Where a connection stands in this order; by age, nowhere but where its id does.
    pub(super) fn place(self, connection: &Connection) -> String {
        match self {
            Self::Newest | Self::Oldest => String::new(),
            Self::Name => alphabetical(&connection.name),
            Self::Service => connection.connector.clone(),
            Self::Attention => urgency(connection.status).to_string(),
            Self::Verified => moment(connection.verification.as_ref().map(|last| last.at), 0),
            Self::Ends => moment(connection.clocks.grant.map(|end| end.at), u64::MAX),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Newest | Self::Oldest => "age",
            Self::Name => "name",
            Self::Service => "service",
            Self::Attention => "status",
            Self::Verified => "verified",
            Self::Ends => "ends",
        }
    }
}

/// What every entry of a list in an order continues. What continues it ends with the connection's id.
pub(super) fn stretch(tenant: TenantId, list: List, sort: Sort) -> Vec<u8> {
    match list {
        List::All if sort.is_by_age() => CONNECTION.prefix(&[&tenant]),
        _ => CONNECTION_ORDER.prefix(&[&tenant, &list.word(), &sort.word()]),
    }
}

/// The same of one service, by age.
pub(super) fn stretch_of_service(tenant: TenantId, list: List, connector: &str) -> Vec<u8> {
    CONNECTION_ORDER.prefix(&[&tenant, &list.word(), &Sort::Service.word(), &connector])
}

/// The same of one status, by age.
pub(super) fn stretch_of_status(tenant: TenantId, list: List, status: Status) -> Vec<u8> {
    CONNECTION_ORDER.prefix(&[&tenant, &list.word(), &Sort::Attention.word(), &urgency(status)])
}

/// Moves the entries of a connection from where it was to where it is.
pub(super) fn mark_orders(change: &mut Change, before: Option<&Connection>, after: Option<&Connection>) {
    let (old, new) = (entries(before), entries(after));
    for gone in old.difference(&new) {
        change.delete(gone.clone());
    }
    for entered in new.difference(&old) {
        change.write(entered.clone(), vec![]);
    }
}

impl Connections<'_> {
    /// Enters every connection of a store that was written before there was this index, once; of one that has lists of end
    /// users, those are taken out.
    pub(crate) async fn build_orders(&self) -> Result<(), StoreError> {
        let mark = META.key(&[&CONNECTION_ORDER.name]);
        match self.0.engine.get(&mark).await? {
            Some(found) if found == [MARK] => return Ok(()),
            Some(_) => self.drop_lists_of_end_users().await?,
            None => self.enter_all().await?,
        }
        let mut change = Change::new();
        change.write(mark, vec![MARK]);
        self.0.commit(change).await
    }

    async fn enter_all(&self) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = self.every(after.as_deref(), STRIDE).await?;
            let mut change = Change::new();
            for connection in &page.items {
                mark_orders(&mut change, None, Some(connection));
            }
            self.0.commit(change).await?;
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn drop_lists_of_end_users(&self) -> Result<(), StoreError> {
        let prefix = CONNECTION_ORDER.prefix(&[]);
        let mut after = None;
        loop {
            let (pairs, next) = self.0.scan(&prefix, after.as_deref(), LOOKS, Order::Oldest).await?;
            let mut change = Change::new();
            for (key, _) in pairs {
                if tail(&prefix, &key).split('/').nth(1).is_some_and(|list| list.starts_with("of-")) {
                    change.delete(key);
                }
            }
            self.0.commit(change).await?;
            after = next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

fn entries(connection: Option<&Connection>) -> BTreeSet<Vec<u8>> {
    let Some(connection) = connection else { return BTreeSet::new() };
    let (tenant, id) = (&connection.tenant, &connection.id);
    let lists: &[List] = if connection.end_user.is_none() { &[List::All, List::Shared] } else { &[List::All] };
    let mut keys = BTreeSet::new();
    for list in lists {
        let placed = Sort::PLACED
            .iter()
            .map(|sort| CONNECTION_ORDER.key(&[tenant, &list.word(), &sort.word(), &sort.place(connection), id]));
        keys.extend(placed);
        if *list == List::Shared {
            keys.insert(CONNECTION_ORDER.key(&[tenant, &list.word(), &Sort::Oldest.word(), id]));
        }
    }
    keys
}

/// A name as it is sorted by.
fn alphabetical(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let bytes = lower.as_bytes();
    HEXLOWER.encode(bytes.get(..SORTED_BYTES).unwrap_or(bytes))
}

fn moment(at: Option<Timestamp>, unknown: u64) -> String {
    let at = at.map_or(unknown, |at| u64::try_from(at.as_millisecond()).unwrap_or(0));
    Padded(at).to_string()
}

/// How much a status needs a person; the least number first.
fn urgency(status: Status) -> u8 {
    match status {
        Status::NeedsReauthorization => 0,
        Status::Failing => 1,
        Status::Uncertain => 2,
        Status::Expiring => 3,
        Status::Pending => 4,
        Status::Active => 5,
        Status::Revoked => 6,
    }
}
