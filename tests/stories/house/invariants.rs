//! The invariants of the host: each names the tests that hold it, and each of those tests is there.

use jackfield_tests::components::workspace;

use crate::statements::tests;

#[test]
fn every_invariant_names_tests_that_are_there() {
    let readme = std::fs::read_to_string(workspace().join("host/README.md")).unwrap();
    let section = readme.split("## Invariants\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let invariants: Vec<&str> = section.split("\n- ").skip(1).collect();
    assert!(invariants.len() >= 15, "the walk found {} invariants", invariants.len());
    let known = tests();
    for invariant in invariants {
        // Names of tests stand between backticks like names of files, which have a slash or a dot.
        let quoted = invariant.split('`').skip(1).step_by(2);
        let names: Vec<&str> = quoted.filter(|name| !name.contains(['/', '.'])).collect();
        assert!(!names.is_empty(), "no test is named for: {invariant}");
        let gone: Vec<&&str> = names.iter().filter(|name| !known.contains(**name)).collect();
        assert!(gone.is_empty(), "there is no test {gone:?}, which is named for: {invariant}");
    }
}
