//! `/assets/brand/{tenant}/{digest}`: a picture or font of a brand, and never of another tenant where one has the host name.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, header};
use jackfield_model::id::TenantId;

use super::site::Site;
use crate::{api::problem::Problem, service::Service};

/// Whatever it is, it is shown and never run.
const POLICY: &str = "default-src 'none'; sandbox";

/// GET. A digest names the same bytes for ever, so browsers keep them.
pub(super) async fn show(
    State(service): State<Service>,
    site: Site,
    Path((tenant, digest)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let tenant: TenantId = tenant.parse().map_err(|_| Problem::no_route())?;
    if !site.may_show(tenant) {
        return Err(Problem::no_route());
    }
    let file = service.brand_file(tenant, &digest).await?.ok_or_else(Problem::no_route)?;
    let media_type = HeaderValue::from_str(&file.media_type).map_err(|_| Problem::no_route())?;
    let mut response = file.bytes.into_response();
    let fixed: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
