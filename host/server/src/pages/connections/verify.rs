//! `POST /connections/{id}/verify`: asks the provider, and goes back to where it was asked with what came of it.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;

use super::{
    super::{redirect, submission::Submission},
    found,
};
use crate::service::{Service, VerifyError};

/// POST.
pub(super) async fn verify(
    State(service): State<Service>,
    Path(id): Path<String>,
    form: Submission,
) -> Result<Response, Response> {
    let connection = found::changeable(&service, &form.by, &id).await?;
    let back = found::back(form.get("back"), &connection);
    let asked = Box::pin(service.verify(connection.tenant, connection.id, &form.by.person.author())).await;
    let path = match asked {
        Ok(connection) => found::back_with(&back, "verified", &connection),
        // Its page says what to do first.
        Err(VerifyError::Ended(_) | VerifyError::ChooseTarget(_)) => format!("/connections/{}", connection.id),
        Err(error) => return Err(found::failed(error)),
    };
    Ok(redirect(StatusCode::SEE_OTHER, &path))
}
