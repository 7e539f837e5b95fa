//! `jackfield doctor`: beside a running host and without one; what is wrong is named with what to do about it.

use std::fs;

use jackfield_tests::host::TestHost;
use jiff::SignedDuration;
use rustix::process::{Resource, getrlimit};
use serde_json::{Value, json};

use crate::child::{Jackfield, Ran};
use crate::stage::{SERVICE, Stage};

/// The command line of an operator with the host's own configuration.
fn beside(host: &TestHost) -> Jackfield {
    Jackfield::operating(host).with("JACKFIELD_DATA_DIR", "data")
}

fn answer(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// The checks of a name.
fn checks<'a>(answer: &'a Value, name: &str) -> Vec<&'a Value> {
    answer["checks"].as_array().unwrap().iter().filter(|check| check["name"] == name).collect()
}

/// A client whose issuer is the service: an origin that is known without a connection.
async fn with_an_origin(stage: &Stage) {
    stage.host.install("openid-connect").await.unwrap();
    stage.host.client("openid-connect", "jack", "secret", json!({ "issuer": SERVICE })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_wrong_with_a_good_host() {
    let stage = Stage::set().await;
    with_an_origin(&stage).await;
    let cli = beside(&stage.host);
    let ran = cli.run(&["doctor", "--json"]).await;
    let found = answer(&ran);
    assert_eq!((ran.code, &found["failed"]), (0, &json!(0)), "{found}");
    for name in ["key-ring", "store", "disk", "egress", "metadata-address", "clock", "public-url", "cookies"] {
        assert!(
            !checks(&found, name).is_empty() && checks(&found, name).iter().all(|one| one["outcome"] == "ok"),
            "{name}: {found}"
        );
    }
    assert_eq!(checks(&found, "tls")[0]["outcome"], "skipped", "plain HTTP on loopback has none");
    let uri = found["redirect_uris"][0]["redirect_uri"].as_str().unwrap().to_owned();
    assert!(uri.starts_with(&stage.host.url().unwrap()), "{uri}");
    let words = cli.run(&["doctor"]).await.done();
    assert!(words.contains("Nothing is wrong.") && words.contains(&uri), "{words}");
    assert_eq!(
        stage.api.double().log().to("/").iter().filter(|one| one.headers.contains_key("authorization")).count(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_with_what_to_do() {
    let stage = Stage::set().await;
    with_an_origin(&stage).await;
    let nowhere = json!({ "issuer": "https://nowhere.invalid" });
    stage.host.client("openid-connect", "other", "secret", nowhere).await.unwrap();
    let private = json!({ "issuer": "https://10.0.0.1" });
    stage.host.client("openid-connect", "third", "secret", private).await.ok();
    stage.host.clock.advance(SignedDuration::from_mins(10));
    let ring = stage.host.folder().join("data.keyring");
    let kept = fs::read(&ring).unwrap();
    fs::remove_file(&ring).unwrap();
    let ran = beside(&stage.host).run(&["doctor", "--json"]).await;
    let found = answer(&ran);
    assert_eq!(ran.code, 1, "{found}");
    let failed = |name: &str| {
        let all = checks(&found, name);
        all.into_iter().find(|one| one["outcome"] == "failed").unwrap_or_else(|| panic!("{name}: {found}")).clone()
    };
    assert!(failed("key-ring")["todo"].as_str().unwrap().contains("Put it back"), "{found}");
    assert!(failed("egress")["said"].as_str().unwrap().contains("nowhere.invalid"), "{found}");
    assert!(failed("clock")["said"].as_str().unwrap().contains("seconds apart"), "{found}");
    assert_eq!(checks(&found, "store")[0]["outcome"], "ok");
    for check in found["checks"].as_array().unwrap() {
        assert_eq!(check["outcome"] == "failed", check["todo"].is_string(), "{check}");
    }
    let words = beside(&stage.host).run(&["doctor"]).await;
    assert!(words.out.contains("FAILED  clock") && words.out.contains("checks failed."), "{words:?}");
    fs::write(&ring, kept).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_url_that_leads_elsewhere_is_noticed() {
    let mut one = Stage::set().await;
    let other = Stage::set().await;
    one.host.stop().await.unwrap();
    one.host.config_mut().public_url = Some(other.host.url().unwrap().parse().unwrap());
    one.host.start_again().await.unwrap();
    let ran = beside(&one.host).run(&["doctor", "--json"]).await;
    let found = answer(&ran);
    assert_eq!(ran.code, 1, "{found}");
    assert!(
        checks(&found, "public-url")[0]["said"].as_str().unwrap().contains("something else than this host"),
        "{found}"
    );
    for nonce in ["with-a-dash", "", &"x".repeat(65)] {
        let asked = other.host.post(other.host.operator(), "/v1/doctor", json!({ "nonce": nonce })).await.unwrap();
        assert_eq!(asked.code(), "invalid", "{nonce}");
    }
    assert_eq!(
        other.host.post(&other.tenant.key, "/v1/doctor", json!({ "nonce": "a" })).await.unwrap().code(),
        "permission-missing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_does_not_run_is_looked_at_from_here() {
    let mut stage = Stage::set().await;
    let cli = Jackfield::in_folder(stage.host.folder()).with("JACKFIELD_DATA_DIR", "data");
    let hosts = format!("{{ \"api.example.com\" = \"{}\" }}", stage.api.double().address());
    let cli = cli.with("JACKFIELD_EGRESS_CA_FILE", "authority.pem").with("JACKFIELD_EGRESS_HOSTS", &hosts);
    let running = cli.run(&["doctor", "--offline"]).await.failed(1);
    assert!(running.contains("another process has the store"), "{running}");
    assert!(cli.run(&["doctor"]).await.failed(2).contains("JACKFIELD_API_KEY_FILE"));
    stage.host.stop().await.unwrap();
    let found = answer(&cli.run(&["doctor", "--offline", "--json"]).await);
    assert_eq!(checks(&found, "key-ring")[0]["outcome"], "ok", "{found}");
    assert_eq!(checks(&found, "public-url")[0]["outcome"], "skipped");
    assert!(
        cli.clone()
            .with("JACKFIELD_API_KEY", "jf_x")
            .with("JACKFIELD_URL", "http://127.0.0.1:9")
            .run(&["doctor"])
            .await
            .failed(1)
            .contains("--offline")
    );
    let empty = tempfile::tempdir().unwrap();
    let none = Jackfield::in_folder(empty.path()).run(&["doctor", "--offline"]).await.done();
    assert!(none.contains("There is no store yet"), "{none}");
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0, "looking makes nothing");
    fs::write(empty.path().join("j.toml"), "door = 1\n").unwrap();
    assert!(
        Jackfield::in_folder(empty.path()).run(&["doctor", "--config", "j.toml"]).await.failed(2).contains("`door`")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn few_file_descriptors_are_made_more_where_that_may_be_and_else_are_said() {
    let mut stage = Stage::set().await;
    stage.host.stop().await.unwrap();
    let cli = Jackfield::in_folder(stage.host.folder()).with("JACKFIELD_DATA_DIR", "data");
    let seen = async |limit: &str| {
        let found = answer(&cli.clone().under(limit).run(&["doctor", "--offline", "--json"]).await);
        checks(&found, "descriptors")[0].clone()
    };
    let raised = seen("-S -n 256").await;
    let most = getrlimit(Resource::Nofile).maximum.unwrap();
    assert!(raised["said"].as_str().unwrap().starts_with(&format!("{most} connections")), "{raised}");
    let few = seen("-n 1024").await;
    assert_eq!((&few["outcome"], few["todo"].is_string()), (&json!("failed"), true), "{few}");
    assert!(few["said"].as_str().unwrap().contains("192 callers"), "{few}");
    let served = cli.under("-n 1024").serve(&[]).await.unwrap();
    assert!(served.said().contains("there are few file descriptors"), "{}", served.said());
    assert_eq!(served.stop().await.0, 0);
}
