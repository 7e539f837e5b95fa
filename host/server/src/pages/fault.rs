//! What a person reads when connecting does not go on: what happened, that nothing was changed, what to do, and one button.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use jackfield_model::{connection::NameError, session::ConnectSession};

use super::{
    connect_page::View,
    notice::{Notice, refused, too_often},
    site::Site,
};
use crate::{
    api::problem::{Code, Problem},
    service::{Back, CallbackError, ConnectPage, EndpointsError, LinkError, ResolveError, StartError, TakeError},
};

/// A refusal by the keys of its sentences: `KEY`, `KEY-why` and the advice.
fn said<'a>(site: &'a Site, key: &str, advice: &str, back: Option<&Back>) -> Notice<'a> {
    let words = &site.words;
    Notice {
        site,
        heading: words.say(key),
        happened: words.say(&format!("{key}-why")),
        advice: words.say(advice),
        link: Some(button(site, back)),
    }
}

/// Back to the application where it is known; else to what the person has here.
fn button(site: &Site, back: Option<&Back>) -> (String, String) {
    match back {
        Some(back) => (site.words.tell("connect-back", &[("tenant", site.name().into())]), back.url.clone()),
        None => (site.words.say("connect-connections"), "/connections".to_owned()),
    }
}

/// A link that leads nowhere.
pub(super) fn of_link(site: &Site, error: &LinkError) -> Response {
    let over = |key: &str, advice: &str, session: &ConnectSession, code: &str| {
        said(site, key, advice, Some(&Back::over(session, code))).answer(Code::LinkOver)
    };
    match error {
        LinkError::Unknown => said(site, "connect-link-unknown", "connect-go-back", None).answer(Code::LinkUnknown),
        LinkError::Expired(session) => over("connect-link-expired", "connect-go-back", session, "expired"),
        LinkError::Ended(session) => over("connect-link-ended", "connect-go-back", session, "ended"),
        LinkError::Gone(session) => over("connect-link-gone", "connect-go-back", session, "ended"),
        LinkError::Used(session) => over("connect-link-used", "connect-link-used-advice", session, "used"),
        LinkError::Connector(error) => of_connector(site, error),
        LinkError::Store(error) => refused(site, &error.clone().into()),
    }
}

fn of_connector(site: &Site, error: &ResolveError) -> Response {
    match error {
        ResolveError::Store(error) => refused(site, &error.clone().into()),
        other => {
            let code = Problem::from(other.clone()).kind();
            said(site, "connect-off", "connect-off-advice", None).answer(code)
        }
    }
}

/// No usable way to connect.
pub(super) fn not_ready(site: &Site, page: &ConnectPage) -> Response {
    let names = [
        ("provider", page.connector.manifest.presentation.title.as_str().into()),
        ("tenant", page.tenant.name.as_str().into()),
    ];
    let notice = Notice {
        site,
        heading: site.words.tell("connect-not-ready", &names),
        happened: site.words.tell("connect-not-ready-why", &names),
        advice: site.words.tell("connect-not-ready-advice", &names),
        link: Some(button(site, Some(&Back::over(&page.session, "not-ready")))),
    };
    notice.answer(Code::Misconfigured)
}

/// A form that another site posted.
pub(super) fn foreign(site: &Site) -> Response {
    said(site, "connect-foreign", "connect-foreign-advice", None).answer(Code::ForeignForm)
}

/// A form larger than any of ours.
pub(super) fn too_large(site: &Site) -> Response {
    said(site, "refusal-too-much", "connect-too-much-advice", None).answer(Code::TooLarge)
}

/// A connection that was not taken.
pub(super) fn of_take(site: &Site, error: &TakeError, link: &str) -> Response {
    match error {
        TakeError::Link(error) => of_link(site, error),
        TakeError::TooMany { wait } => too_often(site, *wait, &format!("/connect/{link}")),
        TakeError::Store(error) => refused(site, &error.clone().into()),
        TakeError::NotTheirs => {
            let notice = Notice {
                link: Some((site.words.say("refusal-start"), format!("/connect/{link}"))),
                advice: String::new(),
                ..said(site, "connect-pick-taken", "connect-go-back", None)
            };
            notice.answer(Code::Conflict)
        }
    }
}

