//! `/brand/{digest}`: a picture or font of the tenant whose host name was asked, and never another's there.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, header};

use super::site::Site;
use crate::{api::problem::Problem, service::Service};

/// Whatever it is, it is shown and never run.
const POLICY: &str = "default-src 'none'; sandbox";

/// GET. A digest names the same bytes for ever, so browsers keep them.
pub(super) async fn show(State(service): State<Service>, site: Site, Path(digest): Path<String>) -> Response {
    let file = match service.brand_file(site.tenant.map(|tenant| tenant.id), &digest).await {
        Ok(Some(file)) => file,
        Ok(None) => return Problem::no_route().into_response(),
        Err(error) => return Problem::from(error).into_response(),
    };
    let Ok(media_type) = HeaderValue::from_str(&file.media_type) else { return Problem::no_route().into_response() };
    let mut response = file.bytes.into_response();
    let fixed: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    response.headers_mut().extend(fixed);
    response
}
