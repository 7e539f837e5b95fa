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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use jackfield_model::{brand::Brand, id::TenantId, tenant::Notices};

    use super::*;

    fn left(url: &str, opener: Option<&str>) -> Option<Response> {
        let id = TenantId::new(jiff::Timestamp::UNIX_EPOCH, 1);
        let origin: Origin = "https://app.example.com".parse().unwrap();
        let brand = Brand { origins: [origin].into(), ..Brand::default() };
        let created_at = jiff::Timestamp::UNIX_EPOCH;
        let tenant =
            Tenant { id, name: "Acme".into(), return_urls: vec![], brand, notices: Notices::default(), created_at };
        let opener = opener.map(|origin| origin.parse().unwrap());
        let told = vec![("session", "ses_1".to_owned()), ("ticket", "t\"<".to_owned())];
        leave(&Site::sample(None), &tenant, &Back { tenant: id, url: url.to_owned(), opener, told }, false)
    }

    fn header(response: &Response, name: &str) -> String {
        response.headers().get(name).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn core_13_the_callback_leaves_by_303_with_every_guard() {
        let response = left("https://app.example.com/done?session=ses_1&ticket=t", None).unwrap();
        assert_eq!(response.status().as_u16(), 303);
        assert_eq!(header(&response, "location"), "https://app.example.com/done?session=ses_1&ticket=t");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
        assert_eq!(header(&response, "cache-control"), "no-store");
        assert_eq!(header(&response, "x-frame-options"), "DENY");
        let policy = header(&response, "content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    }

    #[test]
    fn it_never_leaves_the_web() {
        assert!(left("javascript:alert(1)", None).is_none());
        assert!(left("javascript:alert(1)", Some("https://app.example.com")).is_none());
    }

    #[test]
    fn a_window_that_is_told_is_framed_by_the_tenants_origins_alone() {
        let response = left("https://app.example.com/done", Some("https://app.example.com")).unwrap();
        assert_eq!(response.status().as_u16(), 200);
        let policy = header(&response, "content-security-policy");
        assert!(policy.contains("frame-ancestors https://app.example.com;"), "{policy}");
        assert!(response.headers().get("x-frame-options").is_none());
    }
}
