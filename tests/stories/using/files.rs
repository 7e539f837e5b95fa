//! What the stories about large and broken bodies begin with: a host, and a service of the story's own that takes any token.

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::Request;
use jackfield_server::config::Config;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::Double;
use jackfield_tests::host::{Answer, Setting, Tenant, TestHost};
use serde_json::json;

/// The service's name.
pub(crate) const NAME: &str = "files.example.com";

/// A host, a service, a connection.
pub(crate) struct Files {
    pub(crate) host: TestHost,
    pub(crate) tenant: Tenant,
    pub(crate) id: String,
    pub(crate) double: Double,
}

impl Files {
    /// A service that reads what it is sent before it answers, and logs it.
    pub(crate) async fn start(router: Router) -> Self {
        Self::configured(router, None).await
    }

    /// The same under other settings of the host.
    pub(crate) async fn configured(router: Router, configure: Option<fn(&mut Config)>) -> Self {
        let authority = Authority::new().unwrap();
        let double = Double::serve(&authority, vec![(NAME, checked(router))]).await.unwrap();
        Self::before(&authority, double, configure).await
    }

    /// A service whose router reads bodies as they arrive, or does not.
    pub(crate) async fn streaming(router: Router, configure: Option<fn(&mut Config)>) -> Self {
        let authority = Authority::new().unwrap();
        let double = Double::streaming(&authority, vec![(NAME, checked(router))]).await.unwrap();
        Self::before(&authority, double, configure).await
    }

    async fn before(authority: &Authority, double: Double, configure: Option<fn(&mut Config)>) -> Self {
        let hosts = BTreeMap::from([(NAME.to_owned(), double.address())]);
        let setting = Setting { configure, ..Setting::with_doubles(crate::PROGRAM, authority, hosts) };
        let host = TestHost::start(setting).await.unwrap();
        host.install("api-token").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        let mut files = Self { host, tenant, id: String::new(), double };
        files.id = files.another().await;
        files
    }

    /// The id of one connection more.
    pub(crate) async fn another(&self) -> String {
        let fields = json!({ "base_url": format!("https://{NAME}"), "token": "s3cret-token", "verify_path": "/ok" });
        let wanted = json!({ "connector": "api-token", "method": "header", "fields": fields });
        let made = self.host.post(&self.tenant.key, "/v1/connections", wanted).await.unwrap();
        assert_eq!(made.json["status"], "active", "{}", made.json);
        made.text("/id").unwrap()
    }

    /// The path of something behind the proxy.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("/v1/connections/{}/proxy{below}", self.id)
    }

    /// One request through the proxy; an error where its answer breaks off.
    pub(crate) async fn send(&self, request: http::request::Builder, body: Bytes) -> anyhow::Result<Answer> {
        let path = self.path(&request.uri_ref().unwrap().to_string());
        let request = request.header("authorization", format!("Bearer {}", self.tenant.key));
        self.host.send(&path, request.body(body).unwrap()).await
    }

    /// `GET` through the proxy.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(Request::get(path), Bytes::new()).await
    }

    /// How often the host ended a call for that setting.
    pub(crate) fn ended_by(&self, setting: &str) -> u64 {
        let bounds = self.host.running().unwrap().service.proxy_bounds();
        bounds.iter().filter(|(bound, _)| bound.setting() == setting).map(|(_, count)| count).sum()
    }
}

fn checked(router: Router) -> Router {
    router.route("/ok", get(|| async { "ok" }))
}
