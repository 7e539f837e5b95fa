//! Connections, for the people they belong to and those who look after them: found, read, kept in order, made and ended.

mod ask;
mod asked;
mod delete;
mod finish;
mod found;
mod grid;
mod health;
mod history;
mod list;
mod new;
mod one;
mod reauthorize;
mod rename;
mod rights;
mod row;
mod standing;
mod target;
mod told;
mod verify;

use axum::{
    Router,
    routing::{get, post},
};

use crate::service::Service;

/// The pages of connections.
pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/connections", get(list::page))
        .route("/connections/new", get(new::services).post(new::start))
        .route("/connections/new/{connector}", get(new::actions))
        // HEAD is answered without asking the service: a ticket works once.
        .route("/connections/finish", get(finish::arrive).head(finish::look).post(finish::choose))
        .route("/connections/{id}", get(one::page))
        .route("/connections/{id}/verify", post(verify::verify))
        .route("/connections/{id}/rename", get(rename::page).post(rename::rename))
        .route("/connections/{id}/reauthorize", get(reauthorize::page).post(reauthorize::begin))
        .route("/connections/{id}/delete", get(delete::page).post(delete::delete))
        .route("/connections/{id}/target", post(target::choose))
}
