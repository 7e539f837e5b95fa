//! The floor of many connectors: mapping compiled files and linking them, and nothing else.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use wasmtime::component::{Component, InstancePre};

use super::sandbox::{Raw, State};
use crate::process::{Memory, Process};

/// Loads every compiled file of a folder, says how long that took, and stays.
pub(crate) fn load(folder: &Path) -> Result<()> {
    let begun = Instant::now();
    let raw = Raw::start()?;
    let mut linked: Vec<InstancePre<State>> = Vec::new();
    for entry in fs::read_dir(folder)? {
        // SAFETY: this program compiled the file a moment ago, with an engine of the same configuration.
        #[allow(unsafe_code, reason = "mapping machine code that was compiled here; see the comment above")]
        let component = unsafe { Component::deserialize_file(&raw.engine, entry?.path()) }?;
        linked.push(raw.linker.instantiate_pre(&component)?);
    }
    let took = begun.elapsed().as_micros();
    // The shape that every server of the bench speaks: an address, here with the time in it.
    writeln!(std::io::stdout(), "listens on 127.0.0.1:1; {took}")?;
    let mut end = String::new();
    std::io::stdin().read_line(&mut end)?;
    drop(linked);
    Ok(())
}

/// How long a process of its own takes for that, from its start, and what it holds then.
pub(crate) fn loaded(folder: &Path) -> Result<(Duration, Memory)> {
    let begun = Instant::now();
    let process = Process::held(&["load-components", folder.to_str().context("a folder's name")?])?;
    Ok((begun.elapsed(), process.memory()?))
}
