//! The clocks of a guest runtime: they begin with its call, and are too coarse to time what shares a processor with it.

use std::time::{Duration, Instant};

use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

use crate::context::CallContext;

/// What the clocks are exact to. Caches and branch predictors are told apart by nanoseconds; a time-out is not missed by this.
const EXACT: Duration = Duration::from_millis(1);

/// The time of one call.
#[derive(Clone, Copy)]
pub(crate) struct CallClock {
    /// The host's clock when the call began, since 1970.
    at: Duration,
    begun: Instant,
}

impl CallClock {
    /// The clock of a call; while a manifest is read, it begins in 1970.
    pub(crate) fn of(context: Option<&CallContext>, begun: Instant) -> Self {
        let at = context.map(|context| context.now.as_millisecond()).and_then(|at| u64::try_from(at).ok());
        Self { at: Duration::from_millis(at.unwrap_or(0)), begun }
    }

    /// Whole steps since the call began.
    fn passed(self) -> Duration {
        let steps = self.begun.elapsed().as_millis() / EXACT.as_millis();
        EXACT * u32::try_from(steps).unwrap_or(u32::MAX)
    }
}

impl HostMonotonicClock for CallClock {
    fn resolution(&self) -> u64 {
        u64::try_from(EXACT.as_nanos()).unwrap_or(u64::MAX)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.passed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl HostWallClock for CallClock {
    fn resolution(&self) -> Duration {
        EXACT
    }

    fn now(&self) -> Duration {
        self.at + self.passed()
    }
}
