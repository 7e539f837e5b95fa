//! `jackfield connection` against a running host and a service that checks tokens.

use http::Method;
use jackfield_tests::host::RETURN_URL;
use serde_json::{Value, json};

use crate::child::Jackfield;
use crate::stage::{Stage, TOKEN, wanted};

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_listed_shown_verified_renamed_and_mended() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let cli = Jackfield::operating(&stage.host).with("JACKFIELD_TENANT", &stage.tenant.id);
    let listed = cli.run(&["connection", "list"]).await.done();
    assert!(listed.contains(&id) && listed.contains("active") && listed.contains("api-token"), "{listed}");
    let narrowed =
        ["connection", "list", "--status", "active", "--end-user", "u1", "--connector", "api-token", "--json"];
    assert_eq!(cli.run(&narrowed).await.json()["items"][0]["id"], json!(id));
    assert_eq!(cli.run(&["connection", "list", "--end-user", "nobody"]).await.done().trim(), "none");
    assert!(cli.run(&["connection", "list", "--status", "broken"]).await.failed(1).contains("invalid-query"));

    let shown = cli.run(&["connection", "show", &id]).await.done();
    assert!(shown.contains("Read from the service") && shown.contains("account id"), "{shown}");
    let both = cli.run(&["connection", "show", &id, "--json"]).await.json();
    assert!(both["permissions"]["actions"].is_array() && both["connection"]["id"] == json!(id));
    let verified = cli.run(&["connection", "verify", &id]).await.done();
    assert!(verified.contains("verified:"), "{verified}");
    assert!(
        cli.run(&["connection", "rename", &id, "Build server"]).await.done().contains("is now called Build server")
    );
    let link =
        cli.run(&["connection", "reauthorize", &id, "--end-user", "u1", "--return-url", RETURN_URL]).await.done();
    assert!(link.starts_with(&format!("{}/connect/", stage.host.url().unwrap())), "{link}");
    let stranger = ["connection", "reauthorize", &id, "--end-user", "u2", "--return-url", RETURN_URL];
    assert!(cli.run(&stranger).await.failed(1).contains("other-end-user"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_fails_verify_and_a_deletion_is_asked_for() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let cli = Jackfield::operating(&stage.host).with("JACKFIELD_TENANT", &stage.tenant.id);
    stage.api.refuse(TOKEN);
    let broken = cli.run(&["connection", "verify", &id]).await;
    assert!(broken.out.contains("verify said"), "{broken:?}");
    assert!(!broken.failed(1).is_empty());
    let told = cli.run(&["connection", "verify", &id, "--json"]).await;
    let one: Value = serde_json::from_str(&told.out).unwrap_or_else(|error| panic!("{error}: {}", told.out));
    assert!(one["verification"]["failure"].is_object(), "{one}");
    assert!(told.failed(1).contains("verify did not succeed"));
    let unasked = cli.run(&["connection", "delete", &id]).await.failed(2);
    assert!(unasked.contains("--yes"), "{unasked}");
    let used = format!("/v1/connections/{id}/uses/nightly-report");
    let noted = stage.host.api(&stage.tenant.key, Method::PUT, &used, Some(json!({ "label": "Nightly report" }))).await;
    assert_eq!(noted.unwrap().status, 201);
    let refused = cli.run(&["connection", "delete", &id, "--yes"]).await.failed(1);
    assert!(refused.contains("connection-used") && refused.contains("--force"), "{refused}");
    assert!(cli.run(&["connection", "delete", &id, "--yes", "--force"]).await.done().contains("is deleted"));
    let gone = cli.run(&["connection", "show", &id]).await.failed(1);
    assert!(gone.contains("There is no such connection"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_says_for_which_tenant_and_a_tenant_need_not() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let operator = Jackfield::operating(&stage.host);
    let unnamed = operator.run(&["connection", "show", &id]).await.failed(1);
    assert!(unnamed.contains("--tenant TENANT") && unnamed.contains("tenant-missing"), "{unnamed}");
    operator.run(&["connection", "show", &id, "--tenant", &stage.tenant.id]).await.done();
    let other = stage.host.tenant("Borealis").await.unwrap();
    let foreign = operator.run(&["--tenant", &other.id, "connection", "show", &id]).await.failed(1);
    assert!(foreign.contains("There is no such connection"), "{foreign}");

    let folder = tempfile::tempdir().unwrap();
    let application = Jackfield::in_folder(folder.path()).with("JACKFIELD_URL", &stage.host.url().unwrap());
    let application = application.with("JACKFIELD_API_KEY", &stage.tenant.key);
    assert_eq!(application.run(&["connection", "list", "--json"]).await.json()["items"][0]["id"], json!(id));
    let denied = application.run(&["tenant", "list"]).await.failed(1);
    assert!(denied.contains("permission-missing") && denied.contains("`operate`"), "{denied}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_shown_whole() {
    let stage = Stage::set().await;
    // One more than a page of the API where nothing is said.
    for number in 0..51 {
        let mut body = wanted("u1");
        body["name"] = json!(format!("Number {number}"));
        let made = stage.host.post(&stage.tenant.key, "/v1/connections", body).await.unwrap();
        assert_eq!(made.status, 201, "{}", made.json);
    }
    let cli = Jackfield::operating(&stage.host).with("JACKFIELD_TENANT", &stage.tenant.id);
    assert_eq!(cli.run(&["connection", "list"]).await.done().lines().count(), 52);
}
