//! A provider refuses the client itself: for one customer, or for everybody. Nobody waits longer than they must, and the
//! provider is not asked for nothing again and again.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, On};
use serde_json::{Value, json};

use crate::front::Fronted;

/// How long who was refused waits at first, in seconds.
const FIRST: i64 = 5 * 60;

fn invalid_client() -> Fault {
    Fault::Json(StatusCode::UNAUTHORIZED, json!({ "error": "invalid_client" }))
}

async fn fault(scene: &Fronted) -> Value {
    let shown = scene.host.get(scene.host.operator(), &format!("/v1/clients/{}", scene.client)).await.unwrap();
    shown.json["fault"].clone()
}

/// What became of a refresh: its code, or the new version.
async fn refresh(scene: &Fronted, id: &str) -> String {
    let answer = scene.ask(id, "refresh", json!({})).await;
    if answer.status == 200 { answer.json["version"].to_string() } else { answer.code().to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn core_12_a_client_that_one_tenant_is_refused_with_serves_the_others() {
    let mut scene = Fronted::start().await;
    let alice = scene.connect("alice").await;
    let other = scene.host.tenant("Other").await.unwrap();
    let acme = std::mem::replace(&mut scene.tenant, other);
    let carol = scene.connect("carol").await;
    let other = std::mem::replace(&mut scene.tenant, acme);
    // Her directory switched the application off, and nobody else's did.
    scene.strike(invalid_client());
    assert_eq!(refresh(&scene, &alice).await, "misconfigured");
    assert_eq!(fault(&scene).await["code"], "invalid_client", "the operator is told at once");
    assert_eq!(refresh(&scene, &alice).await, "client-fault");
    assert_eq!((scene.refreshes().len(), &scene.show(&alice).await["status"]), (1, &json!("active")));
    let acme = std::mem::replace(&mut scene.tenant, other);
    assert_eq!(refresh(&scene, &carol).await, "2", "it was not this tenant that was refused");
    assert_eq!(fault(&scene).await["code"], "invalid_client", "for one it is still refused");
    scene.tenant = acme;
    scene.pass(FIRST);
    assert_eq!(refresh(&scene, &alice).await, "2", "it is tried again, though nobody changed the client");
    assert!(fault(&scene).await.is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn core_12_of_a_refused_client_one_connection_asks_for_all_until_it_works() {
    let scene = Fronted::start().await;
    let (alice, bob, carol) = (scene.connect("alice").await, scene.connect("bob").await, scene.connect("carol").await);
    scene.front.faults().always(On::path(scene.server.token_path()), invalid_client());
    for id in [&alice, &bob, &carol] {
        assert_eq!(refresh(&scene, id).await, "misconfigured");
    }
    // No connection of the client asks again, and none loses anything.
    for id in [&alice, &bob, &carol] {
        assert_eq!(refresh(&scene, id).await, "client-fault");
        assert_eq!(scene.show(id).await["status"], "active");
        scene.token(id, 60).await;
    }
    assert_eq!(scene.refreshes().len(), 3);
    scene.pass(FIRST);
    assert_eq!(refresh(&scene, &alice).await, "misconfigured");
    assert_eq!(
        (refresh(&scene, &bob).await.as_str(), scene.refreshes().len()),
        ("client-fault", 4),
        "one asks for all"
    );
    scene.front.faults().clear();
    scene.pass(2 * FIRST);
    for id in [&carol, &alice, &bob] {
        assert_eq!(refresh(&scene, id).await, "2");
    }
    assert!(fault(&scene).await.is_null(), "nobody has to clear it");
}

#[tokio::test(flavor = "multi_thread")]
async fn core_12_a_client_that_is_mended_is_asked_as_at_once() {
    let scene = Fronted::start().await;
    let (alice, bob) = (scene.connect("alice").await, scene.connect("bob").await);
    let secret = async |secret: &str| {
        let rotate = format!("/v1/clients/{}/rotate", scene.client);
        let body = json!({ "client_secret": secret });
        scene.host.post(scene.host.operator(), &rotate, body).await.unwrap().json["fault"].clone()
    };
    assert!(secret("wrong").await.is_null());
    assert_eq!(
        (refresh(&scene, &alice).await, refresh(&scene, &bob).await),
        ("misconfigured".into(), "misconfigured".into())
    );
    assert_eq!(refresh(&scene, &alice).await, "client-fault");
    assert!(secret("jack-secret").await.is_null());
    for id in [&alice, &bob] {
        assert_eq!(refresh(&scene, id).await, "2");
    }
}
