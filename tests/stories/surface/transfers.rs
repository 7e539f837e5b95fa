//! Connections moved from one host to another: sealed on the way, all of them or none, and nothing of them printed.

use std::fs;

use futures::future::join_all;
use http::Method;
use jackfield_parsers::transfer::{IDENTITY, RECIPIENT};
use jackfield_tests::host::TestHost;
use serde_json::json;

use crate::child::Jackfield;
use crate::stage::{Stage, TOKEN};

const PASSPHRASE: &str = "correct horse battery";

fn acting(host: &TestHost, tenant: &str) -> Jackfield {
    Jackfield::operating(host).with("JACKFIELD_TENANT", tenant)
}

fn hand_over(from: &TestHost, to: &TestHost, name: &str) {
    fs::copy(from.folder().join(name), to.folder().join(name)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_goes_to_another_host_and_works_there() {
    let (here, there) = (Stage::set().await, Stage::set().await);
    let id = here.connect(&here.tenant, "u1").await;
    let cli = acting(&here.host, &here.tenant.id);
    for host in [&here.host, &there.host] {
        fs::write(host.folder().join("pass"), format!("{PASSPHRASE}\n")).unwrap();
    }
    let export = ["connection", "export", "--to", "acme.age", "--passphrase-file", "pass"];
    let said = cli.run(&export).await;
    assert!(
        said.out.contains("1 connections are sealed in acme.age") && said.err.contains("let only one host go on"),
        "{said:?}"
    );
    assert!(cli.run(&export).await.failed(1).contains("never overwritten"));
    let file = fs::read_to_string(here.host.folder().join("acme.age")).unwrap();
    assert!(file.starts_with("-----BEGIN AGE ENCRYPTED FILE-----") && !file.contains(TOKEN) && !file.contains(&id));

    hand_over(&here.host, &there.host, "acme.age");
    let other = acting(&there.host, &there.tenant.id);
    let import = ["connection", "import", "acme.age", "--passphrase-file", "pass"];
    let looked = other.run(&[&import[..], &["--check"]].concat()).await.done();
    assert!(looked.contains(&id) && looked.contains("nothing was"), "{looked}");
    let path = format!("/v1/connections/{id}");
    assert_eq!(there.host.get(&there.tenant.key, &path).await.unwrap().status, 404, "looking takes nothing in");
    let taken = other.run(&import).await;
    assert!(!taken.out.contains(TOKEN) && !taken.err.contains(TOKEN) && !taken.out.contains(PASSPHRASE));
    assert!(taken.done().contains("1 connections are here"));
    let verified = there.host.post(&there.tenant.key, &format!("{path}/verify"), json!({})).await.unwrap();
    assert_eq!(verified.json["status"], "active", "{}", verified.json);
    let lease = there.host.post(&there.tenant.key, &format!("{path}/lease"), json!({})).await.unwrap();
    assert!(String::from_utf8_lossy(&lease.body).contains(TOKEN), "{}", lease.json);
    let again = other.run(&import).await.failed(1);
    assert!(again.contains(&format!("{id} is here already")) && again.contains("transfer-refused"), "{again}");
}

#[allow(clippy::too_many_lines, reason = "one move, from one host to the other")]
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_with_every_reason_and_takes_nothing_in() {
    let (here, there) = (Stage::set().await, Stage::set().await);
    let id = here.connect(&here.tenant, "u1").await;
    let operator = here.host.operator();
    let seal = |body: serde_json::Value| here.host.send("/v1/transfers", as_operator(operator, &here.tenant.id, &body));
    let sealed = seal(json!({ "passphrase": PASSPHRASE })).await.unwrap();
    let file = sealed.text("/file").unwrap();
    for (body, code) in [
        (json!({ "passphrase": "short" }), "invalid"),
        (json!({ "recipient": "age1nothing" }), "invalid"),
        (json!({}), "invalid"),
        (json!({ "passphrase": PASSPHRASE, "recipient": "age1x" }), "invalid"),
    ] {
        assert_eq!(seal(body.clone()).await.unwrap().code(), code, "{body}");
    }
    let lacking = here.key(None, &["operate"]).await;
    let refused =
        here.host.send("/v1/transfers", as_operator(&lacking, &here.tenant.id, &json!({ "passphrase": PASSPHRASE })));
    assert_eq!(refused.await.unwrap().code(), "permission-missing");
    let own = here.host.post(&here.tenant.key, "/v1/transfers", json!({ "passphrase": PASSPHRASE })).await.unwrap();
    assert_eq!(own.code(), "operators-only");

    let open = |body| {
        let request = as_operator(there.host.operator(), &there.tenant.id, &body);
        there.host.send("/v1/transfers/receive", request)
    };
    for (file, passphrase, said) in [
        (file.clone(), "another passphrase", "does not open with this passphrase"),
        (file[..file.len() / 2].to_owned(), PASSPHRASE, "cut short"),
        (file[..file.len() - 60].to_owned(), PASSPHRASE, "cut short"),
        ("Dear diary".to_owned(), PASSPHRASE, "no file of exported connections"),
    ] {
        let refused = open(json!({ "file": file, "passphrase": passphrase })).await.unwrap();
        let detail = refused.json["detail"].as_str().unwrap_or_default().to_owned();
        assert!(refused.code() == "transfer-refused" && detail.contains(said), "{}", refused.json);
    }
    // The same account, connected there by itself; and a host where the connector is gone.
    let theirs = there.connect(&there.tenant, "u1").await;
    let refused = open(json!({ "file": file, "passphrase": PASSPHRASE })).await.unwrap();
    assert!(
        refused.json["detail"].as_str().unwrap().contains(&format!("connected here already, as {theirs}")),
        "{}",
        refused.json
    );
    let bare = TestHost::start(jackfield_tests::host::Setting::plain(crate::PROGRAM)).await.unwrap();
    let tenant = bare.tenant("Bare").await.unwrap();
    let request = as_operator(bare.operator(), &tenant.id, &json!({ "file": file, "passphrase": PASSPHRASE }));
    let refused = bare.send("/v1/transfers/receive", request).await.unwrap();
    let detail = refused.json["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("`api-token` is not installed and approved here") && detail.contains(&id), "{detail}");
    assert_eq!(bare.get(&tenant.key, "/v1/connections").await.unwrap().json["items"], json!([]));
}

/// How often two tenants are given the same file at once.
const ROUNDS: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tenants_that_receive_the_same_file_at_once_one_has_the_connection() {
    let (here, there) = (Stage::set().await, Stage::set().await);
    let id = here.connect(&here.tenant, "u1").await;
    let body = json!({ "recipient": RECIPIENT });
    let sealed = here.host.send("/v1/transfers", as_operator(here.host.operator(), &here.tenant.id, &body)).await;
    let received = json!({ "file": sealed.unwrap().text("/file").unwrap(), "identity": IDENTITY });
    for round in 0..ROUNDS {
        let mut tenants = Vec::new();
        for side in ["left", "right"] {
            tenants.push(there.host.tenant(&format!("{side} {round}")).await.unwrap());
        }
        let receiving = tenants.iter().map(|tenant| {
            let request = as_operator(there.host.operator(), &tenant.id, &received);
            there.host.send("/v1/transfers/receive", request)
        });
        let answers: Vec<_> = join_all(receiving).await.into_iter().map(Result::unwrap).collect();
        let took = answers.iter().position(|answer| answer.status == 200).unwrap();
        let refused = &answers[1 - took];
        assert_eq!(refused.code(), "transfer-refused", "{}", refused.json);
        assert!(refused.json["detail"].as_str().unwrap().contains("is here already"), "{}", refused.json);
        let path = format!("/v1/connections/{id}");
        let deleted = there.host.api(&tenants[took].key, Method::DELETE, &path, None).await.unwrap();
        assert!(deleted.status.is_success(), "{}", deleted.json);
    }
}

/// A request of the operator's in the name of a tenant.
fn as_operator(key: &str, tenant: &str, body: &serde_json::Value) -> http::Request<bytes::Bytes> {
    let request = http::Request::post("/").header("authorization", format!("Bearer {key}"));
    let request = request.header("content-type", "application/json").header("jackfield-tenant", tenant);
    request.body(body.to_string().into()).unwrap()
}
