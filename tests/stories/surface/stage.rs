//! What the stories of the surfaces begin with: a host with `api-token`, the service it connects to, and a tenant.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use jackfield_server::config::Config;
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Page};
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::host::{Answer, Setting, Tenant, TestHost};
use jackfield_tests::scene;
use serde_json::{Value, json};

/// A token the service takes.
pub(crate) const TOKEN: &str = "s3cret-token-of-alice-0123456789";
/// Where the service is.
pub(crate) const SERVICE: &str = "https://api.example.com";

/// A host, a service with API tokens, and a tenant.
pub(crate) struct Stage {
    pub(crate) host: TestHost,
    pub(crate) api: Api,
    pub(crate) tenant: Tenant,
}

impl Stage {
    /// With the connector `api-token` installed and approved.
    pub(crate) async fn set() -> Self {
        Self::with(Placement::Header("authorization".into(), "Bearer ".into())).await
    }

    /// The service takes its token there.
    pub(crate) async fn with(placement: Placement) -> Self {
        Self::configured(placement, None).await
    }

    /// Nobody is told to slow down.
    pub(crate) async fn quiet() -> Self {
        let placement = Placement::Header("authorization".into(), "Bearer ".into());
        Self::configured(placement, Some(|config| config.api.requests_per_minute = 0)).await
    }

    async fn configured(placement: Placement, configure: Option<fn(&mut Config)>) -> Self {
        let authority = Authority::new().unwrap();
        let api = Api::start(&authority, "api.example.com", placement).await.unwrap();
        api.accept(TOKEN, "alice");
        let hosts = BTreeMap::from([("api.example.com".to_owned(), api.double().address())]);
        let setting = Setting { configure, ..Setting::with_doubles(crate::PROGRAM, &authority, hosts) };
        let host = TestHost::start(setting).await.unwrap();
        host.install("api-token").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        Self { host, api, tenant }
    }

    /// A working connection of a tenant; answers its id.
    pub(crate) async fn connect(&self, tenant: &Tenant, end_user: &str) -> String {
        let made = self.host.post(&tenant.key, "/v1/connections", wanted(end_user)).await.unwrap();
        assert_eq!(made.json["status"], "active", "{}", made.json);
        made.text("/id").unwrap()
    }

    /// An API key, of a tenant or of the operator's.
    pub(crate) async fn key(&self, tenant: Option<&str>, permissions: &[&str]) -> String {
        let body = json!({ "name": "a key", "tenant": tenant, "permissions": permissions });
        self.host.post(self.host.operator(), "/v1/api-keys", body).await.unwrap().text("/key").unwrap()
    }

    /// The page behind a fresh link.
    pub(crate) async fn page(&self, browser: &mut Browser, end_user: &str) -> Page {
        let (_, link) = self.host.session(&self.tenant, "api-token", &["read"], end_user).await.unwrap();
        let page = browser.open(&link).await.unwrap().page().unwrap();
        assert_eq!(page.status, 200, "{}", page.body);
        page
    }
}

/// The body that makes a connection with a token.
pub(crate) fn wanted(end_user: &str) -> Value {
    let fields = json!({ "base_url": SERVICE, "token": TOKEN, "verify_path": "/me", "account_pointer": "/id" });
    json!({ "connector": "api-token", "method": "header", "end_user": end_user, "fields": fields })
}

/// One request with whatever headers and body; what it needs of JSON is the story's own business.
pub(crate) async fn raw(host: &TestHost, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut request = Request::builder().method(method);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    host.send(path, request.body(Bytes::copy_from_slice(body)).unwrap()).await.unwrap()
}

/// One request of the operator's with a JSON body, in the name of a tenant.
pub(crate) async fn as_operator_for(host: &TestHost, tenant: &str, method: Method, path: &str) -> Answer {
    let bearer = format!("Bearer {}", host.operator());
    raw(host, method, path, &[(AUTHORIZATION.as_str(), &bearer), ("jackfield-tenant", tenant)], b"").await
}

/// The headers of a JSON request with a key.
pub(crate) fn json_headers(bearer: &str) -> [(&str, &str); 2] {
    [(AUTHORIZATION.as_str(), bearer), (CONTENT_TYPE.as_str(), "application/json")]
}

/// A person's browser that stops where the application would take over.
pub(crate) fn browser() -> Browser {
    scene::browser()
}
