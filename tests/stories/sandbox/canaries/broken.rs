//! The flows as they should not be: answers that are no answers, and requests that are none, each with a canary inside.

use http::{Method, Request, StatusCode, header};
use jackfield_tests::doubles::{Fault, On};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::Canaries;
use crate::scene::Scene;

const CLIENT_SECRET: &str = "bS2nL7wK4xV9mT5zQ8cR3hJ6";
const CODE: &str = "bC8kF3vT6nW1qX5mZ9rB2gL7";
const ACCESS: &str = "bA5xJ9mQ2tV7wK4zN8cR6hL3";
const REFRESH: &str = "bR7gT4yN1bP9xC6dW3qZ8fS5";
/// One that a caller puts where none belongs.
const STRAY: &str = "sY3kD8vH5tN2wM9xQ6zB4cR7";

/// Token answers with secrets in every wrong place: the client's, what it proved itself by, and new ones. The last has the
/// client left alone.
fn answers(client_secret: &str, proof: &str) -> Vec<Fault> {
    let json = |status: u16, body: Value| Fault::Json(StatusCode::from_u16(status).unwrap(), body);
    let page = format!("<html><body>Signed in. access_token={ACCESS}&refresh_token={REFRESH}</body></html>");
    vec![
        json(400, json!({ "error": "invalid_grant", "error_description": format!("{proof} with {client_secret}") })),
        json(400, json!({ "error": proof, "error_uri": format!("https://login.test/?c={proof}") })),
        json(500, json!({ "trace": [proof, client_secret, ACCESS] })),
        json(200, json!({ "token": ACCESS, "refresh_token": REFRESH })),
        json(200, json!({ "access_token": [ACCESS], "refresh_token": REFRESH, "token_type": "Bearer" })),
        json(200, json!({ "access_token": { "value": ACCESS }, "token_type": "Bearer" })),
        json(200, json!({ "access_token": ACCESS, "token_type": ACCESS })),
        json(200, json!({ "access_token": ACCESS, "token_type": "Bearer", "expires_in": REFRESH })),
        json(200, json!({ "access_token": ACCESS, "token_type": "Bearer", "scope": [REFRESH] })),
        json(200, json!([ACCESS])),
        json(200, json!(ACCESS)),
        json(200, json!(page)),
        Fault::Html(StatusCode::OK),
        Fault::Redirect(
            StatusCode::FOUND,
            format!("https://login.test/done?token={ACCESS}#{REFRESH}").parse().unwrap(),
        ),
        Fault::Told(StatusCode::OK, vec![("x-token", ACCESS.to_owned()), ("set-cookie", format!("refresh={REFRESH}"))]),
        Fault::Told(StatusCode::BAD_REQUEST, vec![("www-authenticate", format!("Bearer error=\"{ACCESS}\""))]),
        Fault::Cut,
        Fault::edit(|answer| answer["error_description"] = json!(format!("{ACCESS} {REFRESH}"))),
        Fault::edit(|answer| answer["token_type"] = json!(REFRESH)),
        Fault::edit(|answer| answer["id_token"] = json!(format!("{ACCESS}.{REFRESH}.x"))),
        json(401, json!({ "error": "invalid_client", "client_secret": client_secret })),
    ]
}

fn plant(canaries: &mut Canaries) {
    for (name, secret) in [
        ("the secret of a client in trouble", CLIENT_SECRET),
        ("the code of a broken exchange", CODE),
        ("the access token of a broken answer", ACCESS),
        ("the refresh token of a broken answer", REFRESH),
    ] {
        canaries.plant(name, secret);
    }
}

/// Exchanges that end in each of them.
pub(crate) async fn token_answers(scene: &Scene, canaries: &mut Canaries) {
    plant(canaries);
    scene.host.install("forged_placeholder").await.unwrap();
    scene.host.client("forged-placeholder", "client-2", CLIENT_SECRET, json!({})).await.unwrap();
    for (number, fault) in answers(CLIENT_SECRET, CODE).into_iter().enumerate() {
        scene.login.issues(CODE, [(ACCESS, REFRESH); 8]);
        scene.login.double().faults().once(On::path("/token"), fault);
        let answer = scene.consent("forged-placeholder", "code", "u-3").await;
        scene.login.double().faults().clear();
        let answer = canaries.answered(&format!("the exchange with token answer {number}"), answer);
        assert!(!answer.status.is_success(), "{number}: {}", answer.json);
    }
}

