//! `jackfield keyring`: the operator's keys, which wrap everything sealed in the store. Works on its files; what a running host
//! holds of them it is asked for.

mod rotate;

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};
use jackfield_store::{EngineOpenError, KeyId, KeyRing, KeyRingError, KeyRingStatus, OpenError, Opened, Store};
use serde_json::{Value, json};

use super::{Stage, output::text};
use crate::{
    config::{Config, Environment},
    serve::ServeError,
};

/// Make, look at and rotate the key ring that seals the store.
#[derive(Debug, Subcommand)]
pub(super) enum Keyring {
    /// Make a key ring for a store that has none yet. `serve` does it by itself on an empty store.
    #[command(after_help = "Example:\n  jackfield keyring init --config jackfield.toml")]
    Init(Place),
    /// Add a new key to the ring, make it the primary, and wrap everything under it.
    #[command(after_help = "Example:\n  jackfield keyring rotate --config jackfield.toml\n\n\
        Writes the ring's file first, whole or not at all, so that whatever ends this early leaves a ring that opens \
        everything; run again with --rewrap it goes on. A running host is asked, with an operator's key, to read the file again; \
        without one the store is opened here. Then keep a copy of the new ring elsewhere; keep the old one as long as a \
        backup needs it.")]
    Rotate(Rotate),
    /// Take a key out of the ring that wraps nothing any more.
    #[command(
        after_help = "Example:\n  jackfield keyring retire 5f0c9a7be1d24c3388f6a0b1c2d3e4f5 --config jackfield.toml\n\n\
        Refused for the primary, and for a key that still wraps something: `jackfield keyring rotate --rewrap` first. Backups sealed \
        under a retired key need a copy of the ring that has it."
    )]
    Retire(Retire),
    /// Say which keys the ring has, and how much in the store each of them wraps.
    #[command(after_help = "Example:\n  jackfield keyring status --config jackfield.toml\n\n\
        Exit code 78: the key ring does not fit the store.")]
    Status(Place),
}

/// Where ring and store are.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The host's configuration, which names both.
    #[arg(long, value_name = "FILE", env = "JACKFIELD_CONFIG")]
    config: Option<PathBuf>,
}

/// `keyring rotate`.
#[derive(Debug, Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    place: Place,
    /// Add no key: only wrap under the primary what is still under another.
    #[arg(long)]
    rewrap: bool,
}

/// `keyring retire`.
#[derive(Debug, Args)]
pub(super) struct Retire {
    /// The key's id, as `jackfield keyring status` shows it.
    key: KeyId,
    #[command(flatten)]
    place: Place,
}

impl Place {
    fn read(&self) -> Result<Config> {
        Ok(Config::load(self.config.as_deref(), &Environment::of_process())?)
    }
}

impl Keyring {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        match self {
            Self::Init(place) => init(stage, &place.read()?),
            Self::Rotate(rotate) => rotate::rotate(stage, &rotate.place.read()?, rotate.rewrap).await,
            Self::Retire(retire) => rotate::retire(stage, &retire.place.read()?, retire.key).await,
            Self::Status(place) => status(stage, &place.read()?).await,
        }
    }
}

fn init(stage: &Stage, config: &Config) -> Result<()> {
    match Store::key_ring(&config.data_dir, &config.keyring).map_err(ServeError::from)? {
        Opened::Found(_) => Err(ServeError::from(KeyRingError::Exists(config.keyring.clone())).into()),
        Opened::Created(ring) => {
            let answer = json!({ "keyring": config.keyring, "primary": ring.primary().to_string() });
            stage.output.result(&answer, |_| {
                format!(
                    "Made the key ring {} with the key {}.\nKeep a copy elsewhere: without it the store cannot be read.",
                    config.keyring.display(),
                    ring.primary()
                )
            });
            Ok(())
        }
    }
}

