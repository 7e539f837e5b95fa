//! Signing in and out: `/sign-in`, `/sign-in/{link}`, `/sign-out`.
//!
//! The page leaves a value in the browser and hands its mark to the application, whose link then works in this browser only.
//! A link without a mark asks first: else one person could be signed in as another, and connect their own account for them.
//! The question carries the mark of the browser it is shown in, so that no other page can answer it, whatever a browser says of
//! where a form came from.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State, rejection::BytesRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jackfield_model::{person::Person, secret::Secret};
use maud::html;
use url::{Url, form_urlencoded};

use super::{
    cookie::Kept,
    layout::Frame,
    link,
    notice::Notice,
    posted::value_of,
    redirect,
    site::Site,
    submission::{MARK, Submission, from_our_page},
};
use crate::{
    api::problem::{Code, Problem},
    service::{PageSessionError, Service, is_own_path},
};

/// `/sign-in`: how to become known. Where the application has one way, straight there.
pub(super) async fn page(
    State(service): State<Service>,
    site: Site,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wanted = asked(query.as_deref(), "to").filter(|to| is_own_path(to));
    let to = to(query.as_deref());
    let kept = Kept::Begun.read(&headers, site.secure);
    let (held, mark) = service.begin_sign_in(kept)?;
    let through =
        site.brand().and_then(|brand| brand.sign_in_url.as_deref()).and_then(|url| application(url, &to, &mark));
    let (by_provider, of_tenants) = service.identity_provider();
    let by_provider = by_provider && (of_tenants || site.is_hosts_own());
    let mut response = match through {
        Some(url) if !by_provider => redirect(StatusCode::SEE_OTHER, &url),
        through => ways(&site, through.as_deref(), by_provider.then_some(wanted.as_deref().unwrap_or("/"))),
    };
    keep_begun(&mut response, &held, &site);
    Ok(response)
}

fn keep_begun(response: &mut Response, held: &Secret, site: &Site) {
    if let Some(cookie) = Kept::Begun.set(Some(held.expose()), site.secure) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The application's own page, told where to come back to.
fn application(url: &str, to: &str, mark: &str) -> Option<String> {
    let mut url = Url::parse(link::to_web(url)?).ok()?;
    url.query_pairs_mut().append_pair("to", to).append_pair("begun", mark);
    Some(url.into())
}

/// Every way there is: through the application, by the identity provider, or by coming from the application.
fn ways(site: &Site, application: Option<&str>, provider: Option<&str>) -> Response {
    let words = &site.words;
    let title = words.say("sign-in-title");
    let start =
        |to: &str| form_urlencoded::Serializer::new("/sign-in/start?".to_owned()).append_pair("to", to).finish();
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.say("sign-in-why")) }
        div class="actions" {
            @if let Some(url) = application {
                a class="button" href=(url) rel="noreferrer" { (words.tell("sign-in-through", &[("name", site.name().into())])) }
            }
            @if let Some(to) = provider {
                a class={ "button" @if application.is_some() { " quiet-button" } } href=(start(to)) {
                    (words.say("sign-in-with-provider"))
                }
            }
        }
        @if application.is_none() && provider.is_none() { p { (words.say("sign-in-from-application")) } }
    };
    Frame::of(site, &title).answer(StatusCode::UNAUTHORIZED, &main)
}

/// `/sign-in/{link}`: signs in whose browser began it, and asks everybody else.
pub(super) async fn follow(
    State(service): State<Service>,
    site: Site,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    settle(&service, &site, &link, &headers, false).await
}

/// The answer to "is this you?".
pub(super) async fn agree(
    State(service): State<Service>,
    site: Site,
    Path(link): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let foreign = || Ok(refused(&site, "refusal-foreign-form", Code::ForeignForm));
    if !from_our_page(&headers) {
        return foreign();
    }
    let Some(begun) = Kept::Begun.read(&headers, site.secure) else {
        return Ok(refused(&site, "sign-in-cookies", Code::LinkOver));
    };
    let mark = body.ok().and_then(|body| value_of(&body, MARK)).unwrap_or_default();
    if !service.is_mark_of(&begun, &mark) {
        return foreign();
    }
    settle(&service, &site, &link, &headers, true).await
}

/// HEAD: a link works once, so looking at it changes nothing.
pub(super) async fn look() -> Response {
    super::guard(StatusCode::NO_CONTENT.into_response())
}

