//! What was measured: on the screen, in `target/bench.json` and in `target/bench.svg`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use serde_json::{Value, json};

use crate::plot;

/// What a figure should be, against its floor or by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Aim {
    /// At least this part of the floor.
    AtLeast(f64),
    /// At most this many times the floor.
    AtMost(f64),
}

impl Aim {
    /// The number of it.
    pub(crate) fn value(self) -> f64 {
        match self {
            Self::AtLeast(value) | Self::AtMost(value) => value,
        }
    }

    /// Whether a ratio holds it.
    pub(crate) fn held(self, ratio: f64) -> bool {
        match self {
            Self::AtLeast(least) => ratio >= least,
            Self::AtMost(most) => ratio <= most,
        }
    }

    /// How it is written.
    pub(crate) fn text(self) -> String {
        match self {
            Self::AtLeast(value) => format!("≥ {value}"),
            Self::AtMost(value) => format!("≤ {value}"),
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) work: String,
    /// Beside what.
    pub(crate) floor: String,
    /// What the ratio should be.
    pub(crate) aim: Aim,
    /// The host's median.
    pub(crate) host: f64,
    /// The floor's median.
    pub(crate) base: f64,
    /// The unit of both.
    pub(crate) unit: &'static str,
}

impl Figure {
    /// The host's share of the floor.
    pub(crate) fn ratio(&self) -> f64 {
        self.host / self.base
    }

    fn json(&self) -> Value {
        let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
        json!({
            "work": self.work,
            "floor": self.floor,
            "aim": self.aim.text(),
            "figure": rounded(self.host),
            "floor_figure": rounded(self.base),
            "unit": self.unit,
            "ratio": rounded(self.ratio()),
            "holds": self.aim.held(self.ratio()),
        })
    }
}

/// Says a line to whoever watches.
pub(crate) fn say(line: &str) {
    // Who closed the screen is not told, and the files are written all the same.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// What is in the way of a row.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    /// The row.
    pub(crate) row: &'static str,
    /// Why.
    pub(crate) why: String,
}

/// Shows the table and writes the files; answers whether every row was measured.
pub(crate) fn finish(figures: &[Figure], failed: &[Failed]) -> Result<bool> {
    let mut out = std::io::stdout();
    for line in table(figures) {
        writeln!(out, "{line}")?;
    }
    for Failed { row, why } in failed {
        writeln!(out, "not measured: {row}: {why}")?;
    }
    let target = target();
    fs::create_dir_all(&target)?;
    let all = json!({
        "commit": said_by("git", &["rev-parse", "--short", "HEAD"]),
        "date": said_by("date", &["--utc", "+%F"]),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "rows": figures.iter().map(Figure::json).collect::<Vec<_>>(),
        "not_measured": failed.iter().map(|failed| json!({ "row": failed.row, "why": failed.why })).collect::<Vec<_>>(),
    });
    fs::write(target.join("bench.json"), format!("{all:#}\n"))?;
    fs::write(target.join("bench.svg"), plot::drawn(figures))?;
    writeln!(out, "written: {0}/bench.json, {0}/bench.svg", target.display())?;
    Ok(failed.is_empty())
}

fn table(figures: &[Figure]) -> Vec<String> {
    let head = ["work", "figure", "floor", "ratio", "aim", "", "beside"].map(str::to_owned);
    let rows = figures.iter().map(|figure| {
        let verdict = if figure.aim.held(figure.ratio()) { "holds" } else { "MISSED" };
        [
            figure.work.clone(),
            format!("{} {}", number(figure.host), figure.unit),
            number(figure.base),
            format!("{:.2}", figure.ratio()),
            figure.aim.text(),
            verdict.to_owned(),
            figure.floor.clone(),
        ]
    });
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let padded = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(padded).collect()
}

/// A number with as many places as say something.
pub(crate) fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// The middle one of several measurements.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The root of the workspace.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."))
}

/// Where results and stores are written.
#[allow(clippy::disallowed_methods, reason = "cargo says where its folder is")]
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}

fn said_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(workspace()).output();
    output.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default()
}
