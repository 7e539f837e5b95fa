//! Pages that say one thing: what happened, what to do, and at most one link.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use maud::{Markup, html};

use super::{layout::Frame, link, site::Site};
use crate::{
    api::problem::{Code, Problem},
    service::{Service, is_own_path},
};

/// What happened and what to do about it.
pub(super) struct Notice<'a> {
    /// Where it is said.
    pub(super) site: &'a Site,
    /// In a few words.
    pub(super) heading: String,
    /// What happened, and what it changed.
    pub(super) happened: String,
    /// What to do.
    pub(super) advice: String,
    /// One place to go to: label, and URL or path of ours.
    pub(super) link: Option<(String, String)>,
}

impl Notice<'_> {
    fn markup(&self) -> Markup {
        let link = self.link.as_ref().filter(|(_, url)| is_own_path(url) || link::to_web(url).is_some());
        html! {
            h1 { (self.heading) }
            p { (self.happened) }
            @if !self.advice.is_empty() { p { (self.advice) } }
            @if let Some((label, url)) = link {
                p class="actions" { a class="button" href=(url) rel="noreferrer" { (label) } }
            }
        }
    }

    /// The page with the status code of a problem.
    pub(super) fn answer(&self, code: Code) -> Response {
        Frame::of(self.site, &self.heading).answer(code.status(), &self.markup())
    }
}

/// What somebody gets who does something again and again, with the seconds to wait.
pub(super) fn too_often(site: &Site, wait: u64, back: &str) -> Response {
    let words = &site.words;
    let notice = Notice {
        site,
        heading: words.say("refusal-too-often"),
        happened: words.say("refusal-too-often-why"),
        advice: String::new(),
        link: Some((words.say("refusal-back"), back.to_owned())),
    };
    let mut response = notice.answer(Code::TooManyRequests);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    response
}

/// A page that goes on to `url` by itself, with a link for browsers that do not.
///
/// It stands between a posted form and another origin: see `POLICY`. None where the URL does not lead to the web.
pub(super) fn onward(site: &Site, place: &str, url: &str) -> Option<Response> {
    let url = link::to_web(url)?;
    let words = &site.words;
    let heading = words.tell("page-go-on", &[("place", place.into())]);
    let main = html! {
        h1 { (heading) }
        p { (words.tell("page-being-taken", &[("host", link::host(url).unwrap_or_default().into())])) }
        p class="actions" { a class="button" href=(url) rel="noreferrer" { (heading) } }
    };
    Some(Frame::of(site, &heading).onward(url).answer(StatusCode::OK, &main))
}

/// A refusal for somebody who looks at a page; none where not even the site can be found out.
pub async fn refusal(service: &Service, headers: &HeaderMap, problem: &Problem) -> Option<Response> {
    let site = Site::at(service, headers).await.ok()?;
    Some(refused(&site, problem))
}

/// The same where the site is known.
pub(super) fn refused(site: &Site, problem: &Problem) -> Response {
    let words = &site.words;
    let (heading, happened, advice) = match problem.status() {
        StatusCode::NOT_FOUND => {
            ("refusal-nothing-here", words.say("refusal-nothing-here-why"), "refusal-nothing-here-advice")
        }
        status if status.is_server_error() => {
            ("refusal-failed", words.say("refusal-failed-why"), "refusal-failed-advice")
        }
        _ => ("refusal-failed", problem.detail().to_owned(), "refusal-again-advice"),
    };
    let notice = Notice {
        site,
        heading: words.say(heading),
        happened,
        advice: words.say(advice),
        link: Some((words.say("refusal-start"), "/connections".to_owned())),
    };
    notice.answer(problem.kind())
}
