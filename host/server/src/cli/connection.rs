//! `jackfield connection`: what the API offers for connections, for people at a terminal.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Stage,
    failed::{Declined, Told, UsedWrongly},
    import_tokens::ImportTokens,
    output::{ask, card, items, note, table, text},
    transfer,
};

/// Look at connections and manage them. An operator's key needs --tenant.
#[derive(Debug, Subcommand)]
pub(super) enum Connection {
    /// List a tenant's connections.
    List(List),
    /// Show one connection with what it may do.
    #[command(after_help = "Example:\n  jackfield connection show conn_01J… --tenant ten_01J…")]
    Show {
        /// Its id.
        id: String,
    },
    /// Ask the provider whether the credential works; changes nothing.
    #[command(after_help = "Example:\n  jackfield connection verify conn_01J… --tenant ten_01J…")]
    Verify {
        /// Its id.
        id: String,
    },
    /// Give a connection another name.
    #[command(after_help = "Example:\n  jackfield connection rename conn_01J… \"Team calendar\" --tenant ten_01J…")]
    Rename {
        /// Its id.
        id: String,
        /// The new name.
        name: String,
    },
    /// Make a link with which the person consents again; the connection keeps its id.
    #[command(
        after_help = "Example:\n  jackfield connection reauthorize conn_01J… --end-user u42 --return-url https://app.example.com/connected --tenant ten_01J…"
    )]
    Reauthorize {
        /// Its id.
        id: String,
        /// The person who will consent, by the application's id.
        #[arg(long)]
        end_user: String,
        /// Where the person goes afterwards: one of the tenant's return URLs.
        #[arg(long)]
        return_url: String,
    },
    /// Seal a tenant's connections into a file for another host.
    Export(transfer::Export),
    /// Take in connections that another host sealed; all of them or none.
    Import(transfer::Import),
    /// Make a connection of tokens that were obtained elsewhere, and verify it.
    ImportTokens(Box<ImportTokens>),
    /// Revoke at the provider and delete here.
    Delete(Delete),
}

/// Revoke at the provider and delete here.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield connection delete conn_01J… --yes --tenant ten_01J…")]
pub(super) struct Delete {
    /// Its id.
    id: String,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Even where an application says that it uses the connection.
    #[arg(long)]
    force: bool,
    /// What becomes of other connections to the same account that live on the same grant.
    #[arg(long, value_name = "keep|end", value_parser = ["keep", "end"])]
    twins: Option<String>,
}

/// List a tenant's connections.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield connection list --status needs-reauthorization --tenant ten_01J…")]
pub(super) struct List {
    /// Only through this connector.
    #[arg(long)]
    connector: Option<String>,
    /// Only this person's.
    #[arg(long)]
    end_user: Option<String>,
    /// Only of this status.
    #[arg(long)]
    status: Option<String>,
}

impl Connection {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        match self {
            Self::List(list) => list.run(stage).await,
            Self::Show { id } => show(stage, &id).await,
            Self::Verify { id } => verify(stage, &id).await,
            Self::Rename { id, name } => {
                let answer = stage.host()?.patch(&path(&id), &json!({ "name": name })).await?;
                stage.output.result(&answer, |answer| format!("{id} is now called {}.", text(answer, "/name")));
                Ok(())
            }
            Self::Reauthorize { id, end_user, return_url } => {
                let body = json!({ "end_user": end_user, "return_url": return_url });
                let answer = stage.host()?.post(&["v1", "connections", &id, "reauthorize"], &body).await?;
                stage.output.result(&answer, |answer| text(answer, "/url"));
                Ok(())
            }
            Self::Export(export) => export.run(stage).await,
            Self::Import(import) => import.run(stage).await,
            Self::ImportTokens(import) => import.run(stage).await,
            Self::Delete(delete) => delete.run(stage).await,
        }
    }
}

impl List {
    async fn run(self, stage: &Stage) -> Result<()> {
        let host = stage.host()?;
        let given = [("connector", &self.connector), ("end_user", &self.end_user), ("status", &self.status)];
        let narrowed: Vec<(&str, &str)> =
            given.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?))).collect();
        let answer = host.list(&["v1", "connections"], &narrowed).await?;
        let unreadable = answer.pointer("/unreadable").and_then(Value::as_u64).unwrap_or(0);
        if unreadable > 0 {
            note(&format!("{unreadable} records could not be read and are left out; see the host's log."));
        }
        let columns = [
            ("ID", "/id"),
            ("NAME", "/name"),
            ("CONNECTOR", "/connector"),
            ("ACCOUNT", "/account/label"),
            ("STATUS", "/status"),
            ("LAST VERIFIED", "/verification/at"),
        ];
        stage.output.result(&answer, |answer| table(items(answer), &columns));
        Ok(())
    }
}

fn path(id: &str) -> [&str; 3] {
    ["v1", "connections", id]
}

async fn show(stage: &Stage, id: &str) -> Result<()> {
    let host = stage.host()?;
    let connection = host.get(&path(id)).await?;
    let permissions = host.get(&["v1", "connections", id, "permissions"]).await?;
    let both = json!({ "connection": connection, "permissions": permissions });
    stage.output.result(&both, |both| {
        let connection = both.pointer("/connection").unwrap_or(&Value::Null);
        let actions = both.pointer("/permissions/actions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let columns = [("ACTION", "/title"), ("ALLOWED", "/allowed"), ("MISSING SCOPES", "/missing")];
        format!("{}\n\n{}", described(connection), table(actions, &columns))
    });
    Ok(())
}

/// A refusal by the provider is a failure of the command: scripts ask with it.
async fn verify(stage: &Stage, id: &str) -> Result<()> {
    let answer = stage.host()?.post_nothing(&["v1", "connections", id, "verify"]).await?;
    stage.output.result(&answer, described);
    let failed = answer.pointer("/verification/failure").is_some_and(|failure| !failure.is_null());
    anyhow::ensure!(!failed, Told("verify did not succeed: the answer says why"));
    Ok(())
}

impl Delete {
    async fn run(self, stage: &Stage) -> Result<()> {
        let id = &self.id;
        if !self.yes {
            let answer = ask(&format!("Revoke {id} at the provider and delete it here?"));
            let answer = answer.ok_or(UsedWrongly("there is no terminal to ask at: say --yes"))?;
            anyhow::ensure!(answer, Declined("not deleted: nothing changed"));
        }
        let twins = self.twins.as_deref().map(|twins| ("twins", twins));
        let said: Vec<(&str, &str)> = twins.into_iter().chain(self.force.then_some(("force", "true"))).collect();
        let answer = stage.host()?.delete_asking(&path(id), &said).await?;
        stage.output.result(&answer, |answer| format!("{id} is deleted. {}", text(answer, "/revocation/message")));
        Ok(())
    }
}

pub(super) fn described(connection: &Value) -> String {
    let lines = [
        ("id", "/id"),
        ("name", "/name"),
        ("connector", "/connector"),
        ("method", "/method"),
        ("status", "/status"),
        ("because", "/failure/message"),
        ("account", "/account/label"),
        ("account id", "/account/id"),
        ("also connected as", "/same_account"),
        ("end user", "/end_user"),
        ("actions", "/actions"),
        ("verified", "/verification/at"),
        ("verify said", "/verification/failure/message"),
        ("token ends", "/access_expires/at"),
        ("grant ends", "/grant_expires/at"),
        ("version", "/version"),
        ("made", "/created_at"),
    ];
    card(connection, &lines)
}
