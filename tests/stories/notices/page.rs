//! A tenant's webhooks on the administrator's page: made, tried, given another secret, paused, let go on and removed.

use jackfield_tests::browser::{Browser, Form, Page};
use jackfield_tests::wire::Wire;
use serde_json::json;

use crate::stage::{HOOKS, Stage, verified};

/// An administrator at the page of webhooks.
async fn administrator(stage: &Stage) -> (Browser, Page) {
    let wanted = json!({ "role": "administrator", "person": "eve", "to": "/admin/webhooks" });
    let link = stage.post("/v1/page-sessions", wanted).await.text("/url").unwrap();
    let mut browser = Browser::new(Wire::loopback());
    let asked = browser.open(&link).await.unwrap().page().unwrap();
    let page = browser.submit(&asked, &asked.form().unwrap()).await.unwrap().page().unwrap();
    (browser, page)
}

fn form_to(page: &Page, end: &str) -> Form {
    let forms = page.forms().unwrap();
    let found = forms.into_iter().find(|form| form.action.path().ends_with(end));
    found.unwrap_or_else(|| panic!("no form to {end}: {}", page.body))
}

async fn press(browser: &mut Browser, page: &Page, end: &str) -> Page {
    browser.submit(page, &form_to(page, end)).await.unwrap().page().unwrap()
}

fn secrets(page: &Page) -> Vec<String> {
    let words = page.body.split(['"', '<', '>', ' ']).filter(|word| word.starts_with("whsec_"));
    let mut found: Vec<String> = words.map(str::to_owned).collect();
    found.dedup();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_keeps_webhooks() {
    let stage = Stage::set().await;
    let (mut browser, page) = administrator(&stage).await;
    assert!(page.text().unwrap().contains("Webhooks"), "{}", page.body);
    let bad = form_to(&page, "/admin/webhooks").fill("url", "http://hooks.example.net/x").unwrap();
    let refused = browser.submit(&page, &bad).await.unwrap().page().unwrap();
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("value=\"http://hooks.example.net/x\""), "what was typed stays");
    let good = form_to(&refused, "/admin/webhooks").fill("url", &format!("https://{HOOKS}/page")).unwrap();
    let made = browser.submit(&refused, &good).await.unwrap().page().unwrap();
    let first = secrets(&made);
    assert_eq!(first.len(), 1, "{}", made.body);
    let id = stage.get("/v1/webhooks").await.text("/items/0/id").unwrap();
    let at = format!("{}/admin/webhooks/{id}", stage.host.url().unwrap());
    let one = browser.open(&at).await.unwrap().page().unwrap();
    assert!(secrets(&one).is_empty(), "a secret is shown once");

    let tried = press(&mut browser, &one, "/test").await;
    let arrived = stage.hooks.log().to("/page");
    assert_eq!(verified(&arrived[0], &[&first[0]])["type"], "webhook.test", "{}", tried.body);
    let rotated = press(&mut browser, &tried, "/secret").await;
    let second = secrets(&rotated);
    assert!(second.len() == 1 && second != first, "{}", rotated.body);
    let one = browser.open(&at).await.unwrap().page().unwrap();
    press(&mut browser, &one, "/test").await;
    verified(&stage.hooks.log().to("/page")[1], &[&second[0], &first[0]]);

    let paused = press(&mut browser, &one, "/pause").await;
    assert_ne!(stage.get(&format!("/v1/webhooks/{id}")).await.json["paused"], json!(null), "{}", paused.body);
    press(&mut browser, &paused, "/pause").await;
    assert_eq!(stage.get(&format!("/v1/webhooks/{id}")).await.json["paused"], json!(null));
    let one = browser.open(&at).await.unwrap().page().unwrap();
    press(&mut browser, &one, "/remove").await;
    assert_eq!(stage.get("/v1/webhooks").await.json["items"], json!([]));
}
