//! The rows of the table: one file each, each by itself, so that one that fails leaves the others.

mod clients;
mod connectors;
mod create;
mod install;
mod lease;
mod list;
mod proxy;
mod refresh;
mod verify;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::report::{self, Failed, Figure, median, number, say};
use crate::scale::Scale;
use crate::stand::Stand;

type Row = fn(&mut Stand) -> Result<Vec<Figure>>;

/// Every row; those that need the large store come last.
const ROWS: [(&str, Row); 11] = [
    ("verify", verify::row),
    ("install", install::row),
    ("connectors", connectors::row),
    ("clients", clients::row),
    ("proxy", proxy::row),
    ("create", create::row),
    ("refresh", refresh::row),
    ("lease", lease::few),
    ("list", list::row),
    ("standing", list::standing),
    ("lease-many", lease::many),
];

/// What the rows are called.
pub(crate) fn names() -> Vec<&'static str> {
    ROWS.iter().map(|(name, _)| *name).collect()
}

/// Measures the named rows, or all; answers whether all of them could be.
pub(crate) fn measure(scale: Scale, wanted: &[&str]) -> Result<bool> {
    if let Some(unknown) = wanted.iter().find(|name| !names().contains(name)) {
        bail!("there is no row `{unknown}`: {}", names().join(", "));
    }
    let mut stand = Stand::of(scale);
    let (mut figures, mut failed) = (Vec::new(), Vec::new());
    for (name, row) in ROWS.iter().filter(|(name, _)| wanted.is_empty() || wanted.contains(name)) {
        say(&format!("{name} …"));
        let begun = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| row(&mut stand))) {
            Ok(Ok(measured)) => {
                for figure in &measured {
                    let (work, ratio, aim) = (&figure.work, number(figure.ratio()), figure.aim.text());
                    say(&format!("  {work}: {} against {}: {ratio} ({aim})", number(figure.host), number(figure.base)));
                }
                figures.extend(measured);
            }
            Ok(Err(error)) => failed.push(Failed { row: name, why: format!("{error:#}") }),
            Err(_) => failed.push(Failed { row: name, why: "it panicked; the place is above".to_owned() }),
        }
        say(&format!("  {:.0} s", begun.elapsed().as_secs_f64()));
    }
    report::finish(&figures, &failed)
}

/// Measures two things by turns, so that what else the machine does falls on both; the medians.
fn by_turns(
    rounds: usize,
    mut host: impl FnMut() -> Result<f64>,
    mut floor: impl FnMut() -> Result<f64>,
) -> Result<(f64, f64)> {
    let (mut hosts, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        hosts.push(host()?);
        floors.push(floor()?);
    }
    Ok((median(hosts), median(floors)))
}
