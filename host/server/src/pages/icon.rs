//! The picture of a service: its connector's icon, or its first letter. `/assets/icon/{connector}`

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::header;
use jackfield_model::manifest::Manifest;
use maud::{Markup, html};

use crate::{api::problem::Problem, service::Service};

/// An icon is somebody else's drawing: shown as an image it runs nothing, and opened by itself it may not either.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Beside the service's name, so it says nothing itself.
pub(super) fn icon(connector: &str, manifest: Option<&Manifest>) -> Markup {
    let title = manifest.map_or(connector, |manifest| manifest.presentation.title.as_str());
    let letter: String = title.chars().find(|c| c.is_alphanumeric()).into_iter().flat_map(char::to_uppercase).collect();
    html! {
        @if manifest.is_some_and(|manifest| manifest.presentation.icon.is_some()) {
            img class="icon" src={ "/assets/icon/" (connector) } alt="" width="32" height="32" loading="lazy";
        } @else {
            span class="icon letter" aria-hidden="true" { (letter) }
        }
    }
}

pub(super) async fn serve(State(service): State<Service>, Path(connector): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("icon");
    let connector = service.connector(&connector).await?.ok_or_else(missing)?;
    let icon = connector.manifest.presentation.icon.ok_or_else(missing)?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, icon).into_response())
}
