//! A token the provider refuses on a proxied call: one refresh, one replay, and what a second refusal means.

use http::{Request, StatusCode};
use jackfield_tests::doubles::{Fault, On};
use serde_json::json;

use crate::bounded::{Bounded, LASTING, TOKEN};

const EXPIRED: &str = "Bearer error=\"invalid_token\"";

/// The `Authorization` of every request to `/notes`.
fn shown(scene: &Bounded) -> Vec<String> {
    let log = scene.double.log().to("/notes");
    log.iter().map(|request| request.header("authorization").unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_2_a_refused_token_is_refreshed_once_and_the_request_sent_once_more() {
    let scene = Bounded::start().await;
    let id = scene.machine().await;
    scene.end_token();
    let answer = scene.send(&id, Request::post("/notes").header("content-type", "text/plain"), "hello").await;
    assert_eq!((answer.status.as_u16(), &answer.json["bytes"]), (200, &json!(5)), "{}", answer.json);
    assert!(answer.headers.get("jackfield-advice").is_none());
    assert_eq!(shown(&scene), ["Bearer token-number-1", "Bearer token-number-3"]);
    let last = scene.double.log().to("/notes").pop().unwrap();
    assert_eq!((&last.body[..], last.header("content-type")), (&b"hello"[..], Some("text/plain")));
    assert_eq!(scene.token_requests(), 2);
    let connection = scene.show(&id).await;
    assert_eq!((&connection["status"], &connection["version"]), (&json!("active"), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_2_sixty_four_callers_who_are_refused_together_share_one_refresh() {
    let scene = Bounded::start().await;
    let id = scene.machine().await;
    scene.end_token();
    let calls = (0..64).map(|_| scene.get(&id, "/notes"));
    for answer in futures::future::join_all(calls).await {
        assert_eq!(answer.status, 200, "{}", answer.json);
    }
    assert_eq!(scene.token_requests(), 2, "one at the beginning, one for everybody");
    assert_eq!(scene.show(&id).await["version"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_2_a_second_refusal_is_the_callers_and_verify_says_what_it_means() {
    let scene = Bounded::start().await;
    let id = scene.machine().await;
    let on = On::path("/notes");
    scene.double.faults().always(on.clone(), Fault::Challenge(StatusCode::UNAUTHORIZED, EXPIRED));
    let answer = scene.get(&id, "/notes").await;
    assert_eq!((answer.status.as_u16(), answer.headers["jackfield-advice"].as_bytes()), (401, &b"reauthorize"[..]));
    assert_eq!(answer.headers["jackfield-answered-by"], "provider");
    assert_eq!((shown(&scene).len(), scene.token_requests()), (2, 2));
    // One path refuses what the others take: that is no lost grant, and no reason to refresh again and again.
    let verified = scene.double.log().to("/me").len();
    assert_eq!(scene.show(&id).await["status"], "active");
    for _ in 0..3 {
        assert_eq!(scene.get(&id, "/notes").await.status, 401);
    }
    assert_eq!((scene.token_requests(), scene.double.log().to("/me").len()), (2, verified));
    // Where verify is refused too, the grant is gone.
    let other = scene.machine().await;
    scene.double.faults().always(On::path("/me"), Fault::Challenge(StatusCode::UNAUTHORIZED, EXPIRED));
    let before = scene.token_requests();
    assert_eq!(scene.get(&other, "/notes").await.status, 401);
    assert_eq!(scene.token_requests(), before + 1);
    assert_eq!(scene.show(&other).await["status"], "needs-reauthorization");
    let refused = scene.get(&other, "/notes").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "needs-reauthorization"), "{}", refused.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_fails_leaves_the_refusal_to_the_caller() {
    let scene = Bounded::start().await;
    let id = scene.machine().await;
    scene.end_token();
    scene.double.faults().once(On::path(TOKEN), Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    let answer = scene.get(&id, "/notes").await;
    assert_eq!((answer.status.as_u16(), shown(&scene).len()), (401, 1), "{}", answer.json);
    assert_eq!(scene.show(&id).await["status"], "active", "a bad hour of the token endpoint ends nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_gone_is_not_sent_again_and_the_caller_is_told_to() {
    let scene = Bounded::start().await;
    let id = scene.machine().await;
    scene.end_token();
    let large = "x".repeat(64 * 1024 + 1);
    let answer = scene.send(&id, Request::post("/notes"), &large).await;
    assert_eq!((answer.status.as_u16(), answer.headers["jackfield-send-again"].as_bytes()), (401, &b"true"[..]));
    assert_eq!((shown(&scene).len(), scene.token_requests()), (1, 2));
    let again = scene.send(&id, Request::post("/notes"), &large).await;
    assert_eq!((again.status.as_u16(), &again.json["bytes"]), (200, &json!(64 * 1024 + 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_2_lacking_scopes_refresh_nothing_and_name_the_action() {
    let scene = Bounded::start().await;
    let id = scene.machine().await;
    let narrow = "Bearer error=\"insufficient_scope\", scope=\"notes:write\"";
    for status in [StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED] {
        scene.double.faults().once(On::path("/notes"), Fault::Challenge(status, narrow));
        let answer = scene.send(&id, Request::post("/notes"), "hello").await;
        assert_eq!((answer.status, answer.headers["jackfield-answered-by"].as_bytes()), (status, &b"provider"[..]));
        assert_eq!(answer.headers["jackfield-advice"], "insufficient-scope");
        assert_eq!(answer.headers["jackfield-actions"], "write-notes");
    }
    assert_eq!((shown(&scene).len(), scene.token_requests()), (2, 1));
    assert_eq!(scene.show(&id).await["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_with_status_200_is_a_refusal_where_the_connector_says_so() {
    let scene = Bounded::start().await;
    let id = scene.machine().await;
    let expired = || Fault::Json(StatusCode::OK, json!({ "error": "token_expired" }));
    scene.double.faults().once(On::path("/notes"), expired());
    let answer = scene.get(&id, "/notes").await;
    assert_eq!((answer.status.as_u16(), &answer.json["path"]), (200, &json!("/notes")), "{}", answer.json);
    assert_eq!((shown(&scene).len(), scene.token_requests()), (2, 2));
    // The same word elsewhere in an answer means nothing, and what was looked into passes unchanged.
    let innocent = json!({ "notes": [{ "error": "token_expired" }], "filler": "x".repeat(200_000) });
    scene.double.faults().once(On::path("/notes"), Fault::Json(StatusCode::OK, innocent.clone()));
    let passed = scene.get(&id, "/notes").await;
    assert!(passed.json == innocent, "the answer came back changed");
    assert!(passed.headers.get("jackfield-advice").is_none());
    assert_eq!(scene.token_requests(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_cannot_be_refreshed_is_asked_about_once() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes"])).await;
    scene.host.clock.advance(jiff::SignedDuration::from_mins(2));
    let verified = || scene.double.log().to("/me").len();
    let before = verified();
    let refuse =
        |path: &str| scene.double.faults().always(On::path(path), Fault::Challenge(StatusCode::UNAUTHORIZED, EXPIRED));
    refuse("/notes");
    assert_eq!(scene.get(&id, "/notes").await.status, 401);
    assert_eq!(scene.get(&id, "/notes").await.status, 401);
    assert_eq!((verified(), &scene.show(&id).await["status"]), (before + 1, &json!("active")));
    scene.host.clock.advance(jiff::SignedDuration::from_mins(10));
    refuse("/me");
    assert_eq!(scene.get(&id, "/notes").await.status, 401);
    assert_eq!(scene.show(&id).await["status"], "needs-reauthorization");
    assert_eq!(scene.token_requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_the_credential_says_nothing_about_it() {
    let scene = Bounded::start().await;
    let id = scene.machine().await;
    scene.double.faults().once(On::path("/now"), Fault::Challenge(StatusCode::UNAUTHORIZED, EXPIRED));
    let answer = scene.send(&id, Request::get("/now").header("jackfield-origin", "status"), "").await;
    assert_eq!((answer.status.as_u16(), scene.token_requests()), (401, 1));
    assert!(!format!("{:?}", scene.double.log().to("/now")).contains(LASTING));
}
