//! Every parser of bytes from outside, given its kept cases and mutations of each: what it promises holds of all of them.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jackfield_parsers::{Case, PARSERS, corpora, mutated};
use jackfield_tests::components::workspace;
use jackfield_tests::suite::{Slice, Suite};

#[test]
fn parsers_hold_what_they_promise_of_kept_and_mutated_cases() {
    let mut suite = Suite::named("parsers");
    let mut executions = 0_u64;
    for (name, parser) in PARSERS {
        let cases = corpora(name).unwrap();
        assert!(!cases.is_empty(), "{name} has no cases");
        let seeds = Slice::asked().of(1_500, 100_000) / cases.len() as u64 + 1;
        for (index, case) in cases.iter().enumerate() {
            let other = &cases[(index + 1) % cases.len()].bytes;
            suite.case(format!("{name}/{}", case.name), held(parser, case, other, seeds));
            executions += seeds + 1;
        }
    }
    suite.figure("executions", executions);
    suite.finish();
}

#[test]
fn every_parser_has_cases_and_a_fuzzer_and_every_fuzzer_a_parser() {
    let tests = workspace().join("tests");
    let parsers: BTreeSet<String> = PARSERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(parsers.len(), PARSERS.len(), "a parser is named twice");
    let below = |folder: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(tests.join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(below("parsers/corpora"), parsers, "folders of cases");
    assert_eq!(below("fuzz/targets"), parsers, "targets of the fuzzer");
    for name in &parsers {
        let target = std::fs::read_to_string(tests.join(format!("fuzz/targets/{name}.rs"))).unwrap();
        assert!(
            target.contains(&format!("jackfield_parsers::{name}(bytes)")),
            "the target {name} is of another parser"
        );
    }
    let manifest: toml::Table = std::fs::read_to_string(tests.join("fuzz/Cargo.toml")).unwrap().parse().unwrap();
    let built = manifest["bin"].as_array().unwrap().iter().map(|bin| {
        let (name, path) = (bin["name"].as_str().unwrap(), bin["path"].as_str().unwrap());
        assert_eq!(path, format!("targets/{name}.rs"));
        name.to_owned()
    });
    assert_eq!(built.collect::<BTreeSet<_>>(), parsers, "what is built of them");
}

/// The case itself, and as many mutations of it.
fn held(parser: fn(&[u8]), case: &Case, other: &[u8], seeds: u64) -> Result<(), String> {
    let once = |bytes: &[u8]| catch_unwind(AssertUnwindSafe(|| parser(bytes))).is_ok();
    if !once(&case.bytes) {
        return Err("what it promises does not hold: the panic above says what".to_owned());
    }
    let broken = (0..seeds).map(|seed| mutated(&case.bytes, other, seed)).find(|bytes| !once(bytes));
    broken.map_or(Ok(()), |bytes| Err(format!("does not hold of {:?}", String::from_utf8_lossy(&bytes))))
}
