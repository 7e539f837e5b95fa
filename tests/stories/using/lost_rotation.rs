//! Every moment at which a refresh can be cut, every way to cut it, everything a provider may do with a refresh token: the
//! newest token is used, or the connection says what may be lost and, when it is, that it is. Nothing is lost in silence.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Mutex;

use futures::future::{Either, select};
use jackfield_tests::doubles::rotating::LIFE;
use jackfield_tests::doubles::{Fault, Gate, On};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use crate::process::Process;
use crate::rotations::{ROTATIONS, Rotations};

/// The moment at which a refresh is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    /// The intent is stored, and nothing was sent.
    W1,
    /// It was sent, and the provider has done nothing.
    W2,
    /// The provider rotated, and its answer was not read.
    W3,
    /// The answer was read, and is not on disk.
    W4,
    /// The answer is on disk, and the connection is what it was.
    W5,
    /// The connection has the new token, and nobody was told.
    W6,
}

/// What becomes of a connection whose refresh was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// It goes on, with the newest token.
    GoesOn,
    /// It is uncertain, and the old refresh token turns out to work when the access token is nearly over.
    Doubted,
    /// It is uncertain, and the old refresh token turns out to be spent: a person is asked.
    Lost,
}

use Course::{Doubted, GoesOn, Lost};
use Window::{W1, W2, W3, W4, W5, W6};