/// A provider set up with an address that is none of the web's.
pub(super) fn no_web(site: &Site, page: &ConnectPage) -> Response {
    let names = [
        ("provider", page.connector.manifest.presentation.title.as_str().into()),
        ("tenant", page.tenant.name.as_str().into()),
    ];
    let notice = Notice {
        site,
        heading: site.words.say("refusal-failed"),
        happened: site.words.tell("connect-no-web", &names),
        advice: site.words.tell("connect-tell", &names),
        link: Some(button(site, Some(&Back::over(&page.session, "misconfigured")))),
    };
    notice.answer(Code::Misconfigured)
}

/// A start that failed for another reason than a field: said on the page itself, with what was typed.
pub(super) fn of_start(error: &StartError, view: &View<'_>) -> Response {
    let site = view.site();
    let told =
        |key: &str| site.words.tell(key, &[("provider", view.provider().into()), ("tenant", view.tenant().into())]);
    let (code, sentence) = match error {
        StartError::Link(error) => return of_link(site, error),
        StartError::Store(error) => return refused(site, &error.clone().into()),
        StartError::Name(error) => return view.misnamed(told(name_key(*error))).answer(),
        StartError::Fields(_) => (Code::Invalid, told("connect-look-again")),
        StartError::UnknownMethod => (Code::Invalid, told("connect-unknown-method")),
        StartError::TooMany { .. } => (Code::TooManyRequests, told("connect-too-many")),
        StartError::NoClient => (Code::Misconfigured, told("connect-not-ready-why")),
        StartError::Endpoints(EndpointsError::Store(error)) => return refused(site, &error.clone().into()),
        StartError::Endpoints(error @ EndpointsError::Changed(_)) => {
            tracing::warn!(%error, "a connection could not be started");
            (Code::Misconfigured, told("connect-wrong-set-up"))
        }
        StartError::Endpoints(error) => {
            tracing::info!(%error, "a connection could not be started");
            (Code::ProviderDown, told("connect-unreachable"))
        }
        StartError::Authorize(error) => {
            tracing::warn!(%error, "an authorization request could not be made");
            (Code::Misconfigured, told("connect-wrong-set-up"))
        }
    };
    let mut response = view.telling(sentence).answer_with(code.status());
    if let StartError::TooMany { wait } = error {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*wait));
    }
    response
}

fn name_key(error: NameError) -> &'static str {
    match error {
        NameError::Empty => "connect-name-empty",
        NameError::TooLong => "connect-name-long",
        NameError::Control => "connect-name-line",
    }
}

/// A callback that made nothing. The provider's own words are not repeated here.
pub(super) fn of_callback(site: &Site, error: &CallbackError) -> Response {
    let refusal = |key: &str| said(site, key, "connect-go-back", None).answer(Code::CallbackRefused);
    match error {
        CallbackError::NothingPending => refusal("connect-nothing-pending"),
        CallbackError::OtherAddress => refusal("connect-wrong-place"),
        CallbackError::OtherBrowser => {
            said(site, "connect-other-browser", "connect-other-browser-advice", None).answer(Code::CallbackRefused)
        }
        CallbackError::Refused { error, back } => {
            tracing::warn!(%error, "a callback was refused");
            said(site, "connect-answer-refused", "connect-go-back", back.as_deref()).answer(Code::CallbackRefused)
        }
        CallbackError::Connector(error) => of_connector(site, error),
        CallbackError::Store(error) => refused(site, &error.clone().into()),
    }
}

/// Somebody looks at a callback's address without following it.
pub(super) fn only_looked() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    super::guard(response)
}
