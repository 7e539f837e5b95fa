//! What the kills begin with: a store with connectors, a client, a tenant and a webhook, and the providers around it, which outlive every host.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::routing::post;
use http::Method;
use jackfield_server::clock::{Clock as _, SystemClock};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::Browser;
use jackfield_tests::doubles::Double;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::doubles::rotating::{CLIENT, Rotating};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::process::ask;
use jackfield_tests::wire::Wire;
use serde_json::json;
use tokio::process::Command;

/// Where the application hears of changes.
const HOOKS: &str = "hooks.example.net";
/// Where the service with API tokens is.
pub(crate) const SERVICE: &str = "api.example.com";

/// The store's folder, and everybody the host speaks to.
pub(crate) struct Yard {
    pub(crate) host: TestHost,
    pub(crate) api: Api,
    pub(crate) issuer: Rotating,
    pub(crate) hooks: Double,
    pub(crate) tenant: Tenant,
    wire: Wire,
}

impl Yard {
    /// Made by a host of this process, which is stopped then.
    pub(crate) async fn lay() -> Self {
        let authority = Authority::new().unwrap();
        jackfield_tests::components::ready().unwrap();
        let placement = Placement::Header("authorization".into(), "Bearer ".into());
        let api = Api::start(&authority, SERVICE, placement).await.unwrap();
        let issuer = Rotating::start(&authority, SystemClock.now().as_second()).await.unwrap();
        let answers = Router::new().route("/{*any}", post(|| async { "" }));
        let hooks = Double::serve(&authority, vec![(HOOKS, answers)]).await.unwrap();
        let mut hosts = issuer.issuer().placed();
        hosts.extend(issuer.tokens().placed());
        hosts.extend(api.double().placed());
        hosts.extend(hooks.placed());
        let setting = Setting {
            // Whoever loads a host like this is let.
            configure: Some(|config| config.api.requests_per_minute = 0),
            ..Setting::with_doubles(crate::PROGRAM, &authority, hosts)
        };
        let mut host = TestHost::start(setting).await.unwrap();
        host.install("api-token").await.unwrap();
        host.install("rotations").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        host.client("rotations", CLIENT, "jack-secret", json!({})).await.unwrap();
        let hook = json!({ "url": format!("https://{HOOKS}/all"), "events": [] });
        let made = host.post(&tenant.key, "/v1/webhooks", hook).await.unwrap();
        assert_eq!(made.status, 201, "{}", made.json);
        host.stop().await.unwrap();
        let mut wire = Wire::trusting(&authority).unwrap();
        issuer.issuer().place_on(&mut wire);
        Self { host, api, issuer, hooks, tenant, wire }
    }

    /// Where everybody is.
    pub(crate) fn placed(&self) -> BTreeMap<String, SocketAddr> {
        let mut hosts = self.issuer.issuer().placed();
        hosts.extend(self.issuer.tokens().placed());
        hosts.extend(self.api.double().placed());
        hosts.extend(self.hooks.placed());
        hosts
    }

    /// A command of the program for the host at that address, with the operator's key.
    pub(crate) fn command(&self, base: &str, arguments: &[&str]) -> Command {
        let folder = self.host.folder();
        let mut command = Command::new(crate::PROGRAM);
        command.args(arguments).arg("--json").env("JACKFIELD_CONFIG", folder.join("process.toml"));
        command.env("JACKFIELD_URL", base).env("JACKFIELD_API_KEY_FILE", folder.join("data.operator-key"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }

    /// A person consents in a browser at the host there, and the connection is completed.
    pub(crate) async fn connect(&self, base: &str, method: &str, end_user: &str) -> Result<Answer> {
        let key = &self.tenant.key;
        let wanted =
            json!({ "connector": "rotations", "actions": ["sign-in"], "end_user": end_user, "return_url": RETURN_URL });
        let made = ask(base, key, Method::POST, "/v1/connect-sessions", Some(&wanted)).await?;
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        let page = browser.open(&format!("{}?method={method}", made.text("/url")?)).await?.page()?;
        let interim = browser.submit(&page, &page.form()?).await?.page()?;
        let returned = browser.click(&interim, &interim.link("Continue to")?).await?.left()?;
        let parameters: BTreeMap<_, _> = returned.query_pairs().into_owned().collect();
        let session = parameters.get("session").context("the session")?;
        let body = json!({ "ticket": parameters.get("ticket").context("the ticket")?, "end_user": end_user });
        ask(base, key, Method::POST, &format!("/v1/connect-sessions/{session}/complete"), Some(&body)).await
    }
}
