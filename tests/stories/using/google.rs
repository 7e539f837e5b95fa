//! Google against its double: refresh tokens that come once, scopes a person unticks, and a permission that ends with the app's status.

use http::{Method, StatusCode};
use jackfield_server::clock::Clock as _;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::google::{Google, OauthClient, Person};
use jackfield_tests::doubles::{Fault, On};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::at_provider::{AtProvider, Registered};

const SEND: &str = "https://www.googleapis.com/auth/gmail.send";
const READ: &str = "https://www.googleapis.com/auth/gmail.readonly";
const USERINFO: &str = "/v1/userinfo";

type Scene = AtProvider<Google>;

impl Scene {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let client = ("jack.apps.googleusercontent.com", "GOCSPX-jack");
        let own = OauthClient { id: client.0.to_owned(), secret: client.1.to_owned() };
        let google = Google::start(&authority, own, 0).await.unwrap();
        let scene =
            Self::with(&authority, google, Registered { connector: "google", client, agrees: "Continue" }).await;
        // ID tokens are dated by the double's clock, which goes with the host's.
        scene.provider.pass(scene.host.clock.now().as_second());
        scene.provider.register(&scene.redirect_uri);
        scene
    }

    fn pass(&self, seconds: i64) {
        self.provider.pass(seconds);
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
    let log = scene.provider.double().log();
    let asked = log.to("/o/oauth2/v2/auth").remove(0);
    for (name, value) in [("access_type", "offline"), ("prompt", "consent"), ("include_granted_scopes", "true")] {
        assert_eq!(asked.query_value(name).as_deref(), Some(value), "{name}");
    }
    assert!(asked.query_value("nonce").is_some());
    let held = scene.provider.refresh_tokens();
    // Idle for half a year ends it; using it puts that off.
    assert_eq!((&connection["grant_expires"]["source"], scene.days_left(&connection)), (&json!("declared"), 180));
    scene.pass(10 * 24 * 3600);
    let refreshed = scene.post(id(&connection), "refresh").await;
    assert_eq!((refreshed.status, &refreshed.json["version"]), (StatusCode::OK, &json!(2)), "{}", refreshed.json);
    assert_eq!(scene.days_left(&refreshed.json), 180);
    scene.pass(2 * 3600);
    scene.provider.end_access_tokens();
    let verified = scene.post(id(&connection), "verify").await;
    assert_eq!(
        (&verified.json["status"], &verified.json["version"]),
        (&json!("active"), &json!(3)),
        "{}",
        verified.json
    );
    assert_eq!(scene.provider.refresh_tokens(), held, "the one refresh token goes on");
    let deleted = scene.delete(id(&connection), "").await;
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    assert_eq!(log.to("/revoke")[0].form_value("token"), held.first().cloned());
    assert_eq!(scene.provider.refresh_tokens(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn unticked_scopes_name_the_actions_they_block() {
    let scene = Scene::start().await;
    scene.provider.untick(&[SEND]);
    let connection = scene.connect(&["send-mail", "read-mail", "read-events"]).await;
    assert_eq!(connection["status"], "active", "{connection}");
    assert!(!connection["scopes"]["granted"].as_array().unwrap().contains(&json!(SEND)));
    let permissions = scene.permissions(id(&connection)).await;
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
    scene.provider.untick(&[]);
    let done = scene.again(id(&connection)).await;
    let granted = done.json["scopes"]["granted"].as_array().unwrap().clone();
    assert!(granted.contains(&json!(SEND)) && granted.contains(&json!(READ)), "{}", done.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_consent_brings_a_refresh_token_because_it_is_asked_for() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-mail"]).await;
    let first = scene.provider.refresh_tokens();
    let done = scene.again(id(&connection)).await;
    assert_eq!((done.status, &done.json["id"]), (StatusCode::OK, &connection["id"]), "{}", done.json);
    assert_eq!((first.len(), scene.provider.refresh_tokens().len()), (1, 2));
    // Where it brings none all the same, the access token there is serves to its end, and then a person is asked.
    scene.provider.double().faults().once(
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
    scene.provider.end_refresh_tokens();
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
        let faults = scene.provider.double().faults();
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
    scene.provider.sign_in(Person { sub: "20000000000000000000".to_owned(), email: "other@example.com".to_owned() });
    let other = scene.again(id(&connection)).await;
    assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "other-account"), "{}", other.json);
    let choose = other.text("/choice/choose").unwrap();
    let replaced = scene.host.post(&scene.tenant.key, &choose, json!({ "choice": "replace" })).await.unwrap();
    assert_eq!(
        (&replaced.json["id"], &replaced.json["account"]["label"]),
        (&connection["id"], &json!("other@example.com"))
    );
    // The ID token names one person and the userinfo another.
    scene.provider.double().faults().always(On::path(USERINFO), Fault::edit(|claims| claims["sub"] = json!("3")));
    let mixed = scene.post(id(&connection), "verify").await;
    assert_eq!(mixed.json["verification"]["failure"]["code"], "other-subject", "{}", mixed.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_cancels_comes_back_without_a_connection() {
    let scene = Scene::start().await;
    let returned = scene.decide(&["read-mail"], "Cancel").await;
    assert!(returned.query_pairs().any(|(name, value)| name == "error" && value == "access_denied"), "{returned}");
    assert_eq!(scene.provider.double().log().to("/token").len(), 0);
}
