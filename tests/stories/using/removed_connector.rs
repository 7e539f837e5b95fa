//! A connector is removed, or its client: what was begun with it is made nowhere, and nothing of it passes to what has its name next.

use std::collections::BTreeMap;
use std::future::Future;

use futures::future::join_all;
use http::Method;
use jackfield_tests::doubles::{Fault, Gate};
use jackfield_tests::host::Answer;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::front::{Fronted, NAME, Tapped};

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

/// Removes the client while the next answer with tokens is on its way.
fn remove_client_midway(scene: &Fronted) -> impl Future<Output = ()> {
    let gate = Gate::default();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    async move {
        gate.reached(1).await;
        remove_client(scene).await;
        gate.open();
    }
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
    made_nowhere_beside(&scene, remove_client_midway(&scene)).await;
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

/// A client that was registered an hour before the scene's, which is therefore the one that consents go through.
async fn an_older_client(scene: &Fronted) -> String {
    let hour = SignedDuration::from_hours(1);
    scene.host.clock.advance(-hour);
    let fields = json!({ "issuer": scene.server.issuer_at(NAME) });
    let (client, _) = scene.host.client(CONNECTOR, "jack", "jack-secret", fields).await.unwrap();
    scene.host.clock.advance(hour);
    client
}

/// A connection of alice's that was made with that client.
async fn made_with(scene: &Fronted, client: &str) -> String {
    let tapped = Tapped::default();
    scene.tap(&tapped);
    let given = scene.connect("alice").await;
    let tokens = ["access_token", "refresh_token"].map(|name| (name, tapped.text(0, name)));
    let wanted = json!({
        "connector": CONNECTOR, "client": client, "method": "code", "end_user": "alice", "name": "Imported",
        "actions": ["sign-in", "stay-connected"], "tokens": tokens.into_iter().collect::<BTreeMap<_, _>>(),
    });
    let made = scene.host.post(&scene.tenant.key, "/v1/connections/import", wanted).await.unwrap();
    assert_eq!(made.json["status"], "active", "{}", made.json);
    // It lives on, through another entry of the same client; nothing of the scene's own is left.
    let path = format!("/v1/connections/{given}?twins=keep");
    let kept = removed_by(scene, &scene.tenant.key, &path).await;
    assert_eq!(kept.json["revocation"]["outcome"], "kept", "{}", kept.json);
    made.text("/id").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reauthorization_whose_client_is_removed_meanwhile_changes_nothing() {
    let scene = Fronted::start().await;
    let older = an_older_client(&scene).await;
    let id = made_with(&scene, &older).await;
    let (before, token) = (scene.show(&id).await, scene.token(&id, 60).await);
    let link = scene.again(&id, "alice").await;
    let removing = remove_client_midway(&scene);
    let (refused, ()) = tokio::join!(scene.consent(&link, "alice"), removing);
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "conflict"), "{}", refused.json);
    assert_eq!(
        endings(&scene),
        0,
        "the provider knows one client by that name: the old credential would end with them"
    );
    let said = |shown: &Value| (shown["client"].clone(), shown["version"].clone(), shown["status"].clone());
    assert_eq!(said(&scene.show(&id).await), said(&before));
    assert_eq!(scene.token(&id, 60).await, token, "the old credential is in use");
    assert_eq!(scene.ask(&id, "verify", json!({})).await.json["status"], "active");
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
