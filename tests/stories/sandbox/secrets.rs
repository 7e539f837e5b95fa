//! Secrets: a guest that prints everything it receives prints none, and neither does anything else the host writes.

use http::{Method, StatusCode};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::Answer;
use jiff::SignedDuration;
use serde_json::json;

use crate::leaks::{Leaks, numbers};
use crate::scene::{Scene, TOKEN};

const CLIENT_SECRET: &str = "vC8pL3zD6fQ1wS4xY7gU0hJ2";
const CODE: &str = "nT5bR8kW2mX9vQ4cZ7fL1dG6";
const FIRST: (&str, &str) = ("aV3xQ9mR2kT7wZ5nB8cL4dF6", "rJ6yH1sP8uG3eK0oX5iN7tM2");
const SECOND: (&str, &str) = ("qW4eR7tY1uI8oP5aS2dF9gH3", "zX6cV3bN0mL7kJ4hG1fD8sA5");
/// One nobody ever accepts.
const WRONG: &str = "hD2wK9sF5xN7bM3vG8cP1zT4";

fn leaks() -> Leaks {
    Leaks::of([
        ("the token", TOKEN),
        ("the client's secret", CLIENT_SECRET),
        ("the code", CODE),
        ("the first access token", FIRST.0),
        ("the first refresh token", FIRST.1),
        ("the second access token", SECOND.0),
        ("the second refresh token", SECOND.1),
        ("the wrong token", WRONG),
    ])
}

/// Every answer of the API, leases left out.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Answers {
    fn keep(&mut self, answer: Answer) -> Answer {
        self.0.extend_from_slice(&answer.body);
        self.0.extend_from_slice(format!("{:?}", answer.headers).as_bytes());
        answer
    }
}

/// Nothing anywhere: log, API, disk.
async fn nothing_shows(mut scene: Scene, answers: &Answers) {
    let leaks = leaks();
    scene.host.stop().await.unwrap();
    let written = scene.log.text();
    assert_eq!(leaks.within(written.as_bytes()), Vec::<String>::new(), "in the log");
    assert_eq!(leaks.within(&answers.0), Vec::<String>::new(), "in the API's answers");
    let (found, files) = leaks.below(scene.host.folder());
    assert_eq!(found, Vec::<String>::new(), "on disk");
    assert!(files > 4, "the store was looked at: {files} files");
}

