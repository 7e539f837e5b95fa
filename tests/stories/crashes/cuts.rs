//! The ways a refresh is cut at a moment of it: a crash, a time-out, a caller who leaves, a host that is told to stop.

use std::net::SocketAddr;
use std::sync::Mutex;

use anyhow::Result;
use futures::future::join_all;
use http::Method;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::Answer;
use jackfield_tests::process::{Process, Starting};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::courses::{Course, Courses, Window};
use crate::rotations::Rotations;

use Window::{W1, W2, W3, W4, W5, W6};

/// How a refresh is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The process is killed.
    Crash,
    /// What it waits for does not come in time.
    TimeOut,
    /// Whoever asked hangs up, and everything else goes on.
    CallerGone,
    /// The process is told to stop, and its patience ends before the refresh does.
    Terminated,
}

impl Way {
    /// Whether there is such a cut: once the new token is stored, the host waits for nothing that could fail to come in time.
    pub(crate) fn cuts(self, window: Window) -> bool {
        (self, window) != (Self::TimeOut, W6)
    }

    /// Cuts all four refreshes at that moment, and starts the scene's host on what is left; what must become of them.
    pub(crate) async fn cut(self, scene: &mut Rotations, window: Window) -> Courses {
        match self {
            Self::Crash | Self::Terminated => {
                let process = reach(scene, window, self).await;
                end(process, self, window).await;
            }
            Self::TimeOut => return timed_out(scene, window).await,
            Self::CallerGone if window == W4 => {
                let process = reach(scene, window, self).await;
                end(process, self, window).await;
            }
            Self::CallerGone => return hung_up(scene, window).await,
        }
        scene.issuer.issuer().faults().clear();
        scene.host.start_again().await.unwrap();
        window.courses()
    }
}

/// A host in another process whose four refreshes are at that moment.
struct Reached {
    process: Process,
    asking: Vec<JoinHandle<Result<Answer>>>,
    gate: Gate,
    // Its connections stay open as long as this is there.
    _silent: Silent,
}

/// Another process takes the host's store and refreshes all four, up to that moment.
async fn reach(scene: &mut Rotations, window: Window, way: Way) -> Reached {
    scene.host.stop().await.unwrap();
    let (gate, silent) = (Gate::default(), Silent::start().await);
    let providers = match window {
        W1 => scene.providers_but_tokens_at(silent.address),
        _ => scene.providers(),
    };
    hold(scene, window, &gate);
    let patience = toml::Value::try_from(json!({ "shutdown_ms": 500 })).unwrap();
    let more = toml::Table::from_iter([("timeouts".to_owned(), patience)]);
    let starting = Starting::spawn(crate::PROGRAM, scene.host.folder(), &providers, more).unwrap();
    let process = starting.ready().await.unwrap();
    let mut asking = scene.asking(&process.url);
    match window {
        W1 => silent.reached(4).await,
        W2 | W3 | W5 => gate.reached(4).await,
        W4 => {
            gate.reached(4).await;
            if way == Way::CallerGone {
                hang_up(std::mem::take(&mut asking)).await;
            }
            // What it reads now it can put nowhere.
            process.fill_disk().unwrap();
            gate.open();
            for answer in join_all(std::mem::take(&mut asking)).await {
                let answer = answer.unwrap().unwrap();
                assert!(answer.status.is_server_error(), "{}", answer.json);
            }
        }
        W6 => {
            for answer in join_all(std::mem::take(&mut asking)).await {
                assert_eq!(answer.unwrap().unwrap().json["version"], 2);
            }
        }
    }
    Reached { process, asking, gate, _silent: silent }
}

/// Makes the providers stand still at that moment.
fn hold(scene: &Rotations, window: Window, gate: &Gate) {
    match window {
        W2 => scene.strike(&Fault::Held(gate.clone())),
        W3 | W4 => scene.strike(&Fault::HeldAnswer(gate.clone())),
        // The issuer's keys, needed to read what lies in the journal, are what it waits for.
        W5 => scene.issuer.issuer().faults().always(On::path("/jwks"), Fault::Held(gate.clone())),
        W1 | W6 => {}
    }
}

