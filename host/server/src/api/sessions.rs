//! `/v1/connect-sessions`: an application asks for a link, and finishes what the person began.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use jackfield_model::{
    id::{ConnectionId, SessionId},
    secret::Secret,
    session::{ConnectSession, Stage},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    caller::{Connect, ForTenant},
    json::{Json, secret},
    path::Id,
    problem::Problem,
    reply::{created, found},
    view::connection::ConnectionView,
};
use crate::service::{NewSession, Service};

/// `POST /v1/connect-sessions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    connector: String,
    #[serde(default)]
    actions: BTreeSet<String>,
    end_user: String,
    connection: Option<ConnectionId>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    return_url: String,
}

/// `POST /v1/connect-sessions/{id}/complete`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Complete {
    #[serde(deserialize_with = "secret")]
    ticket: Secret,
    end_user: String,
}

/// A connect session as JSON.
#[derive(Debug, Serialize)]
struct SessionView<'a> {
    id: SessionId,
    connector: &'a str,
    actions: &'a BTreeSet<String>,
    end_user: &'a str,
    connection: Option<ConnectionId>,
    return_url: &'a str,
    stage: StageView<'a>,
    created_at: Timestamp,
    expires_at: Timestamp,
}

/// How far it is: `open`, `parked`, `completed` or `ended`, with what came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "at")]
enum StageView<'a> {
    Open,
    Parked,
    Completed { connection: ConnectionId },
    Ended { code: &'a str },
}

/// A session just made: the link is shown once.
#[derive(Serialize)]
struct Made<'a> {
    #[serde(flatten)]
    session: SessionView<'a>,
    /// Where to send the person.
    url: &'a str,
}

impl<'a> From<&'a ConnectSession> for SessionView<'a> {
    fn from(session: &'a ConnectSession) -> Self {
        let stage = match &session.stage {
            Stage::Open => StageView::Open,
            Stage::Parked { .. } => StageView::Parked,
            Stage::Completed { connection } => StageView::Completed { connection: *connection },
            Stage::Ended { code } => StageView::Ended { code },
        };
        Self {
            id: session.id,
            connector: &session.connector,
            actions: &session.actions,
            end_user: &session.end_user,
            connection: session.connection,
            return_url: &session.return_url,
            stage,
            created_at: session.created_at,
            expires_at: session.expires_at,
        }
    }
}

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/connect-sessions", post(create))
        .route("/v1/connect-sessions/{id}", get(show))
        .route("/v1/connect-sessions/{id}/complete", post(complete))
}

/// 201 with the link of a session just made.
pub(super) fn made(session: &ConnectSession, url: &str) -> Response {
    created(&format!("/v1/connect-sessions/{}", session.id), Made { session: session.into(), url })
}

async fn create(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Json(asked): Json<Create>,
) -> Result<Response, Problem> {
    let new = NewSession {
        tenant: by.tenant,
        connector: asked.connector,
        actions: asked.actions,
        end_user: asked.end_user,
        connection: asked.connection,
        fields: asked.fields,
        return_url: asked.return_url,
    };
    let (session, url) = service.create_session(new, &by.caller.name()).await?;
    Ok(made(&session, &url))
}

async fn show(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<SessionId>,
) -> Result<Response, Problem> {
    let session = service.session(by.tenant, id).await?.ok_or_else(|| Problem::not_found("connect session"))?;
    Ok(found(SessionView::from(&session)))
}

async fn complete(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<SessionId>,
    Json(asked): Json<Complete>,
) -> Result<Response, Problem> {
    let connection = service.complete(by.tenant, id, &asked.ticket, &asked.end_user, &by.caller.name()).await?;
    Ok(found(ConnectionView::from(&connection)))
}
