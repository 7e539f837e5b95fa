//! Two tokens of one connection, each refreshed on its own: what one of them meets with never costs the other.

use http::StatusCode;
use jackfield_tests::doubles::Fault;
use jackfield_tests::doubles::slack::Of;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::slack::{Scene, token};

const BOTH: [&str; 2] = ["post-message", "post-as-you"];

fn refusal(error: &str) -> Fault {
    Fault::Json(StatusCode::OK, json!({"ok": false, "error": error}))
}

async fn leased(scene: &Scene, connection: &Value, name: &str) -> Value {
    let lease = scene.ask(connection, "lease", json!({ "token": name })).await;
    assert!(lease.status.is_success(), "{}", lease.json);
    lease.json["credential"]["token"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_token_rotates_with_a_call_of_its_own() {
    let scene = Scene::start(true).await;
    let connection = scene.connect(&BOTH).await;
    let (bot, user) = (leased(&scene, &connection, "bot").await, leased(&scene, &connection, "user").await);
    let refreshed = scene.ask(&connection, "refresh", json!({})).await;
    assert_eq!((refreshed.status, &refreshed.json["version"]), (StatusCode::OK, &json!(3)), "{}", refreshed.json);
    let shown: Vec<_> = scene.refreshes().iter().map(|request| request.form_value("refresh_token").unwrap()).collect();
    assert!(shown.len() == 2 && shown[0] != shown[1]);
    let again = (leased(&scene, &connection, "bot").await, leased(&scene, &connection, "user").await);
    assert!(again.0 != bot && again.1 != user && again.0 != again.1);
    assert!(scene.slack.tokens(Of::Bot).iter().any(|token| json!(token) == again.0));
    assert!(scene.slack.tokens(Of::User).iter().any(|token| json!(token) == again.1));
    assert_eq!(refreshed.json["scopes"]["granted"], json!(["chat:write", "user/chat:write"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_refreshes_its_own_token_only() {
    let scene = Scene::start(true).await;
    let connection = scene.connect(&BOTH).await;
    scene.host.clock.advance(SignedDuration::from_hours(13));
    let user = leased(&scene, &connection, "user").await;
    assert_eq!(scene.refreshes().len(), 1);
    assert!(scene.slack.tokens(Of::User).iter().any(|token| json!(token) == user));
    let reported = scene.ask(&connection, "unauthorized", json!({ "version": 1, "token": "user" })).await;
    assert_eq!((reported.status, scene.refreshes().len()), (StatusCode::OK, 1), "an old report changes nothing");
    let reported = scene.ask(&connection, "unauthorized", json!({ "version": 2, "token": "user" })).await;
    assert_eq!((&reported.json["version"], scene.refreshes().len()), (&json!(3), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_and_one_rotated_lose_nothing() {
    for error in ["token_revoked", "invalid_refresh_token", "account_inactive"] {
        let scene = Scene::start(true).await;
        let connection = scene.connect(&BOTH).await;
        scene.strike(refusal(error));
        let refused = scene.ask(&connection, "refresh", json!({})).await;
        assert!(!refused.status.is_success() && refused.text("/detail").unwrap().contains("`bot`"), "{}", refused.json);
        let now = scene.show(&connection).await;
        assert_eq!((&now["status"], &token(&now, "bot")["lost"]), (&json!("failing"), &json!(true)), "{now}");
        assert_eq!(now["failure"]["advice"], "reauthorize");
        assert_eq!((&token(&now, "user")["lost"], &now["version"]), (&json!(false), &json!(2)));
        let user = leased(&scene, &connection, "user").await;
        assert!(scene.slack.tokens(Of::User).iter().any(|token| json!(token) == user));
        let bot = scene.ask(&connection, "lease", json!({})).await;
        assert_eq!(bot.json["code"], "needs-reauthorization", "{}", bot.json);
        let asked = scene.refreshes().len();
        assert_eq!(scene.ask(&connection, "refresh", json!({})).await.json["code"], "needs-reauthorization");
        assert_eq!(scene.refreshes().len(), asked + 1, "a lost token is not shown again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_holds_back_the_token_it_met() {
    let scene = Scene::start(true).await;
    let connection = scene.connect(&BOTH).await;
    scene.strike(Fault::TooMany(120));
    let limited = scene.ask(&connection, "refresh", json!({})).await;
    assert!(!limited.status.is_success(), "{}", limited.json);
    let now = scene.show(&connection).await;
    assert_eq!((&now["status"], &now["version"]), (&json!("active"), &json!(2)), "the other one rotated");
    assert_eq!(token(&now, "bot")["failure"]["advice"], "retry");
    assert!(token(&now, "user")["failure"].is_null());
    scene.host.clock.advance(SignedDuration::from_secs(119));
    let waits = scene.ask(&connection, "unauthorized", json!({ "version": 2, "token": "bot" })).await;
    assert_eq!(waits.json["code"], "try-later", "{}", waits.json);
    scene.host.clock.advance(SignedDuration::from_secs(2));
    let reported = scene.ask(&connection, "unauthorized", json!({ "version": 2, "token": "bot" })).await;
    assert_eq!(reported.json["version"], 3, "{}", reported.json);
    assert!(token(&scene.show(&connection).await, "bot")["failure"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_leaves_the_other_token_and_is_said_when_the_old_one_is_refused() {
    let scene = Scene::start(true).await;
    let connection = scene.connect(&BOTH).await;
    scene.strike(Fault::Lost);
    assert!(!scene.ask(&connection, "refresh", json!({})).await.status.is_success());
    let now = scene.show(&connection).await;
    assert_eq!((&now["status"], &now["version"]), (&json!("uncertain"), &json!(2)), "{now}");
    // The bot's refresh token was spent: shown once more when the access token is refused, it is no longer taken.
    let bot = scene.ask(&connection, "unauthorized", json!({ "version": 2, "token": "bot" })).await;
    assert_eq!(bot.json["code"], "needs-reauthorization", "{}", bot.json);
    let now = scene.show(&connection).await;
    assert_eq!(token(&now, "bot")["failure"]["code"], "rotation-lost");
    assert_eq!((&now["status"], &token(&now, "user")["lost"]), (&json!("failing"), &json!(false)));
    leased(&scene, &connection, "user").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_no_room_beside_the_other_is_no_silent_loss() {
    let scene = Scene::start(true).await;
    let connection = scene.connect(&BOTH).await;
    let user = leased(&scene, &connection, "user").await;
    for _ in BOTH {
        scene.strike(Fault::edit(|answer| {
            for member in ["access_token", "refresh_token"] {
                let long = format!("{}{}", answer[member].as_str().unwrap(), "t".repeat(9000));
                answer[member] = long.into();
            }
        }));
    }
    // Each is within what one token may have: the bot's are kept, and the person's would be too much beside them.
    let refreshed = scene.ask(&connection, "refresh", json!({})).await;
    assert!(refreshed.text("/detail").unwrap().contains("`user`"), "{} {}", refreshed.status, refreshed.json);
    let now = scene.show(&connection).await;
    assert_eq!((&now["status"], &now["version"]), (&json!("uncertain"), &json!(2)), "{now}");
    assert!(leased(&scene, &connection, "bot").await.as_str().unwrap().len() > 9000);
    assert_eq!(leased(&scene, &connection, "user").await, user, "the token in use is still there");
    // What was lost is said as soon as the old refresh token is refused.
    let reported = scene.ask(&connection, "unauthorized", json!({ "version": 2, "token": "user" })).await;
    assert_eq!(reported.json["code"], "needs-reauthorization", "{}", reported.json);
    let now = scene.show(&connection).await;
    assert_eq!(token(&now, "user")["failure"]["code"], "rotation-lost", "{now}");
    assert_eq!((&now["status"], &token(&now, "bot")["lost"]), (&json!("failing"), &json!(false)));
    leased(&scene, &connection, "bot").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn consenting_again_brings_both_back() {
    let scene = Scene::start(true).await;
    let connection = scene.connect(&BOTH).await;
    scene.slack.end(Of::User);
    let refused = scene.ask(&connection, "refresh", json!({})).await;
    assert!(refused.text("/detail").unwrap().contains("`user`"), "{}", refused.json);
    assert_eq!(token(&scene.show(&connection).await, "user")["lost"], true);
    // A working bot hides nothing.
    let verified = scene.ask(&connection, "verify", json!({})).await.json;
    assert_eq!((&verified["status"], &verified["verification"]["failure"]), (&json!("failing"), &Value::Null));
    let done = scene.again(&connection).await;
    assert_eq!((&done["id"], &done["status"]), (&connection["id"], &json!("active")), "{done}");
    assert_eq!((&token(&done, "bot")["lost"], &token(&done, "user")["lost"]), (&json!(false), &json!(false)), "{done}");
    assert!(done["failure"].is_null() && token(&done, "user")["failure"].is_null(), "{done}");
    for (name, of) in [("bot", Of::Bot), ("user", Of::User)] {
        let leased = leased(&scene, &connection, name).await;
        assert!(scene.slack.tokens(of).iter().any(|token| json!(token) == leased), "{name}: {leased}");
    }
    assert!(scene.ask(&connection, "refresh", json!({})).await.status.is_success());
}
