//! Reach: connectors that ask where they may not, send what the host owns, or want the credential where it does not belong.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, On};
use serde_json::{Value, json};

use super::core::Core;
use super::row::Row;
use crate::scene::{Scene, TOKEN};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = addresses();
    rows.extend(credentials());
    rows.extend(redirects());
    rows.extend(headers());
    rows
}

fn addresses() -> Vec<Row> {
    vec![
        Row::guest_fails(
            "undeclared_host",
            "attempted",
            "send=denied:origin-not-declared fetch=denied:origin-not-declared",
        ),
        Row::guest_fails(
            "private_address",
            "private-address",
            "`127.0.0.1` leads to 127.0.0.1, which is no public address",
        ),
        Row::guest_fails("private_name", "attempted", "internal=denied:private-address"),
        Row::fails(
            "undeclared-port",
            |core| core.asks(get("https://provider.test:8443/me")),
            "origin-not-declared",
            "undeclared-port",
        ),
        Row::fails(
            "undeclared-request",
            |core| core.asks(json!({ "method": "DELETE", "url": ME })),
            "request-not-declared",
            "DELETE",
        ),
        Row::fails(
            "mapped-address",
            |core| core.asks(get("https://[::ffff:169.254.169.254]/latest")),
            "private-address",
            "no public address",
        ),
        Row::fails("metadata-declared", |core| at(core, "169.254.169.254"), "private-address", "169.254.169.254"),
        Row::fails("mapped-declared", |core| at(core, "[::ffff:a9fe:a9fe]"), "private-address", "no public address"),
        Row::fails("decimal-declared", |core| at(core, "2130706433"), "private-address", "no public address"),
        Row::fails("rebound-name", |core| at(core, "rebind.test"), "private-address", "no public address"),
        Row::fails("plain-http", |core| core.asks(get("http://provider.test/me")), "not-https", "not https"),
        Row::fails("file-address", |core| core.asks(get("file:///etc/passwd")), "not-https", ""),
        Row::fails(
            "absolute-form",
            |core| core.asks(get("https://provider.test/https://other.test/collect")),
            "path-ambiguous",
            "",
        ),
        Row::fails("no-absolute-url", |core| core.asks(get("//other.test/collect")), "url", "no absolute URL"),
        Row::fails("user-information", |core| core.asks(get("https://provider.test@other.test/")), "user-info", ""),
        Row::fails(
            "backslash-host",
            |core| core.asks(get("https://other.test\\@provider.test/me")),
            "credential-origin",
            "https://other.test",
        ),
        Row::fails(
            "dot-segments",
            |core| narrow(core, "dot-segments").asks(get("https://provider.test/me/%2e%2e/admin")),
            "request-not-declared",
            "GET /admin",
        ),
        Row::fails(
            "line-break-in-url",
            |core| narrow(core, "line-break-in-url").asks(get("https://provider.test/me\r\nX-Note: 1")),
            "request-not-declared",
            "",
        ),
        Row::fails("method-connect", |core| core.asks(json!({ "method": "CONNECT", "url": ME })), "method", "CONNECT"),
        Row::fails(
            "method-smuggled",
            |core| core.asks(json!({ "method": "GET /x HTTP/1.1\r\nHost: other.test\r\n\r\nGET", "url": ME })),
            "method",
            "",
        ),
    ]
}

fn credentials() -> Vec<Row> {
    vec![
        Row::guest_fails("foreign_origin", "attempted", "send=denied:credential-origin fetch=answered:401"),
        Row::fails(
            "credential-elsewhere",
            |core| core.asks(get("https://other.test/collect")),
            "credential-origin",
            "credential-elsewhere",
        ),
        Row::fails("credential-by-template", by_template, "origin-not-declared", "https://evil.provider.test"),
        Row::fails("open-request", |core| core.fetches(get(ME)), "answered", "invalid_token"),
        Row::fails("echo-plain", |core| core.asks(get("https://provider.test/echo")), "answered", "[masked]"),
        Row::refused("credential-in-url-path", in_path, "other-place"),
    ]
}

