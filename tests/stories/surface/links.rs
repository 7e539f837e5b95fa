//! Links that lead nowhere any more, forms of other pages, and names that are markup.

use http::Method;
use jackfield_model::connection::Connection;
use jackfield_model::id::ConnectionId;
use jackfield_model::status::Status;
use jackfield_store::{Change, Store};
use jackfield_tests::browser::Page;
use jackfield_tests::host::{RETURN_URL, Tenant};
use jiff::SignedDuration;
use serde_json::json;

use crate::stage::{SERVICE, Stage, TOKEN, browser, raw};

/// What every page carries (CORE-13, ST-11), and what none has in it.
pub(crate) fn assert_guarded(page: &Page) {
    let header = |name: &str| page.headers[name].to_str().unwrap();
    let policy = header("content-security-policy");
    for directive in
        ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(directive), "{directive} in {policy}");
    }
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert!(header("x-robots-tag").contains("noindex"));
    for active in ["<script>", "javascript:", "onload=", "onclick=", "<iframe", "<img", "style="] {
        assert!(!page.body.to_lowercase().contains(active), "{active} in {}", page.body);
    }
}

async fn open(link: &str) -> Page {
    let page = browser().open(link).await.unwrap().page().unwrap();
    assert_guarded(&page);
    page
}

