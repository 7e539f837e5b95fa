//! The README's figures: the last line of each suite in `target/figures.json`, and the rows of `target/bench.json`, as tables.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What every line has; the rest is the suite's own.
const COMMON: [&str; 7] = ["suite", "slice", "passed", "failed", "seconds", "commit", "date"];

/// The section's heading, after which everything up to the next heading is written anew.
const HEADING: &str = "## Figures\n";

/// The README with `lines` (one JSON object a line, oldest first) in its section of figures. Lines that are no JSON are left out:
/// a run that was killed may have written half of one. `bench` is what `make bench` wrote, where it did.
///
/// # Errors
/// Says that the section is missing.
pub fn written_into(readme: &str, lines: &str, bench: Option<&Value>) -> Result<String, &'static str> {
    let (before, section) = readme.split_once(HEADING).ok_or("the README has no section `## Figures`")?;
    let introduction = section.split("\n|").next().unwrap_or_default();
    let introduction = introduction.split("\n## ").next().unwrap_or_default().trim();
    let after = section.find("\n## ").and_then(|next| section.get(next..)).unwrap_or("\n");
    let measured = bench.map(|bench| format!("\n{}", measured(bench))).unwrap_or_default();
    Ok(format!("{before}{HEADING}{introduction}\n\n{}{measured}{after}", table(lines)))
}

/// The table of the last lines, long slices before short ones that did not fail; where lines name their targets, of the last run of each target.
fn table(lines: &str) -> String {
    let mut last: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut long: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut partial: BTreeMap<String, Vec<Map<String, Value>>> = BTreeMap::new();
    for line in lines.lines().filter_map(|line| serde_json::from_str::<Map<String, Value>>(line).ok()) {
        let name = said(&line, "suite");
        if line.get("targets").is_some_and(Value::is_object) {
            partial.entry(name).or_default().push(line);
            continue;
        }
        if said(&line, "slice") == "long" {
            long.insert(name.clone(), line.clone());
        }
        last.insert(name, line);
    }
    for (name, line) in long {
        // A short run after the long one shows where it failed: until a run after it does not.
        let failed = last.get(&name).and_then(|last| last.get("failed")?.as_u64()).is_some_and(|failed| failed > 0);
        if !failed {
            last.insert(name, line);
        }
    }
    last.extend(partial.into_iter().map(|(name, runs)| (name, summed(&runs))));
    let head = "| suite | passed | failed | counted | slice | run |\n| --- | --- | --- | --- | --- | --- |\n";
    last.values().fold(head.to_owned(), |table, line| table + &row(line))
}

/// The sum over the last run of each target: a run may take a few of them. One that broke in it failed; a run that does not say which
/// broke counts its failures as long as it is the last of any target.
fn summed(runs: &[Map<String, Value>]) -> Map<String, Value> {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, run) in runs.iter().enumerate() {
        let targets = run.get("targets").and_then(Value::as_object);
        last.extend(targets.into_iter().flatten().map(|(target, _)| (target.as_str(), number)));
    }
    let (mut executions, mut failed, mut commits) = (0, 0, Vec::new());
    for (number, run) in runs.iter().enumerate() {
        let own: Vec<&str> = last.iter().filter(|(_, of)| **of == number).map(|(target, _)| *target).collect();
        let counted = own.iter().filter_map(|target| run.get("targets")?.get(target)?.as_u64());
        executions += counted.sum::<u64>();
        failed += match run.get("broken").and_then(Value::as_array) {
            Some(broken) => own.iter().filter(|target| broken.contains(&Value::from(**target))).count() as u64,
            None if own.is_empty() => 0,
            None => run.get("failed").and_then(Value::as_u64).unwrap_or_default(),
        };
        let commit = said(run, "commit");
        if !own.is_empty() && !commits.contains(&commit) {
            commits.push(commit);
        }
    }
    let mut row = runs.last().cloned().unwrap_or_default();
    row.retain(|name, _| COMMON.contains(&name.as_str()));
    row.insert("passed".to_owned(), Value::from((last.len() as u64).saturating_sub(failed)));
    row.insert("failed".to_owned(), Value::from(failed));
    row.insert("executions".to_owned(), Value::from(executions));
    row.insert("targets".to_owned(), Value::from(last.len()));
    row.insert("commit".to_owned(), Value::from(commits.join("`, `")));
    row
}

/// What was measured, each beside its floor.
fn measured(bench: &Value) -> String {
    let told = |name: &str| bench.get(name).map(readable).unwrap_or_default();
    let head = format!(
        "| measured {}, `{}`, {} cores | figure | floor | ratio | aim | |\n| --- | --- | --- | --- | --- | --- |\n",
        told("date"),
        told("commit"),
        told("cores")
    );
    let rows = bench.get("rows").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    rows.fold(head, |table, row| {
        let [work, unit, floor, aim] = ["work", "unit", "floor", "aim"].map(|name| said(row, name));
        let [figure, beside, ratio] =
            ["figure", "floor_figure", "ratio"].map(|name| row.get(name).map(readable).unwrap_or_default());
        let verdict = if row.get("holds") == Some(&Value::Bool(true)) { "holds" } else { "missed" };
        table + &format!("| {work} | {figure} {unit} | {beside} ({floor}) | {ratio} | {aim} | {verdict} |\n")
    })
}

fn row(line: &Map<String, Value>) -> String {
    let own = line.iter().filter(|(name, _)| !COMMON.contains(&name.as_str()));
    let counted: Vec<String> =
        own.map(|(name, value)| format!("{} {}", name.replace('_', " "), readable(value))).collect();
    let [suite, slice, commit, date] = ["suite", "slice", "commit", "date"].map(|name| said(line, name));
    let [passed, failed] = ["passed", "failed"].map(|name| line.get(name).map(readable).unwrap_or_default());
    format!("| {suite} | {passed} | {failed} | {} | {slice} | {date}, `{commit}` |\n", counted.join(", "))
}

