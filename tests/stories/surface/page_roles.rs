//! Who sees which page of `/admin`, and whose things on it: operators, a tenant's administrators, end users, nobody.

use http::Method;
use jackfield_tests::browser::{Browser, Page};
use jackfield_tests::host::{Setting, Tenant, TestHost};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn signed_in(host: &TestHost, key: &str, path: &str, body: Value) -> Browser {
    let link = host.post(key, path, body).await.unwrap().text("/url").unwrap();
    let mut browser = Browser::new(Wire::loopback());
    let asked = browser.open(&link).await.unwrap().page().unwrap();
    let inside = browser.submit(&asked, &asked.form().unwrap()).await.unwrap().page().unwrap();
    assert!(inside.url.path() != "/sign-in", "{}", inside.body);
    browser
}

async fn administrator(host: &TestHost, tenant: &Tenant) -> Browser {
    let body = json!({ "role": "administrator", "person": "ada", "to": "/admin/audit" });
    signed_in(host, &tenant.key, "/v1/page-sessions", body).await
}

async fn operator(host: &TestHost) -> Browser {
    signed_in(host, host.operator(), "/v1/operator-sessions", json!({ "person": "grace" })).await
}

async fn open(host: &TestHost, browser: &mut Browser, path: &str) -> Page {
    browser.open(&format!("{}{path}", host.url().unwrap())).await.unwrap().page().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_is_for_those_it_is_for() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    host.install("api-token").await.unwrap();
    let acme = host.tenant("Acme").await.unwrap();
    let body = json!({ "person": "u-1", "to": "/language" });
    let mut bob = signed_in(&host, &acme.key, "/v1/page-sessions", body).await;
    let (mut ada, mut grace) = (administrator(&host, &acme).await, operator(&host).await);
    let tenant = format!("/admin/tenants/{}", acme.id);
    for (path, of_grace, of_ada) in [
        ("/admin/connectors", 200, 403),
        ("/admin/connectors/api-token", 200, 403),
        ("/admin/connectors/nothing", 404, 403),
        (&format!("/admin/connectors/api-token/versions/{}", "0".repeat(64)), 404, 403),
        ("/admin/connectors/api-token/versions/..%2f..%2fetc", 404, 403),
        ("/admin/tenants", 200, 403),
        (&tenant, 200, 403),
        ("/admin/tenants/nothing", 404, 403),
        ("/admin/keys", 200, 403),
        ("/admin/clients", 200, 200),
        ("/admin/clients/new?connector=nothing", 404, 404),
        ("/admin/audit", 200, 200),
        ("/admin/audit?cursor=made-up&since=yesterday&tenant=x", 200, 200),
        ("/admin/brand", 403, 200),
    ] {
        assert_eq!(open(&host, &mut grace, path).await.status, of_grace, "the operator at {path}");
        assert_eq!(open(&host, &mut ada, path).await.status, of_ada, "the administrator at {path}");
        assert_eq!(open(&host, &mut bob, path).await.status, 403, "an end user at {path}");
        let nobody = open(&host, &mut Browser::new(Wire::loopback()), path).await;
        assert_eq!((nobody.status.as_u16(), nobody.url.path()), (401, "/sign-in"), "nobody at {path}");
    }
}

