//! What the stories of notices begin with: a host, a service with API tokens, an application that listens, and a tenant.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use axum::Router;
use axum::routing::post;
use data_encoding::BASE64;
use http::Method;
use jackfield_server::config::{Config, MailServer as Settings, MailTls};
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::doubles::{Double, Recorded};
use jackfield_tests::host::{Answer, Setting, Tenant, TestHost};
use jackfield_tests::mail_server::{MailServer, PASSWORD, Tls, USER};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A token the service takes.
pub(crate) const TOKEN: &str = "s3cret-token-of-alice-0123456789";
/// Where the application listens.
pub(crate) const HOOKS: &str = "hooks.example.net";

/// A host that a service and an application are connected to.
pub(crate) struct Stage {
    pub(crate) host: TestHost,
    pub(crate) api: Api,
    pub(crate) hooks: Double,
    pub(crate) authority: Authority,
    pub(crate) tenant: Tenant,
}

/// A webhook and the secret it was made with.
pub(crate) struct Hook {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) path: String,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::configured(None).await
    }

    /// With further settings.
    pub(crate) async fn configured(configure: Option<fn(&mut Config)>) -> Self {
        let authority = Authority::new().unwrap();
        let placement = Placement::Header("authorization".into(), "Bearer ".into());
        let api = Api::start(&authority, "api.example.com", placement).await.unwrap();
        api.accept(TOKEN, "alice");
        let answers = Router::new().route("/{*any}", post(|| async { "" }));
        let hooks = Double::serve(&authority, vec![(HOOKS, answers)]).await.unwrap();
        let hosts = BTreeMap::from([
            ("api.example.com".to_owned(), api.double().address()),
            (HOOKS.to_owned(), hooks.address()),
        ]);
        let setting = Setting { configure, ..Setting::with_doubles(crate::PROGRAM, &authority, hosts) };
        let host = TestHost::start(setting).await.unwrap();
        host.install("api-token").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        Self { host, api, hooks, authority, tenant }
    }

    /// With a mail server that people and who looks after the tenant are reached through.
    pub(crate) async fn with_mail(tls: Tls) -> (Self, MailServer) {
        let mut stage = Self::set().await;
        let server = MailServer::start(&stage.authority, tls, 0).await.unwrap();
        mail_through(&mut stage.host, server.port(), tls).await;
        (stage, server)
    }

    /// Says how a person is reached.
    pub(crate) async fn contact(&self, end_user: &str, contact: Value) -> Answer {
        let path = format!("/v1/contacts/{end_user}");
        self.host.api(&self.tenant.key, Method::PUT, &path, Some(contact)).await.unwrap()
    }

    /// Changes the tenant.
    pub(crate) async fn change_tenant(&self, change: Value) {
        let path = format!("/v1/tenants/{}", self.tenant.id);
        let changed = self.host.api(self.host.operator(), Method::PATCH, &path, Some(change)).await.unwrap();
        assert_eq!(changed.status, 200, "{}", changed.json);
    }

    /// A working connection of a person, with a token of its own; answers its id.
    pub(crate) async fn connect(&self, end_user: &str) -> String {
        self.connect_as(Some(end_user)).await
    }

    /// A working connection, of a person or of nobody in particular.
    pub(crate) async fn connect_as(&self, end_user: Option<&str>) -> String {
        let token = format!("{TOKEN}-{}", end_user.unwrap_or("shared"));
        self.api.accept(&token, end_user.unwrap_or("shared"));
        let fields = json!({
            "base_url": "https://api.example.com", "token": token, "verify_path": "/me", "account_pointer": "/id",
        });
        let wanted = json!({ "connector": "api-token", "method": "header", "end_user": end_user, "fields": fields });
        let made = self.host.post(&self.tenant.key, "/v1/connections", wanted).await.unwrap();
        assert_eq!(made.json["status"], "active", "{}", made.json);
        made.text("/id").unwrap()
    }

    /// The service refuses a person's token from now on, and the host finds out.
    pub(crate) async fn break_down(&self, id: &str, end_user: &str) {
        self.api.refuse(&format!("{TOKEN}-{end_user}"));
        let verified = self.post(&format!("/v1/connections/{id}/verify"), json!({})).await;
        assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    }

    /// A webhook of the tenant's at the application, that hears of these events.
    pub(crate) async fn hook(&self, path: &str, events: &[&str]) -> Hook {
        let wanted = json!({ "url": format!("https://{HOOKS}{path}"), "events": events });
        let made = self.post("/v1/webhooks", wanted).await;
        assert_eq!(made.status, 201, "{}", made.json);
        Hook { id: made.text("/id").unwrap(), secret: made.text("/secret").unwrap(), path: path.to_owned() }
    }

    /// What arrived at a webhook: each signature holds.
    pub(crate) fn heard(&self, hook: &Hook) -> Vec<Value> {
        let arrived = self.hooks.log().to(&hook.path);
        arrived.iter().map(|one| verified(one, &[&hook.secret])).collect()
    }

    /// The types of what arrived at a webhook.
    pub(crate) fn types(&self, hook: &Hook) -> Vec<String> {
        self.heard(hook).iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.host.post(&self.tenant.key, path, body).await.unwrap()
    }

    /// `POST` without a body.
    pub(crate) async fn ask(&self, path: &str) -> Answer {
        self.host.api(&self.tenant.key, Method::POST, path, None).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.host.get(&self.tenant.key, path).await.unwrap()
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.host.api(&self.tenant.key, Method::PATCH, path, Some(body)).await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.host.api(&self.tenant.key, Method::DELETE, path, None).await.unwrap()
    }

    /// The messages of a state.
    pub(crate) async fn messages(&self, state: &str) -> Vec<Value> {
        let listed = self.get(&format!("/v1/messages?limit=200&state={state}")).await;
        listed.json["items"].as_array().unwrap().clone()
    }

    /// One round of housekeeping and all it began.
    pub(crate) async fn round(&self) {
        self.host.keep_house().await.unwrap();
    }

    /// Lets time pass, then a round.
    pub(crate) async fn later(&self, minutes: i64) {
        self.host.clock.advance(SignedDuration::from_mins(minutes));
        self.round().await;
    }
}

