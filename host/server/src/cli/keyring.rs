//! `jackfield keyring`: the operator's keys, which wrap everything sealed in the store. Works on files, without a host.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use jackfield_store::{EngineOpenError, KeyRing, KeyRingError, KeyRingStatus, OpenError, Opened, Store};
use serde_json::{Value, json};

use super::{Stage, output::text};
use crate::{
    config::{Config, Environment},
    serve::ServeError,
};

/// Make and look at the key ring that seals the store.
#[derive(Debug, Subcommand)]
pub(super) enum Keyring {
    /// Make a key ring for a store that has none yet. `serve` does it by itself on an empty store.
    #[command(after_help = "Example:\n  jackfield keyring init --config jackfield.toml")]
    Init(Place),
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

impl Place {
    fn read(&self) -> Result<Config> {
        Ok(Config::load(self.config.as_deref(), &Environment::of_process())?)
    }
}

impl Keyring {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        match self {
            Self::Init(place) => init(stage, &place.read()?),
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
    let primary = ring.primary();
    let ids: Vec<String> = ring.ids().map(|id| id.to_string()).collect();
    let (said, counts) = match look(config, ring).await? {
        Seen::NoStore => ("there is no store yet", None),
        Seen::InUse => ("a running host uses the store, so nothing is counted", None),
        Seen::Fits(status) => ("the key ring fits the store", Some(status)),
    };
    let count = |id: &str| counts.as_ref().map(|status| counted(status, id));
    let keys: Vec<Value> =
        ids.iter().map(|id| json!({ "id": id, "primary": *id == primary.to_string(), "wrapped": count(id) })).collect();
    let unreadable = counts.as_ref().map(|status| status.unreadable);
    let answer = json!({ "keyring": config.keyring, "store": said, "keys": keys, "unreadable": unreadable });
    stage.output.result(&answer, |answer| described(answer, &keys));
    Ok(())
}

/// What the store says about the ring.
enum Seen {
    NoStore,
    InUse,
    Fits(KeyRingStatus),
}

async fn look(config: &Config, ring: KeyRing) -> Result<Seen> {
    if !Store::exists(&config.data_dir) {
        return Ok(Seen::NoStore);
    }
    match Store::open(&config.data_dir, ring).await {
        Ok(store) => Ok(Seen::Fits(store.key_ring_status().await?)),
        Err(OpenError::Engine(EngineOpenError::Locked(_))) => Ok(Seen::InUse),
        Err(error) => Err(ServeError::from(error).into()),
    }
}

fn counted(status: &KeyRingStatus, id: &str) -> u64 {
    let of = status.wrapped.iter().find(|(wrapping, _)| wrapping.to_string() == id);
    of.map_or(0, |(_, count)| *count)
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
