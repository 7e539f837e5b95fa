//! A tenant's brand: kept by the operator, refused with a sentence for each fault, and its files served where they belong.

use http::Method;
use jackfield_tests::host::{Answer, Setting, TestHost};
use jackfield_tests::pictures::png;
use serde_json::{Value, json};

async fn host() -> TestHost {
    TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap()
}

async fn change(host: &TestHost, tenant: &str, brand: Value) -> Answer {
    let body = json!({ "brand": brand });
    host.api(host.operator(), Method::PATCH, &format!("/v1/tenants/{tenant}"), Some(body)).await.unwrap()
}

fn faults(refused: &Answer) -> Vec<String> {
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{}", refused.json);
    let errors = refused.json["errors"].as_array().unwrap();
    errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_is_kept_whole_and_comes_back_as_it_was_said() {
    let mut host = host().await;
    let tenant = host.tenant("Make").await.unwrap().id;
    let port = host.running().unwrap().address.port();
    let brand = json!({
        "host": "make.localhost",
        "colours": { "accent": "#6d00cc", "accent_dark": "#b488ff" },
        "typeface": "rounded",
        "links": { "support": "mailto:help@make.example", "terms": "https://make.example/terms", "privacy": null, "imprint": null },
        "sender": { "name": "Make", "address": "connections@make.example" },
        "languages": ["de", "en"],
        "origins": ["https://app.make.example", "http://localhost:3000"],
        "sign_in_url": "https://app.make.example/sign-in",
    });
    let kept = change(&host, &tenant, brand.clone()).await;
    assert_eq!((kept.status.as_u16(), &kept.json["brand"]), (200, &brand));
    assert_eq!(kept.json["site_url"], format!("http://make.localhost:{port}/"));
    let again = change(&host, &tenant, kept.json["brand"].clone()).await;
    assert_eq!(again.json["brand"], brand, "what is read can be written");
    let path = format!("/v1/tenants/{tenant}");
    let renamed = host.api(host.operator(), Method::PATCH, &path, Some(json!({ "name": "M" }))).await.unwrap();
    assert_eq!(renamed.json["brand"], brand, "another change leaves it");

    host.stop().await.unwrap();
    host.start_again().await.unwrap();
    let service = &host.running().unwrap().service;
    for name in ["make.localhost", "MAKE.localhost:8080"] {
        assert_eq!(service.tenant_at(name).await.unwrap().unwrap().id.to_string(), tenant, "{name}");
    }
    for name in ["127.0.0.1", "other.localhost", "", "make.localhost.", "::1", "[::1]:80"] {
        assert!(service.tenant_at(name).await.unwrap().is_none(), "{name}");
    }
    let neutral = change(&host, &tenant, json!({})).await;
    assert_eq!((&neutral.json["brand"]["host"], &neutral.json["brand"]["languages"]), (&Value::Null, &json!([])));
    assert!(host.running().unwrap().service.tenant_at("make.localhost").await.unwrap().is_none());
}

#[allow(clippy::too_many_lines, reason = "a reason a line")]
#[tokio::test(flavor = "multi_thread")]
async fn a_brand_that_cannot_be_is_refused_with_every_reason_and_changes_nothing() {
    let host = host().await;
    let (one, other) = (host.tenant("One").await.unwrap().id, host.tenant("Other").await.unwrap().id);
    assert_eq!(change(&host, &one, json!({ "host": "one.localhost" })).await.status, 200);
    let taken = change(&host, &other, json!({ "host": "One.localhost", "colours": { "accent": "#ffee00" } })).await;
    assert_eq!(faults(&taken), ["brand.colours.accent", "brand.host"]);
    let told = taken.text("/detail").unwrap();
    assert!(
        told.contains("another tenant") && told.contains("contrast of 1.") && told.contains("the nearest"),
        "{told}"
    );
    let wrong = json!({
        "host": "connect.acme.example",
        "typeface": "own",
        "links": { "support": "help@acme.example", "terms": "javascript:alert(1)" },
        "sender": { "name": "", "address": "nobody" },
        "languages": ["xx"],
        "origins": ["https://app.acme.example/path"],
        "sign_in_url": "http://acme.example/sign-in",
    });
    let fields = [
        "host",
        "typeface",
        "links.support",
        "links.terms",
        "sender.name",
        "sender.address",
        "languages",
        "origins",
        "sign_in_url",
    ];
    assert_eq!(faults(&change(&host, &other, wrong).await), fields.map(|field| format!("brand.{field}")));
    for unknown in [json!({ "logo": "x" }), json!({ "colours": { "accent": "#123456", "ink": "#000000" } })] {
        let refused = change(&host, &other, unknown).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid-body"), "{}", refused.json);
    }
    let path = format!("/v1/tenants/{other}");
    assert_eq!(host.get(host.operator(), &path).await.unwrap().json["brand"]["host"], Value::Null);
    // Its first owner lets go of the name; then it is free.
    assert_eq!(
        host.api(host.operator(), Method::DELETE, &format!("/v1/tenants/{one}"), None).await.unwrap().status,
        204
    );
    assert_eq!(change(&host, &other, json!({ "host": "one.localhost" })).await.status, 200);
}

#[allow(clippy::too_many_lines, reason = "one file, looked at from everywhere")]
#[tokio::test(flavor = "multi_thread")]
async fn files_are_served_at_their_tenants_own_place_and_nowhere_else() {
    let host = host().await;
    let mut tenants = Vec::new();
    for name in ["one", "two", "plain"] {
        let tenant = host.tenant(name).await.unwrap().id;
        if name != "plain" {
            assert_eq!(change(&host, &tenant, json!({ "host": format!("{name}.localhost") })).await.status, 200);
        }
        tenants.push(tenant);
    }
    let mut paths = Vec::new();
    for (tenant, colour) in tenants.iter().zip(["#6d00cc", "#0062a8", "#118833"]) {
        let logo = host.put_file(tenant, "logo", &png(320, 80, colour)).await.unwrap();
        assert_eq!(logo.status, 200, "{}", logo.json);
        paths.push(logo.text("/brand_files/logo/path").unwrap());
    }
    for (place, forbidden) in [("one.localhost", [1, 2]), ("two.localhost", [0, 2])] {
        for (owner, path) in paths.iter().enumerate() {
            let status = host.visit(place, path).await.unwrap().status.as_u16();
            assert_eq!(status, if forbidden.contains(&owner) { 404 } else { 200 }, "{place} {owner}");
        }
    }
    assert_eq!(host.visit("127.0.0.1", &paths[2]).await.unwrap().status, 200, "whose pages are at the host's own name");
    let answer = host.visit("one.localhost", &paths[0]).await.unwrap();
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(answer.body, png(320, 80, "#6d00cc"));
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("cache-control").contains("immutable"));

    let replaced = host.put_file(&tenants[0], "logo", &png(320, 80, "#cc0000")).await.unwrap();
    assert_ne!(replaced.text("/brand_files/logo/path").unwrap(), paths[0]);
    assert_eq!(host.visit("one.localhost", &paths[0]).await.unwrap().status, 404, "the old one is gone");
    let path = format!("/v1/tenants/{}/brand/logo", tenants[0]);
    for _ in 0..2 {
        assert_eq!(host.api(host.operator(), Method::DELETE, &path, None).await.unwrap().status, 204);
    }
    let odd =
        ["/assets/brand/x/y".into(), format!("/assets/brand/{}/..%2f..%2ftenant", tenants[1]), paths[1].to_uppercase()];
    for path in &odd {
        assert_eq!(host.visit("two.localhost", path).await.unwrap().status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_could_run_or_is_none_is_refused_with_its_reason() {
    let host = host().await;
    let tenant = host.tenant("Acme").await.unwrap().id;
    let script = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".as_slice();
    for (which, bytes, told) in [
        ("logo", script, "can run script"),
        ("logo", b"\n<!doctype html><script>alert(1)</script>", "can run script"),
        ("logo", b"alert(1)", "no PNG, JPEG or WebP"),
        ("logo", b"GIF89a......", "no PNG, JPEG or WebP"),
        ("logo", &png(4000, 20, "#000000"), "4000 by 20 pixels"),
        ("favicon", &png(64, 32, "#000000"), "square"),
        ("font", &png(64, 64, "#000000"), "no WOFF2"),
        ("font", b"wOF2\0\x01\0\0\0\0\0\xff", "damaged"),
    ] {
        let refused = host.put_file(&tenant, which, bytes).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{which}");
        assert!(refused.text("/detail").unwrap().contains(told), "{}", refused.json);
    }
    for (which, length) in [("logo", 256 * 1024 + 1), ("font", 512 * 1024 + 1)] {
        let refused = host.put_file(&tenant, which, &vec![0; length]).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (413, "too-large"), "{which}");
    }
    assert_eq!(host.put_file(&tenant, "banner", &png(64, 64, "#000000")).await.unwrap().code(), "not-found");
    let nobody = "ten_00000000000000000000000000";
    assert_eq!(host.put_file(nobody, "logo", &png(64, 64, "#000000")).await.unwrap().code(), "not-found");

    let mut font = b"wOF2\0\x01\0\0\0\0\x01\0".to_vec();
    font.resize(256, 0);
    assert_eq!(change(&host, &tenant, json!({ "typeface": "own" })).await.status, 422, "no font yet");
    assert_eq!(host.put_file(&tenant, "font", &font).await.unwrap().status, 200);
    assert_eq!(change(&host, &tenant, json!({ "typeface": "own" })).await.status, 200);
    let path = format!("/v1/tenants/{tenant}/brand/font");
    assert_eq!(host.api(host.operator(), Method::DELETE, &path, None).await.unwrap().status, 204);
    let left = host.get(host.operator(), &format!("/v1/tenants/{tenant}")).await.unwrap();
    assert_eq!(left.json["brand"]["typeface"], "system", "letters that are not there any more");
}
