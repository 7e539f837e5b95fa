//! Many connections that break at once: webhooks hear of each, people get one mail and not a flood.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::mail_server::Tls;
use serde_json::json;

use crate::stage::{HOOKS, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_breaks_for_everyone_is_one_mail_a_person_after_the_first_few() {
    let (stage, server) = Stage::with_mail(Tls::None).await;
    stage.change_tenant(json!({ "notices": { "addresses": ["ops@acme.example"] } })).await;
    let hook = stage.hook("/all", &["connection.needs-reauthorization"]).await;
    stage.contact("ada", json!({ "email": "ada@example.com", "language": "en" })).await;
    let mut ids = Vec::new();
    for _ in 0..9 {
        ids.push((stage.connect_as(None).await, "shared"));
    }
    ids.push((stage.connect("ada").await, "ada"));
    ids.push((stage.connect("ada").await, "ada"));
    for (id, person) in &ids {
        stage.break_down(id, person).await;
    }
    stage.round().await;
    assert_eq!(stage.heard(&hook).len(), 11, "a webhook hears of each");
    assert_eq!(server.arrived().len(), 5, "people hear of the first few one by one");
    stage.later(14).await;
    assert_eq!(server.arrived().len(), 5);
    stage.later(2).await;
    let mails = server.mails().await.unwrap();
    assert_eq!(mails.len(), 7);
    let to = |address: &str| {
        let last = mails.iter().rfind(|mail| mail["headers"]["to"].as_str().unwrap().contains(address));
        last.unwrap_or_else(|| panic!("no mail to {address}")).clone()
    };
    let (ops, ada) = (to("ops@acme.example"), to("ada@example.com"));
    assert!(ops["headers"]["subject"].as_str().unwrap().starts_with("4 connections to"), "{ops}");
    assert!(ada["headers"]["subject"].as_str().unwrap().starts_with("2 connections to"), "{ada}");
    let plain = ops["plain"].as_str().unwrap().replace('\r', "");
    assert!(plain.contains("/connections\n") && !plain.contains("reauthorize"), "{plain}");
    stage.later(60).await;
    assert_eq!(server.arrived().len(), 7, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_said_when_a_connection_works_again_unless_nothing_was_said() {
    let (stage, server) = Stage::with_mail(Tls::None).await;
    stage.contact("ada", json!({ "email": "ada@example.com" })).await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(stage.connect("ada").await);
    }
    stage.round().await;
    let verify = async |status: &str| {
        for id in &ids {
            let verified = stage.ask(&format!("/v1/connections/{id}/verify")).await;
            assert_eq!(verified.json["status"], status, "{}", verified.json);
        }
        stage.round().await;
    };
    stage.api.double().faults().always(On::path("/me"), Fault::Status(StatusCode::NOT_FOUND));
    verify("failing").await;
    assert_eq!(server.arrived().len(), 5, "the sixth is held");
    stage.api.double().faults().clear();
    verify("active").await;
    let mails = server.mails().await.unwrap();
    let again = mails.iter().filter(|mail| mail["headers"]["subject"].as_str().unwrap().contains("works again"));
    assert_eq!((mails.len(), again.count()), (10, 5), "of the held one neither is said");
    stage.later(60).await;
    assert_eq!(server.arrived().len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_notice_about_what_cannot_be_read_silences_nobody() {
    let (mut stage, server) = Stage::with_mail(Tls::None).await;
    stage.change_tenant(json!({ "notices": { "addresses": ["ops@acme.example"] } })).await;
    let mut ids = Vec::new();
    for _ in 0..7 {
        ids.push(stage.connect_as(None).await);
    }
    for id in &ids {
        stage.break_down(id, "shared").await;
    }
    stage.round().await;
    assert_eq!(server.arrived().len(), 5, "two are held");
    let damaged = stage.host.rewrite(|key, value| {
        if key.starts_with("connection/") && key.ends_with(&ids[6]) {
            value.truncate(value.len() / 2);
        }
    });
    damaged.await.unwrap();
    another_tenant_s_is_heard(&stage).await;
    assert_eq!(server.arrived().len(), 6, "and so does who is told of the other held one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_for_whom_nobody_can_read_silences_nobody() {
    for damaged in ["contact/", "tenant/"] {
        let (mut stage, server) = Stage::with_mail(Tls::None).await;
        let reached = stage.contact("ada", json!({ "email": "ada@person.example" })).await;
        assert!(reached.status.is_success(), "{}", reached.json);
        let mut ids = Vec::new();
        for _ in 0..7 {
            ids.push(stage.connect("ada").await);
        }
        for id in &ids {
            stage.break_down(id, "ada").await;
        }
        stage.round().await;
        assert_eq!(server.arrived().len(), 5, "two are held");
        let tenant = stage.tenant.id.clone();
        let rewritten = stage.host.rewrite(|key, value| {
            if key.starts_with(damaged) && key.contains(&tenant) {
                value.truncate(value.len() / 2);
            }
        });
        rewritten.await.unwrap();
        another_tenant_s_is_heard(&stage).await;
        assert_eq!(server.arrived().len(), 5, "{damaged}: nobody is there to be told");
    }
}

/// Something happens in another tenant, and its webhook hears of it when what was held is over.
async fn another_tenant_s_is_heard(stage: &Stage) {
    let other = stage.host.tenant("Other").await.unwrap();
    let hook = json!({ "url": format!("https://{HOOKS}/other") });
    assert_eq!(stage.host.post(&other.key, "/v1/webhooks", hook).await.unwrap().status, 201);
    let fields =
        json!({ "base_url": "https://api.example.com", "token": "another-token-0123456789", "verify_path": "/me" });
    let wanted = json!({ "connector": "api-token", "method": "header", "fields": fields });
    assert!(stage.host.post(&other.key, "/v1/connections", wanted).await.unwrap().status.is_success());
    stage.later(16).await;
    assert!(!stage.hooks.log().to("/other").is_empty(), "another tenant's webhook hears");
}
