//! Importing tokens that exist: working ones are left alone, dead ones are said and not kept.

use http::{Method, StatusCode};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::{Answer, Tenant};
use serde_json::{Value, json};

use crate::front::{Fronted, LIFE, Tapped};

/// The provider's userinfo endpoint, which verify asks.
const USERINFO: &str = "/me";

struct Scene {
    front: Fronted,
    /// Whoever had the tokens before.
    access: String,
    refresh: String,
    /// Whoever imports them.
    importer: Tenant,
}

impl Scene {
    async fn start() -> Self {
        let front = Fronted::start().await;
        let tapped = Tapped::default();
        front.tap(&tapped);
        front.connect("alice").await;
        let (access, refresh) = (tapped.text(0, "access_token"), tapped.text(0, "refresh_token"));
        let importer = front.host.tenant("Borealis").await.unwrap();
        Self { front, access, refresh, importer }
    }

    async fn import(&self, change: Value) -> Answer {
        let mut body = json!({ "connector": "openid-connect", "method": "code", "end_user": "u-9", "name": "Imported",
            "actions": ["sign-in", "stay-connected"], "tokens": { "access_token": self.access, "refresh_token": self.refresh } });
        for (key, value) in change.as_object().unwrap() {
            match (key.as_str(), value) {
                ("tokens", given) => {
                    body["tokens"].as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
                }
                (_, given) => body[key] = given.clone(),
            }
        }
        self.front.host.post(&self.importer.key, "/v1/connections/import", body).await.unwrap()
    }

    async fn kept(&self) -> usize {
        let all = self.front.host.get(&self.importer.key, "/v1/connections").await.unwrap();
        all.json["items"].as_array().unwrap().len()
    }