async fn status(stage: &Stage, config: &Config) -> Result<()> {
    let ring = KeyRing::load(&config.keyring).map_err(ServeError::from)?;
    let (primary, ids) = (ring.primary(), ring.ids().collect::<Vec<_>>());
    let (said, counts) = match look(config, ring).await? {
        Seen::NoStore => ("there is no store yet", None),
        Seen::InUse => match host_counts(stage).await {
            Some(counts) if counts.primary == primary.to_string() => ("a running host uses it", Some(counts)),
            Some(_) => ("a running host uses another primary key: `jackfield keyring rotate --rewrap`", None),
            None => ("a running host uses the store, and without an operator's key for it nothing is counted", None),
        },
        Seen::Fits(_, status) => ("the key ring fits the store", Some(Counts::of(&status))),
    };
    let count = |id: KeyId| counts.as_ref().map(|counts| counts.of_key(id));
    let keys: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "id": id.to_string(), "primary": *id == primary, "wrapped": count(*id) }))
        .collect();
    let unreadable = counts.as_ref().map(|counts| counts.unreadable);
    let answer = json!({ "keyring": config.keyring, "store": said, "keys": keys, "unreadable": unreadable });
    stage.output.result(&answer, |answer| described(answer, &keys));
    Ok(())
}

/// What each key wraps.
struct Counts {
    primary: String,
    wrapped: BTreeMap<String, u64>,
    unreadable: u64,
}

impl Counts {
    fn of(status: &KeyRingStatus) -> Self {
        let wrapped = status.wrapped.iter().map(|(id, count)| (id.to_string(), *count)).collect();
        Self { primary: status.primary.to_string(), wrapped, unreadable: status.unreadable }
    }

    /// As the host's API says it.
    fn read(answer: &Value) -> Option<Self> {
        let keys = answer.pointer("/keys")?.as_array()?;
        let primary = keys.iter().find(|key| key.pointer("/primary") == Some(&true.into()))?;
        let count = |key: &Value| Some((text(key, "/id"), key.pointer("/wrapped")?.as_u64()?));
        Some(Self {
            primary: text(primary, "/id"),
            wrapped: keys.iter().filter_map(count).collect(),
            unreadable: answer.pointer("/unreadable")?.as_u64()?,
        })
    }

    fn of_key(&self, id: KeyId) -> u64 {
        self.wrapped.get(&id.to_string()).copied().unwrap_or(0)
    }
}

/// What the running host counts, where this command may ask it.
async fn host_counts(stage: &Stage) -> Option<Counts> {
    let answer = stage.host().ok()?.get(&["v1", "keyring"]).await.ok()?;
    Counts::read(&answer)
}

/// What the store says about the ring.
enum Seen {
    NoStore,
    InUse,
    Fits(Store, KeyRingStatus),
}

async fn look(config: &Config, ring: KeyRing) -> Result<Seen> {
    if !Store::exists(&config.data_dir) {
        return Ok(Seen::NoStore);
    }
    match Store::open(&config.data_dir, ring).await {
        Ok(store) => {
            let status = store.key_ring_status().await?;
            Ok(Seen::Fits(store, status))
        }
        Err(OpenError::Engine(EngineOpenError::Locked(_))) => Ok(Seen::InUse),
        Err(error) => Err(ServeError::from(error).into()),
    }
}

fn described(answer: &Value, keys: &[Value]) -> String {
    let mut lines = vec![format!("{}: {}.", text(answer, "/keyring"), text(answer, "/store"))];
    for key in keys {
        let role = if key.pointer("/primary") == Some(&true.into()) { "primary" } else { "older" };
        let wraps = match key.pointer("/wrapped").and_then(Value::as_u64) {
            Some(count) => format!(", wraps {count} keys of the store"),
            None => String::new(),
        };
        lines.push(format!("  {} ({role}{wraps})", text(key, "/id")));
    }
    match answer.pointer("/unreadable").and_then(Value::as_u64) {
        Some(unreadable) if unreadable > 0 => lines.push(format!("  {unreadable} keys of the store cannot be read.")),
        _ => {}
    }
    lines.join("\n")
}
