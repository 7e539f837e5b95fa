//! Slack against its double: two lists of scopes, two tokens, answers that say `ok`, and the end of both.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::slack::{Of, Slack, SlackApp};
use jackfield_tests::doubles::{Fault, On, Recorded};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

pub(crate) const ACCESS: &str = "/api/oauth.v2.access";

pub(crate) struct Scene {
    pub(crate) slack: Slack,
    pub(crate) host: TestHost,
    pub(crate) tenant: Tenant,
    wire: Wire,
}

impl Scene {
    /// An app with token rotation, or without.
    pub(crate) async fn start(rotation: bool) -> Self {
        let authority = Authority::new().unwrap();
        let app = SlackApp {
            client_id: "4724469134.4644010092847".to_owned(),
            client_secret: "slack-app-secret".to_owned(),
            redirect: Url::parse("http://127.0.0.1/oauth/callback/slack").unwrap(),
            rotation,
        };
        let slack = Slack::start(&authority, app.clone()).await.unwrap();
        let hosts = BTreeMap::from([("slack.com".to_owned(), slack.double().address())]);
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
        host.install("slack").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        host.client("slack", &app.client_id, &app.client_secret, json!({})).await.unwrap();
        let mut wire = Wire::trusting(&authority).unwrap();
        slack.double().place_on(&mut wire);
        Self { slack, host, tenant, wire }
    }

    /// Goes through the page and presses a button at Slack; where the person comes back to, and what Slack was asked.
    async fn decide(&self, actions: &[&str], button: &str) -> (Url, Url) {
        let (_, link) = self.host.session(&self.tenant, "slack", actions, "u-1").await.unwrap();
        self.decide_at(&link, button).await
    }

    /// Consents again to the same connection; answers it.
    pub(crate) async fn again(&self, connection: &Value) -> Value {
        let again = json!({ "end_user": "u-1", "return_url": RETURN_URL });
        let link = self.ask(connection, "reauthorize", again).await.text("/url").unwrap();
        let (returned, _) = self.decide_at(&link, "Allow").await;
        let done = self.host.complete(&self.tenant, &returned, "u-1").await.unwrap();
        assert!(done.status.is_success(), "{}", done.json);
        done.json
    }

    async fn decide_at(&self, link: &str, button: &str) -> (Url, Url) {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        let page = browser.open(link).await.unwrap().page().unwrap();
        let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
        let page = browser.click(&interim, &interim.link("Continue to").unwrap()).await.unwrap().page().unwrap();
        let form = page.form().unwrap_or_else(|_| panic!("{}", page.body)).press(button).unwrap();
        match browser.submit(&page, &form).await.unwrap() {
            Landing::Left(url) => (url, page.url.clone()),
            Landing::Page(page) => panic!("stayed at {}: {}", page.url, page.body),
        }
    }

    /// Connects; answers the connection.
    pub(crate) async fn connect(&self, actions: &[&str]) -> Value {
        let (returned, _) = self.decide(actions, "Allow").await;
        let made = self.host.complete(&self.tenant, &returned, "u-1").await.unwrap();
        assert!(made.status.is_success(), "{}", made.json);
        made.json
    }

    pub(crate) async fn ask(&self, connection: &Value, verb: &str, body: Value) -> Answer {
        let path = format!("/v1/connections/{}/{verb}", connection["id"].as_str().unwrap());
        self.host.post(&self.tenant.key, &path, body).await.unwrap()
    }

    pub(crate) async fn show(&self, connection: &Value) -> Value {
        let path = format!("/v1/connections/{}", connection["id"].as_str().unwrap());
        self.host.get(&self.tenant.key, &path).await.unwrap().json
    }

    /// The refreshes Slack was asked for.
    pub(crate) fn refreshes(&self) -> Vec<Recorded> {
        let mut asked = self.slack.double().log().to(ACCESS);
        asked.retain(|request| request.form_value("grant_type").as_deref() == Some("refresh_token"));
        asked
    }

    /// The next answer of the token endpoint.
    pub(crate) fn strike(&self, fault: Fault) {
        self.slack.double().faults().once(On::path(ACCESS).method(Method::POST), fault);
    }
}

