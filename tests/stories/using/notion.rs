//! Notion against its double: JSON token requests, a version on every call, rotating refresh tokens, no scopes.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::notion::{NAME, Notion, PublicConnection, Workspace};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

const TOKEN_PATH: &str = "/v1/oauth/token";
const CLIENT: &str = "463558a3-725e-4f37-b6d3-0889894f68de";
const SECRET: &str = "secret_notion_app_GkXq2vTz81";
const INTERNAL: &str = "ntn_internal_0123456789abcdefghijklmnop";

struct Scene {
    notion: Notion,
    host: TestHost,
    tenant: Tenant,
    client: String,
    wire: Wire,
}

impl Scene {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let registered = PublicConnection {
            client_id: CLIENT.to_owned(),
            client_secret: SECRET.to_owned(),
            redirect_uri: Url::parse("http://127.0.0.1/oauth/callback/notion").unwrap(),
        };
        let notion = Notion::start(&authority, registered).await.unwrap();
        let hosts = BTreeMap::from([(NAME.to_owned(), notion.double().address())]);
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
        host.install("notion").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        let (client, _) = host.client("notion", CLIENT, SECRET, json!({})).await.unwrap();
        let mut wire = Wire::trusting(&authority).unwrap();
        notion.double().place_on(&mut wire);
        Self { notion, host, tenant, client, wire }
    }

    /// Presses a button on Notion's page; where the person comes back to.
    async fn decide(&self, button: &str) -> Url {
        let (_, link) = self.host.session(&self.tenant, "notion", &["search"], "u-1").await.unwrap();
        self.decide_at(&link, button).await
    }

    async fn decide_at(&self, link: &str, button: &str) -> Url {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        let page = browser.open(link).await.unwrap().page().unwrap();
        let text = page.text().unwrap();
        assert!(text.contains("Notion cannot be asked for less than all it offers"), "{text}");
        let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
        let onward = interim.link("Continue to").unwrap();
        let page = browser.click(&interim, &onward).await.unwrap().page().unwrap();
        let form = page.form().unwrap().press(button).unwrap();
        match browser.submit(&page, &form).await.unwrap() {
            Landing::Left(url) => url,
            Landing::Page(page) => panic!("stayed at {}: {}", page.url, page.body),
        }
    }

    async fn finish(&self, returned: &Url) -> Answer {
        self.host.complete(&self.tenant, returned, "u-1").await.unwrap()
    }

    async fn connect(&self) -> Value {
        let made = self.finish(&self.decide("Allow access").await).await;
        assert_eq!(made.json["status"], "active", "{}", made.json);
        made.json
    }

    async fn ask(&self, id: &str, verb: &str) -> Answer {
        self.host.post(&self.tenant.key, &format!("/v1/connections/{id}/{verb}"), json!({})).await.unwrap()
    }

    async fn search(&self, id: &str, request: http::request::Builder, body: Value) -> Answer {
        let request = request
            .header("authorization", format!("Bearer {}", self.tenant.key))
            .header("content-type", "application/json");
        let path = format!("/v1/connections/{id}/proxy/v1/search");
        self.host.send(&path, request.body(Bytes::from(body.to_string())).unwrap()).await.unwrap()
    }

    async fn delete(&self, id: &str) -> Answer {
        self.host.api(&self.tenant.key, Method::DELETE, &format!("/v1/connections/{id}"), None).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_page_to_the_end_of_the_token() {
    let scene = Scene::start().await;
    let connection = scene.connect().await;
    let workspace = Workspace::example();
    assert_eq!(connection["account"]["id"], json!(workspace.bot));
    assert_eq!(connection["account"]["label"], json!("Garden"));
    let kept = json!({
        "workspace_id": workspace.id, "workspace_name": "Garden", "bot_id": workspace.bot, "owner_id": workspace.person,
    });
    assert_eq!(connection["fields"], kept);
    assert!(connection["access_expires"].is_null());
    let log = scene.notion.double().log();
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

    let deleted = scene.delete(id).await;
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    assert_eq!(scene.notion.tokens(), Vec::<String>::new());
    let ended = log.to("/v1/oauth/revoke").pop().unwrap();
    assert_eq!(
        (ended.header("notion-version"), ended.header("content-type")),
        (Some("2025-09-03"), Some("application/json"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_refreshed_and_the_refresh_token_rotates() {
    let scene = Scene::start().await;
    let connection = scene.connect().await;
    let id = connection["id"].as_str().unwrap();
    for version in [2, 3] {
        scene.notion.expire_tokens();
        let verified = scene.ask(id, "verify").await;
        assert_eq!(
            (&verified.json["status"], &verified.json["version"]),
            (&json!("active"), &json!(version)),
            "{}",
            verified.json
        );
    }
    let refreshes = scene.notion.double().log().to(TOKEN_PATH).split_off(1);
    let shown: Vec<Value> = refreshes.iter().map(|asked| serde_json::from_slice(&asked.body).unwrap()).collect();
    assert!(shown.iter().all(|asked| asked["grant_type"] == "refresh_token"), "{shown:?}");
    assert_ne!(shown[0]["refresh_token"], shown[1]["refresh_token"]);
    // Once the connection is removed in Notion, its refresh token is refused: `invalid_grant` in `code`.
    scene.notion.remove_connection();
    let verified = scene.ask(id, "verify").await;
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    assert_eq!(verified.json["failure"]["code"], "grant-lost", "{}", verified.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_cancels_a_late_code_and_a_wrong_client_leave_no_connection() {
    let scene = Scene::start().await;
    let returned = scene.decide("Cancel").await;
    let told: Vec<_> = returned.query_pairs().filter(|(name, _)| name == "error").collect();
    assert_eq!(told, [("error".into(), "access_denied".into())], "{returned}");
    assert!(scene.notion.double().log().to(TOKEN_PATH).is_empty());

    let returned = scene.decide("Allow access").await;
    scene.notion.expire_codes();
    let late = scene.finish(&returned).await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "needs-reauthorization"), "{}", late.json);
    assert_eq!(late.json["failure"]["code"], "grant-lost", "{}", late.json);

    let path = format!("/v1/clients/{}/rotate", scene.client);
    scene.host.post(scene.host.operator(), &path, json!({ "client_secret": "wrong" })).await.unwrap();
    let returned = scene.decide("Allow access").await;
    let wrong = scene.finish(&returned).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (422, "misconfigured"), "{}", wrong.json);
    assert!(!format!("{} {}", late.json, wrong.json).contains(SECRET));
    assert_eq!(scene.host.get(&scene.tenant.key, "/v1/connections").await.unwrap().json["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_an_internal_connection() {
    let scene = Scene::start().await;
    scene.notion.internal(INTERNAL);
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
    scene.notion.remove_connection();
    let verified = scene.ask(&id, "verify").await;
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    let made = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap();
    assert_eq!(made.json["failure"]["advice"], "reauthorize", "{}", made.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_workspace_is_another_account_and_a_busy_notion_is_asked_later() {
    let scene = Scene::start().await;
    let connection = scene.connect().await;
    let id = connection["id"].as_str().unwrap();
    let bot = "0f0e0d0c-0b0a-4908-8706-050403020100".to_owned();
    scene.notion.sign_in(Workspace { bot, name: "Meadow".to_owned(), ..Workspace::example() });
    let again = json!({ "end_user": "u-1", "return_url": RETURN_URL });
    let path = format!("/v1/connections/{id}/reauthorize");
    let link = scene.host.post(&scene.tenant.key, &path, again).await.unwrap().text("/url").unwrap();
    let other = scene.finish(&scene.decide_at(&link, "Allow access").await).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "other-account"), "{}", other.json);

    scene.notion.double().faults().once(On::path("/v1/users/me"), Fault::TooMany(7));
    let verified = scene.ask(id, "verify").await;
    let failure = &verified.json["verification"]["failure"];
    assert_eq!((&failure["advice"], &failure["retry_after_ms"]), (&json!("retry"), &json!(7000)), "{}", verified.json);
    assert_eq!(verified.json["status"], "active", "{}", verified.json);
}
