//! What authorization servers see of us at their token endpoints, and whom we speak to there at all.

use axum::Router;
use http::header::{AUTHORIZATION, DATE};
use http::{HeaderValue, Method, Request, StatusCode};
use jackfield_server::clock::Clock;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::{Double, Fault, Gate};
use jackfield_tests::{at_every_server, peer::Server};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use url::Url;

use crate::front::{Fronted, LIFE, NAME};

at_every_server!(
    core_5_tokens_are_posted_for_and_a_get_is_given_none,
    core_5_nothing_is_sent_to_a_token_endpoint_that_does_not_prove_its_name,
    core_11_a_refresh_asks_for_nothing_outside_the_grant,
    ref_4_an_end_is_counted_from_our_sending_whatever_the_servers_clock_says,
    ref_4_thirty_seconds_before_its_end_a_token_counts_as_over,
);

async fn core_5_tokens_are_posted_for_and_a_get_is_given_none(server: Server) {
    let scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 2);
    let asked = scene.front.log().to(server.token_path());
    assert_eq!(asked.len(), 2);
    for request in &asked {
        let told = (&request.method, request.header("content-type"), request.query.as_str());
        assert_eq!(told, (&Method::POST, Some("application/x-www-form-urlencoded"), ""));
    }
    // The same by GET: no server gives anything for it, and the grant does not notice.
    let refresh = &scene.refreshes()[0];
    let body = String::from_utf8(refresh.body.to_vec()).unwrap();
    let url = Url::parse(&format!("https://{NAME}{}?{body}", server.token_path())).unwrap();
    let request = Request::get("/").header(AUTHORIZATION, refresh.header("authorization").unwrap());
    let answer = scene.wire.send(&url, request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
    assert!(answer.status().is_client_error(), "{}", answer.status());
    assert!(!String::from_utf8_lossy(answer.body()).contains("access_token"));
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 3);
}

async fn core_5_nothing_is_sent_to_a_token_endpoint_that_does_not_prove_its_name(server: Server) {
    let mut scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    let stranger = Authority::new().unwrap();
    let impostors = [
        ("nobody trusts who signed it", Double::serve(&stranger, vec![(NAME, Router::new())]).await.unwrap()),
        ("of another name", Double::serve(&scene.authority, vec![("other.test", Router::new())]).await.unwrap()),
    ];
    for (certificate, impostor) in &impostors {
        scene.host.stop().await.unwrap();
        scene.host.config_mut().egress.hosts.insert(NAME.to_owned(), impostor.address());
        scene.host.start_again().await.unwrap();
        scene.pass(3600);
        let refused = scene.ask(&id, "refresh", json!({})).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::BAD_GATEWAY, "provider-down"), "{}", refused.json);
        assert!(refused.text("/failure/code").is_ok_and(|code| !code.is_empty()), "{certificate}: {}", refused.json);
        let heard = impostor.log().all();
        assert!(heard.is_empty(), "{certificate}: {heard:?}");
        // Nothing left this host, so nothing is in doubt.
        assert_eq!(scene.show(&id).await["status"], "active", "{certificate}");
    }
    scene.host.stop().await.unwrap();
    scene.host.config_mut().egress.hosts.insert(NAME.to_owned(), scene.front.address());
    scene.host.start_again().await.unwrap();
    scene.pass(3600);
    assert_eq!(scene.refreshes().len(), 0);
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 2);
    assert_eq!(scene.refreshes().len(), 1);
}

async fn core_11_a_refresh_asks_for_nothing_outside_the_grant(server: Server) {
    let scene = Fronted::at(server).await;
    let granted = |scope: &'static str| Fault::edit(move |answer| answer["scope"] = json!(scope));
    scene.strike(granted("openid offline_access"));
    let narrower = scene.connect("alice").await;
    scene.strike(granted("openid profile offline_access api:read"));
    let wider = scene.connect("bob").await;
    for (id, of_grant) in [
        (&narrower, &["openid", "offline_access"][..]),
        (&wider, &["openid", "profile", "offline_access"]),
        (&narrower, &["openid", "offline_access"]),
    ] {
        let before = scene.refreshes().len();
        let refreshed = scene.ask(id, "refresh", json!({})).await;
        assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.json);
        let asked = scene.refreshes()[before].form_value("scope").unwrap_or_default();
        assert!(asked.split_whitespace().all(|scope| of_grant.contains(&scope)), "{asked}");
    }
    // A server that is asked for more refuses: had we asked, it would have shown.
    scene.strike(Fault::asked(|body| body.push_str("&scope=openid+api%3Aread")));
    let refused = scene.ask(&narrower, "refresh", json!({})).await;
    assert!(!refused.status.is_success(), "{}", refused.json);
    assert!(refused.json["failure"]["code"].is_string(), "{}", refused.json);
    scene.pass(1800);
    let refreshed = scene.ask(&narrower, "refresh", json!({})).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.json);
}

/// When the connection's access token ends, as the API says.
async fn ends(scene: &Fronted, id: &str) -> Timestamp {
    scene.show(id).await["access_expires"]["at"].as_str().unwrap().parse().unwrap()
}

/// Moments in the API are of whole milliseconds at the finest.
fn is_about(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).abs() < SignedDuration::from_secs(1)
}

async fn ref_4_an_end_is_counted_from_our_sending_whatever_the_servers_clock_says(server: Server) {
    let scene = Fronted::at(server).await;
    let life = SignedDuration::from_secs(LIFE);
    for date in ["Mon, 01 Jan 2001 00:00:00 GMT", "Thu, 31 Dec 2099 23:59:59 GMT"] {
        let elsewhen = || Fault::Header(DATE, HeaderValue::from_static(date));
        scene.strike(elsewhen());
        let id = scene.connect("alice").await;
        let sent = scene.host.clock.now();
        assert!(is_about(ends(&scene, &id).await, sent + life), "{date}");
        scene.pass(120);
        scene.strike(elsewhen());
        assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 2);
        assert!(is_about(ends(&scene, &id).await, scene.host.clock.now() + life), "{date}");
        assert_eq!(scene.delete(&id).await.status, StatusCode::OK);
    }
    // An answer that is long on its way makes no token last longer.
    let id = scene.connect("alice").await;
    let gate = Gate::default();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    let sent = scene.host.clock.now();
    let (refreshed, ()) = tokio::join!(scene.ask(&id, "refresh", json!({})), async {
        gate.reached(1).await;
        scene.pass(50);
        gate.open();
    });
    assert_eq!(refreshed.json["version"], 2, "{}", refreshed.json);
    assert!(is_about(ends(&scene, &id).await, sent + life));
}

async fn ref_4_thirty_seconds_before_its_end_a_token_counts_as_over(server: Server) {
    let scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    let first = scene.token(&id, 0).await;
    scene.pass(LIFE - 31);
    assert_eq!((scene.token(&id, 0).await, scene.refreshes().len()), (first.clone(), 0));
    scene.pass(2);
    // Whoever asks for no certain time is given none that may be over when it arrives.
    assert_ne!(scene.token(&id, 0).await, first);
    assert_eq!(scene.refreshes().len(), 1);
}
