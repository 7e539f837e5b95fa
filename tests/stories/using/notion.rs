//! Notion against its double: JSON token requests, a version on every call, rotating refresh tokens, no scopes.

use bytes::Bytes;
use http::Request;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::notion::{Notion, PublicConnection, Workspace};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::Answer;
use serde_json::{Value, json};
use url::Url;

use crate::at_provider::{AtProvider, Registered};

const TOKEN_PATH: &str = "/v1/oauth/token";
const CLIENT: &str = "463558a3-725e-4f37-b6d3-0889894f68de";
const SECRET: &str = "secret_notion_app_GkXq2vTz81";
const INTERNAL: &str = "ntn_internal_0123456789abcdefghijklmnop";

type Scene = AtProvider<Notion>;

impl Scene {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let registered = PublicConnection {
            client_id: CLIENT.to_owned(),
            client_secret: SECRET.to_owned(),
            redirect_uri: Url::parse("http://127.0.0.1/oauth/callback/notion").unwrap(),
        };
        let notion = Notion::start(&authority, registered).await.unwrap();
        let registered = Registered { connector: "notion", client: (CLIENT, SECRET), agrees: "Allow access" };
        Self::with(&authority, notion, registered).await
    }

    async fn search(&self, id: &str, request: http::request::Builder, body: Value) -> Answer {
        let request = request
            .header("authorization", format!("Bearer {}", self.tenant.key))
            .header("content-type", "application/json");
        let path = format!("/v1/connections/{id}/proxy/v1/search");
        self.host.send(&path, request.body(Bytes::from(body.to_string())).unwrap()).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_page_to_the_end_of_the_token() {
    let scene = Scene::start().await;
    let text = scene.page(&scene.link(&["search"]).await).await.1.text().unwrap();
    assert!(text.contains("Notion cannot be asked for less than all it offers"), "{text}");
    let connection = scene.connect(&["search"]).await;
    assert_eq!(connection["status"], "active", "{connection}");
    let workspace = Workspace::example();
    assert_eq!(connection["account"]["id"], json!(workspace.bot));
    assert_eq!(connection["account"]["label"], json!("Garden"));
    let kept = json!({
        "workspace_id": workspace.id, "workspace_name": "Garden", "bot_id": workspace.bot, "owner_id": workspace.person,
    });
    assert_eq!(connection["fields"], kept);
    assert!(connection["access_expires"].is_null());
    let log = scene.provider.double().log();
    let exchange = log.to(TOKEN_PATH).pop().unwrap();
    let basic = data_encoding::BASE64.encode(format!("{CLIENT}:{SECRET}").as_bytes());
    assert_eq!(exchange.header("authorization"), Some(format!("Basic {basic}").as_str()));
    assert_eq!(exchange.header("content-type"), Some("application/json"));
    let sent: Value = serde_json::from_slice(&exchange.body).unwrap();
    assert_eq!(sent["grant_type"], "authorization_code");
    assert!(sent.get("client_secret").is_none(), "one way of client authentication");
    let asked = log.to("/v1/oauth/authorize");
    assert_eq!(asked[0].query_value("owner").as_deref(), Some("user"));
    assert_eq!(asked[0].query_value("scope"), None, "Notion has no scopes");

    let id = connection["id"].as_str().unwrap();
    let first = scene.search(id, Request::post("/"), json!({})).await;
    assert_eq!((&first.json["has_more"], &first.json["next_cursor"]), (&json!(true), &json!("2")), "{}", first.json);
    assert_eq!(log.to("/v1/search")[0].header("notion-version"), Some("2025-09-03"));
    // A caller who wrote for another version says so.
    scene.search(id, Request::post("/").header("notion-version", "2022-06-28"), json!({})).await;
    assert_eq!(log.to("/v1/search")[1].header("notion-version"), Some("2022-06-28"));

    let deleted = scene.delete(id, "").await;
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    assert_eq!(scene.provider.tokens(), Vec::<String>::new());
    let ended = log.to("/v1/oauth/revoke").pop().unwrap();
    assert_eq!(
        (ended.header("notion-version"), ended.header("content-type")),
        (Some("2025-09-03"), Some("application/json"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_refreshed_and_the_refresh_token_rotates() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["search"]).await;
    let id = connection["id"].as_str().unwrap();
    for version in [2, 3] {
        scene.provider.expire_tokens();
        let verified = scene.post(id, "verify").await;
        assert_eq!(
            (&verified.json["status"], &verified.json["version"]),
            (&json!("active"), &json!(version)),
            "{}",
            verified.json
        );
    }
    let refreshes = scene.provider.double().log().to(TOKEN_PATH).split_off(1);
    let shown: Vec<Value> = refreshes.iter().map(|asked| serde_json::from_slice(&asked.body).unwrap()).collect();
    assert!(shown.iter().all(|asked| asked["grant_type"] == "refresh_token"), "{shown:?}");
    assert_ne!(shown[0]["refresh_token"], shown[1]["refresh_token"]);
    // Once the connection is removed in Notion, its refresh token is refused: `invalid_grant` in `code`.
    scene.provider.remove_connection();
    let verified = scene.post(id, "verify").await;
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    assert_eq!(verified.json["failure"]["code"], "grant-lost", "{}", verified.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_cancels_a_late_code_and_a_wrong_client_leave_no_connection() {
    let scene = Scene::start().await;
    let returned = scene.decide(&["search"], "Cancel").await;
    let told: Vec<_> = returned.query_pairs().filter(|(name, _)| name == "error").collect();
    assert_eq!(told, [("error".into(), "access_denied".into())], "{returned}");
    assert!(scene.provider.double().log().to(TOKEN_PATH).is_empty());

    let returned = scene.agree(&["search"]).await;
    scene.provider.expire_codes();
    let late = scene.finish(&returned).await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "needs-reauthorization"), "{}", late.json);
    assert_eq!(late.json["failure"]["code"], "grant-lost", "{}", late.json);

    let path = format!("/v1/clients/{}/rotate", scene.client);
    scene.host.post(scene.host.operator(), &path, json!({ "client_secret": "wrong" })).await.unwrap();
    let returned = scene.agree(&["search"]).await;
    let wrong = scene.finish(&returned).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (422, "misconfigured"), "{}", wrong.json);
    assert!(!format!("{} {}", late.json, wrong.json).contains(SECRET));
    assert_eq!(scene.host.get(&scene.tenant.key, "/v1/connections").await.unwrap().json["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_an_internal_connection() {
    let scene = Scene::start().await;
    scene.provider.internal(INTERNAL);
    let wanted = json!({ "connector": "notion", "method": "token", "fields": { "token": INTERNAL } });
    let made = scene.host.post(&scene.tenant.key, "/v1/connections", wanted.clone()).await.unwrap();
    assert_eq!(
        (&made.json["status"], &made.json["account"]["label"]),
        (&json!("active"), &json!("Garden")),
        "{}",
        made.json
    );
    let id = made.text("/id").unwrap();
    assert_eq!(scene.search(&id, Request::post("/"), json!({})).await.status, 200);
    scene.provider.remove_connection();
    let verified = scene.post(&id, "verify").await;
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    let made = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap();
    assert_eq!(made.json["failure"]["advice"], "reauthorize", "{}", made.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_workspace_is_another_account_and_a_busy_notion_is_asked_later() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["search"]).await;
    let id = connection["id"].as_str().unwrap();
    let bot = "0f0e0d0c-0b0a-4908-8706-050403020100".to_owned();
    scene.provider.sign_in(Workspace { bot, name: "Meadow".to_owned(), ..Workspace::example() });
    let other = scene.again(id).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "other-account"), "{}", other.json);

    scene.provider.double().faults().once(On::path("/v1/users/me"), Fault::TooMany(7));
    let verified = scene.post(id, "verify").await;
    let failure = &verified.json["verification"]["failure"];
    assert_eq!((&failure["advice"], &failure["retry_after_ms"]), (&json!("retry"), &json!(7000)), "{}", verified.json);
    assert_eq!(verified.json["status"], "active", "{}", verified.json);
}
