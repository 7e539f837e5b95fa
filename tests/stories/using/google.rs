//! Google against its double: refresh tokens that come once, scopes a person unticks, and a permission that ends with the app's status.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use jackfield_server::clock::Clock as _;
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::google::{Google, OauthClient, Person};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::wire::Wire;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

const SEND: &str = "https://www.googleapis.com/auth/gmail.send";
const READ: &str = "https://www.googleapis.com/auth/gmail.readonly";
const USERINFO: &str = "/v1/userinfo";

struct Scene {
    google: Google,
    host: TestHost,
    tenant: Tenant,
    client: String,
    wire: Wire,
}

impl Scene {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let client = OauthClient { id: "jack.apps.googleusercontent.com".to_owned(), secret: "GOCSPX-jack".to_owned() };
        let google = Google::start(&authority, client, 0).await.unwrap();
        let names = google.double().names().iter();
        let hosts: BTreeMap<_, _> = names.map(|name| (name.clone(), google.double().address())).collect();
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
        // ID tokens are dated by the double's clock, which goes with the host's.
        google.pass(host.clock.now().as_second());
        host.install("google").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        let made = host.client("google", "jack.apps.googleusercontent.com", "GOCSPX-jack", json!({})).await.unwrap();
        google.register(&made.1);
        let mut wire = Wire::trusting(&authority).unwrap();
        google.double().place_on(&mut wire);
        Self { google, host, tenant, client: made.0, wire }
    }

    async fn consent_at(&self, link: &str, button: &str) -> Url {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        let page = browser.open(link).await.unwrap().page().unwrap();
        let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
        let onward = interim.link("Continue to").unwrap();
        let page = browser.click(&interim, &onward).await.unwrap().page().unwrap();
        let form = page.form().unwrap().press(button).unwrap();
        match browser.submit(&page, &form).await.unwrap() {
            Landing::Left(url) => url,
            Landing::Page(page) => panic!("stayed at {}: {}", page.url, page.body),
        }
    }

    async fn finish(&self, link: &str) -> Answer {
        let returned = self.consent_at(link, "Continue").await;
        self.host.complete(&self.tenant, &returned, "u-1").await.unwrap()
    }

    async fn connect(&self, actions: &[&str]) -> Value {
        let (_, link) = self.host.session(&self.tenant, "google", actions, "u-1").await.unwrap();
        let made = self.finish(&link).await;
        assert!(made.status.is_success(), "{}", made.json);
        made.json
    }

    async fn again(&self, id: &str) -> Answer {
        let again = json!({ "end_user": "u-1", "return_url": RETURN_URL });
        let path = format!("/v1/connections/{id}/reauthorize");
        let link = self.host.post(&self.tenant.key, &path, again).await.unwrap().text("/url").unwrap();
        self.finish(&link).await
    }

    async fn post(&self, id: &str, verb: &str) -> Answer {
        self.host.post(&self.tenant.key, &format!("/v1/connections/{id}/{verb}"), json!({})).await.unwrap()
    }

    async fn show(&self, id: &str) -> Value {
        self.host.get(&self.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json
    }

    fn pass(&self, seconds: i64) {
        self.google.pass(seconds);
        self.host.clock.advance(SignedDuration::from_secs(seconds));
    }

    fn days_left(&self, connection: &Value) -> i64 {
        let end: Timestamp = connection["grant_expires"]["at"].as_str().unwrap().parse().unwrap();
        (end.duration_since(self.host.clock.now()) + SignedDuration::from_hours(1)).as_hours() / 24
    }
}

