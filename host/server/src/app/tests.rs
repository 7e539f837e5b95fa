//! The routers against the description: no API route answers that is not described, but for what is listed here.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::collections::BTreeSet;

use super::*;

/// Paths of the API that the description leaves out, and why.
const NOT_DESCRIBED: [(&str, &str); 3] = [
    ("/v1/connections/{id}/proxy", "the provider's methods, bodies and answers, not ours"),
    ("/v1/connections/{id}/proxy/", "the provider's"),
    ("/v1/connections/{id}/proxy/{*path}", "the provider's"),
];

/// The paths of a router, which has no other way to list them; axum's own for what has no route are left out.
fn paths(router: &Router<Service>) -> BTreeSet<String> {
    let told = format!("{router:?}");
    let all = told.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/'));
    all.filter(|path| *path != "/" && !path.contains("__private__axum_fallback")).map(str::to_owned).collect()
}

#[test]
fn every_route_of_the_api_is_described_or_listed_as_left_out() {
    let description = description();
    let described = description.get("paths").unwrap().as_object().unwrap().keys().cloned();
    let left_out = NOT_DESCRIBED.iter().map(|(path, _)| (*path).to_owned());
    assert_eq!(paths(&api::routes()), described.chain(left_out).collect());
}

#[test]
fn a_page_is_never_under_v1() {
    let pages = paths(&pages::routes(api::description));
    assert!(pages.len() > 10);
    assert!(pages.iter().all(|path| !path.starts_with("/v1")), "{pages:?}");
}
