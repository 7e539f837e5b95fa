//! `jackfield connector check`: what a component is and asks for, found out as the host would, without a host.

use std::{path::PathBuf, sync::Arc};

use anyhow::Result;
use async_trait::async_trait;
use clap::Args;
use jackfield_model::approval;
use jackfield_runtime::{
    BreakerSettings, CacheKey, Denial, EgressSettings, Limits, Outbound, PoolSettings, Prepared, Runtime,
    RuntimeSettings, SendError, Sender,
};
use serde_json::{Value, json};

use super::{described, install::component};
use crate::{
    cli::{
        Stage,
        approval::{requests, shown},
        output::card,
    },
    entropy::{self, SystemEntropy},
    serve,
};

/// Say what a component is and asks for, without a host.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  jackfield connector check my-connector.wasm\n  jackfield connector check ./my-connector"
)]
pub(in crate::cli) struct Check {
    /// A component's file, or a folder to build first.
    reference: PathBuf,
}

/// Sends nothing: reading a manifest asks for nothing.
struct Offline;

#[async_trait]
impl Sender for Offline {
    async fn send(&self, _: Outbound) -> Result<http::Response<Vec<u8>>, SendError> {
        Err(SendError::Denied(Denial::new("offline", "nothing is sent while a component is checked")))
    }
}

impl Check {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let component = component(&self.reference, stage.output).await?;
        let folder = tempfile::tempdir()?;
        let prepared = runtime(&folder)?.prepare(&component).await?;
        stage.output.result(&answer(&prepared), |answer| {
            let offers = card(answer, &[("auth methods", "/methods"), ("actions", "/actions")]);
            let asks = shown(requests(answer));
            format!("{}\n{offers}\n{asks}\nIt is a connector this host could install.", described(answer))
        });
        Ok(())
    }
}

/// The host's own limits and rules, with a cache that is thrown away.
fn runtime(folder: &tempfile::TempDir) -> Result<Runtime> {
    let source = SystemEntropy::default();
    let settings = RuntimeSettings {
        cache_dir: folder.path().join("compiled"),
        cache_key: CacheKey::new(entropy::bytes(&source)?),
        compiler: serve::this_program()?,
        limits: Limits::default(),
        pool: PoolSettings::default(),
        breaker: BreakerSettings::default(),
        egress: EgressSettings::default(),
        random: serve::random(Arc::new(source)),
    };
    Ok(Runtime::start(settings, Arc::new(Offline))?)
}

fn answer(prepared: &Prepared) -> Value {
    let manifest = &prepared.manifest;
    json!({
        "name": manifest.name,
        "version": manifest.version.to_string(),
        "title": manifest.presentation.title,
        "digest": prepared.digest,
        "size": prepared.size,
        "class": prepared.class,
        "hooks": prepared.hooks,
        "methods": manifest.methods.iter().map(|method| &method.id).collect::<Vec<_>>(),
        "actions": manifest.actions.iter().map(|action| &action.id).collect::<Vec<_>>(),
        "requests": approval::requests(manifest),
    })
}
