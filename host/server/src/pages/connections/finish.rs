//! `/connections/finish`: somebody is back from the provider. The host finishes in their name, if the session was made for them.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jackfield_model::{
    failure::Failure,
    id::SessionId,
    secret::Secret,
    session::{ConnectSession, Stage},
};
use maud::html;
use url::form_urlencoded;

use super::{
    super::{
        layout::marked,
        notice::Notice,
        redirect,
        signed_in::{OfTenant, SignedIn},
        submission::Submission,
    },
    found::{self, failed},
    standing,
};
use crate::{
    api::problem::{Code, Problem},
    service::{Choice, ChooseError, CompleteError, EstablishError, Service},
};

/// What an address brings back.
#[derive(Default)]
struct Returned {
    session: Option<SessionId>,
    ticket: Option<Secret>,
    error: Option<String>,
}

impl Returned {
    fn read(query: Option<&str>) -> Self {
        let mut returned = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "session" => returned.session = value.parse().ok(),
                "ticket" => returned.ticket = Some(Secret::new(value.into_owned())),
                "error" => returned.error = Some(value.into_owned()),
                _ => {}
            }
        }
        returned
    }
}

/// HEAD: a ticket works once, so looking at it changes nothing.
pub(super) async fn look() -> Response {
    super::super::guard(StatusCode::NO_CONTENT.into_response())
}

/// GET: with a ticket, finishes; without, shows how far it is.
pub(super) async fn arrive(
    State(service): State<Service>,
    OfTenant(by, _): OfTenant,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let returned = Returned::read(query.as_deref());
    let Some(id) = returned.session else { return Err(found::nothing(&by)) };
    // Nothing was consumed: the person it was made for can still finish it.
    let Some(session) = service.session_of(&by.person, id).await.map_err(failed)? else {
        return Err(said(&by, "finish-not-yours", None, Code::OtherEndUser));
    };
    let Some(ticket) = returned.ticket else { return standing_of(&by, &session, returned.error.as_deref()) };
    let finished = Box::pin(service.finish_for(&by.person, id, &ticket)).await;
    match finished {
        Ok(connection) => {
            let told = if session.connection.is_some() { "reconnected" } else { "connected" };
            Ok(redirect(StatusCode::SEE_OTHER, &format!("/connections/{}?told={told}", connection.id)))
        }
        // Sent twice: what came of it is there.
        Err(CompleteError::Completed(connection)) => {
            Ok(redirect(StatusCode::SEE_OTHER, &format!("/connections/{connection}")))
        }
        Err(CompleteError::Establish(EstablishError::OtherAccount(_))) => {
            Ok(redirect(StatusCode::SEE_OTHER, &format!("/connections/finish?session={id}")))
        }
        Err(error) => Err(refused(&by, &session, error)),
    }
}

/// How far a session is.
#[allow(clippy::result_large_err, reason = "the refusal is the page itself")]
fn standing_of(by: &SignedIn, session: &ConnectSession, error: Option<&str>) -> Result<Response, Response> {
    match &session.stage {
        Stage::Completed { connection } => Ok(redirect(StatusCode::SEE_OTHER, &format!("/connections/{connection}"))),
        Stage::Choosing { .. } => Ok(choosing(by, session)),
        Stage::Ended { code } => Err(ended(by, session, error.unwrap_or(code))),
        Stage::Open | Stage::Parked { .. } => Err(said(by, "finish-not-yet", Some(session), Code::SessionNotReady)),
    }
}

/// The three choices where another account consented.
fn choosing(by: &SignedIn, session: &ConnectSession) -> Response {
    let words = &by.site.words;
    let Stage::Choosing { expected, given, .. } = &session.stage else { return found::nothing(by) };
    let unknown = || words.say("connection-account-unknown");
    let expected = expected.as_ref().map_or_else(unknown, |account| account.label.clone());
    let values = [("expected", expected.into()), ("given", given.label.clone().into())];
    let title = words.say("choose-title");
    let main = html! {
        h1 { (title) }
        p { (words.tell("choose-why", &values)) }
        form method="post" action="/connections/finish" {
            (marked(by))
            input type="hidden" name="session" value=(session.id);
            div class="choices" {
                @for (choice, key) in [("keep", "choose-keep"), ("replace", "choose-replace"), ("connect-as-new", "choose-new")] {
                    button type="submit" name="choice" value=(choice) class="button quiet-button choice-button" {
                        strong { (words.tell(key, &values)) }
                        span class="quiet line" { (words.tell(&format!("{key}-why"), &values)) }
                    }
                }
            }
        }
        p class="quiet" { (words.say("choose-time")) }
    };
    by.frame(&title).here("/connections").answer(StatusCode::OK, &main)
}

