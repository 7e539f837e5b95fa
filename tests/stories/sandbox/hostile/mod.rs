//! Hostile connectors, a row each: every one is contained, what is told of it names the rule, and the neighbour works on.

#![allow(clippy::too_many_lines, reason = "a table is as long as what it lists")]
#![allow(clippy::needless_pass_by_value, reason = "a row gives what it made away, and `json!` only looks at it")]
#![allow(clippy::format_collect, reason = "texts of a few lines")]

mod breaks;
mod clocks;
pub(crate) mod core;
mod crowd;
mod headers;
pub(crate) mod hooks;
mod limits;
pub(crate) mod lowering;
mod plans;
mod providers;
mod reach;
mod readings;
mod redirected;
mod row;
mod shapes;
mod upgraded;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jackfield_server::config::Config;
use jackfield_tests::suite::{Slice, Suite};

use crate::scene::{Scene, TOKEN};
use row::Row;

/// Longer than any call of a neighbour may take while one hostile connector is at work: it computes for `cpu_ms` at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// Less than what is made for a call: its record and its line of the audit log in the store's cache, its lines in the test's log.
const KEPT: u64 = 4 * 1024;

/// Bounds small enough to be met quickly.
fn small(config: &mut Config) {
    let limits = &mut config.limits;
    limits.cpu_ms = 200;
    limits.memory_bytes = 8 << 20;
    limits.requests = 20;
    limits.response_bytes = 1 << 20;
    limits.host_calls = 200;
    limits.log_lines = 20;
    limits.compile_cpu_s = 10;
}

/// The same, and little time to wait.
fn hasty(config: &mut Config) {
    small(config);
    config.limits.wall_ms = 4_000;
    config.limits.request_ms = 1_000;
}

/// The same, and less time for a call than for a request of it.
fn patient(config: &mut Config) {
    small(config);
    config.limits.wall_ms = 1_500;
    config.limits.request_ms = 60_000;
}

fn rows() -> Vec<Row> {
    let mut rows = shapes::rows();
    let families = [limits::rows(), breaks::rows(), reach::rows(), plans::rows(), readings::rows()];
    let further = [hooks::rows(), headers::rows(), providers::rows(), clocks::rows()];
    rows.extend(families.into_iter().chain(further).flatten());
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_contained_and_named_and_the_neighbour_works_on() {
    let scene = Scene::with(small).await;
    let mut suite = Suite::named("hostile-connectors");
    let rows = rows();
    let slow: Vec<Row> = limits::slow().into_iter().chain(providers::slow()).collect();
    let drawn_out = providers::patient();
    suite.figure("components", rows.len() + slow.len() + drawn_out.len());
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len(), "each row has a name of its own");
    let mut longest = Duration::ZERO;
    for row in &rows {
        let held = row.run(&scene).await;
        let asked = Instant::now();
        let neighbour = neighbour(&scene).await;
        longest = longest.max(asked.elapsed());
        suite.case(row.name, held.and(neighbour));
    }
    for (configure, rows) in [(hasty as fn(&mut Config), &slow), (patient, &drawn_out)] {
        let scene = Scene::with(configure).await;
        for row in rows {
            let held = row.run(&scene).await;
            suite.case(row.name, held.and(neighbour(&scene).await));
        }
    }
    suite.check("nothing reached what nobody should reach", scene.canary.untouched());
    scene.canary.is_reachable().await;
    suite.case("the credential went to its own origin alone", credential_stayed(&scene));
    suite.check("no call of the neighbour was kept waiting", longest < PATIENCE);
    suite.figure("neighbour_longest_ms", u64::try_from(longest.as_millis()).unwrap());
    suite.finish();
}

/// The neighbour's own connection still verifies.
async fn neighbour(scene: &Scene) -> Result<(), String> {
    let verified = scene.verify_neighbour().await;
    let works = verified["status"] == "active" && verified["verification"]["failure"].is_null();
    if works { Ok(()) } else { Err(format!("and then the neighbour: {verified}")) }
}

/// No other service ever heard the token, in whatever part of a request.
fn credential_stayed(scene: &Scene) -> Result<(), String> {
    let others = scene.other.double().log().all().into_iter().chain(scene.login.double().log().all());
    match others.map(|request| format!("{request:?}")).find(|request| request.contains(TOKEN)) {
        Some(request) => Err(request),
        None => Ok(()),
    }
}

/// The neighbour's calls while a crowd of hostile connectors is kept busy, against its calls alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_beside_a_crowd_of_them_is_answered_as_ever() {
    let scene = Scene::with(small).await;
    let mut suite = Suite::named("hostile-crowd");
    let crowd = crowd::Crowd::install(&scene).await;
    let rounds = Slice::asked().of(6, 40);
    let measured = crowd.measure(&scene, rounds).await;
    suite.check("the neighbour's calls all worked", measured.failures == 0);
    suite.check("the crowd's calls were all contained", measured.contained > 0 && measured.uncontained == 0);
    let longest = measured.all.iter().chain(&measured.one).max().copied().unwrap();
    suite.check("no call took as long as a hostile one may", longest < PATIENCE);
    suite.figure("hostile_calls", measured.contained);
    suite.figure("neighbour_calls", measured.alone.len() + measured.one.len() + measured.all.len());
    suite.figure("neighbour_p50_ratio", measured.ratio(&measured.all, 50));
    suite.figure("neighbour_p99_ratio", measured.ratio(&measured.all, 99));
    suite.figure("neighbour_p99_ratio_beside_one", measured.ratio(&measured.one, 99));
    suite.figure("neighbour_p99_ratio_beside_honest", measured.ratio(&measured.honest, 99));
    let p99 = crowd::quantile(&measured.alone, 99);
    suite.figure("neighbour_p99_alone_us", u64::try_from(p99.as_micros()).unwrap());
    suite.figure("kept_per_call_bytes", measured.kept_per_call);
    if Slice::asked() == Slice::Long {
        suite.check("of a call next to nothing stays in memory", measured.kept_per_call < KEPT);
    }
    suite.finish();
}