fn id(connection: &Value) -> &str {
    connection["id"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_consent_to_a_refresh_without_a_refresh_token_and_the_end_of_the_grant() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["send-mail", "read-profile"]).await;
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!(
        (&connection["account"]["id"], &connection["account"]["label"]),
        (&json!("10769150350006150715113082367"), &json!("jsmith@example.com"))
    );
    assert_eq!(connection["scopes"]["granted"], connection["scopes"]["requested"], "in whatever order");
    let log = scene.google.double().log();
    let asked = log.to("/o/oauth2/v2/auth").remove(0);
    for (name, value) in [("access_type", "offline"), ("prompt", "consent"), ("include_granted_scopes", "true")] {
        assert_eq!(asked.query_value(name).as_deref(), Some(value), "{name}");
    }
    assert!(asked.query_value("nonce").is_some());
    let held = scene.google.refresh_tokens();
    // Idle for half a year ends it; using it puts that off.
    assert_eq!((&connection["grant_expires"]["source"], scene.days_left(&connection)), (&json!("declared"), 180));
    scene.pass(10 * 24 * 3600);
    let refreshed = scene.post(id(&connection), "refresh").await;
    assert_eq!((refreshed.status, &refreshed.json["version"]), (StatusCode::OK, &json!(2)), "{}", refreshed.json);
    assert_eq!(scene.days_left(&refreshed.json), 180);
    scene.pass(2 * 3600);
    scene.google.end_access_tokens();
    let verified = scene.post(id(&connection), "verify").await;
    assert_eq!(
        (&verified.json["status"], &verified.json["version"]),
        (&json!("active"), &json!(3)),
        "{}",
        verified.json
    );
    assert_eq!(scene.google.refresh_tokens(), held, "the one refresh token goes on");
    let path = format!("/v1/connections/{}", id(&connection));
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    assert_eq!(log.to("/revoke")[0].form_value("token"), held.first().cloned());
    assert_eq!(scene.google.refresh_tokens(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn unticked_scopes_name_the_actions_they_block() {
    let scene = Scene::start().await;
    scene.google.untick(&[SEND]);
    let connection = scene.connect(&["send-mail", "read-mail", "read-events"]).await;
    assert_eq!(connection["status"], "active", "{connection}");
    assert!(!connection["scopes"]["granted"].as_array().unwrap().contains(&json!(SEND)));
    let path = format!("/v1/connections/{}/permissions", id(&connection));
    let permissions = scene.host.get(&scene.tenant.key, &path).await.unwrap().json;
    let missing: Vec<&str> =
        permissions["missing"].as_array().unwrap().iter().map(|scope| scope["id"].as_str().unwrap()).collect();
    assert_eq!(missing, [SEND], "{permissions}");
    let blocked: Vec<&str> = permissions["actions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|action| action["chosen"] == true && action["allowed"] == false)
        .map(|action| action["id"].as_str().unwrap())
        .collect();
    assert_eq!(blocked, ["send-mail"]);
    // Ticked later, it comes on top of what was granted before.
    scene.google.untick(&[]);
    let done = scene.again(id(&connection)).await;
    let granted = done.json["scopes"]["granted"].as_array().unwrap().clone();
    assert!(granted.contains(&json!(SEND)) && granted.contains(&json!(READ)), "{}", done.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_consent_brings_a_refresh_token_because_it_is_asked_for() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-mail"]).await;
    let first = scene.google.refresh_tokens();
    let done = scene.again(id(&connection)).await;
    assert_eq!((done.status, &done.json["id"]), (StatusCode::OK, &connection["id"]), "{}", done.json);
    assert_eq!((first.len(), scene.google.refresh_tokens().len()), (1, 2));
    // Where it brings none all the same, the access token there is serves to its end, and then a person is asked.
    scene.google.double().faults().once(
        On::path("/token"),
        Fault::edit(|answer| {
            answer.as_object_mut().unwrap().remove("refresh_token");
        }),
    );
    let bare = scene.again(id(&connection)).await;
    assert_eq!((bare.status, &bare.json["status"]), (StatusCode::OK, &json!("active")), "{}", bare.json);
    let refreshed = scene.post(id(&connection), "refresh").await;
    assert_eq!(refreshed.code(), "unsupported", "{}", refreshed.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_in_testing_ends_after_seven_days_and_says_so_from_the_first() {
    let scene = Scene::start().await;
    let change = json!({ "fields": { "publishing_status": "testing" } });
    let path = format!("/v1/clients/{}", scene.client);
    let changed = scene.host.api(scene.host.operator(), Method::PATCH, &path, Some(change)).await.unwrap();
    assert!(changed.status.is_success(), "{}", changed.json);
    let connection = scene.connect(&["read-mail"]).await;
    assert_eq!(
        (&connection["grant_expires"]["source"], scene.days_left(&connection)),
        (&json!("declared"), 7),
        "{connection}"
    );
    scene.pass(3 * 24 * 3600);
    let refreshed = scene.post(id(&connection), "refresh").await;
    assert_eq!(scene.days_left(&refreshed.json), 4, "use does not prolong it: {}", refreshed.json);
    scene.pass(4 * 24 * 3600);
    scene.google.end_refresh_tokens();
    let over = scene.post(id(&connection), "refresh").await;
    assert_eq!((over.status, over.code()), (StatusCode::CONFLICT, "needs-reauthorization"), "{}", over.json);
    assert_eq!(scene.show(id(&connection)).await["status"], "needs-reauthorization");
    let done = scene.again(id(&connection)).await;
    assert_eq!((&done.json["status"], scene.days_left(&done.json)), (&json!("active"), 7), "{}", done.json);
    let wrong = json!({ "fields": { "publishing_status": "draft" } });
    let refused = scene.host.api(scene.host.operator(), Method::PATCH, &path, Some(wrong)).await.unwrap();
    assert!(refused.status.is_client_error(), "{}", refused.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_errors_say_what_to_do() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-mail"]).await;
    for (status, advice) in [(401, "reauthorize"), (429, "retry"), (503, "provider-down")] {
        let faults = scene.google.double().faults();
        faults.always(On::path(USERINFO), Fault::Status(StatusCode::from_u16(status).unwrap()));
        // A refused token is refreshed first; that works, so the next answer decides.
        let verified = scene.post(id(&connection), "verify").await;
        faults.clear();
        assert_eq!(verified.json["verification"]["failure"]["advice"], advice, "{status}: {}", verified.json);
    }
    let done = scene.again(id(&connection)).await;
    assert_eq!(done.json["status"], "active", "{}", done.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_about_somebody_else_is_refused_and_another_account_is_asked_about() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-mail"]).await;
    scene.google.sign_in(Person { sub: "20000000000000000000".to_owned(), email: "other@example.com".to_owned() });
    let other = scene.again(id(&connection)).await;
    assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "other-account"), "{}", other.json);
    let choose = other.text("/choice/choose").unwrap();
    let replaced = scene.host.post(&scene.tenant.key, &choose, json!({ "choice": "replace" })).await.unwrap();
    assert_eq!(
        (&replaced.json["id"], &replaced.json["account"]["label"]),
        (&connection["id"], &json!("other@example.com"))
    );
    // The ID token names one person and the userinfo another.
    scene.google.double().faults().always(On::path(USERINFO), Fault::edit(|claims| claims["sub"] = json!("3")));
    let mixed = scene.post(id(&connection), "verify").await;
    assert_eq!(mixed.json["verification"]["failure"]["code"], "other-subject", "{}", mixed.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_cancels_comes_back_without_a_connection() {
    let scene = Scene::start().await;
    let (_, link) = scene.host.session(&scene.tenant, "google", &["read-mail"], "u-1").await.unwrap();
    let returned = scene.consent_at(&link, "Cancel").await;
    assert!(returned.query_pairs().any(|(name, value)| name == "error" && value == "access_denied"), "{returned}");
    assert_eq!(scene.google.double().log().to("/token").len(), 0);
}