#[tokio::test(flavor = "multi_thread")]
async fn lk_3_an_echoed_token_is_masked_before_the_guest_sees_it() {
    let scene = Scene::with(|config| config.limits.log_bytes = 1 << 20).await;
    let mut answers = Answers::default();
    let connection = scene.connect("prints_everything").await;
    assert_eq!(connection["verification"]["failure"]["code"], "printed", "{connection}");
    let path = format!("/v1/connections/{}", connection["id"].as_str().unwrap());
    for path in [path.clone(), format!("{path}/timeline"), "/v1/connections".to_owned()] {
        answers.keep(scene.host.get(&scene.tenant.key, &path).await.unwrap());
    }
    answers.0.extend_from_slice(connection.to_string().as_bytes());

    // It was sent, it came back, and the guest printed what it got of it.
    let sent = scene.provider.double().log().to("/echo");
    assert_eq!(sent[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    let printed = scene.log.lines_with("connector=\"prints-everything\"");
    // It prints bytes, which the log's own masking cannot read: what is masked here was masked before the guest had it.
    let shown = printed.iter().map(|line| String::from_utf8(numbers(line.as_bytes())).unwrap());
    let echo = shown.into_iter().find(|text| text.contains("base64_url")).expect("the echo was printed");
    for header in ["x-echo\n[masked]\n", "x-echo-base64\n[masked]\n", "set-cookie\n[masked]\n"] {
        assert!(echo.contains(header), "{header:?} in {echo}");
    }
    assert!(echo.matches("[masked]").count() >= 12, "{echo}");
    nothing_shows(scene, &answers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lk_3_hooks_see_placeholders_and_never_a_token() {
    let scene = Scene::with(|config| {
        config.limits.log_bytes = 1 << 20;
        config.limits.log_lines = 1000;
    })
    .await;
    let mut answers = Answers::default();
    scene.host.install("prints_everything").await.unwrap();
    scene.host.client("prints-everything", "client-1", CLIENT_SECRET, json!({})).await.unwrap();
    scene.login.issues(CODE, [FIRST, SECOND]);
    scene.provider.accept(FIRST.0, "alice");
    scene.provider.accept(SECOND.0, "alice");

    let made = answers.keep(scene.consent("prints-everything", "code", "u-1").await);
    assert_eq!(made.json["verification"]["failure"]["code"], "printed", "{}", made.json);
    let path = format!("/v1/connections/{}", made.text("/id").unwrap());
    scene.host.clock.advance(SignedDuration::from_hours(2));
    answers.keep(scene.host.post(&scene.tenant.key, &format!("{path}/verify"), json!({})).await.unwrap());
    answers.keep(scene.host.get(&scene.tenant.key, &format!("{path}/timeline")).await.unwrap());
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(answers.keep(deleted).json["revocation"]["outcome"], "failed");

    // Both exchanges happened, with every secret on the wire, and each hook printed.
    let asked = scene.login.double().log().to("/token");
    let grants: Vec<_> = asked.iter().filter_map(|request| request.form_value("grant_type")).collect();
    assert_eq!(grants, ["authorization_code", "refresh_token"]);
    assert_eq!(
        (asked[0].form_value("code"), asked[1].form_value("refresh_token")),
        (Some(CODE.into()), Some(FIRST.1.into()))
    );
    let printed = scene.log.lines_with("connector=\"prints-everything\"").join("\n");
    for what in [
        "token-response TokenResponseContext",
        "exchange",
        "refresh",
        "body [123, ",
        "header (",
        "revoke RevokeContext",
    ] {
        assert!(printed.contains(what), "{what} was not printed");
    }
    let verifier = asked[0].form_value("code_verifier").unwrap();
    assert!(Leaks::of([("it", verifier.as_str())]).within(scene.log.text().as_bytes()).is_empty());
    nothing_shows(scene, &answers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lk_1_what_a_provider_or_a_caller_repeats_is_not_repeated() {
    let scene = Scene::start().await;
    let mut answers = Answers::default();
    scene.host.install("trusting").await.unwrap();
    let wanted = |token: &str| json!({ "connector": "trusting", "method": "token", "fields": { "token": token } });
    for fault in [
        Fault::Json(StatusCode::UNAUTHORIZED, json!({ "error": WRONG, "message": format!("no such token {WRONG}") })),
        Fault::Json(StatusCode::INTERNAL_SERVER_ERROR, json!([WRONG])),
        Fault::Json(StatusCode::OK, json!({ "id": WRONG, "name": format!("Bearer {WRONG}") })),
        Fault::Json(StatusCode::OK, json!({ "name": WRONG })),
        Fault::Redirect(StatusCode::FOUND, format!("https://provider.test/me?token={WRONG}").parse().unwrap()),
    ] {
        scene.provider.double().faults().once(On::path("/me"), fault);
        answers.keep(scene.host.post(&scene.tenant.key, "/v1/connections", wanted(WRONG)).await.unwrap());
    }
    // Bodies that are no requests, with a secret in them.
    for wrong in [
        json!({ "connector": "trusting", "method": "token", "fields": { "token": [TOKEN] } }),
        json!(TOKEN),
        wanted(""),
    ] {
        let answer = answers.keep(scene.host.post(&scene.tenant.key, "/v1/connections", wrong).await.unwrap());
        assert!(answer.status.is_client_error(), "{}", answer.json);
    }
    nothing_shows(scene, &answers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lk_1_what_a_token_endpoint_repeats_is_not_repeated() {
    let scene = Scene::start().await;
    let mut answers = Answers::default();
    scene.host.install("kept_placeholder").await.unwrap();
    scene.host.client("kept-placeholder", "client-1", CLIENT_SECRET, json!({})).await.unwrap();
    for fault in [
        Fault::Json(
            StatusCode::BAD_REQUEST,
            json!({ "error": "invalid_grant", "error_description": format!("{CODE} with {CLIENT_SECRET}") }),
        ),
        Fault::Json(
            StatusCode::BAD_REQUEST,
            json!({ "error": CODE, "error_uri": format!("https://login.test/?c={CODE}") }),
        ),
        Fault::Json(StatusCode::OK, json!({ "token": FIRST.0, "refresh_token": FIRST.1 })),
        Fault::Json(StatusCode::OK, json!([FIRST.0])),
        Fault::Html(StatusCode::OK),
    ] {
        scene.login.issues(CODE, []);
        scene.login.double().faults().once(On::path("/token"), fault);
        let answer = answers.keep(scene.consent("kept-placeholder", "code", "u-1").await);
        assert!(!answer.status.is_success(), "{}", answer.json);
    }
    nothing_shows(scene, &answers).await;
}
