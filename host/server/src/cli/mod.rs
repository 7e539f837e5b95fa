//! The command line: `jackfield`, one file a noun.
//!
//! What needs a running host talks to its HTTP API like any other program; `serve`, `demo`, `keyring`,
//! `openapi`, `backup --offline`, `restore`, `config`, `completions`, `man`, `connector build` and `connector check` do
//! their work in this process.

mod approval;
mod backup;
mod client;
mod compile_worker;
mod config;
mod connection;
mod connector;
mod demo;
mod doctor;
mod failed;
mod host;
mod import_tokens;
mod key;
mod keyring;
mod message;
mod openapi;
mod output;
mod secret_input;
mod serve;
mod shell;
mod sign_in;
mod tenant;
mod transfer;
mod webhook;

use std::{future::Future, path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use self::{host::Host, output::Output};

/// A host for provider connectors.
#[derive(Debug, Parser)]
#[command(name = "jackfield", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
struct Global {
    /// Answer in JSON, on standard output.
    #[arg(long, global = true)]
    json: bool,
    /// Where the host's API is.
    #[arg(long, global = true, value_name = "URL", env = "JACKFIELD_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The tenant an operator's key acts for.
    #[arg(long, global = true, value_name = "TENANT", env = "JACKFIELD_TENANT")]
    tenant: Option<String>,
    /// The file that holds the API key; without it `JACKFIELD_API_KEY_FILE` names it, or `JACKFIELD_API_KEY` is it.
    #[arg(long, global = true, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the host.
    Serve(serve::Serve),
    /// See everything work on this machine: a provider, a host, two connections.
    Demo(demo::Demo),
    /// Build, check, install and approve connectors.
    #[command(subcommand)]
    Connector(connector::Connector),
    /// Register clients: our id and secret at a provider.
    #[command(subcommand)]
    Client(client::Client),
    /// Make and change tenants.
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Make and remove API keys.
    #[command(subcommand)]
    Key(key::Key),
    /// Make and look at the key ring that seals the store.
    #[command(subcommand)]
    Keyring(keyring::Keyring),
    /// Look at connections and manage them.
    #[command(subcommand)]
    Connection(connection::Connection),
    /// Say where a tenant hears of changes.
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Look at what was sent to webhooks and mailboxes.
    #[command(subcommand)]
    Message(message::Message),
    /// Make a link that signs somebody in to the pages.
    #[command(name = "sign-in")]
    SignIn(sign_in::SignIn),
    /// Print the description of the HTTP API.
    #[command(name = "openapi")]
    OpenApi(openapi::OpenApi),
    /// Say what is wrong with a host and what to do about it.
    Doctor(doctor::Doctor),
    /// Write everything the store holds into a sealed file, or check such a file.
    Backup(backup::Backup),
    /// Make a store from a backup.
    Restore(backup::Restore),
    /// Look up settings and check a configuration.
    #[command(subcommand, name = "config")]
    Configuration(config::Configuration),
    /// Write the completions of a shell.
    Completions(shell::Completions),
    /// Write the manual pages, one a command.
    Man(shell::Man),
    /// Compile one component, for the host itself.
    #[command(hide = true)]
    CompileWorker,
}

/// What every command works with.
struct Stage {
    output: Output,
    global: Global,
}

impl Stage {
    /// The running host, with the key this command was given.
    fn host(&self) -> Result<Host> {
        let key = secret_input::api_key(self.global.api_key_file.as_deref())?;
        Ok(Host::new(&self.global.url, key, self.global.tenant.clone())?)
    }
}

/// Runs the command this process was started with.
pub fn main() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    // Before anything else of this process: the worker lowers its own limits.
    if matches!(command, Command::CompileWorker) {
        return compile_worker::run();
    }
    let stage = Stage { output: Output::new(global.json), global };
    match run(command, &stage) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            stage.output.failure(&error);
            failed::code(&error)
        }
    }
}

fn run(command: Command, stage: &Stage) -> Result<()> {
    match command {
        Command::Serve(serve) => in_runtime(serve.run(stage)),
        Command::Demo(demo) => in_runtime(demo.run(stage)),
        Command::Connector(connector) => in_runtime(connector.run(stage)),
        Command::Client(client) => in_runtime(client.run(stage)),
        Command::Tenant(tenant) => in_runtime(tenant.run(stage)),
        Command::Key(key) => in_runtime(key.run(stage)),
        Command::Keyring(keyring) => in_runtime(keyring.run(stage)),
        Command::Connection(connection) => in_runtime(connection.run(stage)),
        Command::Webhook(webhook) => in_runtime(webhook.run(stage)),
        Command::Message(message) => in_runtime(message.run(stage)),
        Command::SignIn(sign_in) => in_runtime(sign_in.run(stage)),
        Command::OpenApi(openapi) => {
            openapi.run(stage);
            Ok(())
        }
        Command::Doctor(doctor) => in_runtime(doctor.run(stage)),
        Command::Backup(backup) => in_runtime(backup.run(stage)),
        Command::Restore(restore) => in_runtime(restore.run(stage)),
        Command::Configuration(configuration) => configuration.run(stage),
        Command::Completions(completions) => completions.run(stage),
        Command::Man(man) => man.run(stage),
        Command::CompileWorker => Ok(()),
    }
}

fn in_runtime(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_s_help_has_an_example() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            if command.is_hide_set() || command.get_name() == "help" {
                return;
            }
            if command.has_subcommands() {
                command.get_subcommands().for_each(|inner| check(inner, &path));
            } else {
                let example = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(example.contains(path.trim()), "{path} has no example of itself: {example:?}");
            }
        }
        check(&Cli::command(), "");
    }
}
