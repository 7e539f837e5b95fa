//! `/language`: in which language somebody reads these pages.

use axum::{Form, extract::State, response::Response};
use http::{HeaderMap, StatusCode, header};
use maud::html;
use serde::Deserialize;

use super::{cookie::Kept, layout::Frame, redirect, site::Site, submission::from_our_page};
use crate::service::Service;

#[derive(Deserialize)]
pub(super) struct Chosen {
    language: String,
}

/// The languages this site is offered in.
pub(super) async fn page(State(service): State<Service>, site: Site) -> Response {
    let words = &site.words;
    let title = words.say("page-language");
    let offered = offered(&service, &site);
    let main = html! {
        h1 { (title) }
        form method="post" action="/language" class="choices" {
            @for tag in &offered {
                @let name = service.languages().words(tag, std::slice::from_ref(tag)).say("language-name");
                button type="submit" name="language" value=(tag) class="button quiet-button" lang=(tag)
                    aria-pressed=[(tag == words.language()).then_some("true")] { (name) }
            }
        }
    };
    Frame::of(&site, &title).answer(StatusCode::OK, &main)
}

/// Keeps the choice; what is not offered changes nothing.
pub(super) async fn choose(
    State(service): State<Service>,
    site: Site,
    headers: HeaderMap,
    Form(chosen): Form<Chosen>,
) -> Response {
    let mut response = redirect(StatusCode::SEE_OTHER, "/language");
    let known = from_our_page(&headers) && offered(&service, &site).contains(&chosen.language);
    if let Some(cookie) = known.then(|| Kept::Language.set(Some(&chosen.language), site.secure)).flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn offered(service: &Service, site: &Site) -> Vec<String> {
    let of_brand = site.brand().map(|brand| brand.languages.clone()).unwrap_or_default();
    if of_brand.is_empty() { service.languages().tags().into_iter().map(str::to_owned).collect() } else { of_brand }
}
