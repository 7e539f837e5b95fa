//! The stage of these stories: a host and a real authorization server on this machine, an application, and a browser that finds it.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use jackfield_tests::authority::Authority;
use jackfield_tests::chrome::{Chrome, Habits};
use jackfield_tests::doubles::Double;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::host::{RETURN_URL, Setting, TestHost};
use jackfield_tests::peer::Server;
use jackfield_tests::scene::OpenId;
use serde_json::{Value, json};
use url::Url;

use crate::application::{ORIGIN, application};

/// The token that the service at `provider.test` takes.
pub(crate) const TOKEN: &str = "s3cret-token-of-alice";

/// `openid-connect` at a real OpenID provider, a service with tokens, and the application.
pub(crate) struct Stage {
    pub(crate) openid: OpenId,
    pub(crate) application: Double,
    _service: Api,
}

impl Stage {
    pub(crate) async fn start() -> Self {
        let authority = Authority::new().unwrap();
        let application = application(&authority).await.unwrap();
        let bearer = Placement::Header("authorization".into(), "Bearer ".into());
        let service = Api::start(&authority, "provider.test", bearer).await.unwrap();
        service.accept(TOKEN, "alice");
        let hosts = BTreeMap::from([("provider.test".to_owned(), service.double().address())]);
        let setting = Setting { hosts, authority: Some(&authority), ..Setting::plain(crate::PROGRAM) };
        let openid = OpenId::on(setting, Server::OidcProvider, 3600).await.unwrap();
        Self { openid, application, _service: service }
    }

    /// The same with the application's origin registered, and more services.
    pub(crate) async fn with_services() -> Self {
        let stage = Self::start().await;
        stage.host().install("api-token").await.unwrap();
        stage.host().install("basic-auth").await.unwrap();
        stage.brand(json!({ "origins": [ORIGIN] })).await;
        stage
    }

    pub(crate) fn host(&self) -> &TestHost {
        &self.openid.host
    }

    pub(crate) fn url(&self) -> String {
        self.host().url().unwrap()
    }

    /// Sets Acme's brand.
    pub(crate) async fn brand(&self, brand: Value) {
        let path = format!("/v1/tenants/{}", self.openid.tenant.id);
        let body = json!({ "brand": brand });
        let kept = self.host().api(self.host().operator(), Method::PATCH, &path, Some(body)).await.unwrap();
        assert_eq!(kept.status, StatusCode::OK, "{}", kept.json);
    }

    /// A browser as most people have it.
    pub(crate) async fn chrome(&self) -> Chrome {
        self.chrome_with(Habits::default()).await
    }

    /// A browser of its person's habits.
    pub(crate) async fn chrome_with(&self, habits: Habits) -> Chrome {
        let hosts = Habits::reaching(&[&self.application]).hosts;
        Chrome::start(&Habits { hosts, ..habits }).await.unwrap()
    }

    /// A link for Acme's person `u-1` to connect `openid-connect`.
    pub(crate) async fn link(&self) -> String {
        self.openid.link("u-1").await.unwrap()
    }

    /// A link made as the application asks for it.
    pub(crate) async fn link_for(&self, wanted: Value) -> String {
        let mut session = json!({ "end_user": "u-1", "return_url": RETURN_URL });
        session.as_object_mut().unwrap().extend(wanted.as_object().unwrap().clone());
        let made = self.post("/v1/connect-sessions", session).await;
        made["url"].as_str().unwrap().to_owned()
    }

    /// What Acme's key is answered.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.host().post(&self.openid.tenant.key, path, body).await.unwrap();
        assert!(answer.status.is_success(), "{path}: {}", answer.json);
        answer.json
    }

    /// Reads something of Acme's.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = self.host().get(&self.openid.tenant.key, path).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        answer.json
    }

    /// Completes as the application does, with what the person came back with.
    pub(crate) async fn complete(&self, returned: &Url) -> Value {
        let answer = self.host().complete(&self.openid.tenant, returned, "u-1").await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        answer.json
    }

    /// Signs `u-1`, called Ada, in to the pages, and goes on to `to`.
    pub(crate) async fn sign_in(&self, chrome: &Chrome, to: &str) {
        let made = self.post("/v1/page-sessions", json!({ "person": "u-1", "name": "Ada", "to": to })).await;
        chrome.open(made["url"].as_str().unwrap()).await.unwrap();
        chrome.press("Yes, continue as Ada").await.unwrap();
        chrome.until_at(&format!("{}{to}", self.url())).await.unwrap();
    }

    /// Asserts that no page of the host fetched from elsewhere or did what its policy forbids.
    pub(crate) async fn clean(&self, chrome: &Chrome) {
        chrome.clean(&self.url()).await.unwrap();
    }
}

/// Looks at a page: nothing serious for axe-core, and its pictures for people.
pub(crate) async fn look(chrome: &Chrome, name: &str) {
    chrome.audit().await.unwrap();
    chrome.keep(name).await.unwrap();
}

/// At the OpenID provider: signs in as `login` and allows everything.
pub(crate) async fn agree(chrome: &Chrome, login: &str) {
    chrome.until_said("Sign-in").await.unwrap();
    chrome.find("[name=login]").await.unwrap().send_keys(login).await.unwrap();
    chrome.find("[name=password]").await.unwrap().send_keys("any").await.unwrap();
    chrome.press("Sign-in").await.unwrap();
    chrome.until_said("Authorize").await.unwrap();
    chrome.press("Continue").await.unwrap();
}

/// The same, and back to the application.
pub(crate) async fn consent(chrome: &Chrome, login: &str) -> Url {
    agree(chrome, login).await;
    back(chrome).await
}

/// Waits until the browser is back in the application.
pub(crate) async fn back(chrome: &Chrome) -> Url {
    chrome.until_said("Back in the application").await.unwrap();
    chrome.until_at(RETURN_URL).await.unwrap()
}

/// The value of a parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}