/// How one of the tokens stands.
pub(crate) fn token<'a>(connection: &'a Value, name: &str) -> &'a Value {
    let tokens = connection["tokens"].as_array().unwrap();
    tokens.iter().find(|token| token["name"] == name).unwrap_or_else(|| panic!("{connection}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_and_a_person_connect_at_once_and_end_together() {
    let scene = Scene::start(true).await;
    let (returned, asked) = scene.decide(&["post-message", "list-channels", "post-as-you"], "Allow").await;
    let query: BTreeMap<_, _> = asked.query_pairs().into_owned().collect();
    assert_eq!((query["scope"].as_str(), query["user_scope"].as_str()), ("channels:read,chat:write", "chat:write"));
    assert!(!query.contains_key("code_challenge"));
    let connection = scene.host.complete(&scene.tenant, &returned, "u-1").await.unwrap().json;
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!(connection["account"]["id"], "T12345678/W23456789");
    assert_eq!(connection["account"]["label"], "bot (Subarachnoid Workspace)");
    assert_eq!(connection["scopes"]["granted"], json!(["channels:read", "chat:write", "user/chat:write"]));
    let names: Vec<_> = connection["tokens"].as_array().unwrap().iter().map(|token| token["name"].clone()).collect();
    assert_eq!(names, ["bot", "user"]);
    let exchange = scene.slack.double().log().to(ACCESS).pop().unwrap();
    assert!(exchange.header("authorization").unwrap().starts_with("Basic "));
    // The first is leased unless another is named.
    let bot = scene.ask(&connection, "lease", json!({})).await.json;
    let user = scene.ask(&connection, "lease", json!({ "token": "user" })).await.json;
    assert_eq!((bot["token"].as_str(), user["token"].as_str()), (Some("bot"), Some("user")));
    assert_eq!(json!(scene.slack.tokens(Of::Bot)), json!([bot["credential"]["token"]]));
    assert_eq!(json!(scene.slack.tokens(Of::User)), json!([user["credential"]["token"]]));
    let wrong = scene.ask(&connection, "lease", json!({ "token": "admin" })).await;
    assert!(wrong.status == 422 && wrong.text("/detail").unwrap().contains("bot, user"), "{}", wrong.json);
    let path = format!("/v1/connections/{}", connection["id"].as_str().unwrap());
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    assert!(scene.slack.tokens(Of::Bot).is_empty() && scene.slack.tokens(Of::User).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_token_may_be_the_person_s_and_last_for_ever() {
    let scene = Scene::start(false).await;
    let connection = scene.connect(&["post-as-you"]).await;
    assert_eq!(
        (&connection["status"], &connection["account"]["id"]),
        (&json!("active"), &json!("T12345678/W12345678"))
    );
    assert_eq!(connection["scopes"]["granted"], json!(["user/chat:write"]));
    assert!(token(&connection, "user")["expires"].is_null() && connection["access_expires"].is_null());
    let lease = scene.ask(&connection, "lease", json!({})).await;
    assert_eq!((&lease.json["token"], &lease.json["expires_at"]), (&json!("user"), &Value::Null));
    let refused = scene.ask(&connection, "refresh", json!({})).await;
    assert_eq!((refused.status, &refused.json["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("unsupported")));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_with_status_200_make_no_connection() {
    let scene = Scene::start(true).await;
    let (denied, _) = scene.decide(&["post-message"], "Cancel").await;
    assert!(denied.query_pairs().any(|(name, value)| name == "error" && value == "access_denied"), "{denied}");
    for (error, code) in [("invalid_code", "provider-refused"), ("bad_client_secret", "provider-refused")] {
        let (returned, _) = scene.decide(&["post-message"], "Allow").await;
        scene.strike(Fault::Json(StatusCode::OK, json!({"ok": false, "error": error})));
        let refused = scene.host.complete(&scene.tenant, &returned, "u-1").await.unwrap();
        assert!(!refused.status.is_success(), "{error}: {} {code}", refused.json);
    }
    let listed = scene.host.get(&scene.tenant.key, "/v1/connections").await.unwrap();
    assert_eq!(listed.json["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_scope_names_the_action_that_needs_it() {
    let scene = Scene::start(true).await;
    scene.slack.allow_only(&["channels:read"]);
    let connection = scene.connect(&["post-message", "list-channels"]).await;
    assert_eq!(connection["scopes"]["granted"], json!(["channels:read"]));
    let path = format!("/v1/connections/{}/permissions", connection["id"].as_str().unwrap());
    let permissions = scene.host.get(&scene.tenant.key, &path).await.unwrap().json;
    let post = permissions["actions"].as_array().unwrap().iter().find(|action| action["id"] == "post-message").unwrap();
    assert_eq!((&post["allowed"], &post["missing"]), (&json!(false), &json!(["chat:write"])));
    let missing = json!({"ok": false, "error": "missing_scope", "needed": "chat:write", "provided": "channels:read"});
    scene.slack.double().faults().once(On::path("/api/auth.test"), Fault::Json(StatusCode::OK, missing));
    let verified = scene.ask(&connection, "verify", json!({})).await.json;
    let failure = &verified["verification"]["failure"];
    assert_eq!((&failure["advice"], &failure["scopes"]), (&json!("insufficient-scope"), &json!(["chat:write"])));
    assert!(failure["message"].as_str().unwrap().contains("Send messages (post-message)"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_takes_the_token_its_action_needs_or_its_caller_names() {
    let scene = Scene::start(true).await;
    let post = async |connection: &Value, token: Option<&str>| {
        let mut request = http::Request::post("/").header("authorization", format!("Bearer {}", scene.tenant.key));
        if let Some(token) = token {
            request = request.header("jackfield-token", token);
        }
        let path = format!("/v1/connections/{}/proxy/api/chat.postMessage", connection["id"].as_str().unwrap());
        scene.host.send(&path, request.body(bytes::Bytes::new()).unwrap()).await.unwrap()
    };
    let both = scene.connect(&["post-message", "post-as-you"]).await;
    assert_eq!(post(&both, None).await.json["message"]["bot_id"], "BZYBOTHED");
    assert_eq!(post(&both, Some("user")).await.json["message"]["user"], "W12345678");
    let unknown = post(&both, Some("admin")).await;
    assert!(unknown.status == 422 && unknown.text("/detail").unwrap().contains("bot, user"), "{}", unknown.json);
    // Here only the person may post; the bot, who leads, may list channels.
    let mixed = scene.connect(&["list-channels", "post-as-you"]).await;
    assert_eq!(mixed["tokens"][0]["name"], "bot");
    assert_eq!(post(&mixed, None).await.json["message"]["user"], "W12345678");
    let refused = post(&mixed, Some("bot")).await.json;
    assert_eq!((&refused["error"], &refused["needed"]), (&json!("missing_scope"), &json!("chat:write")));
}
