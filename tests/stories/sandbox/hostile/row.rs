//! A row of the table: one hostile component, what becomes of it, and what must have held beside it.

use std::time::Duration;

use http::Method;
use jackfield_tests::components::component;
use jackfield_tests::host::Answer;
use serde_json::{Value, json};

use super::core::Core;
use crate::scene::{Scene, TOKEN};

/// How long a row may take: many times the longest bound of the scenes it runs in.
const WITHOUT_END: Duration = Duration::from_mins(1);

/// One hostile component.
pub(crate) struct Row {
    /// The component, as the table names it.
    pub(crate) name: &'static str,
    source: Source,
    ends: Ends,
    before: Option<fn(&Scene)>,
    after: Option<Check>,
}

enum Source {
    /// One of `tests/guests`.
    Guest,
    /// Bytes made here.
    Made(Make),
}

type Make = Box<dyn Fn() -> Vec<u8> + Send + Sync>;
type Check = fn(&Scene) -> Result<(), String>;

/// What becomes of it.
enum Ends {
    /// It does not install, and the problem says this.
    Refused(&'static str),
    /// Connected with a token, `verify` fails with this code and says this.
    Fails(&'static str, &'static str),
    /// Asked for a token of its own, it gets none: this code, and this said.
    NoToken(&'static str, &'static str),
    /// It works; deleting its connection does not end the credential at the provider, and this is said.
    NotEnded(&'static str),
    /// It works, and what it tried besides came to nothing.
    Works,
}

impl Row {
    fn of(name: &'static str, source: Source, ends: Ends) -> Self {
        Self { name, source, ends, before: None, after: None }
    }

    /// A guest that does not install.
    pub(crate) fn guest_refused(name: &'static str, says: &'static str) -> Self {
        Self::of(name, Source::Guest, Ends::Refused(says))
    }

    /// A guest whose `verify` fails.
    pub(crate) fn guest_fails(name: &'static str, code: &'static str, says: &'static str) -> Self {
        Self::of(name, Source::Guest, Ends::Fails(code, says))
    }

    /// Bytes that do not install.
    pub(crate) fn bytes_refused(
        name: &'static str,
        bytes: impl Fn() -> Vec<u8> + Send + Sync + 'static,
        says: &'static str,
    ) -> Self {
        Self::of(name, Source::Made(Box::new(bytes)), Ends::Refused(says))
    }

    /// A component that does not install.
    pub(crate) fn refused(name: &'static str, make: fn(Core) -> Core, says: &'static str) -> Self {
        Self::of(name, made(name, make), Ends::Refused(says))
    }

    /// A component whose `verify` fails.
    pub(crate) fn fails(name: &'static str, make: fn(Core) -> Core, code: &'static str, says: &'static str) -> Self {
        Self::of(name, made(name, make), Ends::Fails(code, says))
    }

    /// A component that gets no token.
    pub(crate) fn no_token(name: &'static str, make: fn(Core) -> Core, code: &'static str, says: &'static str) -> Self {
        Self::of(name, made(name, make), Ends::NoToken(code, says))
    }

    /// A component whose connection goes without being ended at the provider.
    pub(crate) fn not_ended(name: &'static str, make: fn(Core) -> Core, says: &'static str) -> Self {
        Self::of(name, made(name, make), Ends::NotEnded(says))
    }

    /// Bytes of a component that works.
    pub(crate) fn bytes_work(name: &'static str, bytes: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::of(name, Source::Made(Box::new(bytes)), Ends::Works)
    }

    /// A component that works.
    pub(crate) fn works(name: &'static str, make: fn(Core) -> Core) -> Self {
        Self::of(name, made(name, make), Ends::Works)
    }

    /// What the surroundings do meanwhile.
    pub(crate) fn while_(mut self, before: fn(&Scene)) -> Self {
        self.before = Some(before);
        self
    }

    /// What must hold afterwards.
    pub(crate) fn so_that(mut self, after: fn(&Scene) -> Result<(), String>) -> Self {
        self.after = Some(after);
        self
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match &self.source {
            Source::Guest => component(self.name).unwrap(),
            Source::Made(make) => make(),
        }
    }

    /// Installs it, uses it, and looks at what came of it. That takes seconds, unless nothing bounds it.
    pub(crate) async fn run(&self, scene: &Scene) -> Result<(), String> {
        let ended = tokio::time::timeout(WITHOUT_END, self.tried(scene)).await;
        ended.unwrap_or_else(|_| Err("it did not end".to_owned()))
    }

    async fn tried(&self, scene: &Scene) -> Result<(), String> {
        let before = compiled(scene);
        let uploaded = scene.host.upload(self.bytes()).await.map_err(|error| error.to_string())?;
        if let Ends::Refused(says) = self.ends {
            let kept = compiled(scene) > before;
            return if kept { Err("its machine code was kept".to_owned()) } else { refused(&uploaded, says) };
        }
        approve(scene, &uploaded).await?;
        if let Some(before) = self.before {
            before(scene);
        }
        let connector = uploaded.text("/name").map_err(|error| error.to_string())?;
        match self.ends {
            Ends::Fails(code, says) => fails(scene, &connector, code, says).await?,
            Ends::NoToken(code, says) => no_token(scene, &connector, code, says).await?,
            Ends::NotEnded(says) => not_ended(scene, &connector, says).await?,
            _ => works(scene, &connector).await?,
        }
        self.after.map_or(Ok(()), |after| after(scene))
    }
}

fn made(name: &'static str, make: fn(Core) -> Core) -> Source {
    Source::Made(Box::new(move || make(Core::named(name)).bytes()))
}

/// How many components the host keeps machine code of.
fn compiled(scene: &Scene) -> usize {
    std::fs::read_dir(scene.host.folder().join("data/compiled")).map_or(0, Iterator::count)
}

fn refused(answer: &Answer, says: &str) -> Result<(), String> {
    let shown = answer.json.to_string();
    let told = answer.status.is_client_error() && shown.contains(says);
    // What is told of a hostile component is short, whatever it holds.
    if told && shown.len() < 16 * 1024 { Ok(()) } else { Err(brief(&format!("{} {shown}", answer.status))) }
}

async fn approve(scene: &Scene, uploaded: &Answer) -> Result<(), String> {
    let installed = || brief(&format!("it did not install: {} {}", uploaded.status, uploaded.json));
    let (name, digest) = (uploaded.text("/name"), uploaded.text("/digest"));
    let (name, digest) = name.ok().zip(digest.ok()).filter(|_| uploaded.status.is_success()).ok_or_else(installed)?;
    let path = format!("/v1/connectors/{name}/approve");
    let approved = scene.host.post(scene.host.operator(), &path, json!({ "digest": digest })).await;
    let approved = approved.map_err(|error| error.to_string())?;
    if approved.status.is_success() { Ok(()) } else { Err(brief(&format!("not approved: {}", approved.json))) }
}

async fn connect(scene: &Scene, connector: &str) -> Result<Value, String> {
    let wanted = json!({ "connector": connector, "method": "token", "fields": { "token": TOKEN } });
    let made =
        scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.map_err(|error| error.to_string())?;
    if made.status.is_success() { Ok(made.json) } else { Err(brief(&format!("{} {}", made.status, made.json))) }
}

async fn fails(scene: &Scene, connector: &str, code: &str, says: &str) -> Result<(), String> {
    let connection = connect(scene, connector).await?;
    let failure = match &connection["verification"]["failure"] {
        Value::Null => &connection["failure"],
        failure => failure,
    };
    let message = failure["message"].as_str().unwrap_or_default();
    let named = !matches!(code, "limit" | "trap") || message.contains(&format!("`{connector}`"));
    let told = failure["code"] == code && message.contains(says) && named;
    if told && !connection.to_string().contains(&TOKEN[..12]) { Ok(()) } else { Err(brief(&connection.to_string())) }
}

async fn no_token(scene: &Scene, connector: &str, code: &str, says: &str) -> Result<(), String> {
    scene.host.client(connector, "client-1", CLIENT_SECRET, json!({})).await.map_err(|error| error.to_string())?;
    scene.login.issues("no-code", [(ACCESS, REFRESH)]);
    let wanted = json!({ "connector": connector, "method": "machine", "fields": {} });
    let made =
        scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.map_err(|error| error.to_string())?;
    let shown = made.json.to_string();
    let told = shown.contains(&format!("\"code\":\"{code}\"")) && shown.contains(says);
    let silent = [CLIENT_SECRET, ACCESS, REFRESH].iter().all(|secret| !shown.contains(secret));
    if told && silent { Ok(()) } else { Err(brief(&format!("{} {shown}", made.status))) }
}

/// The connection is gone all the same; what could not be done at the provider is said in a sentence.
async fn not_ended(scene: &Scene, connector: &str, says: &str) -> Result<(), String> {
    let connection = connect(scene, connector).await?;
    if connection["status"] != "active" {
        return Err(brief(&connection.to_string()));
    }
    let path = format!("/v1/connections/{}?twins=end", connection["id"].as_str().unwrap_or_default());
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await;
    let deleted = deleted.map_err(|error| error.to_string())?;
    let revocation = &deleted.json["revocation"];
    let message = revocation["message"].as_str().unwrap_or_default();
    let told = revocation["outcome"] == "failed" && message.contains(says) && message.len() <= 1600;
    let plain = !message.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    if told && plain && !deleted.json.to_string().contains(&TOKEN[..12]) {
        return Ok(());
    }
    Err(brief(&format!("{} {}", deleted.status, deleted.json)))
}

async fn works(scene: &Scene, connector: &str) -> Result<(), String> {
    let connection = connect(scene, connector).await?;
    if connection["status"] == "active" { Ok(()) } else { Err(brief(&connection.to_string())) }
}

fn brief(text: &str) -> String {
    text.chars().take(900).collect()
}

/// The secret of every hostile connector's client.
pub(crate) const CLIENT_SECRET: &str = "mK4wT8zQ2vB6nR9xL3cF7hJ5";
/// The tokens that each asks for.
pub(crate) const ACCESS: &str = "aH7kW3pZ9qX2mV8sC5tB4nL6";
pub(crate) const REFRESH: &str = "rT5gY8jN2bM6xK9dF3wQ7zS4";
