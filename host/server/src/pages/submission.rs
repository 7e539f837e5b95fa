//! A form somebody who is signed in sent from a page of ours: checked once, read as names and values.

use axum::{
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use subtle::ConstantTimeEq as _;
use url::{Url, form_urlencoded};

use super::{
    FORM_LIMIT,
    notice::{Notice, too_often},
    signed_in::SignedIn,
    site::host,
};
use crate::{api::problem::Code, service::Service};

/// The name of the input that shows a form to be ours.
pub(super) const MARK: &str = "mark";

/// A form and who sent it.
pub(super) struct Submission {
    /// Who.
    pub(super) by: SignedIn,
    fields: Vec<(String, String)>,
}

impl Submission {
    /// Fields that were read already, of a form that was found to be ours.
    pub(super) fn of(by: SignedIn, fields: Vec<(String, String)>) -> Self {
        Self { by, fields }
    }

    /// The value of a field; of several the last.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field, such as those of ticked boxes.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every field.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromRequest<Service> for Submission {
    type Rejection = Response;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let by = SignedIn::from_request_parts(&mut parts, service).await?;
        if !from_our_page(&parts.headers) {
            return Err(foreign(&by));
        }
        let body = to_bytes(body, FORM_LIMIT).await;
        let Ok(body) = body else { return Err(too_large(&by)) };
        let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
        let submission = Self { by, fields };
        let mark = submission.get(MARK).unwrap_or_default();
        if !is_mark_of(&submission.by, mark) {
            return Err(foreign(&submission.by));
        }
        match sent_too_often(service, &submission.by) {
            Some(refusal) => Err(refusal),
            None => Ok(submission),
        }
    }
}

/// Counts a form that was found to be ours, since another site's takes no turn of a person's; the refusal of one too many.
pub(super) fn sent_too_often(service: &Service, by: &SignedIn) -> Option<Response> {
    service.count_form(&by.person).map(|wait| too_often(&by.site, wait, by.home()))
}

/// Whether a form carries the mark of whoever sent it.
pub(super) fn is_mark_of(by: &SignedIn, mark: &str) -> bool {
    bool::from(mark.as_bytes().ct_eq(by.mark.as_bytes()))
}

/// Browsers say where a form was posted from; a form of another site is not ours. One that says nothing of it, or no more than
/// `null`, may be old: our own pages send no referrer, for which browsers have that word. So where a form does something in
/// somebody's name, it carries a mark as well.
pub(super) fn from_our_page(headers: &HeaderMap) -> bool {
    is_of_kind(headers, "application/x-www-form-urlencoded")
}

/// The same for a form with files.
pub(super) fn files_from_our_page(headers: &HeaderMap) -> bool {
    is_of_kind(headers, "multipart/form-data")
}

fn is_of_kind(headers: &HeaderMap, kind: &str) -> bool {
    let form = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let ours = match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(site) => matches!(site, b"same-origin" | b"none"),
        None => headers.get(header::ORIGIN).is_none_or(|origin| origin == "null" || names_us(origin, headers)),
    };
    form.starts_with(kind) && ours
}

/// Whether an origin has the host name that was asked, at whatever port a proxy has it.
fn names_us(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let origin = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok());
    origin.as_ref().and_then(Url::host_str).is_some_and(|named| host(headers).as_deref() == Some(named))
}

/// What who sent a form gets that is not ours.
pub(super) fn foreign(by: &SignedIn) -> Response {
    let words = &by.site.words;
    let notice = Notice {
        site: &by.site,
        heading: words.say("refusal-foreign-form"),
        happened: words.say("refusal-foreign-form-why"),
        advice: words.say("refusal-again-advice"),
        link: Some((words.say("refusal-start"), by.home().to_owned())),
    };
    notice.answer(Code::ForeignForm)
}

/// What who sent a form gets that is larger than it may be.
pub(super) fn too_large(by: &SignedIn) -> Response {
    let words = &by.site.words;
    let notice = Notice {
        site: &by.site,
        heading: words.say("refusal-too-much"),
        happened: words.say("refusal-too-much-why"),
        advice: words.say("refusal-again-advice"),
        link: None,
    };
    notice.answer(Code::TooLarge).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(site: Option<&'static str>, form: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form));
        if let Some(site) = site {
            headers.insert("sec-fetch-site", HeaderValue::from_static(site));
        }
        headers
    }

    #[test]
    fn a_form_of_another_site_is_not_taken() {
        let form = "application/x-www-form-urlencoded";
        assert!(from_our_page(&headers(Some("same-origin"), form)));
        assert!(from_our_page(&headers(None, form)));
        assert!(!from_our_page(&headers(Some("cross-site"), form)));
        assert!(!from_our_page(&headers(Some("same-site"), form)));
        assert!(!from_our_page(&headers(Some("same-origin"), "text/plain")));
    }

    #[test]
    fn a_browser_that_says_only_the_origin_is_believed_too() {
        let from = |origin: &'static str| {
            let mut headers = headers(None, "application/x-www-form-urlencoded");
            headers.insert(header::HOST, HeaderValue::from_static("Connect.example.com:8443"));
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            from_our_page(&headers)
        };
        assert!(from("https://connect.example.com:8443") && from("null"));
        assert!(!from("https://evil.example") && !from("https://connect.example.com.evil.example") && !from("what"));
    }
}
