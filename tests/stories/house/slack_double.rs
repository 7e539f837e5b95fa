//! Slack's double, driven as its documentation says a client may.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{Request, Response, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::slack::{Of, Slack, SlackApp};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

const REDIRECT: &str = "https://jack.example.com/oauth/callback/slack";

struct Stage {
    slack: Slack,
    wire: Wire,
}

impl Stage {
    async fn start(rotation: bool) -> Self {
        let authority = Authority::new().unwrap();
        let app = SlackApp {
            client_id: "1.2".to_owned(),
            client_secret: "s3".to_owned(),
            redirect: Url::parse(REDIRECT).unwrap(),
            rotation,
        };
        let slack = Slack::start(&authority, app).await.unwrap();
        let mut wire = Wire::trusting(&authority).unwrap();
        slack.double().place_on(&mut wire);
        Self { slack, wire }
    }

    async fn authorize(&self, scope: &str, user_scope: &str) -> String {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at("https://jack.example.com/");
        let mut url = Url::parse("https://slack.com/oauth/v2/authorize").unwrap();
        let pairs = [
            ("client_id", "1.2"),
            ("redirect_uri", REDIRECT),
            ("scope", scope),
            ("user_scope", user_scope),
            ("state", "s&1"),
        ];
        url.query_pairs_mut().extend_pairs(pairs);
        let page = browser.open(url.as_str()).await.unwrap().page().unwrap();
        let form = page.form().unwrap().press("Allow").unwrap();
        let Landing::Left(back) = browser.submit(&page, &form).await.unwrap() else { panic!("stayed") };
        assert!(back.query_pairs().any(|(name, value)| name == "state" && value == "s&1"));
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    async fn post(&self, path: &str, authorization: &str, form: &[(&str, &str)]) -> (Response<Bytes>, Value) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post("/")
            .header("authorization", authorization)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into())
            .unwrap();
        let url = Url::parse(&format!("https://slack.com{path}")).unwrap();
        let answer = self.wire.send(&url, request).await.unwrap();
        let json = serde_json::from_slice(answer.body()).unwrap();
        (answer, json)
    }

    async fn access(&self, form: &[(&str, &str)]) -> Value {
        let basic = format!("Basic {}", BASE64.encode(b"1.2:s3"));
        self.post("/api/oauth.v2.access", &basic, form).await.1
    }
}

#[tokio::test]
async fn a_code_brings_both_tokens_once() {
    let stage = Stage::start(true).await;
    let code = stage.authorize("chat:write,users:read", "search:read").await;
    let form = [("code", code.as_str()), ("redirect_uri", REDIRECT)];
    let answer = stage.access(&form).await;
    assert_eq!(
        (&answer["ok"], &answer["token_type"], &answer["scope"]),
        (&json!(true), &json!("bot"), &json!("chat:write,users:read"))
    );
    let user = &answer["authed_user"];
    assert_eq!(
        (&user["token_type"], &user["scope"], &user["expires_in"]),
        (&json!("user"), &json!("search:read"), &json!(43200))
    );
    assert_eq!(stage.access(&form).await, json!({"ok": false, "error": "invalid_code"}));
}

#[tokio::test]
async fn only_a_user_scope_brings_only_the_user_s_token() {
    let stage = Stage::start(false).await;
    let code = stage.authorize("", "search:read").await;
    let answer = stage.access(&[("code", &code), ("redirect_uri", REDIRECT)]).await;
    assert!(answer.get("access_token").is_none() && answer["authed_user"]["access_token"].is_string(), "{answer}");
    assert!(answer["authed_user"].get("refresh_token").is_none());
}

#[tokio::test]
async fn a_refresh_token_works_once_and_brings_its_own_kind() {
    let stage = Stage::start(true).await;
    let code = stage.authorize("chat:write", "search:read").await;
    let first = stage.access(&[("code", &code), ("redirect_uri", REDIRECT)]).await;
    let shown = first["authed_user"]["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", shown)];
    let next = stage.access(&form).await;
    assert_eq!((&next["token_type"], &next["scope"]), (&json!("user"), &json!("search:read")));
    assert_eq!(stage.access(&form).await, json!({"ok": false, "error": "invalid_refresh_token"}));
    assert_eq!((stage.slack.tokens(Of::User).len(), stage.slack.tokens(Of::Bot).len()), (2, 1));
}

#[tokio::test]
async fn refusals_have_status_200_and_a_name() {
    let stage = Stage::start(false).await;
    let code = stage.authorize("users:read", "").await;
    let (answer, refused) = stage.post("/api/oauth.v2.access", "Basic MS4yOm5v", &[("code", &code)]).await;
    assert_eq!((answer.status(), &refused["error"]), (StatusCode::OK, &json!("bad_client_secret")));
    let made = stage.access(&[("code", &code), ("redirect_uri", REDIRECT)]).await;
    let bearer = format!("Bearer {}", made["access_token"].as_str().unwrap());
    let (answer, who) = stage.post("/api/auth.test", &bearer, &[]).await;
    assert_eq!(
        (&who["bot_id"], &answer.headers()["x-oauth-scopes"]),
        (&json!("BZYBOTHED"), &"users:read".parse().unwrap())
    );
    let missing = stage.post("/api/chat.postMessage", &bearer, &[]).await.1;
    let expected = json!({"ok": false, "error": "missing_scope", "needed": "chat:write", "provided": "users:read"});
    assert_eq!(missing, expected);
    assert_eq!(stage.post("/api/auth.revoke", &bearer, &[]).await.1, json!({"ok": true, "revoked": true}));
    assert_eq!(stage.post("/api/auth.test", &bearer, &[]).await.1, json!({"ok": false, "error": "invalid_auth"}));
}
