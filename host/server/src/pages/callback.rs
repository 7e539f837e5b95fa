//! `/oauth/callback/{connector}/{client}`: hands the provider's answer to the service, and leaves this address by 303 (CORE-13).

use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};

use super::{cookie, fault, link, redirect, site::Site};
use crate::service::{Callback, Service};

/// GET: once for each answer.
pub(super) async fn callback(
    State(service): State<Service>,
    site: Site,
    Path((connector, client)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let (query, cookies) = (query.unwrap_or_default(), cookie::ours(&headers));
    let answer = Callback { connector, client, place: site.place(), query, cookies };
    match service.callback(answer).await {
        Ok(target) => leave(&site, &target),
        Err(error) => fault::of_callback(&site, &error),
    }
}

/// HEAD: changes nothing.
pub(super) async fn look() -> Response {
    fault::only_looked()
}

/// 303, so that a body is never sent on (RFC 9700 section 4.12).
fn leave(site: &Site, target: &str) -> Response {
    match link::to_web(target) {
        Some(target) => redirect(StatusCode::SEE_OTHER, target),
        None => fault::foreign(site),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    #[test]
    fn core_13_the_callback_leaves_by_303_with_every_guard() {
        let response = leave(&Site::sample(None), "https://app.example.com/done?session=ses_1&ticket=t");
        assert_eq!(response.status().as_u16(), 303);
        let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("location"), "https://app.example.com/done?session=ses_1&ticket=t");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-frame-options"), "DENY");
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    }

    #[test]
    fn it_never_leaves_the_web() {
        assert!(leave(&Site::sample(None), "javascript:alert(1)").headers().get("location").is_none());
    }
}
