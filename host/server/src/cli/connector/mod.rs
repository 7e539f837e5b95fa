//! `jackfield connector`: what authors build and operators install.

mod build;
mod check;
pub(super) mod install;

use anyhow::Result;
use clap::Subcommand;
use serde_json::Value;

use super::{
    Stage, approval,
    output::{card, items, table, text},
};

/// Build, check, install and approve connectors.
#[derive(Debug, Subcommand)]
pub(super) enum Connector {
    /// Build the connector in a folder into a component.
    Build(build::Build),
    /// Say what a component is and asks for, without a host.
    Check(check::Check),
    /// Install a connector on the running host and ask whether it may run.
    Install(install::Install),
    /// List what is installed.
    #[command(after_help = "Example:\n  jackfield connector list")]
    List,
    /// Show one connector: what it asks for and what was approved.
    #[command(after_help = "Example:\n  jackfield connector show openid-connect")]
    Show {
        /// Its name.
        name: String,
    },
    /// Approve what an installed connector asks for.
    #[command(after_help = "Example:\n  jackfield connector approve openid-connect --yes")]
    Approve {
        /// Its name.
        name: String,
        /// The digest to approve; without it, what is installed now and shown here.
        #[arg(long)]
        digest: Option<String>,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Remove a connector that no connection uses.
    #[command(after_help = "Example:\n  jackfield connector remove openid-connect")]
    Remove {
        /// Its name.
        name: String,
    },
}

impl Connector {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        match self {
            Self::Build(build) => build.run(stage).await,
            Self::Check(check) => check.run(stage).await,
            Self::Install(install) => install.run(stage).await,
            Self::List => list(stage).await,
            Self::Show { name } => show(stage, &name).await,
            Self::Approve { name, digest, yes } => approve(stage, &name, digest, yes).await,
            Self::Remove { name } => remove(stage, &name).await,
        }
    }
}

async fn list(stage: &Stage) -> Result<()> {
    let answer = stage.host()?.list(&["v1", "connectors"], &[]).await?;
    let columns = [
        ("NAME", "/name"),
        ("VERSION", "/version"),
        ("APPROVED", "/approved"),
        ("CLASS", "/class"),
        ("INSTALLED", "/installed_at"),
    ];
    stage.output.result(&answer, |answer| table(items(answer), &columns));
    Ok(())
}

async fn show(stage: &Stage, name: &str) -> Result<()> {
    let answer = stage.host()?.get(&["v1", "connectors", name]).await?;
    stage
        .output
        .result(&answer, |answer| format!("{}\n{}", described(answer), approval::shown(approval::requests(answer))));
    Ok(())
}

async fn approve(stage: &Stage, name: &str, digest: Option<String>, yes: bool) -> Result<()> {
    let host = stage.host()?;
    let shown = host.get(&["v1", "connectors", name]).await?;
    let digest = digest.unwrap_or_else(|| text(&shown, "/digest"));
    let answer = approval::decide(name, approval::requests(&shown), yes);
    anyhow::ensure!(
        answer == approval::Answer::Approved,
        super::failed::Declined("not approved: nothing changed (in scripts, say --yes)")
    );
    let answer = approval::approve(&host, name, &digest).await?;
    stage.output.result(&answer, |_| format!("{name} is approved and may run."));
    Ok(())
}

async fn remove(stage: &Stage, name: &str) -> Result<()> {
    let answer = stage.host()?.delete(&["v1", "connectors", name]).await?;
    stage.output.result(&answer, |_| format!("{name} is removed."));
    Ok(())
}

/// What a component is, installed or not.
fn described(answer: &Value) -> String {
    let lines = [
        ("name", "/name"),
        ("title", "/title"),
        ("version", "/version"),
        ("digest", "/digest"),
        ("size", "/size"),
        ("class", "/class"),
        ("hooks", "/hooks"),
        ("approved", "/approved"),
        ("approved by", "/approval/by"),
        ("installed", "/installed_at"),
    ];
    card(answer, &lines)
}
