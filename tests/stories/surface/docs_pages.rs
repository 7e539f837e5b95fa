//! The pages about the API: every operation is on them, every problem's `type` leads to one, and no link leads nowhere.

use std::collections::BTreeSet;

use http::Method;
use jackfield_tests::host::{Answer, Setting, TestHost};
use serde_json::json;

async fn host() -> TestHost {
    TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap()
}

async fn page(host: &TestHost, path: &str) -> Answer {
    host.get("", path).await.unwrap()
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// Every address a page names, without its fragment.
fn links(html: &str) -> BTreeSet<String> {
    let named = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    named.filter_map(|link| link.split('#').next()).filter(|link| !link.is_empty()).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_listed_and_every_link_leads_somewhere() {
    let host = host().await;
    let described = page(&host, "/openapi.json").await.json;
    let index = links(&text(&page(&host, "/docs").await));
    for item in described["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(index.contains(&format!("/docs/operations/{id}")), "{id} is not on the index");
        }
    }
    let mut seen = BTreeSet::from(["/docs".to_owned()]);
    let mut left = vec!["/docs".to_owned()];
    while let Some(path) = left.pop() {
        let answer = page(&host, &path).await;
        assert_eq!(answer.status, 200, "{path}");
        if !path.starts_with("/docs") {
            continue;
        }
        let html = text(&answer);
        assert!(!html.contains("<script") && !html.contains("style="), "{path} needs more than its policy allows");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{path}: {policy}");
        for link in links(&html) {
            assert!(link.starts_with('/'), "{path} leads away, to {link}");
            if seen.insert(link.clone()) {
                left.push(link);
            }
        }
    }
    assert!(seen.len() > 100, "{} pages", seen.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_type_of_a_problem_leads_to_its_page() {
    let host = host().await;
    let operator = host.operator().to_owned();
    let refused = [
        host.get("", "/v1/connections").await.unwrap(),
        host.get(&operator, "/v1/connections").await.unwrap(),
        host.get(&operator, "/v1/tenants?colour=red").await.unwrap(),
        host.post(&operator, "/v1/tenants", json!({ "nme": "x" })).await.unwrap(),
        host.api(&operator, Method::DELETE, "/v1/audit", None).await.unwrap(),
        host.get("", "/nowhere").await.unwrap(),
    ];
    let base = host.url().unwrap();
    let mut codes = BTreeSet::new();
    for refusal in refused {
        let address = refusal.json["type"].as_str().unwrap().to_owned();
        let path = address.strip_prefix(base.trim_end_matches('/')).unwrap();
        let page = page(&host, path).await;
        let html = text(&page);
        assert_eq!(page.status, 200, "{address}");
        assert!(html.contains(refusal.code()) && html.contains("What to do"), "{address}: {html}");
        codes.insert(refusal.code().to_owned());
    }
    assert_eq!(codes.len(), 6, "{codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_names_the_operations_that_give_it_and_an_unknown_one_is_not_found() {
    let host = host().await;
    let html = text(&page(&host, "/docs/problems/backup-refused").await);
    assert!(html.contains("/docs/operations/verifyBackup") && !html.contains("/docs/operations/listAudit"), "{html}");
    for path in ["/docs/problems/bad-weather", "/docs/operations/flyAway", "/docs/schemas/Moon", "/docs/problems/%FF"] {
        let answer = page(&host, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(text(&answer).contains("There is no such"), "{path}: {}", text(&answer));
    }
}