async fn settle(
    service: &Service,
    site: &Site,
    link: &str,
    headers: &HeaderMap,
    agreed: bool,
) -> Result<Response, Problem> {
    let begun = Kept::Begun.read(headers, site.secure);
    let secret = Secret::new(link.to_owned());
    let Some(site) = &site_of(service, site, &secret).await? else {
        return Ok(refused(site, "sign-in-link-over", Code::LinkOver));
    };
    match service.sign_in(&secret, begun.as_ref(), agreed).await {
        Ok((token, _, to)) => {
            // Who signs in anew leaves nothing behind of who was signed in here before.
            if let Some(before) = Kept::Session.read(headers, site.secure) {
                service.sign_out(&before).await?;
            }
            Ok(enter(site, &token, &to))
        }
        Err(PageSessionError::Unconfirmed(person)) => {
            let (held, mark) = service.begin_sign_in(begun)?;
            let mut response = confirm(site, link, &person, &mark);
            keep_begun(&mut response, &held, site);
            Ok(response)
        }
        Err(PageSessionError::OtherBrowser) => Ok(refused(site, "sign-in-other-browser", Code::LinkOver)),
        Err(PageSessionError::Over) => Ok(refused(site, "sign-in-link-over", Code::LinkOver)),
        Err(error) => Err(error.into()),
    }
}

/// The site a link's sign-in belongs to; none where this is not it, so that a link of one brand says nothing on another's.
async fn site_of(service: &Service, site: &Site, link: &Secret) -> Result<Option<Site>, Problem> {
    let Some(person) = service.offered_to(link).await? else { return Ok(None) };
    let Some(tenant) = person.tenant else { return Ok(site.is_hosts_own().then(|| site.clone())) };
    let found = service.tenant(tenant).await?.filter(|_| site.may_show(tenant));
    Ok(found.map(|tenant| site.of(service, &tenant)))
}

/// Keeps the session in the browser and looks whether it was kept, before going on.
fn enter(site: &Site, token: &Secret, to: &str) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("to", to).finish();
    let mut response = redirect(StatusCode::SEE_OTHER, &format!("/signed-in?{query}"));
    let kept = [Kept::Session.set(Some(token.expose()), site.secure), Kept::Begun.set(None, site.secure)];
    for cookie in kept.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `/signed-in`: goes on where the browser kept the session, and says so where it did not.
pub(super) async fn arrived(site: Site, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    if Kept::Session.read(&headers, site.secure).is_none() {
        return refused(&site, "sign-in-cookies", Code::LinkOver);
    }
    redirect(StatusCode::SEE_OTHER, &to(query.as_deref()))
}

fn confirm(site: &Site, link: &str, person: &Person, mark: &str) -> Response {
    let words = &site.words;
    let title = words.say("sign-in-confirm-title");
    let name = person.name.as_deref().unwrap_or(&person.subject);
    let main = html! {
        h1 { (title) }
        p { (words.tell("sign-in-confirm", &[("name", name.into())])) }
        form method="post" action={ "/sign-in/" (link) } {
            input type="hidden" name=(MARK) value=(mark);
            div class="actions" {
                button type="submit" class="button" { (words.tell("sign-in-confirm-button", &[("name", name.into())])) }
            }
        }
    };
    Frame::of(site, &title).answer(StatusCode::OK, &main)
}

fn refused(site: &Site, key: &str, code: Code) -> Response {
    let words = &site.words;
    let notice = Notice {
        site,
        heading: words.say(key),
        happened: words.say(&format!("{key}-why")),
        advice: String::new(),
        link: Some((words.say("sign-in-again"), "/sign-in".to_owned())),
    };
    notice.answer(code)
}

/// `/sign-out`.
pub(super) async fn out(State(service): State<Service>, form: Submission) -> Result<Response, Problem> {
    service.sign_out(&form.by.token).await?;
    let words = &form.by.site.words;
    let title = words.say("sign-out-done");
    let main = html! { h1 { (title) } p { (words.say("sign-out-done-why")) } };
    let mut response = Frame::of(&form.by.site, &title).answer(StatusCode::OK, &main);
    if let Some(cookie) = Kept::Session.set(None, form.by.site.secure) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// What a query asks for, by name.
pub(super) fn asked(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn to(query: Option<&str>) -> String {
    asked(query, "to").filter(|to| is_own_path(to)).unwrap_or_else(|| "/connections".to_owned())
}
