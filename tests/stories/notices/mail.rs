//! Mail as people get it: in the brand and the language, once, with one link; refused, put off, and lost by nobody.

use jackfield_tests::mail_server::{MailServer, Tls, USER};
use serde_json::{Value, json};

use crate::stage::Stage;

fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    mail["headers"][name].as_str().unwrap_or_else(|| panic!("no {name} in {mail}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_is_mailed_once_in_the_brand_and_the_language() {
    let (stage, server) = Stage::with_mail(Tls::Starttls).await;
    stage
        .change_tenant(json!({ "brand": {
            "sender": { "name": "Acme Connections", "address": "connections@acme.example" },
            "languages": ["de", "en"],
            "colours": { "accent": "#b03a2e" },
            "links": { "support": "https://help.acme.example/" },
        } }))
        .await;
    let kept = stage.contact("ada", json!({ "email": "ada@example.com", "name": "Ada" })).await;
    assert_eq!((kept.status.as_u16(), &kept.json["bouncing_since"]), (201, &json!(null)), "{}", kept.json);
    let id = stage.connect("ada").await;
    stage.round().await;
    assert!(server.arrived().is_empty(), "nobody is mailed about what they did themselves");
    stage.break_down(&id, "ada").await;
    stage.round().await;
    let (arrived, mails) = (server.arrived(), server.mails().await.unwrap());
    assert_eq!(mails.len(), 1);
    assert_eq!((arrived[0].to.as_slice(), arrived[0].tls), (&["ada@example.com".to_owned()][..], true));
    assert_eq!((arrived[0].from.as_str(), arrived[0].user.as_deref()), ("connections@host.example", Some(USER)));
    let mail = &mails[0];
    assert_eq!(header(mail, "from"), "Acme Connections <connections@acme.example>");
    assert_eq!(header(mail, "to"), "Ada <ada@example.com>");
    assert_eq!(header(mail, "auto-submitted"), "auto-generated");
    assert_eq!(mail["type"], "multipart/alternative");
    assert!(header(mail, "subject").contains("funktioniert nicht mehr"), "{mail}");
    let (plain, html) = (mail["plain"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert!(plain.starts_with("Guten Tag Ada,") && plain.contains("Stimmen Sie noch einmal zu"), "{plain}");
    let link = format!("/connections/{id}?reauthorize");
    assert_eq!((plain.matches(&link).count(), html.matches(&link).count()), (1, 1), "{plain}\n{html}");
    assert_eq!(plain.matches("http").count(), 2, "the link and the help: {plain}");
    assert!(html.contains("https://help.acme.example/") && html.contains("lang=\"de\""), "{html}");
    let raw = arrived[0].raw.to_lowercase();
    assert!(!raw.contains("jackfield") && !raw.contains("s3cret"), "{raw}");
    let message = &stage.messages("sent").await[0];
    assert_eq!((&message["address"], &message["attempts"][0]["status"]), (&json!("ada@example.com"), &json!(250)));
    assert!(header(mail, "message-id").contains(message["id"].as_str().unwrap()), "{mail}");
    // Found broken again, it is not said again.
    stage.ask(&format!("/v1/connections/{id}/verify")).await;
    stage.later(60).await;
    assert_eq!(server.arrived().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_s_own_language_comes_first_and_implicit_tls_works() {
    let (stage, server) = Stage::with_mail(Tls::Implicit).await;
    let told = json!({ "email": "bob@example.com", "name": "Bob & <b>Co</b>", "language": "de-AT" });
    stage.contact("bob", told).await;
    let id = stage.connect("bob").await;
    stage.patch(&format!("/v1/connections/{id}"), json!({ "name": "<script>\"x\" & Ü" })).await;
    stage.break_down(&id, "bob").await;
    stage.round().await;
    let mail = &server.mails().await.unwrap()[0];
    assert!(server.arrived()[0].tls);
    assert!(header(mail, "subject").contains("<script>\"x\" & Ü"), "{mail}");
    assert!(header(mail, "from").starts_with("Acme <connections@host.example>"), "{mail}");
    let html = mail["html"].as_str().unwrap();
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;") && html.contains("Guten Tag Bob"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_that_cannot_be_are_refused() {
    let stage = Stage::set().await;
    for (contact, field) in [
        (json!({ "email": "ada" }), "email"),
        (json!({ "email": "ada@example.com\r\nBcc: eve@example.com" }), "email"),
        (json!({ "email": "ada@example.com", "name": "Ada\r\nBcc: eve@example.com" }), "name"),
        (json!({ "name": "x".repeat(10_000) }), "name"),
        (json!({ "language": "the language of birds" }), "language"),
    ] {
        let refused = stage.contact("ada", contact).await;
        assert_eq!((refused.status.as_u16(), refused.text("/errors/0/field").unwrap().as_str()), (422, field));
    }
    assert_eq!(stage.contact("ada", json!({ "phone": "1" })).await.code(), "invalid-body");
    assert_eq!(stage.get("/v1/contacts/ada").await.status, 404);
    assert_eq!(stage.contact("ada", json!({ "email": "ada@example.com" })).await.status, 201);
    assert_eq!(stage.contact("ada", json!({ "email": "ada@example.org" })).await.status, 200);
    assert_eq!(stage.get("/v1/contacts/ada").await.json["email"], "ada@example.org");
    assert_eq!(stage.delete("/v1/contacts/ada").await.status, 204);
    assert_eq!(stage.delete("/v1/contacts/ada").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_address_bounces_until_it_is_another_and_a_busy_one_is_tried_again() {
    let (stage, server) = Stage::with_mail(Tls::None).await;
    for person in ["ada", "bob"] {
        stage.contact(person, json!({ "email": format!("{person}@example.com") })).await;
    }
    let (ada, bob) = (stage.connect("ada").await, stage.connect("bob").await);
    let refusals = [("ada@example.com", "550 5.1.1 No such user"), ("bob@example.com", "451 4.3.0 Later, please")];
    server.refuse(&refusals).await.unwrap();
    stage.break_down(&ada, "ada").await;
    stage.break_down(&bob, "bob").await;
    stage.round().await;
    let failed = stage.messages("failed").await;
    assert_eq!((failed.len(), &failed[0]["attempts"][0]["failure"]), (1, &json!("bounced")), "{failed:?}");
    assert_eq!((&failed[0]["attempts"][0]["status"], &failed[0]["address"]), (&json!(550), &json!("ada@example.com")));
    assert!(stage.get("/v1/contacts/ada").await.json["bouncing_since"].is_string());
    let waiting = stage.messages("waiting").await;
    assert_eq!((waiting.len(), &waiting[0]["attempts"][0]["status"]), (1, &json!(451)), "{waiting:?}");
    server.refuse(&[]).await.unwrap();
    stage.later(2).await;
    assert_eq!(server.arrived()[0].to, ["bob@example.com"]);
    // Nothing goes to an address that bounces, the same one said again included.
    stage.contact("ada", json!({ "email": "ada@example.com", "name": "Ada" })).await;
    let other = stage.connect("ada").await;
    stage.break_down(&other, "ada").await;
    stage.later(60).await;
    assert_eq!(server.arrived().len(), 1);
    let mended = stage.contact("ada", json!({ "email": "ada@example.org" })).await;
    assert!(mended.json["bouncing_since"].is_null());
    let third = stage.connect("ada").await;
    stage.break_down(&third, "ada").await;
    stage.later(60).await;
    assert_eq!(server.arrived()[1].to, ["ada@example.org"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_down_for_a_day_loses_nothing_and_says_nothing_stale() {
    let (stage, server) = Stage::with_mail(Tls::Starttls).await;
    for person in ["ada", "bob"] {
        stage.contact(person, json!({ "email": format!("{person}@example.com") })).await;
    }
    let (ada, bob) = (stage.connect("ada").await, stage.connect("bob").await);
    stage.round().await;
    let port = server.port();
    drop(server);
    stage.break_down(&ada, "ada").await;
    stage.break_down(&bob, "bob").await;
    for _ in 0..24 {
        stage.later(60).await;
    }
    assert_eq!(stage.messages("waiting").await.len(), 2);
    stage.delete(&format!("/v1/connections/{bob}")).await;
    let server = MailServer::start(&stage.authority, Tls::Starttls, port).await.unwrap();
    stage.later(5 * 60).await;
    let arrived = server.arrived();
    assert_eq!((arrived.len(), arrived[0].to.as_slice()), (1, &["ada@example.com".to_owned()][..]));
    assert_eq!(stage.messages("dropped").await.len(), 1, "who deleted the connection need not hear that it broke");
    assert!(stage.messages("waiting").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_may_say_how_its_person_is_reached() {
    let stage = Stage::set().await;
    let wanted = json!({
        "connector": "api-token", "actions": ["read"], "end_user": "zoe",
        "return_url": "https://app.example.com/connected", "contact": { "email": "zoe@example.com", "language": "en" },
    });
    let made = stage.post("/v1/connect-sessions", wanted.clone()).await;
    assert_eq!(made.status, 201, "{}", made.json);
    assert_eq!(stage.get("/v1/contacts/zoe").await.json["email"], "zoe@example.com");
    let mut bad = wanted;
    bad["contact"]["email"] = json!("nowhere");
    let refused = stage.post("/v1/connect-sessions", bad).await;
    assert_eq!((refused.status.as_u16(), refused.text("/errors/0/field").unwrap().as_str()), (422, "contact"));
}
