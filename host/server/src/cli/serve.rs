//! `jackfield serve`: the host, until it is told to stop.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use rustix::process::{Resource, Rlimit, setrlimit};
use serde_json::json;

use super::{Stage, output::note};
use crate::{
    config::{Config, Environment},
    serve::{self, Parts, RunningHost, Stopped},
    telemetry,
};

const EXAMPLE: &str = "Example:\n  jackfield serve --config jackfield.toml\n\n\
    Every key of the file is also an environment variable: `listen` is JACKFIELD_LISTEN,\n\
    `egress.ca_file` is JACKFIELD_EGRESS_CA_FILE; `jackfield config reference` lists them all.\n\
    Exit code 2: the configuration cannot be. Exit code 78: the key ring does not fit the store.";

/// Run the host.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Serve {
    /// The configuration: a TOML file.
    #[arg(long, value_name = "FILE", env = "JACKFIELD_CONFIG")]
    config: Option<PathBuf>,
}

impl Serve {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let output = stage.output;
        let config = Config::load(self.config.as_deref(), &Environment::of_process())?;
        telemetry::init(&config.log)?;
        if !config.defaults.is_empty() {
            note(&format!("Nothing was said about these, so they are:\n  {}", config.defaults.join("\n  ")));
        }
        for warning in config.warnings() {
            note(&format!("WARNING: {warning}"));
        }
        without_core_dumps()?;
        serve::survive_file_limit()?;
        let stop = serve::stop_signal()?;
        let host = Box::pin(serve::start(config, Parts::system()?)).await?;
        say_what_was_made(&host);
        output.result(&json!({ "address": host.address.to_string(), "public_url": host.public_url }), |_| {
            format!("Jackfield listens on {}; browsers reach it at {}", host.address, host.public_url)
        });
        stop.await;
        let again = serve::stop_signal()?;
        note("Stopping: open requests and refreshes are finished first; a second signal stops at once.");
        tokio::select! {
            stopped = host.stop() => match stopped {
                Stopped::Finished => Ok(()),
                Stopped::CutOff => bail!(
                    "not everything was finished within `timeouts.shutdown_ms`; the next start resolves what was open"
                ),
            },
            () = again => bail!("stopped before everything was finished; the next start resolves what was open"),
        }
    }
}

/// Files made for a new store, each with what to do about it.
fn say_what_was_made(host: &RunningHost) {
    if let Some(made) = &host.made.keyring {
        note(&format!(
            "The store is new, and so is its key ring: {}. Keep a copy elsewhere; without it the store cannot be read.",
            made.display()
        ));
    }
    if let Some(made) = &host.made.operator_key {
        note(&format!(
            "The first operator key is in {0}. Use it with: export JACKFIELD_API_KEY_FILE={0}",
            made.display()
        ));
    }
    // To the terminal of whoever starts the host, and not to the log: it works once, within the hour.
    if let Some(made) = &host.made.sign_in {
        note(&format!(
            "Sign in to the pages as the first operator, once, by {}:\n  {}\nLater: jackfield sign-in",
            made.expires_at.strftime("%H:%M UTC"),
            made.url
        ));
    }
}

/// A core dump holds every opened secret. One byte, not none: at none, Linux still hands a dump to a program named in
/// `core_pattern` (core(5)), at one it hands it to nobody.
fn without_core_dumps() -> Result<()> {
    let limit = Rlimit { current: Some(1), maximum: Some(1) };
    setrlimit(Resource::Core, limit).context("core dumps cannot be turned off")
}
