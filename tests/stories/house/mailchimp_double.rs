//! Mailchimp's double, driven as its documentation says a client may.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{Request, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::mailchimp::{Mailchimp, MailchimpApp};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

const REDIRECT: &str = "https://jack.example.com/oauth/callback/mailchimp";

struct Stage {
    mailchimp: Mailchimp,
    wire: Wire,
}

impl Stage {
    async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let app = MailchimpApp {
            client_id: "635".to_owned(),
            client_secret: "s3".to_owned(),
            redirect: Url::parse(REDIRECT).unwrap(),
        };
        let mailchimp = Mailchimp::start(&authority, app).await.unwrap();
        let mut wire = Wire::trusting(&authority).unwrap();
        mailchimp.double().place_on(&mut wire);
        Self { mailchimp, wire }
    }

    async fn code(&self) -> String {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at("https://jack.example.com/");
        let mut url = Url::parse("https://login.mailchimp.com/oauth2/authorize").unwrap();
        let pairs = [("response_type", "code"), ("client_id", "635"), ("redirect_uri", REDIRECT), ("state", "s")];
        url.query_pairs_mut().extend_pairs(pairs);
        let page = browser.open(url.as_str()).await.unwrap().page().unwrap();
        let Landing::Left(back) = browser.submit(&page, &page.form().unwrap()).await.unwrap() else { panic!("stayed") };
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    async fn redeem(&self, code: &str, secret: &str) -> (StatusCode, Value) {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "635"),
            ("client_secret", secret),
            ("redirect_uri", REDIRECT),
            ("code", code),
        ];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        self.send("https://login.mailchimp.com/oauth2/token", request.body(body.into()).unwrap()).await
    }

    async fn get(&self, url: &str, authorization: &str) -> (StatusCode, Value) {
        self.send(url, Request::get("/").header("authorization", authorization).body(Bytes::new()).unwrap()).await
    }

    async fn send(&self, url: &str, request: Request<Bytes>) -> (StatusCode, Value) {
        let answer = self.wire.send(&Url::parse(url).unwrap(), request).await.unwrap();
        (answer.status(), serde_json::from_slice(answer.body()).unwrap())
    }
}

const METADATA: &str = "https://login.mailchimp.com/oauth2/metadata";
const ROOT: &str = "https://us6.api.mailchimp.com/3.0/";

#[tokio::test]
async fn a_token_never_ends_and_metadata_says_where_its_account_is() {
    let stage = Stage::start().await;
    let code = stage.code().await;
    let (_, answer) = stage.redeem(&code, "s3").await;
    assert_eq!((&answer["expires_in"], &answer["scope"]), (&json!(0), &Value::Null));
    let token = answer["access_token"].as_str().unwrap();
    let (_, metadata) = stage.get(METADATA, &format!("OAuth {token}")).await;
    assert_eq!((&metadata["dc"], &metadata["api_endpoint"]), (&json!("us6"), &json!("https://us6.api.mailchimp.com")));
    assert_eq!(stage.get(METADATA, &format!("Bearer {token}")).await.1, json!({"error": "invalid_token"}));
    let (status, root) = stage.get(ROOT, &format!("Bearer {token}")).await;
    assert_eq!((status, &root["account_id"]), (StatusCode::OK, &json!("8d3a3db4d97663a9074efcc16")));
    assert_eq!(stage.redeem(&code, "s3").await.1["error"], "invalid_grant");
    assert_eq!(stage.redeem(&stage.code().await, "no").await.1["error"], "invalid_client");
}

#[tokio::test]
async fn a_key_is_a_bearer_or_the_password_of_anybody() {
    let stage = Stage::start().await;
    stage.mailchimp.accept("key-us6");
    let basic = format!("Basic {}", BASE64.encode(b"anystring:key-us6"));
    assert_eq!(stage.get(ROOT, "Bearer key-us6").await.0, StatusCode::OK);
    assert_eq!(stage.get(ROOT, &basic).await.0, StatusCode::OK);
    stage.mailchimp.revoke_all();
    let (status, problem) = stage.get(ROOT, &basic).await;
    assert_eq!((status, &problem["title"]), (StatusCode::UNAUTHORIZED, &json!("API Key Invalid")));
}
