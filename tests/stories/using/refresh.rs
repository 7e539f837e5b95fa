//! Refresh on demand: one at a time, stored before it is told, rotation followed, whoever asks.

use futures::future::join_all;
use jackfield_tests::doubles::{Fault, Gate};
use jackfield_tests::{at_every_server, peer::Server};
use serde_json::json;

use crate::front::{Fronted, LIFE, Tapped};

at_every_server!(
    core_10_a_lease_refreshes_when_too_little_remains_and_follows_rotation,
    ref_1_sixty_four_leases_at_once_are_one_refresh,
    bear_2_sixty_four_reports_of_a_refused_token_are_one_refresh_and_old_ones_none,
    core_10_a_refresh_token_left_out_is_kept,
    ref_7_no_answer_holds_a_refresh_token,
);

async fn core_10_a_lease_refreshes_when_too_little_remains_and_follows_rotation(server: Server) {
    let scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    let first = scene.token(&id, 60).await;
    scene.pass(3000);
    assert_eq!(scene.token(&id, 600).await, first);
    assert_eq!(scene.refreshes().len(), 0);
    let lease = scene.lease(&id, 601).await;
    let second = lease.text("/credential/token").unwrap();
    assert_ne!(second, first);
    assert_eq!(lease.json["version"], 2);
    scene.pass(LIFE - 30);
    let third = scene.token(&id, 60).await;
    assert_ne!(third, second);
    let shown: Vec<_> = scene.refreshes().iter().map(|request| request.form_value("refresh_token").unwrap()).collect();
    assert!(shown.len() == 2 && shown[0] != shown[1], "the second refresh shows the rotated token");
    // CORE-11: nothing beyond the grant is asked for.
    assert!(scene.refreshes().iter().all(|request| {
        let scope = request.form_value("scope").unwrap_or_default();
        scope.split(' ').all(|one| ["", "openid", "profile", "offline_access"].contains(&one))
    }));
    let connection = scene.show(&id).await;
    assert_eq!((&connection["status"], &connection["version"]), (&json!("active"), &json!(3)));
    assert_eq!(connection["access_expires"]["source"], "response");
    assert_eq!(connection["access_expires"]["at"], scene.lease(&id, 60).await.json["expires_at"]);
}

async fn ref_1_sixty_four_leases_at_once_are_one_refresh(server: Server) {
    let scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    scene.pass(LIFE - 10);
    let gate = Gate::default();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    let leases = join_all((0..64).map(|_| scene.lease(&id, 60)));
    let (leases, ()) = tokio::join!(leases, async {
        gate.reached(1).await;
        gate.open();
    });
    let token = leases[0].text("/credential/token").unwrap();
    for lease in &leases {
        assert_eq!((&lease.json["version"], lease.text("/credential/token").unwrap()), (&json!(2), token.clone()));
    }
    assert_eq!(scene.refreshes().len(), 1);
}

async fn bear_2_sixty_four_reports_of_a_refused_token_are_one_refresh_and_old_ones_none(server: Server) {
    let scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    let reports = join_all((0..64).map(|_| scene.ask(&id, "unauthorized", json!({ "version": 1 })))).await;
    for report in &reports {
        assert_eq!((report.status.as_u16(), &report.json["version"]), (200, &json!(2)), "{}", report.json);
    }
    assert_eq!(scene.refreshes().len(), 1);
    let late = scene.ask(&id, "unauthorized", json!({ "version": 1 })).await;
    assert_eq!(late.json["version"], 2);
    assert_eq!(scene.refreshes().len(), 1);
    let strange = scene.ask(&id, "unauthorized", json!({ "version": 9 })).await;
    assert_eq!((strange.status.as_u16(), scene.refreshes().len()), (200, 1));
}

