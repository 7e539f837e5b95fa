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
        // The names stand on a line of their own, below the sentence.
        let names: Vec<&str> = invariant.trim().lines().last().unwrap().split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test is named for: {invariant}");
        let gone: Vec<&&str> = names.iter().filter(|name| !known.contains(**name)).collect();
        assert!(gone.is_empty(), "there is no test {gone:?}, which is named for: {invariant}");
    }
}
