//! Our own rate limit: said with every answer, held for each key alone.

use http::Method;
use jackfield_tests::host::{Answer, Setting, TestHost};
use jiff::SignedDuration;

use crate::bodies::assert_problem;

fn said(answer: &Answer) -> (String, String) {
    let text = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    (text("ratelimit-policy"), text("ratelimit"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_what_is_left_and_the_one_too_many_when_to_go_on() {
    let mut setting = Setting::plain(crate::PROGRAM);
    setting.configure = Some(|config| config.api.requests_per_minute = 6);
    let host = TestHost::start(setting).await.unwrap();
    let operator = host.operator().to_owned();
    let get = async |path: &str| host.get(&operator, path).await.unwrap();
    let policy = "\"api-key\";q=6;w=60".to_owned();
    assert_eq!(said(&get("/v1/tenants").await), (policy.clone(), "\"api-key\";r=5;t=10".to_owned()));
    // A refusal is an answer too, whoever refuses.
    let unknown = get("/v1/nothing").await;
    assert_eq!(unknown.code(), "no-route");
    let refused = get("/v1/tenants?x=y").await;
    assert_eq!((refused.code(), said(&refused).0), ("invalid-query", policy));
    let wrong = host.api(&operator, Method::PUT, "/v1/tenants", None).await.unwrap();
    assert_eq!((wrong.code(), wrong.headers.contains_key("allow")), ("method-not-allowed", true));
    for _ in 0..10 {
        if get("/v1/tenants").await.status != 200 {
            break;
        }
    }
    let flooded = get("/v1/tenants").await;
    assert_problem(&flooded, 429, "too-many-requests");
    assert_eq!(flooded.headers["retry-after"], "10");
    assert_eq!(said(&flooded).1, "\"api-key\";r=0;t=60");
    // Health is nobody's quota, and another key has its own.
    assert_eq!(get("/healthz").await.status, 200);
    assert_problem(&host.get("jf_nobody", "/v1/tenants").await.unwrap(), 401, "key-unknown");
    host.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(get("/v1/tenants").await.status, 200);
    assert_eq!(get("/v1/tenants").await.status, 429);
    host.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(said(&get("/v1/tenants").await).1, "\"api-key\";r=5;t=10");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_can_leave_it_off() {
    let mut setting = Setting::plain(crate::PROGRAM);
    setting.configure = Some(|config| config.api.requests_per_minute = 0);
    let host = TestHost::start(setting).await.unwrap();
    let answer = host.get(host.operator(), "/v1/tenants").await.unwrap();
    assert!(answer.status == 200 && !answer.headers.contains_key("ratelimit"));
}
