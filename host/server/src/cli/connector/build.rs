//! `jackfield connector build`: a folder with a connector's crate becomes a component.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use jackfield_build::{Artifact, BuildRequest};
use serde_json::json;

use crate::cli::{
    Stage,
    output::{self, Output},
};

/// Build the connector in a folder into a component.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield connector build ./my-connector --out my-connector.wasm")]
pub(in crate::cli) struct Build {
    /// The folder with the connector's Cargo.toml.
    folder: PathBuf,
    /// Also copy the component here.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Build {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let artifact = folder(&self.folder, stage.output).await?;
        let path = match self.out {
            Some(out) => {
                std::fs::copy(&artifact.path, &out).with_context(|| format!("cannot write {}", out.display()))?;
                out
            }
            None => artifact.path,
        };
        let answer = json!({ "name": artifact.name, "path": path, "size": artifact.size });
        stage.output.result(&answer, |_| format!("{} ({} bytes)", path.display(), artifact.size));
        Ok(())
    }
}

/// Builds the one package in a folder.
pub(super) async fn folder(path: &Path, output: Output) -> Result<Artifact> {
    output::progress(&format!("Building {} …", path.display()));
    let mut request = BuildRequest::folder(path);
    if !output.is_json() {
        request = request.on_terminal();
    }
    let mut built = tokio::task::spawn_blocking(move || jackfield_build::build(&request)).await??;
    let artifact = built.pop().with_context(|| format!("{} built nothing", path.display()))?;
    anyhow::ensure!(built.is_empty(), "{} holds several connectors: name one of their folders", path.display());
    Ok(artifact)
}
