//! `jackfield doctor`: what is wrong with a host, asked of the host while it runs, or found out in its place.

mod public;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use data_encoding::HEXLOWER;
use jackfield_store::{KeyRing, Store};
use serde_json::{Value, json};

use super::{
    Stage,
    failed::Told,
    host::HostError,
    output::{progress, text},
};
use crate::{
    config::{Config, Environment},
    entropy::{self, SystemEntropy},
    serve::{self, Parts},
    service::{Check, Outcome},
};

/// Say what is wrong with a host and what to do about it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield doctor\n  jackfield doctor --offline --config jackfield.toml\n\n\
    Asks the running host, with an operator's key: key ring, store, disk, file descriptors, connectors, the way to every provider, the \
    clock; then goes to the public URL as a browser would: whether it leads to this host, its certificate, its cookies. \
    --offline looks at a host that does not run. Mail is not looked at: this version sends none.\n\
    Exit code 1: a check failed. Exit code 2: the configuration cannot be.")]
pub(super) struct Doctor {
    /// Without a running host: open its store and look from here.
    #[arg(long)]
    offline: bool,
    /// The host's configuration.
    #[arg(long, value_name = "FILE", env = "JACKFIELD_CONFIG")]
    config: Option<PathBuf>,
}

impl Doctor {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let config = Config::load(self.config.as_deref(), &Environment::of_process())?;
        let answer = if self.offline { self.look_here(config).await? } else { ask(stage, &config).await? };
        let failed = answer.pointer("/failed").and_then(Value::as_u64).unwrap_or(0);
        stage.output.result(&answer, described);
        anyhow::ensure!(failed == 0, Told("something is wrong: see above what to do"));
        Ok(())
    }

    /// The host is put together as `serve` does, and never listens.
    async fn look_here(&self, config: Config) -> Result<Value> {
        if !Store::exists(&config.data_dir) {
            let mut checks =
                vec![Check::skipped("store", "There is no store yet: the first `jackfield serve` makes it.")];
            checks.push(match KeyRing::load(&config.keyring) {
                Ok(ring) => Check::ok("key-ring", format!("The key ring is there (primary {}).", ring.primary())),
                Err(_) => Check::skipped("key-ring", "There is no key ring yet: it is made with the store."),
            });
            return Ok(summed_up(&checks, &Value::Null, &[]));
        }
        let host = Box::pin(serve::inspect(&config, Parts::system()?)).await?;
        let found = Box::pin(host.diagnose()).await;
        // Connectors are made ready by `serve`, which this is not.
        let mut checks: Vec<Check> = found.checks.into_iter().filter(|check| check.name != "connector").collect();
        checks.push(Check::skipped("public-url", "No host runs that could answer at the public URL."));
        let register: Vec<Value> = found.redirect_uris.iter().map(|one| json!(one)).collect();
        Ok(summed_up(&checks, &json!(found.public_url), &register))
    }
}

async fn ask(stage: &Stage, config: &Config) -> Result<Value> {
    let host = stage.host().context("a running host is asked with an operator's key; --offline looks without one")?;
    let nonce = HEXLOWER.encode(&entropy::bytes::<16>(&SystemEntropy::default())?);
    progress("The host looks at itself…");
    let told = match host.post(&["v1", "doctor"], &json!({ "nonce": nonce })).await {
        Err(error @ HostError::Unreachable { .. }) => {
            return Err(anyhow::Error::from(error).context("--offline looks at a host that does not run"));
        }
        told => told?,
    };
    let mut checks: Vec<Check> = serde_json::from_value(told.pointer("/checks").cloned().unwrap_or_default())?;
    let url = text(&told, "/public_url").parse()?;
    let answer = text(&told, "/answer");
    progress("The public URL is asked…");
    checks.extend(public::look(&url, &nonce, &answer, config.egress.ca_file.as_deref()).await);
    for site in told.pointer("/sites").and_then(Value::as_array).into_iter().flatten() {
        let site = site.as_str().unwrap_or_default().parse()?;
        checks.push(public::look_at_site(&site, &nonce, &answer, config.egress.ca_file.as_deref()).await);
    }
    let register = told.pointer("/redirect_uris").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(summed_up(&checks, &json!(url), &register))
}

fn summed_up(checks: &[Check], public_url: &Value, register: &[Value]) -> Value {
    let failed = checks.iter().filter(|check| check.outcome == Outcome::Failed).count();
    json!({ "failed": failed, "public_url": public_url, "checks": checks, "redirect_uris": register })
}

fn described(answer: &Value) -> String {
    let of = |pointer| answer.pointer(pointer).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut lines = Vec::new();
    for check in of("/checks") {
        let mark = match check.pointer("/outcome").and_then(Value::as_str) {
            Some("ok") => "ok     ",
            Some("failed") => "FAILED ",
            _ => "skipped",
        };
        lines.push(format!("{mark} {}: {}", text(check, "/name"), text(check, "/said")));
        if check.pointer("/todo").is_some_and(Value::is_string) {
            lines.push(format!("        {}", text(check, "/todo")));
        }
    }
    if !of("/redirect_uris").is_empty() {
        lines.push("Registered at the providers must be, exactly:".to_owned());
    }
    for one in of("/redirect_uris") {
        lines.push(format!("  {} ({}): {}", text(one, "/connector"), text(one, "/client"), text(one, "/redirect_uri")));
    }
    lines.push(match answer.pointer("/failed").and_then(Value::as_u64) {
        Some(0) => "Nothing is wrong.".to_owned(),
        failed => format!("{} checks failed.", failed.unwrap_or(0)),
    });
    lines.join("\n")
}
