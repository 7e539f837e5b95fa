//! Delivery: again and again for days, in order for each connection, past whoever is slow, through restarts.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;
use http::StatusCode;
use jackfield_server::clock::Clock;
use jackfield_tests::doubles::{Fault, Gate, On};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::stage::{HOOKS, Stage, TOKEN, verified};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_sent_again_under_the_same_id_and_the_order_holds() {
    let stage = Stage::set().await;
    let hook = stage.hook("/in", &[]).await;
    stage.hooks.faults().once(On::path("/in"), Fault::Status(StatusCode::INTERNAL_SERVER_ERROR));
    stage.connect("ada").await;
    stage.round().await;
    assert_eq!(stage.types(&hook), ["connection.created"], "what comes behind a failure waits");
    stage.later(1).await;
    assert_eq!(stage.types(&hook), ["connection.created", "connection.created", "connection.active"]);
    let ids: Vec<_> =
        stage.hooks.log().to("/in").iter().map(|one| one.header("webhook-id").unwrap().to_owned()).collect();
    assert!(ids[0] == ids[1] && ids[1] != ids[2], "{ids:?}");
    let first = stage.get(&format!("/v1/messages/{}", ids[0])).await;
    assert_eq!(first.json["state"], "sent");
    assert_eq!(
        (&first.json["attempts"][0]["status"], &first.json["attempts"][1]["status"]),
        (&json!(500), &json!(200))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_clock_ahead_put_off_is_sent_when_it_is_set_back() {
    let year = SignedDuration::from_hours(365 * 24);
    let stage = Stage::set().await;
    let hook = stage.hook("/in", &[]).await;
    stage.host.clock.advance(year);
    stage.hooks.faults().once(On::path("/in"), Fault::Status(StatusCode::INTERNAL_SERVER_ERROR));
    stage.connect("ada").await;
    stage.round().await;
    assert_eq!(stage.types(&hook), ["connection.created"], "the next try is in a year, and the other waits behind it");
    stage.host.clock.advance(-year);
    stage.round().await;
    stage.round().await;
    assert_eq!(stage.types(&hook), ["connection.created", "connection.created", "connection.active"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_webhook_is_tried_for_three_days_then_paused_and_what_it_missed_is_replayed() {
    let stage = Stage::set().await;
    let hook = stage.hook("/dead", &["connection.created"]).await;
    let before = stage.host.clock.now();
    stage.hooks.faults().always(On::path("/dead"), Fault::Status(StatusCode::BAD_GATEWAY));
    let id = stage.connect("ada").await;
    stage.round().await;
    for _ in 0..100 {
        stage.later(60).await;
    }
    assert_eq!(stage.hooks.log().to("/dead").len(), 10, "ten tries");
    let failed = stage.messages("failed").await;
    assert_eq!((failed.len(), &failed[0]["connection"]), (1, &json!(id)));
    let shown = stage.get(&format!("/v1/webhooks/{}", hook.id)).await;
    assert_eq!(shown.json["paused"]["because"], "failing", "{}", shown.json);
    let audit = stage.get("/v1/audit?kind=webhook.paused").await;
    assert_eq!(audit.json["items"][0]["subject"], json!(hook.id), "{}", audit.json);
    // While it is paused, what happens is kept.
    stage.connect("bob").await;
    stage.round().await;
    assert_eq!(stage.messages("failed").await.len(), 2);
    let replay = format!("/v1/webhooks/{}/replay", hook.id);
    assert_eq!(stage.post(&replay, json!({ "since": before })).await.code(), "webhook-paused");
    stage.hooks.faults().clear();
    stage.hooks.log().clear();
    let resumed = stage.patch(&format!("/v1/webhooks/{}", hook.id), json!({ "paused": false })).await;
    assert!(resumed.json["paused"].is_null());
    assert_eq!(stage.post(&replay, json!({ "since": before })).await.json["messages"], 2);
    stage.round().await;
    assert_eq!(stage.hooks.log().to("/dead").len(), 2);
    assert_eq!(stage.messages("sent").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_is_replayed_under_its_id_and_one_on_its_way_is_not() {
    let stage = Stage::set().await;
    let hook = stage.hook("/again", &["connection.created"]).await;
    stage.connect("ada").await;
    stage.round().await;
    let first = stage.hooks.log().to("/again")[0].clone();
    let id = first.header("webhook-id").unwrap();
    let path = format!("/v1/messages/{id}/replay");
    assert_eq!(stage.ask(&path).await.json["state"], "waiting");
    assert_eq!(stage.ask(&path).await.code(), "message-waiting");
    stage.round().await;
    let again = stage.hooks.log().to("/again")[1].clone();
    assert_eq!((again.header("webhook-id"), &again.body), (Some(id), &first.body));
    verified(&again, &[&hook.secret]);
    stage.delete(&format!("/v1/webhooks/{}", hook.id)).await;
    assert_eq!(stage.ask(&path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_webhook_keeps_no_other_waiting_and_no_request_either() {
    let stage = Stage::configured(Some(|config| config.timeouts.webhook_ms = 120_000)).await;
    let (slow, quick) = (stage.hook("/slow", &[]).await, stage.hook("/quick", &[]).await);
    let gate = Gate::default();
    stage.hooks.faults().always(On::path("/slow"), Fault::Held(gate.clone()));
    for person in ["ada", "bob", "eve"] {
        stage.connect(person).await;
    }
    let service = stage.host.running().unwrap().service.clone();
    service.tick().await.unwrap();
    gate.reached(3).await;
    // Two events of each of three connections; the second of each may wait for the next round.
    while stage.hooks.log().to("/quick").len() < 6 {
        service.tick().await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.heard(&slow).len(), 3, "the first of each connection");
    stage.connect("zoe").await;
    gate.open();
    stage.round().await;
    assert_eq!((stage.heard(&slow).len(), stage.heard(&quick).len()), (8, 8));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_does_not_answer_in_time_has_failed() {
    let stage = Stage::configured(Some(|config| config.timeouts.webhook_ms = 200)).await;
    let hook = stage.hook("/silent", &[]).await;
    let gate = Gate::default();
    stage.hooks.faults().always(On::path("/silent"), Fault::Held(gate.clone()));
    let tried = stage.ask(&format!("/v1/webhooks/{}/test", hook.id)).await;
    assert_eq!(tried.json["attempts"][0]["failure"], "timeout", "{}", tried.json);
    gate.open();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gone_webhook_is_paused_at_once_and_a_wish_to_wait_is_kept() {
    let stage = Stage::set().await;
    let (gone, busy) = (stage.hook("/gone", &[]).await, stage.hook("/busy", &["connection.created"]).await);
    stage.hooks.faults().always(On::path("/gone"), Fault::Status(StatusCode::GONE));
    stage.hooks.faults().once(On::path("/busy"), Fault::TooMany(3600));
    stage.connect("ada").await;
    stage.round().await;
    let shown = stage.get(&format!("/v1/webhooks/{}", gone.id)).await;
    assert_eq!(shown.json["paused"]["because"], "gone", "{}", shown.json);
    assert_eq!(stage.hooks.log().to("/gone").len(), 1);
    stage.later(59).await;
    assert_eq!(stage.hooks.log().to("/busy").len(), 1);
    stage.later(2).await;
    assert_eq!((stage.hooks.log().to("/busy").len(), stage.types(&busy).len()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_before_a_stop_is_sent_after_the_start() {
    let mut stage = Stage::set().await;
    let hook = stage.hook("/in", &[]).await;
    stage.connect("ada").await;
    stage.host.stop().await.unwrap();
    assert!(stage.heard(&hook).is_empty());
    stage.host.start_again().await.unwrap();
    stage.round().await;
    assert_eq!(stage.types(&hook), ["connection.created", "connection.active"]);
    // A message that was being sent when the host ended is sent again under its id.
    stage.hooks.log().clear();
    stage.hooks.faults().once(On::path("/in"), Fault::Lost);
    stage.connect("bob").await;
    stage.round().await;
    stage.host.stop().await.unwrap();
    stage.host.start_again().await.unwrap();
    stage.later(1).await;
    let ids: Vec<_> =
        stage.hooks.log().to("/in").iter().map(|one| one.header("webhook-id").unwrap().to_owned()).collect();
    assert!(ids.len() == 3 && ids[0] == ids[1], "{ids:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_forgotten_after_a_month() {
    let stage = Stage::set().await;
    stage.hook("/in", &[]).await;
    stage.connect("ada").await;
    stage.round().await;
    assert_eq!(stage.messages("sent").await.len(), 2);
    stage.host.clock.advance(SignedDuration::from_hours(31 * 24));
    stage.round().await;
    assert!(stage.messages("sent").await.is_empty());
}

/// More messages than are sent at a time, all of one tenant and all to places that never answer: it holds its share of them,
/// and another tenant's arrive meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_whose_webhooks_all_hang_keeps_nobody_else_s_waiting() {
    let stage = Stage::configured(Some(|config| config.timeouts.webhook_ms = 600_000)).await;
    let gate = Gate::default();
    let mut hanging = Vec::new();
    for number in 0..17 {
        let hook = stage.hook(&format!("/held/{number}"), &["connection.created"]).await;
        stage.hooks.faults().always(On::path(&hook.path), Fault::Held(gate.clone()));
        hanging.push(hook);
    }
    for number in 0..8 {
        stage.connect(&format!("ada-{number}")).await;
    }
    let other = stage.host.tenant("Other").await.unwrap();
    let hook = json!({ "url": format!("https://{HOOKS}/free"), "events": ["connection.created"] });
    assert_eq!(stage.host.post(&other.key, "/v1/webhooks", hook).await.unwrap().status, 201);
    let fields = json!({ "base_url": "https://api.example.com", "token": TOKEN, "verify_path": "/me", "account_pointer": "/id" });
    let wanted = json!({ "connector": "api-token", "method": "header", "fields": fields });
    assert_eq!(stage.host.post(&other.key, "/v1/connections", wanted).await.unwrap().status, 201);
    stage.host.running().unwrap().service.tick().await.unwrap();
    gate.reached(32).await;
    let arrived = tokio::time::timeout(std::time::Duration::from_mins(1), stage.hooks.log().until("/free", 1)).await;
    assert_eq!(arrived.expect("the other tenant's webhook waits behind those that hang").len(), 1);
    let reached = hanging.iter().map(|hook| stage.hooks.log().to(&hook.path).len()).sum::<usize>();
    assert_eq!(reached, 32, "what one tenant has under way at a time");
    gate.open();
    stage.round().await;
    assert!(hanging.iter().all(|hook| stage.heard(hook).len() == 8), "each was heard in the end");
}

/// How often each connection is renamed while messages go out.
const NAMES: usize = 100;
const RENAMED: &[&str] = &["connection.renamed"];

/// A message that begins to wait for one before it just when that is through would wait for ever.
#[tokio::test(flavor = "multi_thread")]
async fn what_happens_while_messages_go_out_is_heard_whole_and_in_order() {
    let stage = Stage::set().await;
    let hooks = [stage.hook("/one", RENAMED).await, stage.hook("/two", RENAMED).await];
    let ids = [stage.connect("ada").await, stage.connect("bob").await, stage.connect("eve").await];
    let names: Vec<_> = (0..NAMES).map(|number| format!("Books {number}")).collect();
    let rename = async |id: &String| {
        for name in &names {
            let renamed = stage.patch(&format!("/v1/connections/{id}"), json!({ "name": name })).await;
            assert_eq!(renamed.status, 200, "{}", renamed.json);
        }
    };
    let service = stage.host.running().unwrap().service.clone();
    let over = AtomicBool::new(false);
    let renaming = async {
        join_all(ids.iter().map(rename)).await;
        over.store(true, Ordering::Relaxed);
    };
    let sending = async {
        while !over.load(Ordering::Relaxed) {
            service.tick().await.unwrap();
        }
    };
    tokio::join!(renaming, sending);
    stage.round().await;
    assert_eq!(stage.messages("waiting").await, Vec::<Value>::new());
    for hook in &hooks {
        let heard = stage.heard(hook);
        for id in &ids {
            let of_it = heard.iter().filter(|message| message["data"]["connection"] == json!(id));
            assert_eq!(of_it.map(|message| message["data"]["name"].as_str().unwrap()).collect::<Vec<_>>(), names);
        }
    }
}
