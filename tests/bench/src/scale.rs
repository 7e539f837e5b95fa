//! How large and how long: the whole measurement, or a quick one.

use std::time::Duration;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// Connections in the small store.
    pub(crate) few: usize,
    /// Connections in the large store.
    pub(crate) many: usize,
    /// Installed connectors.
    pub(crate) connectors: usize,
    /// How long one round of requests goes on.
    pub(crate) round: Duration,
    /// Rounds of host and floor, by turns; the median counts.
    pub(crate) rounds: usize,
    /// Calls of one round of what has no requests.
    pub(crate) calls: usize,
}

impl Scale {
    /// The quick one, or the whole. `BENCH_SIZE` is another number of connections.
    #[allow(clippy::disallowed_methods, reason = "how much is measured is said from outside")]
    pub(crate) fn of(quick: bool) -> Self {
        let whole = Self {
            few: 1_000,
            many: 1_000_000,
            connectors: 1_000,
            round: Duration::from_secs(3),
            rounds: 5,
            calls: 2_000,
        };
        let scale = if quick {
            Self { many: 50_000, connectors: 50, round: Duration::from_secs(1), rounds: 3, calls: 500, ..whole }
        } else {
            whole
        };
        let many = std::env::var("BENCH_SIZE").ok().and_then(|size| size.parse().ok());
        Self { many: many.unwrap_or(scale.many), ..scale }
    }
}

/// A number of things as a person says it: `1k`, `1M`.
pub(crate) fn short(count: usize) -> String {
    match count {
        count if count >= 1_000_000 && count % 1_000_000 == 0 => format!("{}M", count / 1_000_000),
        count if count >= 1_000 && count % 1_000 == 0 => format!("{}k", count / 1_000),
        count => count.to_string(),
    }
}
