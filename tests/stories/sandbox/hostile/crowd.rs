//! A crowd of hostile connectors, kept busy while the neighbour's calls are timed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::json;

use super::limits;
use crate::scene::{Scene, TOKEN};

/// Those that take the most of what is shared: computing, memory, and the way across the border.
const BUSIEST: [&str; 6] = [
    "loop-in-verify",
    "loop-in-realloc",
    "loop-over-memory",
    "memory-by-pages",
    "quadratic-headers",
    "host-call-flood",
];
/// The neighbour's calls in a stretch.
const STRETCH: usize = 100;

/// Connections of hostile connectors.
pub(crate) struct Crowd {
    connections: Vec<String>,
}

/// What the neighbour's calls took.
pub(crate) struct Measured {
    pub(crate) calls: usize,
    pub(crate) failures: usize,
    pub(crate) contained: u64,
    pub(crate) uncontained: u64,
    pub(crate) longest: Duration,
    pub(crate) p99_alone: Duration,
    pub(crate) p99_beside: Duration,
    pub(crate) p50_ratio: f64,
    pub(crate) p99_ratio: f64,
    pub(crate) resident_ratio: f64,
}

impl Crowd {
    /// Installs and connects them.
    pub(crate) async fn install(scene: &Scene) -> Self {
        let mut connections = Vec::new();
        for row in limits::rows().into_iter().filter(|row| BUSIEST.contains(&row.name)) {
            row.run(scene).await.unwrap();
            let wanted = json!({ "connector": row.name, "method": "token", "fields": { "token": TOKEN } });
            connections.push(scene.made(wanted).await["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(connections.len(), BUSIEST.len());
        Self { connections }
    }

    /// Stretches of the neighbour's calls, alone and beside the crowd in turn, so that what else the machine does strikes both.
    pub(crate) async fn measure(&self, scene: &Scene, rounds: usize) -> Measured {
        let (mut alone, mut beside, mut failures) = (Vec::new(), Vec::new(), 0);
        let (contained, uncontained) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let mut before = resident();
        for round in 0..=rounds {
            // The first round only warms up.
            if round == 1 {
                (alone, beside) = (Vec::new(), Vec::new());
                before = resident();
            }
            stretch(scene, &mut alone, &mut failures).await;
            let over = AtomicBool::new(false);
            let neighbour = async {
                stretch(scene, &mut beside, &mut failures).await;
                over.store(true, Ordering::Relaxed);
            };
            // Whoever was left alone is let through again, and breaks until it is left alone once more.
            scene.host.clock.advance(SignedDuration::from_mins(3));
            let crowd = futures::future::join_all(self.connections.iter().map(async |id| {
                while !over.load(Ordering::Relaxed) {
                    let code = scene.verify(id).await["verification"]["failure"]["code"].clone();
                    match code.as_str() {
                        Some("limit") => contained.fetch_add(1, Ordering::Relaxed),
                        Some("breaker-open") => break,
                        _ => uncontained.fetch_add(1, Ordering::Relaxed),
                    };
                }
            }));
            tokio::join!(neighbour, crowd);
        }
        let resident_ratio = ratio(resident(), before);
        let longest = beside.iter().copied().max().unwrap();
        Measured {
            calls: alone.len() + beside.len(),
            failures,
            contained: contained.load(Ordering::Relaxed),
            uncontained: uncontained.load(Ordering::Relaxed),
            longest,
            p50_ratio: ratio(quantile(&mut beside, 50).as_micros(), quantile(&mut alone, 50).as_micros()),
            p99_alone: quantile(&mut alone, 99),
            p99_beside: quantile(&mut beside, 99),
            p99_ratio: ratio(quantile(&mut beside, 99).as_micros(), quantile(&mut alone, 99).as_micros()),
            resident_ratio,
        }
    }
}

async fn stretch(scene: &Scene, times: &mut Vec<Duration>, failures: &mut usize) {
    for _ in 0..STRETCH {
        let begun = Instant::now();
        let verified = scene.verify_neighbour().await;
        times.push(begun.elapsed());
        *failures += usize::from(!verified["verification"]["failure"].is_null());
    }
}

fn quantile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Resident memory of this process, in pages.
fn resident() -> u128 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse().unwrap()
}

/// One over the other, to two digits.
#[allow(clippy::cast_precision_loss, reason = "two digits are wanted")]
fn ratio(one: u128, other: u128) -> f64 {
    (one as f64 / other.max(1) as f64 * 100.0).round() / 100.0
}
