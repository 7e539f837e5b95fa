//! How often each bound ended a proxied call, since the host started.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::settings::Bound;

/// The counters. Clones are the same counters.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts(Arc<Mutex<BTreeMap<Bound, u64>>>);

impl Counts {
    /// One more; the log has a line of it, for operators who look why.
    pub(super) fn add(&self, bound: Bound) {
        tracing::info!(setting = bound.setting(), "a proxied call was ended: {bound}");
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(bound).or_default() += 1;
    }

    /// All of them; a bound that ended nothing is left out.
    pub(super) fn all(&self) -> BTreeMap<Bound, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
