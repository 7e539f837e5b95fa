//! `jackfield connector install`: hands a component to the running host, shows what it asks for and asks.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use clap::Args;
use serde_json::{Value, json};

use super::build;
use crate::cli::{
    Stage,
    approval::{self, Answer},
    host::Host,
    output::{Output, text},
};

/// The largest file read, in bytes; the host's own limit is lower and says so better.
const FILE_LIMIT: u64 = 256 * 1024 * 1024;

/// Install a connector on the running host and ask whether it may run.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  jackfield connector install ./my-connector\n  jackfield connector install my-connector.wasm --approve\n\n\
    Without --approve and without a terminal to ask at, the connector is installed and not approved: nothing of it runs."
)]
pub(in crate::cli) struct Install {
    /// A component's file, or a folder to build first.
    reference: PathBuf,
    /// Approve what it asks for without asking.
    #[arg(long)]
    approve: bool,
}

impl Install {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let host = stage.host()?;
        let component = component(&self.reference, stage.output).await?;
        let (name, digest, answer) = install(&host, component).await?;
        let decided = approval::decide(&name, approval::requests(&answer), self.approve);
        if decided == Answer::Approved {
            approval::approve(&host, &name, &digest).await?;
        }
        let approved = decided == Answer::Approved;
        let summary = json!({
            "connector": name, "digest": digest, "approved": approved, "requests": approval::requests(&answer),
        });
        stage.output.result(&summary, |_| match decided {
            Answer::Approved => format!("{name} is installed and approved."),
            Answer::Left => format!(
                "{name} is installed and not approved: nothing of it runs until `jackfield connector approve {name}`."
            ),
        });
        Ok(())
    }
}

/// Hands a component over; its name, its digest and the host's whole answer.
pub(in crate::cli) async fn install(host: &Host, component: Bytes) -> Result<(String, String, Value)> {
    let answer = host.post_component(&["v1", "connectors"], component).await?;
    Ok((text(&answer, "/name"), text(&answer, "/digest"), answer))
}

/// The bytes of a component's file, or of what a folder builds.
pub(super) async fn component(reference: &Path, output: Output) -> Result<Bytes> {
    let about = fs::metadata(reference).with_context(|| format!("there is no {}", reference.display()))?;
    if about.is_dir() {
        let built = build::folder(reference, output).await?;
        return read(&built.path);
    }
    read(reference)
}

/// A component's bytes.
pub(in crate::cli) fn read(path: &Path) -> Result<Bytes> {
    let size = fs::metadata(path).with_context(|| format!("there is no {}", path.display()))?.len();
    anyhow::ensure!(size <= FILE_LIMIT, "{} has {size} bytes: no component is that large", path.display());
    Ok(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?.into())
}
