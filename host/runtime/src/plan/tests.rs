//! Plans filled: secrets in their places, at their origins, unable to break out.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use jackfield_model::plan::Part;
use proptest::prelude::*;

use super::*;
use crate::{
    egress::{AllowedOrigin, AllowedRequest, Requests},
    signatures::{Keyed, Writing},
};

const TOKEN: &str = "https://id.example.com/token";

fn hole(hole: Hole) -> Value {
    vec![Part::Hole(hole)]
}

fn planned(plan: Plan) -> Planned {
    let origin = |id: &str, url: &str| AllowedOrigin { id: id.into(), origin: url.parse().unwrap(), credential: false };
    let gate = Gate {
        connector: "example".into(),
        origins: vec![origin("id", "https://id.example.com"), origin("other", "https://other.example.com")],
        requests: Requests::Declared(vec![
            AllowedRequest { methods: vec!["POST".into()], origin: "id".into(), path: "/token".into() },
            AllowedRequest { methods: vec!["DELETE".into()], origin: "id".into(), path: "/grants/*".into() },
            AllowedRequest { methods: vec!["POST".into()], origin: "other".into(), path: "/**".into() },
        ]),
        placements: crate::egress::Placements::default(),
        egress: Arc::default(),
    };
    Planned { plan, signatures: Arc::default(), gate: Arc::new(gate), secrets_in_query: false }
}

fn post(url: &str, body: PlanBody) -> Plan {
    Plan { method: "POST".into(), url: url.into(), query: vec![], path: vec![], headers: vec![], body }
}

fn holes(secret: &str) -> Holes {
    let mut holes = Holes::new();
    let at = ["https://id.example.com".parse().unwrap()];
    holes.public(Hole::ClientId, "client-1");
    holes.secret(Hole::ClientSecret, Secret::new(secret.into()), &at);
    holes.secret(Hole::RefreshToken, Secret::new("rt-1".into()), &at);
    holes
}

fn filled(plan: Plan, secret: &str) -> Result<(String, http::Request<Vec<u8>>), &'static str> {
    let filled = planned(plan).fill(&holes(secret)).map_err(|denial| denial.rule)?;
    Ok((String::from_utf8(filled.request.body().clone()).unwrap(), filled.request))
}

#[test]
fn a_form_is_encoded_by_the_host() {
    let body = PlanBody::Form(vec![
        ("client_id".into(), hole(Hole::ClientId)),
        ("client_secret".into(), hole(Hole::ClientSecret)),
    ]);
    let (body, request) = filled(post(TOKEN, body), "a&b=c d%").unwrap();
    assert_eq!(body, "client_id=client-1&client_secret=a%26b%3Dc+d%25");
    assert_eq!(request.headers().get("content-type").unwrap(), "application/x-www-form-urlencoded");
    assert_eq!(request.headers().get("accept-encoding").unwrap(), "identity");
}

#[test]
fn a_json_body_takes_each_value_at_its_pointer() {
    let body = PlanBody::Json(vec![
        ("/auth/client_secret".into(), hole(Hole::ClientSecret)),
        ("/auth/a~1b".into(), vec![Part::Text("x".into())]),
    ]);
    assert_eq!(
        filled(post(TOKEN, body), "\"},\"evil\":{\"").unwrap().0,
        r#"{"auth":{"a/b":"x","client_secret":"\"},\"evil\":{\""}}"#
    );
    for pointers in [vec!["/a", "/a"], vec!["/a", "/a/b"], vec!["/a/b", "/a"], vec!["a"], vec![""]] {
        let pairs = pointers.into_iter().map(|pointer| (pointer.to_owned(), hole(Hole::ClientId))).collect();
        assert_eq!(filled(post(TOKEN, PlanBody::Json(pairs)), "s").unwrap_err(), "plan-pointer");
    }
}

#[test]
fn text_is_escaped_by_its_own_format_or_refused() {
    let text = |kind: &str| {
        PlanBody::Text(
            kind.into(),
            vec![Part::Text("<t>".into()), Part::Hole(Hole::ClientSecret), Part::Text("</t>".into())],
        )
    };
    assert_eq!(
        filled(post(TOKEN, text("text/xml; charset=utf-8")), "a<b>&\"").unwrap().0,
        "<t>a&lt;b&gt;&amp;&quot;</t>"
    );
    assert_eq!(filled(post(TOKEN, text("application/json")), "x\"").unwrap().0, "<t>x\\\"</t>");
    assert_eq!(filled(post(TOKEN, text("text/plain")), "a\nb").unwrap_err(), "plan-body");
    assert_eq!(filled(post(TOKEN, text("multipart/mixed")), "x").unwrap_err(), "plan-body");
}

#[test]
fn a_secret_goes_to_its_own_origins_only() {
    let body = || PlanBody::Form(vec![("client_secret".into(), hole(Hole::ClientSecret))]);
    assert_eq!(filled(post("https://other.example.com/token", body()), "s").unwrap_err(), "secret-origin");
    assert_eq!(filled(post("https://evil.example/token", body()), "s").unwrap_err(), "origin-not-declared");
    assert_eq!(filled(post("https://id.example.com/admin", body()), "s").unwrap_err(), "request-not-declared");
    assert_eq!(filled(post("http://id.example.com/token", body()), "s").unwrap_err(), "not-https");
    assert_eq!(filled(post("https://id.example.com/token?x=1", body()), "s").unwrap_err(), "plan-url");
}

