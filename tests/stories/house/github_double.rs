//! GitHub's double, driven as its documentation says a client may.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{Method, Request, Response, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::github::{GitHub, OauthApp, Person};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

const CALLBACK: &str = "https://jack.example.com/oauth/callback/github";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct Stage {
    github: GitHub,
    wire: Wire,
}

async fn stage() -> Stage {
    let authority = Authority::new().unwrap();
    let app = OauthApp {
        client_id: "Iv1.jack".to_owned(),
        client_secret: "app-secret".to_owned(),
        callback: Url::parse(CALLBACK).unwrap(),
    };
    let github = GitHub::start(&authority, app).await.unwrap();
    let mut wire = Wire::trusting(&authority).unwrap();
    github.double().place_on(&mut wire);
    Stage { github, wire }
}

impl Stage {
    /// Opens the authorize page for `scope` and presses `button`; where that leads.
    async fn authorize(&self, scope: &str, button: &str) -> Url {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at("https://jack.example.com/");
        let mut url = Url::parse("https://github.com/login/oauth/authorize").unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", "Iv1.jack")
            .append_pair("redirect_uri", CALLBACK)
            .append_pair("scope", scope)
            .append_pair("state", "s&1")
            .append_pair("code_challenge", CHALLENGE)
            .append_pair("code_challenge_method", "S256");
        let page = match browser.open(url.as_str()).await.unwrap() {
            Landing::Page(page) => page,
            Landing::Left(url) => return url,
        };
        let form = page.form().unwrap().press(button).unwrap();
        browser.submit(&page, &form).await.unwrap().left().unwrap()
    }

    async fn redeem(&self, code: &str, changes: &[(&str, &str)], accept: &str) -> Response<Bytes> {
        let mut members = vec![
            ("client_id", "Iv1.jack"),
            ("client_secret", "app-secret"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in changes {
            members.retain(|(member, _)| member != name);
            members.push((name, value));
        }
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        let request =
            Request::post("/").header("accept", accept).header("content-type", "application/x-www-form-urlencoded");
        self.send("https://github.com/login/oauth/access_token", request.body(form.into()).unwrap()).await
    }

    async fn token(&self, scope: &str) -> String {
        let code = value(&self.authorize(scope, "Authorize").await, "code");
        let answer = self.redeem(&code, &[], "application/json").await;
        json(&answer)["access_token"].as_str().unwrap().to_owned()
    }

    async fn read(&self, path: &str, token: &str) -> Response<Bytes> {
        let request =
            Request::get("/").header("user-agent", "jackfield").header("authorization", format!("Bearer {token}"));
        self.send(&format!("https://api.github.com{path}"), request.body(Bytes::new()).unwrap()).await
    }

    async fn end(&self, what: &str, token: &str, secret: &str) -> StatusCode {
        let basic = BASE64.encode(format!("Iv1.jack:{secret}").as_bytes());
        let request = Request::builder()
            .method(Method::DELETE)
            .header("user-agent", "jackfield")
            .header("content-type", "application/json")
            .header("authorization", format!("Basic {basic}"))
            .body(json!({"access_token": token}).to_string().into())
            .unwrap();
        let url = format!("https://api.github.com/applications/Iv1.jack/{what}");
        self.send(&url, request).await.status()
    }

    async fn send(&self, url: &str, request: Request<Bytes>) -> Response<Bytes> {
        self.wire.send(&Url::parse(url).unwrap(), request).await.unwrap()
    }
}

fn value(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    let found = pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()));
    found.unwrap_or_else(|| panic!("{url} has no {name}"))
}

