//! Client credentials: a machine connects in its client's own name, directly or by the page, with and without a service to ask.

use http::{Method, StatusCode};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::{Answer, Tenant};
use jackfield_tests::scene::returned;
use serde_json::json;

use crate::stage::{ISSUER, ODD, Stage, client_of};

/// Where the machine's service answers in these stories.
const SERVICE: &str = "/service/status";

/// A tenant whose client may act for itself; answers the client's id too.
async fn machines(stage: &Stage) -> (Tenant, String) {
    let tenant = stage.host.tenant("Machines").await.unwrap();
    let client = client_of(&stage.host, &tenant, "m2m", "m2m-secret", json!({ "issuer": ISSUER })).await.unwrap();
    (tenant, client.0)
}

async fn connect(stage: &Stage, tenant: &Tenant) -> Answer {
    let wanted = json!({ "connector": "openid-connect", "method": "machine", "name": "Nightly job" });
    stage.host.post(&tenant.key, "/v1/connections", wanted).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_connects_in_its_clients_name() {
    let stage = Stage::start().await;
    let (tenant, _) = machines(&stage).await;
    let made = connect(&stage, &tenant).await;
    assert_eq!((made.status, &made.json["status"]), (StatusCode::CREATED, &json!("active")), "{}", made.json);
    assert_eq!((&made.json["account"]["id"], &made.json["name"]), (&json!("m2m"), &json!("Nightly job")));
    let asked = stage.redeemed();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].form_value("grant_type").unwrap(), "client_credentials");
    // No person is there, so nothing that only accompanies consent is asked for.
    assert_eq!((asked[0].form_value("scope"), asked[0].form_value("code_verifier")), (None, None));

    // The same by the page: nothing to consent to, so the person comes straight back.
    let invited = stage.invite_for(&tenant, &[], "u-1").await;
    let mut browser = stage.browser();
    let page = browser.open(&format!("{}?method=machine", invited.link)).await.unwrap().page().unwrap();
    let form = page.form().unwrap().press("Connect").unwrap();
    let interim = browser.submit(&page, &form).await.unwrap().page().unwrap();
    let back = browser.click(&interim, &interim.link("Continue to").unwrap()).await.unwrap().left().unwrap();
    assert!(returned(&back).contains_key("ticket"));
    assert_eq!(stage.redeemed().len(), 1);
    let completed = stage.host.complete(&tenant, &back, "u-1").await.unwrap();
    assert_eq!(completed.json["status"], "active", "{}", completed.json);

    // A person's method cannot be had without the person.
    let code = json!({ "connector": "openid-connect", "method": "code" });
    let refused = stage.host.post(&tenant.key, "/v1/connections", code).await.unwrap();
    assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{}", refused.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn core_3_core_4_a_client_with_an_odd_id_and_secret_is_known_by_them_in_one_place() {
    let stage = Stage::start().await;
    let tenant = stage.host.tenant("Odd").await.unwrap();
    client_of(&stage.host, &tenant, ODD.0, ODD.1, json!({ "issuer": ISSUER })).await.unwrap();
    let made = connect(&stage, &tenant).await;
    assert_eq!((made.status, &made.json["status"]), (StatusCode::CREATED, &json!("active")), "{}", made.json);
    assert_eq!(made.json["account"]["id"], ODD.0);
    let asked = stage.redeemed();
    assert!(asked[0].header("authorization").unwrap().starts_with("Basic "));
    assert_eq!((asked[0].form_value("client_id"), asked[0].form_value("client_secret")), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machines_token_is_tried_at_its_service_where_one_is_named() {
    let stage = Stage::start().await;
    let (tenant, client) = machines(&stage).await;
    let change = json!({ "fields": { "issuer": ISSUER, "api_url": format!("{ISSUER}{SERVICE}") } });
    let changed = stage
        .host
        .api(stage.host.operator(), Method::PATCH, &format!("/v1/clients/{client}"), Some(change))
        .await
        .unwrap();
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.json);
    let faults = stage.provider.faults();
    faults.once(On::path(SERVICE), Fault::Json(StatusCode::OK, json!({ "up": true })));
    let made = connect(&stage, &tenant).await;
    assert_eq!(made.json["status"], "active", "{}", made.json);
    let asked = stage.provider.log().to(SERVICE);
    assert!(asked[0].header("authorization").unwrap().starts_with("Bearer "));

    // A service that does not take the token: kept, with the reason, until it does.
    faults.once(On::path(SERVICE), Fault::Status(StatusCode::FORBIDDEN));
    let failing = connect(&stage, &tenant).await;
    assert_eq!((failing.status, &failing.json["status"]), (StatusCode::CREATED, &json!("failing")), "{}", failing.json);
    assert!(failing.json["failure"]["message"].is_string(), "{}", failing.json);
    faults.once(On::path(SERVICE), Fault::Json(StatusCode::OK, json!({ "up": true })));
    let path = format!("/v1/connections/{}/verify", failing.text("/id").unwrap());
    let verified = stage.host.post(&tenant.key, &path, json!({})).await.unwrap();
    assert_eq!(verified.json["status"], "active", "{}", verified.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_secret_is_wrong_is_not_connected() {
    let stage = Stage::start().await;
    let tenant = stage.host.tenant("Machines").await.unwrap();
    let client = client_of(&stage.host, &tenant, "m2m", "wrong-secret", json!({ "issuer": ISSUER })).await.unwrap();
    let refused = connect(&stage, &tenant).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "misconfigured"),
        "{}",
        refused.json
    );
    assert!(!refused.json.to_string().contains("wrong-secret"));
    let listed = stage.host.get(&tenant.key, "/v1/connections").await.unwrap();
    assert_eq!(listed.json["items"], json!([]));
    let rotate = json!({ "client_secret": "m2m-secret" });
    stage.host.post(stage.host.operator(), &format!("/v1/clients/{}/rotate", client.0), rotate).await.unwrap();
    assert_eq!(connect(&stage, &tenant).await.json["status"], "active");
}
