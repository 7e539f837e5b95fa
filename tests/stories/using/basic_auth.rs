//! Names and passwords: typed on the page or given directly, leased, proxied, refused, reauthorized.

use std::collections::BTreeMap;

use http::Method;
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Page};
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

const NAME: &str = "files.example.com";
const PASSWORD: &str = "correct horse: battery st\u{e4}ple";
const KEY: &str = "sk_live_4eC39HqLyjWDarjtT1zdp7dc";

struct Server {
    host: TestHost,
    api: Api,
    tenant: Tenant,
    wire: Wire,
}

impl Server {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let api = Api::start(&authority, NAME, Placement::Basic).await.unwrap();
        api.accept(&format!("ada:{PASSWORD}"), "ada");
        api.accept(&format!("{KEY}:"), "robot");
        let hosts = BTreeMap::from([(NAME.to_owned(), api.double().address())]);
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
        host.install("basic-auth").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        Self { host, api, tenant, wire: Wire::trusting(&authority).unwrap() }
    }

    async fn create(&self, method: &str, fields: Value) -> Answer {
        let mut all = json!({ "base_url": format!("https://{NAME}"), "verify_path": "/me" });
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let wanted = json!({ "connector": "basic-auth", "method": method, "fields": all });
        self.host.post(&self.tenant.key, "/v1/connections", wanted).await.unwrap()
    }

    async fn ask(&self, id: &str, verb: &str, body: Value) -> Answer {
        self.host.post(&self.tenant.key, &format!("/v1/connections/{id}/{verb}"), body).await.unwrap()
    }

    fn browser(&self) -> Browser {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        browser
    }

    /// Types a name and a password at the page behind a link; what that answers.
    async fn type_in(&self, browser: &mut Browser, link: &str, name: &str, password: &str) -> Page {
        let page = browser.open(link).await.unwrap().page().unwrap();
        let form = page.form().unwrap().fill("field.base_url", &format!("https://{NAME}")).unwrap();
        let form = form.fill("field.username", name).unwrap().fill("field.password", password).unwrap();
        let form = form.fill("field.verify_path", "/me").unwrap();
        browser.submit(&page, &form).await.unwrap().page().unwrap()
    }

    async fn finish(&self, onward: &Page) -> Answer {
        let left: Url = onward.link("Continue to Acme").unwrap();
        self.host.complete(&self.tenant, &left, "u1").await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_directly_verified_leased_and_proxied() {
    let server = Server::start().await;
    let made =
        server.create("password", json!({ "username": "ada", "password": PASSWORD, "label_pointer": "/name" })).await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("active")), "{}", made.json);
    assert_eq!(made.json["account"]["id"], "files.example.com:ada");
    assert_eq!(made.json["account"]["label"], "Account ada");
    assert_eq!((&made.json["fields"]["username"], &made.json["fields"]["password"]), (&json!("ada"), &Value::Null));
    assert!(!made.json.to_string().contains("battery"), "{}", made.json);
    let id = made.text("/id").unwrap();
    let lease = server.ask(&id, "lease", json!({})).await;
    assert_eq!(lease.json["credential"], json!({ "kind": "basic", "name": "ada", "password": PASSWORD }));
    assert!(lease.json["expires_at"].is_null());
    let through = server.host.get(&server.tenant.key, &format!("/v1/connections/{id}/proxy/me")).await.unwrap();
    assert_eq!(through.json["id"], "ada");
    for request in server.api.double().log().to("/me") {
        // RFC 7617 section 2: base64 of UTF-8; the password may hold colons.
        let expected = format!("Basic {}", data_encoding::BASE64.encode(format!("ada:{PASSWORD}").as_bytes()));
        assert_eq!(request.headers.get_all("authorization").iter().collect::<Vec<_>>(), [&expected]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_place_of_the_name_stays_secret() {
    let server = Server::start().await;
    let made = server.create("key", json!({ "key": KEY })).await;
    assert_eq!(made.json["status"], "active", "{}", made.json);
    assert_eq!(made.json["account"]["label"], NAME);
    assert!(!made.json.to_string().contains(KEY), "{}", made.json);
    let lease = server.ask(&made.text("/id").unwrap(), "lease", json!({})).await;
    assert_eq!(lease.json["credential"], json!({ "kind": "basic", "name": KEY, "password": "" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colon_in_the_name_is_told_at_its_field_and_nothing_is_sent() {
    let server = Server::start().await;
    let bad = [
        ("password", json!({ "username": "a:da", "password": PASSWORD }), "fields.username", "must not hold a colon"),
        ("key", json!({ "key": "sk:live" }), "fields.key", "must not hold a colon"),
        ("password", json!({ "password": PASSWORD }), "fields.username", "is needed"),
        ("password", json!({ "username": "ada", "password": "a\nb" }), "fields.password", "must be one line"),
    ];
    for (method, fields, field, told) in bad {
        let refused = server.create(method, fields).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{}", refused.json);
        assert_eq!(refused.json["errors"][0]["field"], field, "{}", refused.json);
        assert!(refused.json["errors"][0].to_string().contains(told), "{}", refused.json);
        assert!(!refused.json.to_string().contains("sk:live"), "{}", refused.json);
    }
    let mut person = server.browser();
    let (_, link) = server.host.session(&server.tenant, "basic-auth", &["read"], "u1").await.unwrap();
    let again = server.type_in(&mut person, &link, "a:da", PASSWORD).await;
    assert_eq!(again.status, 422);
    assert!(again.text().unwrap().contains("Name must not hold a colon"), "{}", again.body);
    assert!(!again.body.contains("battery"), "{}", again.body);
    assert!(server.api.double().log().all().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn typed_on_the_page_refused_by_the_server_and_reauthorized() {
    let server = Server::start().await;
    let mut person = server.browser();
    let (_, link) = server.host.session(&server.tenant, "basic-auth", &["read"], "u1").await.unwrap();
    let page = person.open(&link).await.unwrap().page().unwrap();
    let text = page.text().unwrap();
    assert!(text.contains("Acme cannot narrow what a password allows"), "{text}");
    let onward = server.type_in(&mut person, &link, "ada", PASSWORD).await;
    assert!(!onward.body.contains("battery"), "{}", onward.body);
    assert!(server.api.double().log().all().is_empty(), "sent before the application finished");
    let made = server.finish(&onward).await;
    assert_eq!(made.json["status"], "active", "{}", made.json);
    let id = made.text("/id").unwrap();

    // The password is changed at the server.
    server.api.refuse(&format!("ada:{PASSWORD}"));
    let verified = server.ask(&id, "verify", json!({})).await;
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    let lease = server.ask(&id, "lease", json!({})).await;
    assert_eq!((lease.status.as_u16(), lease.code()), (409, "needs-reauthorization"), "{}", lease.json);

    server.api.accept("ada:new password", "ada");
    server.api.accept("bob:builder", "bob");
    let again = json!({ "end_user": "u1", "return_url": RETURN_URL });
    let link = server.ask(&id, "reauthorize", again.clone()).await.text("/url").unwrap();
    let other = server.finish(&server.type_in(&mut person, &link, "bob", "builder").await).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "other-account"), "{}", other.json);
    let link = server.ask(&id, "reauthorize", again).await.text("/url").unwrap();
    let done = server.finish(&server.type_in(&mut person, &link, "ada", "new password").await).await;
    assert_eq!((&done.json["status"], &done.json["id"]), (&json!("active"), &json!(id)), "{}", done.json);
    let lease = server.ask(&id, "lease", json!({})).await;
    assert_eq!(lease.json["credential"]["password"], "new password");

    let path = format!("/v1/connections/{id}");
    let deleted = server.host.api(&server.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert!(deleted.status.is_success(), "{}", deleted.json);
}
