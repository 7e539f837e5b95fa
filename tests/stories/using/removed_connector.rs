//! A connector is removed, or its client: what was begun with it is made nowhere, and nothing of it passes to what has its name next.

use std::future::Future;

use futures::future::join_all;
use http::Method;
use jackfield_tests::doubles::{Fault, Gate};
use jackfield_tests::host::Answer;
use serde_json::json;

use crate::front::Fronted;

const REVOCATION: &str = "/token/revocation";
const CONNECTOR: &str = "openid-connect";

async fn removed_by(scene: &Fronted, key: &str, path: &str) -> Answer {
    scene.host.api(key, Method::DELETE, path, None).await.unwrap()
}

async fn removed(scene: &Fronted, path: &str) -> Answer {
    removed_by(scene, scene.host.operator(), path).await
}

async fn remove_connector(scene: &Fronted) -> Answer {
    removed(scene, &format!("/v1/connectors/{CONNECTOR}")).await
}

async fn remove_client(scene: &Fronted) {
    let client = removed(scene, &format!("/v1/clients/{}", scene.client)).await;
    assert_eq!(client.status, 204, "{}", client.json);
}

/// Removes the connector and the client of it.
async fn remove_all_of_it(scene: &Fronted) {
    remove_client(scene).await;
    let connector = remove_connector(scene).await;
    assert_eq!(connector.status, 204, "{}", connector.json);
}

/// How often the provider was asked to end a token.
fn endings(scene: &Fronted) -> usize {
    scene.front.log().to(REVOCATION).len()
}

/// A machine's connection that is made while this happens comes to be nowhere, and its token is ended.
async fn made_nowhere_beside(scene: &Fronted, removing: impl Future<Output = ()>) {
    let wanted = json!({ "connector": CONNECTOR, "method": "machine" });
    let (made, ()) = tokio::join!(scene.host.post(&scene.tenant.key, "/v1/connections", wanted), removing);
    let made = made.unwrap();
    assert_eq!((made.status.as_u16(), made.code()), (409, "conflict"), "{}", made.json);
    assert_eq!(endings(scene), 1, "a live grant that nobody knows of is worse than none");
    let all = scene.host.get(&scene.tenant.key, "/v1/connections").await.unwrap();
    assert_eq!(all.json["items"], json!([]), "{}", all.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_made_while_its_connector_is_removed_is_made_nowhere_and_its_token_ends() {
    // What is installed under its name next is no reason to make it either.
    for another in [false, true] {
        let scene = Fronted::machine().await;
        let gate = Gate::default();
        scene.strike(Fault::HeldAnswer(gate.clone()));
        let removing = async {
            gate.reached(1).await;
            remove_all_of_it(&scene).await;
            if another {
                scene.host.install(CONNECTOR).await.unwrap();
            }
            gate.open();
        };
        made_nowhere_beside(&scene, removing).await;
        if another {
            assert_eq!(remove_connector(&scene).await.status, 204, "nothing of it waits for the next one");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_made_while_its_client_is_removed_is_made_nowhere_and_its_token_ends() {
    let scene = Fronted::machine().await;
    let gate = Gate::default();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    let removing = async {
        gate.reached(1).await;
        remove_client(&scene).await;
        gate.open();
    };
    made_nowhere_beside(&scene, removing).await;
    assert_eq!(remove_connector(&scene).await.status, 204, "nothing waits that nobody could end");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_arrive_when_connection_and_connector_are_gone_are_ended_and_never_handed_on() {
    let scene = Fronted::start().await;
    let (id, twin) = (scene.connect("alice").await, scene.connect("alice").await);
    let gate = Gate::default();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    let removing = async {
        gate.reached(1).await;
        // Left alone at the provider, it leaves nothing in the queue that would keep the connector.
        let kept = removed_by(&scene, &scene.tenant.key, &format!("/v1/connections/{id}?twins=keep")).await;
        assert_eq!(kept.json["revocation"]["outcome"], "kept", "{}", kept.json);
        assert!(scene.delete(&twin).await.status.is_success());
        remove_all_of_it(&scene).await;
        scene.host.install(CONNECTOR).await.unwrap();
        gate.open();
    };
    let (refreshed, ()) = tokio::join!(scene.ask(&id, "refresh", json!({})), removing);
    assert_eq!((refreshed.status.as_u16(), refreshed.code()), (404, "not-found"), "{}", refreshed.json);
    assert_eq!(endings(&scene), 4, "those of its twin, and those that came");
    assert_eq!(remove_connector(&scene).await.status, 204, "nothing of it waits for the next one");
}

/// How many clients are registered while their connector is removed.
const CLIENTS: usize = 24;

#[tokio::test(flavor = "multi_thread")]
async fn no_client_outlives_its_connector() {
    let scene = Fronted::start().await;
    assert_eq!(removed(&scene, &format!("/v1/clients/{}", scene.client)).await.status, 204);
    let client = json!({
        "connector": CONNECTOR, "client_id": "late", "client_secret": "s3cret",
        "fields": { "issuer": "https://id.provider.test" },
    });
    let adding = (0..CLIENTS).map(|_| scene.host.post(scene.host.operator(), "/v1/clients", client.clone()));
    let (added, gone) = tokio::join!(join_all(adding), remove_connector(&scene));
    let added = added.into_iter().filter(|answer| answer.as_ref().unwrap().status == 201).count();
    assert!(gone.status != 204 || added == 0, "{added} clients are left for whatever has its name next");
}
