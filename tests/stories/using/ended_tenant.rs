//! A tenant ends: not before what was made in its name has ended at the providers, and nothing is made in it any more.

use futures::future::join_all;
use http::{Method, StatusCode};
use jackfield_model::id::TenantId;
use jackfield_store::Change;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::{Answer, Tenant, TestHost};
use serde_json::json;

use crate::front::Fronted;
use crate::token_service::{TOKEN, TokenService};

const REVOCATION: &str = "/token/revocation";
/// How many revocations a round tries.
const A_ROUND: usize = 20;

async fn remove(scene: &Fronted, tenant: &Tenant) -> Answer {
    removed(&scene.host, tenant).await
}

async fn removed(host: &TestHost, tenant: &Tenant) -> Answer {
    host.api(host.operator(), Method::DELETE, &format!("/v1/tenants/{}", tenant.id), None).await.unwrap()
}

async fn tick(scene: &Fronted) {
    scene.host.keep_house().await.unwrap();
}

/// The tokens the provider was asked to end.
fn ended(scene: &Fronted) -> Vec<String> {
    let log = scene.front.log().to(REVOCATION);
    log.iter().map(|request| request.form_value("token").unwrap()).collect()
}

/// A connection that is deleted while the provider takes no revocations.
async fn queue_one(scene: &Fronted) {
    let id = scene.connect("alice").await;
    let path = format!("/v1/connections/{id}?twins=end");
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(deleted.json["revocation"]["outcome"], "queued", "{}", deleted.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_stays_until_the_last_of_its_revocations_has_arrived() {
    let scene = Fronted::start().await;
    let down = Fault::Status(StatusCode::SERVICE_UNAVAILABLE);
    scene.front.faults().always(On::path(REVOCATION), down);
    queue_one(&scene).await;
    let refused = remove(&scene, &scene.tenant).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "in-use"), "{}", refused.json);
    assert!(refused.text("/detail").unwrap().contains("not all revoked yet"), "{}", refused.json);
    scene.front.faults().clear();
    let before = ended(&scene).len();
    scene.pass(60);
    tick(&scene).await;
    assert_eq!(ended(&scene).len() - before, 2, "its keys are there, so its tokens end");
    assert_eq!(remove(&scene, &scene.tenant).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_open_in_the_queue_holds_up_nobody_and_is_given_up() {
    let mut scene = Fronted::start().await;
    scene.front.faults().always(On::path(REVOCATION), Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    for _ in 0..A_ROUND {
        queue_one(&scene).await;
    }
    scene.pass(1);
    queue_one(&scene).await;
    // All but the last: the order of their keys is that of making.
    let mut damaged = 0;
    let rewritten = scene.host.rewrite(|key, value| {
        if key.starts_with("revocation-secret/") && damaged < A_ROUND {
            value.truncate(value.len() / 2);
            damaged += 1;
        }
    });
    rewritten.await.unwrap();
    scene.front.faults().clear();
    scene.pass(60);
    let before = ended(&scene).len();
    tick(&scene).await;
    tick(&scene).await;
    assert_eq!(ended(&scene).len() - before, 2, "the one behind them arrives");
    assert_eq!(remove(&scene, &scene.tenant).await.code(), "in-use");
    // Tried as often as one whose provider is down, and then no more.
    for _ in 0..20 {
        scene.pass(6 * 3600);
        tick(&scene).await;
    }
    assert_eq!(remove(&scene, &scene.tenant).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_made_while_its_tenant_ends_is_made_nowhere_and_its_tokens_end() {
    let scene = Fronted::start().await;
    made_while_its_tenant_ends(&scene).await;
    assert!(!ended(&scene).is_empty(), "a live grant that nobody knows of is worse than none");
    // The same where the provider takes no revocations just then: they wait for it, in no tenant.
    let scene = Fronted::start().await;
    scene.front.faults().always(On::path(REVOCATION), Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    made_while_its_tenant_ends(&scene).await;
    scene.front.faults().clear();
    let before = ended(&scene).len();
    scene.pass(60);
    tick(&scene).await;
    assert!(ended(&scene).len() > before, "it is tried again");
}

/// Somebody consents, and the tenant ends before the provider's answer is there.
async fn made_while_its_tenant_ends(scene: &Fronted) {
    let gate = Gate::default();
    let (_, link) = scene.host.session(&scene.tenant, "openid-connect", &["sign-in"], "alice").await.unwrap();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    let ending = async {
        gate.reached(1).await;
        let removed = remove(scene, &scene.tenant).await;
        assert_eq!(removed.status, 204, "{}", removed.json);
        gate.open();
    };
    let (made, ()) = tokio::join!(scene.consent(&link, "alice"), ending);
    assert_eq!((made.status.as_u16(), made.code()), (409, "conflict"), "{}", made.json);
}

/// The second consent lives on the same grant as the connection that the first one made.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_finish_a_session_at_once_neither_ends_what_the_other_made() {
    let scene = Fronted::start().await;
    let gate = Gate::default();
    let (_, link) = scene.host.session(&scene.tenant, "openid-connect", &["sign-in"], "alice").await.unwrap();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    let first = async {
        gate.reached(1).await;
        let made = scene.consent(&link, "alice").await;
        gate.open();
        made
    };
    let (late, made) = tokio::join!(scene.consent(&link, "alice"), first);
    assert_eq!(made.json["status"], "active", "{}", made.json);
    assert_eq!((late.status.as_u16(), late.code()), (409, "conflict"), "{}", late.json);
    assert_eq!(ended(&scene), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_proven_while_its_tenant_ends_is_kept_nowhere() {
    let scene = TokenService::start().await;
    let gate = Gate::default();
    scene.api.double().faults().once(On::path("/me"), Fault::HeldAnswer(gate.clone()));
    let fields = json!({ "base_url": "https://api.example.com", "token": TOKEN, "verify_path": "/me" });
    let wanted = json!({ "connector": "api-token", "method": "header", "fields": fields });
    let ending = async {
        gate.reached(1).await;
        assert_eq!(removed(&scene.host, &scene.tenant).await.status, 204);
        gate.open();
    };
    let (made, ()) = tokio::join!(scene.host.post(&scene.tenant.key, "/v1/connections", wanted), ending);
    let made = made.unwrap();
    assert_eq!((made.status.as_u16(), made.code()), (409, "conflict"), "{}", made.json);
}

/// How many tenants end while something is made for each of them, and how many of each thing.
const ENDED: usize = 10;
const MADE: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_for_a_tenant_while_it_ends_ends_with_it() {
    let mut scene = Fronted::start().await;
    let mut ended = Vec::new();
    for number in 0..ENDED {
        let tenant = scene.host.tenant(&format!("Brief {number}")).await.unwrap();
        let making = (0..MADE).map(|made| make_for(&scene.host, &tenant, made));
        let (_, removed) = tokio::join!(join_all(making), removed(&scene.host, &tenant));
        assert_eq!(removed.status, 204, "{}", removed.json);
        ended.push(tenant.id.parse::<TenantId>().unwrap());
    }
    let left = scene.host.between(async |store| {
        let keys = store.api_keys().list(None, usize::MAX).await?.items;
        let keys = keys.iter().filter(|key| key.tenant.is_some_and(|tenant| ended.contains(&tenant))).count();
        let clients = store.clients().list(None, usize::MAX).await?.items;
        let clients =
            clients.iter().filter(|client| client.tenant.is_some_and(|tenant| ended.contains(&tenant))).count();
        let (mut webhooks, mut contacts) = (0, 0);
        for tenant in &ended {
            webhooks += store.webhooks().list(*tenant, None, usize::MAX).await?.items.len();
            for made in 0..MADE {
                contacts += usize::from(store.contacts().get(*tenant, &format!("ada-{made}")).await?.is_some());
            }
        }
        Ok([keys, clients, webhooks, contacts])
    });
    assert_eq!(left.await.unwrap(), [0; 4], "keys, clients, webhooks, contacts");
}

/// Whether it is made or not: it is not there when the tenant is not.
async fn make_for(host: &TestHost, tenant: &Tenant, number: usize) {
    let key = json!({ "name": "late", "tenant": tenant.id, "permissions": ["read"] });
    let client = json!({
        "connector": "openid-connect", "tenant": tenant.id, "client_id": "late", "client_secret": "s3cret",
        "fields": { "issuer": "https://id.provider.test" },
    });
    let (webhook, contact) =
        (json!({ "url": "https://hooks.example.com/late" }), json!({ "email": "ada@example.com" }));
    let path = format!("/v1/contacts/ada-{number}");
    let made = tokio::join!(
        host.post(host.operator(), "/v1/api-keys", key),
        host.post(host.operator(), "/v1/clients", client),
        host.post(&tenant.key, "/v1/webhooks", webhook),
        host.api(&tenant.key, Method::PUT, &path, Some(contact)),
    );
    assert!([made.0, made.1, made.2, made.3].iter().all(Result::is_ok), "each was answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_that_a_stop_left_of_an_ended_tenant_end_in_the_next_round() {
    let mut scene = Fronted::start().await;
    let tenant = scene.tenant.id.parse::<TenantId>().unwrap();
    let path = "/v1/contacts/ada";
    let known = scene.host.api(&scene.tenant.key, Method::PUT, path, Some(json!({ "email": "ada@example.com" })));
    assert!(known.await.unwrap().status.is_success());
    // As a host leaves them that stops when their tenant has ended, and they have not.
    scene.host.between(async |store| Ok(store.tenants().delete(tenant, Change::new()).await?)).await.unwrap();
    tick(&scene).await;
    let left = scene.host.between(async |store| Ok(store.contacts().get(tenant, "ada").await?.is_some()));
    assert!(!left.await.unwrap());
}
