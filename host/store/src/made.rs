//! How much was made of a connector, with a client or for a tenant: a count in the commit of each. Whoever ends one of them looks
//! first whether it is in use, which takes a while, and expects the count from before: what is made meanwhile is not overlooked.

use std::fmt::Display;

use crate::{change::Change, core::Core, engine::Expect, error::StoreError, schema::MADE};

/// How much was made of something by some moment.
#[derive(Debug, Clone)]
pub struct Made {
    key: Vec<u8>,
    then: Expect,
}

/// The counts of tenants.
pub(crate) const TENANT: &str = "tenant";
/// The counts of connectors.
pub(crate) const CONNECTOR: &str = "connector";
/// The counts of clients.
pub(crate) const CLIENT: &str = "client";

impl Core {
    /// How much was made of one of them so far.
    pub(crate) async fn made(&self, of: &str, which: &(dyn Display + Sync)) -> Result<Made, StoreError> {
        let key = MADE.key(&[&of, which]);
        let then = self.engine.get(&key).await?.map_or(Expect::Absent, Expect::Equals);
        Ok(Made { key, then })
    }
}

impl Change {
    /// Counts that the change makes something of one of them.
    pub(crate) fn makes(&mut self, of: &str, which: &(dyn Display + Sync)) {
        self.batch.counts.push((MADE.key(&[&of, which]), 1));
    }

    /// The change is refused where something was made since then.
    pub(crate) fn nothing_made_since(&mut self, made: &Made) {
        self.expect(made.key.clone(), made.then.clone());
    }

    /// The same for the change that ends it, and the count with it.
    pub(crate) fn ends(&mut self, made: Made) {
        self.nothing_made_since(&made);
        self.delete(made.key);
    }
}
