//! What the stories about API tokens begin with: a host, and a service that checks tokens.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::host::{Answer, Setting, Tenant, TestHost};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The service's name.
pub(crate) const NAME: &str = "api.example.com";
/// A token it takes, and the account of that token.
pub(crate) const TOKEN: &str = "s3cret-token-of-alice";

/// A host, a service, a tenant.
pub(crate) struct TokenService {
    pub(crate) host: TestHost,
    pub(crate) api: Api,
    pub(crate) tenant: Tenant,
}

impl TokenService {
    /// A service that wants its token in `Authorization: Bearer`.
    pub(crate) async fn start() -> Self {
        Self::wanting(Placement::Header("authorization".into(), "Bearer ".into())).await
    }

    /// A service that wants its token there.
    pub(crate) async fn wanting(placement: Placement) -> Self {
        let authority = Authority::new().unwrap();
        let api = Api::start(&authority, NAME, placement).await.unwrap();
        api.accept(TOKEN, "alice");
        let hosts = BTreeMap::from([(NAME.to_owned(), api.double().address())]);
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
        host.install("api-token").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        Self { host, api, tenant }
    }

    /// Makes a connection of that method; `fields` come over the service's address and its token.
    pub(crate) async fn create(&self, method: &str, fields: Value) -> Answer {
        let mut all = json!({ "base_url": format!("https://{NAME}"), "token": TOKEN, "verify_path": "/me" });
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let wanted = json!({ "connector": "api-token", "method": method, "fields": all });
        self.host.post(&self.tenant.key, "/v1/connections", wanted).await.unwrap()
    }

    /// The id of a working connection.
    pub(crate) async fn connect(&self, method: &str, fields: Value) -> String {
        let made = self.create(method, fields).await;
        assert_eq!(made.json["status"], "active", "{}", made.json);
        made.text("/id").unwrap()
    }

    /// `POST /v1/connections/{id}/{verb}` with an empty object.
    pub(crate) async fn ask(&self, id: &str, verb: &str) -> Answer {
        self.host.post(&self.tenant.key, &format!("/v1/connections/{id}/{verb}"), json!({})).await.unwrap()
    }

    /// The connection as the API shows it.
    pub(crate) async fn show(&self, id: &str) -> Value {
        self.host.get(&self.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json
    }

    /// Lets a moment pass: what happens in different ones has an order.
    pub(crate) fn moment(&self) {
        self.host.clock.advance(SignedDuration::from_millis(1));
    }

    /// `GET` through the proxy.
    pub(crate) async fn through(&self, id: &str, path: &str) -> Answer {
        self.host.get(&self.tenant.key, &format!("/v1/connections/{id}/proxy{path}")).await.unwrap()
    }

    /// Deletes the connection.
    pub(crate) async fn delete(&self, id: &str) -> Answer {
        self.host.api(&self.tenant.key, Method::DELETE, &format!("/v1/connections/{id}"), None).await.unwrap()
    }

    /// The names the service was asked under.
    pub(crate) fn asked_names(&self) -> BTreeSet<String> {
        self.api.double().log().all().into_iter().map(|request| request.host).collect()
    }
}
