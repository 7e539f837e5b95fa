//! An end that was asked for stands, though whoever asked hangs up before it is answered.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use http::Method;
use jackfield_model::id::{ApiKeyId, ConnectionId, TenantId};
use jackfield_model::secret::Secret;
use jackfield_server::service::{Leave, Service};
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::{Setting, TestHost};
use serde_json::json;

use crate::front::Fronted;

/// More often than any of this waits.
const WAITS: usize = 8;
/// How often it is looked whether something has come about.
const LOOKS: usize = 20;

/// Does work until it waits for so many times, and lets go of it then, as a server does with what nobody waits for any more.
async fn cut_off<T>(work: impl Future<Output = T>, waits: usize) -> Option<T> {
    let (mut work, mut waited) = (pin!(work), 0);
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        waited += 1;
        if waited < waits { Poll::Pending } else { Poll::Ready(None) }
    })
    .await
}

/// Whether something comes about while the host makes other changes, each of which is on disk behind what was begun before it.
async fn comes_about(host: &TestHost, mut looked: impl AsyncFnMut() -> bool) -> bool {
    for _ in 0..LOOKS {
        host.tenant("Other").await.unwrap();
        if looked().await {
            return true;
        }
    }
    false
}

async fn serves(service: &Service, key: &str) -> bool {
    service.authenticate(&Secret::new(key.to_owned())).await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_removal_was_cut_off_is_either_there_or_refused() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let service = &host.running().unwrap().service;
    let mut ended = 0;
    for waits in 1..=WAITS {
        let wanted = json!({ "name": "leaked", "permissions": ["read"] });
        let made = host.post(host.operator(), "/v1/api-keys", wanted).await.unwrap();
        let (id, key): (ApiKeyId, _) = (made.text("/id").unwrap().parse().unwrap(), made.text("/key").unwrap());
        assert!(serves(service, &key).await);
        let removal = cut_off(service.remove_api_key(id, "operator"), waits).await;
        let is_gone = async || service.api_keys().await.unwrap().iter().all(|key| key.id != id);
        if comes_about(&host, is_gone).await {
            ended += usize::from(removal.is_none());
            assert!(
                comes_about(&host, async || !serves(service, &key).await).await,
                "cut off at wait {waits}, it serves on"
            );
        }
    }
    assert!(ended > 0, "some were cut off in the middle of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_whose_end_was_cut_off_is_either_there_or_has_no_keys() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let service = &host.running().unwrap().service;
    let mut ended = 0;
    for waits in 1..=WAITS {
        let tenant = host.tenant("Brief").await.unwrap();
        let id: TenantId = tenant.id.parse().unwrap();
        assert!(serves(service, &tenant.key).await);
        let removal = cut_off(service.remove_tenant(id, "operator"), waits).await;
        if comes_about(&host, async || service.tenant(id).await.unwrap().is_none()).await {
            ended += usize::from(removal.is_none());
            let forgotten = comes_about(&host, async || !serves(service, &tenant.key).await).await;
            assert!(forgotten, "cut off at wait {waits}, its key serves on");
        }
    }
    assert!(ended > 0, "some were cut off in the middle of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_was_cut_off_at_the_provider_is_settled_all_the_same() {
    let scene = Fronted::start().await;
    let id: ConnectionId = scene.connect("alice").await.parse().unwrap();
    let tenant: TenantId = scene.tenant.id.parse().unwrap();
    let gate = Gate::default();
    scene.front.faults().once(On::path("/token/revocation"), Fault::Held(gate.clone()));
    let service = scene.host.running().unwrap().service.clone();
    let deleting = tokio::spawn(async move { service.delete(tenant, id, &Leave::default(), "application").await });
    gate.reached(1).await;
    deleting.abort();
    assert!(deleting.await.unwrap_err().is_cancelled());
    gate.open();
    let path = format!("/v1/tenants/{tenant}");
    let is_settled = async || {
        let removed = scene.host.api(scene.host.operator(), Method::DELETE, &path, None).await.unwrap();
        removed.status == 204
    };
    assert!(comes_about(&scene.host, is_settled).await, "its revocation waits for a round of housekeeping");
}