async fn core_10_a_refresh_token_left_out_is_kept(server: Server) {
    let scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    scene.strike(Fault::edit(|answer| {
        answer.as_object_mut().unwrap().remove("refresh_token");
    }));
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 2);
    let answer = json!({ "access_token": "the-next-access-token", "token_type": "Bearer", "expires_in": LIFE });
    scene.strike(Fault::Json(http::StatusCode::OK, answer));
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 3);
    assert_eq!(scene.token(&id, 60).await, "the-next-access-token");
    let shown: Vec<_> = scene.refreshes().iter().map(|request| request.form_value("refresh_token")).collect();
    assert!(shown[0].is_some());
    assert_eq!(shown[0], shown[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn core_7_without_a_stated_end_only_a_refusal_refreshes() {
    let scene = Fronted::start().await;
    scene.strike(Fault::edit(|answer| {
        answer.as_object_mut().unwrap().remove("expires_in");
    }));
    let id = scene.connect("alice").await;
    assert!(scene.show(&id).await["access_expires"].is_null());
    scene.pass(30 * 24 * LIFE);
    let lease = scene.lease(&id, 24 * 3600).await;
    assert!(lease.status == 200 && lease.json["expires_at"].is_null(), "{}", lease.json);
    assert_eq!(scene.refreshes().len(), 0);
    let reported = scene.ask(&id, "unauthorized", json!({ "version": lease.json["version"] })).await;
    assert_eq!((&reported.json["version"], scene.refreshes().len()), (&json!(2), 1), "{}", reported.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_the_provider_ever_gives_is_refused_with_what_there_is() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let lease = scene.lease(&id, LIFE + 1).await;
    assert_eq!(lease.status, 422);
    assert!(lease.text("/detail").unwrap().contains("3600 seconds"), "{}", lease.json);
    assert_eq!(scene.lease(&id, 24 * 3600 + 1).await.status, 422);
    assert_eq!(scene.refreshes().len(), 1);
}

async fn ref_7_no_answer_holds_a_refresh_token(server: Server) {
    let scene = Fronted::at(server).await;
    let tapped = Tapped::default();
    scene.tap(&tapped);
    let id = scene.connect("alice").await;
    scene.tap(&tapped);
    let path = format!("/v1/connections/{id}");
    let mut answers = vec![
        scene.ask(&id, "refresh", json!({})).await,
        scene.lease(&id, 60).await,
        scene.ask(&id, "verify", json!({})).await,
        scene.ask(&id, "unauthorized", json!({ "version": 1 })).await,
    ];
    for path in [path.clone(), format!("{path}/permissions"), format!("{path}/timeline"), "/v1/connections".into()] {
        answers.push(scene.host.get(&scene.tenant.key, &path).await.unwrap());
    }
    answers.push(scene.delete(&id).await);
    let secrets = [tapped.text(0, "refresh_token"), tapped.text(1, "refresh_token")];
    assert_ne!(secrets[0], secrets[1]);
    let leased = tapped.text(1, "access_token");
    for (place, answer) in answers.iter().enumerate() {
        assert!(answer.status.is_success(), "{place}: {}", answer.json);
        let whole = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body));
        assert!(secrets.iter().all(|secret| !whole.contains(secret.as_str())), "answer {place} holds a refresh token");
        assert_eq!(whole.contains(&leased), place == 1, "the lease alone holds an access token, not answer {place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn id_3_a_refresh_that_brings_another_account_is_refused() {
    let scene = Fronted::start().await;
    let alice = scene.connect("alice").await;
    let tapped = Tapped::default();
    scene.tap(&tapped);
    scene.connect("bob").await;
    let bobs = tapped.whole(0);
    scene.strike(Fault::edit(move |answer| *answer = bobs.clone()));
    let refused = scene.ask(&alice, "refresh", json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "needs-reauthorization"), "{}", refused.json);
    let connection = scene.show(&alice).await;
    assert_eq!(connection["status"], "needs-reauthorization");
    assert_eq!(connection["failure"]["code"], "other-account");
    assert_eq!((&connection["version"], &connection["account"]["id"]), (&json!(1), &json!("alice")));
}
