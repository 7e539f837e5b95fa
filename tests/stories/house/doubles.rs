//! What stories rely on of every double: its real name, its log, and that each fault is felt as the provider's own would be.

use bytes::Bytes;
use data_encoding::BASE64;
use http::header::{DATE, LOCATION, RETRY_AFTER};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

const TOKEN: &str = "tok-7Hq2?x/+&\"1";

struct Stage {
    api: Api,
    wire: Wire,
}

async fn stage() -> Stage {
    let authority = Authority::new().unwrap();
    let placement = Placement::Header("authorization".to_owned(), "Token ".to_owned());
    let api = Api::start(&authority, "api.provider.test", placement).await.unwrap();
    api.accept(TOKEN, "a-1");
    let mut wire = Wire::trusting(&authority).unwrap();
    api.double().place_on(&mut wire);
    Stage { api, wire }
}

impl Stage {
    async fn get(&self, path: &str) -> anyhow::Result<Response<Bytes>> {
        let url = Url::parse("https://api.provider.test").unwrap().join(path).unwrap();
        let request = Request::get("/").header("authorization", format!("Token {TOKEN}"));
        self.wire.send(&url, request.body(Bytes::new()).unwrap()).await
    }

    fn fault(&self, fault: Fault) {
        self.api.double().faults().once(On::path("/me").method(Method::GET), fault);
    }
}

fn json(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn it_answers_under_its_name_and_keeps_what_it_was_asked() {
    let stage = stage().await;
    let answer = stage.get("/me?full=a%20b").await.unwrap();
    assert_eq!(json(&answer), json!({"id": "a-1", "name": "Account a-1"}));
    let asked = stage.api.double().log().until("/me", 1).await;
    assert_eq!(asked[0].host, "api.provider.test");
    assert_eq!(asked[0].header("authorization"), Some(format!("Token {TOKEN}").as_str()));
    assert_eq!(asked[0].query_value("full").as_deref(), Some("a b"));
}

#[tokio::test]
async fn nobody_else_trusts_it() {
    let stage = stage().await;
    let mut stranger = Wire::trusting(&Authority::new().unwrap()).unwrap();
    stage.api.double().place_on(&mut stranger);
    let url = Url::parse("https://api.provider.test/me").unwrap();
    let refused = stranger.send(&url, Request::new(Bytes::new())).await.unwrap_err();
    assert!(format!("{refused:#}").contains("invalid peer certificate"), "{refused:#}");
    assert!(stage.api.double().log().all().is_empty());
}

#[tokio::test]
async fn a_token_it_does_not_take_is_refused() {
    let stage = stage().await;
    stage.api.refuse(TOKEN);
    assert_eq!(stage.get("/me").await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_can_be_wanted_in_the_query() {
    let authority = Authority::new().unwrap();
    let api = Api::start(&authority, "q.provider.test", Placement::Query("key".to_owned())).await.unwrap();
    api.accept(TOKEN, "a-2");
    let mut wire = Wire::trusting(&authority).unwrap();
    api.double().place_on(&mut wire);
    let mut url = Url::parse("https://q.provider.test/me").unwrap();
    url.query_pairs_mut().append_pair("key", TOKEN);
    let answer = wire.send(&url, Request::new(Bytes::new())).await.unwrap();
    assert_eq!(json(&answer)["id"], "a-2");
}

#[tokio::test]
async fn it_echoes_the_token_in_every_way_it_lists() {
    let stage = stage().await;
    let answer = stage.get("/echo").await.unwrap();
    let text = String::from_utf8(answer.body().to_vec()).unwrap();
    // The token is chosen so that JSON must escape it; what decodes to it is what counts.
    let escaped: Vec<String> = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    assert!(text.contains(&escaped.concat()), "{text}");
    let echoed = json(&answer);
    assert_eq!(echoed["plain"], TOKEN);
    assert_eq!(echoed["json_escaped"], TOKEN);
    assert_eq!(BASE64.decode(echoed["base64_2"].as_str().unwrap().as_bytes()).unwrap()[2..], *TOKEN.as_bytes());
    assert_eq!(answer.headers()["x-echo"], TOKEN);
}

#[tokio::test]
async fn a_dropped_request_has_no_answer_and_the_next_one_has() {
    let stage = stage().await;
    for fault in [Fault::Dropped, Fault::Lost, Fault::Cut] {
        stage.fault(fault);
        assert!(stage.get("/me").await.is_err());
        assert!(stage.get("/me").await.is_ok());
        assert!(stage.api.double().faults().struck());
    }
}

#[tokio::test]
async fn a_provider_that_is_down_says_so_in_its_own_ways() {
    let stage = stage().await;
    stage.fault(Fault::Status(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(stage.get("/me").await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
    stage.fault(Fault::Html(StatusCode::BAD_GATEWAY));
    let page = stage.get("/me").await.unwrap();
    assert_eq!((page.status(), page.body().starts_with(b"<html>")), (StatusCode::BAD_GATEWAY, true));
    stage.fault(Fault::TooMany(30));
    let busy = stage.get("/me").await.unwrap();
    assert_eq!((busy.status(), &busy.headers()[RETRY_AFTER]), (StatusCode::TOO_MANY_REQUESTS, &HeaderValue::from(30)));
    let away = Url::parse("https://elsewhere.test/me").unwrap();
    stage.fault(Fault::Redirect(StatusCode::TEMPORARY_REDIRECT, away.clone()));
    assert_eq!(stage.get("/me").await.unwrap().headers()[LOCATION], away.as_str());
}

#[tokio::test]
async fn an_answer_can_be_made_odd() {
    let stage = stage().await;
    stage.fault(Fault::edit(|answer| answer["id"] = json!(7)));
    assert_eq!(json(&stage.get("/me").await.unwrap())["id"], 7);
    stage.fault(Fault::Json(StatusCode::OK, json!({"ok": false})));
    assert_eq!(json(&stage.get("/me").await.unwrap()), json!({"ok": false}));
    let long_ago = HeaderValue::from_static("Sat, 01 Jan 2000 00:00:00 GMT");
    stage.fault(Fault::Header(DATE, long_ago.clone()));
    assert_eq!(stage.get("/me").await.unwrap().headers()[DATE], long_ago);
}

#[tokio::test]
async fn a_huge_answer_is_as_long_as_it_was_told_to_be() {
    let stage = stage().await;
    stage.fault(Fault::Huge(3_000_000));
    let answer = stage.get("/me").await.unwrap();
    assert_eq!(json(&answer)["filler"].as_str().unwrap().len(), 3_000_000);
}

#[tokio::test]
async fn a_slow_provider_answers_when_its_gate_opens() {
    let stage = stage().await;
    let gate = Gate::default();
    stage.fault(Fault::Held(gate.clone()));
    let release = async {
        gate.reached(1).await;
        assert_eq!(stage.api.double().log().to("/me").len(), 1);
        gate.open();
    };
    let (answer, ()) = tokio::join!(stage.get("/me"), release);
    assert_eq!(json(&answer.unwrap())["id"], "a-1");
}
