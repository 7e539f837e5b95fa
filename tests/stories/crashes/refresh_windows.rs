//! Every moment at which a refresh can be cut, every way to cut it, everything a provider may do with a refresh token: the
//! newest token is used, or the connection says what may be lost and, when it is, that it is. Nothing is lost in silence.

use jackfield_tests::doubles::rotating::LIFE;
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::suite::{Slice, Suite};
use serde_json::json;
use tokio::task::JoinSet;

use crate::courses::{Course, Courses, Window, follow};
use crate::cuts::{Way, answered_while_it_stops, nobody};
use crate::rotations::{ROTATIONS, Rotations};

const WINDOWS: [Window; 6] = [Window::W1, Window::W2, Window::W3, Window::W4, Window::W5, Window::W6];
const WAYS: [Way; 4] = [Way::Crash, Way::TimeOut, Way::CallerGone, Way::Terminated];
/// How often the table is gone through in the long slice.
const LONG: usize = 50;

/// Each line of the table, and what came of it.
type Cells = Vec<(String, Result<(), String>)>;

#[tokio::test(flavor = "multi_thread")]
async fn no_rotation_is_lost_in_silence() {
    let mut suite = Suite::named("refresh-windows");
    for _ in 0..Slice::asked().of(1, LONG) {
        let mut columns = JoinSet::new();
        for way in WAYS {
            columns.spawn(async move { column(way).await });
        }
        columns.spawn(stopping());
        for (case, held) in columns.join_all().await.into_iter().flatten() {
            suite.case(case, held);
        }
    }
    suite.finish();
}

/// One way to cut, at every moment.
async fn column(way: Way) -> Cells {
    let mut cells = Vec::new();
    for window in WINDOWS.into_iter().filter(|window| way.cuts(*window)) {
        let mut scene = Rotations::start().await;
        let courses = way.cut(&mut scene, window).await;
        cells.extend(rows(&scene, &format!("{window:?}, {way:?}"), courses).await);
    }
    cells
}

/// A host that is told to stop, and providers that answer while it waits: nothing is in doubt.
async fn stopping() -> Cells {
    let mut cells = Vec::new();
    for window in [Window::W2, Window::W3, Window::W5] {
        let mut scene = Rotations::start().await;
        answered_while_it_stops(&mut scene, window).await;
        cells.extend(rows(&scene, &format!("{window:?}, answered while the host stops"), [Course::GoesOn; 4]).await);
    }
    cells
}

async fn rows(scene: &Rotations, case: &str, courses: Courses) -> Cells {
    let outcomes = follow(scene, courses).await;
    let named = |(rotation, held): (&str, anyhow::Result<()>)| {
        (format!("{case}, {rotation}"), held.map_err(|wrong| format!("{wrong:#}")))
    };
    ROTATIONS.into_iter().zip(outcomes).map(named).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_on_its_way_loses_no_rotation_in_silence() {
    use Window::{W1, W2, W3, W5};
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
        let courses = if window == W1 { [Course::GoesOn; 4] } else { window.courses() };
        for (case, held) in rows(&scene, &format!("{window:?} and a lost answer"), courses).await {
            assert!(held.is_ok(), "{case}: {held:?}");
        }
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
