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

/// The names of all tests of the workspace that `make test` or `make soak` runs.
pub(crate) fn tests() -> BTreeSet<String> {
    let sources = files(workspace(), &|name| is(name, "rs"));
    sources.iter().flat_map(|path| tests_of(&std::fs::read_to_string(path).unwrap())).collect()
}

/// The tests in a source text: functions marked as tests, and stories told at every server. An ignored one counts where it says
/// that the long slices run it.
fn tests_of(text: &str) -> BTreeSet<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
    let mut found = BTreeSet::new();
    let (mut marked, mut left_out) = (false, false);
    for line in &lines {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            marked = true;
        } else if line.starts_with("#[ignore") {
            left_out = !line.replace('`', "").contains("part of make soak");
        } else if let Some(name) = function(line) {
            if marked && !left_out {
                found.insert(name.to_owned());
            }
            (marked, left_out) = (false, false);
        }
    }
    let whole = lines.join(" ");
    let told = whole.split("at_every_server!(").skip(1).filter_map(|rest| rest.split(')').next());
    found.extend(told.flat_map(|stories| stories.split(',')).map(|story| story.trim().to_owned()));
    found.remove("");
    found
}

/// The name of the function that begins in a line.
fn function(line: &str) -> Option<&str> {
    let line = ["pub(crate) ", "pub(super) ", "pub ", "async "]
        .iter()
        .fold(line, |line, before| line.strip_prefix(before).unwrap_or(line));
    line.strip_prefix("fn ")?.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next()
}

#[test]
fn only_what_is_run_counts_as_a_test() {
    let text = "
        // fn core_1_a_comment() {}
        /// `fn core_2_in_words()`
        fn core_3_a_helper() {}
        #[test]
        #[ignore = \"run by hand\"]
        fn core_4_left_out() {}
        #[test]
        fn core_5_a_test() { let text = \"fn core_6_in_a_text() {}\"; }
        fn core_7_after_a_test() {}
        #[tokio::test(flavor = \"multi_thread\")]
        #[ignore = \"part of `make soak`: needs root\"]
        async fn core_8_of_the_long_slice() {}
        at_every_server!(
            core_9_a_story,
            core_10_another
        );
    ";
    let expected = ["core_10_another", "core_5_a_test", "core_8_of_the_long_slice", "core_9_a_story"];
    assert_eq!(tests_of(text).into_iter().collect::<Vec<_>>(), expected);
}
