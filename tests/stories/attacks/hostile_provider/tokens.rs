//! Token responses: members in odd forms, and bodies that are not quite JSON.

use jackfield_tests::doubles::hostile::{Deed, Endpoint, Step, answer, json_answer};
use serde_json::{Value, json};

use super::row::{Class, Row};

pub(super) fn rows() -> Vec<Row> {
    [lifetimes(), members(), bodies(), rotated()].into_iter().flatten().collect()
}

fn on_token(name: impl Into<String>, deed: Deed, class: Class) -> Row {
    Row::new(Endpoint::Token, name, deed, class)
}

/// The honest answer with one member replaced.
fn with(member: &'static str, value: Value) -> Deed {
    Deed::edit(move |answer| answer[member] = value.clone())
}

/// `expires_in` in twelve spellings: none of them kills a token that works.
fn lifetimes() -> Vec<Row> {
    let spellings = [
        json!("3600"),
        json!(" 3600 "),
        json!(3600.75),
        json!("3.6e3"),
        json!(0),
        json!(-3600),
        json!(1e18),
        json!(18_446_744_073_709_551_615_u64),
        json!("NaN"),
        json!(null),
        json!([3600]),
        json!({ "seconds": 3600 }),
    ];
    let row = |told: Value| on_token(format!("expires_in {told}"), with("expires_in", told), Class::Works);
    spellings.into_iter().map(row).collect()
}

/// So many words, each another.
fn words(count: usize) -> String {
    (0..count).map(|index| format!("scope-{index} ")).collect::<Vec<_>>().concat()
}

