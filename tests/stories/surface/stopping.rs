//! The end of a host in a process of its own: it takes nothing new, says so, finishes what is under way, and not for ever.

use std::collections::BTreeMap;
use std::fs;

use jackfield_tests::components::component;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::{authority::Authority, host::RETURN_URL};
use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;

use crate::child::{Jackfield, Served};
use crate::stage::{TOKEN, wanted};

/// A process with a tenant, and a service whose answers wait at a gate.
struct Busy {
    folder: TempDir,
    host: Served,
    api: Api,
    gate: Gate,
    cli: Jackfield,
    key: String,
}

impl Busy {
    async fn start(patience_ms: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new().unwrap();
        let header = Placement::Header("authorization".into(), "Bearer ".into());
        let api = Api::start(&authority, "api.example.com", header).await.unwrap();
        api.accept(TOKEN, "alice");
        fs::write(folder.path().join("authority.pem"), authority.root_pem()).unwrap();
        let hosts = BTreeMap::from([("api.example.com", api.double().address().to_string())]);
        let hosts = toml::Value::try_from(hosts).unwrap();
        let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN", "127.0.0.1:0");
        let cli =
            cli.with("JACKFIELD_EGRESS_CA_FILE", "authority.pem").with("JACKFIELD_TIMEOUTS_SHUTDOWN_MS", patience_ms);
        let cli = cli.with("JACKFIELD_EGRESS_HOSTS", &hosts.to_string());
        let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
        let operator = fs::read_to_string(folder.path().join("jackfield-data.operator-key")).unwrap();
        let operator = operator.trim();
        let upload = http::Request::post("/").header("authorization", format!("Bearer {operator}"));
        let upload = upload.body(component("api-token").unwrap().into()).unwrap();
        let digest = json!({ "digest": host.send("/v1/connectors", upload).await.json["digest"] });
        host.post(operator, "/v1/connectors/api-token/approve", &digest).await;
        let acme = json!({ "name": "Acme", "return_urls": [RETURN_URL] });
        let tenant = host.post(operator, "/v1/tenants", &acme).await.text("/id").unwrap();
        let wanted = json!({ "name": "app", "tenant": tenant, "permissions": ["connect", "read"] });
        let key = host.post(operator, "/v1/api-keys", &wanted).await.text("/key").unwrap();
        let gate = Gate::default();
        api.double().faults().once(On::path("/me"), Fault::Held(gate.clone()));
        Self { folder, host, api, gate, cli, key }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_finished_and_nothing_new_begins() {
    let busy = Busy::start("60000").await;
    let (host, key) = (&busy.host, busy.key.as_str());
    let body = wanted("u1");
    let working = host.post(key, "/v1/connections", &body);
    let telling = async {
        busy.gate.reached(1).await;
        host.signal(Signal::TERM);
        // The signal is on its way: the host says itself when it has come.
        let ready = loop {
            let ready = host.get("", "/readyz").await;
            if ready.status == 503 {
                break ready;
            }
        };
        assert_eq!(ready.json["problems"], json!(["the host is stopping"]));
        assert_eq!(host.get("", "/healthz").await.status, 200, "it lives until it is done");
        let refused = host.get(key, "/v1/connections").await;
        assert_eq!((refused.status.as_u16(), refused.code()), (503, "stopping"), "{}", refused.json);
        assert_eq!(
            (&refused.headers["retry-after"], &refused.headers["connection"]),
            (&"1".parse().unwrap(), &"close".parse().unwrap())
        );
        busy.gate.open();
    };
    let (made, ()) = tokio::join!(working, telling);
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("active")), "{}", made.json);
    let (code, said) = busy.host.ended().await;
    assert_eq!(code, 0, "{said}");
    let patient = busy.cli.clone().with("JACKFIELD_TIMEOUTS_SHUTDOWN_MS", "600000");
    let again = patient.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    assert_eq!(again.get(key, "/v1/connections").await.json["items"][0]["id"], made.json["id"], "it was stored");
    assert_eq!(again.stop().await.0, 0);
    assert!(busy.folder.path().exists() && !busy.api.double().log().to("/me").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_waits_no_longer_than_it_is_told() {
    let busy = Busy::start("1").await;
    let (url, key) = (format!("{}/v1/connections", busy.host.url), busy.key.clone());
    let working = tokio::spawn(async move { ask(&url, &key).await });
    busy.gate.reached(1).await;
    let (code, said) = busy.host.stop().await;
    assert!(
        code == 1 && said.contains("timeouts.shutdown_ms") && said.contains("next start resolves"),
        "{code}: {said}"
    );
    assert!(working.await.unwrap().is_err(), "the request was cut off");
    let again = busy.cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    assert_eq!(again.get("", "/readyz").await.json["ready"], true);
    assert_eq!(again.stop().await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let busy = Busy::start("600000").await;
    let (url, key) = (format!("{}/v1/connections", busy.host.url), busy.key.clone());
    let working = tokio::spawn(async move { ask(&url, &key).await });
    busy.gate.reached(1).await;
    busy.host.signal(Signal::INT);
    while busy.host.get("", "/readyz").await.status != 503 {}
    busy.host.signal(Signal::TERM);
    let (code, said) = busy.host.ended().await;
    assert!(code == 1 && said.contains("stopped before everything was finished"), "{code}: {said}");
    assert!(working.await.unwrap().is_err());
}

/// Asks for a connection whose verify waits at the gate.
async fn ask(url: &str, key: &str) -> anyhow::Result<()> {
    let request = http::Request::post("/").header("authorization", format!("Bearer {key}"));
    let request = request.header("content-type", "application/json").body(wanted("u1").to_string().into())?;
    jackfield_tests::wire::Wire::loopback().send(&url.parse()?, request).await.map(drop)
}