    /// A moment so many seconds from now.
    fn at(&self, seconds: i64) -> String {
        let now = jackfield_server::clock::Clock::now(&self.front.host.clock);
        (now + jiff::SignedDuration::from_secs(seconds)).to_string()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn working_tokens_become_a_connection_without_a_refresh() {
    let scene = Scene::start().await;
    let made = scene
        .import(json!({ "tokens": { "expires_at": scene.at(LIFE), "scopes": ["openid", "offline_access"],
            "obtained_at": scene.at(-60), "consented_at": scene.at(-86_400) } }))
        .await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("active")), "{}", made.json);
    assert_eq!((&made.json["name"], &made.json["end_user"]), (&json!("Imported"), &json!("u-9")));
    assert_eq!(made.json["account"]["id"], "alice");
    assert_eq!(made.json["access_expires"]["source"], "imported");
    assert_eq!(made.json["scopes"]["granted"], json!(["offline_access", "openid"]));
    assert_eq!(scene.front.refreshes().len(), 0, "a strict provider's refresh token is not spent for nothing");
    for secret in [&scene.access, &scene.refresh] {
        assert!(!made.json.to_string().contains(secret.as_str()));
    }
    // From here on it is a connection like every other.
    let id = made.text("/id").unwrap();
    scene.front.pass(LIFE - 30);
    let lease = scene
        .front
        .host
        .post(&scene.importer.key, &format!("/v1/connections/{id}/lease"), json!({ "min_valid": 60 }))
        .await
        .unwrap();
    assert_eq!((lease.status.as_u16(), &lease.json["version"]), (200, &json!(2)), "{}", lease.json);
    assert_ne!(lease.json["credential"]["token"], scene.access.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_over_is_refreshed_once_and_kept() {
    let scene = Scene::start().await;
    let made = scene.import(json!({ "tokens": { "expires_at": scene.at(-60) } })).await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("active")), "{}", made.json);
    assert_eq!((&made.json["version"], scene.front.refreshes().len()), (&json!(2), 1));
    assert_eq!(made.json["access_expires"]["source"], "response");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_with_a_good_refresh_token_is_no_dead_import() {
    let scene = Scene::start().await;
    let made = scene.import(json!({ "tokens": { "access_token": "over-without-anybody-knowing" } })).await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("active")), "{}", made.json);
    assert_eq!(scene.front.refreshes().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_tokens_are_said_and_nothing_of_them_is_kept() {
    let scene = Scene::start().await;
    for (tokens, refreshes) in [
        (json!({ "access_token": "dead-access-token", "refresh_token": null }), 0),
        (json!({ "access_token": "dead-access-token", "refresh_token": "dead-refresh-token" }), 1),
        (
            json!({ "access_token": "dead-access-token", "refresh_token": "dead-refresh-token", "expires_at": scene.at(-60) }),
            2,
        ),
    ] {
        let refused = scene.import(json!({ "tokens": tokens })).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "tokens-dead"), "{}", refused.json);
        assert_eq!(refused.json["failure"]["advice"], "reauthorize", "{}", refused.json);
        assert!(refused.text("/detail").unwrap().contains("connects again"), "{}", refused.json);
        assert!(!refused.json.to_string().contains("dead-"), "{}", refused.json);
        assert_eq!(scene.front.refreshes().len(), refreshes);
        assert_eq!(scene.kept().await, 0);
    }
    let audit = scene.front.host.get(&scene.importer.key, "/v1/audit?kind=connection.").await.unwrap();
    let kinds: Vec<&str> =
        audit.json["items"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..2], ["connection.import-refused", "connection.imported"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_tokens_that_came_for_refused_ones_are_kept_with_their_connection() {
    let scene = Scene::start().await;
    scene.front.front.faults().always(On::path(USERINFO), Fault::Status(StatusCode::UNAUTHORIZED));
    let tapped = Tapped::default();
    scene.front.tap(&tapped);
    let made = scene.import(json!({})).await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("needs-reauthorization")), "{}", made.json);
    assert_eq!((&made.json["version"], scene.front.refreshes().len()), (&json!(2), 1));
    // Neither has the caller them nor does the provider say them twice: who deletes the connection ends them.
    let path = format!("/v1/connections/{}", made.text("/id").unwrap());
    let deleted = scene.front.host.api(&scene.importer.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    let ended = scene.front.front.log().to("/token/revocation");
    let ended: Vec<_> = ended.iter().map(|request| request.form_value("token").unwrap()).collect();
    assert_eq!(ended, ["refresh_token", "access_token"].map(|member| tapped.text(0, member)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_leaves_a_failing_connection_with_its_reason() {
    let scene = Scene::start().await;
    scene.front.front.faults().once(On::path(USERINFO), Fault::Lost);
    let made = scene.import(json!({ "tokens": { "expires_at": scene.at(LIFE) } })).await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("failing")), "{}", made.json);
    assert_eq!(made.json["failure"]["advice"], "provider-down", "{}", made.json);
    let id = made.text("/id").unwrap();
    let path = format!("/v1/connections/{id}/verify");
    let verified = scene.front.host.post(&scene.importer.key, &path, json!({})).await.unwrap();
    assert_eq!(verified.json["status"], "active", "{}", verified.json);
    assert_eq!(scene.front.refreshes().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_imported_is_named_before_anything_is_sent() {
    let scene = Scene::start().await;
    let asked = scene.front.front.log().to(USERINFO).len();
    for (change, field) in [
        (json!({ "method": "machine" }), "method"),
        (json!({ "method": "carrier-pigeon" }), "method"),
        (json!({ "client": "cli_00000000000000000000000000" }), "client"),
        (json!({ "actions": ["fly"] }), "actions"),
        (json!({ "name": " " }), "name"),
        (json!({ "end_user": "" }), "end_user"),
        (json!({ "tokens": { "access_token": "" } }), "tokens.access_token"),
        (json!({ "tokens": { "obtained_at": scene.at(3600) } }), "tokens.obtained_at"),
        (json!({ "tokens": { "consented_at": scene.at(3600) } }), "tokens.consented_at"),
    ] {
        let refused = scene.import(change).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{field}: {}", refused.json);
        assert_eq!(refused.json["errors"][0]["field"], field, "{}", refused.json);
        assert!(!refused.json.to_string().contains(&scene.refresh));
    }
    for tokens in [json!({ "acess_token": "typo" }), json!({ "access_token": 7 }), json!({ "expires_at": "soon" })] {
        let refused = scene.import(json!({ "tokens": tokens })).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid-body"), "{}", refused.json);
    }
    assert_eq!((scene.kept().await, scene.front.front.log().to(USERINFO).len()), (0, asked));
}
