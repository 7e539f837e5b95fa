//! The router against the description: nothing answers that is not described, but for what is listed here.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::collections::BTreeSet;

use super::*;

/// Paths that the description leaves out, and why.
const NOT_DESCRIBED: [(&str, &str); 15] = [
    ("/", "axum's own, for what has no route"),
    ("/{*__private__axum_fallback}", "axum's own, for what has no route"),
    ("/assets/docs.css", "for browsers on pages"),
    ("/assets/jackfield.css", "for browsers on pages"),
    ("/brand/{digest}", "pictures and fonts of pages"),
    ("/connect/{link}", "a page: its link is given whole by the API"),
    ("/docs", "the description itself, for people"),
    ("/docs/operations/{id}", "the same"),
    ("/docs/problems", "the same"),
    ("/docs/problems/{code}", "the same"),
    ("/docs/schemas/{name}", "the same"),
    ("/oauth/callback/{connector}/{client}", "for browsers that come from a provider"),
    ("/v1/connections/{id}/proxy", "the provider's methods, bodies and answers, not ours"),
    ("/v1/connections/{id}/proxy/", "the provider's"),
    ("/v1/connections/{id}/proxy/{*path}", "the provider's"),
];

/// The paths of a router, which has no other way to list them.
fn paths(router: &Router<Service>) -> BTreeSet<String> {
    let told = format!("{router:?}");
    told.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/')).map(str::to_owned).collect()
}

#[test]
fn every_route_is_described_or_listed_as_left_out() {
    let description = description();
    let described = description.get("paths").unwrap().as_object().unwrap().keys().cloned();
    let left_out = NOT_DESCRIBED.iter().map(|(path, _)| (*path).to_owned());
    assert_eq!(paths(&routes()), described.chain(left_out).collect());
}