/// Each answer leads somewhere else; none of it is followed, and nothing arrives there.
fn redirects() -> Vec<Row> {
    let follow: fn(Core) -> Core = |core| core.asks(get(ME));
    vec![
        Row::fails("redirect-to-other-origin", follow, "answered", "")
            .while_(|scene| redirect(scene, "https://other.test/collect")),
        Row::fails("redirect-to-inside", follow, "answered", "")
            .while_(|scene| redirect(scene, &format!("https://{}/", scene.canary.address))),
        Row::fails("redirect-to-plain-http", follow, "answered", "")
            .while_(|scene| redirect(scene, "http://provider.test/me")),
        Row::fails("redirect-around", follow, "not-sent", "redirects in a row")
            .while_(|scene| (0..6).for_each(|_| redirect(scene, ME))),
        Row::fails(
            "redirect-to-undeclared",
            |core| narrow(core, "redirect-to-undeclared").asks(get(ME)),
            "request-not-declared",
            "the provider redirected this request",
        )
        .while_(|scene| redirect(scene, &format!("https://provider.test/elsewhere/{TOKEN}"))),
        Row::fails("redirect-with-the-secret", follow, "answered", "")
            .while_(|scene| redirect(scene, &format!("https://other.test/?token={TOKEN}"))),
    ]
}

fn headers() -> Vec<Row> {
    vec![
        Row::guest_fails("header_smuggler", "attempted", "refused=17"),
        Row::fails(
            "header-of-the-host",
            |core| core.asks(with("Host", "other.test")),
            "header-owned",
            "belongs to the host",
        ),
        Row::fails(
            "header-underscored",
            |core| core.asks(with("Proxy_Authorization", "x")),
            "header-owned",
            "belongs to the host",
        ),
        Row::fails(
            "header-broken-line",
            |core| core.asks(with("X-Note", "a\r\nAuthorization: Bearer mine")),
            "header-value",
            "X-Note",
        ),
        Row::fails("header-flood", header_flood, "headers-size", "at most 64 headers"),
        Row::fails(
            "header-as-long-as-a-book",
            |core| core.asks(with("X-Note", &"n".repeat(20_000))),
            "headers-size",
            "16384 bytes",
        ),
        Row::fails("range-asked", |core| core.asks(with("Range", "bytes=0-10")), "header-owned", "range"),
        Row::fails(
            "packing-asked",
            |core| core.asks(with("Accept-Encoding", "gzip")),
            "header-owned",
            "accept-encoding",
        ),
        Row::fails("packed-answer", |core| core.asks(get(ME)), "not-sent", "packed its answer")
            .while_(|scene| told(scene, Fault::Told(StatusCode::OK, vec![("content-encoding", "gzip".to_owned())]))),
    ]
}

const ME: &str = "https://provider.test/me";

fn get(url: &str) -> Value {
    json!({ "method": "GET", "url": url })
}

fn with(header: &str, value: &str) -> Value {
    json!({ "method": "GET", "url": ME, "headers": [[header, value]] })
}

fn header_flood(core: Core) -> Core {
    let headers: Vec<_> = (0..3000).map(|number| json!([format!("x-{number}"), "1"])).collect();
    core.asks(json!({ "method": "GET", "url": ME, "headers": headers }))
}

fn redirect(scene: &Scene, to: &str) {
    told(scene, Fault::Redirect(StatusCode::FOUND, to.parse().unwrap()));
}

fn told(scene: &Scene, fault: Fault) {
    scene.provider.double().faults().once(On::path("/me"), fault);
}

/// Declares that host for the credential, and asks it.
fn at(core: Core, host: &str) -> Core {
    let name = match host {
        "169.254.169.254" => "metadata-declared",
        "2130706433" => "decimal-declared",
        "rebind.test" => "rebound-name",
        _ => "mapped-declared",
    };
    let mut manifest = super::lowering::manifest(name);
    manifest["origins"][0]["place"]["host"] = json!(host);
    core.declares(manifest).asks(get(&format!("https://{host}/me")))
}

/// May ask `/me` and nothing else.
fn narrow(core: Core, name: &str) -> Core {
    let mut manifest = super::lowering::manifest(name);
    manifest["requests"][0]["requests"][0]["path"] = json!("/me");
    core.declares(manifest)
}

/// Wants the credential at a host beside the one that a field names.
fn by_template(core: Core) -> Core {
    let mut manifest = super::lowering::manifest("credential-by-template");
    manifest["origins"][0]["place"]["host"] = json!("{site}.provider.test");
    manifest["fields"] =
        json!([{ "key": "site", "label": "Site", "kind": "host-label", "default": "acme", "required": true }]);
    core.declares(manifest).asks(get("https://evil.provider.test/me"))
}

fn in_path(core: Core) -> Core {
    let mut manifest = super::lowering::manifest("credential-in-url-path");
    manifest["methods"][0]["placements"] = json!([{ "other": "other-place" }]);
    core.declares(manifest)
}
