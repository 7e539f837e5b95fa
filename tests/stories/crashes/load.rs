//! What an application does with its host, one thing after the other, each noted before it is asked and when it is acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{Method, Request};
use jackfield_tests::host::Answer;
use jackfield_tests::process::ask;
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use tokio::sync::watch;
use url::Url;

use crate::chance::Chance;
use crate::ledger::{Kind, Known, Ledger, Pending};
use crate::yard::{SERVICE, Yard};

/// How many connections one application keeps.
const KEPT: usize = 8;

/// One application.
pub(crate) struct Application {
    pub(crate) name: usize,
    yard: Arc<Yard>,
    chance: Chance,
    pub(crate) ledger: Ledger,
    made: usize,
    acknowledged: watch::Sender<u64>,
    base: String,
    /// Why it could not go on.
    pub(crate) stopped: String,
    /// Requests that were answered with something else than was to be expected.
    pub(crate) odd: Vec<String>,
}

/// The numbers of connections made, for names nobody else has.
static SERIAL: AtomicU64 = AtomicU64::new(0);

impl Application {
    pub(crate) fn new(name: usize, yard: Arc<Yard>, chance: Chance, acknowledged: watch::Sender<u64>) -> Self {
        let (ledger, base) = (Ledger::default(), String::new());
        Self { name, yard, chance, ledger, made: 0, acknowledged, base, stopped: String::new(), odd: Vec::new() }
    }

    /// From now on it asks the host there.
    pub(crate) fn speak_to(&mut self, base: &str) {
        base.clone_into(&mut self.base);
    }

    /// Works until the host is gone.
    pub(crate) async fn work(&mut self) {
        loop {
            if let Err(error) = self.one_thing().await {
                self.stopped = format!("{error:#}");
                return;
            }
        }
    }

    async fn one_thing(&mut self) -> Result<()> {
        let choice = self.chance.between(0, 100);
        let room = self.ledger.living().count() < KEPT;
        match choice {
            0..15 if room => self.create().await,
            15..25 if room => self.connect().await,
            25..55 => self.on(Kind::Rotating, Self::refresh).await,
            55..70 => self.on(Kind::Token, Self::rename).await,
            70..78 => self.on(Kind::Token, Self::proxy).await,
            78..90 => self.on(Kind::Rotating, Self::lease).await,
            90..97 if !room => self.delete().await,
            _ => self.create_if(room).await,
        }
    }

    async fn create_if(&mut self, room: bool) -> Result<()> {
        if room { self.create().await } else { self.delete().await }
    }

    /// Does something with one of its connections; with none of that kind, makes one.
    async fn on(&mut self, kind: Kind, what: impl AsyncFn(&mut Self, String) -> Result<()>) -> Result<()> {
        let ids: Vec<String> = self.ledger.living_of(kind).map(|(id, _)| id.clone()).collect();
        if ids.is_empty() {
            return match kind {
                Kind::Token => self.create().await,
                Kind::Rotating => self.connect().await,
            };
        }
        let id = self.chance.one_of(&ids).clone();
        what(self, id).await
    }

    fn acknowledge(&self) {
        self.acknowledged.send_modify(|count| *count += 1);
    }

    pub(crate) async fn api(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        ask(&self.base, &self.yard.tenant.key, method, path, body).await
    }

    /// An answer nobody expected is noted, and the work goes on.
    fn odd(&mut self, what: &str, answer: &Answer) {
        self.odd.push(format!("{what}: {} {}", answer.status, answer.json));
    }

    fn name_of_next(&mut self) -> String {
        self.made += 1;
        format!("{}-{}-{}", self.name, self.made, SERIAL.fetch_add(1, Ordering::Relaxed))
    }

    async fn create(&mut self) -> Result<()> {
        let end_user = self.name_of_next();
        self.ledger.pending = Some(Pending::Create { end_user: end_user.clone() });
        let answer = self.create_as(&end_user).await?;
        self.created(&answer, Kind::Token)
    }

    /// The same request with the same key, however often it is sent.
    pub(crate) async fn create_as(&self, end_user: &str) -> Result<Answer> {
        let token = format!("token-of-{end_user}-0123456789abcdef");
        self.yard.api.accept(&token, end_user);
        let fields = json!({ "base_url": format!("https://{SERVICE}"), "token": token, "verify_path": "/me",
            "account_pointer": "/id" });
        let body = json!({ "connector": "api-token", "method": "header", "end_user": end_user, "fields": fields });
        let request = Request::post("/")
            .header("authorization", format!("Bearer {}", self.yard.tenant.key))
            .header("content-type", "application/json")
            .header("idempotency-key", format!("create-{end_user}"));
        let url = Url::parse(&format!("{}/v1/connections", self.base))?;
        Ok(Answer::of(Wire::loopback().send(&url, request.body(Bytes::from(body.to_string()))?).await?))
    }

