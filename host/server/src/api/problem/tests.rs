//! How a refusal looks on the wire.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use http_body_util::BodyExt;
use jackfield_model::failure::Advice;
use serde_json::{Value, json};

use super::*;

fn host() -> Url {
    Url::parse("https://connect.example.com").unwrap()
}

async fn body(problem: &Problem) -> Value {
    let request = RequestName::taken_over("req_00000000000000000000000000").unwrap();
    let body = problem.answer(Some(&request), Some(&host())).into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn a_problem_is_rfc_9457_with_a_stable_code() {
    let problem = Problem::not_found("connection");
    let expected = json!({
        "type": "https://connect.example.com/docs/problems/not-found",
        "title": "No such thing, or not for this tenant",
        "status": 404,
        "detail": "There is no such connection.",
        "code": "not-found",
        "request_id": "req_00000000000000000000000000",
    });
    assert_eq!(body(&problem).await, expected);
    let answer = problem.answer(None, Some(&host()));
    assert_eq!(answer.headers().get("content-type").unwrap(), "application/problem+json");
    assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
}

#[tokio::test]
async fn wrong_values_are_named() {
    let told = body(&Problem::invalid("return_url", "`return_url` is not registered")).await;
    assert_eq!(
        told.get("errors").unwrap(),
        &json!([{"field": "return_url", "message": "`return_url` is not registered"}])
    );
    assert_eq!(told.get("detail").unwrap(), "`return_url` is not registered.");
}

#[tokio::test]
async fn a_cause_is_for_the_log_alone() {
    let problem = Problem::internal(std::io::Error::other("disk /var/lib/x is full"));
    assert!(!body(&problem).await.to_string().contains("/var/lib"));
    assert_eq!(problem.cause().unwrap().to_string(), "disk /var/lib/x is full");
}

#[test]
fn a_key_is_asked_for_by_rfc_6750() {
    let header = |problem: Problem| problem.answer(None, Some(&host())).headers().get("www-authenticate").cloned();
    assert_eq!(header(Problem::key_missing()).unwrap(), "Bearer");
    assert_eq!(header(Problem::key_unknown()).unwrap(), "Bearer error=\"invalid_token\"");
    assert_eq!(header(Problem::method()), None);
}

#[test]
fn a_wait_is_told_in_whole_seconds() {
    let failure = Failure::new(Advice::Retry(Some(1200)), "rate-limited", "Too many calls.");
    let problem = Problem::new(Code::TryLater, "too many calls").with_failure(failure).retry_after(1200);
    assert_eq!(problem.answer(None, Some(&host())).headers().get("retry-after").unwrap(), "2");
    assert_eq!(problem.detail(), "Too many calls.");
}
