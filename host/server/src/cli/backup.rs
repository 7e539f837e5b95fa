//! `jackfield backup` and `jackfield restore`: everything the store holds as one sealed file, and the way back.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::{ArgGroup, Args};
use jackfield_store::{KeyRing, Store};
use serde_json::{Value, json};

use super::{
    Stage,
    host::Host,
    output::{progress, text},
};
use crate::{
    clock::{Clock as _, SystemClock},
    config::{Config, Environment},
    serve::ServeError,
};

/// Write everything the store holds into a sealed file, or check such a file.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  jackfield backup --to monday.backup\n  jackfield backup --verify monday.backup\n  \
    jackfield backup --to monday.backup --offline --config jackfield.toml\n\n\
    The running host makes it, while it goes on, and reads it back: a file that is there is good. --offline works \
    without a host, on a store that none has open.\n\
    The file is sealed under the key ring, and the key ring is NOT in it: keep a copy of the ring elsewhere. \
    Without the ring a backup opens nothing."
)]
#[command(group = ArgGroup::new("what").required(true).args(["to", "verify"]))]
pub(super) struct Backup {
    /// The new file to write. Never overwrites.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Check this file instead.
    #[arg(long, value_name = "FILE")]
    verify: Option<PathBuf>,
    /// Without a running host: open the store, or only the key ring, here.
    #[arg(long)]
    offline: bool,
    /// With --offline, the host's configuration, which names store and key ring.
    #[arg(long, value_name = "FILE", env = "JACKFIELD_CONFIG")]
    config: Option<PathBuf>,
}

/// Make a store from a backup.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield restore monday.backup --config jackfield.toml\n\n\
    Works without a host, into a data directory that holds no store yet, with the key ring of the host the backup is \
    of. The whole file is checked before anything is written. API keys work again as they did; connections whose \
    tokens were renewed after the backup may have to be reauthorized.\n\
    Exit code 78: the key ring does not fit the backup.")]
pub(super) struct Restore {
    /// The backup.
    file: PathBuf,
    /// The host's configuration, which names data directory and key ring.
    #[arg(long, value_name = "FILE", env = "JACKFIELD_CONFIG")]
    config: Option<PathBuf>,
}

impl Backup {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        match (&self.to, &self.verify) {
            (Some(path), _) => self.make(stage, path).await,
            (None, Some(path)) => {
                let summary =
                    if self.offline { verify_here(&self.read()?, path)? } else { verify(stage, path).await? };
                stage.output.result(&summary, |summary| format!("{} is good.\n{}", path.display(), described(summary)));
                Ok(())
            }
            // The parser asks for one of them.
            (None, None) => Ok(()),
        }
    }

    fn read(&self) -> Result<Config> {
        Ok(Config::load(self.config.as_deref(), &Environment::of_process())?)
    }

    /// Written beside its place and moved there once it was read back: what has the name is whole.
    async fn make(&self, stage: &Stage, path: &Path) -> Result<()> {
        anyhow::ensure!(!path.exists(), "{} exists already and is never overwritten", path.display());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unwritten = || format!("cannot write the backup to {}", folder.display());
        let mut file = tempfile::NamedTempFile::new_in(folder).with_context(unwritten)?;
        let summary = if self.offline {
            let config = self.read()?;
            make_here(&config, &mut file).await?;
            file.as_file().sync_all().with_context(unwritten)?;
            verify_here(&config, file.path())?
        } else {
            let host = stage.host()?;
            progress("The host makes a backup…");
            host.download(&["v1", "backups"], |piece| file.write_all(piece)).await?;
            file.as_file().sync_all().with_context(unwritten)?;
            progress("It is read back…");
            verify_by(&host, file.path()).await?
        };
        file.persist_noclobber(path).with_context(unwritten)?;
        fs::File::open(folder).and_then(|folder| folder.sync_all()).with_context(unwritten)?;
        let mut answer = summary;
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("file".into(), json!(path));
        }
        stage.output.result(&answer, |answer| {
            format!(
                "{} is written and was read back.\n{}\nThe key ring is not in it: keep a copy of the ring elsewhere.",
                path.display(),
                described(answer)
            )
        });
        Ok(())
    }
}

impl Restore {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let config = Config::load(self.config.as_deref(), &Environment::of_process())?;
        let ring = KeyRing::load(&config.keyring).map_err(ServeError::from)?;
        let summary = Store::restore(&self.file, &config.data_dir, ring).await?;
        let mut answer = json!(summary);
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("data_dir".into(), json!(config.data_dir));
        }
        stage.output.result(&answer, |answer| {
            format!("The store in {} is restored.\n{}", config.data_dir.display(), described(answer))
        });
        Ok(())
    }
}

async fn make_here(config: &Config, file: &mut impl std::io::Write) -> Result<()> {
    anyhow::ensure!(Store::exists(&config.data_dir), "there is no store in {}", config.data_dir.display());
    let ring = KeyRing::load(&config.keyring).map_err(ServeError::from)?;
    let store = Store::open(&config.data_dir, ring).await.map_err(ServeError::from)?;
    let mut backup = store.backup(SystemClock.now()).await?;
    while let Some(piece) = backup.next().await? {
        file.write_all(&piece).context("the backup cannot be written")?;
    }
    Ok(())
}

fn verify_here(config: &Config, path: &Path) -> Result<Value> {
    let ring = KeyRing::load(&config.keyring).map_err(ServeError::from)?;
    Ok(json!(Store::verify_backup(path, &ring)?))
}

async fn verify(stage: &Stage, path: &Path) -> Result<Value> {
    anyhow::ensure!(path.is_file(), "there is no {}", path.display());
    verify_by(&stage.host()?, path).await
}

async fn verify_by(host: &Host, path: &Path) -> Result<Value> {
    Ok(host.upload(&["v1", "backups", "verify"], path).await?)
}

fn described(summary: &Value) -> String {
    format!(
        "It holds {} records and {} components as of {}, sealed with key {}.",
        text(summary, "/records"),
        text(summary, "/components"),
        text(summary, "/made_at"),
        text(summary, "/key"),
    )
}
