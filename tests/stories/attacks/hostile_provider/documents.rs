//! Metadata documents: of another issuer, with endpoints elsewhere, too large, too deep, or none at all.

use jackfield_tests::doubles::hostile::{Deed, Endpoint, Step, answer};
use serde_json::{Value, json};

use super::row::{Class, Row};

fn row(name: impl Into<String>, deed: Deed, class: Class) -> Row {
    Row::new(Endpoint::Metadata, name, deed, class)
}

fn with(member: &'static str, value: Value) -> Deed {
    Deed::edit(move |document| document[member] = value.clone())
}

pub(super) fn rows() -> Vec<Row> {
    [issuers(), endpoints(), forms()].into_iter().flatten().collect()
}

fn issuers() -> Vec<Row> {
    let issuers = [
        json!("https://evil.example.com"),
        json!("https://AS.hostile.test/row"),
        json!(""),
        json!(null),
        json!(["https://as.hostile.test"]),
        json!(7),
    ];
    issuers.into_iter().map(|other| row(format!("the issuer {other}"), with("issuer", other), Class::Down)).collect()
}

/// Endpoints that are no endpoints: refused whichever of them it is.
fn endpoints() -> Vec<Row> {
    let names = ["token_endpoint", "authorization_endpoint", "revocation_endpoint", "userinfo_endpoint", "jwks_uri"];
    let urls = [
        ("http://as.hostile.test/x", Class::Down),
        ("https://user:pass@as.hostile.test/x", Class::Down),
        ("https://as.hostile.test/x#y", Class::Down),
        ("ftp://as.hostile.test/x", Class::Down),
        ("javascript:alert(1)", Class::Down),
        ("//as.hostile.test/x", Class::Down),
        ("x", Class::Down),
        ("", Class::Down),
        ("https://169.254.169.254/token", Class::Down),
        ("https://[::ffff:10.0.0.1]/token", Class::Down),
        ("https://localhost/token", Class::Down),
        ("https://as.hostile.test:22/token", Class::Down),
    ];
    let each = |(turn, (url, class)): (usize, (&str, Class))| {
        let member = names[turn % names.len()];
        row(format!("{member} {url:?}"), with(member, json!(url)), class)
    };
    let mut rows: Vec<Row> = urls.into_iter().enumerate().map(each).collect();
    for member in names.into_iter().take(3) {
        let gone = Deed::edit(move |document| drop(document.as_object_mut().map(|all| all.remove(member))));
        // Without a place to revoke, tokens are revoked nowhere; without the others nothing can begin.
        let class = match member {
            "token_endpoint" => Class::Down,
            "authorization_endpoint" => Class::Misconfigured,
            _ => Class::Works,
        };
        let odd = row(format!("{member} that is a number"), with(member, json!(7)), class);
        let missing = row(format!("no {member}"), gone, class);
        // What an issuer announced when a client was first used is what an operator accepts changes of.
        rows.extend([odd, missing].map(|row| if member == "token_endpoint" { row } else { row.lasts() }));
    }
    rows
}

/// A URL of that many letters.
fn long(letters: usize) -> String {
    format!("https://as.hostile.test/{}", "x".repeat(letters))
}

fn forms() -> Vec<Row> {
    let fixed = |name: &str, body: String| row(name, Deed::answer("200 OK", "", body), Class::Down);
    let deep = (0..20).fold(json!("issuer"), |inner, _| json!({ "x": inner }));
    let twice = |json: &str| {
        let written = json.replacen('{', "{\"issuer\":\"https://evil.example.com\",", 1);
        vec![Step::Send(answer("200 OK", "", written))]
    };
    vec![
        fixed("no document", String::new()),
        fixed("a list", "[]".into()),
        fixed("null", "null".into()),
        fixed("a page", "<html></html>".into()),
        fixed("a deep document", deep.to_string()),
        fixed("a document of 65 KiB", json!({ "filler": "x".repeat(65 * 1024) }).to_string()),
        row("an endpoint of 30 KB", with("token_endpoint", json!(long(30_000))), Class::Down),
        row(
            "endpoints of 50 KB together",
            Deed::edit(|document| {
                for member in
                    ["token_endpoint", "authorization_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint"]
                {
                    document[member] = json!(long(10_000));
                }
            }),
            Class::Down,
        ),
        fixed("half a document", "{\"issuer\":\"https://as.hos".into()),
        row("metadata nowhere", Deed::answer("404 Not Found", "", ""), Class::Down),
        row("metadata for nobody", Deed::answer("401 Unauthorized", "", ""), Class::Down),
        row("metadata too often", Deed::answer("429 Too Many Requests", "retry-after: 9\r\n", ""), Class::Down),
        row("metadata that fails", Deed::answer("500 Internal Server Error", "", ""), Class::Down),
        // The last one counts, in every reader of this host.
        row("the issuer twice", Deed::wrap(twice), Class::Works),
        row("PKCE that is plain", with("code_challenge_methods_supported", json!(["plain"])), Class::Works),
        row("algorithms that are none", with("id_token_signing_alg_values_supported", json!("none")), Class::Works),
        row(
            "an `iss` that is maybe",
            with("authorization_response_iss_parameter_supported", json!("maybe")),
            Class::Works,
        ),
    ]
}
