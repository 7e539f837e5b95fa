//! The flows as they should be, with a canary in every place that takes a secret.

use http::{Method, Request, header};
use jackfield_server::config::{MailServer as Settings, MailTls, SignIn};
use jackfield_tests::browser::Browser;
use jackfield_tests::mail_server::{MailServer, PASSWORD, Tls, USER};
use jackfield_tests::suite::Suite;
use jackfield_tests::wire::Wire;
use jiff::SignedDuration;
use serde_json::json;
use url::Url;

use super::Canaries;
use crate::scene::{Scene, TOKEN};

/// Of the client that everything about consent goes through.
pub(super) const CLIENT_SECRET: &str = "cS7fL2qV9xB4mZ8kT3wN6rH5";
const CODE: &str = "cD5tJ8wQ2nX7vK4bM9zR3gF6";
const FIRST: (&str, &str) = ("a1Kp7Xv3Rn9Tz5Bq2Lc8Wd4F", "r1Yj6Hs2Pu8Ge4Kx9Oi3Nt7M");
const SECOND: (&str, &str) = ("a2Qw5Er9Ty3Ui7Op1As8Df4G", "r2Zx8Cv4Bn1Ml6Kj3Hg9Fd5S");
const USER_PASSWORD: &str = "pW3x!Zq8&Lm<5Rt\"9Vb%2Nc";
const IDENTITY_SECRET: &str = "iD9sG4kW7pT2xM6vB3nQ8cL5";
const PASSPHRASE: &str = "pP6rF1yH8jN3tD7wZ4kS9mX2";

/// The secrets that an operator sets up: the key ring, the operator's key, the mailer's password, the identity provider's.
pub(crate) async fn with_settings(scene: &mut Scene, canaries: &mut Canaries) {
    canaries.plant("the operator's key", scene.host.operator());
    canaries.plant("the tenant's key", &scene.tenant.key.clone());
    canaries.plant("the mailer's password", PASSWORD);
    canaries.plant("the identity provider's secret", IDENTITY_SECRET);
    let ring = std::fs::read_to_string(scene.host.folder().join("data.keyring")).unwrap();
    let keys: Vec<&str> = ring.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=-_".contains(c))).collect();
    for key in keys.into_iter().filter(|word| word.len() >= 40) {
        canaries.plant("a key of the ring", key);
    }
    scene.host.stop().await.unwrap();
    let secret = scene.host.folder().join("identity-secret");
    std::fs::write(&secret, format!("{IDENTITY_SECRET}\n")).unwrap();
    scene.host.config_mut().sign_in = SignIn {
        issuer: Some("https://login.test".to_owned()),
        client_id: Some("jackfield".to_owned()),
        client_secret_file: Some(secret),
        ..SignIn::default()
    };
    scene.host.start_again().await.unwrap();
}

/// A token that a guest is shown in every way a service can echo it; answers the connection's id.
pub(crate) async fn with_a_token(scene: &Scene, canaries: &mut Canaries) -> String {
    canaries.plant("the API token", TOKEN);
    let connection = scene.connect("prints_everything").await;
    assert_eq!(connection["verification"]["failure"]["code"], "printed", "{connection}");
    canaries.hear("a connection made with a token", connection.to_string());
    let fields = json!({ "token": TOKEN });
    let wanted = json!({ "connector": "well-behaved", "method": "token", "end_user": "u-1", "fields": fields });
    let made = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap();
    let made = canaries.answered("a connection that works", made);
    assert_eq!(made.json["status"], "active", "{}", made.json);
    made.text("/id").unwrap()
}

/// A person's consent, an exchange, a refresh and a revocation, read by a guest that prints what it is shown.
pub(crate) async fn with_a_consent(scene: &Scene, canaries: &mut Canaries) {
    for (name, secret) in [
        ("the client's secret", CLIENT_SECRET),
        ("the code", CODE),
        ("the first access token", FIRST.0),
        ("the first refresh token", FIRST.1),
        ("the second access token", SECOND.0),
        ("the second refresh token", SECOND.1),
    ] {
        canaries.plant(name, secret);
    }
    scene.host.client("prints-everything", "client-1", CLIENT_SECRET, json!({})).await.unwrap();
    scene.login.issues(CODE, [FIRST, SECOND]);
    scene.provider.accept(FIRST.0, "alice");
    scene.provider.accept(SECOND.0, "alice");
    let returned = consented(scene, canaries, "prints-everything").await;
    let made = scene.host.complete(&scene.tenant, &returned, "u-1").await.unwrap();
    let made = canaries.answered("a connection made by consent", made);
    let path = format!("/v1/connections/{}", made.text("/id").unwrap());
    let asked = scene.login.double().log().to("/token");
    canaries.plant("the verifier", &asked.last().unwrap().form_value("code_verifier").unwrap());
    scene.host.clock.advance(SignedDuration::from_hours(2));
    let verified = scene.host.post(&scene.tenant.key, &format!("{path}/verify"), json!({})).await.unwrap();
    canaries.answered("a refresh", verified);
    let timeline = scene.host.get(&scene.tenant.key, &format!("{path}/timeline")).await.unwrap();
    canaries.answered("the timeline of a consent", timeline);
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    canaries.answered("a revocation", deleted);
}

