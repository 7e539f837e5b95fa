//! Beginning to connect from a page: a session for the person who is signed in, and on to its page.

use axum::response::Response;
use http::StatusCode;

use super::{
    super::{
        notice::{Notice, too_often},
        redirect,
        signed_in::SignedIn,
    },
    found,
};
use crate::{
    api::problem::Problem,
    service::{PersonAsks, ResolveError, Service, SessionError},
};

/// Makes the session and goes on; what keeps it from being made is said here.
pub(super) async fn begin(service: &Service, by: &SignedIn, asked: PersonAsks) -> Result<Response, Response> {
    match service.session_of_person(&by.person, asked).await {
        Ok((_, path)) => Ok(redirect(StatusCode::SEE_OTHER, &path)),
        Err(SessionError::TooMany { wait }) => Err(too_often(&by.site, wait, "/connections")),
        Err(SessionError::Resolve(ResolveError::NotFound)) => Err(found::nothing(by)),
        Err(
            error @ (SessionError::Resolve(ResolveError::NoConnector(_) | ResolveError::NotApproved(_))
            | SessionError::Action(_)),
        ) => Err(not_offered(by, &error.into())),
        Err(error) => Err(found::failed(error)),
    }
}

fn not_offered(by: &SignedIn, problem: &Problem) -> Response {
    let words = &by.site.words;
    let notice = Notice {
        site: &by.site,
        heading: words.say("connect-not-offered"),
        happened: words.say("connect-not-offered-why"),
        advice: String::new(),
        link: Some((words.say("connection-to-list"), "/connections".to_owned())),
    };
    notice.answer(problem.kind())
}
