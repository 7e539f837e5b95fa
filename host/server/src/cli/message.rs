//! `jackfield message`: what was sent to webhooks and mailboxes, and once more on request.

use anyhow::Result;
use clap::Subcommand;
use serde_json::Value;

use super::{
    Stage,
    output::{card, items, table},
};

/// Look at what was sent to webhooks and mailboxes.
#[derive(Debug, Subcommand)]
pub(super) enum Message {
    /// List messages, newest first.
    #[command(after_help = "Example:\n  jackfield message list --tenant ten_01J… --state failed")]
    List {
        /// To this webhook only.
        #[arg(long, value_name = "WEBHOOK")]
        webhook: Option<String>,
        /// That are this far only: waiting, sent, failed or dropped.
        #[arg(long)]
        state: Option<String>,
    },
    /// Show one message and its last try.
    #[command(after_help = "Example:\n  jackfield message show msg_01J… --tenant ten_01J…")]
    Show {
        /// Its id.
        id: String,
    },
    /// Send a message that is over once more, under the same id.
    #[command(after_help = "Example:\n  jackfield message replay msg_01J… --tenant ten_01J…")]
    Replay {
        /// Its id.
        id: String,
    },
}

impl Message {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let host = stage.host()?;
        match self {
            Self::List { webhook, state } => {
                let asked = [("webhook", webhook), ("state", state)];
                let query: Vec<(&str, &str)> =
                    asked.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?))).collect();
                let answer = host.list(&["v1", "messages"], &query).await?;
                let columns = [
                    ("ID", "/id"),
                    ("EVENT", "/event"),
                    ("STATE", "/state"),
                    ("CONNECTION", "/connection"),
                    ("WEBHOOK", "/webhook"),
                    ("ADDRESS", "/address"),
                    ("NEXT TRY", "/next_attempt_at"),
                ];
                stage.output.result(&answer, |answer| table(items(answer), &columns));
            }
            Self::Show { id } => {
                let answer = host.get(&["v1", "messages", &id]).await?;
                stage.output.result(&answer, described);
            }
            Self::Replay { id } => {
                let answer = host.post_nothing(&["v1", "messages", &id, "replay"]).await?;
                stage.output.result(&answer, |_| format!("{id} is on its way again."));
            }
        }
        Ok(())
    }
}

/// A message for a person: what it is, and every try.
pub(super) fn described(message: &Value) -> String {
    let lines = [
        ("id", "/id"),
        ("event", "/event"),
        ("state", "/state"),
        ("connection", "/connection"),
        ("webhook", "/webhook"),
        ("address", "/address"),
        ("made", "/created_at"),
        ("next try", "/next_attempt_at"),
    ];
    let tries = message.pointer("/attempts").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let columns = [("TRIED", "/at"), ("ANSWER", "/status"), ("FAILURE", "/failure"), ("MS", "/took_ms")];
    format!("{}\n{}", card(message, &lines), table(tries, &columns))
}