async fn end(reached: Reached, way: Way, window: Window) {
    let Reached { process, asking, gate, .. } = reached;
    match way {
        Way::Crash => process.kill().await.unwrap(),
        Way::CallerGone => {
            while process.api("", Method::GET, "/readyz", None).await.unwrap().status.is_success() {}
            process.terminate().unwrap();
            process.ended().await.unwrap();
        }
        Way::Terminated | Way::TimeOut => {
            process.terminate().unwrap();
            let cut_off = !matches!(window, W4 | W6);
            assert_eq!(process.ended().await.unwrap().code(), Some(i32::from(cut_off)), "{window:?}");
        }
    }
    hang_up(asking).await;
    gate.open();
}

/// The host is told to stop at that moment, and the providers go on while it waits.
pub(crate) async fn answered_while_it_stops(scene: &mut Rotations, window: Window) {
    scene.host.stop().await.unwrap();
    let gate = Gate::default();
    hold(scene, window, &gate);
    let process = Process::serve(crate::PROGRAM, scene.host.folder(), &scene.providers()).await.unwrap();
    let asking = scene.asking(&process.url);
    gate.reached(4).await;
    process.terminate().unwrap();
    // The signal is on its way: the host says itself when it has come.
    while process.api("", Method::GET, "/readyz", None).await.unwrap().status.is_success() {}
    gate.open();
    for answer in join_all(asking).await {
        let answer = answer.unwrap().unwrap();
        assert_eq!(answer.json["version"], 2, "{}", answer.json);
    }
    assert_eq!(process.ended().await.unwrap().code(), Some(0));
    scene.issuer.issuer().faults().clear();
    scene.host.start_again().await.unwrap();
}

async fn timed_out(scene: &mut Rotations, window: Window) -> Courses {
    let providers = scene.providers();
    let gate = Gate::default();
    let silent = Silent::start().await;
    match window {
        W1 => scene.start_anew(scene.providers_but_tokens_at(silent.address)).await,
        _ => scene.start_anew(providers.clone()).await,
    }
    match window {
        // Half of it was read.
        W4 => scene.strike(&Fault::Stalled(gate.clone())),
        _ => hold(scene, window, &gate),
    }
    let answers = scene.refresh_all().await;
    scene.issuer.issuer().faults().clear();
    scene.start_anew(providers).await;
    for answer in &answers {
        assert_eq!(answer.status.is_success(), window == W5, "{window:?}: {}", answer.json);
    }
    // A connection that never came up is the one case in which it is known that nothing was sent.
    if window == W1 { [Course::GoesOn; 4] } else { window.courses() }
}

/// Whoever asked leaves; the refresh does not notice.
async fn hung_up(scene: &mut Rotations, window: Window) -> Courses {
    let providers = scene.providers();
    let (gate, silent) = (Gate::default(), Silent::start().await);
    // Anew, so that it has no keys of the issuer in memory.
    match window {
        W1 => scene.start_anew(scene.providers_but_tokens_at(silent.address)).await,
        _ => scene.start_anew(providers.clone()).await,
    }
    hold(scene, window, &gate);
    let asking = scene.asking(&scene.host.url().unwrap());
    match window {
        W1 => silent.reached(4).await,
        W6 => {
            for id in &scene.ids {
                while scene.show(id).await["version"] == 1 {}
            }
        }
        _ => gate.reached(4).await,
    }
    hang_up(asking).await;
    gate.open();
    // It waits for what is under way.
    scene.host.stop().await.unwrap();
    scene.issuer.issuer().faults().clear();
    scene.host.config_mut().egress.hosts = providers;
    scene.host.start_again().await.unwrap();
    [Course::GoesOn; 4]
}

async fn hang_up(asking: Vec<JoinHandle<Result<Answer>>>) {
    for asked in asking {
        asked.abort();
        // Cancelled, or answered already, or cut off by the other side.
        let _ended = asked.await;
    }
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// A server that takes connections and says nothing: no request can be sent over TLS that never begins.
struct Silent {
    address: SocketAddr,
    listener: TcpListener,
    held: Mutex<Vec<TcpStream>>,
}

impl Silent {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { address: listener.local_addr().unwrap(), listener, held: Mutex::default() }
    }

    /// Returns once so many connections have come; they stay open.
    async fn reached(&self, count: usize) {
        for _ in 0..count {
            let (stream, _) = self.listener.accept().await.unwrap();
            self.held.lock().unwrap().push(stream);
        }
    }
}
