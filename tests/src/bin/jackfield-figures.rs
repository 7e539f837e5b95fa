//! Writes the figures of the last runs into the README: `make figures`.

use std::fs;

use anyhow::{Context, Result, anyhow};
use jackfield_tests::components::workspace;
use jackfield_tests::figures::written_into;

fn main() -> Result<()> {
    let readme = workspace().join("README.md");
    let lines = fs::read_to_string(workspace().join("target/figures.json"))
        .context("there are no figures yet: run `make test` or `make soak` first")?;
    let bench = fs::read(workspace().join("target/bench.json")).ok();
    let bench = bench.map(|bytes| serde_json::from_slice(&bytes)).transpose().context("bench.json")?;
    let written =
        written_into(&fs::read_to_string(&readme)?, &lines, bench.as_ref()).map_err(|wrong| anyhow!(wrong))?;
    Ok(fs::write(readme, written)?)
}