fn json(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn a_person_authorizes_and_the_token_says_who() {
    let stage = stage().await;
    let back = stage.authorize("repo read:user user:email", "Authorize").await;
    assert_eq!(value(&back, "state"), "s&1");
    let answer = stage.redeem(&value(&back, "code"), &[], "application/json").await;
    let answer = json(&answer);
    assert_eq!((&answer["scope"], &answer["token_type"]), (&json!("repo,read:user,user:email"), &json!("bearer")));
    let user = stage.read("/user", answer["access_token"].as_str().unwrap()).await;
    assert_eq!(user.headers()["x-oauth-scopes"], "repo, read:user, user:email");
    assert_eq!((&json(&user)["id"], &json(&user)["login"]), (&json!(1), &json!("octocat")));
}

#[tokio::test]
async fn the_answer_is_a_form_unless_json_is_accepted() {
    let stage = stage().await;
    let code = value(&stage.authorize("gist", "Authorize").await, "code");
    let answer = stage.redeem(&code, &[], "*/*").await;
    assert_eq!(answer.headers()["content-type"], "application/x-www-form-urlencoded; charset=utf-8");
    assert!(answer.body().ends_with(b"&scope=gist&token_type=bearer"), "{answer:?}");
}

#[tokio::test]
async fn a_denial_comes_back_with_its_reason_and_no_code() {
    let back = stage().await.authorize("gist", "Cancel").await;
    assert_eq!((value(&back, "error").as_str(), value(&back, "state").as_str()), ("access_denied", "s&1"));
    assert!(!back.query_pairs().any(|(name, _)| name == "code"));
}

#[tokio::test]
async fn every_refusal_has_status_200_and_a_name() {
    let stage = stage().await;
    let cases = [
        (("client_secret", "other"), "incorrect_client_credentials"),
        (("code", "unknown"), "bad_verification_code"),
        (("code_verifier", "another-verifier-of-some-length-000000000000"), "bad_verification_code"),
        (("redirect_uri", "https://jack.example.com/other"), "redirect_uri_mismatch"),
    ];
    for (change, error) in cases {
        let code = value(&stage.authorize("gist", "Authorize").await, "code");
        let answer = stage.redeem(&code, &[change], "application/json").await;
        assert_eq!((answer.status(), &json(&answer)["error"]), (StatusCode::OK, &json!(error)), "{change:?}");
    }
    assert!(stage.github.tokens().is_empty());
}

#[tokio::test]
async fn a_code_works_once_and_for_ten_minutes() {
    let stage = stage().await;
    let code = value(&stage.authorize("gist", "Authorize").await, "code");
    assert!(json(&stage.redeem(&code, &[], "application/json").await)["error"].is_null());
    assert_eq!(json(&stage.redeem(&code, &[], "application/json").await)["error"], "bad_verification_code");
    let late = value(&stage.authorize("gist", "Authorize").await, "code");
    stage.github.expire_codes();
    assert_eq!(json(&stage.redeem(&late, &[], "application/json").await)["error"], "bad_verification_code");
}

#[tokio::test]
async fn scopes_are_normalized_and_may_be_narrowed() {
    let stage = stage().await;
    let wide = stage.token("user gist user:email").await;
    assert_eq!(stage.read("/user", &wide).await.headers()["x-oauth-scopes"], "user, gist");
    assert_eq!(stage.read("/user/emails", &wide).await.status(), StatusCode::OK);
    stage.github.allow_only(&["gist"]);
    let narrow = stage.token("user gist").await;
    assert_eq!(stage.read("/user", &narrow).await.headers()["x-oauth-scopes"], "gist");
    assert_eq!(stage.read("/user/emails", &narrow).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn lists_come_in_pages_and_private_ones_need_their_scope() {
    let stage = stage().await;
    let token = stage.token("repo").await;
    let first = stage.read("/user/repos?per_page=3", &token).await;
    assert_eq!(json(&first).as_array().unwrap().len(), 3);
    assert!(first.headers()["link"].to_str().unwrap().contains("page=2>; rel=\"next\""));
    let last = stage.read("/user/repos?per_page=3&page=2", &token).await;
    assert_eq!((json(&last).as_array().unwrap().len(), last.headers().get("link")), (2, None));
    let public = stage.token("gist").await;
    let seen = json(&stage.read("/user/repos", &public).await);
    assert!(seen.as_array().unwrap().iter().all(|repository| repository["private"] == false));
}

#[tokio::test]
async fn a_token_ends_alone_and_a_grant_with_all_its_tokens() {
    let stage = stage().await;
    let (one, other) = (stage.token("gist").await, stage.token("gist").await);
    stage.github.sign_in(Person { id: 2, login: "hubot".to_owned() });
    let of_another = stage.token("gist").await;
    assert_eq!(stage.end("token", &one, "wrong").await, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.end("token", &one, "app-secret").await, StatusCode::NO_CONTENT);
    assert_eq!(stage.end("token", &one, "app-secret").await, StatusCode::UNPROCESSABLE_ENTITY);
    let third = {
        stage.github.sign_in(Person { id: 1, login: "octocat".to_owned() });
        stage.token("gist").await
    };
    assert_eq!(stage.end("grant", &other, "app-secret").await, StatusCode::NO_CONTENT);
    assert_eq!(stage.github.tokens(), [of_another]);
    let refused = stage.read("/user", &third).await;
    assert_eq!((refused.status(), &json(&refused)["message"]), (StatusCode::UNAUTHORIZED, &json!("Bad credentials")));
}

#[tokio::test]
async fn a_request_without_a_user_agent_is_forbidden() {
    let stage = stage().await;
    let request = Request::get("/").header("authorization", "Bearer x").body(Bytes::new()).unwrap();
    assert_eq!(stage.send("https://api.github.com/user", request).await.status(), StatusCode::FORBIDDEN);
}
