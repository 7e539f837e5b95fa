//! Facebook's double, driven as its documentation says a client may.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::facebook::{App, Facebook, Person};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

const CALLBACK: &str = "https://jack.example.com/oauth/callback/facebook";
const APP: [(&str, &str); 2] = [("client_id", "123"), ("client_secret", "app-secret")];

struct Stage {
    facebook: Facebook,
    wire: Wire,
}

async fn stage() -> Stage {
    let authority = Authority::new().unwrap();
    let app = App { id: "123".to_owned(), secret: "app-secret".to_owned() };
    let facebook = Facebook::start(&authority, app).await.unwrap();
    facebook.register(CALLBACK);
    let mut wire = Wire::trusting(&authority).unwrap();
    facebook.double().place_on(&mut wire);
    Stage { facebook, wire }
}

impl Stage {
    /// Opens the dialog and presses `button`; where that leads.
    async fn dialog(&self, extra: &[(&str, &str)], button: &str) -> Url {
        let mut url = Url::parse("https://www.facebook.com/v25.0/dialog/oauth").unwrap();
        url.query_pairs_mut().append_pair("client_id", "123").append_pair("state", "s&1").extend_pairs(extra);
        if !extra.iter().any(|(name, _)| *name == "redirect_uri") {
            url.query_pairs_mut().append_pair("redirect_uri", CALLBACK);
        }
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at("https://jack.example.com/");
        let page = browser.open(url.as_str()).await.unwrap().page().unwrap();
        let form = page.form().unwrap().press(button).unwrap();
        match browser.submit(&page, &form).await.unwrap() {
            Landing::Left(url) => url,
            Landing::Page(page) => panic!("{}", page.body),
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        pairs: &[(&str, &str)],
        token: Option<&str>,
    ) -> (StatusCode, Value) {
        let mut url = Url::parse(&format!("https://graph.facebook.com/v25.0{path}")).unwrap();
        url.query_pairs_mut().extend_pairs(pairs);
        let mut request = Request::builder().method(method);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = self.wire.send(&url, request.body(Bytes::new()).unwrap()).await.unwrap();
        (answer.status(), serde_json::from_slice(answer.body()).unwrap())
    }

    async fn redeem(&self, code: &str) -> (StatusCode, Value) {
        let pairs = [APP[0], APP[1], ("redirect_uri", CALLBACK), ("code", code)];
        self.ask(Method::GET, "/oauth/access_token", &pairs, None).await
    }

    async fn token(&self, scope: &str) -> String {
        let code = value(&self.dialog(&[("scope", scope)], "Continue").await, "code");
        self.redeem(&code).await.1["access_token"].as_str().unwrap().to_owned()
    }
}

fn value(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find_map(|(key, value)| (key == name).then(|| value.into_owned()));
    found.unwrap_or_else(|| panic!("{url} has no {name}"))
}

#[tokio::test]
async fn a_code_becomes_a_short_token_and_that_a_long_one() {
    let stage = stage().await;
    let back = stage.dialog(&[("scope", "public_profile,email")], "Continue").await;
    assert_eq!((value(&back, "state").as_str(), back.fragment()), ("s&1", Some("_=_")));
    let (status, short) = stage.redeem(&value(&back, "code")).await;
    assert_eq!((status, &short["token_type"], &short["expires_in"]), (StatusCode::OK, &json!("bearer"), &json!(3600)));
    let token = short["access_token"].as_str().unwrap();
    let pairs = [APP[0], APP[1], ("grant_type", "fb_exchange_token"), ("fb_exchange_token", token)];
    let (_, long) = stage.ask(Method::GET, "/oauth/access_token", &pairs, None).await;
    assert_eq!(long["expires_in"], json!(5_183_944));
    // Both work.
    for token in [token, long["access_token"].as_str().unwrap()] {
        let (status, me) = stage.ask(Method::GET, "/me", &[("fields", "id,name,email")], Some(token)).await;
        assert_eq!(
            (status, &me["name"], &me["email"]),
            (StatusCode::OK, &json!("Peter Chang"), &json!("peter@example.com"))
        );
    }
    let again = stage.redeem(&value(&back, "code")).await;
    assert_eq!((again.0, &again.1["error"]["error_subcode"]), (StatusCode::BAD_REQUEST, &json!(36009)));
}

#[tokio::test]
async fn refusals_are_errors_with_a_code() {
    let stage = stage().await;
    let canceled = stage.dialog(&[("scope", "email")], "Cancel").await;
    assert_eq!(
        (value(&canceled, "error").as_str(), value(&canceled, "error_reason").as_str()),
        ("access_denied", "user_denied")
    );
    let code = value(&stage.dialog(&[], "Continue").await, "code");
    let cases = [
        (vec![("client_id", "9"), APP[1]], 101),
        (vec![APP[0], ("client_secret", "wrong")], 1),
        (vec![APP[0], APP[1], ("code", "unknown"), ("redirect_uri", CALLBACK)], 100),
        (vec![APP[0], APP[1], ("grant_type", "fb_exchange_token"), ("fb_exchange_token", "unknown")], 190),
        (vec![APP[0], APP[1], ("code", code.as_str()), ("redirect_uri", "https://jack.example.com/other")], 100),
    ];
    for (pairs, error) in cases {
        let (status, body) = stage.ask(Method::GET, "/oauth/access_token", &pairs, None).await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(error)), "{pairs:?}");
    }
    assert_eq!(stage.ask(Method::GET, "/me", &[], None).await.1["error"]["code"], 2500);
    assert_eq!(stage.ask(Method::GET, "/me", &[], Some("x")).await.1["error"]["code"], 190);
    let token = stage.token("email").await;
    assert_eq!(stage.ask(Method::GET, "/me/posts", &[], Some(&token)).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_declined_is_asked_again_only_by_rerequest_and_a_grant_ends_whole() {
    let stage = stage().await;
    stage.facebook.decline(&["email"]);
    let token = stage.token("email,user_posts").await;
    let listed = stage.ask(Method::GET, "/me/permissions", &[], Some(&token)).await.1;
    let status = |listed: &Value, name: &str| {
        let data = listed["data"].as_array().unwrap().clone();
        data.into_iter().find(|one| one["permission"] == name).unwrap()["status"].clone()
    };
    assert_eq!((status(&listed, "email"), status(&listed, "user_posts")), (json!("declined"), json!("granted")));
    stage.facebook.decline(&[]);
    stage.dialog(&[("scope", "email")], "Continue").await;
    let listed = stage.ask(Method::GET, "/me/permissions", &[], Some(&token)).await.1;
    assert_eq!(status(&listed, "email"), "declined");
    stage.dialog(&[("scope", "email"), ("auth_type", "rerequest")], "Continue").await;
    let listed = stage.ask(Method::GET, "/me/permissions", &[], Some(&token)).await.1;
    assert_eq!(status(&listed, "email"), "granted");
    stage.facebook.log_in(Person { id: "2".to_owned(), name: "Jane Doe".to_owned() });
    let other = stage.token("email").await;
    assert_eq!(stage.ask(Method::DELETE, "/2/permissions", &[], Some(&token)).await.0, StatusCode::BAD_REQUEST);
    let ended = stage.ask(Method::DELETE, "/me/permissions", &[], Some(&token)).await;
    assert_eq!(ended, (StatusCode::OK, json!({ "success": true })));
    assert_eq!(stage.ask(Method::GET, "/me", &[], Some(&token)).await.1["error"]["code"], 190);
    assert_eq!(stage.ask(Method::GET, "/me", &[], Some(&other)).await.0, StatusCode::OK);
}
