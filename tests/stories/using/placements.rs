//! Every place a credential can go to, through `verify` and through the proxy; what a caller puts there never survives.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::Recorded;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::host::{Answer, Setting, Tenant, TestHost};
use serde_json::{Value, json};

const NAME: &str = "provider.test";
const TOKEN: &str = "k7Qm2Zx9LwR4tVb8NsKd3Hf6JyPc5GeU";
const SECOND: &str = "Second-8NsKd3Hf6JyPc5GeUk7Qm2Zx9";

struct Places {
    host: TestHost,
    api: Api,
    tenant: Tenant,
    id: String,
}

impl Places {
    /// A connection of that method to a service that wants its token there.
    async fn of(method: &str, placement: Placement) -> Self {
        let authority = Authority::new().unwrap();
        let api = Api::start(&authority, NAME, placement).await.unwrap();
        for accepted in [TOKEN.to_owned(), format!("{TOKEN}.{SECOND}"), format!("gar\u{f8}/token:{TOKEN}")] {
            api.accept(&accepted, "alice");
        }
        let hosts = BTreeMap::from([(NAME.to_owned(), api.double().address())]);
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
        host.install("many_places").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        let mut fields = json!({ "token": TOKEN });
        match method {
            "two" => fields["second"] = json!(SECOND),
            "pair" => fields["team"] = json!("gar\u{f8}"),
            _ => {}
        }
        let wanted = json!({ "connector": "many-places", "method": method, "fields": fields });
        let made = host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
        assert_eq!(
            (&made.json["status"], &made.json["account"]["id"]),
            (&json!("active"), &json!("alice")),
            "{}",
            made.json
        );
        // What the service echoed reached the connector masked.
        assert!(!made.json.to_string().contains(TOKEN), "{}", made.json);
        let id = made.text("/id").unwrap();
        Self { host, api, tenant, id }
    }

    async fn send(&self, request: http::request::Builder, path: &str, body: impl Into<Bytes>) -> Answer {
        let request = request.header("authorization", format!("Bearer {}", self.tenant.key)).body(body.into()).unwrap();
        self.host.send(&format!("/v1/connections/{}/proxy{path}", self.id), request).await.unwrap()
    }

    async fn post(&self, kind: &str, body: impl Into<Bytes>) -> Answer {
        self.send(Request::post("/").header("content-type", kind), "/notes", body).await
    }

    fn last(&self, path: &str) -> Recorded {
        self.api.double().log().to(path).pop().unwrap()
    }

