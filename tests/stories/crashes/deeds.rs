//! What a host is asked for while its disk fails, and what must be there of it when the disk works again.

use std::fs;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http::{Method, Request};
use jackfield_tests::components::component;
use jackfield_tests::host::Answer;
use jackfield_tests::process::Process;
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

use crate::forgetful::Forgetful;
use crate::yard::{SERVICE, Yard};

/// How many changes of connections are asked for.
pub(crate) const CHANGES: usize = 12;
/// What a host says whose disk fails.
const OF_THE_DISK: [&str; 2] = ["store-read-only", "store-unavailable"];

/// One kind of work that ends on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Connections are made and get other names.
    Changes,
    /// Tokens are refreshed by rotation.
    Refreshes,
    /// A connector is installed and approved: its file, its machine code, its records.
    Install,
    /// A backup is written and read back.
    Backup,
    /// The key ring gets another key, and everything is wrapped under it.
    Rotation,
}

/// Whose disk it is.
pub(crate) struct Stage<'a> {
    pub(crate) yard: &'a Yard,
    pub(crate) disk: &'a Forgetful,
}

/// What became of a deed.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) traces: Vec<Trace>,
    /// The codes of refusals, and what a command said instead of its result.
    pub(crate) refused: Vec<String>,
}

/// What must be found when the disk works again.
#[derive(Debug)]
pub(crate) enum Trace {
    /// A connection with its name, or the one that was asked for and not acknowledged.
    Named { id: String, name: String, wanted: String },
    /// A connection that was refreshed to that version.
    Refreshed { id: String, version: u64 },
    /// A connection whose refresh was refused.
    Doubted { id: String },
    /// A connector that was installed, of that digest.
    Installed { name: String, digest: String },
    /// Backups: those of these names are there, and whatever is there is whole.
    Backups { written: Vec<String> },
    /// The ring opens everything, and its primary is the one that was told.
    Ring { primary: Option<String> },
}

impl Asked {
    /// How much of it was acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        let kept = |trace: &&Trace| match trace {
            Trace::Doubted { .. } | Trace::Ring { primary: None } => false,
            Trace::Backups { written } => !written.is_empty(),
            _ => true,
        };
        self.traces.iter().filter(kept).count()
    }
}

impl Deed {
    pub(crate) const ALL: [Self; 5] = [Self::Changes, Self::Refreshes, Self::Install, Self::Backup, Self::Rotation];

    /// Makes what it needs, while the disk still works.
    pub(crate) async fn begin(self, stage: &Stage<'_>, process: &Process, round: &str) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        if self == Self::Refreshes {
            for method in ["strict", "grace"] {
                let made = stage.yard.connect(&process.url, method, &format!("{round}-{method}")).await?;
                ids.push(made.text("/id")?);
            }
        }
        Ok(ids)
    }

    /// Asks for it, whatever comes of that.
    pub(crate) async fn ask(self, stage: &Stage<'_>, process: &Process, round: &str, ids: &[String]) -> Asked {
        match self {
            Self::Changes => change(process, stage.yard, round).await,
            Self::Refreshes => refresh(process, stage.yard, ids).await,
            Self::Install => install(process, stage.yard).await,
            Self::Backup => backup(stage, process, round).await,
            Self::Rotation => rotate(stage, process).await,
        }
    }

    /// Whether a refusal says what is wrong.
    pub(crate) fn is_clean(self, refused: &str) -> bool {
        match self {
            Self::Changes => refused == "store-read-only",
            // What was answered may be lost: that is said as well.
            Self::Refreshes => OF_THE_DISK.contains(&refused) || refused == "try-later",
            Self::Install => OF_THE_DISK.contains(&refused),
            // A command's own words: of its own disk, or of the host's.
            Self::Backup | Self::Rotation => {
                let words = ["cannot", "store", "os error", "keyring"];
                words.iter().any(|word| refused.contains(word)) && !refused.contains("panicked")
            }
        }
    }
}