    /// Notes a connection that was made.
    pub(crate) fn created(&mut self, answer: &Answer, kind: Kind) -> Result<()> {
        self.ledger.pending = None;
        if answer.status != 201 && answer.status != 200 || answer.json["status"] != "active" {
            self.odd("a connection was not made", answer);
            return Ok(());
        }
        let name = answer.text("/name")?;
        let version = answer.json["version"].as_u64().context("a version")?;
        self.ledger.known.insert(answer.text("/id")?, Known { kind, name, version, issued: 0, cut_off: false });
        self.acknowledge();
        Ok(())
    }

    /// A person consents in a browser, and the connection is completed.
    async fn connect(&mut self) -> Result<()> {
        let end_user = self.name_of_next();
        let method = *self.chance.one_of(&["none", "grace", "strict", "strict", "unknown"]);
        self.ledger.pending = Some(Pending::Connect { end_user: end_user.clone() });
        let answer = self.yard.connect(&self.base, method, &end_user).await?;
        self.created(&answer, Kind::Rotating)
    }

    async fn refresh(&mut self, id: String) -> Result<()> {
        self.ledger.pending = Some(Pending::Refresh { id: id.clone() });
        let answer = self.api(Method::POST, &format!("/v1/connections/{id}/refresh"), None).await?;
        self.ledger.pending = None;
        match answer.json["version"].as_u64() {
            Some(version) if answer.status == 200 => {
                self.ledger.known.entry(id).and_modify(|known| (known.version, known.cut_off) = (version, false));
                self.acknowledge();
            }
            _ if is_in_doubt(&answer) && self.ledger.known.get(&id).is_some_and(|known| known.cut_off) => {
                self.ledger.doubted += 1;
            }
            _ => self.odd("a refresh failed", &answer),
        }
        Ok(())
    }

    async fn rename(&mut self, id: String) -> Result<()> {
        let name = format!("Name {}", self.name_of_next());
        self.ledger.pending = Some(Pending::Rename { id: id.clone(), name: name.clone() });
        let body = json!({ "name": name });
        let answer = self.api(Method::PATCH, &format!("/v1/connections/{id}"), Some(&body)).await?;
        self.ledger.pending = None;
        if answer.status == 200 {
            self.ledger.known.entry(id).and_modify(|known| known.name = name);
            self.acknowledge();
        } else {
            self.odd("a rename failed", &answer);
        }
        Ok(())
    }

    async fn proxy(&mut self, id: String) -> Result<()> {
        let answer = self.api(Method::GET, &format!("/v1/connections/{id}/proxy/me"), None).await?;
        if answer.status == 200 {
            self.acknowledge();
        } else {
            self.odd("a proxied call failed", &answer);
        }
        Ok(())
    }

    /// A token is never older than one that was given before.
    async fn lease(&mut self, id: String) -> Result<()> {
        let answer = self.api(Method::POST, &format!("/v1/connections/{id}/lease"), Some(&json!({}))).await?;
        if answer.status != 200 {
            self.odd("a lease failed", &answer);
            return Ok(());
        }
        let issued = issued(&answer.text("/credential/token")?)?;
        let known = self.ledger.known.get_mut(&id).context("a connection of its own")?;
        if issued < known.issued {
            let wrong = format!("{id}: the token {issued} was leased after {}", known.issued);
            self.odd.push(wrong);
        }
        known.issued = issued;
        self.acknowledge();
        Ok(())
    }

    async fn delete(&mut self) -> Result<()> {
        let ids: Vec<String> = self.ledger.living().map(|(id, _)| id.clone()).collect();
        ensure!(!ids.is_empty(), "there is one");
        let id = self.chance.one_of(&ids).clone();
        self.ledger.pending = Some(Pending::Delete { id: id.clone() });
        let answer = self.remove(&id).await?;
        self.ledger.pending = None;
        if answer.status.is_success() {
            self.ledger.gone(&id);
            self.acknowledge();
        } else {
            self.odd("a connection was not deleted", &answer);
        }
        Ok(())
    }

    pub(crate) async fn remove(&self, id: &str) -> Result<Answer> {
        self.api(Method::DELETE, &format!("/v1/connections/{id}"), None).await
    }
}

/// Whether a refresh is not tried because nobody knows what became of the one before.
fn is_in_doubt(answer: &Answer) -> bool {
    let detail = answer.json["detail"].as_str().unwrap_or_default();
    answer.status == 503 && answer.json["code"] == "try-later" && detail.contains("never answered")
}

/// The double counts the tokens it issues.
fn issued(token: &str) -> Result<u64> {
    token.split('-').nth(1).context("a number")?.parse().context("a number")
}
