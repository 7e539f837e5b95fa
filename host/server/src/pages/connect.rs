//! `/connect/{link}`: the services to pick among, what will be allowed and the form (GET), and what was typed or taken (POST).

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State, rejection::BytesRejection},
    response::Response,
};
use http::{HeaderMap, header};
use jackfield_model::{id::ConnectionId, manifest::Method, secret::Secret, tenant::Tenant};
use url::form_urlencoded;

use super::{
    connect_page::{Faults, View},
    cookie, fault, notice,
    picker::{self, Looking},
    posted::{Posted, value_of},
    site::Site,
    submission::from_our_page,
    told,
};
use crate::service::{ConnectPage, LinkError, LinkPage, Service, StartError, StartForm, Started, TakeError};

/// GET changes nothing: mail scanners and previews open links too.
pub(super) async fn show(
    State(service): State<Service>,
    site: Site,
    Path(link): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.as_deref();
    let (site, page) = match opened(&service, site, &link, wanted(query, "service").as_deref()).await {
        Ok(opened) => opened,
        Err(refusal) => return refusal,
    };
    match page {
        LinkPage::Pick(page) => picker::of_link(&site, &page, &link, &Looking::read(query), is_framed(&headers)),
        LinkPage::Connect(page) => match method(&page, wanted(query, "method").as_deref()) {
            Some(method) => View::fresh(&site, &page, method, &link).answer(),
            None => fault::not_ready(&site, &page),
        },
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
    let (site, page) = match opened(&service, site, &link, value_of(&body, "service").as_deref()).await {
        Ok(opened) => opened,
        Err(refusal) => return refusal,
    };
    match page {
        LinkPage::Pick(page) => match value_of(&body, "take") {
            Some(taken) => take(&service, &site, &page.tenant, &link, &taken).await,
            None => picker::of_link(&site, &page, &link, &Looking::default(), is_framed(&headers)),
        },
        LinkPage::Connect(page) => start(&service, &site, &page, &link, &body).await,
    }
}

/// The page behind a link, where it may be shown: a link of another tenant's site is one we do not know.
async fn opened(service: &Service, site: Site, link: &str, picked: Option<&str>) -> Result<(Site, LinkPage), Response> {
    match service.link_page(&Secret::new(link.to_owned()), picked).await {
        Ok(page) if site.may_show(page.tenant().id) => Ok((site.of(service, page.tenant()), page)),
        Ok(_) => Err(fault::of_link(&site, &LinkError::Unknown)),
        Err(error) => Err(over(service, &site, &error).await),
    }
}

/// A link that leads nowhere any more says so in its tenant's name.
async fn over(service: &Service, site: &Site, error: &LinkError) -> Response {
    let (LinkError::Expired(session) | LinkError::Used(session) | LinkError::Ended(session) | LinkError::Gone(session)) =
        error
    else {
        return fault::of_link(site, error);
    };
    match service.tenant(session.tenant).await {
        Ok(Some(tenant)) if site.may_show(tenant.id) => fault::of_link(&site.of(service, &tenant), error),
        Ok(_) => fault::of_link(site, &LinkError::Unknown),
        Err(error) => notice::refused(site, &error.into()),
    }
}

async fn start(service: &Service, site: &Site, page: &ConnectPage, link: &str, body: &[u8]) -> Response {
    let mut posted = Posted::read(body, &page.connector.manifest);
    let Some(method) = method(page, Some(&posted.method)) else { return fault::not_ready(site, page) };
    posted.fill_boxes(View::fresh(site, page, method, link).fields());
    let form = StartForm { place: site.place(), ..posted.take() };
    match service.start(&Secret::new(link.to_owned()), form).await {
        Ok(started) => go_on(site, page, &started),
        Err(StartError::Fields(faults)) => {
            View::again(site, page, method, link, &posted, Faults::Fields(&faults)).answer()
        }
        Err(error) => fault::of_start(&error, &View::again(site, page, method, link, &posted, Faults::None)),
    }
}

async fn take(service: &Service, site: &Site, tenant: &Tenant, link: &str, taken: &str) -> Response {
    let outcome = match taken.parse::<ConnectionId>() {
        Ok(id) => service.take_connection(&Secret::new(link.to_owned()), id).await,
        Err(_) => Err(TakeError::NotTheirs),
    };
    match outcome {
        Ok(back) => told::leave(site, tenant, &back, true).unwrap_or_else(|| fault::foreign(site)),
        Err(error) => fault::of_take(site, &error, link),
    }
}

/// The method asked for, else the first that is usable.
fn method<'a>(page: &'a ConnectPage, wanted: Option<&str>) -> Option<&'a Method> {
    let chosen = wanted.and_then(|wanted| page.methods.iter().find(|id| *id == wanted)).or(page.methods.first())?;
    page.connector.manifest.method(chosen)
}

fn wanted(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query?.as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Browsers say whether a page is for a frame.
fn is_framed(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_some_and(|dest| dest == "iframe")
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
        Started::Return(back) => told::leave(site, &page.tenant, back, true),
    };
    answer.unwrap_or_else(|| fault::no_web(site, page))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    #[test]
    fn the_method_is_read_from_the_query() {
        assert_eq!(wanted(Some("a=b&method=api-token"), "method").unwrap(), "api-token");
        assert_eq!(wanted(Some("a=b"), "method"), None);
        assert_eq!(wanted(None, "method"), None);
    }
}