fn members() -> Vec<Row> {
    let unusable: [(&str, &'static str, Value); 16] = [
        ("a token with a line break", "access_token", json!("two\r\nlines")),
        ("a token with a NUL", "access_token", json!("a\0b")),
        ("a token with an escape", "access_token", json!("a\u{1b}[31m")),
        ("a token with letters beyond ASCII", "access_token", json!("schlüssel")),
        ("a token of a mebibyte", "access_token", json!("x".repeat(1024 * 1024))),
        ("a token of 60 KB", "access_token", json!("x".repeat(60_000))),
        ("an empty token", "access_token", json!("")),
        ("a token that is a number", "access_token", json!(42)),
        ("a token that is null", "access_token", Value::Null),
        ("a token in a list", "access_token", json!(["token"])),
        ("a token in an object", "access_token", json!({ "value": "token" })),
        ("a token that is true", "access_token", json!(true)),
        ("a token type nobody knows", "token_type", json!("mystery")),
        ("a token of a type that needs proofs", "token_type", json!("DPoP")),
        ("an empty token type", "token_type", json!("")),
        ("a token type with a line break", "token_type", json!("Bearer\r\nx: y")),
    ];
    let works: [(&str, &'static str, Value); 14] = [
        ("a scope of five thousand words", "scope", json!(words(5000))),
        ("a scope of one long word", "scope", json!("x".repeat(50_000))),
        ("a token type in odd case", "token_type", json!("bEaReR")),
        ("a token type that is a number", "token_type", json!(1)),
        ("a wider scope", "scope", json!("openid profile offline_access admin:everything")),
        ("a narrower scope", "scope", json!("openid")),
        ("a scope as a list", "scope", json!(["openid", "profile", 7])),
        ("a scope that is a number", "scope", json!(7)),
        ("a scope with line breaks", "scope", json!("openid\r\nprofile\u{0}x")),
        ("a scope of ten thousand words", "scope", json!("word ".repeat(10_000))),
        ("an issuer of its own", "iss", json!("https://evil.example.com")),
        ("a refresh token with a line break", "refresh_token", json!("a\r\nb")),
        ("a refresh token that is an object", "refresh_token", json!({ "value": "x" })),
        ("members nobody knows", "unknown", json!({ "deeper": [[[[null]]]], "__proto__": { "admin": true } })),
    ];
    let rows = |list: Vec<(&'static str, &'static str, Value)>, class| {
        list.into_iter().map(move |(name, member, value)| on_token(name, with(member, value), class))
    };
    rows(unusable.to_vec(), Class::Down).chain(rows(works.to_vec(), Class::Works)).collect()
}

/// The honest JSON, written in another way.
fn written(write: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Deed {
    Deed::wrap(move |json| vec![Step::Send(answer("200 OK", "content-type: application/json\r\n", write(json)))])
}

fn bodies() -> Vec<Row> {
    let utf_16 = |json: &str| json.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let inside = |json: &str| json.trim_start_matches('{').to_owned();
    let fixed = |name: &str, kind: &str, body: &str| {
        on_token(name, Deed::answer("200 OK", &format!("content-type: {kind}\r\n"), body), Class::Down)
    };
    let wrapped = |name: &str, write: fn(&str) -> Vec<u8>, class| on_token(name, written(write), class);
    let mut rows = vec![
        wrapped("a byte order mark in front", |json| [b"\xef\xbb\xbf", json.as_bytes()].concat(), Class::Works),
        wrapped("spaces around", |json| format!("\r\n\t {json} \n").into(), Class::Works),
        wrapped("garbage behind", |json| format!("{json}garbage").into(), Class::Down),
        wrapped("two objects", |json| format!("{json}{json}").into(), Class::Down),
        wrapped("a guard against inclusion in front", |json| format!(")]}}',\n{json}").into(), Class::Down),
        wrapped("a comment inside", |json| format!("/* token */ {json}").into(), Class::Down),
        wrapped("a trailing comma", |json| format!("{},}}", json.trim_end_matches('}')).into(), Class::Down),
        wrapped("a list around", |json| format!("[{json}]").into(), Class::Down),
        wrapped("a string around", |json| json!(json).to_string().into(), Class::Down),
        wrapped("bytes that are no UTF-8", |json| [b"\xff", json.as_bytes()].concat(), Class::Down),
        fixed("a page for people", "text/html", "<html><h1>Sign in</h1></html>"),
        fixed("a page called JSON", "application/json", "<!doctype html><p>no</p>"),
        fixed("nothing", "application/json", ""),
        fixed("null", "application/json", "null"),
        fixed("a number", "application/json", "42"),
        fixed("an empty object", "application/json", "{}"),
        fixed("JSON of another dialect", "application/json", "{access_token:'token',token_type:'Bearer'}"),
        fixed("XML", "application/xml", "<token>abc</token>"),
        fixed("nested a thousand deep", "application/json", &"[".repeat(1000)),
        fixed("nested a hundred thousand deep", "application/json", &"{\"a\":".repeat(40_000)),
        fixed("a quarter of a mebibyte of spaces", "application/json", &" ".repeat(255 * 1024)),
    ];
    rows.push(on_token("UTF-16", written(utf_16), Class::Down));
    let twice = move |json: &str| format!("{{\"access_token\":\"first\",{}", inside(json)).into_bytes();
    // The last one counts, as in every reader of this host.
    rows.push(on_token("the token twice", written(twice), Class::Works));
    rows.push(on_token("a form", Deed::wrap(|json| vec![Step::Send(form(json))]), Class::Works));
    rows.push(on_token(
        "called plain text",
        Deed::wrap(|json| vec![Step::Send(answer("200 OK", "content-type: text/plain\r\n", json))]),
        Class::Works,
    ));
    rows.push(on_token("201", Deed::wrap(|json| vec![Step::Send(json_answer("201 Created", json))]), Class::Works));
    rows
}

/// The honest answer as a form.
fn form(json: &str) -> Vec<u8> {
    let value: Value = serde_json::from_str(json).unwrap_or_default();
    let members = value.as_object().into_iter().flatten();
    let pairs = members.map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    answer("200 OK", "content-type: application/x-www-form-urlencoded\r\n", body)
}

/// The same at a refresh, where an answer that cannot be used may have spent the token.
fn rotated() -> Vec<Row> {
    let on = |name: &str, deed, class| Row::new(Endpoint::Refresh, name, deed, class);
    vec![
        on("no token in the answer", Deed::answer("200 OK", "", "{}"), Class::Uncertain),
        on("a page instead of tokens", Deed::answer("200 OK", "content-type: text/html\r\n", "<p>"), Class::Uncertain),
        on("a refreshed token with a line break", with("access_token", json!("a\nb")), Class::Uncertain),
        on("a refreshed token of another type", with("token_type", json!("mac")), Class::Uncertain),
        on(
            "no refresh token",
            Deed::edit(|answer| drop(answer.as_object_mut().map(|all| all.remove("refresh_token")))),
            Class::Works,
        ),
        on("a refreshed wider scope", with("scope", json!("openid admin")), Class::Works),
        on("a refreshed scope of five thousand words", with("scope", json!(words(5000))), Class::Works),
        on("a refreshed scope with a NUL", with("scope", json!("openid a\u{0}b")), Class::Works),
        on("another person's tokens", Deed::claims(|claims| claims["sub"] = json!("mallory")), Class::Reauthorize),
        on("an ID token nobody signed", with("id_token", json!("a.b.c")), Class::Works),
        on("gone for good", Deed::answer("410 Gone", "", ""), Class::Refused),
        on("a gateway that lost it", Deed::answer("504 Gateway Timeout", "", ""), Class::Uncertain),
        on("a grant that is gone", json_error("400 Bad Request", "invalid_grant"), Class::Reauthorize),
        on("a client that is gone", json_error("401 Unauthorized", "invalid_client"), Class::Misconfigured),
        on("a server that fails", Deed::answer("500 Internal Server Error", "", ""), Class::Down),
        on("too many refreshes", Deed::answer("429 Too Many Requests", "retry-after: 77\r\n", ""), Class::Later)
            .waits(77),
    ]
}

fn json_error(status: &str, error: &str) -> Deed {
    Deed::bytes(json_answer(status, &json!({ "error": error }).to_string()))
}
