//! `/v1/audit`: who did what to what. For operators everything, for a tenant's key its own lines.

use axum::extract::State;
use jackfield_model::{
    audit::AuditLine,
    id::{EventId, TenantId},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    caller::Auditor,
    describe::{About, Routes, Tag},
    paging::{list, turn},
    path::Asked,
    problem::{Code, Problem},
    reply::{Found, List, found},
};
use crate::service::{AuditAsked, ListError, Service};

/// Which lines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Of this tenant only; a tenant's key sees no other anyway.
    tenant: Option<TenantId>,
    /// Caused by this one only: an API key's id, `operator`, `end-user` or `host`.
    #[schemars(example = &"operator")]
    by: Option<String>,
    /// Of this kind only; with a full stop at its end, of every kind that begins so.
    #[schemars(example = &"connection.")]
    kind: Option<String>,
    /// About this only: an id, or a connector's name.
    #[schemars(example = &"github")]
    subject: Option<String>,
    /// From this moment on.
    since: Option<Timestamp>,
    /// Before this moment.
    until: Option<Timestamp>,
    /// Where to go on: the `next` of the page before, asked with the same filters, good for a day.
    #[schemars(example = &"AAAAAGkhjQBvcGFxdWU")]
    cursor: Option<String>,
    /// How many on a page; 50 where it is left out.
    #[schemars(range(min = 1, max = 200), example = 50)]
    limit: Option<usize>,
}

/// One line of the audit log.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditLine")]
struct AuditView {
    /// Its id; sorts by time.
    id: EventId,
    /// When.
    at: Timestamp,
    /// Who caused it: an API key's id, `operator` on the command line, `end-user` or `host`.
    #[schemars(example = &"operator")]
    by: String,
    /// What happened. New kinds may come.
    #[schemars(example = &"connector.approved")]
    kind: String,
    /// Whose it is; null for the operator's own.
    tenant: Option<TenantId>,
    /// What it happened to: an id, or a connector's name and digest.
    #[schemars(example = &"github")]
    subject: String,
    /// One sentence more, where there is something to say.
    #[schemars(extend("examples" = [null]))]
    note: Option<String>,
    /// The request it was done for; null for what the host did unasked.
    #[schemars(example = &"req_01KAMVJ5D0Q4Z8N6T2R7W3X9YB")]
    request_id: Option<String>,
}

impl From<AuditLine> for AuditView {
    fn from(line: AuditLine) -> Self {
        let AuditLine { id, at, by, kind, tenant, subject, note, request } = line;
        Self { id, at, by, kind, tenant, subject, note, request_id: request }
    }
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Audit).get(
        "/v1/audit",
        show,
        About::new(
            "listAudit",
            "Read the audit log",
            "Who did what to what, newest first: every line for an operator's key with `operate`, a tenant's own lines for \
             its key with `read`. A page may hold fewer than `limit` and still go on: `next` says so.",
        )
        .refuses::<ListError>()
        .refuses_with(&[Code::NotFound]),
    )
}

async fn show(
    State(service): State<Service>,
    auditor: Auditor,
    Asked(wanted): Asked<Wanted>,
) -> Result<Found<List<AuditView>>, Problem> {
    let tenant = auditor.of(wanted.tenant)?;
    let Wanted { by, kind, subject, since, until, cursor, limit, .. } = wanted;
    let asked = AuditAsked { by, kind, subject, since, until };
    let page = service.audit_page(tenant, asked, &turn(cursor, limit)).await?;
    Ok(found(list(page, AuditView::from)))
}