/// Through the pages to the provider and back; what the browser carries is planted on the way.
async fn consented(scene: &Scene, canaries: &mut Canaries, connector: &str) -> Url {
    let (_, link) = scene.host.session(&scene.tenant, connector, &[], "u-1").await.unwrap();
    canaries.plant("the link", link.rsplit('/').next().unwrap());
    let mut browser = scene.browser();
    let page = browser.open(&format!("{link}?method=code")).await.unwrap().page().unwrap();
    let form = page.form().unwrap();
    let interim = browser.submit(&page, &form).await.unwrap().page().unwrap();
    let onward = interim.link("Continue to").unwrap();
    let state = onward.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    canaries.plant("the state", &state);
    let names: Vec<String> = browser.jar.names().into_iter().map(str::to_owned).collect();
    for name in names {
        let value = browser.jar.value(&name).unwrap().to_owned();
        if value.len() >= 12 {
            canaries.plant(&format!("the cookie {name}"), &value);
        }
    }
    let returned = browser.click(&interim, &onward).await.unwrap().left().unwrap();
    let ticket = returned.query_pairs().find(|(name, _)| name == "ticket").unwrap().1.into_owned();
    canaries.plant("the ticket", &ticket);
    returned
}

/// A name and a password, refused and given again on a page that shows what was typed.
pub(crate) async fn with_a_password(scene: &Scene, canaries: &mut Canaries) {
    canaries.plant("the password", USER_PASSWORD);
    scene.host.install("basic-auth").await.unwrap();
    let fields = json!({
        "base_url": "https://other.test", "verify_path": "/me", "username": "ada", "password": USER_PASSWORD,
    });
    let wanted = json!({ "connector": "basic-auth", "method": "password", "fields": fields });
    let made = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap();
    canaries.answered("a connection made with a password", made);
    let (_, link) = scene.host.session(&scene.tenant, "basic-auth", &[], "u-2").await.unwrap();
    let mut browser = scene.browser();
    let page = browser.open(&link).await.unwrap().page().unwrap();
    canaries.hear("the page that asks for a password", page.body.clone());
    let form = page.form().unwrap().fill("field.base_url", "nowhere").unwrap();
    let form = form.fill("field.username", "ada").unwrap().fill("field.password", USER_PASSWORD).unwrap();
    let again = browser.submit(&page, &form).await.unwrap().page().unwrap();
    assert!(again.body.contains("ada"), "what is public is shown again: {}", again.body);
    canaries.hear("the page that asks again", again.body);
}

/// A mail server, and the host started again to hand its mails over there.
async fn mailer(scene: &mut Scene) -> MailServer {
    let server = MailServer::start(&scene.authority, Tls::Starttls, 0).await.unwrap();
    scene.host.stop().await.unwrap();
    let password_file = scene.host.folder().join("mail-password");
    std::fs::write(&password_file, format!("{PASSWORD}\n")).unwrap();
    let ca_file = Some(scene.host.folder().join("authority.pem"));
    scene.host.config_mut().mail = Some(Settings {
        host: "localhost".into(),
        port: server.port(),
        tls: MailTls::Starttls,
        user: Some(USER.into()),
        password_file: Some(password_file),
        from: "connections@host.example".into(),
        ca_file,
        timeout_ms: 20_000,
    });
    scene.host.start_again().await.unwrap();
    server
}

