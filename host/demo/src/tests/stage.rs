//! A running provider under a manual clock, and the steps most stories share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use url::Url;

use super::peer::{self, Answer};
use crate::{Ambient, DemoOptions, DemoProvider, Running};

pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const REDIRECT: &str = "http://127.0.0.1:9/oauth/callback/demo/1";
pub(super) const NONCE: &str = "n-0S6_WzA2Mj";
pub(super) const SCOPE: &str = "openid profile email items:read";
pub(super) const START: u64 = 1_800_000_000;

pub(super) struct Stage {
    pub(super) provider: Running,
    clock: Arc<AtomicU64>,
}

pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) id: String,
}

impl Tokens {
    pub(super) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.body);
        Self { access: answer.text("access_token"), refresh: answer.text("refresh_token"), id: answer.text("id_token") }
    }
}

impl Stage {
    pub(super) async fn set() -> Self {
        let clock = Arc::new(AtomicU64::new(START));
        let drawn = AtomicU64::new(1);
        let hands = Arc::clone(&clock);
        let ambient = Ambient::new(
            move || SystemTime::UNIX_EPOCH + Duration::from_secs(hands.load(Ordering::SeqCst)),
            move |bytes| {
                let number = drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes();
                let hash = digest::digest(&digest::SHA256, &number);
                bytes.copy_from_slice(hash.as_ref());
                Ok(())
            },
        );
        let options = DemoOptions { redirect_uris: vec![REDIRECT.parse().unwrap()], ambient, ..DemoOptions::default() };
        let provider = DemoProvider::start(options).await.unwrap();
        Self { provider, clock }
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.provider.issuer())
    }

    pub(super) fn api(&self, path: &str) -> String {
        format!("{}{path}", self.provider.api_url())
    }

    pub(super) fn client(&self) -> (&str, &str) {
        let client = self.provider.client();
        (&client.id, client.secret.expose())
    }

    /// A sound authorization request; `replaced` gives other values to parameters, or drop them where empty.
    pub(super) fn request(&self, replaced: &[(&str, &str)]) -> Url {
        let challenge = digest::digest(&digest::SHA256, VERIFIER.as_bytes());
        let challenge = BASE64URL_NOPAD.encode(challenge.as_ref());
        let sound = [
            ("response_type", "code"),
            ("client_id", self.client().0),
            ("redirect_uri", REDIRECT),
            ("scope", SCOPE),
            ("state", "s t&te"),
            ("nonce", NONCE),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let mut url: Url = self.at("/authorize").parse().unwrap();
        for (name, value) in sound {
            let changed = replaced.iter().find(|(key, _)| *key == name);
            let value = changed.map_or(value, |(_, value)| *value);
            if !value.is_empty() {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url
    }

    /// Opens the consent page and answers it as a person would; gives the redirect.
    pub(super) async fn decide(&self, request: &Url, login: &str, decision: &str) -> Answer {
        let page = peer::get(request.as_str()).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let ticket = ticket(&page.body);
        let form = [("ticket", ticket.as_str()), ("login", login), ("decision", decision)];
        peer::post(&self.at("/authorize"), None, &form).await
    }

    /// A code for a sound request.
    pub(super) async fn code(&self) -> String {
        let back = self.decide(&self.request(&[]), "demo", "allow").await;
        parameter(&back.location(), "code").expect("a code")
    }

    pub(super) async fn redeem(&self, code: &str, verifier: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", verifier),
        ];
        peer::post(&self.at("/token"), Some(self.client()), &form).await
    }

    pub(super) async fn connect(&self) -> Tokens {
        Tokens::of(&self.redeem(&self.code().await, VERIFIER).await)
    }

    pub(super) async fn refresh(&self, token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        peer::post(&self.at("/token"), Some(self.client()), &form).await
    }

    /// The status the API answers this access token with.
    pub(super) async fn knock(&self, token: &str) -> u16 {
        let answer = peer::get_with(&self.api("/whoami"), token).await;
        answer.status.as_u16()
    }
}

pub(super) fn ticket(page: &str) -> String {
    let (_, rest) = page.split_once(r#"name="ticket" value=""#).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

pub(super) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
