//! A suite: cases that are counted, told on the screen and kept in `target/figures.json`, from which the README's figures come.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Map, Value, json};

/// The root of the workspace.
fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."))
}

/// How much of a suite is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// What `make test` takes: minutes for all suites together.
    Short,
    /// What `make soak` takes: as long as the suite's promise needs.
    Long,
}

impl Slice {
    /// The slice that was asked for: `SLICE=long`, or the short one. The hosts under test read `JACKFIELD_…` as their settings.
    #[allow(clippy::disallowed_methods, reason = "how long tests go on is said from outside")]
    pub fn asked() -> Self {
        if std::env::var("SLICE").is_ok_and(|slice| slice == "long") { Self::Long } else { Self::Short }
    }

    /// `short` or `long`, whichever this slice is.
    pub fn of<T>(self, short: T, long: T) -> T {
        match self {
            Self::Short => short,
            Self::Long => long,
        }
    }
}

/// The cases of one suite and what else it counted.
pub struct Suite {
    name: &'static str,
    begun: Instant,
    passed: u64,
    failures: Vec<String>,
    figures: Map<String, Value>,
}

impl Suite {
    /// A suite without cases yet. `name` is its word in the file of figures, in kebab-case.
    pub fn named(name: &'static str) -> Self {
        Self { name, begun: Instant::now(), passed: 0, failures: Vec::new(), figures: Map::new() }
    }

    /// Counts a case. What is wrong with one that did not hold is said at the end, beside all others.
    pub fn case(&mut self, case: impl Into<String>, held: Result<(), String>) {
        match held {
            Ok(()) => self.passed += 1,
            Err(wrong) => self.failures.push(format!("{}: {wrong}", case.into())),
        }
    }

    /// Counts a case that holds or does not.
    pub fn check(&mut self, case: impl Into<String>, held: bool) {
        self.case(case, if held { Ok(()) } else { Err("does not hold".to_owned()) });
    }

    /// Keeps a figure beside the count: `kills: 60`.
    pub fn figure(&mut self, name: &str, value: impl Into<Value>) {
        self.figures.insert(name.to_owned(), value.into());
    }

    /// Tells the count and fails the test when a case failed, or when there was none.
    ///
    /// # Panics
    /// Names every case that failed.
    pub fn finish(self) {
        let (passed, failed) = (self.passed, self.failures.len());
        // Not `println!`, which a passing test's harness swallows.
        let _ = writeln!(std::io::stdout(), "{}: {passed} passed, {failed} failed", self.name);
        let kept = self.keep();
        assert!(kept.is_ok(), "{}: the figures cannot be kept: {kept:?}", self.name);
        assert!(passed > 0, "{}: no case was run", self.name);
        assert!(
            self.failures.is_empty(),
            "{}: {failed} of {} failed:\n{}",
            self.name,
            passed + failed as u64,
            self.failures.join("\n")
        );
    }

    fn keep(&self) -> std::io::Result<()> {
        let mut line = json!({
            "suite": self.name,
            "slice": Slice::asked().of("short", "long"),
            "passed": self.passed,
            "failed": self.failures.len(),
            "seconds": self.begun.elapsed().as_secs(),
            "commit": said_by("git", &["rev-parse", "--short", "HEAD"]),
            "date": said_by("date", &["--utc", "+%F"]),
        });
        if let Value::Object(fields) = &mut line {
            fields.extend(self.figures.clone());
        }
        let path = workspace().join("target/figures.json");
        std::fs::create_dir_all(workspace().join("target"))?;
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // One write a line: several suites may append at a time.
        file.write_all(format!("{line}\n").as_bytes())
    }
}

fn said_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(workspace()).output();
    output.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default()
}
