//! The whole host under mixed load, ended again and again without warning: it starts again, quickly, and everything it acknowledged
//! is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use jackfield_tests::process::{Process, Starting};
use jackfield_tests::suite::Suite;
use jiff::SignedDuration;
use serde_json::Value;
use tokio::process::Child;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::forgetful::Forgetful;
use crate::load::Application;
use crate::yard::Yard;

const APPLICATIONS: usize = 6;
/// One start of so many is ended before it is ready.
const ENDED_STARTS: u64 = 4;
/// How long a start may take before it counts as none.
const PATIENCE: Duration = Duration::from_mins(1);

/// A host that is ended again and again, and everybody around it.
pub(crate) struct Siege {
    yard: Arc<Yard>,
    /// The file system whose power is cut when the host is killed; none where only the process ends.
    power: Option<Forgetful>,
    applications: Vec<Application>,
    acknowledged: watch::Sender<u64>,
    chance: Chance,
    ended_starts: u64,
    ring_changes: u64,
    failed_opens: Vec<String>,
    starts: Vec<u64>,
}

impl Siege {
    pub(crate) async fn lay(seed: u64, power: Option<Forgetful>) -> Self {
        let yard = Arc::new(Yard::lay().await);
        if let Some(power) = &power {
            power.take_in(yard.host.folder());
        }
        let (mut chance, acknowledged) = (Chance::of(seed), watch::Sender::new(0));
        let applications = (0..APPLICATIONS)
            .map(|name| Application::new(name, Arc::clone(&yard), chance.fork(name as u64), acknowledged.clone()))
            .collect();
        let (ended_starts, ring_changes, failed_opens, starts) = (0, 0, Vec::new(), Vec::new());
        Self { yard, power, applications, acknowledged, chance, ended_starts, ring_changes, failed_opens, starts }
    }

    /// Ends it so many times, and holds it to what it acknowledged after each.
    pub(crate) async fn endure(&mut self, suite: &mut Suite, ends: u64) {
        for end in 0..ends {
            let Some(process) = self.start().await else { break };
            self.hold(suite, &process, &format!("end {end}")).await;
            self.end_at_work(process).await;
        }
        suite.case("every store opened", none(&self.failed_opens));
        let odd: Vec<String> = self.applications.iter_mut().flat_map(|one| std::mem::take(&mut one.odd)).collect();
        suite.case("nothing odd was answered", none(&odd));
        suite.check("no spent refresh token was shown", self.yard.issuer.ended() == 0);
        self.starts.sort_unstable();
        suite.figure("kills", ends);
        suite.figure("kills_during_start", self.ended_starts);
        suite.figure("key_ring_changes", self.ring_changes);
        suite.figure("acknowledgements", *self.acknowledged.borrow());
        let doubted: u64 = self.applications.iter().map(|one| one.ledger.doubted).sum();
        suite.figure("refreshes_in_doubt", doubted);
        suite.figure("failed_opens", self.failed_opens.len());
        suite.figure("restart_median_ms", percentile(&self.starts, 50));
        suite.figure("restart_p99_ms", percentile(&self.starts, 99));
    }

    async fn hold(&mut self, suite: &mut Suite, process: &Process, case: &str) {
        for application in &mut self.applications {
            application.speak_to(&process.url);
            let held = application.reconcile().await;
            suite.case(case, held.map_err(|lost| format!("{lost:#}")));
        }
        suite.case(format!("{case}: the list names every connection and no other"), self.listed(process).await);
    }

    /// However long ago a connection was deleted, the list does not name it again.
    async fn listed(&self, process: &Process) -> Result<(), String> {
        let mut unlisted: BTreeSet<&String> =
            self.applications.iter().flat_map(|one| one.ledger.known.keys()).collect();
        let listed = listed(process, &self.yard.tenant.key).await;
        let odd: Vec<&String> = listed.iter().filter(|id| !unlisted.remove(id)).collect();
        let held = odd.is_empty() && unlisted.is_empty();
        if held { Ok(()) } else { Err(format!("it names {odd:?} beside what there is, and not {unlisted:?}")) }
    }

    fn spawn(&self) -> Starting {
        let mut more: toml::Table = toml::from_str("[api]\nrequests_per_minute = 0\nstarts_per_minute = 0\n").unwrap();
        if let Some(power) = &self.power {
            more.extend(power.settings(self.yard.host.folder()));
        }
        Starting::spawn(crate::PROGRAM, self.yard.host.folder(), &self.yard.placed(), more).unwrap()
    }

    /// Starts a host on what the last end left, which is ended itself now and then before it is ready.
    async fn start(&mut self) -> Option<Process> {
        loop {
            let impatient = self.chance.between(0, ENDED_STARTS) == 0;
            let patience = if impatient { Duration::from_millis(self.chance.between(5, 400)) } else { PATIENCE };
            match self.spawn().ready_within(patience).await {
                Ok(Some(process)) => {
                    self.starts.push(u64::try_from(process.ready_after.as_millis()).unwrap());
                    return Some(process);
                }
                Ok(None) if impatient => self.ended_starts += 1,
                Ok(None) => self.failed_opens.push("it was not ready within a minute".into()),
                Err(error) => self.failed_opens.push(format!("{error:#}")),
            }
            if !self.failed_opens.is_empty() {
                return None;
            }
            self.cut();
        }
    }

