//! The stage of these stories: a host and a real authorization server on this machine, an application, and a browser that finds it.

use http::StatusCode;
use jackfield_tests::authority::Authority;
use jackfield_tests::chrome::{Chrome, Habits};
use jackfield_tests::doubles::Double;
use jackfield_tests::host::RETURN_URL;
use jackfield_tests::scene::OpenId;
use serde_json::Value;
use url::Url;

use crate::application::application;

/// `openid-connect` at a real OpenID provider, and the application.
pub(crate) struct Stage {
    pub(crate) openid: OpenId,
    pub(crate) application: Double,
}

impl Stage {
    pub(crate) async fn start() -> Self {
        let application = application(&Authority::new().unwrap()).await.unwrap();
        Self { openid: OpenId::start(crate::PROGRAM).await.unwrap(), application }
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

    /// A link for Acme's person `u-1`.
    pub(crate) async fn link(&self) -> String {
        self.openid.link("u-1").await.unwrap()
    }

    /// Completes as the application does, with what the person came back with.
    pub(crate) async fn complete(&self, returned: &Url) -> Value {
        let answer = self.openid.host.complete(&self.openid.tenant, returned, "u-1").await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        answer.json
    }

    /// Asserts that no page of the host fetched from elsewhere or did what its policy forbids.
    pub(crate) async fn clean(&self, chrome: &Chrome) {
        chrome.clean(&self.openid.host.url().unwrap()).await.unwrap();
    }
}

/// Looks at a page: nothing serious for axe-core, and its pictures for people.
pub(crate) async fn look(chrome: &Chrome, name: &str) {
    chrome.audit().await.unwrap();
    chrome.keep(name).await.unwrap();
}

/// At the OpenID provider: signs in as `login`, allows everything, and comes back to the application.
pub(crate) async fn consent(chrome: &Chrome, login: &str) -> Url {
    chrome.until_said("Sign-in").await.unwrap();
    chrome.find("[name=login]").await.unwrap().send_keys(login).await.unwrap();
    chrome.find("[name=password]").await.unwrap().send_keys("any").await.unwrap();
    chrome.press("Sign-in").await.unwrap();
    chrome.until_said("Authorize").await.unwrap();
    chrome.press("Continue").await.unwrap();
    back(chrome).await
}

/// Waits until the browser is back in the application.
pub(crate) async fn back(chrome: &Chrome) -> Url {
    chrome.until_said("Back in the application").await.unwrap();
    chrome.until_at(RETURN_URL).await.unwrap()
}