/// POST: one of the three.
pub(super) async fn choose(State(service): State<Service>, form: Submission) -> Result<Response, Response> {
    let by = &form.by;
    let (choice, told) = match form.get("choice") {
        Some("keep") => (Choice::Keep, "kept"),
        Some("replace") => (Choice::Replace, "replaced"),
        Some("connect-as-new") => (Choice::ConnectAsNew, "connected-as-new"),
        _ => return Err(found::nothing(by)),
    };
    let Some(id) = form.get("session").and_then(|id| id.parse().ok()) else { return Err(found::nothing(by)) };
    match Box::pin(service.choose_for(&by.person, id, choice)).await {
        Ok(connection) => Ok(redirect(StatusCode::SEE_OTHER, &format!("/connections/{}?told={told}", connection.id))),
        Err(ChooseError::Completed(connection)) => {
            Ok(redirect(StatusCode::SEE_OTHER, &format!("/connections/{connection}")))
        }
        Err(ChooseError::NotFound) => Err(found::nothing(by)),
        Err(ChooseError::Ended(_) | ChooseError::Over(_) | ChooseError::Nothing) => {
            Err(said(by, "choose-over", None, Code::LinkOver))
        }
        Err(error) => Err(failed(error)),
    }
}

/// The provider sent them back without a consent.
fn ended(by: &SignedIn, session: &ConnectSession, code: &str) -> Response {
    let key = match code {
        "access_denied" | "denied" => "finish-denied",
        "kept" | "choice-over" => "choose-over",
        _ => "finish-ended",
    };
    said(by, key, Some(session), Code::LinkOver)
}

fn refused(by: &SignedIn, session: &ConnectSession, error: CompleteError) -> Response {
    match error {
        CompleteError::Establish(EstablishError::Unproven(failure)) => {
            with_failure(by, session, "finish-unproven", &failure)
        }
        CompleteError::Establish(EstablishError::Provider(failure)) => {
            with_failure(by, session, "finish-refused", &failure)
        }
        CompleteError::Ticket | CompleteError::Ended(_) | CompleteError::NotReady => {
            said(by, "finish-over", Some(session), Code::LinkOver)
        }
        CompleteError::NotFound | CompleteError::OtherEndUser => said(by, "finish-not-yours", None, Code::OtherEndUser),
        error => {
            let problem = Problem::from(error);
            if problem.status().is_server_error() {
                return problem.into_response();
            }
            said(by, "finish-ended", Some(session), problem.kind())
        }
    }
}

fn with_failure(by: &SignedIn, session: &ConnectSession, key: &str, failure: &Failure) -> Response {
    let words = &by.site.words;
    let notice = Notice {
        site: &by.site,
        heading: words.say(key),
        happened: format!("{} {}", words.say(&format!("{key}-why")), standing::failed(words, failure)),
        advice: String::new(),
        link: Some(again(by, Some(session))),
    };
    notice.answer(Code::ProviderRefused)
}

fn said(by: &SignedIn, key: &str, session: Option<&ConnectSession>, code: Code) -> Response {
    let words = &by.site.words;
    let notice = Notice {
        site: &by.site,
        heading: words.say(key),
        happened: words.say(&format!("{key}-why")),
        advice: String::new(),
        link: Some(again(by, session)),
    };
    notice.answer(code)
}

/// Where to try again.
fn again(by: &SignedIn, session: Option<&ConnectSession>) -> (String, String) {
    let words = &by.site.words;
    match session.map(|session| (session.connection, session.connector.as_deref())) {
        Some((Some(connection), _)) => (words.say("finish-again"), format!("/connections/{connection}")),
        Some((None, Some(connector))) => (words.say("finish-again"), format!("/connections/new/{connector}")),
        Some((None, None)) | None => (words.say("connection-to-list"), "/connections".to_owned()),
    }
}
