//! The way back to an application that opened us in a window or a frame: the page that tells it, at its exact origin.

use axum::response::Response;
use http::StatusCode;
use jackfield_model::{origin::Origin, tenant::Tenant};
use maud::html;
use serde_json::{Map, Value};

use super::{frameable, layout::Frame, link, notice, redirect, site::Site};
use crate::service::Back;

/// Leaves for the application: it is told where it asked to be, and gone back to by address else.
/// `posted` leaves by a page, because a form's answer may not redirect to another origin.
pub(super) fn leave(site: &Site, tenant: &Tenant, back: &Back, posted: bool) -> Option<Response> {
    let url = link::to_web(&back.url)?;
    match &back.opener {
        Some(origin) => Some(frameable(tell(site, tenant, back, origin), &tenant.brand.origins)),
        None if posted => notice::onward(site, &tenant.name, url),
        None => Some(redirect(StatusCode::SEE_OTHER, url)),
    }
}

fn tell(site: &Site, tenant: &Tenant, back: &Back, origin: &Origin) -> Response {
    let words = &site.words;
    let name = [("tenant", tenant.name.as_str().into())];
    let title = words.say("connect-back-heading");
    let main = html! {
        h1 { (title) }
        p { (words.tell("connect-back-why", &name)) }
        p class="actions" {
            a class="button" href=(back.url) target="_top" rel="noreferrer" data-tell=(message(back)) data-origin=(origin) {
                (words.tell("connect-back", &name))
            }
        }
    };
    Frame::of(site, &title).answer(StatusCode::OK, &main)
}

/// `{"type": "connection", "session": …, "result": "ticket" or "error", …}`.
fn message(back: &Back) -> String {
    let mut message = Map::from_iter([("type".to_owned(), Value::from("connection"))]);
    for (name, value) in &back.told {
        if *name != "session" {
            message.insert("result".to_owned(), Value::from(*name));
        }
        message.insert((*name).to_owned(), Value::from(value.as_str()));
    }
    Value::Object(message).to_string()
}
