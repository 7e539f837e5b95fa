//! `/oauth/begin/{ticket}`: sets the cookie where the callback will come to, and goes on to the provider.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::{StatusCode, header};
use jackfield_model::secret::Secret;

use super::{cookie, fault, link, redirect, site::Site};
use crate::service::{LinkError, Service};

/// GET: once for each ticket.
pub(super) async fn begin(State(service): State<Service>, site: Site, Path(ticket): Path<String>) -> Response {
    let Some(onward) = service.take_hop(&Secret::new(ticket), site.place()) else {
        return fault::of_link(&site, &LinkError::Unknown);
    };
    match link::to_web(&onward.url).zip(cookie::set(&onward.cookie)) {
        Some((url, cookie)) => {
            let mut response = redirect(StatusCode::SEE_OTHER, url);
            response.headers_mut().append(header::SET_COOKIE, cookie);
            response
        }
        None => fault::of_link(&site, &LinkError::Unknown),
    }
}
