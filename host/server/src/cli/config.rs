//! `jackfield config`: every setting there is, and what a configuration comes to. Works without a host.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Stage,
    output::{items, table, text},
};
use crate::config::{Config, Environment, Reference, Source, reference};

/// Look up settings and check a configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Configuration {
    /// List every setting: key, environment variable, type, default, meaning.
    Reference(List),
    /// Check a configuration as `serve` would, and say where each setting comes from.
    #[command(after_help = "Example:\n  jackfield config check --config jackfield.toml\n\n\
        Exit code 2: `serve` would refuse this configuration.")]
    Check {
        /// The configuration: a TOML file.
        #[arg(long, value_name = "FILE", env = "JACKFIELD_CONFIG")]
        config: Option<PathBuf>,
    },
}

/// List every setting.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  jackfield config reference\n  jackfield config reference --toml > jackfield.toml\n\n\
    Each variable also works with _FILE behind its name: then it names a file that holds the value."
)]
pub(super) struct List {
    /// As a configuration file in which everything is commented out.
    #[arg(long, conflicts_with = "json")]
    toml: bool,
}

impl Configuration {
    pub(super) fn run(self, stage: &Stage) -> Result<()> {
        match self {
            Self::Reference(list) => {
                let entries = reference();
                let answer = json!({ "items": entries });
                stage.output.result(&answer, |_| if list.toml { as_toml(&entries) } else { in_words(&entries) });
            }
            Self::Check { config } => check(stage, config.as_deref())?,
        }
        Ok(())
    }
}

fn check(stage: &Stage, file: Option<&Path>) -> Result<()> {
    let environment = Environment::of_process();
    let config = Config::load(file, &environment)?;
    let sources = Config::sources(file, &environment)?;
    let given: Vec<_> = sources.iter().filter(|setting| setting.source != Source::Default).collect();
    let answer = json!({ "items": given, "defaults": config.defaults, "warnings": config.warnings() });
    stage.output.result(&answer, |answer| {
        let mut said = vec!["This configuration is good.".to_owned()];
        if !given.is_empty() {
            let named = |setting: &Value| match setting.pointer("/source/variable") {
                Some(variable) => json!({ "key": setting["key"], "from": variable }),
                None => json!({ "key": setting["key"], "from": "the file" }),
            };
            let rows: Vec<Value> = items(answer).iter().map(named).collect();
            said.push(table(&rows, &[("SET", "/key"), ("BY", "/from")]));
        }
        said.extend(config.defaults.iter().map(|default| format!("default: {default}")));
        said.extend(config.warnings().iter().map(|warning| format!("WARNING: {warning}")));
        said.join("\n")
    });
    Ok(())
}

fn in_words(entries: &[Reference]) -> String {
    let words = |entry: &Reference| {
        let Reference { key, variable, kind, default, meaning } = entry;
        format!("{key}\n  {meaning}\n  {kind}; default: {default}; {variable}")
    };
    entries.iter().map(words).collect::<Vec<_>>().join("\n")
}

/// Tables in the order of the reference; what stands alone comes first there.
fn as_toml(entries: &[Reference]) -> String {
    let mut lines = Vec::new();
    let mut current = "";
    for entry in entries {
        let (within, key) = entry.key.rsplit_once('.').unwrap_or(("", &entry.key));
        if within != current {
            lines.push(format!("\n[{within}]"));
            current = within;
        }
        lines.push(format!("# {} ({})", entry.meaning, entry.kind));
        lines.push(format!("# {key} = {}", toml_default(&entry.default)));
    }
    lines.join("\n")
}

/// What is no TOML yet is text; what holds nothing stays in words.
fn toml_default(default: &str) -> String {
    match default {
        "none" => "(none)".to_owned(),
        text if toml::from_str::<toml::Table>(&format!("value = {text}")).is_ok() => text.to_owned(),
        words if words.contains(' ') => format!("({words})"),
        text => text_of(text),
    }
}

fn text_of(value: &str) -> String {
    toml::Value::String(text(&json!(value), "")).to_string()
}
