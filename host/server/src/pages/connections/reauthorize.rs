//! `/connections/{id}/reauthorize`: consent again, for the same connection, perhaps for further actions.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;

use super::{
    super::{redirect, signed_in::OfTenant, submission::Submission},
    ask, found,
};
use crate::service::{PersonAsks, Service};

/// GET: where mails and notices lead; the connection's page asks.
pub(super) async fn page(
    State(service): State<Service>,
    OfTenant(by, _): OfTenant,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let connection = found::seen(&service, &by, &id).await?;
    Ok(redirect(StatusCode::SEE_OTHER, &format!("/connections/{}?reauthorize", connection.id)))
}

/// POST: begins.
pub(super) async fn begin(
    State(service): State<Service>,
    Path(id): Path<String>,
    form: Submission,
) -> Result<Response, Response> {
    let connection = found::changeable(&service, &form.by, &id).await?;
    let asked = PersonAsks {
        connector: connection.connector.clone(),
        actions: form.all("action").map(str::to_owned).collect(),
        connection: Some(connection.id),
        on_own_site: !form.by.site.is_hosts_own(),
    };
    ask::begin(&service, &form.by, asked).await
}
