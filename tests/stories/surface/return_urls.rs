//! Where people go afterwards: the registered URL, letter by letter, and nowhere else.

use http::Method;
use jackfield_tests::host::RETURN_URL;
use serde_json::json;

use crate::stage::{SERVICE, Stage, TOKEN, browser};

#[tokio::test(flavor = "multi_thread")]
async fn core_15_a_return_url_that_is_not_registered_letter_by_letter_is_refused() {
    let stage = Stage::set().await;
    let near = [
        "https://app.example.com/connected/",
        "https://app.example.com/connected?next=https://evil.example",
        "https://app.example.com/connected#x",
        "https://app.example.com/Connected",
        "https://APP.example.com/connected",
        "https://app.example.com:443/connected",
        "https://app.example.com/x/../connected",
        "https://app.example.com/connected%2F",
        "https://app.example.com@evil.example/connected",
        "https://evil.example/connected",
        "http://app.example.com/connected",
        "https://app.example.com/",
        "//app.example.com/connected",
        "/connected",
        "javascript:alert(1)",
        " https://app.example.com/connected",
        "",
    ];
    for url in near {
        let body = json!({ "connector": "api-token", "end_user": "u1", "return_url": url });
        let refused = stage.host.post(&stage.tenant.key, "/v1/connect-sessions", body).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{url}");
        assert_eq!(refused.json["errors"][0]["field"], "return_url", "{url}");
    }
    // Another tenant's is not this one's.
    let made = json!({ "name": "Borealis", "return_urls": ["https://borealis.example.com/done"] });
    assert_eq!(stage.host.post(stage.host.operator(), "/v1/tenants", made).await.unwrap().status, 201);
    let body = json!({ "connector": "api-token", "end_user": "u1", "return_url": "https://borealis.example.com/done" });
    let refused = stage.host.post(&stage.tenant.key, "/v1/connect-sessions", body).await.unwrap();
    assert_eq!(refused.json["errors"][0]["field"], "return_url");
}

#[tokio::test(flavor = "multi_thread")]
async fn core_15_only_whole_https_urls_are_registered() {
    let stage = Stage::set().await;
    let bad = [
        "http://app.example.com/done",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://app.example.com/#done",
        "/done",
        "https://",
        "app.example.com",
        "ftp://app.example.com/",
        "https://user:password@app.example.com/",
        "http://127.0.0.1/done",
    ];
    for url in bad {
        let body = json!({ "name": "Acme", "return_urls": [RETURN_URL, url] });
        let refused = stage.host.post(stage.host.operator(), "/v1/tenants", body).await.unwrap();
        assert_eq!(
            (refused.status.as_u16(), refused.json["errors"][0]["field"].as_str()),
            (422, Some("return_urls")),
            "{url}"
        );
        let path = format!("/v1/tenants/{}", stage.tenant.id);
        let change = Some(json!({ "return_urls": [url] }));
        let refused = stage.host.api(stage.host.operator(), Method::PATCH, &path, change).await.unwrap();
        assert_eq!(refused.status, 422, "{url}");
    }
    let kept = stage.host.get(stage.host.operator(), &format!("/v1/tenants/{}", stage.tenant.id)).await.unwrap();
    assert_eq!(kept.json["return_urls"], json!([RETURN_URL]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_url_keeps_its_own_query() {
    let stage = Stage::set().await;
    let registered = format!("{RETURN_URL}?tab=connections&x=a%20b");
    let change = Some(json!({ "return_urls": [registered] }));
    let path = format!("/v1/tenants/{}", stage.tenant.id);
    stage.host.api(stage.host.operator(), Method::PATCH, &path, change).await.unwrap();
    let body = json!({ "connector": "api-token", "actions": ["read"], "end_user": "u1", "return_url": registered });
    let made = stage.host.post(&stage.tenant.key, "/v1/connect-sessions", body).await.unwrap();
    let mut browser = browser();
    let page = browser.open(&made.text("/url").unwrap()).await.unwrap().page().unwrap();
    let form = page.form().unwrap().fill("field.base_url", SERVICE).unwrap().fill("field.token", TOKEN).unwrap();
    let onward = browser.submit(&page, &form).await.unwrap().page().unwrap();
    let left = onward.link("Continue to Acme").unwrap();
    assert!(left.as_str().starts_with(&format!("{registered}&session=")), "{left}");
    let completed = stage.host.complete(&stage.tenant, &left, "u1").await.unwrap();
    assert_eq!(completed.status, 200, "{}", completed.json);
}
