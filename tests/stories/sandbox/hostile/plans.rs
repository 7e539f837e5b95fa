//! Plans: connectors that want a secret where it does not belong, written into a request that the host is to fill.

use serde_json::{Value, json};

use super::core::Core;
use super::lowering::machine;
use super::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::no_token(
            "plan-to-another-origin",
            |core| planned(core, "plan-to-another-origin", plan("https://other.test/collect")),
            "secret-origin",
            "may not go to https://other.test",
        ),
        Row::no_token(
            "plan-to-undeclared",
            |core| planned(core, "plan-to-undeclared", plan("https://undeclared.test/token")),
            "origin-not-declared",
            "undeclared.test",
        ),
        Row::no_token(
            "plan-to-inside",
            |core| planned(core, "plan-to-inside", plan("https://[::ffff:127.0.0.1]/token")),
            "private-address",
            "no public address",
        ),
        Row::no_token(
            "plan-to-plain-http",
            |core| planned(core, "plan-to-plain-http", plan("http://login.test/token")),
            "not-https",
            "not https",
        ),
        Row::no_token(
            "plan-to-another-path",
            |core| planned(core, "plan-to-another-path", plan("https://login.test/collect")),
            "request-not-declared",
            "/collect",
        ),
        Row::no_token(
            "plan-with-a-query",
            |core| planned(core, "plan-with-a-query", plan("https://login.test/token?x=1")),
            "plan-url",
            "has no query",
        ),
        Row::no_token("plan-secret-in-query", secret_in_query, "secret-in-url", "deviation"),
        Row::no_token("plan-secret-in-path", secret_in_path, "secret-in-url", "deviation"),
        Row::no_token("plan-path-breaks-out", path_breaks_out, "plan-path", "another path"),
        Row::no_token("plan-line-break-in-path", line_break_in_path, "path-ambiguous", ""),
        Row::no_token(
            "plan-header-of-the-host",
            |core| headed(core, "plan-header-of-the-host", json!([["Host", [text("other.test")]]])),
            "header-owned",
            "belongs to the host",
        ),
        Row::no_token(
            "plan-secret-with-line-break",
            |core| {
                headed(
                    core,
                    "plan-secret-with-line-break",
                    json!([["X-Key", [text("a\r\nHost: other.test\r\n"), secret()]]]),
                )
            },
            "header-value",
            "X-Key",
        ),
        Row::no_token("plan-of-three-thousand-headers", flood, "headers-size", "at most 64 headers"),
        Row::no_token(
            "plan-unknown-hole",
            |core| bodied(core, "plan-unknown-hole", json!({ "hole": { "other": "master-key" } })),
            "hole-unknown",
            "master-key",
        ),
        Row::no_token(
            "plan-hole-of-another-step",
            |core| bodied(core, "plan-hole-of-another-step", json!({ "hole": "refresh-token" })),
            "hole-unknown",
            "refresh-token",
        ),
        Row::no_token(
            "plan-forged-signature",
            |core| bodied(core, "plan-forged-signature", json!({ "hole": { "signature": 7 } })),
            "hole-unknown",
            "signature 7",
        ),
        Row::no_token(
            "plan-unknown-field",
            |core| bodied(core, "plan-unknown-field", json!({ "hole": { "field": "client.client_secret" } })),
            "hole-unknown",
            "client.client_secret",
        ),
        Row::no_token("plan-body-of-html", of_html, "plan-body", "cannot be filled safely"),
        Row::no_token(
            "plan-of-a-hundred-kilobytes",
            |core| bodied(core, "plan-of-a-hundred-kilobytes", text(&"b".repeat(100_000))),
            "plan-size",
            "64 KiB",
        ),
        Row::no_token("plan-method-smuggled", method_smuggled, "method", "no HTTP method"),
    ]
}

fn secret() -> Value {
    json!({ "hole": "client-secret" })
}

fn text(text: &str) -> Value {
    json!({ "text": text })
}

/// The client's secret, posted to that URL.
fn plan(url: &str) -> Value {
    json!({ "method": "POST", "url": url, "body": { "form": [["client_secret", [secret()]]] } })
}

fn token() -> Value {
    plan("https://login.test/token")
}

/// Declares the token endpoint, and `other.test` without the right to a credential.
fn planned(core: Core, name: &str, plan: Value) -> Core {
    let mut manifest = machine(name);
    manifest["origins"].as_array_mut().unwrap().push(json!({ "id": "login", "place": { "host": "login.test" } }));
    let requests = json!([
        { "methods": ["POST"], "origin": "login", "path": "/token" },
        { "methods": ["POST"], "origin": "login", "path": "/exchange/**" },
        { "methods": ["POST"], "origin": "other", "path": "/**" },
    ]);
    manifest["requests"].as_array_mut().unwrap().push(json!({ "hook": "token-request", "requests": requests }));
    core.declares(manifest).plans(plan)
}

fn headed(core: Core, name: &str, headers: Value) -> Core {
    let mut plan = token();
    plan["headers"] = headers;
    planned(core, name, plan)
}

fn bodied(core: Core, name: &str, part: Value) -> Core {
    let mut plan = token();
    plan["body"] = json!({ "form": [["code", [part]]] });
    planned(core, name, plan)
}

fn secret_in_query(core: Core) -> Core {
    let mut plan = token();
    plan["query"] = json!([["client_secret", [secret()]]]);
    planned(core, "plan-secret-in-query", plan)
}

fn secret_in_path(core: Core) -> Core {
    let mut plan = plan("https://login.test/exchange");
    plan["path"] = json!([[secret()]]);
    planned(core, "plan-secret-in-path", plan)
}

fn path_breaks_out(core: Core) -> Core {
    let mut plan = plan("https://login.test");
    plan["path"] = json!([[text("exchange")], [text("..")], [text("collect")]]);
    planned(core, "plan-path-breaks-out", plan)
}

fn line_break_in_path(core: Core) -> Core {
    let mut plan = plan("https://login.test");
    plan["path"] = json!([[text("token HTTP/1.1\r\nHost: other.test")]]);
    planned(core, "plan-line-break-in-path", plan)
}

fn flood(core: Core) -> Core {
    let headers: Vec<_> = (0..3000).map(|number| json!([format!("x-{number}"), [text("1")]])).collect();
    headed(core, "plan-of-three-thousand-headers", headers.into())
}

fn of_html(core: Core) -> Core {
    let mut plan = token();
    plan["body"] = json!({ "text": ["text/html", [text("<p>"), secret()]] });
    planned(core, "plan-body-of-html", plan)
}

fn method_smuggled(core: Core) -> Core {
    let mut plan = token();
    plan["method"] = json!("POST /collect HTTP/1.1\r\nHost: other.test\r\n\r\nPOST");
    planned(core, "plan-method-smuggled", plan)
}
