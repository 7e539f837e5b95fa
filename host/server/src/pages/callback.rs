//! `/oauth/callback/{connector}/{client}`: hands the provider's answer to the service, and leaves this address by 303 (CORE-13).

use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::HeaderMap;

use super::{cookie, fault, notice, site::Site, told};
use crate::service::{Back, Callback, CallbackError, Service};

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
        Ok(back) => leave(&service, &site, &back).await,
        Err(CallbackError::Refused { error, back: Some(back) }) => {
            let site = match service.tenant(back.tenant).await {
                Ok(Some(tenant)) => site.of(&service, &tenant),
                _ => site,
            };
            fault::of_callback(&site, &CallbackError::Refused { error, back: Some(back) })
        }
        Err(error) => fault::of_callback(&site, &error),
    }
}

/// 303, so that a body is never sent on (RFC 9700 section 4.12); or the page that tells who opened this window.
async fn leave(service: &Service, site: &Site, back: &Back) -> Response {
    match service.tenant(back.tenant).await {
        Ok(Some(tenant)) => told::leave(&site.of(service, &tenant), &tenant, back, false),
        Ok(None) => None,
        Err(error) => return notice::refused(site, &error.into()),
    }
    .unwrap_or_else(|| fault::foreign(site))
}

/// HEAD: changes nothing.
pub(super) async fn look() -> Response {
    fault::only_looked()
}
