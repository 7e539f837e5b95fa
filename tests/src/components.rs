//! Components for the stories: the bundled connectors and the guests, built once a run by the function everybody uses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};
use jackfield_build::{BuildRequest, build};

/// The bundled connectors, by the names of their packages.
const CONNECTORS: [&str; 9] = [
    "jackfield-api-token",
    "jackfield-basic-auth",
    "jackfield-facebook",
    "jackfield-github",
    "jackfield-google",
    "jackfield-mailchimp",
    "jackfield-notion",
    "jackfield-openid-connect",
    "jackfield-slack",
];

static BUILT: OnceLock<std::result::Result<BTreeMap<String, PathBuf>, String>> = OnceLock::new();

/// The bytes of a bundled connector (`github`) or of a guest (`endless_loop`).
pub fn component(name: &str) -> Result<Vec<u8>> {
    Ok(std::fs::read(path(name)?)?)
}

/// Builds them all, where that was not done yet.
pub fn ready() -> Result<()> {
    built().map(drop)
}

/// The file of a bundled connector or of a guest.
pub fn path(name: &str) -> Result<PathBuf> {
    let built = built()?;
    let found = built.get(name).or_else(|| built.get(&format!("jackfield-{name}")));
    found.cloned().with_context(|| format!("no connector and no guest is called {name}"))
}

fn built() -> Result<&'static BTreeMap<String, PathBuf>> {
    let built = BUILT.get_or_init(|| build_all().map_err(|error| format!("{error:#}")));
    built.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
}

/// The root of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

fn build_all() -> Result<BTreeMap<String, PathBuf>> {
    let connectors = build(&BuildRequest::packages(workspace(), CONNECTORS))?;
    let guests = build(&BuildRequest::examples(workspace(), "jackfield-guests"))?;
    Ok(connectors.into_iter().chain(guests).map(|artifact| (artifact.name, artifact.path)).collect())
}
