//! `/connect/{link}`: what will be allowed and the form (GET), and what was typed (POST).

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State, rejection::BytesRejection},
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};
use jackfield_model::{manifest::Method, secret::Secret};
use url::form_urlencoded;

use super::{
    connect_page::{Faults, View},
    cookie, fault,
    notice::{self, Notice},
    posted::Posted,
};
use crate::{
    api::problem::Code,
    service::{ConnectPage, Service, StartError, Started},
};

/// GET changes nothing: mail scanners and previews open links too.
pub(super) async fn show(
    State(service): State<Service>,
    Path(link): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let page = match service.connect_page(&Secret::new(link.clone())).await {
        Ok(page) => page,
        Err(error) => return fault::of_link(&error),
    };
    match method(&page, wanted(query.as_deref()).as_deref()) {
        Some(method) => View::fresh(&page, method, &link).answer(),
        None => fault::not_ready(&page),
    }
}

/// POST goes on to the provider, or back to the application.
pub(super) async fn submit(
    State(service): State<Service>,
    Path(link): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if !from_our_page(&headers) {
        return fault::foreign();
    }
    let Ok(body) = body else { return fault::too_large() };
    let secret = Secret::new(link.clone());
    let page = match service.connect_page(&secret).await {
        Ok(page) => page,
        Err(error) => return fault::of_link(&error),
    };
    let mut posted = Posted::read(&body, &page.connector.manifest);
    let Some(method) = method(&page, Some(&posted.method)) else { return fault::not_ready(&page) };
    posted.fill_boxes(View::fresh(&page, method, &link).fields());
    match service.start(&secret, posted.take()).await {
        Ok(started) => go_on(&page, &started),
        Err(StartError::Fields(faults)) => View::again(&page, method, &link, &posted, Faults::Fields(&faults)).answer(),
        Err(error) => fault::of_start(&error, &View::again(&page, method, &link, &posted, Faults::None)),
    }
}

/// The method asked for, else the first that is usable.
fn method<'a>(page: &'a ConnectPage, wanted: Option<&str>) -> Option<&'a Method> {
    let chosen = wanted.and_then(|wanted| page.methods.iter().find(|id| *id == wanted)).or(page.methods.first())?;
    page.connector.manifest.method(chosen)
}

fn wanted(query: Option<&str>) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query?.as_bytes());
    pairs.find(|(name, _)| name == "method").map(|(_, value)| value.into_owned())
}

/// Browsers say where a form was posted from; a form of another site is not ours. Absent in old browsers.
fn from_our_page(headers: &HeaderMap) -> bool {
    let form = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    form.starts_with("application/x-www-form-urlencoded") && matches!(site, None | Some(b"same-origin" | b"none"))
}

fn go_on(page: &ConnectPage, started: &Started) -> Response {
    let provider = &page.connector.manifest.presentation.title;
    let answer = match started {
        Started::Consent { url, cookie } => {
            notice::onward(&page.tenant.name, provider, url).zip(cookie::set(cookie)).map(|(mut response, cookie)| {
                response.headers_mut().append(header::SET_COOKIE, cookie);
                response
            })
        }
        Started::Return { url } => notice::onward(&page.tenant.name, &page.tenant.name, url),
    };
    answer.unwrap_or_else(|| {
        let notice = Notice {
            tenant: Some(&page.tenant.name),
            heading: "That did not work".to_owned(),
            happened: format!("{provider} is set up with an address that is none of the web's. Nothing was changed."),
            advice: format!("Tell {} about it.", page.tenant.name),
            link: None,
        };
        notice.answer(Code::Misconfigured)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

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
    fn the_method_is_read_from_the_query() {
        assert_eq!(wanted(Some("a=b&method=api-token")).unwrap(), "api-token");
        assert_eq!(wanted(Some("a=b")), None);
        assert_eq!(wanted(None), None);
    }
}
