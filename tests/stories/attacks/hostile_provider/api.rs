//! An API that is asked whose a token is: refusals, pages, other people, and the token itself sent back.

use jackfield_tests::doubles::hostile::{Deed, Endpoint, Step, json_answer};
use serde_json::{Value, json};

use super::row::{Class, Row};

fn row(name: &str, deed: Deed, class: Class) -> Row {
    Row::new(Endpoint::Me, name, deed, class)
}

fn said(name: &str, body: &Value, class: Class) -> Row {
    row(name, Deed::bytes(json_answer("200 OK", &body.to_string())), class)
}

pub(super) fn rows() -> Vec<Row> {
    [statuses(), answers(), revocations()].into_iter().flatten().collect()
}

fn statuses() -> Vec<Row> {
    let status = |name: &str, status: &str, headers: &str, class| row(name, Deed::answer(status, headers, ""), class);
    let lacking = "www-authenticate: Bearer error=\"insufficient_scope\", scope=\"profile <b>\"\r\n";
    vec![
        status("a token refused at once", "401 Unauthorized", "", Class::Reauthorize),
        status("a challenge of garbage", "401 Unauthorized", "www-authenticate: ,=,\"\"\"\\\r\n", Class::Reauthorize),
        status("forbidden", "403 Forbidden", "", Class::Misconfigured),
        status("a scope missing", "403 Forbidden", lacking, Class::Misconfigured),
        status("nothing there", "404 Not Found", "", Class::Misconfigured),
        status("too many checks", "429 Too Many Requests", "retry-after: 30\r\n", Class::Later),
        status(
            "too many checks for ages",
            "429 Too Many Requests",
            "retry-after: 18446744073709551615\r\n",
            Class::Later,
        ),
        status("a check that fails", "500 Internal Server Error", "", Class::Down),
        status("a check that is busy", "503 Service Unavailable", "retry-after: 5\r\n", Class::Later),
        status("no content", "204 No Content", "", Class::Refused),
        status("not modified", "304 Not Modified", "", Class::Misconfigured),
        status("a status of nobody", "799 Odd", "", Class::Misconfigured),
    ]
}

fn answers() -> Vec<Row> {
    let echo = Deed::wrap(|json| vec![Step::Send(json_answer("200 OK", json))]);
    vec![
        row("an honest check", echo, Class::Works),
        said("somebody else", &json!({ "sub": "mallory", "name": "Mallory" }), Class::Reauthorize),
        said("nobody", &json!({}), Class::Refused),
        said("nobody in an empty text", &json!({ "sub": "" }), Class::Refused),
        said("a list of people", &json!([{ "sub": "alice" }]), Class::Refused),
        said("a number for a person", &json!({ "sub": { "id": 7 } }), Class::Refused),
        said("a name with an escape", &json!({ "sub": "alice", "name": "\u{1b}[31mAlice\r\n\u{202e}" }), Class::Works),
        said("a name of markup", &json!({ "sub": "alice", "name": "<script>alert(1)</script>" }), Class::Works),
        said("a name of a hundred kilobytes", &json!({ "sub": "alice", "name": "A".repeat(100_000) }), Class::Works),
        said("a person of 60 KB", &json!({ "sub": "a".repeat(60_000) }), Class::Reauthorize),
        said(
            "a picture of 60 KB",
            &json!({ "sub": "alice", "picture": format!("https://x.test/{}", "x".repeat(60_000)) }),
            Class::Works,
        ),
        said("a picture that is a script", &json!({ "sub": "alice", "picture": "javascript:alert(1)" }), Class::Works),
        said(
            "a picture with quotes",
            &json!({ "sub": "alice", "picture": "https://x.test/\"onerror=\"alert(1)" }),
            Class::Works,
        ),
        row("a page for a check", Deed::answer("200 OK", "content-type: text/html\r\n", "<p>hello"), Class::Refused),
        row("a deep check", Deed::answer("200 OK", "", "[".repeat(50_000)), Class::Refused),
    ]
}

fn revocations() -> Vec<Row> {
    let on = |name: &str, deed, class| Row::new(Endpoint::Revoke, name, deed, class);
    let error = |status: &str, error: &str| Deed::bytes(json_answer(status, &json!({ "error": error }).to_string()));
    vec![
        on("a token nobody knows", error("400 Bad Request", "invalid_token"), Class::Works),
        on("a kind it cannot revoke", error("400 Bad Request", "unsupported_token_type"), Class::Refused),
        on("a client it refuses", error("401 Unauthorized", "invalid_client"), Class::Refused),
        on("a revocation that is busy", Deed::answer("503 Service Unavailable", "retry-after: 9\r\n", ""), Class::Down),
        on("a revocation too many", Deed::answer("429 Too Many Requests", "", ""), Class::Down),
        on("a page for a revocation", Deed::answer("200 OK", "content-type: text/html\r\n", "<p>done"), Class::Works),
    ]
}
