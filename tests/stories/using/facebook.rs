//! Facebook against its double: two exchanges for one token, a permission that ends by itself, and its own refusals.

use http::StatusCode;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::facebook::{App, Facebook, Person};
use jackfield_tests::doubles::{Fault, On};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::at_provider::{AtProvider, Registered};

const TOKEN: &str = "/v25.0/oauth/access_token";

type Scene = AtProvider<Facebook>;

impl Scene {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let app = App { id: "1234567890".to_owned(), secret: "facebook-app-secret".to_owned() };
        let facebook = Facebook::start(&authority, app).await.unwrap();
        let client = ("1234567890", "facebook-app-secret");
        let registered = Registered { connector: "facebook", client, agrees: "Continue" };
        let scene = Self::with(&authority, facebook, registered).await;
        scene.provider.register(&scene.redirect_uri);
        scene
    }

    async fn token(&self, id: &str, min_valid: u64) -> String {
        let path = format!("/v1/connections/{id}/lease");
        let lease = self.host.post(&self.tenant.key, &path, json!({ "min_valid": min_valid })).await.unwrap();
        lease.text("/credential/token").unwrap_or_else(|_| panic!("{}", lease.json))
    }

    async fn kinds(&self, id: &str) -> Vec<String> {
        let path = format!("/v1/connections/{id}/timeline");
        let timeline = self.host.get(&self.tenant.key, &path).await.unwrap().json;
        timeline["items"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// The second exchanges that were asked for.
    fn exchanges(&self) -> usize {
        let asked = self.provider.double().log().to(TOKEN);
        asked.iter().filter(|request| request.query_value("grant_type").is_some()).count()
    }

    fn is_long(&self, token: &str) -> bool {
        self.provider.tokens().iter().any(|(known, long)| known == token && *long)
    }
}

fn id(connection: &Value) -> &str {
    connection["id"].as_str().unwrap()
}

/// In how many days something ends.
fn days_left(scene: &Scene, end: &Value) -> i64 {
    use jackfield_server::clock::Clock as _;
    let end: Timestamp = end["at"].as_str().unwrap().parse().unwrap();
    (end.duration_since(scene.host.clock.now()) + SignedDuration::from_hours(1)).as_hours() / 24
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_dialog_to_a_token_of_sixty_days_and_the_end_of_the_grant() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-profile", "read-email"]).await;
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!(connection["account"]["id"], "10210000000000001");
    assert_eq!(connection["scopes"]["granted"], json!(["email", "public_profile"]));
    assert!(scene.is_long(&scene.token(id(&connection), 300).await));
    // The permission ends though its token might be exchanged again: the manifest says so.
    assert_eq!(
        (connection["grant_expires"]["source"].clone(), days_left(&scene, &connection["grant_expires"])),
        (json!("declared"), 60)
    );
    assert_eq!(
        (connection["access_expires"]["source"].clone(), connection["version"].clone()),
        (json!("response"), json!(2))
    );
    assert_eq!(days_left(&scene, &connection["access_expires"]), 60);
    assert!(scene.kinds(id(&connection)).await.contains(&"step-taken".to_owned()));

    let log = scene.provider.double().log();
    let asked = log.to(TOKEN);
    assert_eq!((asked.len(), asked[0].method.as_str()), (2, "GET"));
    assert_eq!(asked[0].query_value("redirect_uri"), log.to("/v25.0/dialog/oauth")[0].query_value("redirect_uri"));
    assert!(asked[0].query_value("code_verifier").is_some_and(|verifier| verifier.len() == 43));
    assert_eq!(asked[1].query_value("grant_type").as_deref(), Some("fb_exchange_token"));
    assert_eq!(log.to("/v25.0/dialog/oauth")[0].query_value("auth_type").as_deref(), Some("rerequest"));

    let refreshed = scene.post(id(&connection), "refresh").await;
    assert_eq!(
        (refreshed.status, refreshed.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "unsupported"),
        "{}",
        refreshed.json
    );
    let deleted = scene.delete(id(&connection), "").await;
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    let ended = log.to("/v25.0/10210000000000001/permissions").pop().unwrap();
    assert_eq!(ended.method.as_str(), "DELETE");
    assert_eq!(scene.provider.tokens(), Vec::<(String, bool)>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_exchange_that_fails_leaves_the_first_token_and_is_tried_again() {
    let mut scene = Scene::start().await;
    let faults = scene.provider.double().faults().clone();
    let returned = scene.agree(&["read-profile"]).await;
    // The code is exchanged; then the platform has a bad minute.
    let down =
        json!({ "error": { "message": "Service temporarily unavailable", "type": "OAuthException", "code": 2 } });
    faults.once(On::path(TOKEN), Fault::edit(|_| {}));
    faults.once(On::path(TOKEN), Fault::Json(StatusCode::INTERNAL_SERVER_ERROR, down));
    let made = scene.finish(&returned).await;
    assert_eq!((made.status, &made.json["status"]), (StatusCode::OK, &json!("active")), "{}", made.json);
    let connection = made.json;
    assert!(faults.struck());
    assert!(!scene.is_long(&scene.token(id(&connection), 300).await), "the short-lived token serves meanwhile");
    assert_eq!(days_left(&scene, &connection["access_expires"]), 0);
    assert!(scene.kinds(id(&connection)).await.contains(&"step-failed".to_owned()));
    // Not again before its time, and not forgotten over a restart.
    scene.host.stop().await.unwrap();
    scene.host.start_again().await.unwrap();
    assert_eq!(scene.exchanges(), 1);
    scene.host.clock.advance(SignedDuration::from_secs(60));
    scene.host.running().unwrap().service.tick().await.unwrap();
    scene.provider.double().log().until(TOKEN, 3).await;
    assert!(scene.is_long(&scene.token(id(&connection), 24 * 3600).await));
    assert_eq!(days_left(&scene, &scene.show(id(&connection)).await["access_expires"]), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_second_answer_loses_nothing_and_a_caller_who_needs_more_gets_it() {
    let scene = Scene::start().await;
    let faults = scene.provider.double().faults().clone();
    let returned = scene.agree(&["read-profile"]).await;
    faults.once(On::path(TOKEN), Fault::edit(|_| {}));
    faults.once(On::path(TOKEN), Fault::Lost);
    let made = scene.finish(&returned).await.json;
    assert_eq!(made["status"], "active", "{made}");
    scene.host.clock.advance(SignedDuration::from_secs(60));
    // An hour's token is too short for this caller.
    assert!(scene.is_long(&scene.token(id(&made), 7200).await));
    assert_eq!(scene.show(id(&made)).await["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn declined_permissions_are_missing_and_are_asked_for_again() {
    let scene = Scene::start().await;
    scene.provider.decline(&["email", "user_posts"]);
    let connection = scene.connect(&["read-profile", "read-email", "list-posts"]).await;
    assert_eq!(connection["scopes"]["granted"], json!(["public_profile"]), "{connection}");
    let permissions = scene.permissions(id(&connection)).await;
    let blocked: Vec<&str> = permissions["actions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|action| action["chosen"] == true && action["allowed"] == false)
        .map(|action| action["id"].as_str().unwrap())
        .collect();
    assert_eq!(blocked, ["read-email", "list-posts"], "{permissions}");
    scene.provider.decline(&[]);
    let done = scene.again(id(&connection)).await;
    assert_eq!(done.json["scopes"]["granted"], json!(["email", "public_profile", "user_posts"]), "{}", done.json);
    assert!(scene.is_long(&scene.token(id(&connection), 300).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn its_errors_say_what_to_do() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-profile"]).await;
    for (code, status, advice) in [
        (4, 400, "retry"),
        (17, 400, "retry"),
        (32, 403, "retry"),
        (613, 400, "retry"),
        (10, 403, "insufficient-scope"),
        (200, 403, "insufficient-scope"),
        (2, 500, "provider-down"),
        (190, 401, "reauthorize"),
    ] {
        let body = json!({ "error": { "message": "Said.", "type": "OAuthException", "code": code } });
        let fault = Fault::Json(StatusCode::from_u16(status).unwrap(), body);
        scene.provider.double().faults().once(On::path("/v25.0/me"), fault);
        let verified = scene.post(id(&connection), "verify").await;
        assert_eq!(verified.json["verification"]["failure"]["advice"], advice, "{code}: {}", verified.json);
    }
    scene.provider.remove_app();
    let gone = scene.post(id(&connection), "verify").await;
    assert_eq!(gone.json["status"], "needs-reauthorization", "{}", gone.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_codes_secrets_and_people_make_nothing() {
    let scene = Scene::start().await;
    let canceled = scene.decide(&["read-profile"], "Cancel").await;
    assert!(canceled.query_pairs().any(|(name, value)| name == "error" && value == "access_denied"), "{canceled}");
    let path = format!("/v1/clients/{}/rotate", scene.client);
    scene.host.post(scene.host.operator(), &path, json!({ "client_secret": "wrong" })).await.unwrap();
    let wrong = scene.finish(&scene.agree(&["read-profile"]).await).await;
    assert_eq!((wrong.status, wrong.code()), (StatusCode::UNPROCESSABLE_ENTITY, "misconfigured"), "{}", wrong.json);
    assert!(!wrong.json.to_string().contains("facebook-app-secret"));
    assert_eq!(scene.host.get(&scene.tenant.key, "/v1/connections").await.unwrap().json["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_ends_only_when_that_was_said() {
    let scene = Scene::start().await;
    let one = scene.connect(&["read-profile"]).await;
    let two = scene.connect(&["read-profile"]).await;
    assert_eq!(two["same_account"], json!([id(&one)]));
    let asked = scene.delete(id(&two), "").await;
    assert_eq!((asked.status, asked.code()), (StatusCode::CONFLICT, "twins"), "{}", asked.json);
    assert_eq!(scene.post(id(&one), "verify").await.json["status"], "active");
    let ended = scene.delete(id(&two), "?twins=end").await;
    assert_eq!(ended.json["revocation"]["outcome"], "revoked", "{}", ended.json);
    // Facebook ends the grant, and so the twin, which says so at once.
    assert_eq!(ended.json["twins"], json!([{ "id": id(&one), "status": "needs-reauthorization" }]), "{}", ended.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_persons_token_that_waited_is_exchanged_once_it_is_chosen() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-profile"]).await;
    scene.provider.log_in(Person { id: "10210000000000002".to_owned(), name: "Jane Doe".to_owned() });
    let other = scene.again(id(&connection)).await;
    assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "other-account"), "{}", other.json);
    assert_eq!(scene.exchanges(), 1, "a token that may be discarded is not prolonged");
    let choose = other.text("/choice/choose").unwrap();
    let made = scene.host.post(&scene.tenant.key, &choose, json!({ "choice": "connect-as-new" })).await.unwrap();
    assert_eq!(made.json["account"]["label"], "Jane Doe", "{}", made.json);
    assert!(scene.is_long(&scene.token(id(&made.json), 300).await));
}
