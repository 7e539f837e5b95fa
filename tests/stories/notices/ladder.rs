//! The ladder: two weeks, one week and two days before a permission ends, each once; and verifying unasked.

use http::Method;
use jackfield_tests::authority::Authority;
use jackfield_tests::mail_server::{MailServer, Tls};
use jackfield_tests::scene::{OpenId, browser, consent};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::stage::{Stage, mail_through};

/// How long the token lives, in days.
const LIFE: i64 = 60;

/// A host with a connection whose token nothing renews.
struct Ending {
    scene: OpenId,
    server: MailServer,
    id: String,
}

impl Ending {
    async fn start() -> Self {
        let seconds = u32::try_from(LIFE * 86_400).unwrap();
        let mut scene = OpenId::with_lifetime(crate::PROGRAM, seconds).await.unwrap();
        let contact = json!({ "email": "ada@example.com", "language": "en" });
        let path = "/v1/contacts/ada";
        scene.host.api(&scene.tenant.key, Method::PUT, path, Some(contact)).await.unwrap();
        let (_, link) = scene.host.session(&scene.tenant, "openid-connect", &["sign-in"], "ada").await.unwrap();
        let returned = consent(&mut browser(), &link, "ada").await.unwrap();
        let made = scene.host.complete(&scene.tenant, &returned, "ada").await.unwrap();
        assert_eq!(made.json["status"], "active", "{}", made.json);
        let id = made.text("/id").unwrap();
        // Only now: a host that starts again listens elsewhere, and its redirect URI is registered.
        let server = MailServer::start(&Authority::new().unwrap(), Tls::None, 0).await.unwrap();
        mail_through(&mut scene.host, server.port(), Tls::None).await;
        Self { scene, server, id }
    }

    /// Goes to a day of the token's life, with a round every six hours.
    async fn until(&self, from: i64, day: i64) {
        for _ in 0..(day - from) * 4 {
            self.scene.host.clock.advance(SignedDuration::from_hours(6));
            self.scene.host.keep_house().await.unwrap();
        }
    }

    async fn subjects(&self) -> Vec<String> {
        let mails = self.server.mails().await.unwrap();
        mails.iter().map(|mail| mail["headers"]["subject"].as_str().unwrap().to_owned()).collect()
    }

    async fn show(&self) -> Value {
        self.scene.host.get(&self.scene.tenant.key, &format!("/v1/connections/{}", self.id)).await.unwrap().json
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_weeks_a_week_and_two_days_before_the_end_once_each_through_restarts() {
    let mut ending = Ending::start().await;
    ending.until(0, 45).await;
    assert!(ending.subjects().await.is_empty());
    ending.until(45, 47).await;
    assert_eq!(ending.show().await["status"], "expiring");
    let said = ending.subjects().await;
    assert!(said.len() == 1 && said[0].contains("ends in 14 days"), "{said:?}");
    ending.scene.host.stop().await.unwrap();
    ending.scene.host.start_again().await.unwrap();
    ending.until(47, 54).await;
    let said = ending.subjects().await;
    assert!(said.len() == 2 && said[1].contains("ends in 7 days"), "{said:?}");
    ending.until(54, 59).await;
    let said = ending.subjects().await;
    assert!(said.len() == 3 && said[2].contains("ends in 2 days"), "{said:?}");
    ending.until(59, 61).await;
    let said = ending.subjects().await;
    assert!(said.len() == 4 && said[3].contains("does not work any more"), "{said:?}");
    ending.until(61, 70).await;
    assert_eq!(ending.subjects().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_connection_ends_in_silence() {
    let ending = Ending::start().await;
    ending.until(0, 47).await;
    assert_eq!(ending.subjects().await.len(), 1);
    let path = format!("/v1/connections/{}", ending.id);
    ending.scene.host.api(&ending.scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    ending.until(47, 62).await;
    assert_eq!(ending.subjects().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_says_which_days_and_how_often_to_verify() {
    let stage = Stage::set().await;
    let hook = stage.hook("/all", &["connection.needs-reauthorization"]).await;
    let (ada, bob) = (stage.connect("ada").await, stage.connect("bob").await);
    let asked = |stage: &Stage| stage.api.double().log().to("/me").len();
    let before = asked(&stage);
    stage.later(48 * 60).await;
    assert_eq!(asked(&stage), before, "nobody is verified unasked");
    stage.change_tenant(json!({ "notices": { "days": [30, 3], "verify_every_hours": 24 } })).await;
    // It is brought in line in the background.
    for _ in 0..200 {
        if asked(&stage) == before + 2 {
            break;
        }
        stage.later(1).await;
    }
    let first = asked(&stage);
    assert_eq!(first, before + 2, "each once: the last time is long ago");
    stage.later(12 * 60).await;
    assert_eq!(asked(&stage), first);
    stage.api.refuse(&format!("{}-ada", crate::stage::TOKEN));
    stage.later(13 * 60).await;
    assert_eq!(asked(&stage), first + 2);
    let shown = stage.get(&format!("/v1/connections/{ada}")).await;
    assert_eq!(
        (&shown.json["status"], &shown.json["verification"]["by"]),
        (&json!("needs-reauthorization"), &json!("host"))
    );
    assert_eq!(stage.get(&format!("/v1/connections/{bob}")).await.json["status"], "active");
    stage.round().await;
    assert_eq!(stage.types(&hook).len(), 1);
    let operator = stage.host.operator().to_owned();
    let path = format!("/v1/tenants/{}", stage.tenant.id);
    for notices in [json!({ "days": [0] }), json!({ "addresses": ["x"] }), json!({ "verify_every_hours": 0 })] {
        let refused =
            stage.host.api(&operator, Method::PATCH, &path, Some(json!({ "notices": notices }))).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.text("/errors/0/field").unwrap().as_str()), (422, "notices"));
    }
}
