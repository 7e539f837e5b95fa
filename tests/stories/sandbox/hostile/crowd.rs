//! A crowd of hostile connectors, kept busy while the neighbour's calls are timed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;

use super::limits;
use crate::scene::{Scene, TOKEN};

/// Those that take the most of what is shared: computing, memory, the way across the border, and what the host
/// searches for secrets.
const BUSIEST: [&str; 7] = [
    "loop-in-verify",
    "loop-in-realloc",
    "loop-over-memory",
    "memory-by-pages",
    "quadratic-headers",
    "host-call-flood",
    "large-answers-flood",
];
/// The neighbour's calls in a stretch.
const STRETCH: usize = 100;

/// Connections of hostile connectors, and as many of one that behaves.
pub(crate) struct Crowd {
    hostile: Vec<String>,
    honest: Vec<String>,
    contained: AtomicU64,
    uncontained: AtomicU64,
}

/// What the neighbour's calls took: alone, beside one that is hostile, beside all of them, and beside as many calls as those
/// begin with which behave.
pub(crate) struct Measured {
    pub(crate) alone: Vec<Duration>,
    pub(crate) one: Vec<Duration>,
    pub(crate) all: Vec<Duration>,
    pub(crate) honest: Vec<Duration>,
    pub(crate) failures: usize,
    pub(crate) contained: u64,
    pub(crate) uncontained: u64,
    /// Resident memory that the process has more of for each of the neighbour's calls, in bytes.
    pub(crate) kept_per_call: u64,
}

impl Crowd {
    /// Installs and connects them.
    pub(crate) async fn install(scene: &Scene) -> Self {
        let (mut hostile, mut honest) = (Vec::new(), Vec::new());
        for row in limits::rows().into_iter().filter(|row| BUSIEST.contains(&row.name)) {
            row.run(scene).await.unwrap();
            hostile.push(connected(scene, row.name, row.name).await);
            honest.push(connected(scene, "well-behaved", row.name).await);
        }
        assert_eq!(hostile.len(), BUSIEST.len());
        Self { hostile, honest, contained: AtomicU64::new(0), uncontained: AtomicU64::new(0) }
    }

    /// Stretches of the neighbour's calls, alone and beside others in turn, so that what else the machine does strikes all.
    pub(crate) async fn measure(&self, scene: &Scene, rounds: usize) -> Measured {
        // The first rounds only warm up, and fill the store's cache.
        for round in 0..rounds.div_ceil(4) {
            self.round(scene, round, &mut Stretches::default()).await;
        }
        let (mut all, before) = (Stretches::default(), resident());
        for round in 0..rounds {
            self.round(scene, round, &mut all).await;
        }
        let (contained, uncontained) = (&self.contained, &self.uncontained);
        let calls = u64::try_from(all.times.iter().map(Vec::len).sum::<usize>()).unwrap();
        let [alone, one, crowd, honest] = all.times;
        Measured {
            alone,
            one,
            all: crowd,
            honest,
            failures: all.failures,
            contained: contained.load(Ordering::Relaxed),
            uncontained: uncontained.load(Ordering::Relaxed),
            kept_per_call: resident().saturating_sub(before) / calls,
        }
    }

    async fn round(&self, scene: &Scene, round: usize, all: &mut Stretches) {
        let one = &self.hostile[round % self.hostile.len()];
        let honest = async |_: &AtomicBool| {
            join_all(self.honest.iter().map(|id| scene.verify(id))).await;
        };
        all.stretch(scene, 0, async |_| {}).await;
        all.stretch(scene, 1, async |over| self.keep_busy(scene, one, over).await).await;
        all.stretch(scene, 2, async |over| {
            join_all(self.hostile.iter().map(|id| self.keep_busy(scene, id, over))).await;
        })
        .await;
        all.stretch(scene, 3, honest).await;
        // What the double remembers is in this process too, and would hide what the host keeps.
        scene.provider.double().log().clear();
    }

    /// One call after another, for as long as it is let through.
    async fn keep_busy(&self, scene: &Scene, id: &str, over: &AtomicBool) {
        while !over.load(Ordering::Relaxed) {
            let code = scene.verify(id).await["verification"]["failure"]["code"].clone();
            match code.as_str() {
                Some("limit") => self.contained.fetch_add(1, Ordering::Relaxed),
                Some("breaker-open") => break,
                _ => self.uncontained.fetch_add(1, Ordering::Relaxed),
            };
        }
    }
}

async fn connected(scene: &Scene, connector: &str, end_user: &str) -> String {
    let fields = json!({ "token": TOKEN });
    let wanted = json!({ "connector": connector, "method": "token", "fields": fields, "end_user": end_user });
    scene.made(wanted).await["id"].as_str().unwrap().to_owned()
}

/// What the neighbour's calls took, by who was beside it.
#[derive(Default)]
struct Stretches {
    times: [Vec<Duration>; 4],
    failures: usize,
}

impl Stretches {
    async fn stretch(&mut self, scene: &Scene, kind: usize, beside: impl AsyncFnOnce(&AtomicBool)) {
        // Whoever was left alone is let through again, and breaks until it is left alone once more.
        scene.host.clock.advance(SignedDuration::from_mins(3));
        let over = AtomicBool::new(false);
        let neighbour = async {
            for _ in 0..STRETCH {
                let begun = Instant::now();
                let verified = scene.verify_neighbour().await;
                self.times[kind].push(begun.elapsed());
                self.failures += usize::from(!verified["verification"]["failure"].is_null());
            }
            over.store(true, Ordering::Relaxed);
        };
        tokio::join!(neighbour, beside(&over));
    }
}

impl Measured {
    /// How a part of these calls compares with the same part of those alone.
    pub(crate) fn ratio(&self, times: &[Duration], percent: usize) -> f64 {
        ratio(quantile(times, percent).as_micros(), quantile(&self.alone, percent).as_micros())
    }
}

/// What so many of a hundred calls took at most.
pub(crate) fn quantile(times: &[Duration], percent: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// One over the other, to two digits.
#[allow(clippy::cast_precision_loss, reason = "two digits are wanted")]
fn ratio(one: u128, other: u128) -> f64 {
    (one as f64 / other.max(1) as f64 * 100.0).round() / 100.0
}
