//! Mailchimp against its double: the data centre found by consent and in a key, and never one outside Mailchimp.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::Browser;
use jackfield_tests::doubles::mailchimp::{Mailchimp, MailchimpApp};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

const KEY: &str = "0123456789abcdef0123456789abcdef-us6";
const METADATA: &str = "/oauth2/metadata";

struct Scene {
    mailchimp: Mailchimp,
    host: TestHost,
    tenant: Tenant,
    wire: Wire,
}

impl Scene {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let app = MailchimpApp {
            client_id: "635959587059".to_owned(),
            client_secret: "mailchimp-app-secret".to_owned(),
            redirect: Url::parse("http://127.0.0.1/oauth/callback/mailchimp").unwrap(),
        };
        let mailchimp = Mailchimp::start(&authority, app.clone()).await.unwrap();
        let names = mailchimp.double().names().iter();
        let hosts: BTreeMap<_, _> = names.map(|name| (name.clone(), mailchimp.double().address())).collect();
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
        host.install("mailchimp").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        host.client("mailchimp", &app.client_id, &app.client_secret, json!({})).await.unwrap();
        let mut wire = Wire::trusting(&authority).unwrap();
        mailchimp.double().place_on(&mut wire);
        Self { mailchimp, host, tenant, wire }
    }

    /// Connects by consent, through the page.
    async fn consent(&self) -> Value {
        let (_, link) = self.host.session(&self.tenant, "mailchimp", &["list-audiences"], "u-1").await.unwrap();
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        let mut page = browser.open(&link).await.unwrap().page().unwrap();
        let form = page.form().unwrap();
        page = browser.submit(&page, &form).await.unwrap().page().unwrap();
        page = browser.click(&page, &page.link("Continue to").unwrap()).await.unwrap().page().unwrap();
        let form = page.form().unwrap();
        let returned = browser.submit(&page, &form).await.unwrap().left().unwrap();
        let made = self.host.complete(&self.tenant, &returned, "u-1").await.unwrap();
        assert!(made.status.is_success(), "{}", made.json);
        made.json
    }

    async fn key(&self, key: &str) -> Answer {
        let wanted = json!({ "connector": "mailchimp", "method": "key", "fields": { "api_key": key } });
        self.host.post(&self.tenant.key, "/v1/connections", wanted).await.unwrap()
    }

    async fn lists(&self, connection: &Value) -> Answer {
        let request = http::Request::get("/")
            .header("authorization", format!("Bearer {}", self.tenant.key))
            .header("jackfield-origin", "api");
        let path = format!("/v1/connections/{}/proxy/3.0/lists", connection["id"].as_str().unwrap());
        self.host.send(&path, request.body(bytes::Bytes::new()).unwrap()).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_finds_the_data_centre_and_the_token_never_ends() {
    let scene = Scene::start().await;
    let connection = scene.consent().await;
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!(connection["target"], json!({ "is": "chosen", "id": "us6", "label": "Freddie's Jokes" }));
    assert_eq!(connection["fields"]["dc"], "us6");
    assert_eq!(connection["account"]["id"], "8d3a3db4d97663a9074efcc16");
    assert_eq!(connection["account"]["label"], "Freddie's Jokes (freddie@example.com)");
    assert!(connection["access_expires"].is_null());
    let log = scene.mailchimp.double().log();
    assert!(log.to(METADATA).pop().unwrap().header("authorization").unwrap().starts_with("OAuth "));
    assert!(log.to("/3.0/").pop().unwrap().header("authorization").unwrap().starts_with("Bearer "));
    assert_eq!(scene.lists(&connection).await.json["total_items"], 1);
    assert_eq!(log.to("/3.0/lists").pop().unwrap().host, "us6.api.mailchimp.com");
    let path = format!("/v1/connections/{}", connection["id"].as_str().unwrap());
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(deleted.json["revocation"]["outcome"], "instructions", "{}", deleted.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_says_its_data_centre_and_nothing_else_of_it_shows() {
    let scene = Scene::start().await;
    scene.mailchimp.accept(KEY);
    let made = scene.key(KEY).await;
    assert_eq!(
        (&made.json["status"], &made.json["fields"]),
        (&json!("active"), &json!({ "dc": "us6" })),
        "{}",
        made.json
    );
    assert!(!made.json.to_string().contains("0123456789ab"));
    assert_eq!(scene.lists(&made.json).await.status, StatusCode::OK);
    assert!(scene.mailchimp.double().log().to(METADATA).is_empty());
    scene.mailchimp.revoke_all();
    let path = format!("/v1/connections/{}/verify", made.text("/id").unwrap());
    let verified = scene.host.post(&scene.tenant.key, &path, json!({})).await.unwrap();
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_a_forged_data_centre_goes_nowhere() {
    let scene = Scene::start().await;
    for suffix in
        ["-evil.example/", "-us6.evil.example", "-us6/", "-us6#", "-us6@evil.example", "-us6:8443", "", "-us6666"]
    {
        let refused = scene.key(&format!("fedcba9876543210fedcba9876543210{suffix}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{suffix}: {}", refused.json);
        assert_eq!(refused.json["errors"][0]["field"], "fields.api_key", "{}", refused.json);
        assert!(!refused.json.to_string().contains("fedcba987654"));
    }
    assert!(scene.mailchimp.double().log().all().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_centre_outside_mailchimp_is_refused_and_asked_for_again() {
    let scene = Scene::start().await;
    for (dc, endpoint) in [
        ("evil.example/", "https://evil.example/.api.mailchimp.com"),
        ("us6.evil", "https://us6.evil.api.mailchimp.com"),
        ("us6", "https://us6.api.mailchimp.com.evil.example"),
    ] {
        let answer = json!({ "dc": dc, "accountname": "F", "api_endpoint": endpoint });
        scene.mailchimp.double().faults().once(On::path(METADATA), Fault::Json(StatusCode::OK, answer));
        let connection = scene.consent().await;
        assert_eq!((&connection["status"], &connection["target"]), (&json!("failing"), &Value::Null), "{connection}");
        assert!(connection["fields"].get("dc").is_none());
        let path = format!("/v1/connections/{}/verify", connection["id"].as_str().unwrap());
        let again = scene.host.post(&scene.tenant.key, &path, json!({})).await.unwrap();
        assert_eq!(
            (&again.json["status"], &again.json["fields"]["dc"]),
            (&json!("active"), &json!("us6")),
            "{}",
            again.json
        );
    }
}
