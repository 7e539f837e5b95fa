//! Reauthorizing: the same connection with a new credential, and never another account's.

use http::{Method, StatusCode};
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::{Answer, RETURN_URL};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::stage::{Invited, Stage};

const REVOCATION: &str = "/token/revocation";

/// A connection of `u-1` at alice's account.
pub(crate) async fn connected(stage: &Stage) -> String {
    stage.connect("u-1", "alice").await["id"].as_str().unwrap().to_owned()
}

async fn asked(stage: &Stage, id: &str, wanted: Value) -> Answer {
    stage.host.post(&stage.acme.key, &format!("/v1/connections/{id}/reauthorize"), wanted).await.unwrap()
}

/// The link to consent again, for further actions.
pub(crate) async fn again(stage: &Stage, id: &str, actions: &[&str]) -> Invited {
    let made = asked(stage, id, json!({ "end_user": "u-1", "return_url": RETURN_URL, "actions": actions })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
    Invited { session: made.text("/id").unwrap(), link: made.text("/url").unwrap() }
}

/// The token that a program would get now.
pub(crate) async fn token(stage: &Stage, id: &str) -> String {
    let lease = stage.host.post(&stage.acme.key, &format!("/v1/connections/{id}/lease"), json!({})).await.unwrap();
    lease.text("/credential/token").unwrap()
}

async fn status_after_verify(stage: &Stage, id: &str) -> Value {
    stage.host.post(&stage.acme.key, &format!("/v1/connections/{id}/verify"), json!({})).await.unwrap().json["status"]
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn reauthorizing_keeps_the_id_and_the_old_credential_until_the_new_one_is_stored() {
    let stage = Stage::start().await;
    let id = connected(&stage).await;
    let before = stage.read(&format!("/v1/connections/{id}")).await;
    let old = token(&stage, &id).await;
    let invited = again(&stage, &id, &["read-email"]).await;
    let page = stage.browser().open(&invited.link).await.unwrap().page().unwrap();
    let text = page.text().unwrap();
    assert!(
        text.contains("Reconnect") && text.contains("alice of the peer") && text.contains("See your email address"),
        "{text}"
    );
    assert_eq!(page.form().unwrap().value("name"), before["name"].as_str());

    let back = stage.returned(&invited.link, "alice").await;
    assert_eq!((token(&stage, &id).await, status_after_verify(&stage, &id).await), (old.clone(), json!("active")));
    let done = stage.complete(&back, "u-1").await;
    assert_eq!((done.status, &done.json["id"]), (StatusCode::OK, &json!(id)), "{}", done.json);
    assert_ne!(token(&stage, &id).await, old);
    assert_eq!(done.json["version"].as_u64().unwrap(), before["version"].as_u64().unwrap() + 1);
    assert_eq!(
        done.json["scopes"]["granted"],
        json!(["email", "offline_access", "openid", "profile"]),
        "{}",
        done.json
    );
    assert_eq!((stage.connections().await, &done.json["account"]["id"]), (1, &json!("alice")));
    let timeline = stage.read(&format!("/v1/connections/{id}/timeline")).await;
    assert!(timeline["items"].as_array().unwrap().iter().any(|line| line["kind"] == "reauthorized"), "{timeline}");
}

#[tokio::test(flavor = "multi_thread")]
async fn id_3_another_account_is_refused_and_the_old_credential_goes_on() {
    let stage = Stage::start().await;
    let id = connected(&stage).await;
    let old = token(&stage, &id).await;
    let invited = again(&stage, &id, &[]).await;
    let back = stage.returned(&invited.link, "bob").await;
    let refused = stage.complete(&back, "u-1").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "other-account"), "{}", refused.json);
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains("bob of the peer") && detail.contains("alice of the peer"), "{detail}");
    assert_eq!(stage.at(&invited.session).await, "choosing");
    assert_eq!((token(&stage, &id).await, status_after_verify(&stage, &id).await), (old, json!("active")));
    assert_eq!(stage.read(&format!("/v1/connections/{id}")).await["account"]["id"], "alice");
    // The right account works afterwards, and the other one as a connection of its own.
    let invited = again(&stage, &id, &[]).await;
    let back = stage.returned(&invited.link, "alice").await;
    assert_eq!(stage.complete(&back, "u-1").await.json["id"], id.as_str());
    stage.connect("u-1", "bob").await;
    assert_eq!(stage.connections().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_credential_that_does_not_prove_itself_leaves_the_old_one() {
    let stage = Stage::start().await;
    let id = connected(&stage).await;
    let old = token(&stage, &id).await;
    let fails = [
        ("/me", Fault::Status(StatusCode::INTERNAL_SERVER_ERROR)),
        ("/me", Fault::Status(StatusCode::UNAUTHORIZED)),
        ("/token", Fault::Lost),
        ("/token", Fault::edit(|answer| answer["id_token"] = json!("a.b.c"))),
    ];
    for (path, fault) in fails {
        let invited = again(&stage, &id, &[]).await;
        let back = stage.returned(&invited.link, "alice").await;
        stage.provider.faults().once(On::path(path), fault);
        let refused = stage.complete(&back, "u-1").await;
        assert!(!refused.status.is_success(), "{path}: {}", refused.json);
        assert_eq!(stage.at(&invited.session).await, "ended");
        assert_eq!(
            (token(&stage, &id).await, status_after_verify(&stage, &id).await),
            (old.clone(), json!("active")),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_own_person_and_tenant_may_reauthorize_a_connection() {
    let stage = Stage::start().await;
    let id = connected(&stage).await;
    let other = asked(&stage, &id, json!({ "end_user": "u-2", "return_url": RETURN_URL })).await;
    assert_eq!((other.status, other.code()), (StatusCode::FORBIDDEN, "other-end-user"), "{}", other.json);
    let wanted = json!({ "end_user": "u-1", "return_url": RETURN_URL });
    let path = format!("/v1/connections/{id}/reauthorize");
    let stranger = stage.host.post(&stage.beta.key, &path, wanted).await.unwrap();
    assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{}", stranger.json);
    let unknown = asked(&stage, &id, json!({ "end_user": "u-1", "return_url": RETURN_URL, "actions": ["fly"] })).await;
    assert_eq!((unknown.status, unknown.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{}", unknown.json);
}

async fn delete(stage: &Stage, id: &str, query: &str) {
    let path = format!("/v1/connections/{id}{query}");
    let deleted = stage.host.api(&stage.acme.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_renews_a_connection_leads_nowhere_once_that_is_deleted() {
    let stage = Stage::start().await;
    let id = connected(&stage).await;
    let (unused, used) = (again(&stage, &id, &[]).await, again(&stage, &id, &[]).await);
    let back = stage.returned(&used.link, "alice").await;
    delete(&stage, &id, "").await;
    let page = stage.browser().open(&unused.link).await.unwrap().page().unwrap();
    assert_eq!(page.status, StatusCode::GONE, "{}", page.body);
    assert!(page.text().unwrap().contains("This connection was deleted"), "{}", page.body);
    let redeemed = stage.redeemed().len();
    let refused = stage.complete(&back, "u-1").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::NOT_FOUND, "not-found"), "{}", refused.json);
    assert!(refused.text("/detail").unwrap().contains("was deleted meanwhile"), "{}", refused.json);
    assert_eq!(stage.redeemed().len(), redeemed, "a code is not redeemed for a connection that is gone");
    assert_eq!(stage.at(&used.session).await, "ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_consented_to_for_a_connection_that_is_deleted_meanwhile_is_ended_unless_a_twin_lives_on_it() {
    for (path, twin) in [("/token", false), ("/me", false), ("/me", true)] {
        let stage = Stage::start().await;
        let id = connected(&stage).await;
        if twin {
            stage.connect("u-2", "alice").await;
        }
        let invited = again(&stage, &id, &[]).await;
        let back = stage.returned(&invited.link, "alice").await;
        let gate = Gate::default();
        stage.provider.faults().once(On::path(path), Fault::HeldAnswer(gate.clone()));
        let deleting = async {
            gate.reached(1).await;
            delete(&stage, &id, if twin { "?twins=keep" } else { "" }).await;
            gate.open();
        };
        let (refused, ()) = tokio::join!(stage.complete(&back, "u-1"), deleting);
        assert_eq!((refused.status, refused.code()), (StatusCode::NOT_FOUND, "not-found"), "{path}: {}", refused.json);
        let before = stage.provider.log().to(REVOCATION).len();
        stage.host.clock.advance(SignedDuration::from_secs(60));
        stage.host.keep_house().await.unwrap();
        let ended = stage.provider.log().to(REVOCATION).len() - before;
        assert_eq!(ended, if twin { 0 } else { 2 }, "{path}: refresh token and access token");
        assert_eq!(stage.at(&invited.session).await, "ended");
    }
}
