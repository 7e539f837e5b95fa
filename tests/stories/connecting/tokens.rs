//! The token endpoint on its bad days: a clear error, nothing half made, and the next try works; and odd answers that are good.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::Answer;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::stage::{Stage, ids};

/// How long a slow provider is waited for here, in milliseconds: enough for one that works on a busy machine.
const PATIENCE: u64 = 3000;

/// Connects while the token endpoint has a fault.
async fn completing(stage: &Stage, fault: Fault) -> (String, Answer) {
    let invited = stage.invite("u-1").await;
    let back = stage.returned(&invited.link, "alice").await;
    stage.provider.faults().once(On::path("/token"), fault);
    let answer = stage.complete(&back, "u-1").await;
    assert!(stage.provider.faults().struck());
    (invited.session, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_endpoint_that_fails_makes_nothing_and_says_what_to_do() {
    let stage = Stage::configured(|config| config.timeouts.token_ms = PATIENCE).await;
    let away = Url::parse("https://other.provider.test/token").unwrap();
    let refuse = |status, error: &str| Fault::Json(status, json!({ "error": error, "error_description": "no" }));
    let gate = Gate::default();
    let faults = [
        ("down", Fault::Dropped, "provider-down"),
        ("lost", Fault::Lost, "provider-down"),
        ("cut", Fault::Cut, "provider-down"),
        ("slow", Fault::Held(gate), "provider-down"),
        ("error", Fault::Status(StatusCode::INTERNAL_SERVER_ERROR), "provider-down"),
        ("page", Fault::Html(StatusCode::OK), "provider-down"),
        ("error page", Fault::Html(StatusCode::BAD_GATEWAY), "provider-down"),
        ("100 MB", Fault::Huge(100 * 1024 * 1024), "provider-down"),
        ("redirect", Fault::Redirect(StatusCode::TEMPORARY_REDIRECT, away), "provider-down"),
        ("empty", Fault::Status(StatusCode::OK), "provider-down"),
        ("no token", Fault::Json(StatusCode::OK, json!({ "token_type": "Bearer" })), "provider-down"),
        ("busy", Fault::TooMany(30), "try-later"),
        ("refused client", refuse(StatusCode::UNAUTHORIZED, "invalid_client"), "misconfigured"),
        ("refused code", refuse(StatusCode::BAD_REQUEST, "invalid_grant"), "needs-reauthorization"),
        ("refused request", refuse(StatusCode::BAD_REQUEST, "made_up"), "provider-refused"),
    ];
    for (why, fault, code) in faults {
        let (session, refused) = completing(&stage, fault).await;
        assert_eq!(refused.code(), code, "{why}: {} {}", refused.status, refused.json);
        assert!(refused.json["failure"]["code"].is_string(), "{why}: {}", refused.json);
        assert!(!refused.json.to_string().contains("jack-secret"), "{why}");
        let expected = if code == "try-later" { Some("30") } else { None };
        assert_eq!(refused.headers.get("retry-after").map(|value| value.to_str().unwrap()), expected, "{why}");
        assert_eq!((stage.at(&session).await.as_str(), stage.connections().await), ("ended", 0), "{why}");
    }
    stage.connect("u-1", "alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn core_6_a_token_of_an_unknown_type_or_shape_is_never_used() {
    let stage = Stage::start().await;
    let members: [(&str, Value); 7] = [
        ("token_type", json!("mac")),
        ("token_type", json!("DPoP")),
        ("access_token", json!("")),
        ("access_token", json!(42)),
        ("access_token", json!({ "value": "x" })),
        ("access_token", json!("two\r\nlines")),
        ("access_token", json!("x".repeat(20_000))),
    ];
    for (member, value) in members {
        let why = format!("{member} {value:.40}");
        let (session, refused) = completing(&stage, Fault::edit(move |answer| answer[member] = value.clone())).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::BAD_GATEWAY, "provider-down"),
            "{why}: {}",
            refused.json
        );
        assert_eq!((stage.at(&session).await.as_str(), stage.connections().await), ("ended", 0), "{why}");
    }
    assert!(stage.provider.log().to("/me").is_empty());
    // Case does not matter, and what we do not know is passed over.
    let odd = Fault::edit(|answer| {
        answer["token_type"] = json!("bEaReR");
        answer["unknown"] = json!({ "deeper": [1, null, "x".repeat(5000)] });
    });
    let (_, connected) = completing(&stage, odd).await;
    assert_eq!(connected.json["status"], "active", "{}", connected.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn core_7_every_spelling_of_expires_in_is_read_and_nonsense_means_unknown() {
    let stage = Stage::start().await;
    let spellings: [(Value, Option<i64>); 7] = [
        (json!(3600), Some(3600)),
        (json!("3600"), Some(3600)),
        (json!(3600.5), Some(3600)),
        (json!(-5), None),
        (json!("soon"), None),
        (Value::Null, None),
        (json!(1e18), Some(3_155_760_000)),
    ];
    let now = jackfield_server::clock::Clock::now(&stage.host.clock);
    for (told, seconds) in spellings {
        let why = told.to_string();
        let fault = Fault::edit(move |answer| match &told {
            Value::Null => drop(answer.as_object_mut().unwrap().remove("expires_in")),
            told => answer["expires_in"] = told.clone(),
        });
        let (_, connected) = completing(&stage, fault).await;
        assert_eq!(connected.json["status"], "active", "{why}: {}", connected.json);
        let ends = connected.json["access_expires"]["at"].as_str().map(|at| at.parse::<Timestamp>().unwrap());
        assert_eq!(ends.map(|ends| ends.duration_since(now).as_secs()), seconds, "{why}: {}", connected.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn core_8_what_was_granted_is_kept_apart_from_what_was_asked_for() {
    let stage = Stage::start().await;
    let scope = |text: &'static str| Fault::edit(move |answer| answer["scope"] = json!(text));
    let permissions = async |connected: Answer| {
        assert_eq!(connected.json["status"], "active", "{}", connected.json);
        stage.read(&format!("/v1/connections/{}/permissions", connected.text("/id").unwrap())).await
    };
    let narrower = permissions(completing(&stage, scope("openid")).await.1).await;
    assert_eq!(
        (ids(&narrower["granted"]).len(), ids(&narrower["missing"])),
        (1, ["offline_access".into(), "profile".into()].into())
    );
    let blocked: Vec<&Value> = narrower["actions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|action| action["chosen"] == true && action["allowed"] == false)
        .collect();
    let named: Vec<(&str, &Value)> =
        blocked.iter().map(|action| (action["id"].as_str().unwrap(), &action["missing"])).collect();
    assert_eq!(named, [("read-profile", &json!(["profile"])), ("stay-connected", &json!(["offline_access"]))]);

    let wider = permissions(completing(&stage, scope("openid profile offline_access email admin:all")).await.1).await;
    assert_eq!(ids(&wider["unasked"]), ["admin:all".into(), "email".into()].into(), "{wider}");
    assert_eq!((ids(&wider["missing"]).len(), &wider["stated"]), (0, &json!(true)));

    let silent = Fault::edit(|answer| drop(answer.as_object_mut().unwrap().remove("scope")));
    let silent = permissions(completing(&stage, silent).await.1).await;
    assert_eq!((ids(&silent["granted"]), &silent["stated"]), (ids(&silent["requested"]), &json!(false)));
}
