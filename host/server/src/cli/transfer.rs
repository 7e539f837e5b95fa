//! `jackfield connection export` and `import`: connections from one host to another, sealed on the way.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::{ArgGroup, Args};
use jackfield_model::secret::Secret;
use serde_json::{Value, json};

use super::{
    Stage,
    failed::UsedWrongly,
    output::{items, note, table, text},
    secret_input,
};
use crate::private_file;

/// Seal a tenant's connections into a file for another host.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  jackfield connection export --to acme.age --passphrase-file pass --tenant ten_01J…\n  \
    jackfield connection export --to acme.age --recipient age1… --connector slack --tenant ten_01J…\n\n\
    The key must allow `operate` and `lease`: what is in the file is credentials. They stay good here, too: let only \
    one host go on with them, because a refresh at one can end them for the other."
)]
#[command(group = ArgGroup::new("closing").required(true).args(["passphrase_file", "recipient"]))]
pub(super) struct Export {
    /// The new file to write. Never overwrites.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Seal to the passphrase in this file; at least 12 characters.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Seal to this public key of age.
    #[arg(long, value_name = "age1…")]
    recipient: Option<String>,
    /// Only this connector's connections.
    #[arg(long)]
    connector: Option<String>,
}

/// Take in connections that another host sealed; all of them or none.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield connection import acme.age --passphrase-file pass --tenant ten_01J…\n  \
    jackfield connection import acme.age --identity-file key.txt --check --tenant ten_01J…\n\n\
    Connectors must be approved here, and clients registered with the same client ids as there. Ids are kept. \
    Tokens that never were in a host come in by `connection import-tokens`.")]
#[command(group = ArgGroup::new("opening").required(true).args(["passphrase_file", "identity_file"]))]
pub(super) struct Import {
    /// The file.
    file: PathBuf,
    /// Open it with the passphrase in this file.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Open it with the private key of age in this file.
    #[arg(long, value_name = "FILE")]
    identity_file: Option<PathBuf>,
    /// Only say what would be taken in.
    #[arg(long)]
    check: bool,
}

impl Export {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let to = &self.to;
        anyhow::ensure!(!to.exists(), "{} exists already and is never overwritten", to.display());
        let passphrase = self.passphrase_file.as_deref().map(secret_input::from_file).transpose()?;
        let body = json!({
            "passphrase": passphrase.as_ref().map(Secret::expose),
            "recipient": self.recipient,
            "connector": self.connector,
        });
        let mut answer = stage.host()?.post(&["v1", "transfers"], &body).await?;
        let Some(Value::String(file)) = answer.get_mut("file").map(Value::take) else {
            anyhow::bail!("the host's answer holds no file");
        };
        let file = Secret::new(file.trim_end().to_owned());
        private_file::write(to, &file).with_context(|| format!("cannot write {}", to.display()))?;
        // What lies there is compared, because a file cut short opens nowhere.
        let kept = fs::read_to_string(to).with_context(|| format!("cannot read {} back", to.display()))?;
        anyhow::ensure!(
            kept.trim_end() == file.expose(),
            "{} was not written as it was sent: write it again",
            to.display()
        );
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("file".into(), json!(to));
        }
        stage.output.result(&answer, |answer| {
            let left_out = answer.pointer("/left_out").and_then(Value::as_array).map_or(0, Vec::len);
            let others = match left_out {
                0 => String::new(),
                _ => format!(
                    "\nLeft out, without a credential or with a refresh under way: {}.",
                    text(answer, "/left_out")
                ),
            };
            format!("{} connections are sealed in {}.{others}", text(answer, "/connections"), to.display())
        });
        note("They are still here, too: let only one host go on with them.");
        Ok(())
    }
}

impl Import {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let file = &self.file;
        let armor = secret_input::whole(file)?;
        let passphrase = self.passphrase_file.as_deref().map(secret_input::from_file).transpose()?;
        let identity = self.identity_file.as_deref().map(identity).transpose()?;
        let body = json!({
            "file": armor.expose(),
            "passphrase": passphrase.as_ref().map(Secret::expose),
            "identity": identity.as_ref().map(Secret::expose),
            "check": self.check,
        });
        let answer = stage.host()?.post(&["v1", "transfers", "receive"], &body).await?;
        stage.output.result(&answer, |answer| {
            let list = table(items(answer), &[("ID", "/id"), ("NAME", "/name"), ("CONNECTOR", "/connector")]);
            let said = if self.check { "would be taken in; nothing was" } else { "are here" };
            format!("{list}\n{} connections {said}.", items(answer).len())
        });
        Ok(())
    }
}

/// The key among the lines of a file that `age-keygen` wrote.
fn identity(path: &Path) -> Result<Secret> {
    let text = secret_input::whole(path)?;
    let key = text.expose().lines().map(str::trim).find(|line| line.starts_with("AGE-SECRET-KEY-1"));
    let key = key.ok_or(UsedWrongly("the file holds no private key of age: it has a line AGE-SECRET-KEY-1…"))?;
    Ok(Secret::new(key.to_owned()))
}