impl Window {
    /// Where only the provider's habit says what a crash, or silence, means; in the order of `ROTATIONS`.
    fn courses(self) -> [Course; 4] {
        match self {
            W1 | W2 => [GoesOn, GoesOn, Doubted, Doubted],
            W3 | W4 => [GoesOn, GoesOn, Lost, Lost],
            W5 | W6 => [GoesOn; 4],
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_killed_loses_no_rotation_in_silence() {
    for window in [W1, W2, W3, W4, W5, W6] {
        let mut scene = Rotations::start().await;
        killed_at(&mut scene, window).await;
        follow(&scene, &format!("{window:?} and a crash"), window.courses()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_come_in_time_loses_no_rotation_in_silence() {
    for window in [W1, W2, W3, W5] {
        let mut scene = Rotations::start().await;
        let providers = scene.providers();
        let gate = Gate::default();
        let silent = Silent::start().await;
        match window {
            W1 => scene.start_anew(scene.providers_but_tokens_at(silent.address)).await,
            _ => scene.start_anew(providers.clone()).await,
        }
        match window {
            W2 => scene.strike(&Fault::Held(gate.clone())),
            W3 => scene.strike(&Fault::HeldAnswer(gate.clone())),
            W5 => scene.issuer.issuer().faults().always(On::path("/jwks"), Fault::Held(gate.clone())),
            _ => {}
        }
        let answers = scene.refresh_all().await;
        scene.issuer.issuer().faults().clear();
        scene.start_anew(providers).await;
        for answer in &answers {
            assert_eq!(answer.status.is_success(), window == W5, "{window:?}: {}", answer.json);
        }
        // A connection that never came up is the one case in which it is known that nothing was sent.
        let courses = if window == W1 { [GoesOn; 4] } else { window.courses() };
        follow(&scene, &format!("{window:?} and a time-out"), courses).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_on_its_way_loses_no_rotation_in_silence() {
    let faults = [(W1, None), (W2, Some(Fault::Dropped)), (W3, Some(Fault::Lost)), (W3, Some(Fault::Cut)), (W5, None)];
    for (window, fault) in faults {
        let mut scene = Rotations::start().await;
        let providers = scene.providers();
        match window {
            W1 => scene.start_anew(scene.providers_but_tokens_at(nobody().await)).await,
            _ => scene.start_anew(providers.clone()).await,
        }
        match fault {
            Some(fault) => scene.strike(&fault),
            None if window == W5 => scene.issuer.issuer().faults().always(On::path("/jwks"), Fault::Dropped),
            None => {}
        }
        let answers = scene.refresh_all().await;
        scene.issuer.issuer().faults().clear();
        scene.start_anew(providers).await;
        for answer in &answers {
            assert_eq!(answer.status.is_success(), window == W5, "{window:?}: {}", answer.json);
        }
        let courses = if window == W1 { [GoesOn; 4] } else { window.courses() };
        follow(&scene, &format!("{window:?} and a lost answer"), courses).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grace_that_is_over_is_not_tried_while_the_access_token_lives() {
    let scene = Rotations::start().await;
    let id = &scene.ids[1];
    scene.strike(&Fault::Lost);
    assert!(!scene.ask(id, "refresh", json!({})).await.status.is_success());
    assert_eq!(scene.show(id).await["status"], "active", "within its grace nothing is in doubt");
    scene.pass(400);
    scene.issuer.end_grace();
    let asked = scene.ask(id, "refresh", json!({})).await;
    assert_eq!(asked.json["failure"]["code"], "refresh-uncertain", "{}", asked.json);
    assert_eq!((&scene.show(id).await["status"], scene.issuer.ended()), (&json!("uncertain"), 0));
    assert_eq!(scene.ask(id, "refresh", json!({})).await.code(), "try-later");
    assert_eq!(scene.ask(id, "lease", json!({ "min_valid": 60 })).await.status, 200);
    scene.pass(LIFE - 450);
    assert_eq!(scene.ask(id, "lease", json!({ "min_valid": 60 })).await.code(), "needs-reauthorization");
    assert_eq!(scene.show(id).await["failure"]["code"], "rotation-lost");
}

/// Another process takes the host's store, refreshes all four, and is killed at that moment; the host starts anew.
async fn killed_at(scene: &mut Rotations, window: Window) {
    scene.host.stop().await.unwrap();
    let (gate, silent) = (Gate::default(), Silent::start().await);
    let mut providers = scene.providers();
    match window {
        W1 => providers = scene.providers_but_tokens_at(silent.address),
        W2 => scene.strike(&Fault::Held(gate.clone())),
        W3 | W4 => scene.strike(&Fault::HeldAnswer(gate.clone())),
        // The issuer's keys, needed to read what lies in the journal, are what it waits for.
        W5 => scene.issuer.issuer().faults().always(On::path("/jwks"), Fault::Held(gate.clone())),
        W6 => {}
    }
    let process = Process::serve(scene.host.folder(), &providers).await;
    let asking = scene.refresh_all_at(&process);
    match window {
        W1 => until(silent.reached(4), asking).await,
        W2 | W3 | W5 => until(gate.reached(4), asking).await,
        W4 => {
            let cut = async {
                gate.reached(4).await;
                // What it reads now it can put nowhere.
                process.fill_disk();
                gate.open();
            };
            let (answers, ()) = futures::join!(asking, cut);
            assert!(answers.iter().all(|answer| answer.status.is_server_error()), "{:?}", answers[0].json);
        }
        W6 => {
            let answers = asking.await;
            assert!(answers.iter().all(|answer| answer.json["version"] == 2), "{:?}", answers[0].json);
        }
    }
    process.kill().await;
    scene.issuer.issuer().faults().clear();
    gate.open();
    scene.host.start_again().await.unwrap();
}

/// Waits for that moment, with the work under way; what is not done then is given up.
async fn until<T>(moment: impl Future<Output = ()>, work: impl Future<Output = T>) {
    match select(Box::pin(moment), Box::pin(work)).await {
        Either::Left(_) => {}
        Either::Right(_) => panic!("the refreshes ended before they could be cut"),
    }
}

/// Holds every connection to its course, from the moment the host works again to the end of the first access token.
async fn follow(scene: &Rotations, case: &str, courses: [Course; 4]) {
    let cases = || scene.ids.iter().zip(ROTATIONS).zip(courses);
    for ((id, rotation), course) in cases() {
        let connection = scene.show(id).await;
        let status = if course == GoesOn { "active" } else { "uncertain" };
        assert_eq!(connection["status"], status, "{rotation}, {case}: {connection}");
        if course != GoesOn {
            assert_eq!(connection["failure"]["code"], "refresh-uncertain", "{rotation}, {case}: {connection}");
            assert!(scene.told(id).await.contains(&"refresh-failed".to_owned()), "{rotation}, {case}");
        }
    }
    scene.pass(30);
    for ((id, rotation), course) in cases() {
        if course == GoesOn {
            goes_on(scene, id, &format!("{rotation}, {case}")).await;
        } else {
            let waits = scene.ask(id, "refresh", json!({})).await;
            assert_eq!(waits.code(), "try-later", "{rotation}, {case}: {}", waits.json);
        }
    }
    assert_eq!(scene.issuer.ended(), 0, "{case}: a spent refresh token was shown");
    scene.pass(LIFE - 80);
    for ((id, rotation), course) in cases() {
        match course {
            GoesOn => {}
            Doubted => {
                scene.ask(id, "lease", json!({ "min_valid": 60 })).await;
                goes_on(scene, id, &format!("{rotation}, {case}")).await;
            }
            Lost => {
                let over = scene.ask(id, "lease", json!({ "min_valid": 60 })).await;
                assert_eq!(over.code(), "needs-reauthorization", "{rotation}, {case}: {}", over.json);
                let connection = scene.show(id).await;
                assert_eq!(connection["status"], "needs-reauthorization", "{rotation}, {case}");
                assert_eq!(connection["failure"]["code"], "rotation-lost", "{rotation}, {case}");
            }
        }
    }
}

/// It refreshes, its token works, and it refreshes once more: what it has is the newest.
async fn goes_on(scene: &Rotations, id: &str, case: &str) {
    let version = scene.show(id).await["version"].as_u64().unwrap();
    for next in version + 1..version + 3 {
        let refreshed = scene.ask(id, "refresh", json!({})).await;
        assert_eq!(refreshed.json["version"], next, "{case}: {}", refreshed.json);
        let verified = scene.ask(id, "verify", json!({})).await;
        assert_eq!(verified.json["status"], "active", "{case}: {}", verified.json);
    }
    assert!(scene.show(id).await["failure"].is_null(), "{case}");
}

/// An address at which nobody listens.
async fn nobody() -> SocketAddr {
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
