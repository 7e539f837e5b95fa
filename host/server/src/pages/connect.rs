//! `/connect/{link}`: what will be allowed and the form (GET), and what was typed (POST).

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State, rejection::BytesRejection},
    response::Response,
};
use http::{HeaderMap, header};
use jackfield_model::{manifest::Method, secret::Secret};
use url::form_urlencoded;

use super::{
    connect_page::{Faults, View},
    cookie, fault,
    notice::{self, Notice},
    posted::Posted,
    site::Site,
    submission::from_our_page,
};
use crate::{
    api::problem::Code,
    service::{ConnectPage, LinkError, Service, StartError, StartForm, Started},
};

/// GET changes nothing: mail scanners and previews open links too.
pub(super) async fn show(
    State(service): State<Service>,
    site: Site,
    Path(link): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let page = match service.connect_page(&Secret::new(link.clone())).await {
        Ok(page) if site.may_show(page.tenant.id) => page,
        Ok(_) => return fault::of_link(&site, &LinkError::Unknown),
        Err(error) => return fault::of_link(&site, &error),
    };
    let site = site.of(&service, &page.tenant);
    match method(&page, wanted(query.as_deref()).as_deref()) {
        Some(method) => View::fresh(&site, &page, method, &link).answer(),
        None => fault::not_ready(&site, &page),
    }
}

/// POST goes on to the provider, or back to the application.
pub(super) async fn submit(
    State(service): State<Service>,
    site: Site,
    Path(link): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if !from_our_page(&headers) {
        return fault::foreign(&site);
    }
    let Ok(body) = body else { return fault::too_large(&site) };
    let secret = Secret::new(link.clone());
    let page = match service.connect_page(&secret).await {
        Ok(page) if site.may_show(page.tenant.id) => page,
        Ok(_) => return fault::of_link(&site, &LinkError::Unknown),
        Err(error) => return fault::of_link(&site, &error),
    };
    let site = site.of(&service, &page.tenant);
    let mut posted = Posted::read(&body, &page.connector.manifest);
    let Some(method) = method(&page, Some(&posted.method)) else { return fault::not_ready(&site, &page) };
    posted.fill_boxes(View::fresh(&site, &page, method, &link).fields());
    let form = StartForm { place: site.place(), ..posted.take() };
    match service.start(&secret, form).await {
        Ok(started) => go_on(&site, &page, &started),
        Err(StartError::Fields(faults)) => {
            View::again(&site, &page, method, &link, &posted, Faults::Fields(&faults)).answer()
        }
        Err(error) => fault::of_start(&error, &View::again(&site, &page, method, &link, &posted, Faults::None)),
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

fn go_on(site: &Site, page: &ConnectPage, started: &Started) -> Response {
    let provider = &page.connector.manifest.presentation.title;
    let answer = match started {
        Started::Consent { url, cookie } => {
            notice::onward(site, provider, url).zip(cookie::set(cookie)).map(|(mut response, cookie)| {
                response.headers_mut().append(header::SET_COOKIE, cookie);
                response
            })
        }
        // The next address but one is the provider's: that is where people are told they go.
        Started::Hop { url } => notice::onward(site, provider, url),
        Started::Return { url } => notice::onward(site, &page.tenant.name, url),
    };
    answer.unwrap_or_else(|| {
        let notice = Notice {
            site,
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

    #[test]
    fn the_method_is_read_from_the_query() {
        assert_eq!(wanted(Some("a=b&method=api-token")).unwrap(), "api-token");
        assert_eq!(wanted(Some("a=b")), None);
        assert_eq!(wanted(None), None);
    }
}
