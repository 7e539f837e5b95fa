//! `jackfield webhook`: where a tenant hears of changes.

use anyhow::Result;
use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::{
    Stage,
    failed::UsedWrongly,
    message,
    output::{card, items, table, text},
};

/// Say where a tenant hears of changes.
#[derive(Debug, Subcommand)]
pub(super) enum Webhook {
    /// Make a webhook. Its secret is shown once.
    #[command(
        after_help = "Example:\n  jackfield webhook create https://app.example.com/hooks --tenant ten_01J… \\\n    --event connection.needs-reauthorization"
    )]
    Create {
        /// Where it is sent.
        #[arg(value_name = "URL")]
        to: String,
        /// What it hears of; without one, everything. May be repeated.
        #[arg(long = "event", value_name = "EVENT")]
        events: Vec<String>,
    },
    /// List webhooks.
    #[command(after_help = "Example:\n  jackfield webhook list --tenant ten_01J…")]
    List,
    /// Show one webhook.
    #[command(after_help = "Example:\n  jackfield webhook show whk_01J… --tenant ten_01J…")]
    Show {
        /// Its id.
        id: String,
    },
    /// Change where a webhook is sent or what it hears of.
    #[command(
        after_help = "Example:\n  jackfield webhook change whk_01J… --tenant ten_01J… --to https://app.example.com/in"
    )]
    Change {
        /// Its id.
        id: String,
        /// Where it is sent.
        #[arg(long, value_name = "URL")]
        to: Option<String>,
        /// What it hears of, all of it. May be repeated.
        #[arg(long = "event", value_name = "EVENT")]
        events: Vec<String>,
    },
    /// Send nothing to a webhook until it is resumed.
    #[command(after_help = "Example:\n  jackfield webhook pause whk_01J… --tenant ten_01J…")]
    Pause {
        /// Its id.
        id: String,
    },
    /// Let a paused webhook go on.
    #[command(after_help = "Example:\n  jackfield webhook resume whk_01J… --tenant ten_01J…")]
    Resume {
        /// Its id.
        id: String,
    },
    /// Send a webhook a test and say what came of it.
    #[command(after_help = "Example:\n  jackfield webhook test whk_01J… --tenant ten_01J…")]
    Test {
        /// Its id.
        id: String,
    },
    /// Give a webhook a new secret, shown once; the old one signs too for a day.
    #[command(after_help = "Example:\n  jackfield webhook rotate whk_01J… --tenant ten_01J…")]
    Rotate {
        /// Its id.
        id: String,
    },
    /// Send what failed since a moment once more.
    #[command(
        after_help = "Example:\n  jackfield webhook replay whk_01J… --tenant ten_01J… --since 2026-01-31T00:00:00Z"
    )]
    Replay {
        /// Its id.
        id: String,
        /// Messages made at or after this moment.
        #[arg(long, value_name = "MOMENT")]
        since: String,
    },
    /// Remove a webhook.
    #[command(after_help = "Example:\n  jackfield webhook remove whk_01J… --tenant ten_01J…")]
    Remove {
        /// Its id.
        id: String,
    },
}

impl Webhook {
    #[allow(clippy::too_many_lines, reason = "a verb an arm")]
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let (host, all) = (stage.host()?, ["v1", "webhooks"]);
        match self {
            Self::Create { to, events } => {
                let answer = host.post(&all, &json!({ "url": to, "events": events })).await?;
                stage.output.result(&answer, with_secret);
            }
            Self::List => {
                let answer = host.list(&all, &[]).await?;
                let columns = [("ID", "/id"), ("URL", "/url"), ("PAUSED", "/paused/because"), ("EVENTS", "/events")];
                stage.output.result(&answer, |answer| table(items(answer), &columns));
            }
            Self::Show { id } => stage.output.result(&host.get(&["v1", "webhooks", &id]).await?, described),
            Self::Change { id, to, events } => {
                let answer = host.patch(&["v1", "webhooks", &id], &change(to, events)?).await?;
                stage.output.result(&answer, described);
            }
            Self::Pause { id } => {
                let answer = host.patch(&["v1", "webhooks", &id], &json!({ "paused": true })).await?;
                stage.output.result(&answer, |_| format!("{id} is paused."));
            }
            Self::Resume { id } => {
                let answer = host.patch(&["v1", "webhooks", &id], &json!({ "paused": false })).await?;
                let told = format!("{id} goes on; `jackfield webhook replay {id}` sends what it missed.");
                stage.output.result(&answer, |_| told);
            }
            Self::Test { id } => {
                let answer = host.post_nothing(&["v1", "webhooks", &id, "test"]).await?;
                stage.output.result(&answer, message::described);
            }
            Self::Rotate { id } => {
                let answer = host.post_nothing(&["v1", "webhooks", &id, "secret"]).await?;
                stage.output.result(&answer, with_secret);
            }
            Self::Replay { id, since } => {
                let answer = host.post(&["v1", "webhooks", &id, "replay"], &json!({ "since": since })).await?;
                stage.output.result(&answer, |answer| format!("On their way again: {}", text(answer, "/messages")));
            }
            Self::Remove { id } => {
                let answer = host.delete(&["v1", "webhooks", &id]).await?;
                stage.output.result(&answer, |_| format!("{id} is removed."));
            }
        }
        Ok(())
    }
}

fn change(to: Option<String>, events: Vec<String>) -> Result<Value> {
    let mut body = Map::new();
    if let Some(url) = to {
        body.insert("url".into(), url.into());
    }
    if !events.is_empty() {
        body.insert("events".into(), events.into());
    }
    anyhow::ensure!(!body.is_empty(), UsedWrongly("say what to change: --to or --event"));
    Ok(Value::Object(body))
}

fn described(webhook: &Value) -> String {
    let lines = [
        ("id", "/id"),
        ("url", "/url"),
        ("events", "/events"),
        ("paused", "/paused/because"),
        ("failing since", "/failing_since"),
        ("made", "/created_at"),
    ];
    card(webhook, &lines)
}

fn with_secret(webhook: &Value) -> String {
    format!("{}\nsecret: {}\nThe secret is not shown again.", described(webhook), text(webhook, "/secret"))
}
