//! ID tokens and keys: whatever is wrong with them, nobody is connected by them.

use std::sync::Arc;

use jackfield_tests::doubles::hostile::{Deed, Endpoint, Signature};
use serde_json::{Value, json};

use super::row::{Class, Row};

pub(super) fn rows() -> Vec<Row> {
    [claims(), signatures(), keys()].into_iter().flatten().collect()
}

/// A change of claims.
type Change = fn(&mut Value);

fn claims() -> Vec<Row> {
    let wrong: [(&str, Change); 16] = [
        ("of another issuer", |claims| claims["iss"] = json!("https://evil.example.com")),
        ("of no issuer", |claims| claims["iss"] = Value::Null),
        ("for another client", |claims| claims["aud"] = json!("somebody-else")),
        ("for two clients", |claims| claims["aud"] = json!([claims["aud"].clone(), "somebody-else"])),
        ("for nobody", |claims| claims["aud"] = json!([])),
        ("authorized for another party", |claims| claims["azp"] = json!("somebody-else")),
        ("over since long", |claims| claims["exp"] = json!(1_000_000_000)),
        ("that ends never", |claims| claims["exp"] = Value::Null),
        ("that ends in words", |claims| claims["exp"] = json!("tomorrow")),
        ("from the future", |claims| claims["iat"] = json!(32_000_000_000_u64)),
        ("issued in words", |claims| claims["iat"] = json!("now")),
        ("of another request", |claims| claims["nonce"] = json!("another")),
        ("of no request", |claims| claims["nonce"] = Value::Null),
        ("about nobody", |claims| claims["sub"] = json!("")),
        ("about a number", |claims| claims["sub"] = json!(7)),
        ("of another access token", |claims| claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA")),
    ];
    let row =
        |(name, change)| Row::new(Endpoint::Token, format!("an ID token {name}"), Deed::claims(change), Class::Refused);
    wrong.into_iter().map(row).collect()
}

fn signatures() -> Vec<Row> {
    let forged = |name: &str, header: Value, signature: Signature| {
        let change = move |own: &mut Value, _: &mut Value| {
            own.as_object_mut().unwrap().extend(header.as_object().unwrap().clone());
        };
        Row::new(
            Endpoint::Token,
            format!("an ID token {name}"),
            Deed::Identity(Arc::new(change), signature),
            Class::Refused,
        )
    };
    let member = |name: &str, value: Value| {
        let deed = Deed::edit(move |answer| answer["id_token"] = value.clone());
        Row::new(Endpoint::Token, format!("an ID token that is {name}"), deed, Class::Refused)
    };
    vec![
        forged("that is unsigned", json!({ "alg": "none" }), Signature::Missing),
        forged("that is unsigned in capitals", json!({ "alg": "NONE" }), Signature::Missing),
        forged("without a signature", json!({}), Signature::Missing),
        forged("signed by another key", json!({}), Signature::Foreign),
        forged("signed by the published key", json!({ "alg": "HS256" }), Signature::Published),
        forged("signed by the client's own secret", json!({ "alg": "HS256" }), Signature::Shown),
        forged("signed by an empty secret", json!({ "alg": "HS256" }), Signature::Symmetric(Vec::new())),
        forged("that brings its key", json!({ "jwk": { "kty": "oct", "k": "AA" } }), Signature::Foreign),
        forged("that says where its key is", json!({ "jku": "https://evil.example.com/keys" }), Signature::Foreign),
        forged("with a critical extension", json!({ "crit": ["b64"], "b64": false }), Signature::Right),
        forged("by a key nobody published", json!({ "kid": "nobodys" }), Signature::Right),
        member("empty", json!("")),
        member("a number", json!(7)),
        member("two dots", json!("..")),
        member("no JSON inside", json!("YQ.YQ.YQ")),
        member("sixty kilobytes", json!("a".repeat(60_000))),
    ]
}

fn keys() -> Vec<Row> {
    let row = |name: &str, deed| Row::new(Endpoint::Keys, name, deed, Class::Refused);
    let keys = |name: &str, body: Value| row(name, Deed::answer("200 OK", "", body.to_string()));
    vec![
        keys("no keys", json!({ "keys": [] })),
        keys("keys that are no list", json!({ "keys": "none" })),
        keys("keys nowhere in it", json!({})),
        keys("a key of odd numbers", json!({ "keys": [{ "kty": "RSA", "kid": "own", "n": "!!", "e": "AQAB" }] })),
        keys("a key of no size", json!({ "keys": [{ "kty": "RSA", "kid": "own", "n": "", "e": "" }] })),
        keys("a symmetric key", json!({ "keys": [{ "kty": "oct", "kid": "own", "k": "c2VjcmV0" }] })),
        keys(
            "a key for encryption",
            json!({ "keys": [{ "kty": "RSA", "kid": "own", "use": "enc", "n": "AQAB", "e": "AQAB" }] }),
        ),
        keys("ten thousand keys", json!({ "keys": vec![json!({ "kty": "RSA" }); 4000] })),
        keys("keys of 100 KiB", json!({ "keys": ["x".repeat(100 * 1024)] })),
        row("keys that are a page", Deed::answer("200 OK", "content-type: text/html\r\n", "<html>")),
        row("keys nowhere", Deed::answer("404 Not Found", "", "")),
        row("keys that fail", Deed::answer("500 Internal Server Error", "", "")),
    ]
}