#[allow(clippy::too_many_lines, reason = "a form a line")]
#[tokio::test(flavor = "multi_thread")]
async fn each_form_is_for_those_it_is_for_and_only_from_our_pages() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    host.install("api-token").await.unwrap();
    let acme = host.tenant("Acme").await.unwrap();
    let (mut ada, mut grace) = (administrator(&host, &acme).await, operator(&host).await);
    let marked = |page: &Page| page.form_with("Sign out").unwrap().value("mark").unwrap().to_owned();
    let (of_ada, of_grace) =
        (marked(&open(&host, &mut ada, "/admin/audit").await), marked(&open(&host, &mut grace, "/admin/audit").await));
    let cookie = |browser: &Browser| format!("session={}", browser.jar.value("session").unwrap());
    let operators = [
        "/admin/connectors/api-token/approve".to_owned(),
        "/admin/connectors/api-token/remove".to_owned(),
        "/admin/tenants".to_owned(),
        format!("/admin/tenants/{}", acme.id),
        format!("/admin/tenants/{}/remove", acme.id),
        "/admin/keys".to_owned(),
    ];
    for path in &operators {
        let sent = async |cookie: &str, mark: &str| {
            let headers = [FORM, ("cookie", cookie), ("sec-fetch-site", "same-origin")];
            let form = format!("mark={mark}&name=Taken&confirm=Acme&permission=read");
            crate::stage::raw(&host, Method::POST, path, &headers, form.as_bytes()).await.status.as_u16()
        };
        assert_eq!(sent(&cookie(&ada), &of_ada).await, 403, "an administrator at {path}");
        assert_eq!(sent(&cookie(&grace), &of_ada).await, 403, "another's mark at {path}");
        assert_eq!(sent(&cookie(&grace), "").await, 403, "no mark at {path}");
        assert_eq!(sent("", &of_grace).await, 303, "nobody at {path}");
    }
    let files = [("content-type", "multipart/form-data; boundary=x"), ("sec-fetch-site", "same-origin")];
    let part =
        |name: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file =
        "--x\r\ncontent-disposition: form-data; name=\"component\"; filename=\"a.wasm\"\r\n\r\nnothing\r\n--x--\r\n";
    let sent = async |browser: &Browser, form: String| {
        let cookie = cookie(browser);
        let headers = [files[0], files[1], ("cookie", &cookie), ("accept", "text/html")];
        crate::stage::raw(&host, Method::POST, "/admin/connectors", &headers, form.as_bytes()).await
    };
    assert_eq!(sent(&ada, part("mark", &of_ada) + file).await.status, 403);
    assert_eq!(sent(&grace, part("mark", &of_ada) + file).await.status, 403);
    assert_eq!(sent(&grace, file.to_owned() + &part("mark", &of_grace)).await.status, 403, "the mark comes first");
    let refused = sent(&grace, part("mark", &of_grace) + file).await;
    assert_eq!(refused.status, 422);
    assert!(String::from_utf8_lossy(&refused.body).contains("not installed"));
    let left = host.get(host.operator(), "/v1/tenants").await.unwrap();
    assert_eq!(left.json["items"].as_array().unwrap().len(), 1, "{}", left.json);
    assert_eq!(left.json["items"][0]["name"], "Acme");
}

/// A tenant's administrator registers clients of the tenant's, and never sees or touches the operator's or another's.
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_has_clients_of_the_tenant_and_no_others() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    host.install("github").await.unwrap();
    let (acme, zenith) = (host.tenant("Acme").await.unwrap(), host.tenant("Zenith").await.unwrap());
    let (shared, _) = host.client("github", "the-operators-id", "secret", json!({})).await.unwrap();
    let (mut ada, mut eve) = (administrator(&host, &acme).await, administrator(&host, &zenith).await);
    let page = open(&host, &mut ada, "/admin/clients/new?connector=github").await;
    // Whoever writes another tenant into the form registers for their own all the same.
    let form = page.form_with("Register").unwrap().fill("client_id", "acmes-id").unwrap();
    let made = ada.submit(&page, &form.fill("client_secret", "acmes-secret").unwrap()).await.unwrap().page().unwrap();
    assert_eq!(made.status, 200);
    assert!(made.text().unwrap().contains("Ready") && !made.body.contains("acmes-secret"), "{}", made.body);
    let own = made.url.path().to_owned();
    let listed = host.get(host.operator(), "/v1/clients").await.unwrap();
    let of_acme =
        listed.json["items"].as_array().unwrap().iter().find(|client| client["client_id"] == "acmes-id").unwrap();
    assert_eq!(of_acme["tenant"], acme.id);
    assert_eq!(open(&host, &mut eve, &own).await.status, 404);
    assert_eq!(open(&host, &mut ada, &format!("/admin/clients/{shared}")).await.status, 404);
    let seen = open(&host, &mut eve, "/admin/clients").await;
    assert!(!seen.body.contains("acmes-id") && !seen.body.contains("the-operators-id"), "{}", seen.body);
    let remove = made.form_with("Remove this client").unwrap();
    let mut theirs = remove.clone();
    theirs.action = made.url.join("/admin/clients/").unwrap().join(&format!("{shared}/remove")).unwrap();
    assert_eq!(ada.submit(&made, &theirs).await.unwrap().page().unwrap().status, 404);
    let gone = ada.submit(&made, &remove).await.unwrap().page().unwrap();
    assert!(gone.text().unwrap().contains("The client is removed"), "{}", gone.body);
    // The audit log of a tenant holds its own lines.
    let lines = open(&host, &mut eve, "/admin/audit").await;
    assert!(!lines.body.contains(own.rsplit('/').next().unwrap()), "{}", lines.body);
    let lines = open(&host, &mut ada, "/admin/audit?kind=client.").await.text().unwrap();
    assert!(lines.contains("Client registered") && lines.contains("administrator:ada"), "{lines}");
}