/// The body of a message whose signature was made with every one of these secrets, checked as the specification of Standard
/// Webhooks says: HMAC-SHA-256 over id, moment and body with full stops between, under the decoded secret.
pub(crate) fn verified(message: &Recorded, secrets: &[&str]) -> Value {
    let header = |name: &str| message.header(name).unwrap_or_else(|| panic!("no {name}")).to_owned();
    let signed = [header("webhook-id").as_bytes(), header("webhook-timestamp").as_bytes(), &message.body].join(&b'.');
    let given = header("webhook-signature");
    let given: Vec<&str> = given.split(' ').collect();
    assert_eq!(given.len(), secrets.len(), "{given:?}");
    for secret in secrets {
        let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &signed);
        let expected = format!("v1,{}", BASE64.encode(tag.as_ref()));
        assert!(given.contains(&expected.as_str()), "{given:?} has no signature by this secret");
    }
    let agent = header("user-agent").to_lowercase();
    assert!(!agent.contains("jackfield"), "{agent}");
    serde_json::from_slice(&message.body).unwrap()
}

/// Starts a host again with a mail server at that port of this machine.
pub(crate) async fn mail_through(host: &mut TestHost, port: u16, tls: Tls) {
    host.stop().await.unwrap();
    let password = host.folder().join("mail-password");
    std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let authority = host.folder().join("authority.pem");
    host.config_mut().mail = Some(Settings {
        host: "localhost".into(),
        port,
        tls: match tls {
            Tls::Implicit => MailTls::Implicit,
            Tls::Starttls => MailTls::Starttls,
            Tls::None => MailTls::None,
        },
        user: Some(USER.into()),
        password_file: Some(password),
        from: "connections@host.example".into(),
        ca_file: authority.exists().then_some(authority),
        timeout_ms: 20_000,
    });
    host.start_again().await.unwrap();
}