impl Trace {
    /// Holds the host that was started again to it.
    pub(crate) async fn stands(&self, stage: &Stage<'_>, again: &Process) -> Result<()> {
        let yard = stage.yard;
        match self {
            Self::Named { id, name, wanted } => {
                let shown = show(yard, again, id).await?;
                // What was refused because its sync failed may be there all the same.
                let kept = shown["name"] == *name || shown["name"] == *wanted;
                ensure!(kept, "{id} was acknowledged as {name}: {shown}");
                Ok(())
            }
            Self::Refreshed { id, version } => {
                let shown = show(yard, again, id).await?;
                ensure!(shown["version"].as_u64() >= Some(*version), "{id} had version {version}: {shown}");
                goes_on(yard, again, id).await
            }
            Self::Doubted { id } => {
                let shown = show(yard, again, id).await?;
                if shown["status"] == "uncertain" {
                    ensure!(shown["failure"]["code"] == "refresh-uncertain", "it does not say why: {shown}");
                    return Ok(());
                }
                goes_on(yard, again, id).await
            }
            Self::Installed { name, digest } => {
                let path = format!("/v1/connectors/{name}");
                let shown = again.api(yard.host.operator(), Method::GET, &path, None).await?;
                ensure!(shown.json["digest"] == *digest, "{name} was installed: {}", shown.json);
                let (path, body) = (format!("{path}/approve"), json!({ "digest": digest }));
                let ready = again.api(yard.host.operator(), Method::POST, &path, Some(&body)).await?;
                ensure!(ready.status == 200, "{name} was installed and cannot be made ready: {}", ready.json);
                Ok(())
            }
            Self::Backups { written } => backups_are_whole(stage, again, written).await,
            Self::Ring { primary } => ring_opens(stage, again, primary.as_deref()).await,
        }
    }
}

async fn show(yard: &Yard, process: &Process, id: &str) -> Result<Value> {
    let shown = process.api(&yard.tenant.key, Method::GET, &format!("/v1/connections/{id}"), None).await?;
    ensure!(shown.status == 200, "{id} was acknowledged and is gone: {}", shown.json);
    Ok(shown.json)
}

/// What it has is the newest token: it refreshes.
async fn goes_on(yard: &Yard, process: &Process, id: &str) -> Result<()> {
    let shown = show(yard, process, id).await?;
    ensure!(shown["status"] == "active", "it worked, and nothing is said to be lost: {shown}");
    let path = format!("/v1/connections/{id}/refresh");
    let refreshed = process.api(&yard.tenant.key, Method::POST, &path, None).await?;
    ensure!(refreshed.status == 200, "it does not refresh: {} after {shown}", refreshed.json);
    Ok(())
}

/// Makes connections and gives them other names.
pub(crate) async fn change(process: &Process, yard: &Yard, round: &str) -> Asked {
    let mut asked = Asked::default();
    let key = &yard.tenant.key;
    for number in 0..CHANGES / 2 {
        let body = token(yard, &format!("{round}-{number}"));
        let made = process.api(key, Method::POST, "/v1/connections", Some(&body)).await.unwrap();
        let Ok(id) = made.text("/id") else {
            asked.refused.push(made.code().to_owned());
            continue;
        };
        let (name, wanted) = (made.text("/name").unwrap(), format!("Name {number}"));
        let body = json!({ "name": wanted });
        let renamed = process.api(key, Method::PATCH, &format!("/v1/connections/{id}"), Some(&body)).await.unwrap();
        if renamed.status == 200 {
            asked.traces.push(Trace::Named { id, name: wanted.clone(), wanted });
        } else {
            asked.traces.push(Trace::Named { id, name, wanted });
            asked.refused.push(renamed.code().to_owned());
        }
    }
    asked
}

/// The connection of a person with a token.
fn token(yard: &Yard, end_user: &str) -> Value {
    let token = format!("token-of-{end_user}-0123456789abcdef");
    yard.api.accept(&token, end_user);
    let fields = json!({ "base_url": format!("https://{SERVICE}"), "token": token, "verify_path": "/me",
        "account_pointer": "/id" });
    json!({ "connector": "api-token", "method": "header", "end_user": end_user, "fields": fields })
}

async fn refresh(process: &Process, yard: &Yard, ids: &[String]) -> Asked {
    let mut asked = Asked::default();
    for id in ids.iter().cloned() {
        let path = format!("/v1/connections/{id}/refresh");
        let answer = process.api(&yard.tenant.key, Method::POST, &path, None).await.unwrap();
        match answer.json["version"].as_u64() {
            Some(version) if answer.status == 200 => asked.traces.push(Trace::Refreshed { id, version }),
            _ => {
                asked.refused.push(answer.code().to_owned());
                asked.traces.push(Trace::Doubted { id });
            }
        }
    }
    asked
}

