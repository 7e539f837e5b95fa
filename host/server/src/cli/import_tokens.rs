//! `jackfield connection import-tokens`: a connection of tokens that somebody else obtained. They come from files or from
//! standard input, as every secret does.

use std::{collections::BTreeMap, io, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::{ArgGroup, Args};
use serde_json::{Map, Value, json};

use super::{
    Stage,
    client::field,
    connection::described,
    failed::{Told, UsedWrongly},
    secret_input,
};

/// Make a connection of tokens that were obtained elsewhere, and verify it.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  jackfield connection import-tokens github --method oauth-app --access-token-file token.txt \\\n    \
    --end-user u42 --action list-repositories --tenant ten_01J…\n\n\
    Whoever had a refresh token before must not use it any more: most providers give out a new one for it, and take a \
    second use for theft. Tokens that the provider refuses for good are not kept."
)]
#[command(group = ArgGroup::new("access").required(true).args(["access_token_file", "access_token_stdin"]))]
pub(super) struct ImportTokens {
    /// The connector they are for.
    connector: String,
    /// The auth method they were obtained by, as `connector show` lists it.
    #[arg(long)]
    method: String,
    /// Read the access token from this file.
    #[arg(long, value_name = "FILE")]
    access_token_file: Option<PathBuf>,
    /// Read the access token from standard input.
    #[arg(long)]
    access_token_stdin: bool,
    /// Read the refresh token from this file.
    #[arg(long, value_name = "FILE")]
    refresh_token_file: Option<PathBuf>,
    /// The client they were obtained with; left out, the one the tenant connects with.
    #[arg(long, value_name = "cli_…")]
    client: Option<String>,
    /// What people call the connection; left out, the connector's own name for it.
    #[arg(long)]
    name: Option<String>,
    /// The person it belongs to, by the application's id; left out where the whole tenant uses it.
    #[arg(long)]
    end_user: Option<String>,
    /// What it is for: an action of the connector. May be repeated.
    #[arg(long = "action", value_name = "ACTION")]
    actions: Vec<String>,
    /// A field of the connector. May be repeated.
    #[arg(long = "field", value_name = "KEY=VALUE", value_parser = field)]
    fields: Vec<(String, String)>,
    /// A secret field of the connector, and the file it is in. May be repeated.
    #[arg(long = "secret-field", value_name = "KEY=FILE", value_parser = field)]
    secret_fields: Vec<(String, String)>,
    #[command(flatten)]
    known: Known,
}

/// What is known of the tokens.
#[derive(Debug, Args)]
struct Known {
    /// A scope that was granted; left out, what the actions need. May be repeated.
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// When the access token ends: RFC 3339, as 2026-01-31T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    expires_at: Option<String>,
    /// When the tokens were obtained.
    #[arg(long, value_name = "TIME")]
    obtained_at: Option<String>,
    /// When the person consented: the permission's own end counts from here.
    #[arg(long, value_name = "TIME")]
    consented_at: Option<String>,
}

impl ImportTokens {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let body = Value::Object(self.body()?);
        let answer = stage.host()?.post(&["v1", "connections", "import"], &body).await?;
        stage.output.result(&answer, described);
        let failed = answer.pointer("/verification/failure").is_some_and(|failure| !failure.is_null());
        anyhow::ensure!(!failed, Told("the connection is there and does not work yet: the answer says why"));
        Ok(())
    }

    fn body(self) -> Result<Map<String, Value>> {
        let mut body = Map::new();
        let tokens = self.tokens()?;
        let fields = self.fields()?;
        let given = [
            ("connector", Some(self.connector)),
            ("method", Some(self.method)),
            ("client", self.client),
            ("name", self.name),
            ("end_user", self.end_user),
        ];
        body.extend(given.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into()))));
        body.insert("actions".into(), json!(self.actions));
        body.insert("fields".into(), json!(fields));
        body.insert("tokens".into(), tokens);
        Ok(body)
    }

    fn tokens(&self) -> Result<Value> {
        let access = match &self.access_token_file {
            Some(path) => secret_input::from_file(path)?,
            None => {
                secret_input::from(io::stdin().lock()).context("cannot read the access token from standard input")?
            }
        };
        let refresh = self.refresh_token_file.as_deref().map(secret_input::from_file).transpose()?;
        let mut tokens = json!({ "access_token": access.expose() });
        let Known { scopes, expires_at, obtained_at, consented_at } = &self.known;
        if let Some(members) = tokens.as_object_mut() {
            let times = [("expires_at", expires_at), ("obtained_at", obtained_at), ("consented_at", consented_at)];
            members.extend(times.into_iter().filter_map(|(key, time)| Some((key.to_owned(), time.clone()?.into()))));
            if let Some(refresh) = &refresh {
                members.insert("refresh_token".into(), refresh.expose().into());
            }
            if !scopes.is_empty() {
                members.insert("scopes".into(), json!(scopes));
            }
        }
        Ok(tokens)
    }

    fn fields(&self) -> Result<BTreeMap<String, String>> {
        let mut fields: BTreeMap<String, String> = self.fields.iter().cloned().collect();
        for (key, file) in &self.secret_fields {
            let secret = secret_input::from_file(file.as_ref())?;
            if fields.insert(key.clone(), secret.expose().to_owned()).is_some() {
                return Err(UsedWrongly("a field is given twice: as --field and as --secret-field").into());
            }
        }
        Ok(fields)
    }
}