async fn assert_over(link: &str, status: u16, heading: &str) {
    let page = open(link).await;
    let text = page.text().unwrap();
    assert_eq!(page.status.as_u16(), status, "{text}");
    assert!(text.contains(heading) && text.contains("application you came from"), "{text}");
    assert!(page.forms().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_for_half_an_hour_and_once() {
    let stage = Stage::set().await;
    let host = &stage.host;
    let url = host.url().unwrap();
    assert_over(&format!("{url}/connect/{}", "A".repeat(43)), 404, "We do not know this link").await;
    let (_, link) = host.session(&stage.tenant, "api-token", &["read"], "u1").await.unwrap();
    assert_over(&link[..link.len() - 1], 404, "We do not know this link").await;
    assert_eq!(open(&link).await.status, 200, "looking changes nothing");
    assert_eq!(open(&link).await.status, 200);

    let mut person = browser();
    let page = person.open(&link).await.unwrap().page().unwrap();
    let form = page.form().unwrap().fill("field.base_url", SERVICE).unwrap().fill("field.token", TOKEN).unwrap();
    let onward = person.submit(&page, &form).await.unwrap().page().unwrap();
    let done = host.complete(&stage.tenant, &onward.link("Continue to").unwrap(), "u1").await.unwrap();
    assert_eq!(done.status, 200, "{}", done.json);
    assert_over(&link, 410, "This link was used").await;
    let again = person.submit(&page, &form).await.unwrap().page().unwrap();
    assert_eq!(again.status, 410);

    let (_, link) = host.session(&stage.tenant, "api-token", &["read"], "u1").await.unwrap();
    host.clock.advance(SignedDuration::from_mins(29));
    assert_eq!(open(&link).await.status, 200);
    host.clock.advance(SignedDuration::from_mins(2));
    assert_over(&link, 410, "This link has expired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_whose_tenant_is_gone_is_unknown() {
    let stage = Stage::set().await;
    let (_, link) = stage.host.session(&stage.tenant, "api-token", &["read"], "u1").await.unwrap();
    let path = format!("/v1/tenants/{}", stage.tenant.id);
    assert_eq!(stage.host.api(stage.host.operator(), Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_over(&link, 404, "We do not know this link").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_page_and_one_that_is_too_large_are_not_taken() {
    let stage = Stage::set().await;
    let (id, link) = stage.host.session(&stage.tenant, "api-token", &["read"], "u1").await.unwrap();
    let path = link.strip_prefix(&stage.host.url().unwrap()).unwrap();
    let form = format!("method=header&name=Mine&field.base_url=https%3A%2F%2Fapi.example.com&field.token={TOKEN}");
    let kind = ("content-type", "application/x-www-form-urlencoded");
    for headers in [
        vec![kind, ("sec-fetch-site", "cross-site")],
        vec![kind, ("sec-fetch-site", "same-site")],
        vec![("content-type", "text/plain"), ("sec-fetch-site", "same-origin")],
        vec![("content-type", "multipart/form-data; boundary=x")],
        vec![("content-type", "application/json")],
    ] {
        let refused = raw(&stage.host, Method::POST, path, &headers, form.as_bytes()).await;
        assert_eq!(refused.status, 403, "{headers:?}");
        assert!(String::from_utf8_lossy(&refused.body).contains("did not come from this page"));
    }
    let large = format!("{form}&field.prefix={}", "x".repeat(128 * 1024));
    let refused =
        raw(&stage.host, Method::POST, path, &[kind, ("sec-fetch-site", "same-origin")], large.as_bytes()).await;
    assert_eq!(refused.status, 413);
    assert!(!String::from_utf8_lossy(&refused.body).contains(TOKEN));
    let shown = stage.host.get(&stage.tenant.key, &format!("/v1/connect-sessions/{id}")).await.unwrap();
    assert_eq!(shown.json["stage"]["at"], "open");
    for method in [Method::PUT, Method::DELETE] {
        let refused = raw(&stage.host, method, path, &[("accept", "text/html")], b"").await;
        assert_eq!(refused.status, 405);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_text_wherever_they_come_from() {
    let stage = Stage::set().await;
    let host = &stage.host;
    let evil = "Acme</title><script>alert(1)</script><img src=x onerror=alert(2)>\"'";
    let made =
        host.post(host.operator(), "/v1/tenants", json!({ "name": evil, "return_urls": [RETURN_URL] })).await.unwrap();
    let id = made.text("/id").unwrap();
    let tenant = Tenant { key: stage.key(Some(&id), &["connect", "read"]).await, id };
    let body = json!({ "connector": "api-token", "actions": ["read"], "end_user": "u1", "return_url": RETURN_URL,
        "fields": { "verify_path": "/\"><script>alert(3)</script>" } });
    let made = host.post(&tenant.key, "/v1/connect-sessions", body).await.unwrap();
    let link = made.text("/url").unwrap();
    let mut person = browser();
    let page = person.open(&link).await.unwrap().page().unwrap();
    assert!(
        !page.body.contains("<script>") && !page.body.contains("<img") && page.body.matches("</title>").count() == 1,
        "{}",
        page.body
    );
    assert!(page.text().unwrap().contains("<script>alert(1)</script>"), "it is shown as the text it is");
    assert_eq!(page.text().unwrap().matches("alert(3)").count(), 1, "{}", page.body);
    let form = page.form().unwrap().fill("name", "\"><script>alert(4)</script>").unwrap();
    let form = form.fill("field.base_url", "\"><script>alert(5)</script>").unwrap().fill("field.token", TOKEN).unwrap();
    let again = person.submit(&page, &form).await.unwrap().page().unwrap();
    assert_eq!(again.status, 422);
    assert!(!again.body.contains("<script>") && !again.body.contains("<img"), "{}", again.body);
    assert_eq!(again.form().unwrap().value("name"), Some("\"><script>alert(4)</script>"));
}

/// The picker offers a person what is theirs and what is shared, the newest first, however much others have.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_offered_their_own_and_the_shared_beside_whatever_others_have() {
    let stage = Stage::set().await;
    let of = async |end_user: Option<&str>| {
        let fields = json!({ "base_url": SERVICE, "token": TOKEN, "verify_path": "/me", "account_pointer": "/id" });
        let wanted = json!({ "connector": "api-token", "method": "header", "end_user": end_user, "fields": fields });
        stage.host.post(&stage.tenant.key, "/v1/connections", wanted).await.unwrap().text("/id").unwrap()
    };
    let own = of(Some("ada")).await;
    let shared = of(None).await;
    for _ in 0..3 {
        of(Some("bob")).await;
    }
    let newest = of(Some("ada")).await;
    let session = json!({ "end_user": "ada", "return_url": RETURN_URL });
    let made = stage.host.post(&stage.tenant.key, "/v1/connect-sessions", session).await.unwrap();
    let page = open(&made.text("/url").unwrap()).await;
    let places: Vec<_> = [&newest, &shared, &own].map(|id| page.body.find(&format!("value=\"{id}\""))).into();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {}", page.body);
    assert_eq!(page.body.matches("name=\"take\"").count(), 3, "{}", page.body);
}

/// Writes as many connections like one, each a moment newer than the one before it.
async fn more(store: &Store, tenant: &str, like: &str, count: i64, change: fn(&mut Connection)) -> anyhow::Result<()> {
    let opened = store.connections().open(tenant.parse()?, like.parse()?).await?;
    let (found, credential) = opened.unwrap();
    for batch in (1..=count).collect::<Vec<_>>().chunks(200) {
        let mut staged = Change::new();
        for number in batch {
            let mut made = found.record.clone();
            made.created_at += SignedDuration::from_millis(*number);
            made.id = ConnectionId::new(made.created_at, u128::from(number.unsigned_abs()));
            change(&mut made);
            store.connections().create(&mut staged, &made, credential.as_ref().unwrap()).await?;
        }
        store.commit(staged).await?;
    }
    Ok(())
}

/// Anybody with a link asks for this list: what it costs has an end, and what others have takes none of it.
#[tokio::test(flavor = "multi_thread")]
async fn the_picker_looks_through_a_thousand_of_a_person_s_own_and_offers_fifty() {
    let mut stage = Stage::set().await;
    let (tenant, mut made) = (stage.tenant.id.clone(), Vec::new());
    for end_user in ["ada", "bob", "cleo"] {
        stage.host.clock.advance(SignedDuration::from_mins(1));
        made.push(stage.connect(&stage.tenant, end_user).await);
    }
    let filled = stage.host.between(async |store| {
        more(store, &tenant, &made[1], 1000, |connection| connection.status = Status::NeedsReauthorization).await?;
        more(store, &tenant, &made[2], 60, |_| {}).await
    });
    filled.await.unwrap();
    for (end_user, offered) in [("ada", 1), ("bob", 0), ("cleo", 50)] {
        let session = json!({ "end_user": end_user, "return_url": RETURN_URL });
        let made = stage.host.post(&stage.tenant.key, "/v1/connect-sessions", session).await.unwrap();
        let page = open(&made.text("/url").unwrap()).await;
        assert_eq!(page.body.matches("name=\"take\"").count(), offered, "{end_user}");
    }
}
