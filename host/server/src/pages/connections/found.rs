//! The connection a page is about, for who may see or change it. To everybody else there is none.

use axum::response::{IntoResponse, Response};
use jackfield_model::connection::Connection;

use super::super::{notice::Notice, signed_in::SignedIn};
use crate::{
    api::problem::{Code, Problem},
    service::{Service, is_own_path},
};

/// The connection of an address, where this person sees it.
pub(super) async fn seen(service: &Service, by: &SignedIn, id: &str) -> Result<Connection, Response> {
    let Ok(id) = id.parse() else { return Err(nothing(by)) };
    let found = service.connection_seen(&by.person, id).await.map_err(failed)?;
    found.ok_or_else(|| nothing(by))
}

/// The connection of an address, where this person may change it.
pub(super) async fn changeable(service: &Service, by: &SignedIn, id: &str) -> Result<Connection, Response> {
    let connection = seen(service, by, id).await?;
    if by.person.may_change(&connection) { Ok(connection) } else { Err(shared(by, &connection)) }
}

/// There is no such thing here.
pub(super) fn nothing(by: &SignedIn) -> Response {
    let words = &by.site.words;
    let notice = Notice {
        site: &by.site,
        heading: words.say("connection-none"),
        happened: words.say("connection-none-why"),
        advice: String::new(),
        link: Some((words.say("connection-to-list"), "/connections".to_owned())),
    };
    notice.answer(Code::NotFound)
}

fn shared(by: &SignedIn, connection: &Connection) -> Response {
    let words = &by.site.words;
    let notice = Notice {
        site: &by.site,
        heading: words.say("connection-shared-refused"),
        happened: words.say("connection-shared-why"),
        advice: String::new(),
        link: Some((words.say("connection-to-one"), format!("/connections/{}", connection.id))),
    };
    notice.answer(Code::OperatorsOnly)
}

/// A failure none of these pages has words of its own for.
pub(super) fn failed(error: impl Into<Problem>) -> Response {
    error.into().into_response()
}

/// Where a form sends somebody back to: the list it was on, as it was, or the connection's own page.
pub(super) fn back(given: Option<&str>, connection: &Connection) -> String {
    let own = || format!("/connections/{}", connection.id);
    let list = |path: &&str| is_own_path(path) && (*path == "/connections" || path.starts_with("/connections?"));
    given.filter(list).map_or_else(own, str::to_owned)
}

/// That address with something to say about a connection, at its row.
pub(super) fn back_with(back: &str, told: &str, connection: &Connection) -> String {
    let sign = if back.contains('?') { '&' } else { '?' };
    format!("{back}{sign}told={told}&about={}#{}", connection.id, connection.id)
}
