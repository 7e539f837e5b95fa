//! GitHub against its double: its own dialect from the authorize page to the end of the grant.

use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::github::{GitHub, OauthApp, Person};
use jackfield_tests::doubles::{Fault, On};
use serde_json::{Value, json};
use url::Url;

use crate::at_provider::{AtProvider, Registered};

const EXCHANGE: &str = "/login/oauth/access_token";

type Scene = AtProvider<GitHub>;

impl Scene {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        // GitHub lets the port of a loopback callback vary.
        let app = OauthApp {
            client_id: "Iv1.jack".to_owned(),
            client_secret: "app-secret".to_owned(),
            callback: Url::parse("http://127.0.0.1/oauth/callback/github").unwrap(),
        };
        let github = GitHub::start(&authority, app).await.unwrap();
        let client = ("Iv1.jack", "app-secret");
        Self::with(&authority, github, Registered { connector: "github", client, agrees: "Authorize" }).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_authorize_page_to_the_end_of_the_grant() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-profile", "list-repositories"]).await;
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!((&connection["account"]["id"], &connection["account"]["label"]), (&json!("1"), &json!("octocat")));
    assert_eq!(connection["scopes"]["granted"], json!(["read:user", "repo"]));
    assert_eq!(connection["scopes"]["stated"], true);
    assert!(connection["access_expires"].is_null());
    let id = connection["id"].as_str().unwrap();
    let log = scene.provider.double().log();
    let exchange = log.to(EXCHANGE).pop().unwrap();
    assert_eq!(exchange.header("accept"), Some("application/json"));
    assert_eq!(exchange.form_value("client_secret").as_deref(), Some("app-secret"));
    assert!(exchange.header("authorization").is_none(), "one way of client authentication");
    assert!(exchange.form_value("code_verifier").is_some_and(|verifier| verifier.len() == 43));
    assert_eq!(log.to("/user").pop().unwrap().header("user-agent"), Some("Jackfield"));
    // The caller's own User-Agent passes; GitHub asks for one.
    let request = http::Request::get("/")
        .header("authorization", format!("Bearer {}", scene.tenant.key))
        .header("user-agent", "app/1");
    let path = format!("/v1/connections/{id}/proxy/user/repos?per_page=2");
    let repositories = scene.host.send(&path, request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
    assert_eq!(repositories.json.as_array().map(Vec::len), Some(2), "{}", repositories.json);
    assert!(repositories.headers["link"].to_str().unwrap().contains("page=2"));
    let deleted = scene.delete(id, "").await;
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    assert_eq!(scene.provider.tokens(), Vec::<String>::new());
    let ended = log.to("/applications/Iv1.jack/grant").pop().unwrap();
    assert_eq!((ended.method.as_str(), ended.header("user-agent")), ("DELETE", Some("Jackfield")));
    assert_eq!(ended.header("authorization"), Some("Basic SXYxLmphY2s6YXBwLXNlY3JldA=="));
    let body: Value = serde_json::from_slice(&ended.body).unwrap();
    assert!(body["access_token"].as_str().unwrap().starts_with("gho_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn core_8_narrowed_scopes_are_stored_and_name_what_they_block() {
    let scene = Scene::start().await;
    scene.provider.allow_only(&["read:user"]);
    let connection = scene.connect(&["read-profile", "list-repositories", "write-gists"]).await;
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!(connection["scopes"]["granted"], json!(["read:user"]));
    let permissions = scene.permissions(connection["id"].as_str().unwrap()).await;
    let missing: Vec<_> =
        permissions["missing"].as_array().unwrap().iter().map(|scope| scope["id"].as_str().unwrap()).collect();
    assert_eq!(missing, ["gist", "repo"]);
    let allowed = |name: &str| {
        let actions = permissions["actions"].as_array().unwrap();
        actions.iter().find(|action| action["id"] == name).unwrap()["allowed"].clone()
    };
    assert_eq!(
        (allowed("read-profile"), allowed("list-repositories"), allowed("write-gists")),
        (json!(true), json!(false), json!(false))
    );
    // Nothing at all is stored as nothing at all.
    let wide = scene.connect(&["update-profile"]).await;
    assert_eq!(wide["scopes"]["granted"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_with_status_200_are_errors() {
    let scene = Scene::start().await;
    let returned = scene.agree(&["read-profile"]).await;
    scene.provider.expire_codes();
    let late = scene.finish(&returned).await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "needs-reauthorization"), "{}", late.json);
    assert_eq!(late.json["failure"]["code"], "grant-lost", "{}", late.json);
    assert!(late.text("/detail").unwrap().contains("The code passed is incorrect or expired."), "{}", late.json);
    let path = format!("/v1/clients/{}/rotate", scene.client);
    scene.host.post(scene.host.operator(), &path, json!({ "client_secret": "wrong" })).await.unwrap();
    let returned = scene.agree(&["read-profile"]).await;
    let wrong = scene.finish(&returned).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (422, "misconfigured"), "{}", wrong.json);
    let whole = format!("{} {}", late.json, wrong.json);
    assert!(!whole.contains("app-secret"), "{whole}");
    assert_eq!(scene.host.get(&scene.tenant.key, "/v1/connections").await.unwrap().json["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_cancels_comes_back_without_a_connection() {
    let scene = Scene::start().await;
    let returned = scene.decide(&["read-profile"], "Cancel").await;
    assert!(returned.query_pairs().all(|(name, _)| name != "ticket"), "{returned}");
    let told: Vec<_> = returned.query_pairs().filter(|(name, _)| name == "error").collect();
    assert_eq!(told, [("error".into(), "access_denied".into())], "{returned}");
    assert_eq!(scene.provider.double().log().to(EXCHANGE).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_the_person_ended_at_github_asks_for_a_new_one() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-profile"]).await;
    let id = connection["id"].as_str().unwrap();
    scene.provider.revoke_all();
    let verified = scene.post(id, "verify").await;
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    assert_eq!(scene.provider.double().log().to(EXCHANGE).len(), 1, "there is nothing to refresh with");
    // Somebody else signs in: refused, and the connection stays whose it is.
    scene.provider.sign_in(Person { id: 2, login: "hubot".to_owned() });
    let other = scene.again(id).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "other-account"), "{}", other.json);
    let shown = scene.host.get(&scene.tenant.key, &format!("/v1/connections/{id}")).await.unwrap();
    assert_eq!((&shown.json["account"]["label"], &shown.json["version"]), (&json!("octocat"), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn rev_3_a_grant_github_could_not_end_is_ended_later() {
    let scene = Scene::start().await;
    let connection = scene.connect(&["read-profile"]).await;
    let path = "/applications/Iv1.jack/grant";
    scene.provider.double().faults().once(On::path(path), Fault::TooMany(7200));
    let deleted = scene.delete(connection["id"].as_str().unwrap(), "").await;
    assert_eq!(deleted.json["revocation"]["outcome"], "queued", "{}", deleted.json);
    scene.host.clock.advance(jiff::SignedDuration::from_secs(7199));
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.provider.double().log().to(path).len(), 1);
    scene.host.clock.advance(jiff::SignedDuration::from_secs(2));
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.provider.tokens(), Vec::<String>::new());
}
