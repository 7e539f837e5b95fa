//! What a person reads when connecting does not go on: what happened, that nothing was changed, what to do.

use axum::response::Response;
use http::StatusCode;

use super::{
    connect_page::View,
    notice::{Notice, refused},
    site::Site,
};
use crate::{
    api::problem::{Code, Problem},
    service::{CallbackError, ConnectPage, EndpointsError, LinkError, ResolveError, StartError},
};

/// Where to go when this page cannot say it with a link: it does not know who sent the person.
const GO_BACK: &str = "Go back to the application you came from and start again there.";

fn notice<'a>(site: &'a Site, heading: &str, happened: &str, advice: &str) -> Notice<'a> {
    Notice { site, heading: heading.to_owned(), happened: happened.to_owned(), advice: advice.to_owned(), link: None }
}

/// A link that leads nowhere.
pub(super) fn of_link(site: &Site, error: &LinkError) -> Response {
    let said = |heading, happened| notice(site, heading, happened, GO_BACK);
    match error {
        LinkError::Unknown => {
            said("We do not know this link", "It may have been cut off on its way. Nothing was changed.")
                .answer(Code::LinkUnknown)
        }
        LinkError::Expired => said("This link has expired", "Such links work for half an hour. Nothing was changed.")
            .answer(Code::LinkOver),
        LinkError::Ended => said(
            "This link is finished",
            "It was used before, and ended without a connection. Nothing more was changed.",
        )
        .answer(Code::LinkOver),
        LinkError::Used => notice(
            site,
            "This link was used",
            "The connection it was made for is there. Nothing more was changed.",
            "You can close this page and go back to the application you came from.",
        )
        .answer(Code::LinkOver),
        LinkError::Connector(error) => of_connector(site, error),
        LinkError::Store(error) => refused(site, &error.clone().into()),
    }
}

fn of_connector(site: &Site, error: &ResolveError) -> Response {
    match error {
        ResolveError::Store(error) => refused(site, &error.clone().into()),
        other => {
            let problem = Problem::from(other.clone());
            notice(
                site,
                "This cannot be connected now",
                "The service is switched off here at the moment. Nothing was changed.",
                "Try again later, or tell the people who run the application you came from.",
            )
            .answer(problem.kind())
        }
    }
}

/// No usable way to connect.
pub(super) fn not_ready(site: &Site, page: &ConnectPage) -> Response {
    let provider = &page.connector.manifest.presentation.title;
    let notice = Notice {
        site,
        heading: format!("{provider} is not set up yet"),
        happened: format!("{} has not been registered at {provider}. Nothing was changed.", page.tenant.name),
        advice: format!("Tell {}, then open this link again.", page.tenant.name),
        link: None,
    };
    notice.answer(Code::Misconfigured)
}

/// A form that another site posted.
pub(super) fn foreign(site: &Site) -> Response {
    notice(
        site,
        "That form did not come from this page",
        "Another page sent it, so it was not taken. Nothing was changed.",
        "Open the link you were given again, and fill in the form there.",
    )
    .answer(Code::ForeignForm)
}

/// A form larger than any of ours.
pub(super) fn too_large(site: &Site) -> Response {
    notice(
        site,
        "That was too much",
        "What you entered is larger than this page takes. Nothing was changed.",
        "Go back one page and enter less.",
    )
    .answer(Code::TooLarge)
}

/// A start that failed for another reason than a field: said on the page itself, with what was typed.
pub(super) fn of_start(error: &StartError, view: &View<'_>) -> Response {
    let site = view.site();
    let (code, sentence) = match error {
        StartError::Link(error) => return of_link(site, error),
        StartError::Store(error) => return refused(site, &error.clone().into()),
        StartError::Name(error) => return view.misnamed(capital(&error.to_string())).answer(),
        StartError::Fields(_) | StartError::UnknownMethod => (Code::Invalid, capital(&error.to_string())),
        StartError::NoClient => (Code::Misconfigured, capital(&error.to_string())),
        StartError::Endpoints(EndpointsError::Store(error)) => return refused(site, &error.clone().into()),
        StartError::Endpoints(error @ EndpointsError::Changed(_)) => {
            tracing::warn!(%error, "a connection could not be started");
            (Code::Misconfigured, wrong_set_up(view))
        }
        StartError::Endpoints(error) => {
            tracing::info!(%error, "a connection could not be started");
            (Code::ProviderDown, unreachable_sentence(view))
        }
        StartError::Authorize(error) => {
            tracing::warn!(%error, "an authorization request could not be made");
            (Code::Misconfigured, wrong_set_up(view))
        }
    };
    view.telling(sentence).answer_with(code.status())
}

fn unreachable_sentence(view: &View<'_>) -> String {
    format!(
        "{} did not answer as expected, so nothing was changed. Check what you entered and try again in a minute; if it \
         stays, tell {}.",
        view.provider(),
        view.tenant()
    )
}

fn wrong_set_up(view: &View<'_>) -> String {
    format!("{} is not set up rightly here, so nothing was changed. Tell {}.", view.provider(), view.tenant())
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(rest).chain(['.']).collect()
}

/// A callback that made nothing. The provider's own words are not repeated here.
pub(super) fn of_callback(site: &Site, error: &CallbackError) -> Response {
    let said = |heading, happened, code| notice(site, heading, happened, GO_BACK).answer(code);
    match error {
        CallbackError::NothingPending => said(
            "Nothing is waiting for this answer",
            "It was used before, took too long, or was never asked for from here. Nothing was changed.",
            Code::CallbackRefused,
        ),
        CallbackError::OtherAddress => said(
            "This answer came to the wrong place",
            "It belongs to another request than the one it arrived for, so it was refused. Nothing was changed.",
            Code::CallbackRefused,
        ),
        CallbackError::OtherBrowser => notice(
            site,
            "This answer came in another browser",
            "A connection is finished in the browser it was started in, so this was refused. Nothing was changed.",
            "Go back to the application you came from and start again, in one browser and with cookies allowed.",
        )
        .answer(Code::CallbackRefused),
        CallbackError::Refused(error) => {
            tracing::warn!(%error, "a callback was refused");
            said(
                "The answer could not be accepted",
                "What came back is not what was asked for, so it was refused. Nothing was changed.",
                Code::CallbackRefused,
            )
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
