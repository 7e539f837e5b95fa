//! `/connected`: who is signed in here is back from a link of theirs, so here it is completed, in their name.

use std::collections::BTreeMap;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::StatusCode;
use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, SessionId, TenantId},
    secret::Secret,
    session::{ConnectSession, Stage},
    status::Status,
};
use maud::{Markup, html};
use url::form_urlencoded;

use super::{
    layout::marked,
    notice::{Notice, refused},
    signed_in::{OfTenant, SignedIn},
    submission::Submission,
    targets,
};
use crate::{
    api::problem::Code,
    service::{Choice, ChooseError, CompleteError, EstablishError, Service},
};

/// GET: completes with the ticket, once; asked again it shows what came of it.
pub(super) async fn arrive(
    State(service): State<Service>,
    OfTenant(by, tenant): OfTenant,
    RawQuery(query): RawQuery,
) -> Response {
    let query: BTreeMap<String, String> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let Some(session) = query.get("session").and_then(|id| id.parse::<SessionId>().ok()) else {
        return over(&by, "connected-over");
    };
    if let Some(code) = query.get("error") {
        return over(&by, if code == "access_denied" { "connected-denied" } else { "connected-failed" });
    }
    let ticket = Secret::new(query.get("ticket").cloned().unwrap_or_default());
    let author = by.person.author();
    match Box::pin(service.complete(tenant, session, &ticket, &by.person.subject, &author)).await {
        Ok(connection) => show(&service, &by, &connection).await,
        Err(CompleteError::Completed(id)) => shown_again(&service, &by, tenant, id).await,
        Err(CompleteError::Establish(EstablishError::OtherAccount(_))) => ask(&service, &by, tenant, session).await,
        Err(CompleteError::Store(error)) => refused(&by.site, &error.into()),
        Err(CompleteError::Establish(_)) => over(&by, "connected-failed"),
        Err(_) => over(&by, "connected-over"),
    }
}

/// POST: what becomes of another account.
pub(super) async fn choose(State(service): State<Service>, form: Submission) -> Response {
    let by = &form.by;
    let Some(tenant) = by.tenant() else { return by.not_theirs() };
    let session = form.get("session").and_then(|id| id.parse::<SessionId>().ok());
    let choice = match form.get("choice") {
        Some("keep") => Some(Choice::Keep),
        Some("replace") => Some(Choice::Replace),
        Some("connect-as-new") => Some(Choice::ConnectAsNew),
        _ => None,
    };
    let Some(session) = session else { return over(by, "connected-over") };
    if !is_theirs(&service, by, tenant, session).await {
        return over(by, "connected-over");
    }
    let Some(choice) = choice else { return ask(&service, by, tenant, session).await };
    match Box::pin(service.choose(tenant, session, choice, &by.person.author())).await {
        Ok(connection) => show(&service, by, &connection).await,
        Err(ChooseError::Completed(id)) => shown_again(&service, by, tenant, id).await,
        Err(ChooseError::Store(error)) => refused(&by.site, &error.into()),
        Err(ChooseError::Establish(_)) => over(by, "connected-failed"),
        Err(_) => over(by, "connected-over"),
    }
}

async fn is_theirs(service: &Service, by: &SignedIn, tenant: TenantId, session: SessionId) -> bool {
    let found = service.session(tenant, session).await;
    matches!(found, Ok(Some(session)) if session.end_user == by.person.subject)
}

async fn shown_again(service: &Service, by: &SignedIn, tenant: TenantId, id: ConnectionId) -> Response {
    match service.connection(tenant, id).await {
        Ok(Some(connection)) => show(service, by, &connection).await,
        Ok(None) => over(by, "connected-over"),
        Err(error) => refused(&by.site, &error.into()),
    }
}

/// What came of it: "connected as", or first what it should point at.
pub(super) async fn show(service: &Service, by: &SignedIn, connection: &Connection) -> Response {
    if !connection.target.choices().is_empty() {
        return targets::ask(by, connection, None);
    }
    let provider = match service.connector(&connection.connector).await {
        Ok(Some(connector)) => connector.manifest.presentation.title,
        Ok(None) => connection.connector.clone(),
        Err(error) => return refused(&by.site, &error.into()),
    };
    let words = &by.site.words;
    let works = matches!(connection.status, Status::Active | Status::Expiring);
    let key = if works { "connected-title" } else { "connected-failing-title" };
    let title = words.tell(key, &[("provider", provider.into())]);
    let account = connection.account.as_ref().map(|account| account.label.as_str());
    let main = html! {
        h1 { (title) }
        @if let Some(account) = account {
            p class=(if works { "done" } else { "note" }) { (words.tell("connected-as", &[("account", account.into())])) }
        }
        p { (words.tell("connected-named", &[("name", connection.name.as_str().into())])) }
        p class="actions" {
            a class="button" href={ "/connections/" (connection.id) } { (words.say("connected-show")) }
            a class="button quiet-button" href="/connections" { (words.say("connected-all")) }
        }
    };
    by.frame(&title).here("/connections").answer(StatusCode::OK, &main)
}

/// Another account consented: the three things that can become of it.
async fn ask(service: &Service, by: &SignedIn, tenant: TenantId, session: SessionId) -> Response {
    let session = match service.session(tenant, session).await {
        Ok(Some(session)) => session,
        Ok(None) => return over(by, "connected-over"),
        Err(error) => return refused(&by.site, &error.into()),
    };
    let existing = match session.connection {
        Some(id) => service.connection(tenant, id).await,
        None => Ok(None),
    };
    match existing {
        Ok(Some(connection)) => asked(by, &session, &connection).unwrap_or_else(|| over(by, "connected-over")),
        Ok(None) => over(by, "connected-over"),
        Err(error) => refused(&by.site, &error.into()),
    }
}

fn asked(by: &SignedIn, session: &ConnectSession, connection: &Connection) -> Option<Response> {
    let Stage::Choosing { expected, given, .. } = &session.stage else { return None };
    let words = &by.site.words;
    let expected = expected.as_ref().map_or(connection.name.as_str(), |account| account.label.as_str());
    let names = [
        ("name", connection.name.as_str().into()),
        ("expected", expected.into()),
        ("given", given.label.as_str().into()),
    ];
    let option = |value: &str, key: &str, checked: bool| -> Markup {
        html! {
            label {
                input type="radio" name="choice" value=(value) checked[checked];
                span { (words.tell(key, &names)) }
                small { (words.tell(&format!("{key}-why"), &names)) }
            }
        }
    };
    let title = words.say("connect-other-title");
    let main = html! {
        h1 { (title) }
        p { (words.tell("connect-other-lead", &names)) }
        form method="post" action="/connected" {
            (marked(by))
            input type="hidden" name="session" value=(session.id);
            fieldset class="pick" {
                legend class="skip" { (title) }
                (option("keep", "connect-other-keep", true))
                (option("replace", "connect-other-replace", false))
                (option("connect-as-new", "connect-other-new", false))
            }
            div class="actions" { button type="submit" class="button" { (words.say("connect-other-button")) } }
        }
    };
    Some(by.frame(&title).here("/connections").answer(StatusCode::CONFLICT, &main))
}

/// Nothing came of it: what happened, and the way to begin again.
fn over(by: &SignedIn, key: &str) -> Response {
    let words = &by.site.words;
    let notice = Notice {
        site: &by.site,
        heading: words.say(key),
        happened: words.say(&format!("{key}-why")),
        advice: String::new(),
        link: Some((words.say("connected-all"), "/connections".to_owned())),
    };
    notice.answer(Code::SessionOver)
}