    fn refused(&self, answer: &Answer, rule: &str) {
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "egress-denied"), "{}", answer.json);
        assert_eq!(answer.json["rule"], rule, "{}", answer.json);
        assert!(self.api.double().log().to("/notes").is_empty(), "a refused request was sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_prefix_of_its_own_and_beside_fixed_headers() {
    let places = Places::of("header", Placement::Header("x-key".into(), "Key token=".into())).await;
    let verified = places.last("/me");
    assert_eq!((verified.header("x-client"), verified.header("x-version")), (Some("many-places"), Some("1")));
    let called = places.send(Request::get("/").header("x-version", "2"), "/me", "").await;
    assert_eq!(called.json["id"], "alice");
    let called = places.last("/me");
    assert_eq!((called.header("x-client"), called.header("x-version")), (Some("many-places"), Some("2")));
    for name in ["x-client", "X_Client", "x-key"] {
        let answer = places.send(Request::get("/").header(name, "mine"), "/notes", "").await;
        places.refused(&answer, "header-owned");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_4_in_a_cookie_where_that_was_declared_and_never_beside_a_callers() {
    let places = Places::of("cookie", Placement::Cookie("sid".into())).await;
    let request = Request::get("/").header("cookie", "sid=mine; other=1");
    assert_eq!(places.send(request, "/me?x=1", "").await.json["id"], "alice");
    let seen = places.last("/me");
    assert_eq!(seen.headers.get_all("cookie").iter().collect::<Vec<_>>(), [&format!("sid={TOKEN}")]);
    assert_eq!(seen.query, "x=1");
    let unfit = json!({ "connector": "many-places", "method": "cookie", "fields": { "token": "a b;c" } });
    let unfit = places.host.post(&places.tenant.key, "/v1/connections", unfit).await.unwrap();
    assert_eq!(
        (unfit.status.as_u16(), &unfit.json["errors"][0]["field"]),
        (422, &json!("fields.token")),
        "{}",
        unfit.json
    );
    assert!(!unfit.json.to_string().contains("a b;c"), "{}", unfit.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_body_as_a_member_beside_what_is_there() {
    let places = Places::of("body", Placement::Body("auth_token".into())).await;
    let verified: Value = serde_json::from_slice(&places.last("/me").body).unwrap();
    assert_eq!((&verified["why"], &verified["auth_token"]), (&json!("verify"), &json!(TOKEN)));

    let json = r#"{ "n": 12345678901234567890123, "text": "caf\u00e9" }"#;
    let answer = places.post("application/json", json).await;
    assert_eq!(answer.status, 201, "{}", answer.json);
    let sent = String::from_utf8(places.last("/notes").body.to_vec()).unwrap();
    assert_eq!(sent, format!("{} ,\"auth_token\":\"{TOKEN}\"}}", json.strip_suffix(" }").unwrap()));
    let answer = places.post("application/x-www-form-urlencoded", "a=1&b=%20").await;
    assert_eq!(answer.status, 201, "{}", answer.json);
    assert_eq!(places.last("/notes").body, format!("a=1&b=%20&auth_token={TOKEN}"));
    assert_eq!(
        places.last("/notes").header("content-length"),
        Some((places.last("/notes").body.len().to_string()).as_str())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_cannot_take_the_credential_is_refused() {
    let places = Places::of("body", Placement::Body("auth_token".into())).await;
    let own = places.post("application/json", r#"{"auth\u005ftoken":"mine"}"#).await;
    places.refused(&own, "body-owned");
    let own = places.post("application/x-www-form-urlencoded", "auth_token=mine").await;
    places.refused(&own, "body-owned");
    for (kind, body) in
        [("application/json", "[1]"), ("text/plain", "{}"), ("multipart/form-data; boundary=b", "--b--")]
    {
        let answer = places.post(kind, body).await;
        places.refused(&answer, "credential-in-body");
    }
    let none = places.send(Request::get("/"), "/notes", "").await;
    places.refused(&none, "credential-in-body");
    let packed = Request::post("/").header("content-type", "application/json").header("content-encoding", "gzip");
    let packed = places.send(packed, "/notes", "{}").await;
    places.refused(&packed, "credential-in-body");
    let large = format!("{{\"text\":\"{}\"}}", "x".repeat(1024 * 1024));
    let large = places.post("application/json", large).await;
    places.refused(&large, "body-size");
    assert!(large.text("/detail").unwrap().contains("1048576 bytes"), "{}", large.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_secrets_of_one_method_each_at_its_place() {
    let places = Places::of("two", Placement::Two("x-first".into(), "x-second".into())).await;
    assert_eq!(places.send(Request::get("/"), "/me", "").await.json["id"], "alice");
    let seen = places.last("/me");
    assert_eq!((seen.header("x-first"), seen.header("x-second")), (Some(TOKEN), Some(SECOND)));
    for name in ["x-first", "X_SECOND"] {
        let answer = places.send(Request::get("/").header(name, "mine"), "/notes", "").await;
        places.refused(&answer, "header-owned");
    }
    let lease = format!("/v1/connections/{}/lease", places.id);
    let lease = places.host.post(&places.tenant.key, &lease, json!({})).await.unwrap();
    assert_eq!(lease.json["credential"], json!({ "kind": "fields", "fields": { "token": TOKEN, "second": SECOND } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_of_templates_in_utf_8() {
    let places = Places::of("pair", Placement::Basic).await;
    let lease = format!("/v1/connections/{}/lease", places.id);
    let lease = places.host.post(&places.tenant.key, &lease, json!({})).await.unwrap();
    assert_eq!(lease.json["credential"], json!({ "kind": "basic", "name": "gar\u{f8}/token", "password": TOKEN }));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_places_than_headers_are_asked_of_the_operator() {
    let places = Places::of("query", Placement::Query("key".into())).await;
    let shown = places.host.get(places.host.operator(), "/v1/connectors/many-places").await.unwrap();
    let asked = shown.json["requests"].as_array().unwrap();
    let deviations: Vec<(&Value, &Value)> = asked
        .iter()
        .filter(|request| request["rule"] == "deviation")
        .map(|request| (&request["subject"], &request["pointed_out"]))
        .collect();
    let (no, yes) = (json!(false), json!(true));
    assert_eq!(deviations, [(&json!("key"), &yes), (&json!("sid"), &no), (&json!("auth_token"), &no)]);
}
