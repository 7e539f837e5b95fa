//! Beginning to sign in costs nothing and nobody is counted there: what the identity provider is asked for it is bounded.

use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{Request, StatusCode};
use jackfield_server::config::{Config, SignIn};
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::issuer::Issuer;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::{Answer, Setting, TestHost};
use jiff::SignedDuration;
use url::Url;

/// How many answers the host redeems at a time.
const AT_ONCE: usize = 16;
/// Where metadata may be, in the order it is asked for.
const METADATA: [&str; 2] = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

struct Scene {
    host: TestHost,
    issuer: Issuer,
}

/// A browser that began: its cookie, and the state it was sent away with.
struct Begun {
    cookie: String,
    state: String,
}

fn by_provider(config: &mut Config) {
    config.sign_in = SignIn {
        issuer: Some("https://id.test".to_owned()),
        client_id: Some("jackfield".to_owned()),
        operators: [("sub".to_owned(), ["grace".to_owned()].into())].into(),
        ..SignIn::default()
    };
}

impl Scene {
    async fn open() -> Self {
        let authority = Authority::new().unwrap();
        let issuer = Issuer::start(&authority, "id.test").await.unwrap();
        let doubles = Setting::with_doubles(crate::PROGRAM, &authority, issuer.double().placed());
        let host = TestHost::start(Setting { configure: Some(by_provider), ..doubles }).await.unwrap();
        Self { host, issuer }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let url = Url::parse(&format!("{}{path}", self.host.url().unwrap())).unwrap();
        let request = Request::get("/").header(COOKIE, cookie).body(bytes::Bytes::new()).unwrap();
        Answer::of(self.host.wire.send(&url, request).await.unwrap())
    }

    async fn begin(&self) -> Begun {
        let begun = self.get("/sign-in/start", "").await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{:?}", begun.body);
        let cookie = begun.headers[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let to = Url::parse(begun.headers[LOCATION].to_str().unwrap()).unwrap();
        let state = to.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        Begun { cookie, state }
    }

    async fn back(&self, begun: &Begun) -> StatusCode {
        self.get(&format!("/sign-in/return?code=x&state={}", begun.state), &begun.cookie).await.status
    }

    fn asked_for_metadata(&self) -> [usize; 2] {
        METADATA.map(|path| self.issuer.double().log().to(path).len())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_redeemed_once_whatever_comes_of_it() {
    let scene = Scene::open().await;
    let begun = scene.begin().await;
    join_all((0..50).map(|_| scene.back(&begun))).await;
    assert_eq!(scene.back(&begun).await, StatusCode::GONE);
    assert_eq!(scene.issuer.asked().len(), 1, "one state, one request with the client's secret");
    // Whoever begins anew, at the same moment and for the same page, is not taken for the one before.
    assert_ne!(scene.back(&scene.begin().await).await, StatusCode::GONE);
    let again = scene.get("/sign-in/start", &begun.cookie).await;
    assert!(!again.headers[LOCATION].to_str().unwrap().contains(&begun.state), "one state for two");
    assert_eq!(scene.issuer.asked().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_signs_in_asks_the_provider_for_a_few_at_a_time() {
    let scene = Scene::open().await;
    let mut begun = Vec::new();
    for _ in 0..3 * AT_ONCE {
        begun.push(scene.begin().await);
    }
    let gate = Gate::default();
    scene.issuer.hold(&gate);
    let returning = |number: usize| {
        let (scene, begun) = (&scene, &begun[number]);
        async move { (number, scene.back(begun).await) }
    };
    let mut returns: FuturesUnordered<_> = (0..begun.len()).map(returning).collect();
    // Those beyond are told at once, while nothing comes from the provider.
    let told: Vec<(usize, StatusCode)> = returns.by_ref().take(2 * AT_ONCE).collect().await;
    assert!(told.iter().all(|(_, status)| *status == StatusCode::BAD_GATEWAY), "{told:?}");
    gate.reached(AT_ONCE).await;
    assert_eq!(scene.issuer.most_at_once(), AT_ONCE);
    gate.open();
    assert_eq!(returns.count().await, AT_ONCE);
    assert_eq!(scene.issuer.asked().len(), AT_ONCE);
    // Who was told may come again with what they brought.
    assert_ne!(scene.back(&begun[told[0].0]).await, StatusCode::GONE);
    assert_eq!(scene.issuer.asked().len(), AT_ONCE + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_all_who_come_asks_for_the_provider_s_metadata() {
    let scene = Scene::open().await;
    let faults = scene.issuer.double().faults();
    for path in METADATA {
        faults.always(On::path(path), Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    }
    let told = join_all((0..20).map(|_| scene.get("/sign-in/start", ""))).await;
    assert!(told.iter().all(|answer| answer.status == StatusCode::BAD_GATEWAY), "{told:?}");
    assert_eq!(scene.asked_for_metadata(), [1, 1]);
    // It is mended within seconds, at its second address only, and from then on it is at hand.
    faults.clear();
    faults.always(On::path(METADATA[0]), Fault::Status(StatusCode::NOT_FOUND));
    scene.host.clock.advance(SignedDuration::from_secs(5));
    for _ in 0..3 {
        scene.begin().await;
    }
    scene.host.clock.advance(SignedDuration::from_secs(6));
    scene.begin().await;
    assert_eq!(scene.asked_for_metadata(), [2, 2]);
}
