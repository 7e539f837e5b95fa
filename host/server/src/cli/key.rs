//! `jackfield key`: API keys, which speak for the operator or for one tenant.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Subcommand;
use jackfield_model::{api_key::Permission, secret::Secret};
use serde_json::{Value, json};

use super::{
    Stage,
    output::{card, items, table, text},
};
use crate::private_file;

/// Make and remove API keys.
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Make a key. It is shown once.
    #[command(
        after_help = "Example:\n  jackfield key create app --permission connect --permission read --for ten_01J… --out app.key"
    )]
    Create {
        /// What you call it.
        name: String,
        /// What it allows: operate, connect, read, proxy, lease. May be repeated.
        #[arg(long = "permission", value_name = "PERMISSION", required = true)]
        permissions: Vec<Permission>,
        /// The tenant it speaks for; without one, it is an operator's key.
        #[arg(long = "for", value_name = "TENANT")]
        tenant: Option<String>,
        /// Write the key into this new file (mode 0600) instead of showing it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// List keys; the keys themselves are not kept.
    #[command(after_help = "Example:\n  jackfield key list")]
    List,
    /// Remove a key: it stops working at once.
    #[command(after_help = "Example:\n  jackfield key remove key_01J…")]
    Remove {
        /// Its id.
        id: String,
    },
}

impl Key {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let host = stage.host()?;
        match self {
            Self::Create { name, permissions, tenant, out } => {
                let body = json!({ "name": name, "permissions": permissions, "tenant": tenant });
                let mut answer = host.post(&["v1", "api-keys"], &body).await?;
                if let Some(path) = out {
                    keep(&mut answer, &path)?;
                }
                stage.output.result(&answer, described);
            }
            Self::List => {
                let answer = host.list(&["v1", "api-keys"], &[]).await?;
                let columns =
                    [("ID", "/id"), ("NAME", "/name"), ("TENANT", "/tenant"), ("PERMISSIONS", "/permissions")];
                stage.output.result(&answer, |answer| table(items(answer), &columns));
            }
            Self::Remove { id } => {
                let answer = host.delete(&["v1", "api-keys", &id]).await?;
                stage.output.result(&answer, |_| format!("{id} is removed and works no more."));
            }
        }
        Ok(())
    }
}

/// Moves the key out of the answer into a file of its own.
fn keep(answer: &mut Value, path: &PathBuf) -> Result<()> {
    let key = answer.get_mut("key").map(Value::take);
    let Some(Value::String(key)) = key else { anyhow::bail!("the host's answer holds no key") };
    let written = private_file::write(path, &Secret::new(key));
    written.with_context(|| {
        let id = text(answer, "/id");
        format!("cannot write {}, so the key is lost; remove it with `jackfield key remove {id}`", path.display())
    })?;
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("key".into(), json!(null));
        answer.insert("key_file".into(), json!(path));
    }
    Ok(())
}

fn described(key: &Value) -> String {
    let lines = [
        ("id", "/id"),
        ("name", "/name"),
        ("tenant", "/tenant"),
        ("permissions", "/permissions"),
        ("key", "/key"),
        ("written to", "/key_file"),
    ];
    let once = if key.get("key").is_some_and(Value::is_string) { "\nThe key is not shown again." } else { "" };
    format!("{}{once}", card(key, &lines))
}
