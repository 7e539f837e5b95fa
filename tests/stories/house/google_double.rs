//! Google's double, driven as its documentation says a client may.

use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use http::{Request, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::google::{Google, OauthClient};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

const CALLBACK: &str = "https://jack.example.com/oauth/callback/google";
const READ: &str = "https://www.googleapis.com/auth/gmail.readonly";
const SEND: &str = "https://www.googleapis.com/auth/gmail.send";

struct Stage {
    google: Google,
    wire: Wire,
}

async fn stage() -> Stage {
    let authority = Authority::new().unwrap();
    let client = OauthClient { id: "jack".to_owned(), secret: "jack-secret".to_owned() };
    let google = Google::start(&authority, client, 1_700_000_000).await.unwrap();
    google.register(CALLBACK);
    let mut wire = Wire::trusting(&authority).unwrap();
    google.double().place_on(&mut wire);
    Stage { google, wire }
}

impl Stage {
    /// Asks for `scope`; answers where that leads, with or without a page in between.
    async fn authorize(&self, scope: &str, extra: &[(&str, &str)]) -> Url {
        let mut url = Url::parse("https://accounts.google.com/o/oauth2/v2/auth").unwrap();
        let asked = [("client_id", "jack"), ("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", scope)];
        url.query_pairs_mut().extend_pairs(asked).append_pair("access_type", "offline").extend_pairs(extra);
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at("https://jack.example.com/");
        let page = match browser.open(url.as_str()).await.unwrap() {
            Landing::Left(url) => return url,
            Landing::Page(page) => page,
        };
        let form = page.form().unwrap().press("Continue").unwrap();
        browser.submit(&page, &form).await.unwrap().left().unwrap()
    }

    async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> (StatusCode, Value) {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        let url = Url::parse(&format!("https://oauth2.googleapis.com{path}")).unwrap();
        let answer = self.wire.send(&url, request.body(form.into()).unwrap()).await.unwrap();
        (answer.status(), serde_json::from_slice(answer.body()).unwrap())
    }

    async fn redeem(&self, back: &Url) -> Value {
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", "jack"),
            ("client_secret", "jack-secret"),
            ("redirect_uri", CALLBACK),
            ("code", code.as_str()),
        ];
        self.post("/token", &pairs).await.1
    }

    async fn get(&self, url: &str, token: &str) -> (StatusCode, Value) {
        let request = Request::get("/").header("authorization", format!("Bearer {token}")).body(Bytes::new()).unwrap();
        let answer = self.wire.send(&Url::parse(url).unwrap(), request).await.unwrap();
        (answer.status(), serde_json::from_slice(answer.body()).unwrap())
    }
}

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}"))
}

#[tokio::test]
async fn a_refresh_token_comes_with_the_first_consent_and_with_prompt_consent() {
    let stage = stage().await;
    let first = stage.redeem(&stage.authorize(READ, &[]).await).await;
    assert!(first["refresh_token"].is_string(), "{first}");
    let second = stage.redeem(&stage.authorize(READ, &[]).await).await;
    assert!(second["refresh_token"].is_null(), "nobody was asked: {second}");
    let third = stage.redeem(&stage.authorize(READ, &[("prompt", "consent")]).await).await;
    assert!(third["refresh_token"].is_string(), "{third}");
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", "jack"),
        ("client_secret", "jack-secret"),
        ("refresh_token", text(&first, "refresh_token")),
    ];
    let (status, refreshed) = stage.post("/token", &refresh).await;
    assert_eq!((status, &refreshed["scope"]), (StatusCode::OK, &json!(READ)));
    assert!(refreshed["refresh_token"].is_null() && refreshed["access_token"].is_string(), "{refreshed}");
    stage.google.end_refresh_tokens();
    let (status, over) = stage.post("/token", &refresh).await;
    assert_eq!((status, &over["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
}

#[tokio::test]
async fn unticked_scopes_are_missing_and_earlier_ones_are_included_when_asked() {
    let stage = stage().await;
    let both = format!("openid {READ} {SEND}");
    stage.google.untick(&[SEND]);
    let narrow = stage.redeem(&stage.authorize(&both, &[]).await).await;
    assert_eq!(text(&narrow, "scope"), format!("openid {READ}"));
    stage.google.untick(&[]);
    let alone = stage.redeem(&stage.authorize(SEND, &[]).await).await;
    assert_eq!(text(&alone, "scope"), SEND);
    let merged = stage.redeem(&stage.authorize(SEND, &[("include_granted_scopes", "true")]).await).await;
    assert_eq!(text(&merged, "scope"), format!("openid {SEND} {READ}"));
    let messages = "https://gmail.googleapis.com/gmail/v1/users/me/messages";
    assert_eq!(stage.get(messages, text(&narrow, "access_token")).await.0, StatusCode::OK);
    let (status, refused) = stage.get(messages, text(&alone, "access_token")).await;
    assert_eq!(
        (status, &refused["error"]["details"][0]["reason"]),
        (StatusCode::FORBIDDEN, &json!("ACCESS_TOKEN_SCOPE_INSUFFICIENT"))
    );
    assert_eq!(refused["error"]["errors"][0]["reason"], "insufficientPermissions");
    let (status, unknown) = stage.get(messages, "x").await;
    assert_eq!((status, &unknown["error"]["status"]), (StatusCode::UNAUTHORIZED, &json!("UNAUTHENTICATED")));
}

#[tokio::test]
async fn an_id_token_names_the_person_the_client_and_the_nonce_and_revoking_ends_all() {
    let stage = stage().await;
    let answer = stage.redeem(&stage.authorize("openid", &[("nonce", "n-1")]).await).await;
    let claims = text(&answer, "id_token").split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    assert_eq!(
        (&claims["iss"], &claims["aud"], &claims["nonce"], &claims["iat"]),
        (&json!("https://accounts.google.com"), &json!("jack"), &json!("n-1"), &json!(1_700_000_000))
    );
    let userinfo = "https://openidconnect.googleapis.com/v1/userinfo";
    let (_, who) = stage.get(userinfo, text(&answer, "access_token")).await;
    assert_eq!(who["sub"], claims["sub"]);
    let (_, keys) = stage.get("https://www.googleapis.com/oauth2/v3/certs", "x").await;
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["kid"]), (&json!("RSA"), &json!("own")));
    let token = text(&answer, "refresh_token").to_owned();
    assert_eq!(stage.post("/revoke", &[("token", &token)]).await.0, StatusCode::OK);
    assert_eq!(stage.get(userinfo, text(&answer, "access_token")).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.post("/revoke", &[("token", &token)]).await.1["error"], "invalid_token");
}
