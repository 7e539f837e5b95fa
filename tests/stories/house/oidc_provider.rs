//! The peer `oidc-provider` by itself: each thing stories rely on it for is there, and refuses what it should.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{Request, Response, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::relay::relay;
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::peer::{Peer, PeerClient, PeerSettings, Server};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

const CALLBACK: &str = "https://jack.example.com/oauth/callback";
const SCOPE: &str = "openid profile email offline_access api:read";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn settings() -> PeerSettings {
    PeerSettings::of(vec![PeerClient::code("jack", "jack-secret", CALLBACK), PeerClient::machine("m2m", "m2m-secret")])
}

/// A client's side of the protocol, as plain as it can be.
struct Client {
    wire: Wire,
    issuer: String,
    metadata: Value,
}

impl Client {
    async fn of(wire: Wire, issuer: &str) -> Self {
        let url = format!("{issuer}/.well-known/openid-configuration");
        let answer = wire.send(&Url::parse(&url).unwrap(), Request::new(Bytes::new())).await.unwrap();
        Self { wire, issuer: issuer.to_owned(), metadata: json(&answer) }
    }

    fn endpoint(&self, name: &str) -> Url {
        Url::parse(self.metadata[name].as_str().unwrap()).unwrap()
    }

    fn authorization(&self, changes: &[(&str, Option<&str>)]) -> Url {
        let mut members = vec![
            ("response_type", "code"),
            ("client_id", "jack"),
            ("redirect_uri", CALLBACK),
            ("scope", SCOPE),
            ("state", "s1"),
            ("nonce", "n1"),
            ("prompt", "consent"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        for (name, change) in changes {
            members.retain(|(member, _)| member != name);
            members.extend(change.map(|value| (*name, value)));
        }
        let mut url = self.endpoint("authorization_endpoint");
        url.query_pairs_mut().extend_pairs(members);
        url
    }

    /// Signs in as alice and consents.
    async fn authorize(&self) -> Url {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(CALLBACK);
        let page = browser.open(self.authorization(&[]).as_str()).await.unwrap().page().unwrap();
        let form = page.form().unwrap().fill("login", "alice").unwrap().fill("password", "any").unwrap();
        let page = browser.submit(&page, &form).await.unwrap().page().unwrap();
        let form = page.form().unwrap();
        browser.submit(&page, &form).await.unwrap().left().unwrap()
    }

    async fn post(
        &self,
        endpoint: &str,
        client: (&str, &str),
        members: &[(&str, &str)],
    ) -> anyhow::Result<Response<Bytes>> {
        let basic = BASE64.encode(format!("{}:{}", client.0, client.1).as_bytes());
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        let request = Request::post("/")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", format!("Basic {basic}"));
        self.wire.send(&self.endpoint(endpoint), request.body(form.into()).unwrap()).await
    }

    async fn token(&self, members: &[(&str, &str)]) -> Response<Bytes> {
        self.post("token_endpoint", ("jack", "jack-secret"), members).await.unwrap()
    }

    async fn redeem(&self, back: &Url, verifier: &str) -> Response<Bytes> {
        let code = value(back, "code").unwrap();
        let grant = ("grant_type", "authorization_code");
        self.token(&[grant, ("code", &code), ("redirect_uri", CALLBACK), ("code_verifier", verifier)]).await
    }

    async fn refresh(&self, token: &Value) -> Response<Bytes> {
        let token = token.as_str().unwrap();
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn userinfo(&self, token: &Value) -> Response<Bytes> {
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        let request = Request::get("/").header("authorization", bearer).body(Bytes::new()).unwrap();
        self.wire.send(&self.endpoint("userinfo_endpoint"), request).await.unwrap()
    }
}

fn value(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

fn json(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

async fn peer() -> (Peer, Client) {
    let peer = Peer::start(Server::OidcProvider, &settings()).await.unwrap();
    let client = Client::of(Wire::loopback(), peer.issuer()).await;
    (peer, client)
}

#[tokio::test]
async fn a_person_signs_in_consents_and_the_code_becomes_tokens() {
    let (_peer, client) = peer().await;
    let back = client.authorize().await;
    assert_eq!(value(&back, "state").as_deref(), Some("s1"));
    assert_eq!(value(&back, "iss").as_ref(), Some(&client.issuer));
    let answer = client.redeem(&back, VERIFIER).await;
    let tokens = json(&answer);
    assert_eq!((answer.status(), &tokens["scope"], &tokens["expires_in"]), (StatusCode::OK, &json!(SCOPE), &json!(60)));
    assert!(tokens["refresh_token"].is_string() && tokens["id_token"].is_string(), "{tokens}");
    let who = json(&client.userinfo(&tokens["access_token"]).await);
    assert_eq!((&who["sub"], &who["email"]), (&json!("alice"), &json!("alice@peer.test")));
}

#[tokio::test]
async fn pkce_is_required_and_checked() {
    let (_peer, client) = peer().await;
    let mut browser = Browser::new(client.wire.clone());
    browser.leave_at(CALLBACK);
    let without = client.authorization(&[("code_challenge", None), ("code_challenge_method", None)]);
    let back = browser.open(without.as_str()).await.unwrap().left().unwrap();
    assert_eq!(value(&back, "error").as_deref(), Some("invalid_request"));
    let back = client.authorize().await;
    let answer = client.redeem(&back, "another-verifier-of-forty-three-characters-").await;
    assert_eq!((answer.status(), &json(&answer)["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
}

#[tokio::test]
async fn a_person_can_refuse() {
    let (_peer, client) = peer().await;
    let mut browser = Browser::new(client.wire.clone());
    browser.leave_at(CALLBACK);
    let page = browser.open(client.authorization(&[]).as_str()).await.unwrap().page().unwrap();
    let cancel = page.link("[ Cancel ]").unwrap();
    let back = browser.click(&page, &cancel).await.unwrap().left().unwrap();
    assert_eq!(value(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(value(&back, "iss").as_ref(), Some(&client.issuer));
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_grant() {
    let (_peer, client) = peer().await;
    let first = json(&client.redeem(&client.authorize().await, VERIFIER).await);
    let second = json(&client.refresh(&first["refresh_token"]).await);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(client.userinfo(&second["access_token"]).await.status(), StatusCode::OK);
    let reused = client.refresh(&first["refresh_token"]).await;
    assert_eq!((reused.status(), &json(&reused)["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
    assert_eq!(json(&client.refresh(&second["refresh_token"]).await)["error"], "invalid_grant");
    assert_eq!(client.userinfo(&second["access_token"]).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_revoked_refresh_token_is_over() {
    let (_peer, client) = peer().await;
    let tokens = json(&client.redeem(&client.authorize().await, VERIFIER).await);
    let token = tokens["refresh_token"].as_str().unwrap();
    let members = [("token", token), ("token_type_hint", "refresh_token")];
    let jack = ("jack", "jack-secret");
    let seen = client.post("introspection_endpoint", jack, &members).await.unwrap();
    assert_eq!(json(&seen)["active"], true);
    let revoked = client.post("revocation_endpoint", jack, &members).await.unwrap();
    assert_eq!(revoked.status(), StatusCode::OK);
    assert_eq!(json(&client.refresh(&tokens["refresh_token"]).await)["error"], "invalid_grant");
    let seen = client.post("introspection_endpoint", jack, &members).await.unwrap();
    assert_eq!(json(&seen)["active"], false);
}

#[tokio::test]
async fn a_machine_gets_a_token_for_itself() {
    let (_peer, client) = peer().await;
    let members = [("grant_type", "client_credentials"), ("scope", "api:read")];
    let answer = client.post("token_endpoint", ("m2m", "m2m-secret"), &members).await.unwrap();
    assert_eq!(json(&answer)["scope"], "api:read");
    let refused = client.post("token_endpoint", ("m2m", "wrong"), &members).await.unwrap();
    assert_eq!((refused.status(), &json(&refused)["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_client")));
}

#[tokio::test]
async fn behind_a_relay_it_has_a_name_and_faults() {
    let authority = Authority::new().unwrap();
    let issuer = "https://id.provider.test";
    let settings = PeerSettings { issuer: Some(issuer.to_owned()), ..settings() };
    let peer = Peer::start(Server::OidcProvider, &settings).await.unwrap();
    let front = relay(&authority, "id.provider.test", peer.listening().clone()).await.unwrap();
    let mut wire = Wire::trusting(&authority).unwrap();
    front.place_on(&mut wire);
    let client = Client::of(wire, issuer).await;
    let first = json(&client.redeem(&client.authorize().await, VERIFIER).await);
    // The refresh takes effect at the peer and its answer is lost on the way: the old token is spent.
    front.faults().once(On::path("/token"), Fault::Lost);
    let old = first["refresh_token"].as_str().unwrap();
    let members = [("grant_type", "refresh_token"), ("refresh_token", old)];
    assert!(client.post("token_endpoint", ("jack", "jack-secret"), &members).await.is_err());
    assert_eq!(json(&client.refresh(&first["refresh_token"]).await)["error"], "invalid_grant");
}

#[tokio::test]
async fn it_ends_when_its_test_does() {
    let (peer, client) = peer().await;
    let listening = peer.listening().clone();
    drop(peer);
    // Closing the peer's input is all that a test which is killed can do; a port that refuses is a process that ended.
    while client.wire.send(&listening, Request::new(Bytes::new())).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_callback_that_is_not_registered_stays_at_the_provider() {
    let (_peer, client) = peer().await;
    let mut browser = Browser::new(client.wire.clone());
    let elsewhere = client.authorization(&[("redirect_uri", Some("https://elsewhere.example.com/"))]);
    let Landing::Page(page) = browser.open(elsewhere.as_str()).await.unwrap() else {
        panic!("the browser was sent away");
    };
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}
