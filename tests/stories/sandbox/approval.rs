//! Approval: what a connector asks for is shown, tied to its digest, and nothing of it runs before an operator agrees.

use jackfield_tests::components::component;
use serde_json::{Value, json};

use crate::scene::{Scene, TOKEN};

/// Rule and subject of everything asked for; `!` where it is pointed out.
fn asked(connector: &Value) -> Vec<String> {
    let requests = connector["requests"].as_array().unwrap();
    let told = requests.iter().map(|request| {
        let mark = if request["pointed_out"] == true { " !" } else { "" };
        format!("{} {}{mark}", request["rule"].as_str().unwrap(), request["subject"].as_str().unwrap())
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_runs_before_it() {
    let mut scene = Scene::start().await;
    let installed = scene.host.upload(component("trusting").unwrap()).await.unwrap();
    assert_eq!((&installed.json["approved"], &installed.json["approval"]), (&json!(false), &Value::Null));
    let before = scene.provider.double().log().all().len();

    let session =
        json!({ "connector": "trusting", "end_user": "u-1", "return_url": "https://app.example.com/connected" });
    let connection = json!({ "connector": "trusting", "method": "token", "fields": { "token": TOKEN } });
    for turn in 0..2 {
        for (path, wanted) in [("/v1/connect-sessions", &session), ("/v1/connections", &connection)] {
            let answer = scene.host.post(&scene.tenant.key, path, wanted.clone()).await.unwrap();
            let told = (answer.status.as_u16(), answer.code());
            assert_eq!(told, (409, "connector-not-approved"), "turn {turn} {path} {}", answer.json);
        }
        // Neither does a restart approve it.
        scene.host.stop().await.unwrap();
        scene.host.start_again().await.unwrap();
    }
    assert_eq!(scene.provider.double().log().all().len(), before);
    scene.neighbour_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_for_one_digest_and_no_other() {
    let scene = Scene::start().await;
    let installed = scene.host.upload(component("trusting").unwrap()).await.unwrap();
    let digest = installed.text("/digest").unwrap();
    let foreign = scene.host.get(scene.host.operator(), "/v1/connectors/well-behaved").await.unwrap();
    let path = "/v1/connectors/trusting/approve";
    for other in [foreign.text("/digest").unwrap(), "00".repeat(32), digest.to_uppercase(), String::new()] {
        let answer = scene.host.post(scene.host.operator(), path, json!({ "digest": other })).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code()), (409, "other-digest"), "{}", answer.json);
    }
    // A tenant's key approves nothing.
    let answer = scene.host.post(&scene.tenant.key, path, json!({ "digest": digest })).await.unwrap();
    assert_eq!(answer.status.as_u16(), 403);
    let seen = scene.host.get(scene.host.operator(), "/v1/connectors/trusting").await.unwrap();
    assert_eq!(seen.json["approved"], false);

    let approved = scene.host.post(scene.host.operator(), path, json!({ "digest": digest })).await.unwrap();
    assert_eq!((&approved.json["approved"], &approved.json["approval"]["digest"]), (&json!(true), &json!(digest)));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bundled_connector_asks_for_what_it_needs_and_no_more() {
    let scene = Scene::start().await;
    let of = async |name: &str| asked(&scene.host.upload(component(name).unwrap()).await.unwrap().json);
    assert_eq!(
        of("github").await,
        [
            "credential-origin https://api.github.com",
            "client-secret-origin api",
            "endpoint https://github.com/login/oauth/authorize",
            "endpoint https://github.com/login/oauth/access_token",
        ]
    );
    assert_eq!(
        of("api-token").await,
        ["credential-origin base_url", "any-host base_url !", "deviation {parameter_name} !"]
    );
    assert_eq!(
        of("openid-connect").await,
        [
            "credential-origin issuer",
            "credential-origin client.api_url",
            "endpoint {client.issuer}",
            "endpoint {client.issuer}",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_outside_the_authorization_servers_domain_is_pointed_out() {
    let scene = Scene::start().await;
    let installed = scene.host.upload(component("kept_placeholder").unwrap()).await.unwrap();
    assert_eq!(
        asked(&installed.json),
        [
            "credential-origin https://provider.test !",
            "public-origin https://other.test",
            "endpoint https://login.test/authorize",
            "endpoint https://login.test/token",
            "kept-value team",
        ]
    );
}