    /// Lets them work, and ends the host in the middle of it.
    async fn end_at_work(&mut self, process: Process) {
        let moment = *self.acknowledged.borrow() + self.chance.between(1, 120);
        let mut working = JoinSet::new();
        for mut application in std::mem::take(&mut self.applications) {
            working.spawn(async move {
                application.work().await;
                application
            });
        }
        let rotating = self.rotation(&process.url);
        let mut count = self.acknowledged.subscribe();
        let reached = count.wait_for(|count| *count >= moment);
        let in_time = tokio::time::timeout(PATIENCE, reached).await.is_ok();
        process.kill().await.unwrap();
        if let Some(mut rotating) = rotating {
            if self.power.is_some() {
                // Whoever rotates the ring has no more power than the host.
                rotating.start_kill().unwrap();
            }
            // Cut off, or just in time; whatever it says, the next start opens everything.
            self.ring_changes += u64::from(rotating.wait().await.unwrap().success());
        }
        self.cut();
        self.applications = working.join_all().await;
        self.applications.sort_by_key(|one| one.name);
        if !in_time {
            for application in &mut self.applications {
                application.odd.push(format!("it did not work on: {}", application.stopped));
            }
        }
    }

    /// Every other time the key ring is rotated meanwhile, or a key of it retired that may be in use.
    fn rotation(&mut self, url: &str) -> Option<Child> {
        if self.chance.between(0, 2) == 0 {
            return None;
        }
        let ring = self.power.as_ref().map_or_else(|| self.yard.host.folder().join("data.keyring"), Forgetful::ring);
        let older = older_keys(&ring);
        let mut command = if older.is_empty() || self.chance.between(0, 2) == 0 {
            self.yard.command(url, &["keyring", "rotate"])
        } else {
            self.yard.command(url, &["keyring", "retire", self.chance.one_of(&older).as_str()])
        };
        Some(command.spawn().unwrap())
    }

    fn cut(&mut self) {
        if let Some(power) = &self.power {
            // Every third time nothing at all of what was under way is left.
            let seed = self.chance.next();
            power.cut((!seed.is_multiple_of(3)).then_some(seed));
        }
    }

    /// Once nobody ends it any more: every list agrees with what was acknowledged, and the application has heard of everything.
    pub(crate) async fn lift(mut self, suite: &mut Suite) {
        if !self.failed_opens.is_empty() {
            return;
        }
        let process = self.spawn().ready().await.unwrap();
        self.hold(suite, &process, "at the end").await;
        let known: BTreeSet<String> =
            self.applications.iter().flat_map(|one| one.ledger.known.keys().cloned()).collect();
        let deleted: BTreeSet<String> =
            self.applications.iter().flat_map(|one| one.ledger.deleted.iter().cloned()).collect();
        process.terminate().unwrap();
        suite.check("it stops when it is told to", process.ended().await.unwrap().success());
        drop(self.applications);
        let mut yard = Arc::into_inner(self.yard).expect("nobody else is left");
        if let Some(power) = &self.power {
            yard.host.config_mut().data_dir = power.data();
            yard.host.config_mut().keyring = power.ring();
        }
        let made: BTreeSet<String> = known.union(&deleted).cloned().collect();
        let unheard = unheard(&mut yard, &made).await;
        suite.case("the application heard of every connection", none(&unheard));
        suite.figure("connections", made.len());
        suite.figure("lost", unheard.len());
    }
}

/// The keys of the ring that new things are not wrapped under any more.
fn older_keys(ring: &Path) -> Vec<String> {
    let ring = fs::read_to_string(ring).unwrap();
    let ids = ring.lines().filter_map(|line| line.strip_prefix("key")?.split_whitespace().next());
    ids.map(str::to_owned).collect()
}

fn none(wrong: &[String]) -> Result<(), String> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn percentile(sorted: &[u64], of_hundred: usize) -> u64 {
    sorted.get((sorted.len() * of_hundred / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// The connections whose beginning the application never heard of, after everything that is due was sent.
async fn unheard(yard: &mut Yard, made: &BTreeSet<String>) -> Vec<String> {
    yard.host.start_again().await.unwrap();
    for _ in 0..4 {
        yard.host.clock.advance(SignedDuration::from_mins(40));
        yard.host.keep_house().await.unwrap();
    }
    let heard: BTreeSet<String> = yard.hooks.log().to("/all").iter().filter_map(|one| created(&one.body)).collect();
    yard.host.stop().await.unwrap();
    made.difference(&heard).map(|id| format!("never heard of {id}")).collect()
}

/// The connection a message tells the beginning of.
fn created(body: &[u8]) -> Option<String> {
    let message: Value = serde_json::from_slice(body).ok()?;
    (message["type"] == "connection.created").then(|| message["data"]["connection"].as_str().map(str::to_owned))?
}

async fn listed(process: &Process, key: &str) -> BTreeSet<String> {
    let (mut all, mut path) = (BTreeSet::new(), "/v1/connections?limit=200".to_owned());
    loop {
        let page = process.api(key, Method::GET, &path, None).await.unwrap().json;
        let ids = page["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
        all.extend(ids);
        let Some(next) = page["next"].as_str() else { return all };
        path = format!("/v1/connections?limit=200&cursor={next}");
    }
}
