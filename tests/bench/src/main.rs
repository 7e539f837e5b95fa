//! `make bench`: what "fast" means, each figure beside its floor in the same run.
//!
//! Without an argument it measures every row; `--quick` measures smaller and shorter, a row's name measures that row. Its other
//! commands are the servers it starts of itself, so that host and floor are both processes of their own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement that cannot be made ends with a panic that says where, and its row with it"
)]

mod api;
mod fill;
mod floor;
mod host;
mod load;
mod parts;
mod plot;
mod process;
mod report;
mod rows;
mod scale;
mod stand;

use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report::say(&format!("bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether everything that was asked for could be measured.
fn run(arguments: &[&str]) -> Result<bool> {
    match arguments {
        ["upstream"] => floor::upstream::serve().map(|()| true),
        ["plain", body] => floor::plain::serve(body).map(|()| true),
        ["bare-proxy", upstream] => floor::proxy::serve(upstream.parse()?).map(|()| true),
        ["load-components", folder] => floor::components::load(folder.as_ref()).map(|()| true),
        _ => {
            let (flags, names): (Vec<&str>, Vec<&str>) = arguments.iter().partition(|word| word.starts_with("--"));
            if let Some(unknown) = flags.iter().find(|flag| **flag != "--quick") {
                bail!("`{unknown}` is not known: `--quick`, or names of rows: {}", rows::names().join(", "));
            }
            rows::measure(scale::Scale::of(!flags.is_empty()), &names)
        }
    }
}
