//! Reach: what a connector did not declare, or what is not public, it cannot ask, and nothing arrives there.

use serde_json::json;

use crate::scene::{Scene, TOKEN};

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_was_not_declared_is_refused_by_name_and_hears_nothing() {
    let scene = Scene::start().await;
    let (code, message) = scene.fails("undeclared_host").await;
    assert_eq!(code, "attempted");
    assert_eq!(message, "send=denied:origin-not-declared fetch=denied:origin-not-declared");
    scene.canary.is_untouched();
    scene.canary.is_reachable().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_credential_goes_to_no_origin_that_was_declared_without_it() {
    let scene = Scene::start().await;
    let (_, message) = scene.fails("foreign_origin").await;
    // The origin itself may be asked, without the credential: it refuses whoever brings none.
    assert_eq!(message, "send=denied:credential-origin fetch=answered:401");
    let heard = scene.other.double().log().all();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].header("authorization").is_none(), "{:?}", heard[0].headers);
    assert!(!format!("{:?}", heard[0]).contains(TOKEN));
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_inside_are_refused_in_writing_and_after_resolution() {
    let scene = Scene::start().await;
    let (code, message) = scene.fails("private_address").await;
    assert_eq!(code, "private-address");
    assert!(message.starts_with("`127.0.0.1` leads to 127.0.0.1, which is no public address"), "{message}");
    // This name's answer leads inside: it is judged where it is dialled.
    let (_, message) = scene.fails("private_name").await;
    assert_eq!(message, "internal=denied:private-address");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_an_address_inside_reaches_a_listener_there() {
    let scene = Scene::start().await;
    scene.host.install("api-token").await.unwrap();
    let port = scene.canary.address.port();
    let spellings = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "localhost",
        "LOCALHOST",
        "a.localhost",
        "127.0.0.1.",
        "localhost.",
        "%31%32%37.0.0.1",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "rebind.test",
        "RESOLVED.inside.test",
    ];
    for spelling in spellings {
        let fields = json!({ "base_url": format!("https://{spelling}:{port}"), "token": TOKEN, "verify_path": "/me" });
        let wanted = json!({ "connector": "api-token", "method": "header", "fields": fields });
        let answer = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap();
        let (code, rule) = (answer.code(), &answer.json["verification"]["failure"]["code"]);
        assert!(code == "invalid" || rule == "private-address", "{spelling}: {}", answer.json);
    }
    scene.canary.is_untouched();
    scene.canary.is_reachable().await;
    scene.neighbour_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_the_host_and_headers_read_two_ways_are_refused() {
    let scene = Scene::start().await;
    let before = scene.provider.double().log().all().len();
    let (_, message) = scene.fails("header_smuggler").await;
    assert_eq!(message, "refused=17");
    // The neighbour asked once meanwhile; of the smuggler nothing arrived.
    assert_eq!(scene.provider.double().log().all().len(), before + 1);
}
