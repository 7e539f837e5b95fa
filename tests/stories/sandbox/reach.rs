//! Reach: the credential stays with its origin, and no spelling of an address inside leads anywhere. More are rows of `hostile`.

use serde_json::json;

use crate::scene::{Scene, TOKEN};

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
