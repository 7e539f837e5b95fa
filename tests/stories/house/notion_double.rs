//! Notion's double, driven as its documentation says a client may.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{Method, Request, Response};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::notion::{Notion, PublicConnection, Workspace};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

const REDIRECT: &str = "https://jack.example.com/oauth/callback/notion";

struct Stage {
    notion: Notion,
    wire: Wire,
}

async fn stage() -> Stage {
    let authority = Authority::new().unwrap();
    let registered = PublicConnection {
        client_id: "app".to_owned(),
        client_secret: "app-secret".to_owned(),
        redirect_uri: Url::parse(REDIRECT).unwrap(),
    };
    let notion = Notion::start(&authority, registered).await.unwrap();
    let mut wire = Wire::trusting(&authority).unwrap();
    notion.double().place_on(&mut wire);
    Stage { notion, wire }
}

impl Stage {
    /// Opens the authorize page, with these parameters changed, and presses `button`; where that leads.
    async fn authorize(&self, changes: &[(&str, &str)], button: &str) -> Result<Url, u16> {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at("https://jack.example.com/");
        let mut members = vec![
            ("client_id", "app"),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("owner", "user"),
            ("state", "s&1"),
        ];
        for (name, value) in changes {
            members.retain(|(member, _)| member != name);
            members.push((name, value));
        }
        let url = Url::parse_with_params("https://api.notion.com/v1/oauth/authorize", members).unwrap();
        let page = match browser.open(url.as_str()).await.unwrap() {
            Landing::Page(page) if page.status == 200 => page,
            Landing::Page(page) => return Err(page.status.as_u16()),
            Landing::Left(url) => return Ok(url),
        };
        let form = page.form().unwrap().press(button).unwrap();
        Ok(browser.submit(&page, &form).await.unwrap().left().unwrap())
    }

    async fn post(&self, path: &str, pair: &str, body: &Value) -> Response<Bytes> {
        let request = Request::builder()
            .method(Method::POST)
            .header("authorization", format!("Basic {}", BASE64.encode(pair.as_bytes())))
            .header("content-type", "application/json")
            .header("notion-version", "2025-09-03")
            .body(body.to_string().into())
            .unwrap();
        self.send(path, request).await
    }

    async fn redeem(&self, code: &str, redirect: &str) -> Response<Bytes> {
        let body = json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": redirect });
        self.post("/v1/oauth/token", "app:app-secret", &body).await
    }

    async fn refresh(&self, token: &Value) -> Response<Bytes> {
        let body = json!({ "grant_type": "refresh_token", "refresh_token": token });
        self.post("/v1/oauth/token", "app:app-secret", &body).await
    }

    async fn me(&self, token: &Value) -> u16 {
        let request = Request::get("/")
            .header("authorization", format!("Bearer {}", token.as_str().unwrap()))
            .header("notion-version", "2025-09-03");
        self.send("/v1/users/me", request.body(Bytes::new()).unwrap()).await.status().as_u16()
    }

    async fn send(&self, path: &str, request: Request<Bytes>) -> Response<Bytes> {
        self.wire.send(&Url::parse(&format!("https://api.notion.com{path}")).unwrap(), request).await.unwrap()
    }

    async fn tokens(&self) -> Value {
        let back = self.authorize(&[], "Allow access").await.unwrap();
        read(&self.redeem(&value(&back, "code"), REDIRECT).await)
    }
}

fn value(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    let found = pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()));
    found.unwrap_or_else(|| panic!("{url} has no {name}"))
}

fn read(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// Status and code of a refusal in Notion's shape.
fn refused(response: &Response<Bytes>) -> (u16, String) {
    let body = read(response);
    assert_eq!((&body["object"], body["status"].as_u64()), (&json!("error"), Some(response.status().as_u16().into())));
    (response.status().as_u16(), body["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_code_becomes_tokens_that_say_which_workspace() {
    let stage = stage().await;
    let back = stage.authorize(&[], "Allow access").await.unwrap();
    assert_eq!(value(&back, "state"), "s&1");
    let code = value(&back, "code");
    let tokens = read(&stage.redeem(&code, REDIRECT).await);
    let workspace = Workspace::example();
    assert_eq!((&tokens["workspace_id"], &tokens["bot_id"]), (&json!(workspace.id), &json!(workspace.bot)));
    assert_eq!((&tokens["token_type"], tokens.get("expires_in")), (&json!("bearer"), None));
    assert_eq!(stage.me(&tokens["access_token"]).await, 200);
    assert_eq!(refused(&stage.redeem(&code, REDIRECT).await), (400, "invalid_grant".to_owned()));
    let elsewhere = value(&stage.authorize(&[], "Allow access").await.unwrap(), "code");
    let answer = stage.redeem(&elsewhere, "https://jack.example.com/other").await;
    assert_eq!(refused(&answer), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn what_is_not_registered_is_sent_nowhere_and_a_cancel_is_told() {
    let stage = stage().await;
    for change in [
        ("client_id", "other"),
        ("redirect_uri", "https://evil.example/"),
        ("owner", "workspace"),
        ("response_type", "token"),
    ] {
        assert_eq!(stage.authorize(&[change], "Allow access").await, Err(400), "{change:?}");
    }
    let back = stage.authorize(&[], "Cancel").await.unwrap();
    assert_eq!((value(&back, "error"), value(&back, "state")), ("access_denied".to_owned(), "s&1".to_owned()));
}

#[tokio::test]
async fn a_refresh_ends_the_tokens_before_it() {
    let stage = stage().await;
    let first = stage.tokens().await;
    let second = read(&stage.refresh(&first["refresh_token"]).await);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!((stage.me(&first["access_token"]).await, stage.me(&second["access_token"]).await), (401, 200));
    assert_eq!(refused(&stage.refresh(&first["refresh_token"]).await), (400, "invalid_grant".to_owned()));
    let ended = stage.post("/v1/oauth/revoke", "app:app-secret", &json!({ "token": second["access_token"] })).await;
    assert_eq!(ended.status(), 200);
    assert_eq!(stage.me(&second["access_token"]).await, 401);
    assert_eq!(stage.notion.tokens(), Vec::<String>::new());
}

#[tokio::test]
async fn wrong_clients_bodies_and_versions_are_refused() {
    let stage = stage().await;
    let body = json!({ "grant_type": "refresh_token", "refresh_token": "none" });
    assert_eq!(refused(&stage.post("/v1/oauth/token", "app:wrong", &body).await), (401, "unauthorized".to_owned()));
    let other = stage.post("/v1/oauth/token", "app:app-secret", &json!({ "grant_type": "password" })).await;
    assert_eq!(refused(&other), (400, "validation_error".to_owned()));
    let token = stage.tokens().await["access_token"].as_str().unwrap().to_owned();
    let bare = Request::get("/").header("authorization", format!("Bearer {token}")).body(Bytes::new()).unwrap();
    assert_eq!(refused(&stage.send("/v1/users/me", bare).await), (400, "missing_version".to_owned()));
}
