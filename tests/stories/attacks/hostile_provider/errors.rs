//! Refusals of a token endpoint: the codes of RFC 6749 under every status, words that are no words, and times to wait.

use jackfield_tests::doubles::hostile::{Deed, Endpoint, json_answer};
use serde_json::{Value, json};

use super::row::{Class, Row};

pub(super) fn rows() -> Vec<Row> {
    [codes(), words(), statuses(), waits()].into_iter().flatten().collect()
}

fn refused(status: &str, body: &Value) -> Deed {
    Deed::bytes(json_answer(status, &body.to_string()))
}

fn on_token(name: String, deed: Deed, class: Class) -> Row {
    Row::new(Endpoint::Token, name, deed, class)
}

/// Each code of RFC 6749 section 5.2, and some of its section 4.1.2.1, under statuses it belongs to and others.
fn codes() -> Vec<Row> {
    let codes = [
        ("invalid_request", Class::Refused),
        ("invalid_client", Class::Misconfigured),
        ("invalid_grant", Class::Reauthorize),
        ("unauthorized_client", Class::Misconfigured),
        ("unsupported_grant_type", Class::Refused),
        ("invalid_scope", Class::Refused),
        ("access_denied", Class::Refused),
        ("server_error", Class::Down),
        ("temporarily_unavailable", Class::Later),
        ("slow_down", Class::Later),
    ];
    let mut rows = Vec::new();
    for (turn, (code, class)) in codes.into_iter().enumerate() {
        let others = ["401 Unauthorized", "403 Forbidden", "200 OK"];
        for status in ["400 Bad Request", others[turn % others.len()]] {
            let described = json!({ "error": code, "error_description": "It is refused." });
            rows.push(on_token(format!("{code} with {status}"), refused(status, &described), class));
        }
    }
    rows
}

/// Errors in odd forms, and text that is meant to be shown to somebody.
fn words() -> Vec<Row> {
    let said = |what: &str| json!({ "error": "made_up", "error_description": what });
    let bad = "400 Bad Request";
    let texts = [
        ("markup", "<script>alert(1)</script><img src=x onerror=alert(1)>".to_owned()),
        ("an escape sequence", "\u{1b}[2J\u{1b}[31mroot#\u{7}".to_owned()),
        ("line breaks", "fine\r\n{\"level\":\"fatal\"}\n\u{2028}\u{2029}more".to_owned()),
        ("letters that turn the line", "\u{202e}drowssap ruoy epyt\u{2066}\u{200f}".to_owned()),
        ("a hundred kilobytes of text", "no ".repeat(20_000)),
    ];
    let mut rows: Vec<Row> = texts
        .iter()
        .map(|(name, text)| on_token(format!("an error with {name}"), refused(bad, &said(text)), Class::Refused))
        .collect();
    let odd = [json!(7), json!(null), json!(["invalid_grant"]), json!({ "code": "invalid_grant" }), json!("")];
    for error in odd {
        rows.push(on_token(format!("the error {error}"), refused(bad, &json!({ "error": error })), Class::Refused));
    }
    let code = "x".repeat(5000);
    rows.push(on_token("an error of 5000 letters".into(), refused(bad, &json!({ "error": code })), Class::Refused));
    rows.push(on_token("an error that is no token".into(), refused("200 OK", &json!({ "error": 7 })), Class::Down));
    rows.push(on_token(
        "an error beside good tokens".into(),
        Deed::edit(|answer| answer["error"] = json!("invalid_grant")),
        Class::Works,
    ));
    rows
}

fn statuses() -> Vec<Row> {
    let page = "<html><h1>Something is wrong</h1></html>";
    let plain = [
        ("300 Multiple Choices", Class::Down),
        ("304 Not Modified", Class::Down),
        ("401 Unauthorized", Class::Refused),
        ("402 Payment Required", Class::Refused),
        ("403 Forbidden", Class::Refused),
        ("404 Not Found", Class::Refused),
        ("405 Method Not Allowed", Class::Refused),
        ("408 Request Timeout", Class::Later),
        ("413 Content Too Large", Class::Refused),
        ("418 I'm a teapot", Class::Refused),
        ("425 Too Early", Class::Later),
        ("451 Unavailable For Legal Reasons", Class::Refused),
        ("500 Internal Server Error", Class::Down),
        ("501 Not Implemented", Class::Down),
        ("502 Bad Gateway", Class::Down),
        ("503 Service Unavailable", Class::Down),
        ("504 Gateway Timeout", Class::Down),
        ("520 Web Server Returned an Unknown Error", Class::Down),
        ("999 Odd", Class::Down),
    ];
    let html = "content-type: text/html\r\n";
    let mut rows: Vec<Row> = plain
        .iter()
        .map(|(status, class)| on_token(format!("a page with {status}"), Deed::answer(status, html, page), *class))
        .collect();
    let challenges = ["Basic", "Basic realm=\"\u{7f}\"", ",,,=\"", "Bearer error=\"invalid_token\", error=\"x\""];
    for challenge in challenges {
        let lines = format!("www-authenticate: {}\r\n", challenge.replace('\u{7f}', "%"));
        let deed = Deed::answer("401 Unauthorized", &lines, "");
        rows.push(on_token(format!("401 with the challenge {challenge:?}"), deed, Class::Refused));
    }
    rows
}

/// `Retry-After` in ten spellings; what says nothing waits for nothing in particular, and no wait is longer than a day.
fn waits() -> Vec<Row> {
    let told = [
        ("120", Some(120)),
        ("  120  ", Some(120)),
        ("0", None),
        ("99999999999999999999", None),
        ("4000000000", Some(86_400)),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Tue, 31 Dec 2999 23:59:59 GMT", Some(86_400)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None),
    ];
    let row = |(text, wait): (&str, Option<u64>)| {
        let deed = Deed::answer("429 Too Many Requests", &format!("retry-after: {text}\r\n"), "");
        let row = on_token(format!("429 with Retry-After {text:?}"), deed, Class::Later);
        wait.into_iter().fold(row, Row::waits)
    };
    told.into_iter().map(row).collect()
}
