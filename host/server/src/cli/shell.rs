//! `jackfield completions` and `jackfield man`: what shells and `man` know of these commands, made from the commands.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use super::{Cli, Stage};

/// Write the completions of a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield completions bash > /etc/bash_completion.d/jackfield\n  \
    jackfield completions zsh > \"${fpath[1]}/_jackfield\"\n  \
    jackfield completions fish > ~/.config/fish/completions/jackfield.fish")]
pub(super) struct Completions {
    /// Which shell.
    shell: Shell,
}

/// Write the manual pages, one a command.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield man /usr/local/share/man/man1")]
pub(super) struct Man {
    /// The folder; made if it is not there.
    folder: PathBuf,
}

impl Completions {
    pub(super) fn run(&self, stage: &Stage) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "jackfield", &mut script);
        let script = String::from_utf8(script)?;
        let answer = json!({ "shell": self.shell.to_string(), "script": script });
        stage.output.result(&answer, |_| script.clone());
        Ok(())
    }
}

impl Man {
    pub(super) fn run(&self, stage: &Stage) -> Result<()> {
        let folder = &self.folder;
        let unwritten = || format!("cannot write the manual pages to {}", folder.display());
        fs::create_dir_all(folder).with_context(unwritten)?;
        let mut command = Cli::command().disable_help_subcommand(true);
        command.build();
        let mut pages = Vec::new();
        write(&command, folder, &mut pages).with_context(unwritten)?;
        let answer = json!({ "folder": folder, "pages": pages });
        stage.output.result(&answer, |_| format!("{} pages are in {}.", pages.len(), folder.display()));
        Ok(())
    }
}

fn write(command: &clap::Command, folder: &Path, pages: &mut Vec<String>) -> io::Result<()> {
    let page = clap_mangen::Man::new(command.clone());
    let name = page.get_filename();
    let mut text = Vec::new();
    page.render(&mut text)?;
    fs::write(folder.join(&name), text)?;
    pages.push(name);
    command.get_subcommands().filter(|inner| !inner.is_hide_set()).try_for_each(|inner| write(inner, folder, pages))
}
