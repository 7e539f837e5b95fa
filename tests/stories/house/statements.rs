//! The statements of the specifications that this host promises to hold: each has a test that bears its name.

use std::collections::BTreeSet;

use jackfield_tests::components::workspace;

use crate::architecture::{files, is};

/// Families of statements and how many each has. All of a family applies, but for what is said here.
///
/// | family | what it is of | what does not apply, and why |
/// | --- | --- | --- |
/// | core | RFC 6749, RFC 9700 | everything does; the password grant of 1 is no method of this host at all |
/// | bear | RFC 6750 | everything does; a token in a form body, as 1 allows, is a placement like the others |
/// | pkce | RFC 7636 | everything does |
/// | st | RFC 9700, RFC 9207: state, sessions, mix-up | everything does |
/// | ref | RFC 9700 section 4.14: refresh | everything does, "over all replicas" of 1 for the one process that has the store |
/// | rev | RFC 7009 | everything does |
/// | md | RFC 8414, `OpenID` Connect Discovery | 6 (RFC 9728): no method asks a resource for its authorization server |
/// | id | `OpenID` Connect Core | everything does |
/// | lk | leakage | everything does |
///
/// Whole families that have no test, since there is nothing yet that they speak of: introspection (RFC 7662), the device grant
/// (RFC 8628), token exchange (RFC 8693) and assertions (RFC 7523), which an install refuses by name; pushed requests (RFC 9126),
/// `DPoP` (RFC 9449) and the FAPI profile; redirects to loopback (RFC 8252), since the command line never receives one; RFC 5849, the
/// protocol before this one.
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
