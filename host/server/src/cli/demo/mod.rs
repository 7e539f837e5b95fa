//! `jackfield demo`: everything on one machine, with nothing made up but the provider.
//!
//! The connectors are built from their sources; provider, application and host are separate servers on loopback that
//! meet over HTTP only. The host's one departure from its defaults is that it may speak plain HTTP to loopback.

mod application;
mod browser;
mod markup;
mod playbill;
mod scenery;
mod story;

use std::{path::PathBuf, pin::pin};

use anyhow::{Result, anyhow, bail};
use clap::Args;

use self::{playbill::Playbill, scenery::Scenery};
use super::Stage;
use crate::{
    config::{Log, LogFormat, LogLevel},
    serve, telemetry,
};

const INTERRUPTED: &str = "the demo was interrupted before its end";
const EXAMPLE: &str = "Example:\n  jackfield demo\n  jackfield demo --once --json";

/// See everything work on this machine: a provider, a host, two connections.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Demo {
    /// Exit at the end instead of staying up for you to look around.
    #[arg(long)]
    once: bool,
    /// The folder of Jackfield's sources, whose connectors are built.
    #[arg(long, value_name = "FOLDER")]
    sources: Option<PathBuf>,
}

impl Demo {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        telemetry::init(&Log { format: LogFormat::Text, level: LogLevel::Warn, request_id_header: None })?;
        let mut stop = pin!(serve::stop_signal()?);
        let mut playbill = Playbill::new(stage.output);
        let scenery = tokio::select! {
            set = Scenery::set(self.sources.as_deref(), &mut playbill) => set?,
            () = &mut stop => bail!(INTERRUPTED),
        };
        let played = tokio::select! {
            played = self.play(stage, &scenery, &mut playbill) => played,
            () = &mut stop => Err(anyhow!(INTERRUPTED)),
        };
        if played.is_ok() && !self.once {
            stop.await;
        }
        scenery.strike().await;
        played
    }

    async fn play(&self, stage: &Stage, scenery: &Scenery, playbill: &mut Playbill) -> Result<()> {
        let outcome = story::play(scenery, playbill).await?;
        let link = story::fresh_link(scenery).await?;
        let summary = playbill.summary(scenery, &outcome, &link);
        stage
            .output
            .result(&summary, |_| if self.once { "Everything worked.".to_owned() } else { invitation(scenery, &link) });
        Ok(())
    }
}

fn invitation(scenery: &Scenery, link: &str) -> String {
    format!(
        "\nNow you. Open this page and connect (it works once, for 30 minutes):\n  {link}\n\n\
         To look around with the command line:\n  \
         export JACKFIELD_URL={} JACKFIELD_API_KEY_FILE={}\n  \
         jackfield connector list\n\n\
         To play the application, as its guide does (host/guides/application.md):\n  \
         source {}\n\nCtrl-C ends it and leaves nothing behind.",
        scenery.host_url(),
        scenery.operator_key_file().display(),
        scenery.application_file().display(),
    )
}
