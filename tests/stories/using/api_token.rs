//! API tokens: given directly, placed where the service wants them, bound to one address for ever.

use http::Method;
use jackfield_tests::doubles::api::Placement;
use serde_json::json;

use crate::token_service::{TOKEN, TokenService};

#[tokio::test(flavor = "multi_thread")]
async fn bear_1_a_token_goes_into_the_authorization_header() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({ "account_pointer": "/id", "label_pointer": "/name" })).await;
    let connection = scene.show(&id).await;
    assert_eq!(connection["account"]["id"], "api.example.com:alice");
    assert_eq!(connection["account"]["label"], "Account alice");
    let answer = scene.through(&id, "/me?x=1").await;
    assert_eq!((answer.status.as_u16(), &answer.json["id"]), (200, &json!("alice")));
    let log = scene.api.double().log().all();
    assert_eq!(log.len(), 2, "one verify and one call");
    for request in &log {
        assert_eq!(request.headers.get_all("authorization").iter().count(), 1);
        assert_eq!(request.header("authorization").unwrap(), format!("Bearer {TOKEN}"));
        // BEAR-4: in no URL and in no cookie.
        assert!(!request.path.contains(TOKEN) && !request.query.contains(TOKEN));
        assert!(request.header("cookie").is_none() && request.header("referer").is_none());
    }
    // The caller may lease it; nothing else shows it.
    assert!(!connection.to_string().contains(TOKEN));
    let lease = scene.ask(&id, "lease").await;
    assert_eq!(lease.json["credential"], json!({ "kind": "fields", "fields": { "token": TOKEN } }));
    assert!(lease.json["expires_at"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_another_name_without_a_prefix() {
    let scene = TokenService::wanting(Placement::Header("x-api-key".into(), String::new())).await;
    let id = scene.connect("header", json!({ "header_name": "X-Api-Key", "prefix": "" })).await;
    assert_eq!(scene.through(&id, "/me").await.status, 200);
    let log = scene.api.double().log().to("/me");
    assert!(log.iter().all(|request| request.header("x-api-key") == Some(TOKEN)));
    assert!(log.iter().all(|request| request.header("authorization").is_none()));
    // A caller cannot set the header that carries it, however it is spelled.
    for name in ["X-API-KEY", "x_api_key"] {
        let request = http::Request::get("/")
            .header("authorization", format!("Bearer {}", scene.tenant.key))
            .header(name, "the-callers-own");
        let path = format!("/v1/connections/{id}/proxy/me");
        let refused = scene.host.send(&path, request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "egress-denied"), "{name}: {}", refused.json);
    }
    assert_eq!(scene.api.double().log().to("/me").len(), log.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefix_of_another_kind() {
    let scene = TokenService::wanting(Placement::Header("authorization".into(), "Token token=".into())).await;
    scene.connect("header", json!({ "prefix": "Token token=" })).await;
    // With the usual prefix the service refuses, and the connection is kept with the reason.
    let made = scene.create("header", json!({})).await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("needs-reauthorization")), "{}", made.json);
    assert_eq!(made.json["failure"]["advice"], "reauthorize");
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_1_in_the_query_only_where_that_was_chosen() {
    let scene = TokenService::wanting(Placement::Query("api_key".into())).await;
    let id = scene.connect("query", json!({ "parameter_name": "api_key" })).await;
    let answer = scene.through(&id, "/items?page=1").await;
    assert_eq!(answer.json["items"], json!([3, 4, 5]), "{}", answer.json);
    let log = scene.api.double().log().to("/items");
    assert_eq!(log[0].query_value("api_key").as_deref(), Some(TOKEN));
    assert_eq!(log[0].query_value("page").as_deref(), Some("1"));
    assert!(log[0].header("authorization").is_none());
    // The caller cannot set the parameter that carries it.
    let refused = scene.through(&id, "/items?api_key=mine").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "egress-denied"), "{}", refused.json);
    assert_eq!(scene.api.double().log().to("/items").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_3_the_address_is_public_https_and_frozen() {
    let scene = TokenService::start().await;
    let bad = [
        "https://127.0.0.1:8443",
        "https://localhost",
        "https://10.0.0.1",
        "https://169.254.169.254",
        "https://[::ffff:127.0.0.1]",
        "https://[fd00::1]",
        "http://api.example.com",
        "ftp://api.example.com",
        "https://alice:secret@api.example.com",
        "https://api.example.com/a?b=c",
        "https://api.example.com/../x%2e",
        "api.example.com",
        "",
    ];
    for base_url in bad {
        let refused = scene.create("header", json!({ "base_url": base_url })).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{base_url}: {}", refused.json);
        assert_eq!(refused.json["errors"][0]["field"], "fields.base_url", "{base_url}: {}", refused.json);
    }
    assert_eq!(scene.api.double().log().all().len(), 0);
    let id = scene.connect("header", json!({})).await;
    let path = format!("/v1/connections/{id}");
    let change = json!({ "name": "x", "fields": { "base_url": "https://other.example.com" } });
    let moved = scene.host.api(&scene.tenant.key, Method::PATCH, &path, Some(change)).await.unwrap();
    assert_eq!((moved.status.as_u16(), moved.code()), (422, "invalid-body"), "{}", moved.json);
    assert_eq!(scene.show(&id).await["fields"]["base_url"], "https://api.example.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_3_no_path_to_check_leads_the_token_elsewhere() {
    let scene = TokenService::start().await;
    for path in ["//evil.example.com/me", "/@evil.example.com/me", "/\\evil.example.com/me", "/../../me", "/:8443/me"] {
        let made = scene.create("header", json!({ "verify_path": path })).await;
        assert!(made.status == 201 || made.status == 422, "{path}: {}", made.json);
    }
    assert_eq!(scene.asked_names().into_iter().collect::<Vec<_>>(), [crate::token_service::NAME]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_against_their_patterns_are_named_and_not_echoed() {
    let scene = TokenService::start().await;
    let typed = json!({ "header_name": "X Api", "verify_path": "me", "prefix": "Bearer\r\nX: y", "extra": "e" });
    let refused = scene.create("header", typed).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"));
    let fields: Vec<_> =
        refused.json["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["fields.verify_path", "fields.header_name", "fields.prefix", "fields.extra"]);
    let split = scene.create("header", json!({ "token": "first\r\nx-second: 1" })).await;
    assert_eq!(split.status, 422);
    assert!(!split.json.to_string().contains("x-second"), "{}", split.json);
    assert_eq!(scene.api.double().log().all().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verify_request_that_finds_no_account_says_which_setting_to_look_at() {
    let scene = TokenService::start().await;
    let made = scene.create("header", json!({ "account_pointer": "/no/such" })).await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("failing")), "{}", made.json);
    assert_eq!(made.json["failure"]["code"], "account-pointer");
    let missing = scene.create("header", json!({ "verify_path": "/nowhere" })).await;
    assert_eq!((missing.status.as_u16(), &missing.json["status"]), (201, &json!("failing")), "{}", missing.json);
    let admin = scene.create("header", json!({ "verify_path": "/admin" })).await;
    assert_eq!((admin.status.as_u16(), &admin.json["status"]), (201, &json!("failing")), "{}", admin.json);
    assert_eq!(admin.json["failure"]["advice"], "insufficient-scope", "{}", admin.json);
}