/// Uploads and approves a connector that the store does not have.
pub(crate) async fn install(process: &Process, yard: &Yard) -> Asked {
    let mut asked = Asked::default();
    let key = yard.host.operator();
    let uploaded = upload(process, key, component("well_behaved").unwrap()).await.unwrap();
    let (Ok(name), Ok(digest)) = (uploaded.text("/name"), uploaded.text("/digest")) else {
        asked.refused.push(uploaded.code().to_owned());
        return asked;
    };
    let (path, body) = (format!("/v1/connectors/{name}/approve"), json!({ "digest": digest }));
    let approved = process.api(key, Method::POST, &path, Some(&body)).await.unwrap();
    if approved.status != 200 {
        asked.refused.push(approved.code().to_owned());
    }
    asked.traces.push(Trace::Installed { name, digest });
    asked
}

async fn upload(process: &Process, key: &str, component: Vec<u8>) -> Result<Answer> {
    let request = Request::post("/").header("authorization", format!("Bearer {key}"));
    let request = request.header("content-type", "application/wasm").body(Bytes::from(component))?;
    let url = Url::parse(&format!("{}/v1/connectors", process.url))?;
    Ok(Answer::of(Wire::loopback().send(&url, request).await?))
}

async fn backup(stage: &Stage<'_>, process: &Process, round: &str) -> Asked {
    let mut asked = Asked::default();
    let name = format!("{round}.backup");
    let path = stage.disk.files().join(&name).display().to_string();
    let mut written = Vec::new();
    match command(stage, process, &["backup", "--to", &path]).await {
        Ok(_) => written.push(name),
        Err(said) => asked.refused.push(said),
    }
    asked.traces.push(Trace::Backups { written });
    asked
}

async fn backups_are_whole(stage: &Stage<'_>, again: &Process, written: &[String]) -> Result<()> {
    let mut missing: Vec<&String> = written.iter().collect();
    for entry in fs::read_dir(stage.disk.files())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        missing.retain(|one| **one != name);
        // Of what a fault cut off, nothing has a backup's name.
        if name.ends_with(".backup") {
            let path = entry.path().display().to_string();
            let verified = command(stage, again, &["backup", "--verify", &path]).await;
            ensure!(verified.is_ok(), "{name} is no backup: {verified:?}");
        }
        fs::remove_file(entry.path())?;
    }
    ensure!(missing.is_empty(), "{missing:?} were written");
    Ok(())
}

/// Another key, with a connection there that is sealed under the ones before.
async fn rotate(stage: &Stage<'_>, process: &Process) -> Asked {
    let mut asked = Asked::default();
    let primary = match command(stage, process, &["keyring", "rotate"]).await {
        Ok(said) => said["primary"].as_str().map(str::to_owned),
        Err(said) => {
            asked.refused.push(said);
            None
        }
    };
    asked.traces.push(Trace::Ring { primary });
    asked
}

async fn ring_opens(stage: &Stage<'_>, again: &Process, primary: Option<&str>) -> Result<()> {
    // What an earlier rotation left undone is done now.
    let done = command(stage, again, &["keyring", "rotate", "--rewrap"]).await;
    let done = done.map_err(|said| anyhow::anyhow!("the rotation does not go on: {said}"))?;
    ensure!(primary.is_none_or(|told| done["primary"] == told), "{primary:?} was told: {done}");
    let status = command(stage, again, &["keyring", "status"]).await.map_err(anyhow::Error::msg)?;
    ensure!(status["unreadable"] == 0, "the ring does not open everything: {status}");
    let keys = status["keys"].as_array().context("the keys of the ring")?;
    let older = keys.iter().filter(|key| key["primary"] == false);
    let left: Vec<&Value> = older.filter(|key| key["wrapped"] != 0).collect();
    ensure!(left.is_empty(), "something is still wrapped under older keys: {left:?}");
    let body = token(stage.yard, "somebody");
    let made = again.api(&stage.yard.tenant.key, Method::POST, "/v1/connections", Some(&body)).await?;
    let path = format!("/v1/connections/{}/lease", made.text("/id")?);
    let lease = again.api(&stage.yard.tenant.key, Method::POST, &path, Some(&json!({}))).await?;
    ensure!(lease.status == 200, "{}", lease.json);
    Ok(())
}

/// What a command answered, or what it said instead.
async fn command(stage: &Stage<'_>, process: &Process, arguments: &[&str]) -> Result<Value, String> {
    let mut command = stage.yard.command(&process.url, arguments);
    let ran = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().await.unwrap();
    if ran.status.success() {
        serde_json::from_slice(&ran.stdout).map_err(|error| format!("it answered no JSON: {error}"))
    } else {
        Err(String::from_utf8_lossy(&[ran.stderr, ran.stdout].concat()).into_owned())
    }
}
