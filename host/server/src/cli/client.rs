//! `jackfield client`: our registrations at providers. Their secrets come from a file or standard input.

use std::collections::BTreeMap;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{
    Stage,
    output::{card, items, table},
    secret_input::SecretSource,
};

/// Register clients: our id and secret at a provider.
#[derive(Debug, Subcommand)]
pub(super) enum Client {
    /// Register a client; says the redirect URI to enter at the provider.
    Add(Add),
    /// List clients.
    #[command(after_help = "Example:\n  jackfield client list")]
    List,
    /// Replace a client's secret.
    #[command(after_help = "Example:\n  jackfield client rotate cli_01J… --secret-file new-secret.txt")]
    Rotate {
        /// Its id, as `client list` shows it.
        id: String,
        #[command(flatten)]
        secret: SecretSource,
    },
    /// Accept the endpoints that a client's issuer announces now, in place of those it began with.
    #[command(after_help = "Example:\n  jackfield client accept-endpoints cli_01J…")]
    AcceptEndpoints {
        /// Its id, as `client list` shows it.
        id: String,
    },
    /// Remove a client that no connection uses.
    #[command(after_help = "Example:\n  jackfield client remove cli_01J…")]
    Remove {
        /// Its id, as `client list` shows it.
        id: String,
    },
}

/// Register a client.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  jackfield client add openid-connect --client-id our-app --secret-file secret.txt \\\n    --field issuer=https://login.example.com"
)]
pub(super) struct Add {
    /// The connector it serves.
    connector: String,
    /// The client id the provider gave us.
    #[arg(long)]
    client_id: String,
    #[command(flatten)]
    secret: SecretSource,
    /// The tenant it belongs to; without one, the operator's own, for every tenant.
    #[arg(long = "for", value_name = "TENANT")]
    tenant: Option<String>,
    /// A field the connector asks the operator for. May be repeated.
    #[arg(long = "field", value_name = "KEY=VALUE", value_parser = field)]
    fields: Vec<(String, String)>,
}

impl Client {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        match self {
            Self::Add(add) => add.run(stage).await?,
            Self::List => {
                let answer = stage.host()?.list(&["v1", "clients"], &[]).await?;
                let columns = [
                    ("ID", "/id"),
                    ("CONNECTOR", "/connector"),
                    ("CLIENT ID", "/client_id"),
                    ("TENANT", "/tenant"),
                    ("FAULT", "/fault/code"),
                    ("REDIRECT URI", "/redirect_uri"),
                ];
                stage.output.result(&answer, |answer| table(items(answer), &columns));
            }
            Self::Rotate { id, secret } => {
                let secret = secret.require()?;
                let body = json!({ "client_secret": secret.expose() });
                let answer = stage.host()?.post(&["v1", "clients", &id, "rotate"], &body).await?;
                stage.output.result(&answer, |_| format!("{id} has its new secret."));
            }
            Self::AcceptEndpoints { id } => {
                let answer = stage.host()?.patch(&["v1", "clients", &id], &json!({ "accept_endpoints": true })).await?;
                stage.output.result(&answer, |_| format!("{id} takes the endpoints its issuer announces next."));
            }
            Self::Remove { id } => {
                let answer = stage.host()?.delete(&["v1", "clients", &id]).await?;
                stage.output.result(&answer, |_| format!("{id} is removed."));
            }
        }
        Ok(())
    }
}

impl Add {
    async fn run(self, stage: &Stage) -> Result<()> {
        let secret = self.secret.read()?;
        let mut body = Map::new();
        body.insert("connector".into(), self.connector.into());
        body.insert("client_id".into(), self.client_id.into());
        if let Some(secret) = secret {
            body.insert("client_secret".into(), secret.expose().into());
        }
        if let Some(tenant) = self.tenant {
            body.insert("tenant".into(), tenant.into());
        }
        body.insert("fields".into(), json!(self.fields.into_iter().collect::<BTreeMap<_, _>>()));
        let answer = stage.host()?.post(&["v1", "clients"], &Value::Object(body)).await?;
        stage.output.result(&answer, |client| {
            let lines = [
                ("id", "/id"),
                ("connector", "/connector"),
                ("client id", "/client_id"),
                ("tenant", "/tenant"),
                ("redirect URI", "/redirect_uri"),
            ];
            format!("{}\nEnter the redirect URI at the provider, exactly as it stands here.", card(client, &lines))
        });
        Ok(())
    }
}

/// `KEY=VALUE`, as an argument.
pub(super) fn field(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
