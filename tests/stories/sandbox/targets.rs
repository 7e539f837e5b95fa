//! The hook `discover`: what a connection points at is chosen by a person where there are several, and nothing a connector
//! finds out escapes the rules for what is typed.

use serde_json::{Value, json};

use crate::scene::{Scene, TOKEN};

async fn connect(scene: &Scene, mode: &str) -> Value {
    let fields = json!({ "token": TOKEN, "mode": mode });
    let wanted = json!({ "connector": "targets", "method": "token", "fields": fields });
    let made = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap();
    assert!(made.status.is_success(), "{}", made.json);
    made.json
}

async fn post(scene: &Scene, connection: &Value, verb: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/connections/{}/{verb}", connection["id"].as_str().unwrap());
    let answer = scene.host.post(&scene.tenant.key, &path, body).await.unwrap();
    (answer.status.as_u16(), answer.json)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_chooses_among_several_and_one_is_taken_by_itself() {
    let scene = Scene::start().await;
    scene.host.install("targets").await.unwrap();
    let one = connect(&scene, "one").await;
    assert_eq!(
        (&one["status"], &one["account"]["label"]),
        (&json!("active"), &json!("Account alice at alpha")),
        "{one}"
    );
    let open = connect(&scene, "three").await;
    assert_eq!((&open["status"], &open["target"]["is"]), (&json!("pending"), &json!("open")), "{open}");
    let ids: Vec<_> = open["target"]["choices"].as_array().unwrap().iter().map(|choice| choice["id"].clone()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    let (status, early) = post(&scene, &open, "verify", json!({})).await;
    assert_eq!((status, &early["code"]), (409, &json!("target-wanted")), "{early}");
    let (status, unknown) = post(&scene, &open, "target", json!({ "id": "9" })).await;
    assert!(status == 422 && unknown["detail"].as_str().unwrap().contains("1, 2, 3"), "{unknown}");
    let (status, chosen) = post(&scene, &open, "target", json!({ "id": "2" })).await;
    assert_eq!(
        (status, &chosen["status"], &chosen["fields"]["site"]),
        (200, &json!("active"), &json!("beta")),
        "{chosen}"
    );
    assert_eq!(chosen["target"], json!({ "is": "chosen", "id": "2", "label": "Site beta" }));
    let (status, late) = post(&scene, &open, "target", json!({ "id": "1" })).await;
    assert_eq!((status, &late["code"]), (409, &json!("no-choice")), "{late}");
    let (status, _) = post(&scene, &open, "target", json!({ "id": "1", "fields": {} })).await;
    assert_eq!(status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_who_choose_at_once_one_does() {
    let scene = Scene::start().await;
    scene.host.install("targets").await.unwrap();
    for _ in 0..4 {
        let open = connect(&scene, "three").await;
        let choose = ["1", "2", "3", "1", "2", "3"].map(|id| post(&scene, &open, "target", json!({ "id": id })));
        let answers = futures::future::join_all(choose).await;
        let took: Vec<_> = answers.iter().filter(|(status, _)| *status == 200).collect();
        assert_eq!(took.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|(status, answer)| *status == 200 || answer["code"] == "no-choice"), "{answers:?}");
        let path = format!("/v1/connections/{}", open["id"].as_str().unwrap());
        let shown = scene.host.get(&scene.tenant.key, &path).await.unwrap();
        assert_eq!(shown.json["target"], took[0].1["target"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_connector_may_not_find_is_refused_and_said() {
    let scene = Scene::start().await;
    scene.host.install("targets").await.unwrap();
    for (mode, code) in [
        ("none", "no-target"),
        ("twice", "target"),
        ("many", "target"),
        ("elsewhere", "target-field"),
        ("undeclared", "target-field"),
        ("secret", "target-field"),
        ("undeclared-request", "request-not-declared"),
    ] {
        let failed = connect(&scene, mode).await;
        assert_eq!(
            (&failed["status"], &failed["failure"]["code"]),
            (&json!("failing"), &json!(code)),
            "{mode}: {failed}"
        );
        assert!(failed["fields"].get("site").is_none() && failed["target"].is_null(), "{failed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echoed_credential_is_in_no_target() {
    let scene = Scene::start().await;
    scene.host.install("targets").await.unwrap();
    let connection = connect(&scene, "echo").await;
    let shown = connection.to_string();
    assert!(shown.contains("[masked]") && !shown.contains(&TOKEN[..12]), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_search_is_stopped() {
    let scene = Scene::with(|config| config.limits.cpu_ms = 100).await;
    scene.host.install("targets").await.unwrap();
    let failed = connect(&scene, "loop").await;
    assert_eq!((&failed["status"], &failed["failure"]["code"]), (&json!("failing"), &json!("limit")), "{failed}");
}
