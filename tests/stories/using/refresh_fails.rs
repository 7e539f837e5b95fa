//! Refreshes that fail: each class has its own consequence, and none costs more than it must.

use bytes::Bytes;
use http::{Request, StatusCode};
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::{at_every_server, peer::Server};
use serde_json::json;
use url::{Url, form_urlencoded};

use crate::front::{Fronted, LIFE, NAME};

at_every_server!(ref_6_an_answer_lost_after_rotation_is_said_and_the_old_token_kept_for_the_last_moment);

/// More than is left of a new token at half its life.
const MORE: i64 = 3000;

#[tokio::test(flavor = "multi_thread")]
async fn invalid_grant_asks_the_person_once_and_reauthorizing_mends_it() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.strike(Fault::Json(StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" })));
    let refused = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "needs-reauthorization"), "{}", refused.json);
    let connection = scene.show(&id).await;
    assert_eq!(connection["status"], "needs-reauthorization");
    assert_eq!(connection["failure"]["code"], "grant-lost", "{connection}");
    // Security rule 7: how often grants end, by cause, is a figure of the host's.
    assert!(scene.counts_one("revoked").await && !scene.counts_one("rotation-lost").await);
    assert_eq!(scene.lease(&id, 60).await.code(), "needs-reauthorization");
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.code(), "needs-reauthorization");
    assert_eq!(scene.refreshes().len(), 1);
    let link = scene.again(&id, "alice").await;
    let mended = scene.consent(&link, "alice").await;
    assert_eq!((&mended.json["id"], &mended.json["status"]), (&json!(id), &json!("active")), "{}", mended.json);
    assert!(mended.json["failure"].is_null());
    scene.token(&id, 60).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ref_5_invalid_grant_for_an_old_token_uses_the_newer_one() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let gate = Gate::default();
    scene.strike(Fault::Held(gate.clone()));
    let refreshing = scene.ask(&id, "refresh", json!({}));
    let meanwhile = async {
        gate.reached(1).await;
        // The person consents again, and the old grant ends at the provider, while the refresh is on its way.
        let link = scene.again(&id, "alice").await;
        let again = scene.consent(&link, "alice").await;
        assert_eq!(again.json["version"], 2, "{}", again.json);
        revoke_at_provider(&scene, &scene.refreshes()[0].form_value("refresh_token").unwrap()).await;
        gate.open();
    };
    let (refreshed, ()) = tokio::join!(refreshing, meanwhile);
    assert_eq!((refreshed.status.as_u16(), &refreshed.json["version"]), (200, &json!(2)), "{}", refreshed.json);
    let connection = scene.show(&id).await;
    assert_eq!((&connection["status"], &connection["version"]), (&json!("active"), &json!(2)));
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 3);
}

async fn revoke_at_provider(scene: &Fronted, token: &str) {
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish();
    let basic = data_encoding::BASE64.encode(b"jack:jack-secret");
    let request = Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", format!("Basic {basic}"));
    let url = Url::parse(&format!("https://{NAME}/token/revocation")).unwrap();
    let answer = scene.wire.send(&url, request.body(Bytes::from(form)).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn core_12_a_rate_limit_is_waited_out_while_the_token_serves() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let token = scene.token(&id, 60).await;
    scene.pass(LIFE / 2);
    scene.strike(Fault::TooMany(120));
    let limited = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!((limited.status.as_u16(), limited.code()), (503, "try-later"), "{}", limited.json);
    assert_eq!(limited.headers["retry-after"], "120");
    scene.pass(119);
    let waits = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!((waits.status.as_u16(), waits.code()), (503, "try-later"), "{}", waits.json);
    // A lease that asks for more gets what there is, and is told until when.
    assert_eq!(scene.token(&id, MORE).await, token);
    assert_eq!(scene.refreshes().len(), 1, "nothing is asked before the provider allows it");
    assert_eq!(scene.show(&id).await["status"], "active");
    scene.pass(2);
    assert_ne!(scene.token(&id, MORE).await, token);
}

#[tokio::test(flavor = "multi_thread")]
async fn core_12_a_broken_provider_is_left_alone_for_a_while() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let token = scene.token(&id, 60).await;
    scene.strike(Fault::Status(StatusCode::INTERNAL_SERVER_ERROR));
    let down = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!((down.status.as_u16(), down.code()), (502, "provider-down"), "{}", down.json);
    let waits = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!((waits.code(), scene.refreshes().len()), ("try-later", 1), "{}", waits.json);
    assert_eq!((scene.token(&id, 60).await, &scene.show(&id).await["status"]), (token, &json!("active")));
    scene.pass(60);
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 2);
}

