//! What holds for every bundled connector: it installs, it declares the same each time, its words fit together, and a
//! credential its provider refuses is told as one to renew.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_tests::authority::Authority;
use jackfield_tests::browser::Browser;
use jackfield_tests::components::component;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::doubles::github::{GitHub, OauthApp};
use jackfield_tests::doubles::notion::{self, Notion, PublicConnection};
use jackfield_tests::host::{RETURN_URL, Setting, TestHost};
use jackfield_tests::peer::{Peer, PeerClient, PeerSettings, Server};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};

use crate::components::appended;

const BUNDLED: [&str; 9] =
    ["api-token", "basic-auth", "facebook", "github", "google", "mailchimp", "notion", "openid-connect", "slack"];

fn texts(value: &Value) -> BTreeSet<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// The manifest's part of a connector as it is shown.
fn declared(connector: &Value) -> Value {
    let mut shown = connector.clone();
    let members = shown.as_object_mut().unwrap();
    members.retain(|key, _| !["digest", "size", "installed_at", "approved", "approval"].contains(&key.as_str()));
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn each_installs_and_declares_the_same_whenever_it_is_asked() {
    let first = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let second = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    for name in BUNDLED {
        let bytes = component(name).unwrap();
        let one = first.upload(bytes.clone()).await.unwrap();
        assert!(one.status.is_success(), "{name}: {}", one.json);
        assert_eq!((&one.json["name"], &one.json["class"]), (&json!(name), &json!("pure")));
        // Another digest is compiled and read anew.
        let other = second.upload(appended(&bytes, "again")).await.unwrap();
        assert_ne!(one.json["digest"], other.json["digest"]);
        assert_eq!(declared(&one.json), declared(&other.json), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_each_fit_together() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    for name in BUNDLED {
        let connector = host.upload(component(name).unwrap()).await.unwrap().json;
        let scopes = connector["scopes"].as_array().unwrap();
        let known: BTreeSet<&str> = scopes.iter().map(|scope| scope["id"].as_str().unwrap()).collect();
        for scope in scopes {
            assert!(texts(&scope["implies"]).is_subset(&known), "{name}: {scope}");
        }
        let described = |thing: &Value| !thing["title"].as_str().unwrap().is_empty();
        assert!(described(&connector) && scopes.iter().all(described), "{name}");
        assert!(!connector["description"].as_str().unwrap().is_empty(), "{name}");
        for action in connector["actions"].as_array().unwrap() {
            assert!(described(action), "{name}: {action}");
            for needed in action["any_of"].as_array().unwrap() {
                assert!(texts(needed).is_subset(&known), "{name}: {action}");
            }
        }
        let methods = connector["methods"].as_array().unwrap();
        assert!(!methods.is_empty() && methods.iter().all(described), "{name}");
        assert!(!connector["requests"].as_array().unwrap().is_empty(), "{name} asks for nothing");
    }
}

/// A refused credential, as each says it: the advice of the verification.
fn advice(connection: &Value) -> &str {
    connection["verification"]["failure"]["advice"].as_str().unwrap_or_else(|| panic!("{connection}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn api_token_tells_a_refused_token() {
    let authority = Authority::new().unwrap();
    let bearer = Placement::Header("authorization".into(), "Bearer ".into());
    let api = Api::start(&authority, "api.example.com", bearer).await.unwrap();
    let hosts = BTreeMap::from([("api.example.com".to_owned(), api.double().address())]);
    let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
    host.install("api-token").await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    let fields =
        json!({ "base_url": "https://api.example.com", "token": "nobody-knows-this-one", "verify_path": "/me" });
    let wanted = json!({ "connector": "api-token", "method": "header", "fields": fields });
    let made = host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
    assert_eq!(advice(&made.json), "reauthorize");
}

#[tokio::test(flavor = "multi_thread")]
async fn basic_auth_tells_a_refused_password() {
    let authority = Authority::new().unwrap();
    let api = Api::start(&authority, "files.example.com", Placement::Basic).await.unwrap();
    let hosts = BTreeMap::from([("files.example.com".to_owned(), api.double().address())]);
    let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
    host.install("basic-auth").await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    let fields = json!({
        "base_url": "https://files.example.com", "verify_path": "/me", "username": "ada", "password": "nobody knows it",
    });
    let wanted = json!({ "connector": "basic-auth", "method": "password", "fields": fields });
    let made = host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
    assert_eq!(advice(&made.json), "reauthorize");
}

#[tokio::test(flavor = "multi_thread")]
async fn notion_tells_a_refused_token() {
    let authority = Authority::new().unwrap();
    let registered = PublicConnection {
        client_id: "app".into(),
        client_secret: "app-secret".into(),
        redirect_uri: "http://127.0.0.1/oauth/callback".parse().unwrap(),
    };
    let notion = Notion::start(&authority, registered).await.unwrap();
    let hosts = BTreeMap::from([(notion::NAME.to_owned(), notion.double().address())]);
    let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
    host.install("notion").await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    let wanted = json!({ "connector": "notion", "method": "token", "fields": { "token": "nobody-knows-this-one" } });
    let made = host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
    assert_eq!(advice(&made.json), "reauthorize");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_connect_tells_a_refused_token() {
    let authority = Authority::new().unwrap();
    let bearer = Placement::Header("authorization".into(), "Bearer ".into());
    let api = Api::start(&authority, "api.example.com", bearer).await.unwrap();
    let hosts = BTreeMap::from([("api.example.com".to_owned(), api.double().address())]);
    let mut setting = Setting::with_doubles(crate::PROGRAM, &authority, hosts);
    setting.loopback = true;
    let host = TestHost::start(setting).await.unwrap();
    host.install("openid-connect").await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    let peer = Peer::start(Server::OidcProvider, &PeerSettings::of(vec![PeerClient::machine("bot", "bot-secret")]))
        .await
        .unwrap();
    let fields = json!({ "issuer": peer.issuer(), "api_url": "https://api.example.com/me" });
    host.client("openid-connect", "bot", "bot-secret", fields).await.unwrap();
    let wanted = json!({ "connector": "openid-connect", "method": "machine", "fields": {} });
    let made = host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
    assert_eq!(advice(&made.json), "reauthorize");
}

#[tokio::test(flavor = "multi_thread")]
async fn github_tells_a_refused_token() {
    let authority = Authority::new().unwrap();
    // Registered for any port of this machine, and for whatever lies below.
    let callback = "http://127.0.0.1/oauth/callback".parse().unwrap();
    let app = OauthApp { client_id: "Iv1.0a1b2c3d".into(), client_secret: "github-app-secret".into(), callback };
    let github = GitHub::start(&authority, app).await.unwrap();
    let names = github.double().names().iter();
    let hosts = names.map(|name| (name.clone(), github.double().address())).collect();
    let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
    host.install("github").await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    host.client("github", "Iv1.0a1b2c3d", "github-app-secret", json!({})).await.unwrap();

    let (_, link) = host.session(&tenant, "github", &["read-profile"], "u-1").await.unwrap();
    let mut wire = Wire::trusting(&authority).unwrap();
    github.double().place_on(&mut wire);
    let mut browser = Browser::new(wire);
    browser.leave_at(RETURN_URL);
    let page = browser.open(&link).await.unwrap().page().unwrap();
    let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
    let consent = browser.click(&interim, &interim.link("Continue to").unwrap()).await.unwrap().page().unwrap();
    let allow = consent.form().unwrap().press("Authorize").unwrap();
    let returned = browser.submit(&consent, &allow).await.unwrap().left().unwrap();
    let made = host.complete(&tenant, &returned, "u-1").await.unwrap();
    assert_eq!(made.json["status"], "active", "{}", made.json);

    github.revoke_all();
    let path = format!("/v1/connections/{}/verify", made.text("/id").unwrap());
    let verified = host.post(&tenant.key, &path, json!({})).await.unwrap();
    assert_eq!(advice(&verified.json), "reauthorize");
    assert_eq!(verified.json["status"], "needs-reauthorization");
}
