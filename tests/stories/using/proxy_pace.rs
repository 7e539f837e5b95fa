//! What a provider says about its limits: told in one spelling, and kept by the host itself.

use http::{Request, StatusCode};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::Answer;
use jiff::SignedDuration;
use serde_json::json;

use crate::bounded::Bounded;

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

fn told(scene: &Bounded, status: StatusCode, left: &str, reset: i64) -> Fault {
    use jackfield_server::clock::Clock;
    let reset = scene.host.clock.now().as_second() + reset;
    Fault::Told(
        status,
        vec![("x-calls", "60".into()), ("x-calls-left", left.into()), ("x-calls-reset", reset.to_string())],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_told_in_one_spelling_beside_the_providers_own() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes"])).await;
    scene.double.faults().once(On::path("/notes"), told(&scene, StatusCode::OK, "59", 90));
    let answer = scene.get(&id, "/notes").await;
    assert_eq!((header(&answer, "x-calls"), header(&answer, "jackfield-ratelimit-limit")), ("60", "60"));
    assert_eq!((header(&answer, "x-calls-left"), header(&answer, "jackfield-ratelimit-remaining")), ("59", "59"));
    // A moment of the provider's becomes the seconds that are left; the clock stood still but for its fraction.
    assert!(["90", "89"].contains(&header(&answer, "jackfield-ratelimit-reset")), "{:?}", answer.headers);
    // Nothing left is no refusal yet.
    scene.double.faults().once(On::path("/notes"), told(&scene, StatusCode::OK, "0", 90));
    assert_eq!(scene.get(&id, "/notes").await.status, 200);
    assert_eq!(scene.get(&id, "/notes").await.headers["jackfield-answered-by"], "provider");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_asks_for_a_pause_gets_it() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes", "write-notes"])).await;
    scene.double.faults().once(On::path("/notes"), Fault::TooMany(120));
    let theirs = scene.get(&id, "/notes").await;
    assert_eq!((theirs.status.as_u16(), header(&theirs, "retry-after")), (429, "120"));
    assert_eq!((header(&theirs, "jackfield-answered-by"), theirs.code()), ("provider", ""));
    let before = scene.double.log().all().len();
    let ours = scene.get(&id, "/notes/7").await;
    assert_eq!((ours.status.as_u16(), ours.code()), (429, "rate-limited"), "{}", ours.json);
    assert_eq!((header(&ours, "jackfield-answered-by"), header(&ours, "retry-after")), ("host", "120"));
    scene.host.clock.advance(SignedDuration::from_secs(100));
    assert_eq!(header(&scene.send(&id, Request::post("/notes"), "x").await, "retry-after"), "20");
    assert_eq!(scene.double.log().all().len(), before, "the provider was asked during its pause");
    // Neither another connection nor another origin has to wait.
    let other = scene.lasting(json!(["read-notes"])).await;
    assert_eq!(scene.get(&other, "/notes").await.status, 200);
    let files = Request::get("/attachments/1").header("jackfield-origin", "files");
    assert_eq!(scene.send(&id, files, "").await.status, 200);
    scene.host.clock.advance(SignedDuration::from_secs(20));
    assert_eq!(scene.get(&id, "/notes").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_told_in_each_of_its_forms_and_never_believed_for_ever() {
    let scene = Bounded::start().await;
    let wait = async |fault: Fault| {
        let id = scene.lasting(json!(["read-notes"])).await;
        scene.double.faults().once(On::path("/notes"), fault);
        scene.get(&id, "/notes").await;
        let next = scene.get(&id, "/notes").await;
        (next.status.as_u16(), header(&next, "retry-after").parse::<u64>().unwrap_or(0))
    };
    let (status, seconds) = wait(told(&scene, StatusCode::TOO_MANY_REQUESTS, "0", 60)).await;
    assert!(status == 429 && (59..=60).contains(&seconds), "until the window begins anew: {status} {seconds}");
    let (status, _) = wait(told(&scene, StatusCode::FORBIDDEN, "0", 60)).await;
    assert_eq!(status, 429, "as GitHub does it");
    assert_eq!(wait(told(&scene, StatusCode::FORBIDDEN, "5", 60)).await.0, 200, "forbidden for another reason");
    let busy = Fault::Told(StatusCode::SERVICE_UNAVAILABLE, vec![("retry-after", "30".into())]);
    assert_eq!(wait(busy).await, (429, 30));
    assert_eq!(wait(Fault::Status(StatusCode::TOO_MANY_REQUESTS)).await.0, 200, "no pause was asked for");
    assert_eq!(wait(Fault::TooMany(86_400)).await, (429, 15 * 60));
    for value in ["soon", "-5", "", "99999999999999999999"] {
        let odd = Fault::Told(StatusCode::TOO_MANY_REQUESTS, vec![("retry-after", value.into())]);
        assert_eq!(wait(odd).await.0, 200, "{value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connectors_own_rule_may_ask_for_the_pause() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes"])).await;
    let fault = Fault::Json(StatusCode::BAD_REQUEST, json!({ "error": "too_fast" }));
    scene.double.faults().once(On::path("/notes"), fault);
    let answer = scene.get(&id, "/notes").await;
    assert_eq!((answer.status.as_u16(), header(&answer, "jackfield-advice")), (400, "retry"));
    // It did not say for how long.
    assert_eq!(scene.get(&id, "/notes").await.status, 200);
}