/// Refreshes that end in each of them, of a connection made for it.
pub(crate) async fn refreshes(scene: &Scene, canaries: &mut Canaries) {
    let connector = "prints-everything";
    let mut asked = 0;
    for (number, fault) in answers(super::flows::CLIENT_SECRET, REFRESH).into_iter().enumerate() {
        scene.login.issues(CODE, [(ACCESS, REFRESH); 8]);
        let made = scene.consent(connector, "code", &format!("u-r{number}")).await;
        assert!(made.status.is_success(), "{number}: {}", made.json);
        let before = scene.login.double().log().to("/token").len();
        let made = canaries.answered(&format!("before refresh {number}"), made);
        let path = format!("/v1/connections/{}", made.text("/id").unwrap());
        scene.host.clock.advance(SignedDuration::from_hours(2));
        scene.login.double().faults().once(On::path("/token"), fault);
        for verb in ["refresh", "verify", "lease"] {
            let answer = scene.host.post(&scene.tenant.key, &format!("{path}/{verb}"), json!({})).await.unwrap();
            // A lease may answer the token; what else it says may not.
            if verb != "lease" || !answer.status.is_success() {
                canaries.answered(&format!("{verb} with token answer {number}"), answer);
            }
        }
        asked += usize::from(scene.login.double().log().to("/token").len() > before);
        scene.login.double().faults().clear();
        let timeline = scene.host.get(&scene.tenant.key, &format!("{path}/timeline")).await.unwrap();
        canaries.answered(&format!("the timeline after refresh {number}"), timeline);
        scene.login.issues(CODE, [(ACCESS, REFRESH); 8]);
        let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
        canaries.answered(&format!("deleted after refresh {number}"), deleted);
    }
    assert!(asked > 15, "only {asked} refreshes were asked for");
}

/// Requests of the API and of the pages that hold a secret where none belongs, or are none at all.
pub(crate) async fn requests(scene: &Scene, canaries: &mut Canaries) {
    canaries.plant("a secret gone astray", STRAY);
    let bearer = format!("Bearer {}", scene.tenant.key);
    let wanted = |token: Value| {
        json!({ "connector": "well-behaved", "method": "token", "fields": { "token": token } }).to_string()
    };
    let bodies = [
        wanted(json!([STRAY])),
        wanted(json!({ "value": STRAY })),
        json!({ "connector": "well-behaved", "method": "token", "fields": { "token": "t", "further": STRAY } })
            .to_string(),
        json!({ "connector": "well-behaved", "method": "token", "fields": STRAY }).to_string(),
        json!({ "connector": "well-behaved", "method": STRAY, "fields": {} }).to_string(),
        json!({ "connector": "well-behaved", "method": "token", STRAY: STRAY }).to_string(),
        json!(STRAY).to_string(),
        format!("{{\"token\": \"{STRAY}\""),
        format!("token={STRAY}"),
        format!("{{\"connector\": \"well-behaved\", \"fields\": {{\"token\": \"{STRAY}\\ud800\"}}}}"),
    ];
    for (number, body) in bodies.into_iter().enumerate() {
        let request = Request::post("/").header(header::AUTHORIZATION, &bearer);
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap();
        let answer = scene.host.send("/v1/connections", request).await.unwrap();
        // The name of a member is no secret's place, and naming it is the point of the answer.
        if number != 4 && number != 5 {
            canaries.answered(&format!("malformed request {number}"), answer);
        }
    }
    addresses(scene, canaries).await;
}

/// Addresses, cookies and keys that are secrets nobody made.
async fn addresses(scene: &Scene, canaries: &mut Canaries) {
    let bearer = format!("Bearer {}", scene.tenant.key);
    let stray_bearer = format!("Bearer {STRAY}");
    for (path, key) in [
        ("/v1/connections".to_owned(), stray_bearer.as_str()),
        ("/metrics".to_owned(), stray_bearer.as_str()),
        (format!("/v1/connections?cursor={STRAY}"), bearer.as_str()),
        (format!("/oauth/callback/forged-placeholder?code={STRAY}&state={STRAY}"), bearer.as_str()),
        (format!("/sign-in/return?code={STRAY}&state={STRAY}"), bearer.as_str()),
        (format!("/sign-in/{STRAY}"), bearer.as_str()),
        (format!("/connect/{STRAY}"), bearer.as_str()),
    ] {
        let request = Request::get("/").header(header::AUTHORIZATION, key).header("cookie", format!("session={STRAY}"));
        let url = format!("{}{path}", scene.host.url().unwrap()).parse().unwrap();
        let answer = scene.host.wire.send(&url, request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
        let answer = jackfield_tests::host::Answer::of(answer);
        canaries.answered(&format!("astray at {}", path.split(['?', '&']).next().unwrap().replace(STRAY, "…")), answer);
    }
}
