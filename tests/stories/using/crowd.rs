//! Many connections due at once: bounded for each provider, each refreshed once, and nobody waits for somebody else's provider.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::issuer::{Issuer, TOKEN};
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::{Setting, Tenant, TestHost};
use jackfield_tests::host_log;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// How many connections of one provider are refreshed at a time.
const A_PROVIDER: usize = 8;
/// How long a token lives, in seconds.
const LIFE: i64 = 3600;

/// A host and two issuers, each with a client and a tenant of its own.
struct Crowd {
    host: TestHost,
    sides: Vec<Side>,
}

struct Side {
    issuer: Issuer,
    tenant: Tenant,
    client: String,
}

impl Crowd {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let names = ["slow.provider.test", "quick.provider.test"];
        let mut issuers = Vec::new();
        for name in names {
            issuers.push(Issuer::start(&authority, name).await.unwrap());
        }
        let addresses = issuers.iter().map(|issuer| (issuer.double().names()[0].clone(), issuer.double().address()));
        let hosts: BTreeMap<_, _> = addresses.collect();
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
        host.install("openid-connect").await.unwrap();
        let mut sides = Vec::new();
        for issuer in issuers {
            let name = issuer.double().names()[0].clone();
            let tenant = host.tenant(&name).await.unwrap();
            let wanted = json!({
                "connector": "openid-connect",
                "tenant": tenant.id,
                "client_id": "jack",
                "client_secret": "jack-secret",
                "fields": { "issuer": format!("https://{name}") },
            });
            let made = host.post(host.operator(), "/v1/clients", wanted).await.unwrap();
            assert!(made.status.is_success(), "{}", made.json);
            sides.push(Side { issuer, tenant, client: made.text("/id").unwrap() });
        }
        Self { host, sides }
    }

    /// Makes so many connections of a side's tenant.
    async fn connect(&self, side: &Side, count: usize) {
        let wanted = json!({ "connector": "openid-connect", "method": "machine" });
        let made = stream::iter(0..count)
            .map(|_| self.host.post(&side.tenant.key, "/v1/connections", wanted.clone()))
            .buffer_unordered(32);
        let made: Vec<_> = made.try_collect().await.unwrap();
        let other = made.iter().find(|answer| answer.json["status"] != "active");
        assert!(other.is_none(), "{:?}", other.map(|answer| &answer.json));
    }

    /// Every connection of a side's tenant.
    async fn all(&self, side: &Side) -> Vec<Value> {
        let mut all = Vec::new();
        let mut path = "/v1/connections?limit=200".to_owned();
        loop {
            let page = self.host.get(&side.tenant.key, &path).await.unwrap().json;
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next"].as_str() else { return all };
            path = format!("/v1/connections?limit=200&cursor={next}");
        }
    }

    /// Whether every connection of a side has its second token.
    async fn is_refreshed(&self, side: &Side) -> bool {
        self.all(side).await.iter().all(|one| one["version"] == 2 && one["status"] == "active")
    }

    fn pass(&self, seconds: i64) {
        self.host.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Begins what is due, without waiting for it.
    async fn round(&self) {
        self.host.running().unwrap().service.tick().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_connections_due_at_once_are_never_more_requests_than_a_provider_is_asked() {
    let crowd = Crowd::start().await;
    let side = &crowd.sides[0];
    crowd.connect(side, 1000).await;
    let made = side.issuer.asked().len();
    crowd.pass(LIFE - 60);
    let gate = Gate::default();
    side.issuer.hold(&gate);
    crowd.round().await;
    gate.reached(A_PROVIDER).await;
    // Another round begins nothing a second time.
    crowd.round().await;
    gate.open();
    crowd.host.keep_house().await.unwrap();
    assert!(crowd.is_refreshed(side).await);
    assert_eq!(side.issuer.asked().len() - made, 1000, "each of them is refreshed once");
    assert_eq!(side.issuer.most_at_once(), A_PROVIDER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_keeps_no_other_waiting_and_nobody_is_asked_twice() {
    let crowd = Crowd::start().await;
    let [slow, quick] = &crowd.sides[..] else { panic!("two sides") };
    crowd.connect(slow, 40).await;
    crowd.connect(quick, 20).await;
    let gate = Gate::default();
    slow.issuer.hold(&gate);
    crowd.pass(LIFE - 60);
    crowd.round().await;
    gate.reached(A_PROVIDER).await;
    while !crowd.is_refreshed(quick).await {
        quick.issuer.double().log().until(TOKEN, 40).await;
    }
    assert_eq!(slow.issuer.asked().len(), 40 + A_PROVIDER);
    // Slow is not lost: minutes pass, rounds pass, and nobody is asked again.
    for _ in 0..5 {
        crowd.pass(30);
        crowd.round().await;
    }
    gate.open();
    crowd.host.keep_house().await.unwrap();
    assert!(crowd.is_refreshed(slow).await);
    assert_eq!((slow.issuer.asked().len(), quick.issuer.asked().len()), (80, 40));
    assert_eq!(slow.issuer.most_at_once(), A_PROVIDER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_stops_leaves_who_has_not_begun_for_the_next_start() {
    let mut crowd = Crowd::start().await;
    crowd.connect(&crowd.sides[0], 30).await;
    let gate = Gate::default();
    crowd.sides[0].issuer.hold(&gate);
    crowd.pass(LIFE - 60);
    crowd.round().await;
    gate.reached(A_PROVIDER).await;
    let (stopped, ()) = tokio::join!(crowd.host.stop(), async {
        tokio::task::yield_now().await;
        gate.open();
    });
    stopped.unwrap();
    crowd.host.start_again().await.unwrap();
    crowd.host.keep_house().await.unwrap();
    assert!(crowd.is_refreshed(&crowd.sides[0]).await);
    assert_eq!(crowd.sides[0].issuer.asked().len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_asks_for_a_pause_is_asked_by_no_round_until_it_is_over() {
    let crowd = Crowd::start().await;
    let [busy, other] = &crowd.sides[..] else { panic!("two sides") };
    crowd.connect(busy, 30).await;
    crowd.connect(other, 3).await;
    busy.issuer.double().faults().always(On::path(TOKEN), Fault::TooMany(120));
    crowd.pass(LIFE - 250);
    for _ in 0..3 {
        crowd.host.keep_house().await.unwrap();
        crowd.pass(10);
    }
    let asked = busy.issuer.asked().len() - 30;
    assert!((1..=A_PROVIDER).contains(&asked), "{asked} were asked: who had not begun waits");
    assert!(crowd.is_refreshed(other).await);
    // Whoever needs a token is not kept from asking.
    let mut answers = Vec::new();
    for waits in crowd.all(busy).await.into_iter().filter(|one| one["failure"].is_null()) {
        let path = format!("/v1/connections/{}/refresh", waits["id"].as_str().unwrap());
        answers.push(crowd.host.post(&busy.tenant.key, &path, json!({})).await.unwrap().json);
        if busy.issuer.asked().len() - 30 > asked {
            break;
        }
    }
    assert_eq!(busy.issuer.asked().len() - 30, asked + 1, "{answers:?}");
    busy.issuer.double().faults().clear();
    crowd.pass(121);
    crowd.host.keep_house().await.unwrap();
    assert!(crowd.is_refreshed(busy).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn core_12_a_refused_client_is_one_alert_and_its_other_connections_wait() {
    let log = host_log::captured();
    let crowd = Crowd::start().await;
    let side = &crowd.sides[0];
    crowd.connect(side, 30).await;
    side.issuer.refuse(true);
    crowd.pass(LIFE - 60);
    for _ in 0..3 {
        crowd.host.keep_house().await.unwrap();
        crowd.pass(1);
    }
    let asked = side.issuer.asked().len() - 30;
    // The first refusal stops nobody else, and behind the second one asks for all: each lets one more begin.
    assert!((1..=A_PROVIDER + 2).contains(&asked), "{asked} were asked: who had not begun waits");
    assert!(crowd.all(side).await.iter().all(|one| one["status"] == "active" && one["version"] == 1));
    let client = format!("/v1/clients/{}", side.client);
    let marked = crowd.host.get(crowd.host.operator(), &client).await.unwrap();
    assert_eq!(marked.json["fault"]["code"], "invalid_client", "{}", marked.json);
    let alerts = log.lines_with("the provider refused this client");
    assert_eq!(alerts.iter().filter(|line| line.contains(&side.client)).count(), 1, "{alerts:?}");
    side.issuer.refuse(false);
    let right = json!({ "client_secret": "jack-secret" });
    let mended = crowd.host.post(crowd.host.operator(), &format!("{client}/rotate"), right).await.unwrap();
    assert!(mended.json["fault"].is_null(), "{}", mended.json);
    crowd.pass(20 * 60);
    crowd.host.keep_house().await.unwrap();
    assert!(crowd.is_refreshed(side).await);
}
