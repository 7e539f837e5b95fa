//! Pages that say one thing: what happened, what to do, and at most one link.

use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use super::{layout::Layout, link};
use crate::api::problem::{Code, Problem};

/// What happened and what to do about it.
pub(super) struct Notice<'a> {
    /// The tenant's name, where it is known.
    pub(super) tenant: Option<&'a str>,
    /// In a few words.
    pub(super) heading: String,
    /// What happened, and what it changed.
    pub(super) happened: String,
    /// What to do.
    pub(super) advice: String,
    /// One place to go to: label and URL.
    pub(super) link: Option<(String, String)>,
}

impl Notice<'_> {
    fn markup(&self) -> Markup {
        let link = self.link.as_ref().and_then(|(label, url)| Some((label, link::to_web(url)?)));
        html! {
            h1 { (self.heading) }
            p { (self.happened) }
            p { (self.advice) }
            @if let Some((label, url)) = link {
                p class="actions" { a class="button" href=(url) rel="noreferrer" { (label) } }
            }
        }
    }

    /// The page with the status code of a problem.
    pub(super) fn answer(&self, code: Code) -> Response {
        let layout = Layout { tenant: self.tenant, title: &self.heading, onward: None, main: self.markup() };
        layout.answer(code.status())
    }
}

/// A page that goes on to `url` by itself, with a link for browsers that do not.
///
/// It stands between a posted form and another origin: see `POLICY`. None where the URL does not lead to the web.
pub(super) fn onward(tenant: &str, place: &str, url: &str) -> Option<Response> {
    let url = link::to_web(url)?;
    let heading = format!("Continue to {place}");
    let main = html! {
        h1 { (heading) }
        p { "You are being taken to " strong { (link::host(url).unwrap_or_default()) } "." }
        p class="actions" { a class="button" href=(url) rel="noreferrer" { (heading) } }
    };
    let layout = Layout { tenant: Some(tenant), title: &heading, onward: Some(url), main };
    Some(layout.answer(StatusCode::OK))
}

/// A refusal for somebody who looks at a page.
pub fn refusal(problem: &Problem) -> Response {
    let (heading, advice) = match problem.status() {
        StatusCode::NOT_FOUND => {
            ("There is nothing here", "Go back to the application you came from, and start from there.")
        }
        status if status.is_server_error() => ("That did not work", "Nothing was lost. Try again in a minute."),
        _ => ("That did not work", "Go back to the application you came from, and start again from there."),
    };
    let notice = Notice {
        tenant: None,
        heading: heading.to_owned(),
        happened: problem.detail().to_owned(),
        advice: advice.to_owned(),
        link: None,
    };
    notice.answer(problem.kind())
}
