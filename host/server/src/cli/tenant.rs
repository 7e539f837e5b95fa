//! `jackfield tenant`: who owns connections.

mod brand;

use anyhow::Result;
use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::{
    Stage,
    failed::UsedWrongly,
    output::{card, items, table, text},
};

/// Make and change tenants.
#[derive(Debug, Subcommand)]
pub(super) enum Tenant {
    /// Make a tenant.
    #[command(
        after_help = "Example:\n  jackfield tenant create \"North Wind\" --return-url https://app.example.com/connected"
    )]
    Create {
        /// Its name, shown on its pages.
        name: String,
        /// Where people may be sent back to after connecting; exactly this URL. May be repeated.
        #[arg(long = "return-url", value_name = "URL")]
        return_urls: Vec<String>,
    },
    /// List tenants.
    #[command(after_help = "Example:\n  jackfield tenant list")]
    List,
    /// Show one tenant.
    #[command(after_help = "Example:\n  jackfield tenant show ten_01J…")]
    Show {
        /// Its id.
        id: String,
    },
    /// Change a tenant's name or return URLs.
    #[command(after_help = "Example:\n  jackfield tenant change ten_01J… --name \"South Wind\"")]
    Change {
        /// Its id.
        id: String,
        /// The new name.
        #[arg(long)]
        name: Option<String>,
        /// The new return URLs, all of them: they replace the old ones. May be repeated.
        #[arg(long = "return-url", value_name = "URL")]
        return_urls: Vec<String>,
    },
    /// Show or set how a tenant's pages and mails look, and where they live.
    Brand(brand::Brand),
    /// Remove a tenant that has no connections.
    #[command(after_help = "Example:\n  jackfield tenant remove ten_01J…")]
    Remove {
        /// Its id.
        id: String,
    },
}

impl Tenant {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let host = stage.host()?;
        match self {
            Self::Brand(brand) => brand.run(stage).await?,
            Self::Create { name, return_urls } => {
                let body = json!({ "name": name, "return_urls": return_urls });
                let answer = host.post(&["v1", "tenants"], &body).await?;
                stage.output.result(&answer, described);
            }
            Self::List => {
                let answer = host.list(&["v1", "tenants"], &[]).await?;
                let columns = [("ID", "/id"), ("NAME", "/name"), ("RETURN URLS", "/return_urls")];
                stage.output.result(&answer, |answer| table(items(answer), &columns));
            }
            Self::Show { id } => {
                let answer = host.get(&["v1", "tenants", &id]).await?;
                stage.output.result(&answer, described);
            }
            Self::Change { id, name, return_urls } => {
                let answer = host.patch(&["v1", "tenants", &id], &change(name, return_urls)?).await?;
                stage.output.result(&answer, described);
            }
            Self::Remove { id } => {
                let answer = host.delete(&["v1", "tenants", &id]).await?;
                stage.output.result(&answer, |_| format!("{id} is removed."));
            }
        }
        Ok(())
    }
}

fn change(name: Option<String>, return_urls: Vec<String>) -> Result<Value> {
    let mut body = Map::new();
    if let Some(name) = name {
        body.insert("name".into(), name.into());
    }
    if !return_urls.is_empty() {
        body.insert("return_urls".into(), return_urls.into());
    }
    anyhow::ensure!(!body.is_empty(), UsedWrongly("say what to change: --name or --return-url"));
    Ok(Value::Object(body))
}

fn described(tenant: &Value) -> String {
    let lines = [("id", "/id"), ("name", "/name"), ("return URLs", "/return_urls"), ("made", "/created_at")];
    let card = card(tenant, &lines);
    match tenant.pointer("/return_urls").and_then(Value::as_array) {
        Some(urls) if urls.is_empty() => {
            format!(
                "{card}\nNobody can connect yet: add a return URL with `jackfield tenant change {}`.",
                text(tenant, "/id")
            )
        }
        _ => card,
    }
}
