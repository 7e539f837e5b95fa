//! ID tokens and keys: who connected is believed only when the issuer itself says so, to us, now, and in answer to this request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use http::StatusCode;
use jackfield_tests::browser::Landing;
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::Answer;
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::Url;

use crate::signing::{at_hash, sign_with_claims};
use crate::stage::{Stage, with};

/// Completes while the token endpoint's answer is changed; answers the session and what came of it.
async fn completing(stage: &Stage, fault: Fault) -> (String, Answer) {
    let invited = stage.invite("u-1").await;
    let back = stage.returned(&invited.link, "alice").await;
    stage.provider.faults().once(On::path("/token"), fault);
    (invited.session, stage.complete(&back, "u-1").await)
}

/// Refused for this reason, and nothing was made.
async fn refused(stage: &Stage, (session, answer): (String, Answer), reason: &str) {
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::BAD_GATEWAY, "provider-refused"),
        "{reason}: {}",
        answer.json
    );
    assert!(answer.json["detail"].as_str().unwrap().contains(reason), "{reason}: {}", answer.json);
    assert_eq!((stage.at(&session).await.as_str(), stage.connections().await), ("ended", 0), "{reason}");
}

/// Header and claims of a token, changed; signed anew where `key` is given, else with the signature it had.
fn forged(answer: &mut Value, change: impl Fn(&mut Value, &mut Value), key: Option<&[u8]>) {
    let token = answer["id_token"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = token.split('.').collect();
    let read = |part: &str| serde_json::from_slice::<Value>(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap();
    let (mut header, mut claims) = (read(parts[0]), read(parts[1]));
    change(&mut header, &mut claims);
    let written = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let message = format!("{}.{}", written(&header), written(&claims));
    let signature = match key {
        Some([]) => String::new(),
        Some(key) => {
            BASE64URL_NOPAD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes()).as_ref())
        }
        None => parts[2].to_owned(),
    };
    answer["id_token"] = json!(format!("{message}.{signature}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn id_2_id_5_a_token_the_issuer_did_not_sign_is_not_believed() {
    let stage = Stage::start().await;
    let unsigned = Fault::edit(|answer| forged(answer, |header, _| *header = json!({ "alg": "none" }), Some(b"")));
    refused(&stage, completing(&stage, unsigned).await, "not allowed").await;
    // The client's secret and anything public are no keys: an RSA issuer's tokens are never checked by HMAC.
    for key in ["jack-secret", "peer"] {
        let symmetric = Fault::edit(move |answer| {
            forged(answer, |header, _| header["alg"] = json!("HS256"), Some(key.as_bytes()));
        });
        refused(&stage, completing(&stage, symmetric).await, "not allowed").await;
    }
    let swapped = Fault::edit(|answer| forged(answer, |_, claims| claims["sub"] = json!("mallory"), None));
    refused(&stage, completing(&stage, swapped).await, "signature is wrong").await;
    let critical = Fault::edit(|answer| forged(answer, |header, _| header["crit"] = json!(["b64"]), None));
    refused(&stage, completing(&stage, critical).await, "not allowed").await;
    for garbage in ["", "a.b.c", "not a token"] {
        let odd = Fault::edit(move |answer| answer["id_token"] = json!(garbage));
        let reason = if garbage.is_empty() { "without the ID token" } else { "malformed" };
        refused(&stage, completing(&stage, odd).await, reason).await;
    }
    let without = Fault::edit(|answer| drop(answer.as_object_mut().unwrap().remove("id_token")));
    refused(&stage, completing(&stage, without).await, "without the ID token").await;
    stage.connect("u-1", "alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn id_1_a_token_of_another_request_is_not_believed() {
    let stage = Stage::start().await;
    for nonce in [Some("another-requests-nonce"), None] {
        let invited = stage.invite("u-1").await;
        let mut browser = stage.browser();
        let page = browser.open(&invited.link).await.unwrap().page().unwrap();
        let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
        let asked = with(&interim.link("Continue to").unwrap(), "nonce", nonce);
        let back = consented(&mut browser, &asked).await;
        let answer = stage.complete(&back, "u-1").await;
        refused(&stage, (invited.session, answer), "another request").await;
    }
    stage.connect("u-1", "alice").await;
}

/// Signs in and consents at an authorization request of the caller's own making.
async fn consented(browser: &mut jackfield_tests::browser::Browser, asked: &Url) -> Url {
    let page = browser.open(asked.as_str()).await.unwrap().page().unwrap();
    let form = page.form().unwrap();
    let page = match form.clone().fill("login", "alice") {
        Ok(form) => browser.submit(&page, &form.fill("password", "any").unwrap()).await.unwrap().page().unwrap(),
        Err(_) => page,
    };
    let form = page.form().unwrap();
    match browser.submit(&page, &form).await.unwrap() {
        Landing::Left(url) => url,
        Landing::Page(page) => panic!("{}", page.body),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn id_2_a_token_for_another_client_or_another_time_is_not_believed() {
    let stage = Stage::start().await;
    // A token the issuer did sign, for Beta's client, slipped into Acme's answer.
    let invited = stage.invite_for(&stage.beta, &["sign-in"], "u-9").await;
    let back = stage.returned(&invited.link, "mallory").await;
    let stolen = Arc::new(Mutex::new(Value::Null));
    let seen = Arc::clone(&stolen);
    stage
        .provider
        .faults()
        .once(On::path("/token"), Fault::edit(move |answer| *seen.lock().unwrap() = answer["id_token"].clone()));
    assert_eq!(stage.host.complete(&stage.beta, &back, "u-9").await.unwrap().status, StatusCode::OK);
    let foreign = stolen.lock().unwrap().clone();
    assert!(foreign.is_string());
    let slipped = Fault::edit(move |answer| answer["id_token"] = foreign.clone());
    refused(&stage, completing(&stage, slipped).await, "for another client").await;

    // Issued for ten minutes, by a provider whose clock is twelve minutes behind ours, then five ahead.
    let nothing = || Fault::edit(|_| {});
    stage.host.clock.advance(SignedDuration::from_mins(12));
    refused(&stage, completing(&stage, nothing()).await, "expired").await;
    stage.host.clock.advance(-SignedDuration::from_mins(17));
    refused(&stage, completing(&stage, nothing()).await, "from the future").await;
    stage.host.clock.advance(SignedDuration::from_mins(5));
    stage.connect("u-1", "alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn id_2_an_unknown_key_is_asked_for_once_more_a_minute() {
    let stage = Stage::start().await;
    let fetched = || stage.provider.log().to("/jwks").len();
    let renamed = Fault::edit(|keys| keys["keys"][0]["kid"] = json!("older"));
    stage.provider.faults().once(On::path("/jwks"), renamed);
    refused(&stage, completing(&stage, Fault::edit(|_| {})).await, "does not publish").await;
    assert_eq!(fetched(), 1);
    // The keys there are do not fit: they are asked for again, and then they do.
    stage.connect("u-1", "alice").await;
    assert_eq!(fetched(), 2);
    let unknown = || Fault::edit(|answer| forged(answer, |header, _| header["kid"] = json!("nobodys"), None));
    for _ in 0..2 {
        let (_, answer) = completing(&stage, unknown()).await;
        assert!(answer.json["detail"].as_str().unwrap().contains("does not publish"), "{}", answer.json);
    }
    assert_eq!(fetched(), 2);
    stage.host.clock.advance(SignedDuration::from_secs(61));
    let (_, answer) = completing(&stage, unknown()).await;
    assert_eq!((answer.status, fetched()), (StatusCode::BAD_GATEWAY, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_be_had_make_nothing_and_the_next_try_works() {
    let stage = Stage::start().await;
    let away = Url::parse("https://other.provider.test/jwks").unwrap();
    let faults = [
        ("down", Fault::Dropped),
        ("cut", Fault::Cut),
        ("error", Fault::Status(StatusCode::INTERNAL_SERVER_ERROR)),
        ("page", Fault::Html(StatusCode::OK)),
        ("100 MB", Fault::Huge(100 * 1024 * 1024)),
        ("redirect", Fault::Redirect(StatusCode::FOUND, away)),
        ("no list", Fault::Json(StatusCode::OK, json!({ "keys": "none" }))),
    ];
    for (why, fault) in faults {
        stage.provider.faults().once(On::path("/jwks"), fault);
        let tried = completing(&stage, Fault::edit(|_| {})).await;
        assert!(stage.provider.faults().struck(), "{why}");
        refused(&stage, tried, "keys could not be had").await;
    }
    stage.connect("u-1", "alice").await;
}

/// Claims that only the issuer could have signed, and still not to be believed; each with the reason.
type Wrong = (fn(&mut Value, &str), &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn id_2_id_4_even_the_issuers_own_signature_is_not_enough() {
    let wrongs: [Wrong; 8] = [
        (|claims, _| claims["at_hash"] = json!(at_hash("another access token")), "another access token"),
        (|claims, _| claims["iss"] = json!("https://evil.example.com"), "another issuer"),
        (|claims, _| claims["aud"] = json!(["jack", "mallory"]), "another client"),
        (|claims, _| claims["azp"] = json!("mallory"), "another client"),
        (|claims, _| claims["nonce"] = json!("another"), "another request"),
        (|claims, _| claims["exp"] = json!(1_000_000_000), "expired"),
        (|claims, _| claims["sub"] = json!(""), "names nobody"),
        (|claims, _| drop(claims.as_object_mut().unwrap().remove("exp")), "malformed"),
    ];
    let stage = Stage::start().await;
    let turn = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&turn);
    sign_with_claims(&stage, move |claims, access_token| match wrongs.get(now.load(Ordering::SeqCst)) {
        Some((wrong, _)) => wrong(claims, access_token),
        None => claims["at_hash"] = json!(at_hash(access_token)),
    });
    for (_, reason) in wrongs {
        let invited = stage.invite("u-1").await;
        let back = stage.returned(&invited.link, "alice").await;
        let answer = stage.complete(&back, "u-1").await;
        refused(&stage, (invited.session, answer), reason).await;
        turn.fetch_add(1, Ordering::SeqCst);
    }
    assert!(stage.provider.log().to("/me").is_empty());
    // With its own access token's hash it is.
    stage.connect("u-1", "alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn id_3_claims_about_two_people_are_never_joined() {
    let stage = Stage::start().await;
    stage.provider.faults().once(On::path("/me"), Fault::edit(|claims| claims["sub"] = json!("mallory")));
    let (_, answer) = completing(&stage, Fault::edit(|_| {})).await;
    // Kept with the reason, as any connection whose first verify fails, and nobody's.
    assert_eq!((answer.status, &answer.json["account"]), (StatusCode::OK, &Value::Null), "{}", answer.json);
    assert_eq!(
        (&answer.json["status"], &answer.json["failure"]["code"]),
        (&json!("needs-reauthorization"), &json!("other-subject"))
    );
    let id = answer.text("/id").unwrap();
    let lease = stage.host.post(&stage.acme.key, &format!("/v1/connections/{id}/lease"), json!({})).await.unwrap();
    assert_eq!((lease.status, lease.code()), (StatusCode::CONFLICT, "needs-reauthorization"), "{}", lease.json);
}