async fn ref_6_an_answer_lost_after_rotation_is_said_and_the_old_token_kept_for_the_last_moment(server: Server) {
    let scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    let token = scene.token(&id, 60).await;
    scene.strike(Fault::Lost);
    let lost = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!(lost.json["failure"]["code"], "refresh-uncertain", "{}", lost.json);
    let connection = scene.show(&id).await;
    assert_eq!(connection["status"], "uncertain");
    assert_eq!(connection["failure"]["code"], "refresh-uncertain");
    // While the access token lives, it serves, and nothing is risked.
    let waits = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!((waits.status.as_u16(), waits.code()), (503, "try-later"), "{}", waits.json);
    scene.pass(LIFE - 70);
    assert_eq!((scene.token(&id, 60).await, scene.refreshes().len()), (token, 1));
    scene.pass(20);
    let over = scene.lease(&id, 60).await;
    let connection = scene.show(&id).await;
    assert_eq!(scene.refreshes().len(), 2, "the old token is tried once");
    if server.has_grace() {
        // The provider still takes it, so that nothing was lost after all.
        assert_eq!((over.status.as_u16(), &over.json["version"]), (200, &json!(2)), "{}", over.json);
        assert_eq!((&connection["status"], &connection["failure"]), (&json!("active"), &json!(null)));
        assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 3);
        return;
    }
    assert_eq!((over.status.as_u16(), over.code()), (409, "needs-reauthorization"), "{}", over.json);
    assert_eq!(connection["status"], "needs-reauthorization");
    assert_eq!(connection["failure"]["code"], "rotation-lost");
    assert!(scene.counts_one("rotation-lost").await && !scene.counts_one("revoked").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn ref_6_a_refresh_that_never_arrived_succeeds_at_the_last_moment() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.strike(Fault::Dropped);
    scene.ask(&id, "refresh", json!({})).await;
    assert_eq!(scene.show(&id).await["status"], "uncertain");
    scene.pass(LIFE - 50);
    scene.token(&id, 60).await;
    let connection = scene.show(&id).await;
    assert_eq!((&connection["status"], &connection["version"]), (&json!("active"), &json!(2)));
    assert!(connection["failure"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn ref_6_a_refused_access_token_leaves_nothing_to_wait_for() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.strike(Fault::Dropped);
    scene.ask(&id, "refresh", json!({})).await;
    assert_eq!(scene.show(&id).await["status"], "uncertain");
    let reported = scene.ask(&id, "unauthorized", json!({ "version": 1 })).await;
    assert_eq!(
        (&reported.json["status"], &reported.json["version"]),
        (&json!("active"), &json!(2)),
        "{}",
        reported.json
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_waits_loses_no_grant_when_a_verify_is_refused() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.strike(Fault::TooMany(600));
    scene.ask(&id, "refresh", json!({})).await;
    let refused = Fault::Json(StatusCode::UNAUTHORIZED, json!({ "error": "invalid_token" }));
    scene.front.faults().once(On::path("/me"), refused);
    let verified = scene.ask(&id, "verify", json!({})).await;
    assert_ne!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    assert!(verified.json["verification"]["failure"].is_object(), "{}", verified.json);
    scene.pass(601);
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 2);
    assert_eq!(scene.show(&id).await["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_cannot_be_read_leave_the_outcome_unknown() {
    let scene = Fronted::start().await;
    let elsewhere = Url::parse("https://elsewhere.example.com/token").unwrap();
    let faults = [
        ("page", Fault::Html(StatusCode::OK)),
        ("flood", Fault::Huge(100 * 1024 * 1024)),
        ("half", Fault::Cut),
        ("hop", Fault::Redirect(StatusCode::TEMPORARY_REDIRECT, elsewhere)),
        ("typed", Fault::edit(|answer| answer["token_type"] = json!("mystery"))),
        ("empty", Fault::edit(|answer| *answer = json!({}))),
        ("gateway", Fault::Status(StatusCode::BAD_GATEWAY)),
    ];
    for (login, fault) in faults {
        let id = scene.connect(login).await;
        let before = scene.token(&id, 60).await;
        scene.strike(fault);
        let refused = scene.ask(&id, "refresh", json!({})).await;
        assert!(refused.status.is_server_error(), "{login}: {}", refused.json);
        let connection = scene.show(&id).await;
        assert_eq!((&connection["status"], &connection["version"]), (&json!("uncertain"), &json!(1)), "{login}");
        assert_eq!(scene.token(&id, 60).await, before, "{login}");
    }
}

/// A year, in seconds.
const YEAR: i64 = 365 * 24 * 3600;

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_a_clock_ahead_wrote_down_is_over_when_it_is_set_back() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.pass(YEAR);
    scene.strike(Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    let failed = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!(failed.status, 502, "{}", failed.json);
    scene.pass(LIFE - YEAR);
    scene.token(&id, 60).await;
    assert_eq!(scene.refreshes().len(), 2, "nobody waits for next year");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_token_that_a_clock_ahead_wrote_down_is_not_believed() {
    let mut scene = Fronted::start().await;
    let ids = [scene.connect("alice").await, scene.connect("bob").await];
    scene.pass(YEAR);
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.refreshes().len(), 2, "both are over by then");
    scene.pass(-YEAR);
    scene.token(&ids[0], 60).await;
    assert_eq!(scene.refreshes().len(), 3, "whoever leases has a token whose end is known");
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.refreshes().len(), 4, "and the host finds the others by itself");
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.refreshes().len(), 4, "once");
    // The same where it was set back while the host was down.
    scene.pass(YEAR);
    scene.host.keep_house().await.unwrap();
    scene.host.stop().await.unwrap();
    scene.pass(-YEAR);
    scene.host.start_again().await.unwrap();
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.refreshes().len(), 8, "two ahead, and two when it was back");
}
