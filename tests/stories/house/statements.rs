//! The statements of the specifications that this host promises to hold: each has a test that bears its name.

use std::collections::BTreeSet;

use jackfield_tests::components::workspace;

use crate::architecture::{files, is};

/// Families of statements and how many each has: OAuth core, bearer tokens, PKCE, state and mix-up, refresh,
/// revocation, metadata, OpenID Connect, leakage. The sixth of the metadata family (RFC 9728) speaks of a resource that
/// names its authorization server, which no auth method asks for yet.
const STATEMENTS: [(&str, u32); 9] =
    [("core", 15), ("bear", 4), ("pkce", 6), ("st", 11), ("ref", 8), ("rev", 5), ("md", 5), ("id", 5), ("lk", 3)];

#[test]
fn every_statement_has_a_test_named_after_it() {
    let names = tests();
    let wanted =
        STATEMENTS.iter().flat_map(|(family, count)| (1..=*count).map(move |number| format!("{family}_{number}_")));
    let untested: Vec<String> =
        wanted.filter(|id| !names.iter().any(|name| format!("_{name}").contains(&format!("_{id}")))).collect();
    assert!(untested.is_empty(), "no test is named after {untested:?}");
}

/// The names of all functions of the workspace, and so of all tests.
pub(crate) fn tests() -> BTreeSet<String> {
    let sources = files(workspace(), &|name| is(name, "rs"));
    let texts = sources.iter().map(|path| std::fs::read_to_string(path).unwrap());
    texts.flat_map(|text| text.split("fn ").skip(1).filter_map(name).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn name(rest: &str) -> Option<&str> {
    rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next()
}