/// What others are told: at a webhook, and by mail.
pub(crate) async fn with_webhooks_and_mail(scene: &mut Scene, canaries: &mut Canaries) {
    let server = mailer(scene).await;
    let wanted = json!({ "url": "https://other.test/hooks", "events": ["connection.active", "connection.needs-reauthorization"] });
    let hook = scene.host.post(&scene.tenant.key, "/v1/webhooks", wanted).await.unwrap();
    canaries.plant("the webhook's secret", hook.text("/secret").unwrap().trim_start_matches("whsec_"));
    let contact = json!({ "email": "ada@example.com", "name": "Ada" });
    let kept = scene.host.api(&scene.tenant.key, Method::PUT, "/v1/contacts/ada", Some(contact)).await.unwrap();
    assert!(kept.status.is_success(), "{}", kept.json);
    scene.provider.accept(LOST, "ada");
    canaries.plant("the token that is lost", LOST);
    let wanted =
        json!({ "connector": "well-behaved", "method": "token", "end_user": "ada", "fields": { "token": LOST } });
    let id = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap().text("/id").unwrap();
    scene.provider.refuse(LOST);
    let verified =
        scene.host.post(&scene.tenant.key, &format!("/v1/connections/{id}/verify"), json!({})).await.unwrap();
    canaries.answered("a token that is refused now", verified);
    for _ in 0..3 {
        scene.host.keep_house().await.unwrap();
        scene.host.clock.advance(SignedDuration::from_mins(1));
    }
    let mails = server.arrived();
    assert!(!mails.is_empty(), "nobody was mailed");
    canaries.hear("the mails", mails.iter().map(|mail| mail.raw.clone()).collect::<Vec<_>>().join("\n"));
    let posted = scene.other.double().log().to("/hooks");
    assert!(!posted.is_empty(), "no webhook was told");
    canaries.hear("the webhooks", format!("{posted:?}"));
    let bodies: Vec<_> = posted.iter().map(|one| String::from_utf8_lossy(&one.body).into_owned()).collect();
    canaries.hear("the bodies of webhooks", bodies.join("\n"));
}

const LOST: &str = "lT4mC9xK2vW7bQ5zN8rH3gJ6";

/// Connections for another host, and a backup of this one.
pub(crate) async fn with_exports(scene: &Scene, canaries: &mut Canaries, id: &str) {
    canaries.plant("the passphrase of a transfer", PASSPHRASE);
    for (path, body) in [
        ("/v1/transfers", json!({ "passphrase": PASSPHRASE })),
        ("/v1/transfers", json!({ "passphrase": [PASSPHRASE] })),
        ("/v1/transfers/receive", json!({ "file": TOKEN, "passphrase": PASSPHRASE })),
        ("/v1/backups", json!({})),
    ] {
        let request = Request::post("/")
            .header(header::AUTHORIZATION, format!("Bearer {}", scene.host.operator()))
            .header(header::CONTENT_TYPE, "application/json")
            .header("jackfield-tenant", &scene.tenant.id);
        let answer = scene.host.send(path, request.body(body.to_string().into()).unwrap()).await.unwrap();
        canaries.hear(&format!("the answer to {path} with {}", body.to_string().len()), answer.body.to_vec());
    }
    let lease = scene.host.post(&scene.tenant.key, &format!("/v1/connections/{id}/lease"), json!({})).await.unwrap();
    assert!(lease.status.is_success(), "what was exported is still here: {}", lease.json);
}

/// Everything that can be read at the end of it all.
pub(crate) async fn looked_at(scene: &Scene, canaries: &mut Canaries, id: &str) {
    let connection = format!("/v1/connections/{id}");
    let (operator, key) = (scene.host.operator(), scene.tenant.key.as_str());
    for (key, path) in [
        (key, connection.clone()),
        (key, format!("{connection}/timeline")),
        (key, format!("{connection}/permissions")),
        (key, "/v1/connections".to_owned()),
        (key, "/v1/messages?limit=200".to_owned()),
        (key, "/v1/webhooks".to_owned()),
        (key, "/v1/audit?limit=200".to_owned()),
        (operator, "/v1/audit?limit=200".to_owned()),
        (operator, "/v1/clients".to_owned()),
        (operator, "/v1/connectors".to_owned()),
        (operator, "/v1/api-keys".to_owned()),
        (operator, "/v1/tenants".to_owned()),
        (operator, "/metrics".to_owned()),
        (operator, "/v1/health".to_owned()),
        (operator, "/readyz".to_owned()),
        (operator, "/openapi.json".to_owned()),
    ] {
        let answer = scene.host.get(key, &path).await.unwrap();
        canaries.answered(&format!("{path} as {}", if key == operator { "operator" } else { "tenant" }), answer);
    }
    let mut browser = Browser::new(Wire::loopback());
    let start = format!("{}/sign-in/start?to=%2Fconnections", scene.host.url().unwrap());
    let page = browser.open(&start).await.unwrap().page().unwrap();
    canaries.hear("the page of a sign-in that cannot begin", page.body);
}

/// The control: what a lease answers does hold the token, so that looking for it is worth something.
pub(crate) async fn leased(scene: &Scene, suite: &mut Suite, id: &str) {
    let lease = scene.host.post(&scene.tenant.key, &format!("/v1/connections/{id}/lease"), json!({})).await.unwrap();
    suite.check("a lease holds the token", String::from_utf8_lossy(&lease.body).contains(TOKEN));
}