#[test]
fn a_secret_in_a_url_is_a_deviation() {
    let mut plan = post(TOKEN, PlanBody::Empty);
    plan.query = vec![("client_secret".into(), hole(Hole::ClientSecret))];
    assert_eq!(filled(plan.clone(), "s").unwrap_err(), "secret-in-url");
    let allowed = Planned { secrets_in_query: true, ..planned(plan) };
    assert_eq!(allowed.fill(&holes("a&b")).unwrap().request.uri().query(), Some("client_secret=a%26b"));

    let mut plan = post("https://id.example.com/grants/", PlanBody::Empty);
    plan.method = "DELETE".into();
    plan.path = vec![hole(Hole::RefreshToken)];
    assert_eq!(filled(plan.clone(), "s").unwrap_err(), "secret-in-url");
    let allowed = Planned { secrets_in_query: true, ..planned(plan) };
    assert_eq!(allowed.fill(&holes("s")).unwrap().request.uri().path(), "/grants/rt-1");
}

#[test]
fn a_path_segment_stays_one_segment() {
    for (client, rule) in [("../token", "plan-path"), ("..", "plan-path"), ("", "plan-path"), ("a/b", "plan-path")] {
        let mut plan = post("https://id.example.com/grants", PlanBody::Empty);
        plan.method = "DELETE".into();
        plan.path = vec![hole(Hole::ClientId)];
        let mut holes = Holes::new();
        holes.public(Hole::ClientId, client);
        let refused = planned(plan).fill(&holes).unwrap_err().rule;
        assert!(
            refused == rule || refused == "path-ambiguous" || refused == "request-not-declared",
            "{client}: {refused}"
        );
    }
}

#[test]
fn headers_of_the_host_stay_the_hosts_and_values_stay_one_line() {
    let with = |name: &str| {
        let mut plan = post(TOKEN, PlanBody::Empty);
        plan.headers = vec![(name.into(), vec![Part::Text("Basic ".into()), Part::Hole(Hole::ClientSecret)])];
        plan
    };
    let (_, request) = filled(with("Authorization"), "c2VjcmV0").unwrap();
    let value = request.headers().get("authorization").unwrap();
    assert!(value == "Basic c2VjcmV0" && value.is_sensitive());
    assert_eq!(filled(with("Host"), "x").unwrap_err(), "header-owned");
    assert_eq!(filled(with("X-Forwarded-For"), "x").unwrap_err(), "header-owned");
    assert_eq!(filled(with("Authorization"), "a\r\nHost: evil").unwrap_err(), "header-value");
}

#[test]
fn a_signature_is_made_here_and_goes_where_its_key_may() {
    let mut signatures = Signatures::default();
    let message = vec![Part::Text("hello".into())];
    let recipe = Recipe::Hmac { keyed: Keyed::Sha256, key: Hole::ClientSecret, message, writing: Writing::Hex };
    signatures.add(recipe).unwrap();
    let signatures = Arc::new(signatures);
    let body = |number| PlanBody::Form(vec![("sig".into(), hole(Hole::Signature(number)))]);
    let with = |url: &str, number| Planned { signatures: Arc::clone(&signatures), ..planned(post(url, body(number))) };
    let filled = with(TOKEN, 0).fill(&holes("key")).unwrap();
    // RFC 4231's construction; value by another implementation.
    assert_eq!(filled.request.body(), b"sig=9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b");
    assert_eq!(with("https://other.example.com/token", 0).fill(&holes("key")).unwrap_err().rule, "secret-origin");
    assert_eq!(with(TOKEN, 1).fill(&holes("key")).unwrap_err().rule, "hole-unknown");
}

#[test]
fn a_message_whose_holes_fill_to_too_much_is_not_signed() {
    let mut signatures = Signatures::default();
    let message = vec![Part::Hole(Hole::ClientSecret); 20];
    signatures.add(Recipe::Sha256 { message, writing: Writing::Hex }).unwrap();
    let body = PlanBody::Form(vec![("sig".into(), hole(Hole::Signature(0)))]);
    let planned = Planned { signatures: Arc::new(signatures), ..planned(post(TOKEN, body)) };
    assert!(planned.fill(&holes(&"k".repeat(3000))).is_ok());
    let refused = planned.fill(&holes(&"k".repeat(4000))).unwrap_err();
    assert_eq!(refused.rule, "plan-size");
    assert!(refused.message.contains("`a signed message` has more than 64 KiB"), "{}", refused.message);
}

#[test]
fn a_signature_cannot_sign_itself() {
    let mut signatures = Signatures::default();
    signatures.add(Recipe::Sha256 { message: hole(Hole::Signature(0)), writing: Writing::Hex }).unwrap();
    let body = PlanBody::Form(vec![("sig".into(), hole(Hole::Signature(0)))]);
    let planned = Planned { signatures: Arc::new(signatures), ..planned(post(TOKEN, body)) };
    assert_eq!(planned.fill(&holes("key")).unwrap_err().rule, "hole-unknown");
}

#[test]
fn nothing_prints_a_secret() {
    let body = PlanBody::Form(vec![("client_secret".into(), hole(Hole::ClientSecret))]);
    let holes = holes("very-secret-value");
    let filled = planned(post(TOKEN, body)).fill(&holes).unwrap();
    assert!(!format!("{filled:?}{holes:?}").contains("very-secret"));
}

proptest! {
    #[test]
    fn no_secret_breaks_out_of_a_form_or_a_json_body(secret in "\\PC{1,40}|[\\x00-\\x7f]{1,40}") {
        let value = || hole(Hole::ClientSecret);
        let (form, _) = filled(post(TOKEN, PlanBody::Form(vec![("a".into(), value()), ("b".into(), value())])), &secret).unwrap();
        let read: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        prop_assert_eq!(read, vec![("a".to_owned(), secret.clone()), ("b".to_owned(), secret.clone())]);
        let (json, _) = filled(post(TOKEN, PlanBody::Json(vec![("/a".into(), value())])), &secret).unwrap();
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), serde_json::json!({ "a": secret }));
    }
}
