//! The index of orders: a tenant's connections as people sort them, so that a page reads what it shows and no more.
//!
//! Each connection has an entry per order in the list of all, and in that of its owner or of the shared ones. Names are in hex,
//! for no key holds what somebody typed.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use jackfield_model::{connection::Connection, id::TenantId, status::Status};
use jiff::Timestamp;

use super::{Audience, Connections};
use crate::{
    change::Change,
    core::{Core, Order},
    engine::Expect,
    error::StoreError,
    schema::{CONNECTION, CONNECTION_BY_USER, CONNECTION_ORDER, META, Padded},
    seal::Purpose,
};

/// How much of a name is sorted by, in bytes: keys are bounded, and names differ earlier.
const SORTED_BYTES: usize = 140;
/// How many connections are entered at a time where a store has no such index yet.
const STRIDE: usize = 200;

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

impl Sort {
    pub(super) fn direction(self) -> Order {
        if self == Self::Newest { Order::Newest } else { Order::Oldest }
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

impl Connections<'_> {
    /// What every entry of a list in an order continues. What continues it ends with the connection's id.
    pub(super) fn stretch(&self, tenant: TenantId, audience: &Audience, sort: Sort) -> Vec<u8> {
        match (audience, sort) {
            (Audience::All, Sort::Newest | Sort::Oldest) => CONNECTION.prefix(&[&tenant]),
            (Audience::Of(user), Sort::Newest | Sort::Oldest) => {
                CONNECTION_BY_USER.prefix(&[&tenant, &self.0.keys.hash(Purpose::EndUser, user)])
            }
            _ => CONNECTION_ORDER.prefix(&[&tenant, &list(self.0, audience), &sort.word()]),
        }
    }

    /// The same of one service, by age.
    pub(super) fn stretch_of_service(&self, tenant: TenantId, audience: &Audience, connector: &str) -> Vec<u8> {
        CONNECTION_ORDER.prefix(&[&tenant, &list(self.0, audience), &Sort::Service.word(), &connector])
    }

    /// The same of one status, by age.
    pub(super) fn stretch_of_status(&self, tenant: TenantId, audience: &Audience, status: Status) -> Vec<u8> {
        CONNECTION_ORDER.prefix(&[&tenant, &list(self.0, audience), &Sort::Attention.word(), &urgency(status)])
    }

    /// Moves the entries of a connection from where it was to where it is.
    pub(super) fn mark_orders(&self, change: &mut Change, before: Option<&Connection>, after: Option<&Connection>) {
        let (old, new) = (entries(self.0, before), entries(self.0, after));
        for gone in old.difference(&new) {
            change.delete(gone.clone());
        }
        for entered in new.difference(&old) {
            change.write(entered.clone(), vec![]);
        }
    }

    /// Enters every connection of a store that was written before there was this index, once.
    pub(crate) async fn build_orders(&self) -> Result<(), StoreError> {
        let mark = META.key(&[&CONNECTION_ORDER.name]);
        if self.0.engine.get(&mark).await?.is_some() {
            return Ok(());
        }
        let mut after = None;
        loop {
            let page = self.every(after.as_deref(), STRIDE).await?;
            let mut change = Change::new();
            for connection in &page.items {
                self.mark_orders(&mut change, None, Some(connection));
            }
            after = page.next;
            if after.is_none() {
                change.expect(mark.clone(), Expect::Absent);
                change.write(mark, vec![1]);
                return self.0.commit(change).await;
            }
            self.0.commit(change).await?;
        }
    }
}

fn list(core: &Core, audience: &Audience) -> String {
    match audience {
        Audience::All => "all".to_owned(),
        Audience::Shared => "shared".to_owned(),
        Audience::Of(user) => format!("of-{}", core.keys.hash(Purpose::EndUser, user)),
    }
}

fn entries(core: &Core, connection: Option<&Connection>) -> BTreeSet<Vec<u8>> {
    let Some(connection) = connection else { return BTreeSet::new() };
    let shown_to = connection.end_user.clone().map_or(Audience::Shared, Audience::Of);
    let mut keys = BTreeSet::new();
    for audience in [Audience::All, shown_to] {
        let list = list(core, &audience);
        let key = |sort: Sort, place: &str| {
            CONNECTION_ORDER.key(&[&connection.tenant, &list, &sort.word(), &place, &connection.id])
        };
        keys.insert(key(Sort::Name, &alphabetical(&connection.name)));
        keys.insert(key(Sort::Service, &connection.connector));
        keys.insert(key(Sort::Attention, &urgency(connection.status).to_string()));
        let verified = connection.verification.as_ref().map(|last| last.at);
        keys.insert(key(Sort::Verified, &moment(verified, 0)));
        keys.insert(key(Sort::Ends, &moment(connection.clocks.grant.map(|end| end.at), u64::MAX)));
        if audience == Audience::Shared {
            keys.insert(CONNECTION_ORDER.key(&[&connection.tenant, &list, &Sort::Oldest.word(), &connection.id]));
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
