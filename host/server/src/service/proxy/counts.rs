//! How often each bound ended a proxied call since the host started, and how many bytes passed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use prometheus_client::metrics::counter::Counter;

use super::settings::Bound;
use crate::metrics::{Direction, Metrics};

/// The counters. Clones are the same counters.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    ended: Arc<Mutex<BTreeMap<Bound, u64>>>,
    /// Bytes handed to providers.
    pub(super) sent: Counter,
    /// Bytes handed to callers.
    pub(super) received: Counter,
}

impl Counts {
    /// Counters that are shown among a host's figures.
    pub(super) fn into(metrics: &Metrics) -> Self {
        let (sent, received) = (metrics.passed(Direction::Request), metrics.passed(Direction::Response));
        Self { ended: Arc::default(), sent, received }
    }

    /// One more; the log has a line of it, for operators who look why.
    pub(super) fn add(&self, bound: Bound) {
        tracing::info!(setting = bound.setting(), "a proxied call was ended: {bound}");
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner).entry(bound).or_default() += 1;
    }

    /// All of them; a bound that ended nothing is left out.
    pub(super) fn all(&self) -> BTreeMap<Bound, u64> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