fn said(line: &Map<String, Value>, name: &str) -> String {
    line.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Thousands apart; two digits behind the point.
fn readable(value: &Value) -> String {
    match (value.as_u64(), value.as_f64()) {
        (Some(whole), _) => grouped(whole),
        (None, Some(number)) => format!("{number:.2}"),
        _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}

fn grouped(whole: u64) -> String {
    let digits = whole.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed test is a panic")]
mod tests {
    use super::*;

    const README: &str = "# It\n\n## Figures\nWhere they are from.\n\n| old |\n\n## After\nstays\n";

    #[test]
    fn the_last_line_of_each_suite_stands_in_the_readme_and_the_rest_stays() {
        let lines = concat!(
            r#"{"suite":"a","slice":"short","passed":1,"failed":0,"seconds":1,"commit":"c1","date":"d","kills":12345}"#,
            "\n",
            r#"{"suite":"a","slice":"short","passed":2,"failed":0,"seconds":1,"commit":"c2","date":"d","kills":1234567,"ratio":1.234}"#,
            "\n{\"suite\":\"b\",\"sli",
        );
        let written = written_into(README, lines, None).unwrap();
        let row = "| a | 2 | 0 | kills 1,234,567, ratio 1.23 | short | d, `c2` |";
        assert!(written.contains(row), "{written}");
        assert!(written.starts_with("# It\n\n## Figures\nWhere they are from.\n\n| suite |"), "{written}");
        assert!(written.ends_with("\n## After\nstays\n") && !written.contains("old"), "{written}");
        assert_eq!(written_into(&written, lines, None).unwrap(), written);
    }

    #[test]
    fn a_long_slice_is_not_replaced_by_a_short_one() {
        let lines =
            "{\"suite\":\"a\",\"slice\":\"long\",\"passed\":9}\n{\"suite\":\"a\",\"slice\":\"short\",\"passed\":1}";
        assert!(written_into(README, lines, None).unwrap().contains("| a | 9 |"));
    }

    #[test]
    fn a_run_that_failed_shows_whatever_passed_before_it() {
        let line = |slice: &str, passed: u64, failed: u64| {
            format!(r#"{{"suite":"a","slice":"{slice}","passed":{passed},"failed":{failed}}}"#)
        };
        let row = |lines: &[String]| {
            let written = written_into(README, &lines.join("\n"), None).unwrap();
            written.lines().find(|line| line.starts_with("| a |")).unwrap().to_owned()
        };
        let (long, broken, mended) = (line("long", 9, 0), line("short", 1, 2), line("short", 3, 0));
        assert!(row(&[long.clone(), broken.clone()]).starts_with("| a | 1 | 2 |"));
        // Mended, it is the long run again that tells most; and a long run that failed is not mended by a short one.
        assert!(row(&[long.clone(), broken.clone(), mended.clone()]).starts_with("| a | 9 | 0 |"));
        assert!(row(&[broken, long]).starts_with("| a | 9 | 0 |"));
        assert!(row(&[line("long", 8, 1), mended]).starts_with("| a | 8 | 1 |"));
    }

    #[test]
    fn runs_of_a_few_targets_are_summed_and_the_last_of_each_counts() {
        let lines = [
            r#"{"suite":"fuzz","slice":"long","passed":3,"failed":0,"commit":"c1","date":"d1","executions":6,"targets":{"a":1,"b":2,"c":3}}"#,
            r#"{"suite":"fuzz","slice":"long","passed":1,"failed":1,"commit":"c2","date":"d2","executions":1000,"broken":["d"],"targets":{"a":1000,"d":0}}"#,
            r#"{"suite":"fuzz","slice":"long","passed":1,"failed":0,"commit":"c2","date":"d3","executions":7,"broken":[],"targets":{"b":7}}"#,
        ];
        let row = |lines: &[&str]| {
            let written = written_into(README, &lines.join("\n"), None).unwrap();
            written.lines().find(|line| line.starts_with("| fuzz")).unwrap().to_owned()
        };
        assert_eq!(row(&lines), "| fuzz | 3 | 1 | executions 1,010, targets 4 | long | d3, `c1`, `c2` |");
        assert_eq!(row(&lines[..1]), "| fuzz | 3 | 0 | executions 6, targets 3 | long | d1, `c1` |");
        // Broken before and sound now; and the first run is of no target the last one any more.
        let mended = r#"{"suite":"fuzz","slice":"long","passed":2,"failed":0,"commit":"c3","date":"d4","broken":[],"targets":{"c":5,"d":9}}"#;
        assert_eq!(
            row(&[&lines[..], &[mended]].concat()),
            "| fuzz | 4 | 0 | executions 1,021, targets 4 | long | d4, `c2`, `c3` |"
        );
    }

    #[test]
    fn what_was_measured_stands_beside_its_floor() {
        let row = serde_json::json!({
            "work": "lease", "figure": 1023.4, "unit": "/s", "floor": "axum", "floor_figure": 2046.8, "ratio": 0.5, "aim": "≥ 0.65",
            "holds": false
        });
        let bench = serde_json::json!({ "date": "d", "commit": "c", "cores": 2, "rows": [row] });
        let written = written_into(README, "", Some(&bench)).unwrap();
        let row = "| lease | 1023.40 /s | 2046.80 (axum) | 0.50 | ≥ 0.65 | missed |\n\n## After";
        assert!(written.contains("| measured d, `c`, 2 cores |") && written.contains(row), "{written}");
    }

    #[test]
    fn a_readme_without_the_section_is_left_alone() {
        assert!(written_into("# It\n", "", None).is_err());
    }
}
