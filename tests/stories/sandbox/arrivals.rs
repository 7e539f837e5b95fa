//! Connections that arrive in a file that anybody may have written: none of them leads a secret of this host elsewhere.

use bytes::Bytes;
use http::{Request, StatusCode};
use jackfield_model::secret::Secret;
use jackfield_parsers::{IDENTITY, RECIPIENT};
use jackfield_store::transfer::{Lock, TransferKey, open};
use jackfield_tests::host::Answer;
use serde_json::{Value, json};

use crate::hostile::core::Core;
use crate::hostile::lowering::machine;
use crate::scene::Scene;

const CLIENT_SECRET: &str = "mK4wT8zQ2vB6nR9xL3cF7hJ5";
/// `{"tokens":{"access":"a","refresh":null,"fields":{}}}`.
const CREDENTIAL: &str = "eyJ0b2tlbnMiOnsiYWNjZXNzIjoiYSIsInJlZnJlc2giOm51bGwsImZpZWxkcyI6e319fQ==";

/// A provider with a host name for each site of its customers, where the client's secret is shown.
async fn install(scene: &Scene) {
    let mut wanted = machine("sites");
    let method = &mut wanted["methods"][1];
    method["fields"] = json!([{ "key": "site", "label": "Site", "kind": "host-label", "required": true }]);
    method["kind"]["client-credentials"]["token-url"] = json!("https://{site}.login.test/token");
    scene.host.install_bytes(Core::named("sites").declares(wanted).bytes()).await.unwrap();
    scene.host.client("sites", "client-1", CLIENT_SECRET, json!({})).await.unwrap();
}

/// Asks as the operator in the name of the tenant.
async fn ask(scene: &Scene, path: &str, body: &Value) -> Answer {
    let request = Request::post("/").header("authorization", format!("Bearer {}", scene.host.operator()));
    let request = request.header("content-type", "application/json").header("jackfield-tenant", &scene.tenant.id);
    scene.host.send(path, request.body(Bytes::from(body.to_string())).unwrap()).await.unwrap()
}

/// What a host would put into a file, turned into a connection of that provider.
async fn written(scene: &Scene) -> Value {
    let sealed = ask(scene, "/v1/transfers", &json!({ "recipient": RECIPIENT })).await;
    let identity = TransferKey::Identity(Secret::new(IDENTITY.to_owned()));
    let plain = open(sealed.text("/file").unwrap().as_bytes(), identity).unwrap();
    let mut file: Value = serde_json::from_slice(&plain).unwrap();
    let entry = &mut file["connections"][0];
    entry["client_id"] = json!("client-1");
    entry["credential"] = json!(CREDENTIAL);
    let connection = &mut entry["connection"];
    for (key, value) in [("id", "conn_01K742SGZ80000000000000001"), ("connector", "sites"), ("method", "machine")] {
        connection[key] = json!(value);
    }
    connection["account"] = Value::Null;
    connection["fields"] = json!({ "site": "eu" });
    file
}

async fn received(scene: &Scene, file: &Value, check: bool) -> Answer {
    let lock = Lock::new(TransferKey::Recipient(RECIPIENT.to_owned())).unwrap();
    let sealed = lock.close(file.to_string().as_bytes()).unwrap();
    ask(scene, "/v1/transfers/receive", &json!({ "file": sealed, "identity": IDENTITY, "check": check })).await
}

/// The file with another value at a place of its connection.
fn with(sound: &Value, place: &str, value: Value) -> Value {
    let mut file = sound.clone();
    let connection = &mut file["connections"][0]["connection"];
    match connection.pointer_mut(place) {
        Some(there) => *there = value,
        None => connection[place.trim_start_matches('/')] = value,
    }
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_from_elsewhere_leads_no_secret_elsewhere() {
    let scene = Scene::start().await;
    install(&scene).await;
    let sound = written(&scene).await;
    let taken = received(&scene, &sound, true).await;
    assert_eq!(taken.status, StatusCode::OK, "the control: {}", taken.json);

    for (place, value, said) in [
        ("/fields/site", json!("undeclared.test/x"), "its field `site`"),
        ("/fields/site", json!("undeclared.test:443/?"), "its field `site`"),
        ("/fields/site", json!("EU"), "its field `site`"),
        ("/fields/site", json!(""), "its field `site`"),
        ("/fields", json!({ "site": "eu", "issuer": "https://undeclared.test" }), "declares no public field `issuer`"),
        ("/name", json!("Sites\nof everybody"), "no name"),
        ("/end_user", json!("x".repeat(300)), "nobody who could be a person"),
        (
            "/account",
            json!({ "id": "1", "label": "A\u{202e}B", "avatar": null, "granted_scopes": null, "expires": null,
            "extras": {} }),
            "no label",
        ),
        ("/version", json!(u64::MAX), "counts or dates"),
        ("/created_at", json!("9999-12-30T00:00:00Z"), "counts or dates"),
        ("/clocks/grant", json!({ "at": "-009999-01-02T01:59:59Z", "source": "declared" }), "counts or dates"),
        (
            "/target",
            json!({ "is": "open", "choices": [
            { "id": "1", "label": "One", "description": "", "fields": { "site": "undeclared.test/" } },
        ] }),
            "its field `site`",
        ),
    ] {
        let refused = received(&scene, &with(&sound, place, value), false).await;
        let detail = refused.json["detail"].as_str().unwrap_or_default();
        assert!(refused.code() == "transfer-refused" && detail.contains(said), "{place}: {}", refused.json);
        assert!(!detail.contains("undeclared.test"), "what a file says is not repeated: {detail}");
    }
    scene.canary.is_untouched();
}

/// Who uses a connection said so where it was; a refresh that was under way there is none of this host's.
#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_the_other_host_does_not_come_along() {
    let scene = Scene::start().await;
    install(&scene).await;
    let mut file = written(&scene).await;
    file["connections"][0]["connection"]["uses"] = json!(3);
    let taken = received(&scene, &file, false).await;
    let id = taken.json["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{}", taken.json)).to_owned();
    let path = format!("/v1/connections/{id}");
    let shown = scene.host.get(&scene.tenant.key, &path).await.unwrap();
    assert_eq!(shown.json["uses"], json!(0), "{}", shown.json);
}
